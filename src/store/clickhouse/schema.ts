import { StoreError } from '../store.js';
import type { ClickHouseAddress } from './address.js';
import type { Client } from './client.js';

/** Version of the tables. */
const VERSION = 2;
/**
 * Rows that are read at least where one is looked for. Adds are small and make small parts, of which the usual 8192 would be all. Dumps are
 * looked for by their keys, which lie anywhere.
 */
const GRANULE = { threads: 512, dumps: 128, dumps_by: 128, stacks: 128, runs: 512 };

interface TableShape {
  readonly name: 'dumps' | 'dumps_by' | 'threads' | 'stacks' | 'runs';
  readonly columns: string;
  /** Rows with one key are one row, that with the highest version. */
  readonly engine: string;
  /** What decides on which shard a row is: all of one hang are on one, and a row that comes twice comes to the same. */
  readonly shard: string;
}

const BY_MONTH = 'PARTITION BY toYYYYMM(toDate(intDiv(at, 1000)))';
/** Each time that a dump is judged again, `worse` grows. Of its threads that hang, the last time says all. */
const DUMP = `dump String, incident String, build Nullable(String), host Nullable(String), labels Array(String), at Int64,
  time Nullable(Int64), time_from Nullable(String), added Int64`;
const SIGHTINGS = 'sightings Nested(place UInt32, severity UInt8, fingerprint String)';

/**
 * Questions about one hang, or about all of them, read `threads`: those that hang stand first, by fingerprint. Questions about a build
 * or a host read `dumps_by`, where its dumps stand together, with what hung in them; the servers fill it from `dumps`. Text that says
 * nothing is NULL; `at` and its like are milliseconds since 1970.
 */
const TABLES: readonly TableShape[] = [
  {
    name: 'threads',
    columns: `finding UInt8, fingerprint String, at Int64, dump String, place UInt32, incident String, build Nullable(String),
      host Nullable(String), labels Array(String), severity UInt8, verdict String, worse UInt8, thread_id Nullable(String),
      name Nullable(String), kind String, role Nullable(String), score Nullable(Float64), wait Nullable(String), wait_by Nullable(String),
      function Nullable(String), file Nullable(String), line Nullable(Int64), stack Nullable(String)`,
    engine: `ReplacingMergeTree(worse) ${BY_MONTH} ORDER BY (finding, fingerprint, at, dump, place)`,
    shard: 'cityHash64(incident)',
  },
  {
    name: 'dumps',
    columns: `${DUMP}, source String, line Int64, format String, runtime String, kind String,
      pid Nullable(Int64), origin Nullable(String), reason Nullable(String), verdict String, worse UInt8, ${SIGHTINGS}`,
    engine: `ReplacingMergeTree(worse) ${BY_MONTH} ORDER BY dump`,
    shard: 'cityHash64(incident)',
  },
  {
    name: 'dumps_by',
    columns: `axis String, name String, ${DUMP}, worse UInt8, ${SIGHTINGS}`,
    engine: `ReplacingMergeTree(worse) ${BY_MONTH} ORDER BY (axis, name, at, dump)`,
    shard: 'cityHash64(incident)',
  },
  {
    name: 'stacks',
    columns: 'stack String, depth UInt32, frames String',
    engine: 'ReplacingMergeTree ORDER BY stack',
    shard: 'cityHash64(stack)',
  },
  {
    name: 'runs',
    columns: 'build Nullable(String), host Nullable(String), labels Array(String), at Int64, key String',
    engine: 'ReplacingMergeTree ORDER BY (key, at)',
    shard: 'cityHash64(key)',
  },
];

const COLUMNS_OF_BOTH = `dump, incident, build, host, labels, at, time, time_from, added, worse, sightings.place, sightings.severity,
  sightings.fingerprint`;
const DUMPS_BY = `SELECT tupleElement(by, 1) AS axis, tupleElement(by, 2) AS name, ${COLUMNS_OF_BOTH} FROM`;
/** A dump without a build or a host is not asked for by it. */
const AXES = `ARRAY JOIN arrayFilter(pair -> tupleElement(pair, 3) = 1, [('build', ifNull(build, ''), toUInt8(isNotNull(build))), ('host', ifNull(host, ''), toUInt8(isNotNull(host)))]) AS by`;

/** The table that rows are in on each server. */
export function localTable({ cluster, database }: ClickHouseAddress, name: TableShape['name']): string {
  return `${database}.${name}${cluster === null ? '' : '_local'}`;
}

/**
 * Makes the tables where they are not, and brings those of older versions up to date, on each server that the address names. All of it
 * may be done twice, and by several at once.
 *
 * @throws StoreError `newer-store`, `no-cluster`
 */
export async function prepare(client: Client, address: ClickHouseAddress, before: number): Promise<void> {
  const { database, cluster } = address;
  if (cluster !== null) await checkCluster(client, address, cluster);
  await client.everywhere(`CREATE DATABASE IF NOT EXISTS ${database}`);
  const make = async ({ name, columns, engine, shard }: TableShape): Promise<void> => {
    const local = localTable(address, name);
    await client.everywhere(
      `CREATE TABLE IF NOT EXISTS ${local} (${columns}) ENGINE = ${engine} SETTINGS index_granularity = ${GRANULE[name]}`,
    );
    if (cluster !== null)
      await client.everywhere(
        `CREATE TABLE IF NOT EXISTS ${database}.${name} (${columns}) ENGINE = Distributed(${cluster}, ${database}, ${name}_local, ${shard})`,
      );
  };
  for (const table of TABLES) await make(table);
  if (before === 1) await addSightings(client, address);
  await client.everywhere(
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${database}.dumps_to_dumps_by TO ${localTable(address, 'dumps_by')} AS
     ${DUMPS_BY} ${localTable(address, 'dumps')} ${AXES}`,
  );
  if (before === 1) await fillSightings(client, address);
  await client.everywhere(`CREATE TABLE IF NOT EXISTS ${database}.store_version (version UInt32) ENGINE = MergeTree ORDER BY version`);
  await client.everywhere(`INSERT INTO ${database}.store_version VALUES (${VERSION})`);
}

/** Version 1 had no `sightings` in `dumps`. Old servers have no `ADD COLUMN IF NOT EXISTS`. */
async function addSightings(client: Client, address: ClickHouseAddress): Promise<void> {
  for (const table of new Set([localTable(address, 'dumps'), `${address.database}.dumps`]))
    for (const column of ['place` Array(UInt32)', 'severity` Array(UInt8)', 'fingerprint` Array(String)'])
      await client.everywhere(`ALTER TABLE ${table} ADD COLUMN \`sightings.${column}`, /already exists/);
}

/** The dumps once more, with what hung in them, month by month and as judged once more; the servers keep these rows, and fill `dumps_by`. */
async function fillSightings(client: Client, address: ClickHouseAddress): Promise<void> {
  const [dumps, threads] = [localTable(address, 'dumps'), localTable(address, 'threads')];
  const month = 'toYYYYMM(toDate(intDiv(at, 1000)))';
  const months = new Set(
    (await client.each<{ month: number }>(`SELECT DISTINCT ${month} AS month FROM ${dumps}`)).flat().map((row) => row.month),
  );
  const all = `dump, incident, build, host, labels, at, time, time_from, added, source, line, format, runtime, kind, pid, origin, reason, verdict`;
  for (const one of months)
    await client.everywhere(
      `INSERT INTO ${dumps} (${all}, worse, sightings.place, sightings.severity, sightings.fingerprint)
       SELECT ${all}, worse + 1, places, severities, fingerprints FROM ${dumps} ANY LEFT JOIN (
         SELECT dump, groupArray(place) AS places, groupArray(severity) AS severities, groupArray(fingerprint) AS fingerprints FROM (
           SELECT dump, place, severity, fingerprint FROM ${threads} WHERE finding = 1 AND ${month} = ${one}
           ORDER BY dump, place, severity LIMIT 1 BY dump, place) GROUP BY dump) USING dump
       WHERE ${month} = ${one} AND length(sightings.place) = 0`,
    );
}

async function checkCluster(client: Client, { text, servers }: ClickHouseAddress, cluster: string): Promise<void> {
  const shards = await client.each<{ shard_num: number }>(`SELECT DISTINCT shard_num FROM system.clusters WHERE cluster = '${cluster}'`);
  if (shards.some((rows) => rows.length === 0))
    throw new StoreError(
      'no-cluster',
      `${text}: a server knows no cluster ${cluster}`,
      'see remote_servers in the configuration of the servers',
    );
  if (shards[0]!.length > servers.length)
    throw new StoreError(
      'no-cluster',
      `${text}: the cluster has ${shards[0]!.length} shards, the address names ${servers.length}`,
      'name a server of each shard: clickhouse://HOST:PORT,HOST:PORT/DATABASE?cluster=NAME',
    );
}

/** Versions of a store: 0, it is not there; else it is up to date (`current`) or older. */
export interface Prepared {
  readonly version: number;
  readonly current: boolean;
}

/**
 * Whether the tables are there and of this version.
 *
 * @throws StoreError `newer-store`
 */
export async function preparedVersion(client: Client, { database, text }: ClickHouseAddress): Promise<Prepared> {
  const there = await client.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${database}' AND name = 'store_version'`,
  );
  if (there.length === 0) return { version: 0, current: false };
  const [row] = await client.rows<{ version: number }>(`SELECT max(version) AS version FROM ${database}.store_version`);
  const version = row?.version ?? 0;
  if (version > VERSION)
    throw new StoreError(
      'newer-store',
      `${text}: made by a newer standstill (version ${version}; this one knows ${VERSION})`,
      'update standstill',
    );
  return { version, current: version === VERSION };
}
