import { openText } from '../../input/index.js';
import { jsonText } from '../../report/index.js';
import { checkedDump, checkedRun, checkedStack } from '../columns.js';
import type { Batch, DumpRecord, RunRecord, StackRecord } from '../records.js';
import { StoreError, type HistoryStore, type Item } from '../store.js';

/** Version of the lines. Grows when a line means something else than before; readers know all versions up to theirs. */
const FORMAT_VERSION = 1;
/** Threads that are added at once; the rest of a file waits on disk. */
const THREADS_AT_ONCE = 20_000;
/** Characters that are written at once. */
const PIECE = 1 << 16;
/** A line beyond this is no line of an export: a dump with a hundred thousand threads takes a third of it. */
const LONGEST_LINE = 256 << 20;

/** A history as lines of JSON, many at once: a head, then runs, stacks and dumps (with their threads), in an order in which they can be added. */
export async function* historyLines(store: HistoryStore): AsyncGenerator<string> {
  let text = `${jsonText({ standstill: 'history', version: FORMAT_VERSION })}\n`;
  for await (const item of store.export()) {
    text += `${jsonText(item)}\n`;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** A batch as the same lines. */
export function* batchLines({ runs, stacks, dumps }: Batch): Generator<string> {
  yield `${jsonText({ standstill: 'history', version: FORMAT_VERSION })}\n`;
  for (const run of runs) yield `${jsonText({ run })}\n`;
  for (const stack of stacks) yield `${jsonText({ stack })}\n`;
  for (const dump of dumps) yield `${jsonText({ dump })}\n`;
}

/** The batches of a file of such lines. @throws StoreError `bad-import`, InputError */
export async function* batchesOf(file: string): AsyncGenerator<Batch> {
  let batch = { runs: [] as RunRecord[], stacks: [] as StackRecord[], dumps: [] as DumpRecord[] };
  let [number, size] = [0, 0];
  const fail = (what: string): never => {
    throw new StoreError(
      'bad-import',
      `${file}:${number}: ${what}`,
      'a file of standstill history export --to ndjson is expected; lines before this one are added',
    );
  };
  for await (const line of linesOf(file, fail)) {
    number++;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      fail(number === 1 && line.startsWith('PAR1') ? 'Parquet is read from a file by its name alone' : 'no JSON (a file that was cut?)');
    }
    if (number === 1) {
      const head = isObject(value) && value['standstill'] === 'history' ? value['version'] : null;
      if (typeof head !== 'number') fail('no export of a history');
      else if (head > FORMAT_VERSION) fail(`written by a newer standstill (version ${head}; this one knows ${FORMAT_VERSION})`);
      continue;
    }
    const item = itemOf(value);
    if (item === null) fail('neither a run nor a stack nor a dump');
    else if ('run' in item) batch.runs.push(item.run);
    else if ('stack' in item) batch.stacks.push(item.stack);
    else batch.dumps.push(item.dump);
    size += item !== null && 'dump' in item ? item.dump.threads.length + 1 : 1;
    if (size < THREADS_AT_ONCE) continue;
    yield batch;
    [batch, size] = [{ runs: [], stacks: [], dumps: [] }, 0];
  }
  if (number === 0) fail('empty');
  if (size > 0) yield batch;
}

async function* linesOf(file: string, fail: (what: string) => never): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const block of openText(file)) {
    rest += decoder.decode(block, { stream: true });
    if (rest.length > LONGEST_LINE) fail('a line that is far too long');
    let from = 0;
    for (let end; (end = rest.indexOf('\n', from)) !== -1; from = end + 1) if (end > from) yield rest.slice(from, end);
    rest = rest.slice(from);
  }
  if (rest !== '') yield rest;
}

/** A line as what it is; null when it is not whole or of another kind. Fields that this version does not know are left out. */
function itemOf(value: unknown): Item | null {
  if (!isObject(value)) return null;
  const [run, stack, dump] = [checkedRun(value['run']), checkedStack(value['stack']), checkedDump(value['dump'])];
  return run !== null ? { run } : stack !== null ? { stack } : dump !== null ? { dump } : null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
