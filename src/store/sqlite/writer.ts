import { VERDICTS } from '../../analysis/index.js';
import { HANG_BELOW, SEVERITIES, type Batch, type DumpRecord, type StackRecord, type ThreadRecord } from '../records.js';
import type { Engine, Statement, Value } from './engine.js';

/** Writes into the tables. For one transaction: it remembers the numbers of texts, which another process may take away later. */
export class Writer {
  readonly #engine: Engine;
  readonly #statements = new Map<string, Statement>();
  readonly #texts = new Map<string, number>();
  readonly #prints = new Map<string, number>();
  readonly #incidents = new Map<string, number>();
  readonly #stacks = new Map<string, number>();
  readonly #spots = new Map<string, number>();
  readonly #stackRecords: ReadonlyMap<string, StackRecord>;

  constructor(engine: Engine, stacks: ReadonlyMap<string, StackRecord>) {
    this.#engine = engine;
    this.#stackRecords = stacks;
  }

  run({ build, host, labels, at }: Batch['runs'][number]): void {
    const key = [this.#text(build), this.#text(host)] as const;
    this.#statement('INSERT INTO run_rows VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)').run(...key, at);
    for (const label of labels) this.#statement('INSERT OR IGNORE INTO run_labels VALUES (?, ?, ?)').run(...key, this.#text(label));
  }

  /** A stack that no thread refers to: of an export. */
  stack(record: StackRecord): void {
    this.#stackOf(record.key, record);
  }

  /** @returns `new`: it was not there; `more`: it was, and now more is known of it; `known`: nothing changed */
  dump(dump: DumpRecord): 'new' | 'more' | 'known' {
    const known = this.#statement('SELECT id FROM dump_rows WHERE key = ?').all(dump.key) as { id: number }[];
    if (known[0]) return this.#judgeAgain(dump, known[0].id) ? 'more' : 'known';
    const values = [dump.key, this.#incident(dump.incident), this.#text(dump.build), this.#text(dump.host), dump.at, dump.time];
    const more = [dump.timeFrom, dump.added, this.#text(dump.source), dump.line, this.#text(dump.format), dump.runtime, dump.kind];
    const last = [dump.pid, this.#text(dump.origin), this.#text(dump.reason), dump.verdict];
    const id = Number(
      this.#statement('INSERT INTO dump_rows VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        ...values,
        ...more,
        ...last,
      ).lastInsertRowid,
    );
    for (const label of dump.labels) this.#statement('INSERT OR IGNORE INTO dump_labels VALUES (?, ?)').run(this.#text(label), id);
    const insert = this.#statement('INSERT INTO thread_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const [place, thread] of dump.threads.entries()) {
      const severity = SEVERITIES.indexOf(thread.verdict);
      insert.run(id, place, thread.id, this.#text(thread.name), thread.kind, severity, thread.role, thread.score, this.#spot(thread));
      if (severity < HANG_BELOW) this.#sighting(dump, id, place, thread, severity);
    }
    return 'new';
  }

  /** A dump that was judged alone, and is judged with others now: worse verdicts replace better ones, whatever the order of adding. */
  #judgeAgain(dump: DumpRecord, id: number): boolean {
    const kept = this.#statement('SELECT place, severity FROM thread_rows WHERE dump = ? ORDER BY place').all(id) as ThreadSeverity[];
    let changed = false;
    for (const { place, severity: before } of kept) {
      const thread = dump.threads[place];
      const severity = thread === undefined ? before : SEVERITIES.indexOf(thread.verdict);
      if (thread === undefined || severity >= before || severity >= HANG_BELOW) continue;
      changed = true;
      this.#statement('UPDATE thread_rows SET severity = ?, role = ?, score = ?, spot = ? WHERE dump = ? AND place = ?').run(
        ...[severity, thread.role, thread.score, this.#spot(thread), id, place],
      );
      if (before < HANG_BELOW) this.#statement('DELETE FROM sightings WHERE dump = ? AND place = ?').run(id, place);
      const [row] = this.#statement('SELECT at FROM dump_rows WHERE id = ?').all(id) as { at: number }[];
      this.#sighting({ ...dump, at: row!.at }, id, place, thread, severity);
    }
    if (changed) {
      const worse = VERDICTS.slice(0, VERDICTS.indexOf(dump.verdict));
      const marks = worse.map(() => '?').join(', ');
      this.#statement(`UPDATE dump_rows SET verdict = ? WHERE id = ? AND verdict NOT IN (${marks})`).run(dump.verdict, id, ...worse);
    }
    return changed;
  }

  #sighting(dump: DumpRecord, id: number, place: number, thread: ThreadRecord, severity: number): void {
    if (thread.fingerprint === null) return;
    const values = [this.#print(thread.fingerprint), dump.at, id, place, severity, this.#text(dump.build), this.#text(dump.host)];
    this.#statement('INSERT INTO sightings VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT incident FROM dump_rows WHERE id = ?))').run(...values, id);
  }

  #spot(thread: ThreadRecord): number {
    const { fingerprint, function: fn, file, line, wait, waitBy, stack } = thread;
    const key = `${fingerprint}\n${stack}\n${fn}\n${file}\n${line}\n${wait}\n${waitBy}`;
    let id = this.#spots.get(key);
    if (id === undefined) {
      const print = fingerprint === null ? 0 : this.#print(fingerprint);
      const values = [
        print,
        this.#text(fn),
        this.#text(file),
        line ?? 0,
        this.#text(wait),
        this.#text(waitBy),
        stack === null ? 0 : this.#stackOf(stack),
      ];
      id = this.#number(
        'SELECT id FROM spots WHERE print = ? AND function = ? AND file = ? AND line = ? AND wait = ? AND wait_by = ? AND stack = ?',
        'INSERT INTO spots VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)',
        ...values,
      );
      this.#spots.set(key, id);
    }
    return id;
  }

  #text(text: string | null): number {
    if (text === null) return 0;
    return this.#kept(this.#texts, text, 'SELECT id FROM texts WHERE text = ?', 'INSERT INTO texts VALUES (NULL, ?)');
  }

  #print(fingerprint: string): number {
    return this.#kept(this.#prints, fingerprint, 'SELECT id FROM prints WHERE fingerprint = ?', 'INSERT INTO prints VALUES (NULL, ?)');
  }

  #incident(key: string): number {
    return this.#kept(this.#incidents, key, 'SELECT id FROM incidents WHERE key = ?', 'INSERT INTO incidents VALUES (NULL, ?)');
  }

  #stackOf(key: string, record = this.#stackRecords.get(key)): number {
    let id = this.#stacks.get(key);
    if (id !== undefined) return id;
    const [known] = this.#statement('SELECT id FROM stack_rows WHERE key = ?').all(key) as { id: number }[];
    const [depth, frames] = [record?.depth ?? 0, JSON.stringify(record?.frames ?? [])];
    id = known?.id ?? Number(this.#statement('INSERT INTO stack_rows VALUES (NULL, ?, ?, ?)').run(key, depth, frames).lastInsertRowid);
    this.#stacks.set(key, id);
    return id;
  }

  #kept(map: Map<string, number>, text: string, find: string, insert: string): number {
    let id = map.get(text);
    if (id === undefined) map.set(text, (id = this.#number(find, insert, text)));
    return id;
  }

  #number(find: string, insert: string, ...values: Value[]): number {
    const [known] = this.#statement(find).all(...values) as { id: number }[];
    return known?.id ?? Number(this.#statement(insert).run(...values).lastInsertRowid);
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#engine.prepare(sql)));
    return statement;
  }
}

interface ThreadSeverity {
  readonly place: number;
  readonly severity: number;
}
