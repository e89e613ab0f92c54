import { dumpOfRow } from '../columns.js';
import type { DumpRecord, StackRecord, ThreadRecord } from '../records.js';
import type {
  BuildRow,
  DayRow,
  Example,
  HangHostRow,
  HangRow,
  HostRow,
  HungInBuild,
  InBuild,
  Questions,
  Scope,
  Sighting,
} from '../store.js';
import { quoted, quotedList, type Client } from './client.js';
import { DUMP, KEYS_AT_ONCE, THREAD, portions, stackOf, threadOf, type Row, type StackRow } from './rows.js';
import { runsOf } from './runs.js';
import { dumpsOf, sightingsOf } from './scope.js';

const DAY_MS = 86_400_000;

/** Names one thread in one dump. */
interface Key {
  readonly fingerprint: string;
  readonly at: number;
  readonly dump: string;
  readonly place: number;
}

/** What is asked of the tables. */
export class ClickHouseQuestions implements Questions {
  protected readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  async builds(scope: Scope): Promise<readonly BuildRow[]> {
    const { from, where } = dumpsOf(scope);
    const rows = await this.client.rows<BuildRow>(
      `SELECT build, min(at) AS first, max(at) AS last, uniqExact(dump) AS dumps, uniqExact(incident) AS processes
       FROM ${from} WHERE ${where} GROUP BY build`,
    );
    const seen = new Map(rows.map((row) => [row.build, row]));
    const { since = -Infinity, until = Infinity, builds, hosts, labels = [] } = scope;
    const looked = new Map<string | null, BuildRow>();
    const runs = (await runsOf(this.client, { builds, hosts })).filter((run) => labels.every((one) => run.labels.includes(one)));
    for (const { build, at: earliest } of runs) {
      if (seen.has(build) || earliest < since || earliest > until) continue;
      const { first, last } = looked.get(build) ?? { first: earliest, last: earliest };
      looked.set(build, { build, first: Math.min(first, earliest), last: Math.max(last, earliest), dumps: 0, processes: 0 });
    }
    return [...seen.values(), ...looked.values()];
  }

  async hosts(scope: Scope): Promise<readonly HostRow[]> {
    const [dumps, seen] = [dumpsOf(scope), sightingsOf(scope)];
    const rows = await this.client.rows<Omit<HostRow, 'hangs' | 'times'>>(
      `SELECT host, ifNull(uniqExact(build), 0) AS builds, uniqExact(dump) AS dumps, uniqExact(incident) AS processes, min(at) AS first, max(at) AS last,
         max(greatest(ifNull(time, 0) - added, 0)) AS ahead
       FROM ${dumps.from} WHERE ${dumps.where} GROUP BY host`,
    );
    const sums = await this.client.rows<{ host: string | null; hangs: number; times: number }>(
      `SELECT host, uniqExact(fingerprint) AS hangs, uniqExact(incident) AS times FROM ${seen.from} WHERE ${seen.where} GROUP BY host`,
    );
    const byHost = new Map(sums.map((sum) => [sum.host, sum]));
    return rows.map((row) => ({ ...row, hangs: byHost.get(row.host)?.hangs ?? 0, times: byHost.get(row.host)?.times ?? 0 }));
  }

  async hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]> {
    if (fingerprints?.length === 0) return [];
    const { from, where } = sightingsOf(scope, fingerprints);
    // an alias that is a column's name would mean itself in the condition
    const rows = await this.client.rows<Omit<HangRow, 'severity'> & { readonly worst: number }>(
      `SELECT fingerprint, min(severity) AS worst, uniqExact(incident) AS times, uniqExact(dump) AS dumps, ifNull(uniqExact(build), 0) AS builds,
         ifNull(uniqExact(host), 0) AS hosts, min(at) AS first, max(at) AS last
       FROM ${from} WHERE ${where} GROUP BY fingerprint`,
    );
    return rows.map(({ worst, ...row }) => ({ ...row, severity: worst }));
  }

  inBuilds(scope: Scope, fingerprints?: readonly string[]): Promise<readonly InBuild[]> {
    if (fingerprints?.length === 0) return Promise.resolve([]);
    const { from, where } = sightingsOf(scope, fingerprints);
    return this.client.rows(
      `SELECT fingerprint, build, uniqExact(incident) AS times FROM ${from} WHERE ${where} GROUP BY fingerprint, build`,
    );
  }

  hungInBuilds(scope: Scope): Promise<readonly HungInBuild[]> {
    const { from, where } = sightingsOf(scope);
    return this.client.rows(
      `SELECT build, uniqExact(fingerprint) AS hangs, uniqExact(fingerprint, incident) AS times FROM ${from} WHERE ${where} GROUP BY build`,
    );
  }

  hangByHost(scope: Scope, fingerprint: string): Promise<readonly HangHostRow[]> {
    const { from, where } = sightingsOf(scope, [fingerprint]);
    return this.client.rows(
      `SELECT host, uniqExact(incident) AS times, uniqExact(dump) AS dumps, min(at) AS first, max(at) AS last FROM ${from}
       WHERE ${where} GROUP BY host`,
    );
  }

  days(scope: Scope, fingerprint?: string): Promise<readonly DayRow[]> {
    const { from, where } = sightingsOf(scope, fingerprint === undefined ? undefined : [fingerprint]);
    return this.client.rows(
      `SELECT intDiv(at, ${DAY_MS}) AS day, uniqExact(incident) AS times, uniqExact(fingerprint) AS hangs FROM ${from}
       WHERE ${where} GROUP BY day ORDER BY day`,
    );
  }

  async fingerprintsLike(prefix: string, most: number): Promise<readonly string[]> {
    const rows = await this.client.rows<{ fingerprint: string }>(
      `SELECT DISTINCT fingerprint FROM threads WHERE finding = 1 AND fingerprint >= ${quoted(prefix)} AND fingerprint < ${quoted(`${prefix}g`)}
       ORDER BY fingerprint LIMIT ${most}`,
    );
    return rows.map(({ fingerprint }) => fingerprint);
  }

  async newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]> {
    const { from, where } = sightingsOf(scope, [fingerprint]);
    const keys = await this.client.rows<Omit<Key, 'fingerprint'>>(
      `SELECT at, dump, place FROM ${from} WHERE ${where} ORDER BY at DESC, dump, place LIMIT 1 BY dump, place LIMIT ${most}`,
    );
    const examples = await this.#threads(keys.map((key) => ({ ...key, fingerprint })));
    const dumps = new Map<string, DumpRecord>();
    for (const some of portions(examples, KEYS_AT_ONCE))
      for (const row of await this.client.rows<Row>(
        `SELECT ${DUMP} FROM dumps WHERE dump IN ${quotedList(some.map(({ dump }) => dump))} AND at IN (${some.map(({ at }) => at).join(', ')})
         ORDER BY dump, worse DESC LIMIT 1 BY dump`,
      ))
        dumps.set(row['dump'] as string, dumpOfRow(row, []));
    return examples.flatMap((example) => {
      const dump = dumps.get(example.dump);
      if (dump === undefined) return [];
      const { incident, build, host, timeFrom, source, line, pid, reason, labels } = dump;
      return [{ ...example, incident, build, host, timeFrom, source, line, pid, reason, labels }];
    });
  }

  async examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Example[]> {
    const keys: Key[] = [];
    for (const some of portions(hangs, KEYS_AT_ONCE)) {
      const { from, where } = sightingsOf(
        scope,
        some.map(({ fingerprint }) => fingerprint),
      );
      const last = some.map(({ fingerprint, last: at }) => `(${quoted(fingerprint)}, ${at})`).join(', ');
      keys.push(
        ...(await this.client.rows<Key>(
          `SELECT fingerprint, at, dump, place FROM ${from} WHERE ${where} AND (fingerprint, at) IN (${last})
           ORDER BY fingerprint, dump, place LIMIT 1 BY fingerprint`,
        )),
      );
    }
    return this.#threads(keys);
  }

  async stack(key: string): Promise<StackRecord | null> {
    const [row] = await this.client.rows<StackRow>(`SELECT stack, depth, frames FROM stacks WHERE stack = ${quoted(key)} LIMIT 1`);
    return row === undefined ? null : stackOf(row);
  }

  /** All of these threads, in this order: the many columns are read of those alone that are shown. */
  async #threads(keys: readonly Key[]): Promise<Example[]> {
    const threads = new Map<string, ThreadRecord>();
    for (const some of portions(keys, KEYS_AT_ONCE)) {
      const tuples = some.map(({ fingerprint, at, dump, place }) => `(${quoted(fingerprint)}, ${at}, ${quoted(dump)}, ${place})`);
      const prints = new Set(some.map(({ fingerprint }) => fingerprint));
      const times = new Set(some.map(({ at }) => at));
      for (const row of await this.client.rows<Row>(
        `SELECT dump, place, ${THREAD} FROM threads WHERE finding = 1 AND fingerprint IN ${quotedList([...prints])}
         AND at IN (${[...times].join(', ')}) AND (fingerprint, at, dump, place) IN (${tuples.join(', ')})
         ORDER BY dump, place, severity LIMIT 1 BY dump, place`,
      ))
        threads.set(`${String(row['dump'])} ${String(row['place'])}`, threadOf(row));
    }
    // one may have been taken out between two questions
    return keys.flatMap(({ fingerprint, at, dump, place }) => {
      const thread = threads.get(`${dump} ${place}`);
      return thread === undefined ? [] : [{ fingerprint, at, dump, place, thread }];
    });
  }
}
