import type { FileMetaData } from 'hyparquet';
import { checkedDump, checkedRun, checkedStack } from '../columns.js';
import type { Batch, DumpRecord, RunRecord, StackRecord, ThreadRecord } from '../records.js';
import { StoreError, type HistoryStore } from '../store.js';

/** Rows of a row group: what is held in memory, and what a reader can skip. */
const GROUP_ROWS = 50_000;
/** A file with a row group beyond this was written by others. */
const MOST_GROUP_ROWS = 1_000_000;
const MOST_GROUP_BYTES = 1 << 30;
/** The key under which the file says what is no thread: runs, and dumps without threads. */
const REST = 'standstill.history';
/** Version of the columns and of the rest. Grows when one of them means something else than before. */
const FORMAT_VERSION = 1;

type Type = 'STRING' | 'INT32' | 'DOUBLE' | 'TIMESTAMP';
type Cell = string | number | Date | null;
type DumpField = Exclude<keyof DumpRecord, 'threads'>;

/** A column is a field of the dump or of the thread, or one of four others. */
interface Column {
  readonly name: string;
  readonly type: Type;
  readonly dump?: DumpField;
  readonly thread?: keyof ThreadRecord;
}

/** A row a thread of a dump. New columns are added at the end. */
const COLUMNS: readonly Column[] = [
  { name: 'dump', type: 'STRING', dump: 'key' },
  { name: 'place', type: 'INT32' },
  { name: 'incident', type: 'STRING', dump: 'incident' },
  { name: 'build', type: 'STRING', dump: 'build' },
  { name: 'host', type: 'STRING', dump: 'host' },
  { name: 'labels', type: 'STRING', dump: 'labels' },
  { name: 'at', type: 'TIMESTAMP', dump: 'at' },
  { name: 'time', type: 'TIMESTAMP', dump: 'time' },
  { name: 'added', type: 'TIMESTAMP', dump: 'added' },
  { name: 'source', type: 'STRING', dump: 'source' },
  { name: 'source_line', type: 'INT32', dump: 'line' },
  { name: 'format', type: 'STRING', dump: 'format' },
  { name: 'runtime', type: 'STRING', dump: 'runtime' },
  { name: 'kind', type: 'STRING', dump: 'kind' },
  { name: 'pid', type: 'INT32', dump: 'pid' },
  { name: 'origin', type: 'STRING', dump: 'origin' },
  { name: 'reason', type: 'STRING', dump: 'reason' },
  { name: 'process_verdict', type: 'STRING', dump: 'verdict' },
  { name: 'thread_id', type: 'STRING', thread: 'id' },
  { name: 'thread_name', type: 'STRING', thread: 'name' },
  { name: 'thread_kind', type: 'STRING', thread: 'kind' },
  { name: 'verdict', type: 'STRING', thread: 'verdict' },
  { name: 'role', type: 'STRING', thread: 'role' },
  { name: 'score', type: 'DOUBLE', thread: 'score' },
  { name: 'wait', type: 'STRING', thread: 'wait' },
  { name: 'wait_by', type: 'STRING', thread: 'waitBy' },
  { name: 'fingerprint', type: 'STRING', thread: 'fingerprint' },
  { name: 'function', type: 'STRING', thread: 'function' },
  { name: 'file', type: 'STRING', thread: 'file' },
  { name: 'line', type: 'INT32', thread: 'line' },
  { name: 'stack', type: 'STRING', thread: 'stack' },
  { name: 'frames', type: 'STRING' },
  { name: 'time_from', type: 'STRING', dump: 'timeFrom' },
  { name: 'depth', type: 'INT32' },
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
  const rest = { version: FORMAT_VERSION, runs: [] as RunRecord[], dumps: [] as DumpRecord[] };
  let cells = COLUMNS.map((): Cell[] => []);
  const group = async (): Promise<Uint8Array> => {
    await parquet.write({ columnData: COLUMNS.map(({ name }, i) => ({ name, data: cells[i]! })), rowGroupSize: GROUP_ROWS });
    cells = COLUMNS.map(() => []);
    return take();
  };
  for await (const item of store.export()) {
    if ('run' in item) rest.runs.push(item.run);
    else if ('stack' in item) stacks.set(item.stack.key, item.stack);
    else if (item.dump.threads.length === 0) rest.dumps.push(item.dump);
    else
      for (const [place, thread] of item.dump.threads.entries()) {
        const stack = thread.stack === null ? undefined : stacks.get(thread.stack);
        const others = { place, frames: stack === undefined ? null : JSON.stringify(stack.frames), depth: stack?.depth ?? null };
        for (const [i, column] of COLUMNS.entries()) cells[i]!.push(cellOf(column, item.dump, thread, others));
        if (cells[0]!.length >= GROUP_ROWS) yield await group();
      }
  }
  if (cells[0]!.length > 0) yield await group();
  parquet.kvMetadata = [{ key: REST, value: JSON.stringify(rest) }];
  await parquet.finish();
  yield take();
}

function cellOf({ name, type, dump, thread }: Column, of: DumpRecord, row: ThreadRecord, others: Readonly<Record<string, Cell>>): Cell {
  const value = dump !== undefined ? of[dump] : thread !== undefined ? row[thread] : others[name]!;
  if (typeof value === 'object' && value !== null) return value instanceof Date ? value : JSON.stringify(value);
  if (type === 'TIMESTAMP') return value === null ? null : new Date(value);
  if (type === 'INT32' && Math.abs(Number(value)) > 0x7fffffff) return null;
  return value;
}

/** Whether a file begins as Parquet does. */
export function isParquet(begin: Uint8Array): boolean {
  return Buffer.from(begin.subarray(0, 4)).toString('latin1') === 'PAR1';
}

/**
 * The batches of such a file, a row group each.
 *
 * @throws StoreError `bad-import`
 */
export async function* parquetBatches(file: string): AsyncGenerator<Batch> {
  const fail = (what: string): StoreError =>
    new StoreError('bad-import', `${file}: ${what}`, 'a file of standstill history export --to parquet is expected');
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  let metadata: FileMetaData;
  const buffer = await asyncBufferFromFile(file);
  try {
    metadata = await parquetMetadataAsync(buffer);
  } catch {
    throw fail('no whole Parquet file (one that was cut?)');
  }
  const rest = restOf(metadata);
  if (typeof rest === 'string') throw fail(rest);
  yield { ...rest, stacks: [] };
  const reader = new Rows();
  let begin = 0;
  for (const { num_rows: rows, columns, total_byte_size: bytes } of metadata.row_groups) {
    if (rows > MOST_GROUP_ROWS || bytes > MOST_GROUP_BYTES || columns.some(({ meta_data: of }) => of?.num_values !== rows))
      throw fail('its row groups are not of standstill');
    const end = begin + Number(rows);
    let records: Readonly<Record<string, unknown>>[];
    try {
      records = await parquetReadObjects({
        file: buffer,
        metadata,
        rowStart: begin,
        rowEnd: end,
        columns: COLUMNS.map(({ name }) => name),
      });
    } catch (error) {
      throw fail(`its rows from ${begin} on cannot be read (${(error as Error).message.slice(0, 200)})`);
    }
    for (const [i, record] of records.entries()) if (!reader.take(record)) throw fail(`row ${begin + i} is no thread of a dump`);
    if (end === Number(metadata.num_rows) && !reader.end()) throw fail(`row ${end - 1} is of no dump`);
    yield reader.batch();
    begin = end;
  }
}

/** What the file says beside its rows; a text: what is wrong with it. */
function restOf({ key_value_metadata: all = [] }: FileMetaData): Pick<Batch, 'runs' | 'dumps'> | string {
  const text = all.find(({ key }) => key === REST)?.value;
  if (text === undefined) return 'a Parquet file, but no export of a history';
  try {
    const { version, runs, dumps } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof version === 'number' && version > FORMAT_VERSION)
      return `written by a newer standstill (version ${version}; this one knows ${FORMAT_VERSION})`;
    if (!Array.isArray(runs) || !Array.isArray(dumps)) return 'its runs are missing';
    const kept = { runs: (runs as unknown[]).map(checkedRun), dumps: (dumps as unknown[]).map(checkedDump) };
    if (kept.runs.includes(null) || kept.dumps.includes(null)) return 'its runs are damaged';
    return kept as unknown as Pick<Batch, 'runs' | 'dumps'>;
  } catch {
    return 'its runs are damaged';
  }
}

/** Puts the rows of dumps together: those of one dump stand one after the other, in one row group or in two. */
class Rows {
  #dump: Record<string, unknown> | null = null;
  #threads: Record<string, unknown>[] = [];
  #dumps: DumpRecord[] = [];
  #stacks = new Map<string, StackRecord>();

  /** @returns false: it is no such row, or those before it are no dump */
  take(record: Readonly<Record<string, unknown>>): boolean {
    const [dump, thread]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
    for (const { name, dump: ofDump, thread: ofThread } of COLUMNS) {
      const value = record[name] ?? null;
      const field = value instanceof Date ? value.getTime() : value;
      if (ofDump !== undefined) dump[ofDump] = ofDump === 'labels' ? parsed(field) : ofDump === 'line' ? (field ?? 0) : field;
      if (ofThread !== undefined) thread[ofThread] = field;
    }
    if (this.#dump?.['key'] !== dump['key'] && !this.end()) return false;
    if (record['place'] !== this.#threads.length) return false;
    this.#dump = dump;
    this.#threads.push(thread);
    const { stack: key } = thread;
    if (key === null || this.#stacks.has(key as string)) return true;
    const stack = checkedStack({ key, depth: record['depth'], frames: parsed(record['frames'] ?? null) });
    if (stack !== null) this.#stacks.set(stack.key, stack);
    return stack !== null || (record['frames'] ?? null) === null;
  }

  /** The dump that is open is whole. @returns false: it is none */
  end(): boolean {
    if (this.#dump === null) return true;
    const dump = checkedDump({ ...this.#dump, threads: this.#threads });
    [this.#dump, this.#threads] = [null, []];
    if (dump !== null) this.#dumps.push(dump);
    return dump !== null;
  }

  /** The dumps that are whole. */
  batch(): Batch {
    const batch = { runs: [], stacks: [...this.#stacks.values()], dumps: this.#dumps };
    // the open dump's stacks may be told again
    this.#dumps = [];
    if (this.#dump === null) this.#stacks = new Map();
    return batch;
  }
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
