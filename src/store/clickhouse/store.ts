import { SEVERITIES, HANG_BELOW, type Batch, type DumpRecord, type RunRecord, type StackRecord } from '../records.js';
import { StoreError } from '../store.js';
import type {
  Added,
  Answer,
  BuildRow,
  DayRow,
  HangBuildRow,
  HangHostRow,
  HangRow,
  HistoryStore,
  HostRow,
  Item,
  Pruned,
  Scope,
  Sighting,
} from '../store.js';
import type { ClickHouseAddress } from './address.js';
import { Client, Unreachable, quoted, quotedList, type Credentials } from './client.js';
import {
  THREAD,
  dumpLines,
  dumpOf,
  runLines,
  scopeCondition,
  stackLines,
  threadLines,
  threadOf,
  type DumpRow,
  type ThreadRow,
} from './rows.js';
import { isPrepared, localTable, prepare } from './schema.js';
import type { Spool } from './spool.js';

/** Characters of one insert: some ten thousand threads. */
const INSERT_LENGTH = 8 << 20;
/** Keys that are looked up at once; a statement is a quarter of a megabyte at most. */
const KEYS_AT_ONCE = 2000;
/** Threads that an export holds in memory. */
const EXPORT_THREADS = 200_000;
const DAY_MS = 86_400_000;
/** How long the removal of what was pruned is waited for. */
const PRUNE_MS = 300_000;

export interface ClickHouseOptions {
  readonly credentials: Credentials;
  /** Where batches wait that the store cannot take now. */
  readonly spool: Spool;
  readonly create: boolean;
}

/**
 * A history on ClickHouse, spread over the shards of a cluster. Rows are only added; what comes twice is one row in every sum, so a
 * batch may be sent again whenever it is not known whether it arrived. What cannot be sent waits on this machine for the next add.
 */
export class ClickHouseStore implements HistoryStore {
  readonly #address: ClickHouseAddress;
  readonly #client: Client;
  readonly #spool: Spool;
  #ready = false;

  constructor(address: ClickHouseAddress, { credentials, spool }: Omit<ClickHouseOptions, 'create'>) {
    this.#address = address;
    this.#client = new Client(address, credentials);
    this.#spool = spool;
  }

  /** @throws StoreError `no-store` for a question to a store that is not there */
  static async open(address: ClickHouseAddress, options: ClickHouseOptions): Promise<ClickHouseStore> {
    const store = new ClickHouseStore(address, options);
    if (!options.create && !(await isPrepared(store.#client, address)))
      throw new StoreError(
        'no-store',
        `there is no history yet at ${address.text}`,
        'begin one with: standstill history add PATH… --build ID',
      );
    return store;
  }

  get place(): string {
    return this.#address.text;
  }

  get missing(): readonly string[] {
    return [...this.#client.missing].map((part) => (part === 'a shard' ? part : `shard ${part}`));
  }

  get waiting(): number {
    return this.#spool.waiting;
  }

  async add(batch: Batch): Promise<Added> {
    try {
      await this.#prepare();
      await this.#spool.drain(async (waiting) => {
        await this.#send(waiting);
      });
      return await this.#send(batch);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#spool.keep(batch);
      return { dumps: 0, threads: 0, known: 0, more: 0, kept: batch.dumps.length };
    }
  }

  async builds(scope: Scope): Promise<readonly BuildRow[]> {
    const rows = await this.#client.rows<BuildRow>(
      `SELECT build, min(at) AS first, max(at) AS last, uniqExact(dump) AS dumps, uniqExact(incident) AS processes FROM dumps
       WHERE ${scopeCondition(scope, false)} GROUP BY build`,
    );
    const seen = new Map(rows.map((row) => [row.build, row]));
    const { since = -Infinity, until = Infinity, builds, hosts, labels = [] } = scope;
    const looked = new Map<string | null, BuildRow>();
    const runs = (await this.#runs({ ...(builds && { builds }), ...(hosts && { hosts }) })).filter((run) =>
      labels.every((one) => run.labels.includes(one)),
    );
    for (const { build, at: earliest } of runs) {
      if (seen.has(build) || earliest < since || earliest > until) continue;
      const { first, last } = looked.get(build) ?? { first: earliest, last: earliest };
      looked.set(build, { build, first: Math.min(first, earliest), last: Math.max(last, earliest), dumps: 0, processes: 0 });
    }
    return [...seen.values(), ...looked.values()];
  }

  async hosts(scope: Scope): Promise<readonly HostRow[]> {
    const rows = await this.#client.rows<Omit<HostRow, 'hangs' | 'times'>>(
      `SELECT host, ifNull(uniqExact(build), 0) AS builds, uniqExact(dump) AS dumps, uniqExact(incident) AS processes, min(at) AS first, max(at) AS last,
         max(greatest(ifNull(time, 0) - added, 0)) AS ahead
       FROM dumps WHERE ${scopeCondition(scope, false)} GROUP BY host`,
    );
    const sums = await this.#client.rows<{ host: string | null; hangs: number; times: number }>(
      `SELECT host, uniqExact(fingerprint) AS hangs, uniqExact(incident) AS times FROM threads WHERE ${sightings(scope)} GROUP BY host`,
    );
    const byHost = new Map(sums.map((sum) => [sum.host, sum]));
    return rows.map((row) => ({ ...row, hangs: byHost.get(row.host)?.hangs ?? 0, times: byHost.get(row.host)?.times ?? 0 }));
  }

  hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]> {
    if (fingerprints?.length === 0) return Promise.resolve([]);
    // an alias that is a column's name would mean itself in the condition
    return this.#client
      .rows<Omit<HangRow, 'severity'> & { readonly worst: number }>(
        `SELECT fingerprint, min(severity) AS worst, uniqExact(incident) AS times, uniqExact(dump) AS dumps, ifNull(uniqExact(build), 0) AS builds,
         ifNull(uniqExact(host), 0) AS hosts, min(at) AS first, max(at) AS last
       FROM threads WHERE ${sightings(scope, fingerprints)} GROUP BY fingerprint`,
      )
      .then((rows) => rows.map(({ worst, ...row }) => ({ ...row, severity: worst })));
  }

  hangsByBuild(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangBuildRow[]> {
    if (fingerprints?.length === 0) return Promise.resolve([]);
    return this.#client.rows(
      `SELECT fingerprint, build, uniqExact(incident) AS times, uniqExact(dump) AS dumps FROM threads
       WHERE ${sightings(scope, fingerprints)} GROUP BY fingerprint, build`,
    );
  }

  hangByHost(scope: Scope, fingerprint: string): Promise<readonly HangHostRow[]> {
    return this.#client.rows(
      `SELECT host, uniqExact(incident) AS times, uniqExact(dump) AS dumps, min(at) AS first, max(at) AS last FROM threads
       WHERE ${sightings(scope, [fingerprint])} GROUP BY host`,
    );
  }

  days(scope: Scope, fingerprint?: string): Promise<readonly DayRow[]> {
    return this.#client.rows(
      `SELECT intDiv(at, ${DAY_MS}) AS day, uniqExact(incident) AS times, uniqExact(fingerprint) AS hangs FROM threads
       WHERE ${sightings(scope, fingerprint === undefined ? undefined : [fingerprint])} GROUP BY day ORDER BY day`,
    );
  }

  async fingerprintsLike(prefix: string, most: number): Promise<readonly string[]> {
    const rows = await this.#client.rows<{ fingerprint: string }>(
      `SELECT DISTINCT fingerprint FROM threads WHERE finding = 1 AND fingerprint >= ${quoted(prefix)} AND fingerprint < ${quoted(`${prefix}g`)}
       ORDER BY fingerprint LIMIT ${most}`,
    );
    return rows.map(({ fingerprint }) => fingerprint);
  }

  async newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]> {
    return this.#sightings(
      `SELECT at, dump, place, incident, build, host, labels, ${THREAD} FROM threads WHERE ${sightings(scope, [fingerprint])}
       ORDER BY at DESC, dump, place, severity LIMIT 1 BY dump, place LIMIT ${most}`,
    );
  }

  async examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Sighting[]> {
    const found: Sighting[] = [];
    for (const some of portions(hangs, KEYS_AT_ONCE)) {
      const keys = some.map(({ fingerprint, last }) => `(${quoted(fingerprint)}, ${last})`).join(', ');
      const these = `${sightings(
        scope,
        some.map(({ fingerprint }) => fingerprint),
      )} AND (fingerprint, at) IN (${keys})`;
      found.push(
        ...(await this.#sightings(
          `SELECT at, dump, place, incident, build, host, labels, ${THREAD} FROM threads WHERE ${these}
           ORDER BY fingerprint, dump, place, severity LIMIT 1 BY fingerprint`,
        )),
      );
    }
    return found;
  }

  async stack(key: string): Promise<StackRecord | null> {
    const [row] = await this.#client.rows<{ depth: number; frames: string }>(
      `SELECT depth, frames FROM stacks WHERE stack = ${quoted(key)} LIMIT 1`,
    );
    return row === undefined ? null : { key, depth: row.depth, frames: JSON.parse(row.frames) as StackRecord['frames'] };
  }

  async query(sql: string, most: number): Promise<Answer> {
    try {
      const { columns, rows } = await this.#client.answer(sql, { max_result_rows: String(most + 1), result_overflow_mode: 'break' });
      return { columns, rows: rows.slice(0, most).map((row) => row.map(plainValue)), cut: rows.length > most };
    } catch (error) {
      if (error instanceof Unreachable || !(error instanceof StoreError)) throw error;
      throw new StoreError('bad-query', error.message, 'SQL of ClickHouse; tables: dumps, threads, stacks, runs');
    }
  }

  async prune(what: { readonly before?: number; readonly builds?: readonly string[] }, dry: boolean): Promise<Pruned> {
    const condition = scopeCondition(
      { ...(what.builds && { builds: what.builds }), ...(what.before !== undefined && { until: what.before - 1 }) },
      false,
    );
    const count = async (): Promise<Pruned> => {
      const [[dumps], [threads]] = [
        await this.#client.rows<{ n: number }>(`SELECT uniqExact(dump) AS n FROM dumps WHERE ${condition}`),
        await this.#client.rows<{ n: number }>(`SELECT uniqExact(dump, place) AS n FROM threads WHERE ${condition}`),
      ];
      return { dumps: dumps?.n ?? 0, threads: threads?.n ?? 0 };
    };
    const pruned = await count();
    if (dry) return pruned;
    await this.#delete('threads', condition);
    await this.#delete('dumps', condition);
    const left = await this.#client.rows<{ build: string | null; host: string | null }>('SELECT DISTINCT build, host FROM dumps');
    const kept = new Set(left.map(({ build, host }) => JSON.stringify([build, host])));
    const runs = await this.#runs(what.builds ? { builds: what.builds } : {});
    const gone = runs.filter(
      ({ build, host, at }) => !kept.has(JSON.stringify([build, host])) && (what.before === undefined || at < what.before),
    );
    for (const some of portions(gone, KEYS_AT_ONCE)) await this.#delete('runs', `key IN ${quotedList(some.flatMap(({ keys }) => keys))}`);
    return pruned;
  }

  async *export(): AsyncGenerator<Item> {
    for (const { build, host, labels, at } of await this.#runs({})) yield { run: { build, host, labels, at } };
    const [all] = await this.#client.rows<{ threads: number }>('SELECT count() AS threads FROM threads');
    const parts = Math.ceil((all?.threads ?? 0) / EXPORT_THREADS) || 1;
    for (let part = 0; part < parts; part++) {
      for (const row of await this.#client.rows<{ stack: string; depth: number; frames: string }>(
        `SELECT stack, depth, frames FROM stacks WHERE cityHash64(stack) % ${parts} = ${part} ORDER BY stack LIMIT 1 BY stack`,
      ))
        yield { stack: { key: row.stack, depth: row.depth, frames: JSON.parse(row.frames) as StackRecord['frames'] } };
    }
    for (let part = 0; part < parts; part++) {
      const here = `cityHash64(dump) % ${parts} = ${part}`;
      const threads = new Map<string, ThreadRow[]>();
      for (const row of await this.#client.rows<ThreadRow & { dump: string }>(
        `SELECT dump, place, ${THREAD} FROM threads WHERE ${here} ORDER BY dump, place, severity LIMIT 1 BY dump, place`,
      )) {
        const list = threads.get(row.dump);
        if (list) list.push(row);
        else threads.set(row.dump, [row]);
      }
      for (const row of await this.#client.rows<DumpRow>(`SELECT * FROM dumps WHERE ${here} ORDER BY dump, worse DESC LIMIT 1 BY dump`))
        yield { dump: dumpOf(row, threads.get(row.dump) ?? []) };
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** One for each build and host, with all labels that it was added with. */
  async #runs(scope: Scope): Promise<readonly (RunRecord & { readonly keys: readonly string[] })[]> {
    const rows = await this.#client.rows<{ build: string | null; host: string | null; said: string[]; earliest: number; keys: string[] }>(
      `SELECT build, host, groupUniqArrayArray(labels) AS said, min(at) AS earliest, groupUniqArray(key) AS keys FROM runs
       WHERE ${scopeCondition(scope, false)} GROUP BY build, host ORDER BY build, host`,
    );
    return rows.map(({ build, host, said, earliest, keys }) => ({ build, host, labels: said.sort(), at: earliest, keys }));
  }

  async #prepare(): Promise<void> {
    if (!this.#ready && !(await isPrepared(this.#client, this.#address).catch(noDatabase))) await prepare(this.#client, this.#address);
    this.#ready = true;
  }

  /** Threads go before their dumps: a dump that is there is there as a whole. */
  async #send({ runs, stacks, dumps }: Batch): Promise<Added> {
    const known = new Set<string>();
    for (const some of portions(dumps, KEYS_AT_ONCE))
      for (const { dump } of await this.#client.rows<{ dump: string }>(
        `SELECT DISTINCT dump FROM dumps WHERE dump IN ${quotedList(some.map(({ key }) => key))}`,
      ))
        known.add(dump);
    this.#complete();
    const fresh = dumps.filter(({ key }) => !known.has(key));
    const again = dumps.filter(({ key }) => known.has(key));
    const more = await this.#moreOf(again);
    await this.#insert('stacks', stackLines(stacks));
    await this.#insert('threads', threadLines(fresh));
    await this.#insert(
      'threads',
      threadLines(again, (dump, place) => more.get(dump.key)?.has(place) === true),
    );
    await this.#insert('dumps', dumpLines([...fresh, ...again.filter(({ key }) => more.has(key))]));
    await this.#insert('runs', runLines(runs));
    return {
      dumps: fresh.length,
      threads: fresh.reduce((sum, { threads }) => sum + threads.length, 0),
      known: again.length,
      more: more.size,
      kept: 0,
    };
  }

  /** Of dumps that are there: the threads with a worse verdict than is known, as they were judged with other dumps now. */
  async #moreOf(dumps: readonly DumpRecord[]): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    const more = new Map<string, Set<number>>();
    const hung = dumps.filter(({ threads }) => threads.some(isSighting));
    for (const some of portions(hung, KEYS_AT_ONCE)) {
      const prints = new Set(some.flatMap(({ threads }) => threads.flatMap((thread) => (isSighting(thread) ? [thread.fingerprint!] : []))));
      const rows = await this.#client.rows<{ dump: string; place: number; worst: number }>(
        `SELECT dump, place, min(severity) AS worst FROM threads
         WHERE finding = 1 AND fingerprint IN ${quotedList([...prints])} AND dump IN ${quotedList(some.map(({ key }) => key))} GROUP BY dump, place`,
      );
      const worst = new Map(rows.map((row) => [`${row.dump} ${row.place}`, row.worst]));
      for (const { key, threads } of some) {
        for (const [place, thread] of threads.entries()) {
          if (!isSighting(thread) || SEVERITIES.indexOf(thread.verdict) >= (worst.get(`${key} ${place}`) ?? HANG_BELOW)) continue;
          const places = more.get(key);
          if (places) places.add(place);
          else more.set(key, new Set([place]));
        }
      }
    }
    this.#complete();
    return more;
  }

  /** What is there already must be known of all shards before anything is added. */
  #complete(): void {
    const [missing] = this.missing;
    if (missing !== undefined) throw new Unreachable(this.place, `${missing} does not answer`);
  }

  async #insert(table: string, lines: Iterable<string>): Promise<void> {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < INSERT_LENGTH) continue;
      await this.#client.insert(table, text);
      text = '';
    }
    if (text !== '') await this.#client.insert(table, text);
  }

  async #sightings(sql: string): Promise<Sighting[]> {
    type Row = ThreadRow & Pick<DumpRow, 'dump' | 'at' | 'incident' | 'build' | 'host' | 'labels'> & { place: number };
    const rows = await this.#client.rows<Row>(sql);
    const dumps = new Map<string, DumpRow>();
    for (const some of portions([...new Set(rows.map(({ dump }) => dump))], KEYS_AT_ONCE))
      for (const row of await this.#client.rows<DumpRow>(
        `SELECT dump, time_from, source, line, pid, reason FROM dumps WHERE dump IN ${quotedList(some)} LIMIT 1 BY dump`,
      ))
        dumps.set(row.dump, row);
    return rows.map((row) => {
      const { dump, place, incident, build, host, at, fingerprint } = row;
      const { time_from: timeFrom = null, source = '', line = 0, pid = null, reason = null } = dumps.get(dump) ?? {};
      const labels = [...row.labels].sort();
      return { fingerprint, dump, place, incident, build, host, at, timeFrom, source, line, pid, reason, labels, thread: threadOf(row) };
    });
  }

  /** Servers delete in their own time; this returns when they have. */
  async #delete(table: 'threads' | 'dumps' | 'runs', condition: string): Promise<void> {
    await this.#client.everywhere(`ALTER TABLE ${localTable(this.#address, table)} DELETE WHERE ${condition}`);
    const [database, local] = localTable(this.#address, table).split('.') as [string, string];
    for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const undone = await this.#client.each<{ n: number }>(
        `SELECT count() AS n FROM system.mutations WHERE database = '${database}' AND table = '${local}' AND is_done = 0`,
      );
      if (undone.every(([row]) => row!.n === 0)) return;
      if (Date.now() - begun > PRUNE_MS)
        throw new StoreError('store-busy', `${this.place}: still deleting after ${PRUNE_MS / 1000} s`, 'it goes on by itself');
    }
  }
}

/** Threads that hang: they stand first in the table, by fingerprint. */
function sightings(scope: Scope, fingerprints?: readonly string[]): string {
  const these = fingerprints === undefined ? '' : ` AND fingerprint IN ${quotedList(fingerprints)}`;
  return `finding = 1${these} AND ${scopeCondition(scope, true)}`;
}

const isSighting = ({ verdict, fingerprint }: DumpRecord['threads'][number]): boolean =>
  fingerprint !== null && SEVERITIES.indexOf(verdict) < HANG_BELOW;

/** The database is made with the tables. */
function noDatabase(error: unknown): boolean {
  if (error instanceof StoreError && error.code === 'store-error' && /doesn't exist|does not exist/i.test(error.message)) return false;
  throw error;
}

function* portions<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}

function plainValue(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null ? value : JSON.stringify(value);
}
