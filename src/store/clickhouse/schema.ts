import { StoreError } from '../store.js';
import type { ClickHouseAddress } from './address.js';
import type { Client } from './client.js';

/** Version of the tables. */
const VERSION = 1;
/** Rows that are read at least where one is looked for. Adds are small and make small parts, of which the usual 8192 would be all. */
const GRANULE = 512;

interface TableShape {
  readonly name: 'dumps' | 'threads' | 'stacks' | 'runs';
  readonly columns: string;
  /** Rows with one key are one row, that with the highest version. */
  readonly engine: string;
  /** What decides on which shard a row is: all of one hang are on one, and a row that comes twice comes to the same. */
  readonly shard: string;
}

/**
 * All questions but `query` are about threads that hang: these stand first, by fingerprint, so nothing else is read. Text that says
 * nothing is NULL; `at` and its like are milliseconds since 1970.
 */
const TABLES: readonly TableShape[] = [
  {
    name: 'threads',
    columns: `finding UInt8, fingerprint String, at Int64, dump String, place UInt32, incident String, build Nullable(String),
      host Nullable(String), labels Array(String), severity UInt8, verdict String, worse UInt8, thread_id Nullable(String),
      name Nullable(String), kind String, role Nullable(String), score Nullable(Float64), wait Nullable(String), wait_by Nullable(String),
      function Nullable(String), file Nullable(String), line Nullable(Int64), stack Nullable(String)`,
    engine: `ReplacingMergeTree(worse) PARTITION BY toYYYYMM(toDate(intDiv(at, 1000))) ORDER BY (finding, fingerprint, at, dump, place)`,
    shard: 'cityHash64(incident)',
  },
  {
    name: 'dumps',
    columns: `dump String, incident String, build Nullable(String), host Nullable(String), labels Array(String), at Int64,
      time Nullable(Int64), time_from Nullable(String), added Int64, source String, line Int64, format String, runtime String, kind String,
      pid Nullable(Int64), origin Nullable(String), reason Nullable(String), verdict String, worse UInt8`,
    engine: 'ReplacingMergeTree(worse) PARTITION BY toYYYYMM(toDate(intDiv(at, 1000))) ORDER BY dump',
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

/** The table that rows are in on each server. */
export function localTable({ cluster, database }: ClickHouseAddress, name: TableShape['name']): string {
  return `${database}.${name}${cluster === null ? '' : '_local'}`;
}

/**
 * Makes the tables where they are not, on each server that the address names.
 *
 * @throws StoreError `newer-store`, `no-cluster`
 */
export async function prepare(client: Client, address: ClickHouseAddress): Promise<void> {
  const { database, cluster, servers, text } = address;
  if (cluster !== null) {
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
  await client.everywhere(`CREATE DATABASE IF NOT EXISTS ${database}`);
  for (const { name, columns, engine, shard } of TABLES) {
    const local = localTable(address, name);
    await client.everywhere(`CREATE TABLE IF NOT EXISTS ${local} (${columns}) ENGINE = ${engine} SETTINGS index_granularity = ${GRANULE}`);
    if (cluster !== null)
      await client.everywhere(
        `CREATE TABLE IF NOT EXISTS ${database}.${name} (${columns}) ENGINE = Distributed(${cluster}, ${database}, ${name}_local, ${shard})`,
      );
  }
  await client.everywhere(`CREATE TABLE IF NOT EXISTS ${database}.store_version (version UInt32) ENGINE = MergeTree ORDER BY version`);
  await client.everywhere(`INSERT INTO ${database}.store_version VALUES (${VERSION})`);
}

/**
 * Whether the tables are there and of this version.
 *
 * @throws StoreError `newer-store`
 */
export async function isPrepared(client: Client, { database, text }: ClickHouseAddress): Promise<boolean> {
  const there = await client.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = '${database}' AND name = 'store_version'`,
  );
  if (there.length === 0) return false;
  const [row] = await client.rows<{ version: number }>(`SELECT max(version) AS version FROM ${database}.store_version`);
  const version = row?.version ?? 0;
  if (version > VERSION)
    throw new StoreError(
      'newer-store',
      `${text}: made by a newer standstill (version ${version}; this one knows ${VERSION})`,
      'update standstill',
    );
  return version === VERSION;
}
