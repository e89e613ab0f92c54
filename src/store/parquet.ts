import type { DumpRecord, StackRecord, ThreadRecord } from './records.js';
import type { HistoryStore } from './store.js';

/** Rows of a row group: what is held in memory, and what a reader can skip. */
const GROUP_ROWS = 50_000;

type Cell = string | number | Date | null;
interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'INT32' | 'DOUBLE' | 'TIMESTAMP' | 'JSON';
  readonly of: (dump: DumpRecord, thread: ThreadRecord, place: number, stack: StackRecord | undefined) => Cell;
}

const time = (at: number | null): Date | null => (at === null ? null : new Date(at));
const whole = (n: number | null): number | null => (n === null || Math.abs(n) > 0x7fffffff ? null : n);

/** A row a thread of a dump. New columns are added at the end. */
const COLUMNS: readonly Column[] = [
  { name: 'dump', type: 'STRING', of: ({ key }) => key },
  { name: 'place', type: 'INT32', of: (_dump, _thread, place) => place },
  { name: 'incident', type: 'STRING', of: ({ incident }) => incident },
  { name: 'build', type: 'STRING', of: ({ build }) => build },
  { name: 'host', type: 'STRING', of: ({ host }) => host },
  { name: 'labels', type: 'STRING', of: ({ labels }) => JSON.stringify(labels) },
  { name: 'at', type: 'TIMESTAMP', of: ({ at }) => time(at) },
  { name: 'time', type: 'TIMESTAMP', of: (dump) => time(dump.time) },
  { name: 'added', type: 'TIMESTAMP', of: ({ added }) => time(added) },
  { name: 'source', type: 'STRING', of: ({ source }) => source },
  { name: 'source_line', type: 'INT32', of: ({ line }) => whole(line) },
  { name: 'format', type: 'STRING', of: ({ format }) => format },
  { name: 'runtime', type: 'STRING', of: ({ runtime }) => runtime },
  { name: 'kind', type: 'STRING', of: ({ kind }) => kind },
  { name: 'pid', type: 'INT32', of: ({ pid }) => whole(pid) },
  { name: 'origin', type: 'STRING', of: ({ origin }) => origin },
  { name: 'reason', type: 'STRING', of: ({ reason }) => reason },
  { name: 'process_verdict', type: 'STRING', of: ({ verdict }) => verdict },
  { name: 'thread_id', type: 'STRING', of: (_, { id }) => id },
  { name: 'thread_name', type: 'STRING', of: (_, { name }) => name },
  { name: 'thread_kind', type: 'STRING', of: (_, { kind }) => kind },
  { name: 'verdict', type: 'STRING', of: (_, { verdict }) => verdict },
  { name: 'role', type: 'STRING', of: (_, { role }) => role },
  { name: 'score', type: 'DOUBLE', of: (_, { score }) => score },
  { name: 'wait', type: 'STRING', of: (_, { wait }) => wait },
  { name: 'wait_by', type: 'STRING', of: (_, { waitBy }) => waitBy },
  { name: 'fingerprint', type: 'STRING', of: (_, { fingerprint }) => fingerprint },
  { name: 'function', type: 'STRING', of: (_, thread) => thread.function },
  { name: 'file', type: 'STRING', of: (_, { file }) => file },
  { name: 'line', type: 'INT32', of: (_, { line }) => whole(line) },
  { name: 'stack', type: 'STRING', of: (_, { stack }) => stack },
  { name: 'frames', type: 'STRING', of: (_dump, _thread, _place, stack) => (stack === undefined ? null : JSON.stringify(stack.frames)) },
];

/** A history as a Parquet file, in pieces: a row for each thread of each dump, stacks included, for DuckDB, Spark and their like. */
export async function* historyParquet(store: HistoryStore): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const take = (): Uint8Array => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    return piece;
  };
  const schema = schemaFromColumnData({ columnData: COLUMNS.map(({ name, type }) => ({ name, type, nullable: true, data: [] })) });
  const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: 'standstill' });
  const stacks = new Map<string, StackRecord>();
  let cells = COLUMNS.map((): Cell[] => []);
  const group = async (): Promise<Uint8Array> => {
    await parquet.write({ columnData: COLUMNS.map(({ name }, i) => ({ name, data: cells[i]! })), rowGroupSize: GROUP_ROWS });
    cells = COLUMNS.map(() => []);
    return take();
  };
  for await (const item of store.export()) {
    if ('stack' in item) stacks.set(item.stack.key, item.stack);
    if (!('dump' in item)) continue;
    for (const [place, thread] of item.dump.threads.entries()) {
      const stack = thread.stack === null ? undefined : stacks.get(thread.stack);
      for (const [i, column] of COLUMNS.entries()) cells[i]!.push(column.of(item.dump, thread, place, stack));
      if (cells[0]!.length >= GROUP_ROWS) yield await group();
    }
  }
  if (cells[0]!.length > 0) yield await group();
  await parquet.finish();
  yield take();
}
