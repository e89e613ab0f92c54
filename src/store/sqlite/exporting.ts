import { dumpOfRow, threadOfRow } from '../columns.js';
import type { StackRecord } from '../records.js';
import type { Item } from '../store.js';
import type { Engine } from './engine.js';
import { told } from './file.js';
import { threadColumns, threadTables } from './rows.js';

/** Rows that are held at once. */
const PAGE = 500;

/** Everything, as it is at one moment, however long the reader takes. @throws StoreError */
export async function* exported(engine: Engine, file: string): AsyncGenerator<Item> {
  await told(file, () => engine.exec('BEGIN'));
  try {
    const items = itemsOf(engine);
    for (;;) {
      const next = await told(file, () => items.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    try {
      engine.exec('COMMIT');
    } catch {
      // what is damaged has ended it already
    }
  }
}

function* itemsOf(engine: Engine): Generator<Item, undefined> {
  const runs = engine.prepare(
    `SELECT b.text AS build, h.text AS host, r.at,
       (SELECT json_group_array(x.text) FROM run_labels l JOIN texts x ON x.id = l.label WHERE l.build = r.build AND l.host = r.host) AS labels
     FROM run_rows r LEFT JOIN texts b ON b.id = r.build LEFT JOIN texts h ON h.id = r.host ORDER BY 1, 2`,
  );
  for (const { build, host, labels, at } of runs.all() as RunRow[])
    yield { run: { build, host, labels: (JSON.parse(labels) as string[]).sort(), at } };
  for (const { key, depth, frames } of pages<StackRow>(engine, `SELECT * FROM stack_rows WHERE id > ? ORDER BY id LIMIT ${PAGE}`))
    yield { stack: { key, depth, frames: JSON.parse(frames) as StackRecord['frames'] } };
  const threads = engine.prepare(`SELECT ${threadColumns('t')} FROM thread_rows t ${threadTables('t')} WHERE t.dump = ? ORDER BY t.place`);
  for (const { id, labels, ...row } of pages<DumpRow>(
    engine,
    `SELECT v.*, d.id, (SELECT json_group_array(x.text) FROM dump_labels l JOIN texts x ON x.id = l.label WHERE l.dump = d.id) AS labels
     FROM dump_rows d JOIN dumps v ON v.dump = d.key WHERE d.id > ? ORDER BY d.id LIMIT ${PAGE}`,
  ))
    yield {
      dump: dumpOfRow(
        { ...row, labels: JSON.parse(labels) as string[] },
        (threads.all(id) as Readonly<Record<string, unknown>>[]).map(threadOfRow),
      ),
    };
}

function* pages<Row extends { readonly id: number }>(engine: Engine, sql: string): Generator<Row> {
  const statement = engine.prepare(sql);
  for (let last = 0; ;) {
    const rows = statement.all(last) as Row[];
    if (rows.length === 0) return;
    yield* rows;
    last = rows.at(-1)!.id;
  }
}

interface RunRow {
  readonly build: string | null;
  readonly host: string | null;
  readonly at: number;
  readonly labels: string;
}

interface StackRow {
  readonly id: number;
  readonly key: string;
  readonly depth: number;
  readonly frames: string;
}

interface DumpRow {
  readonly id: number;
  readonly labels: string;
}
