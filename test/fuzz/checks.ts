import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  Redactor,
  WRITERS,
  analyzeText,
  diffJson,
  diffText,
  readText,
  stuckJson,
  stuckText,
  successivePairs,
  type DumpSet,
} from '../../src/index.js';
import { ROOT, inputOf, optionsOf, written } from '../report/report-input.js';
import { cpuTime } from '../cpu-time.js';

/** An input of a few thousand bytes takes about a millisecond; this is what a loaded machine may do to it. */
const MOST_MS = 5000;
const SCREEN = { colour: false, width: 80 };

async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  const begun = cpuTime();
  const result = await work();
  const took = cpuTime() - begun;
  assert.ok(took < MOST_MS, `took ${Math.round(took)} ms`);
  return result;
}

/** Reads an input; what comes out must hang together. */
export async function checkReading(bytes: Buffer): Promise<DumpSet> {
  const set = await inTime(() => readText(bytes));
  const [source] = set.sources;
  assert.ok(source !== undefined && source.accounts.dumps + source.accounts.known <= source.lines);
  for (const { line, threads } of set.dumps) {
    assert.ok(line >= 1 && line <= source.lines + 1, `a dump at line ${line} of ${source.lines}`);
    for (const { stack } of threads) for (const row of set.stacks.frames(stack)) assert.ok(row >= 0 && row < set.frames.size);
  }
  // what is written into a prototype is everybody's
  assert.deepEqual([...Object.keys(Object.prototype), ...Object.keys(Array.prototype)], []);
  return set;
}

/** Judges an input and writes one report of it, another for each number. */
export async function checkReport(bytes: Buffer, number: number): Promise<void> {
  let set = await checkReading(bytes);
  if (number % 5 === 0) set = new Redactor().set(set);
  await inTime(() => {
    const input = inputOf(set);
    const others: (() => string)[] = [
      () => harmless([...(set.dumps.length > 0 ? analyzeText(set, SCREEN, { verbose: true, full: number % 2 === 0 }) : [])].join('\n')),
      () => harmless([...stuckText(set, input.stuck, SCREEN, { verbose: true })].join('\n')),
      () => asJson([...stuckJson(set, input.stuck)].join('')),
      () => (set.dumps.length > 1 ? harmless([...diffText(set, successivePairs(set), SCREEN, { verbose: true })].join('\n')) : ''),
      () => asJson([...diffJson(set, successivePairs(set))].join('')),
    ];
    const which = number % (WRITERS.length + others.length);
    const writer = WRITERS[which];
    if (writer === undefined) others[which - WRITERS.length]!();
    else VALID[writer.id]?.(written(writer, input, optionsOf()));
  });
}

/** Nothing but line feeds acts on a terminal. */
function harmless(text: string): string {
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  return text;
}

function asJson(text: string): string {
  JSON.parse(text);
  return text;
}

/** Tags in pairs, attributes in quotes, no sign that XML forbids, every `&` of an entity. */
function asXml(text: string): void {
  assert.doesNotMatch(
    text,
    /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
  );
  const open: string[] = [];
  const rest = text.replace(/^<\?xml [^>]*\?>/, '').replaceAll(/<!\[CDATA\[.*?\]\]>/gs, '');
  const tag = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/y;
  for (let at = rest.indexOf('<'); at !== -1; at = rest.indexOf('<', tag.lastIndex)) {
    tag.lastIndex = at;
    const match = tag.exec(rest);
    assert.ok(match, `no tag: ${rest.slice(at, at + 60)}`);
    if (match[1] === '/') assert.equal(open.pop(), match[2]);
    else if (match[4] === '') open.push(match[2]!);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /&(?!(?:amp|lt|gt|quot|apos|#x[\da-f]+|#\d+);)/i);
}

function asHtml(text: string): void {
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)?.[1];
  JSON.parse(data ?? 'no data');
  assert.equal(text.match(/<script/gi)?.length, 2 + (text.match(/<script[^>]*>[^<]*<script/gi)?.length ?? 0));
}

const VALID: Readonly<Record<string, (text: string) => void>> = {
  html: asHtml,
  junit: asXml,
  checkstyle: asXml,
  sarif: asJson,
  gitlab: asJson,
  json: asJson,
  ndjson: (text) => {
    for (const line of text.split('\n')) if (line !== '') asJson(line);
  },
  speedscope: asJson,
  'chrome-trace': asJson,
};

/** What an input may be given to, and what its answer is looked at as. */
const COMMANDS: readonly (readonly [args: readonly string[], valid: (text: string) => unknown])[] = [
  [['analyze', '--json'], asJson],
  [['analyze', '--verbose', '--full'], harmless],
  [['stuck', '--json', '--fail-on', 'suspect'], asJson],
  [['stuck', '--redact', '--verbose'], harmless],
  [['diff', '--json', '--exit-code'], asJson],
  [['report', '--to', 'junit'], asXml],
  [['report', '--to', 'html'], asHtml],
  [['report', '--to', 'sarif', '--redact'], asJson],
  [['baseline'], asJson],
  [['pipe'], () => undefined],
  [['signatures'], () => undefined],
  [['diff', '--redact', '--verbose'], harmless],
  [['report', '--to', 'markdown', '--to', 'ndjson=threads.ndjson'], harmless],
  [['analyze', '--json', '--max-input', '1K'], asJson],
  [['history', 'add', '--json', '--store', 'history.sqlite', '--build', '7'], asJson],
];
/** What a piece of an input may be given to as a value; each ends without reading anything else. */
const VALUES: readonly ((text: string) => readonly string[])[] = [
  (text) => ['capture', '--plan', '--', text],
  (text) => ['capture', '--plan', '1', `--signal=${text}`],
  (text) => ['analyze', `--filter=${text}`, path.join(ROOT, 'samples/node-log')],
  (text) => ['stuck', `--exclude=re:${text}`, path.join(ROOT, 'samples/node-log')],
  (text) => ['report', `--to=${text}`, path.join(ROOT, 'samples/node-log')],
  (text) => ['history', 'show', '--store', 'none.sqlite', '--', text],
  (text) => ['recipe', '--', text],
  (text) => ['analyze', `--since=${text}`, `--tz=${text}`, path.join(ROOT, 'samples/node-log')],
];
const BIN = path.join(ROOT, 'bin/run.js');
const STATUSES: ReadonlySet<number | null> = new Set([0, 1, 2]);

/** Gives a piece of an input to a command as the value of a flag or argument. */
export function checkValue(bytes: Buffer, number: number, folder: string): void {
  // an argument ends at a NUL, and a file that a report is written to is to be in the folder
  const text = bytes
    .subarray(0, 200)
    .toString('latin1')
    .replaceAll(/[\0/\\=]/g, '_');
  const args = VALUES[number % VALUES.length]!(text);
  const { status, signal, stderr } = spawnSync(process.execPath, ['--max-old-space-size=512', BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
    maxBuffer: 256 << 20,
  });
  assert.ok(signal === null && STATUSES.has(status), `${JSON.stringify(args)}: status ${status ?? signal ?? ''}: ${stderr.slice(0, 500)}`);
  harmless(stderr);
}

/** Gives an input to a command as a process, in a file and by a pipe in turn. */
export function checkProcess(bytes: Buffer, number: number, folder: string): void {
  const [args, valid] = COMMANDS[number % COMMANDS.length]!;
  const file = path.join(folder, `${number}.log`);
  fs.writeFileSync(file, bytes);
  const pipe = args[0] === 'pipe';
  const piped = pipe || number % 3 === 0;
  const all = [...args, '--allow-empty', ...(pipe ? [] : [piped ? '-' : file])];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=512', BIN, ...all], {
    cwd: folder,
    encoding: 'utf8',
    input: piped ? bytes : '',
    timeout: 60_000,
    maxBuffer: 256 << 20,
  });
  fs.rmSync(file);
  assert.ok(signal === null && STATUSES.has(status), `${args.join(' ')}: status ${status ?? signal ?? ''}: ${stderr.slice(0, 500)}`);
  harmless(stderr);
  if (status !== 2) valid(stdout);
}
