import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, DumpRecord, StackRecord } from '../records.js';
import {
  StoreError,
  type Added,
  type Answer,
  type BuildRow,
  type DayRow,
  type HangBuildRow,
  type HangHostRow,
  type HangRow,
  type HistoryStore,
  type HostRow,
  type Item,
  type Pruned,
  type Scope,
  type Sighting,
} from '../store.js';
import { loadEngine, type Engine, type Statement, type Value } from './engine.js';
import {
  SIGHTING,
  SIGHTING_JOINS,
  runCondition,
  SIGHTING_TABLES,
  scopeCondition,
  sightingOf,
  threadColumns,
  threadOf,
  threadTables,
  type SightingRow,
  type ThreadRow,
} from './rows.js';
import { migrate, versionOf } from './schema.js';
import { Writer } from './writer.js';

/** How long a writer waits for others. A hundred jobs of a CI service end at once, each with less than a second of work. */
const PATIENCE_MS = 60_000;
/** Threads written in one transaction: others get their turn in between. */
const TRANSACTION = 20_000;
const DAY_MS = 86_400_000;
/** Statements that are kept prepared: an example is looked up for each of hundreds of hangs. */
const MOST_STATEMENTS = 50;

export interface SqliteOptions {
  /** Make the file when it is not there; else its absence is an error. */
  readonly create: boolean;
  /** For tests: the size in pages beyond which the file cannot grow, like a full disk. */
  readonly mostPages?: number;
}

/**
 * A history in one SQLite file. Several processes may use it at once (write-ahead log): readers never wait, writers take turns. What
 * an add has acknowledged is on disk; a process that is killed leaves nothing behind that others would have to clear up.
 */
export class SqliteStore implements HistoryStore {
  readonly place: string;
  readonly missing = [];
  readonly waiting = 0;
  readonly #engine: Engine;
  readonly #statements = new Map<string, Statement>();
  #written = false;

  private constructor(file: string, engine: Engine) {
    this.place = file;
    this.#engine = engine;
  }

  /** @throws StoreError `no-store`, `no-engine`, `not-a-store`, `newer-store`, `bad-store` */
  static async open(file: string, options: SqliteOptions): Promise<SqliteStore> {
    checkFile(file, options.create);
    const load = await loadEngine();
    return told(file, async () => {
      if (options.create) fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
      const engine = load(file);
      try {
        engine.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
        versionOf(engine, file);
        await settle(engine);
        migrate(engine, file);
        if (options.mostPages !== undefined) engine.prepare(`PRAGMA max_page_count = ${options.mostPages}`).all();
        return new SqliteStore(file, engine);
      } catch (error) {
        engine.close();
        throw error;
      }
    });
  }

  async add(batch: Batch): Promise<Added> {
    const stacks = new Map(batch.stacks.map((stack) => [stack.key, stack]));
    const sum = { dumps: 0, threads: 0, known: 0, more: 0, kept: 0 };
    const referred = new Set(batch.dumps.flatMap((dump) => dump.threads.flatMap(({ stack }) => stack ?? [])));
    for (const dumps of portions(batch.dumps)) {
      await this.#write((writer) => {
        if (dumps[0] === batch.dumps[0]) for (const run of batch.runs) writer.run(run);
        if (dumps[0] === batch.dumps[0]) for (const stack of batch.stacks) if (!referred.has(stack.key)) writer.stack(stack);
        for (const dump of dumps) {
          const what = writer.dump(dump);
          if (what === 'new') {
            sum.dumps++;
            sum.threads += dump.threads.length;
          } else {
            sum.known++;
            if (what === 'more') sum.more++;
          }
        }
      }, stacks);
    }
    return sum;
  }

  builds(scope: Scope): Promise<readonly BuildRow[]> {
    return this.#told(() => {
      const dumps = scopeCondition(scope, 'd', 'id', false);
      const rows = this.#all<BuildRow>(
        `SELECT b.text AS build, min(d.at) AS first, max(d.at) AS last, count(*) AS dumps, count(DISTINCT d.incident) AS processes
         FROM dump_rows d LEFT JOIN texts b ON b.id = d.build WHERE ${dumps.sql} GROUP BY d.build`,
        ...dumps.values,
      );
      const runs = runCondition(scope);
      const seen = new Map(rows.map((row) => [row.build, row]));
      for (const { build, first, last } of this.#all<{ build: string | null; first: number; last: number }>(
        `SELECT b.text AS build, min(r.at) AS first, max(r.at) AS last FROM run_rows r LEFT JOIN texts b ON b.id = r.build
         WHERE ${runs.sql} GROUP BY r.build`,
        ...runs.values,
      ))
        if (!seen.has(build)) seen.set(build, { build, first, last, dumps: 0, processes: 0 });
      return [...seen.values()];
    });
  }

  hosts(scope: Scope): Promise<readonly HostRow[]> {
    return this.#told(() => {
      const dumps = scopeCondition(scope, 'd', 'id', false);
      const hangs = scopeCondition(scope, 's', 'dump', true);
      const rows = this.#all<Omit<HostRow, 'hangs' | 'times'> & { id: number }>(
        `SELECT d.host AS id, h.text AS host, count(DISTINCT nullif(d.build, 0)) AS builds, count(*) AS dumps, count(DISTINCT d.incident) AS processes,
           min(d.at) AS first, max(d.at) AS last, max(0, max(coalesce(d.time, 0) - d.added)) AS ahead
         FROM dump_rows d LEFT JOIN texts h ON h.id = d.host WHERE ${dumps.sql} GROUP BY d.host`,
        ...dumps.values,
      );
      const sums = this.#all<{ id: number; hangs: number; times: number }>(
        `SELECT s.host AS id, count(DISTINCT s.print) AS hangs, count(DISTINCT s.incident) AS times FROM sightings s
         WHERE ${hangs.sql} GROUP BY s.host`,
        ...hangs.values,
      );
      const byHost = new Map(sums.map((sum) => [sum.id, sum]));
      return rows.map(({ id, ...row }) => ({ ...row, hangs: byHost.get(id)?.hangs ?? 0, times: byHost.get(id)?.times ?? 0 }));
    });
  }

  hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]> {
    return this.#told(() => {
      const { sql, values } = this.#sightings(scope, fingerprints);
      return this.#all<HangRow>(
        `SELECT p.fingerprint, min(s.severity) AS severity, count(DISTINCT s.incident) AS times, count(DISTINCT s.dump) AS dumps,
           count(DISTINCT nullif(s.build, 0)) AS builds, count(DISTINCT nullif(s.host, 0)) AS hosts, min(s.at) AS first, max(s.at) AS last
         FROM sightings s JOIN prints p ON p.id = s.print WHERE ${sql} GROUP BY s.print`,
        ...values,
      );
    });
  }

  hangsByBuild(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangBuildRow[]> {
    return this.#told(() => {
      const { sql, values } = this.#sightings(scope, fingerprints);
      return this.#all<HangBuildRow>(
        `SELECT p.fingerprint, b.text AS build, count(DISTINCT s.incident) AS times, count(DISTINCT s.dump) AS dumps
         FROM sightings s JOIN prints p ON p.id = s.print LEFT JOIN texts b ON b.id = s.build WHERE ${sql} GROUP BY s.print, s.build`,
        ...values,
      );
    });
  }

  hangByHost(scope: Scope, fingerprint: string): Promise<readonly HangHostRow[]> {
    return this.#told(() => {
      const { sql, values } = this.#sightings(scope, [fingerprint]);
      return this.#all<HangHostRow>(
        `SELECT h.text AS host, count(DISTINCT s.incident) AS times, count(DISTINCT s.dump) AS dumps, min(s.at) AS first, max(s.at) AS last
         FROM sightings s LEFT JOIN texts h ON h.id = s.host WHERE ${sql} GROUP BY s.host`,
        ...values,
      );
    });
  }

  days(scope: Scope, fingerprint?: string): Promise<readonly DayRow[]> {
    return this.#told(() => {
      const { sql, values } = this.#sightings(scope, fingerprint === undefined ? undefined : [fingerprint]);
      return this.#all<DayRow>(
        `SELECT s.at / ${DAY_MS} AS day, count(DISTINCT s.incident) AS times, count(DISTINCT s.print) AS hangs
         FROM sightings s WHERE ${sql} GROUP BY 1 ORDER BY 1`,
        ...values,
      );
    });
  }

  fingerprintsLike(prefix: string, most: number): Promise<readonly string[]> {
    return this.#told(() => {
      return this.#all<{ fingerprint: string }>(
        `SELECT fingerprint FROM prints p WHERE fingerprint >= ? AND fingerprint < ? AND EXISTS (SELECT 1 FROM sightings s WHERE s.print = p.id)
         ORDER BY fingerprint LIMIT ?`,
        ...[prefix, `${prefix}g`, most],
      ).map(({ fingerprint }) => fingerprint);
    });
  }

  newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]> {
    return this.#told(() => {
      const { sql, values } = this.#sightings(scope, [fingerprint]);
      return this.#all<SightingRow>(
        `SELECT ${SIGHTING} FROM ${SIGHTING_TABLES} WHERE ${sql} ORDER BY s.at DESC, d.key, s.place LIMIT ?`,
        ...[...values, most],
      ).map(sightingOf);
    });
  }

  examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Sighting[]> {
    return this.#told(() => {
      const { sql, values } = scopeCondition(scope, 's', 'dump', true);
      const asked = JSON.stringify(hangs.map(({ fingerprint, last }) => [fingerprint, last]));
      // those of the hang's last moment are few; the first of them is taken here
      const rows = this.#all<SightingRow>(
        `SELECT ${SIGHTING} FROM json_each(?) j CROSS JOIN prints p ON p.fingerprint = json_extract(j.value, '$[0]')
         CROSS JOIN sightings s ON s.print = p.id AND s.at = json_extract(j.value, '$[1]') ${SIGHTING_JOINS} WHERE ${sql}`,
        ...[asked, ...values],
      );
      const first = new Map<string, SightingRow>();
      for (const row of rows) {
        const known = first.get(row.fingerprint);
        if (known === undefined || row.dump < known.dump || (row.dump === known.dump && row.place < known.place))
          first.set(row.fingerprint, row);
      }
      return Array.from(first.values(), sightingOf);
    });
  }

  stack(key: string): Promise<StackRecord | null> {
    return this.#told(() => {
      const [row] = this.#all<{ depth: number; frames: string }>('SELECT depth, frames FROM stack_rows WHERE key = ?', key);
      return row === undefined ? null : { key, depth: row.depth, frames: JSON.parse(row.frames) as StackRecord['frames'] };
    });
  }

  query(sql: string, most: number): Promise<Answer> {
    return this.#told(() => {
      // `ATTACH` makes files, and is not kept from it by `query_only`
      if (!/^\s*(?:(?:--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)\s*)*(?:select|with|values|explain)\b/i.test(sql))
        throw new StoreError('bad-query', 'a query begins with SELECT, WITH, VALUES or EXPLAIN', 'tables: dumps, threads, stacks, runs');
      this.#engine.exec('PRAGMA query_only = 1');
      try {
        return this.#engine.query(sql, most);
      } catch (error) {
        throw new StoreError('bad-query', (error as Error).message, 'SQL of SQLite; tables: dumps, threads, stacks, runs');
      } finally {
        this.#engine.exec('PRAGMA query_only = 0');
      }
    });
  }

  async prune(what: { readonly before?: number; readonly builds?: readonly string[] }, dry: boolean): Promise<Pruned> {
    const { sql, values } = scopeCondition(
      { ...(what.builds && { builds: what.builds }), ...(what.before !== undefined && { until: what.before - 1 }) },
      ...(['d', 'id', false] as const),
    );
    const count = (): Pruned => ({
      dumps: this.#all<{ n: number }>(`SELECT count(*) AS n FROM dump_rows d WHERE ${sql}`, ...values)[0]!.n,
      threads: this.#all<{ n: number }>(
        `SELECT count(*) AS n FROM dump_rows d JOIN thread_rows t ON t.dump = d.id WHERE ${sql}`,
        ...values,
      )[0]!.n,
    });
    if (dry) return count();
    const pruned = await this.#told(() => {
      this.#engine.exec('BEGIN IMMEDIATE');
      try {
        const sums = count();
        const these = `(SELECT d.id FROM dump_rows d WHERE ${sql})`;
        for (const table of ['sightings', 'thread_rows', 'dump_labels'])
          this.#engine.prepare(`DELETE FROM ${table} WHERE dump IN ${these}`).run(...values);
        this.#engine.prepare(`DELETE FROM dump_rows AS d WHERE ${sql}`).run(...values);
        const runs = scopeCondition({ ...(what.builds && { builds: what.builds }) }, 'r', 'build', false);
        const before = what.before ?? Number.MAX_SAFE_INTEGER;
        this.#engine
          .prepare(
            `DELETE FROM run_rows AS r WHERE ${runs.sql} AND r.at < ? AND NOT EXISTS (SELECT 1 FROM dump_rows d WHERE d.build = r.build AND d.host = r.host)`,
          )
          .run(...runs.values, before);
        for (const statement of LEFT_OVERS) this.#engine.exec(statement);
        this.#engine.exec('COMMIT');
        return sums;
      } catch (error) {
        this.#engine.exec('ROLLBACK');
        throw error;
      }
    });
    this.#engine.prepare('PRAGMA incremental_vacuum').all();
    return pruned;
  }

  async *export(): AsyncGenerator<Item> {
    // one picture, however long the reader takes
    await this.#told(() => this.#engine.exec('BEGIN'));
    try {
      for (const { labels, ...run } of this.#all<RunRow>(
        `SELECT b.text AS build, h.text AS host, r.at,
           (SELECT json_group_array(x.text) FROM run_labels l JOIN texts x ON x.id = l.label WHERE l.build = r.build AND l.host = r.host) AS labels
         FROM run_rows r LEFT JOIN texts b ON b.id = r.build LEFT JOIN texts h ON h.id = r.host ORDER BY 1, 2`,
      ))
        yield { run: { ...run, labels: (JSON.parse(labels) as string[]).sort() } };
      for (const { key, depth, frames } of this.#pages<{ id: number; key: string; depth: number; frames: string }>(
        'SELECT * FROM stack_rows WHERE id > ? ORDER BY id LIMIT 1000',
      ))
        yield { stack: { key, depth, frames: JSON.parse(frames) as StackRecord['frames'] } };
      for (const row of this.#pages<DumpRow>(
        `SELECT v.*, d.id, (SELECT json_group_array(x.text) FROM dump_labels l JOIN texts x ON x.id = l.label WHERE l.dump = d.id) AS labels
         FROM dump_rows d JOIN dumps v ON v.dump = d.key WHERE d.id > ? ORDER BY d.id LIMIT 100`,
      )) {
        const threads = this.#all<ThreadRow>(
          `SELECT ${threadColumns('t')} FROM thread_rows t ${threadTables('t')} WHERE t.dump = ? ORDER BY t.place`,
          row.id,
        );
        yield { dump: dumpOf(row, threads) };
      }
    } finally {
      this.#engine.exec('COMMIT');
    }
  }

  close(): Promise<void> {
    return this.#told(() => {
      // libsql leaves the log behind; nothing is lost by that, but people copy the one file
      if (this.#written) this.#engine.prepare('PRAGMA wal_checkpoint(PASSIVE)').all();
      this.#engine.close();
    });
  }

  #told<T>(work: () => T | Promise<T>): Promise<T> {
    return told(this.place, work);
  }

  *#pages<Row extends { readonly id: number }>(sql: string): Generator<Row> {
    for (let last = 0; ;) {
      const rows = this.#all<Row>(sql, last);
      if (rows.length === 0) return;
      yield* rows;
      last = rows.at(-1)!.id;
    }
  }

  #sightings(scope: Scope, fingerprints: readonly string[] | undefined): { readonly sql: string; readonly values: readonly Value[] } {
    const { sql, values } = scopeCondition(scope, 's', 'dump', true);
    if (fingerprints === undefined) return { sql, values };
    const these = `s.print IN (SELECT id FROM prints WHERE fingerprint IN (SELECT value FROM json_each(?)))`;
    return { sql: `${these} AND ${sql}`, values: [JSON.stringify(fingerprints), ...values] };
  }

  #all<Row>(sql: string, ...values: readonly Value[]): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      this.#statements.set(sql, (statement = this.#engine.prepare(sql)));
    }
    return statement.all(...values) as Row[];
  }

  async #write(write: (writer: Writer) => void, stacks: ReadonlyMap<string, StackRecord>): Promise<void> {
    await this.#told(() => {
      this.#engine.exec('BEGIN IMMEDIATE');
      try {
        write(new Writer(this.#engine, stacks));
        this.#written = true;
        this.#engine.exec('COMMIT');
      } catch (error) {
        try {
          this.#engine.exec('ROLLBACK');
        } catch {
          // a full disk has rolled it back already
        }
        throw error;
      }
    });
  }
}

/** What nothing refers to any more after dumps were taken out. */
const LEFT_OVERS = [
  'DELETE FROM run_labels AS l WHERE NOT EXISTS (SELECT 1 FROM run_rows r WHERE r.build = l.build AND r.host = l.host)',
  'DELETE FROM spots WHERE id NOT IN (SELECT spot FROM thread_rows)',
  'DELETE FROM stack_rows WHERE id NOT IN (SELECT stack FROM spots)',
  'DELETE FROM prints WHERE id NOT IN (SELECT print FROM spots)',
  'DELETE FROM incidents WHERE id NOT IN (SELECT incident FROM dump_rows)',
  `DELETE FROM texts WHERE id NOT IN (SELECT build FROM dump_rows UNION SELECT host FROM dump_rows UNION SELECT source FROM dump_rows
    UNION SELECT format FROM dump_rows UNION SELECT origin FROM dump_rows UNION SELECT reason FROM dump_rows UNION SELECT label FROM dump_labels
    UNION SELECT name FROM thread_rows UNION SELECT function FROM spots UNION SELECT file FROM spots UNION SELECT wait FROM spots
    UNION SELECT wait_by FROM spots UNION SELECT label FROM run_labels UNION SELECT build FROM run_rows UNION SELECT host FROM run_rows)`,
];

interface RunRow {
  readonly build: string | null;
  readonly host: string | null;
  readonly at: number;
  readonly labels: string;
}

interface DumpRow extends Omit<DumpRecord, 'key' | 'labels' | 'timeFrom' | 'threads'> {
  readonly id: number;
  readonly dump: string;
  readonly labels: string;
  readonly time_from: DumpRecord['timeFrom'];
}

function dumpOf(row: DumpRow, threads: readonly ThreadRow[]): DumpRecord {
  const {
    dump: key,
    incident,
    build,
    host,
    at,
    time,
    time_from,
    added,
    source,
    line,
    format,
    runtime,
    kind,
    pid,
    origin,
    reason,
    verdict,
  } = row;
  const when = { at, time, timeFrom: time_from, added };
  const what = { source, line, format, runtime, kind, pid, origin, reason, verdict };
  const labels = (JSON.parse(row.labels) as string[]).sort();
  return { key, incident, build, host, labels, ...when, ...what, threads: threads.map(threadOf) };
}

function* portions(dumps: readonly DumpRecord[]): Generator<readonly DumpRecord[]> {
  let [from, threads] = [0, 0];
  for (const [i, dump] of dumps.entries()) {
    threads += dump.threads.length;
    if (threads < TRANSACTION) continue;
    yield dumps.slice(from, i + 1);
    [from, threads] = [i + 1, 0];
  }
  if (from < dumps.length || dumps.length === 0) yield dumps.slice(from);
}

/** A FIFO would be waited for, a device read. */
function checkFile(file: string, create: boolean): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (create) return;
    throw new StoreError('no-store', `there is no history yet at ${file}`, 'begin one with: standstill history add PATH… --build ID');
  }
  if (!stat.isFile()) throw new StoreError('not-a-store', `${file}: not a regular file`, 'name a file with --store');
}

/**
 * How the file is written: with a write-ahead log, whose content is on disk before an add is acknowledged. Going over to the log is
 * the one thing that SQLite does not wait for.
 */
async function settle(engine: Engine): Promise<void> {
  engine.exec('PRAGMA auto_vacuum = INCREMENTAL');
  for (let tries = 0; ; tries++) {
    try {
      engine.prepare('PRAGMA journal_mode = WAL').all();
      break;
    } catch (error) {
      if (!/locked|busy/i.test((error as Error).message) || tries === 200) throw error;
      await sleep(20 + Math.random() * 30);
    }
  }
  engine.exec('PRAGMA synchronous = FULL');
}

/** What SQLite says, as something that can be done about it. */
async function told<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError || !(error instanceof Error)) throw error;
    const { message } = error;
    const fail = (code: string, said: string, hint: string): never => {
      throw new StoreError(code, `${file}: ${said}`, hint);
    };
    if (/database or disk is full|SQLITE_FULL|ENOSPC/i.test(message))
      fail('disk-full', 'the disk is full; nothing was added', 'make room, or prune the history');
    if (/locked|busy/i.test(message)) fail('store-busy', `others have been writing for ${PATIENCE_MS / 1000} s`, 'try again');
    if (/not a database|malformed/i.test(message)) fail('bad-store', 'no history, or a damaged one', 'name another file with --store');
    if (/readonly|read-only|EROFS|EACCES|EPERM|unable to open|ENOTDIR|EISDIR|disk i\/o/i.test(message))
      fail('cannot-open', `cannot be opened or written (${message.slice(0, 200)})`, 'name another file with --store');
    throw error;
  }
}
