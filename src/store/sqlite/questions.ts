import type { StackRecord } from '../records.js';
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
import type { Engine, Statement, Value } from './engine.js';
import { told } from './file.js';
import {
  EXAMPLE,
  EXAMPLE_JOINS,
  SIGHTING,
  SIGHTING_TABLES,
  exampleOf,
  runCondition,
  scopeCondition,
  sightingOf,
  type ExampleRow,
  type SightingRow,
} from './rows.js';

const DAY_MS = 86_400_000;
/** Statements that are kept prepared: an example is looked up for each of hundreds of hangs. */
const MOST_STATEMENTS = 50;

/** What is asked of the file. */
export class SqliteQuestions implements Questions {
  readonly place: string;
  protected readonly engine: Engine;
  readonly #statements = new Map<string, Statement>();

  constructor(file: string, engine: Engine) {
    this.place = file;
    this.engine = engine;
  }

  builds(scope: Scope): Promise<readonly BuildRow[]> {
    return this.told(() => {
      const dumps = scopeCondition(scope, 'd', 'id', false);
      const rows = this.all<BuildRow>(
        `SELECT b.text AS build, min(d.at) AS first, max(d.at) AS last, count(*) AS dumps, count(DISTINCT d.incident) AS processes
         FROM dump_rows d LEFT JOIN texts b ON b.id = d.build WHERE ${dumps.sql} GROUP BY d.build`,
        ...dumps.values,
      );
      const runs = runCondition(scope);
      const seen = new Map(rows.map((row) => [row.build, row]));
      for (const { build, first, last } of this.all<{ build: string | null; first: number; last: number }>(
        `SELECT b.text AS build, min(r.at) AS first, max(r.at) AS last FROM run_rows r LEFT JOIN texts b ON b.id = r.build
         WHERE ${runs.sql} GROUP BY r.build`,
        ...runs.values,
      ))
        if (!seen.has(build)) seen.set(build, { build, first, last, dumps: 0, processes: 0 });
      return [...seen.values()];
    });
  }

  hosts(scope: Scope): Promise<readonly HostRow[]> {
    return this.told(() => {
      const dumps = scopeCondition(scope, 'd', 'id', false);
      const hangs = scopeCondition(scope, 's', 'dump', true);
      const rows = this.all<Omit<HostRow, 'hangs' | 'times'> & { id: number }>(
        `SELECT d.host AS id, h.text AS host, count(DISTINCT nullif(d.build, 0)) AS builds, count(*) AS dumps, count(DISTINCT d.incident) AS processes,
           min(d.at) AS first, max(d.at) AS last, max(0, max(coalesce(d.time, 0) - d.added)) AS ahead
         FROM dump_rows d LEFT JOIN texts h ON h.id = d.host WHERE ${dumps.sql} GROUP BY d.host`,
        ...dumps.values,
      );
      const sums = this.all<{ id: number; hangs: number; times: number }>(
        `SELECT s.host AS id, count(DISTINCT s.print) AS hangs, count(DISTINCT s.incident) AS times FROM sightings s
         WHERE ${hangs.sql} GROUP BY s.host`,
        ...hangs.values,
      );
      const byHost = new Map(sums.map((sum) => [sum.id, sum]));
      return rows.map(({ id, ...row }) => ({ ...row, hangs: byHost.get(id)?.hangs ?? 0, times: byHost.get(id)?.times ?? 0 }));
    });
  }

  hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, fingerprints);
      return this.all<HangRow>(
        `SELECT p.fingerprint, min(s.severity) AS severity, count(DISTINCT s.incident) AS times, count(DISTINCT s.dump) AS dumps,
           count(DISTINCT nullif(s.build, 0)) AS builds, count(DISTINCT nullif(s.host, 0)) AS hosts, min(s.at) AS first, max(s.at) AS last
         FROM sightings s JOIN prints p ON p.id = s.print WHERE ${sql} GROUP BY s.print`,
        ...values,
      );
    });
  }

  inBuilds(scope: Scope, fingerprints?: readonly string[]): Promise<readonly InBuild[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, fingerprints);
      return this.all<InBuild>(
        `SELECT p.fingerprint, b.text AS build, count(DISTINCT s.incident) AS times
         FROM sightings s JOIN prints p ON p.id = s.print LEFT JOIN texts b ON b.id = s.build WHERE ${sql} GROUP BY s.print, s.build`,
        ...values,
      );
    });
  }

  hungInBuilds(scope: Scope): Promise<readonly HungInBuild[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, undefined);
      return this.all<HungInBuild>(
        `SELECT b.text AS build, count(*) AS hangs, sum(one.times) AS times FROM (
           SELECT s.build, count(DISTINCT s.incident) AS times FROM sightings s WHERE ${sql} GROUP BY s.print, s.build
         ) one LEFT JOIN texts b ON b.id = one.build GROUP BY one.build`,
        ...values,
      );
    });
  }

  hangByHost(scope: Scope, fingerprint: string): Promise<readonly HangHostRow[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, [fingerprint]);
      return this.all<HangHostRow>(
        `SELECT h.text AS host, count(DISTINCT s.incident) AS times, count(DISTINCT s.dump) AS dumps, min(s.at) AS first, max(s.at) AS last
         FROM sightings s LEFT JOIN texts h ON h.id = s.host WHERE ${sql} GROUP BY s.host`,
        ...values,
      );
    });
  }

  days(scope: Scope, fingerprint?: string): Promise<readonly DayRow[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, fingerprint === undefined ? undefined : [fingerprint]);
      return this.all<DayRow>(
        `SELECT s.at / ${DAY_MS} AS day, count(DISTINCT s.incident) AS times, count(DISTINCT s.print) AS hangs
         FROM sightings s WHERE ${sql} GROUP BY 1 ORDER BY 1`,
        ...values,
      );
    });
  }

  fingerprintsLike(prefix: string, most: number): Promise<readonly string[]> {
    return this.told(() => {
      return this.all<{ fingerprint: string }>(
        `SELECT fingerprint FROM prints p WHERE fingerprint >= ? AND fingerprint < ? AND EXISTS (SELECT 1 FROM sightings s WHERE s.print = p.id)
         ORDER BY fingerprint LIMIT ?`,
        ...[prefix, `${prefix}g`, most],
      ).map(({ fingerprint }) => fingerprint);
    });
  }

  newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]> {
    return this.told(() => {
      const { sql, values } = this.#sightings(scope, [fingerprint]);
      return this.all<SightingRow>(
        `SELECT ${SIGHTING} FROM ${SIGHTING_TABLES} WHERE ${sql} ORDER BY s.at DESC, d.key, s.place LIMIT ?`,
        ...[...values, most],
      ).map(sightingOf);
    });
  }

  examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Example[]> {
    return this.told(() => {
      const { sql, values } = scopeCondition(scope, 's', 'dump', true);
      const asked = JSON.stringify(hangs.map(({ fingerprint, last }) => [fingerprint, last]));
      // those of the hang's last moment are few; the first of them is taken here
      const rows = this.all<ExampleRow>(
        `SELECT ${EXAMPLE} FROM json_each(?) j CROSS JOIN prints p ON p.fingerprint = json_extract(j.value, '$[0]')
         CROSS JOIN sightings s ON s.print = p.id AND s.at = json_extract(j.value, '$[1]') ${EXAMPLE_JOINS} WHERE ${sql}`,
        ...[asked, ...values],
      );
      const first = new Map<string, ExampleRow>();
      for (const row of rows) {
        const known = first.get(row.hang);
        if (known === undefined || row.dump < known.dump || (row.dump === known.dump && row.place < known.place)) first.set(row.hang, row);
      }
      return Array.from(first.values(), exampleOf);
    });
  }

  stack(key: string): Promise<StackRecord | null> {
    return this.told(() => {
      const [row] = this.all<{ depth: number; frames: string }>('SELECT depth, frames FROM stack_rows WHERE key = ?', key);
      return row === undefined ? null : { key, depth: row.depth, frames: JSON.parse(row.frames) as StackRecord['frames'] };
    });
  }

  protected told<T>(work: () => T | Promise<T>): Promise<T> {
    return told(this.place, work);
  }

  protected all<Row>(sql: string, ...values: readonly Value[]): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      this.#statements.set(sql, (statement = this.engine.prepare(sql)));
    }
    return statement.all(...values) as Row[];
  }

  #sightings(scope: Scope, fingerprints: readonly string[] | undefined): { readonly sql: string; readonly values: readonly Value[] } {
    const { sql, values } = scopeCondition(scope, 's', 'dump', true);
    if (fingerprints === undefined) return { sql, values };
    const these = `s.print IN (SELECT id FROM prints WHERE fingerprint IN (SELECT value FROM json_each(?)))`;
    return { sql: `${these} AND ${sql}`, values: [JSON.stringify(fingerprints), ...values] };
  }
}
