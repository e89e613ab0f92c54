import { dumpOfRow } from '../columns.js';
import type { ThreadRecord } from '../records.js';
import type { Item } from '../store.js';
import type { Client } from './client.js';
import { DUMP, THREAD, stackOf, threadOf, type Row, type StackRow } from './rows.js';
import { runsOf } from './runs.js';

/** Threads that an export holds in memory. */
const EXPORT_THREADS = 200_000;

/** Everything, in portions that memory holds. */
export async function* exported(client: Client): AsyncGenerator<Item> {
  for (const { build, host, labels, at } of await runsOf(client, {})) yield { run: { build, host, labels, at } };
  const [all] = await client.rows<{ threads: number }>('SELECT count() AS threads FROM threads');
  const parts = Math.ceil((all?.threads ?? 0) / EXPORT_THREADS) || 1;
  for (let part = 0; part < parts; part++) {
    for (const row of await client.rows<StackRow>(
      `SELECT stack, depth, frames FROM stacks WHERE cityHash64(stack) % ${parts} = ${part} ORDER BY stack LIMIT 1 BY stack`,
    ))
      yield { stack: stackOf(row) };
  }
  for (let part = 0; part < parts; part++) {
    const here = `cityHash64(dump) % ${parts} = ${part}`;
    const threads = new Map<string, ThreadRecord[]>();
    for (const row of await client.rows<Row & { readonly dump: string }>(
      `SELECT dump, place, ${THREAD} FROM threads WHERE ${here} ORDER BY dump, place, severity LIMIT 1 BY dump, place`,
    )) {
      const list = threads.get(row.dump);
      if (list) list.push(threadOf(row));
      else threads.set(row.dump, [threadOf(row)]);
    }
    for (const row of await client.rows<Row & { readonly dump: string }>(
      `SELECT ${DUMP} FROM dumps WHERE ${here} ORDER BY dump, worse DESC LIMIT 1 BY dump`,
    ))
      yield { dump: dumpOfRow(row, threads.get(row.dump) ?? []) };
  }
}
