import { SEVERITIES, isSighting, type Batch } from '../../src/store/index.js';
import type { Cluster } from './clickhouse-cluster.js';

/** The tables of version 1, as they were made. */
const TABLES = [
  [
    'threads',
    `finding UInt8, fingerprint String, at Int64, dump String, place UInt32, incident String, build Nullable(String),
     host Nullable(String), labels Array(String), severity UInt8, verdict String, worse UInt8, thread_id Nullable(String),
     name Nullable(String), kind String, role Nullable(String), score Nullable(Float64), wait Nullable(String), wait_by Nullable(String),
     function Nullable(String), file Nullable(String), line Nullable(Int64), stack Nullable(String)`,
    'ReplacingMergeTree(worse) PARTITION BY toYYYYMM(toDate(intDiv(at, 1000))) ORDER BY (finding, fingerprint, at, dump, place)',
    'cityHash64(incident)',
  ],
  [
    'dumps',
    `dump String, incident String, build Nullable(String), host Nullable(String), labels Array(String), at Int64,
     time Nullable(Int64), time_from Nullable(String), added Int64, source String, line Int64, format String, runtime String, kind String,
     pid Nullable(Int64), origin Nullable(String), reason Nullable(String), verdict String, worse UInt8`,
    'ReplacingMergeTree(worse) PARTITION BY toYYYYMM(toDate(intDiv(at, 1000))) ORDER BY dump',
    'cityHash64(incident)',
  ],
  ['stacks', 'stack String, depth UInt32, frames String', 'ReplacingMergeTree ORDER BY stack', 'cityHash64(stack)'],
  [
    'runs',
    'build Nullable(String), host Nullable(String), labels Array(String), at Int64, key String',
    'ReplacingMergeTree ORDER BY (key, at)',
    'cityHash64(key)',
  ],
] as const;

/** A store as version 1 made and filled it. */
export async function writeVersion1(cluster: Cluster, database: string, batches: readonly Batch[]): Promise<void> {
  const tell = async (http: number, body: string, query?: string): Promise<void> => {
    const settings = query === undefined ? '' : new URLSearchParams({ query, insert_distributed_sync: '1' }).toString();
    const response = await fetch(`http://127.0.0.1:${http}/?${settings}`, { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
  };
  for (const { http } of cluster.shards) {
    await tell(http, `CREATE DATABASE ${database}`);
    for (const [name, columns, engine, shard] of TABLES) {
      await tell(http, `CREATE TABLE ${database}.${name}_local (${columns}) ENGINE = ${engine} SETTINGS index_granularity = 512`);
      await tell(http, `CREATE TABLE ${database}.${name} (${columns}) ENGINE = Distributed(two, ${database}, ${name}_local, ${shard})`);
    }
    await tell(http, `CREATE TABLE ${database}.store_version (version UInt32) ENGINE = MergeTree ORDER BY version`);
    await tell(http, `INSERT INTO ${database}.store_version VALUES (1)`);
  }
  const insert = async (table: string, rows: readonly object[]): Promise<void> => {
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    if (rows.length > 0) await tell(cluster.shards[0].http, lines, `INSERT INTO ${database}.${table} FORMAT JSONEachRow`);
  };
  const dumps = batches.flatMap((batch) => batch.dumps);
  await insert(
    'threads',
    dumps.flatMap(({ key, incident, build, host, labels, at, threads }) =>
      threads.map((thread, place) => {
        const { id, waitBy, ...rest } = thread;
        const severity = SEVERITIES.indexOf(thread.verdict);
        const judged = { finding: isSighting(thread) ? 1 : 0, severity, worse: SEVERITIES.length - severity };
        const which = { dump: key, incident, build, host, labels, at, place, thread_id: id };
        return { ...which, ...rest, ...judged, wait_by: waitBy, fingerprint: thread.fingerprint ?? '' };
      }),
    ),
  );
  await insert(
    'dumps',
    dumps.map(({ key, timeFrom, threads: _, ...rest }) => ({ ...rest, dump: key, time_from: timeFrom, worse: 1 })),
  );
  const stacks = batches.flatMap((batch) => batch.stacks);
  await insert(
    'stacks',
    stacks.map(({ key, depth, frames }) => ({ stack: key, depth, frames: JSON.stringify(frames) })),
  );
  const runs = batches.flatMap((batch) => batch.runs);
  await insert(
    'runs',
    runs.map(({ build, host, labels, at }) => ({ build, host, labels, at, key: JSON.stringify([build, host, labels]) })),
  );
}
