import path from 'node:path';
import type { ReportedDump } from '../../grammars/index.js';
import { InputError, openText } from '../input/index.js';
import {
  FrameTable,
  StackTable,
  type Aside,
  type Bytes,
  type Dump,
  type DumpSet,
  type EpochMilliseconds,
  type LineNumber,
  type Source,
  type Tables,
  type Thread,
  type TimeSource,
  type Warning,
} from '../model/index.js';
import { describeStranger } from './strangers.js';
import { Meanings } from './meanings.js';
import { reversedLines } from './reversed.js';
import { TextReader, type DumpSink, type Surroundings } from './text-reader.js';
import { completed, findTime, findTimeInName, type FoundTime, type ZoneName } from './times.js';

export interface ReadOptions {
  /** Zone of times that stand without one. Default UTC. */
  readonly zone?: ZoneName;
  /** The tables to add to, so that the dumps of several readings can be compared. Default: new ones. */
  readonly tables?: Tables;
  /** Ends reading; what was found so far is returned. */
  readonly signal?: AbortSignal;
  /** Called after each block with the bytes of all inputs read so far. */
  readonly onProgress?: (bytes: Bytes) => void;
}

/** A file to read. One that nobody named (found in a folder) is left after its first bytes when it is no text. */
export type InputFile = string | { readonly path: string; readonly named: boolean };

/** One input as it is read: its blocks, and what its container tells of time. */
interface Input {
  /** As the user gave it; `-` for standard input. */
  readonly path: string;
  readonly blocks: AsyncIterable<Uint8Array>;
  /** Last change of the file, where there is one. */
  readonly modified: EpochMilliseconds | null;
  /** Warnings of the container, complete when the blocks have ended. */
  readonly warnings: readonly Warning[];
  /** The user gave it, it was not found in a directory. */
  readonly named: boolean;
  /** The same blocks once more, where they can be read again. */
  readonly again: (() => AsyncIterable<Uint8Array>) | null;
}

/** Warnings kept for one input: a log torn in ten thousand places is told once and counted. */
const MOST_WARNINGS = 50;
/** Files of a directory without a dump that are listed; a directory may hold two hundred thousand. */
const MOST_EMPTY_SOURCES = 1000;
/** Asides that are listed of one input; the others are counted. */
const MOST_ASIDES = 200;
/** A log that is newest first is turned around in memory, up to this length. */
const MOST_REVERSED: Bytes = 256 << 20;
/** Kept of an input's beginning, to say what it is when no dump is in it. */
const HEAD_BYTES: Bytes = 16 << 10;

/**
 * Reads the dumps of files and of standard input.
 *
 * @param files regular files, or `-`. A path that cannot be read is a warning of its source (code `not-found`, …), never a throw.
 * @returns all dumps, oldest first; those without a time keep their place in their input.
 */
export async function readFiles(files: Iterable<InputFile> | AsyncIterable<InputFile>, options: ReadOptions = {}): Promise<DumpSet> {
  const reading = new Reading(options);
  for await (const file of files) {
    if (options.signal?.aborted) break;
    await reading.add(typeof file === 'string' ? openInput(file, true, options.signal) : openInput(file.path, file.named, options.signal));
  }
  return reading.finish();
}

/** Reads the dumps of a text at hand. */
export async function readText(text: string | Uint8Array, options: ReadOptions & { readonly path?: string } = {}): Promise<DumpSet> {
  const reading = new Reading(options);
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  await reading.add({
    path: options.path ?? '-',
    blocks: oneBlock(bytes),
    modified: null,
    warnings: [],
    named: true,
    again: () => oneBlock(bytes),
  });
  return reading.finish();
}

// eslint-disable-next-line @typescript-eslint/require-await -- an input is a stream, also when it is one block
async function* oneBlock(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function openInput(file: string, named: boolean, signal: AbortSignal | undefined): Input {
  const warnings: Warning[] = [];
  const again = file === '-' ? null : (): AsyncIterable<Uint8Array> => openText(file, signal === undefined ? {} : { signal });
  const input = { path: file, modified: null as EpochMilliseconds | null, warnings, blocks: blocks(), named, again };
  async function* blocks(): AsyncGenerator<Uint8Array> {
    try {
      const end = yield* openText(file, { skipBinary: !named, ...(signal === undefined ? {} : { signal }) });
      warnings.push(...end.warnings);
      input.modified = end.modified;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      warnings.push({ line: null, code: error.code, message: error.hint === null ? error.message : `${error.message}. ${error.hint}` });
    }
  }
  return input;
}

/** Dumps of many inputs on their way into one {@link DumpSet}. */
class Reading {
  readonly #options: ReadOptions;
  readonly #meanings: Meanings;
  readonly #sources: Source[] = [];
  readonly #dumps: Dump[] = [];
  #reader: TextReader | null = null;
  /** Files found in directories in which there is no dump; and those of them that are only counted. */
  #empty = 0;
  #unlisted = 0;
  #bytes: Bytes = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
    const { frames, stacks } = options.tables ?? { frames: new FrameTable(), stacks: new StackTable() };
    this.#meanings = new Meanings({ frames, stacks });
  }

  async add(input: Input): Promise<void> {
    const head: Uint8Array[] = [];
    let bytes: Bytes = 0;
    const seen = async function* (this: Reading): AsyncGenerator<Uint8Array> {
      for await (const block of input.blocks) {
        if (bytes < HEAD_BYTES) head.push(block.slice(0, HEAD_BYTES - bytes));
        bytes += block.length;
        this.#bytes += block.length;
        yield block;
        this.#options.onProgress?.(this.#bytes);
        if (this.#options.signal?.aborted) break;
      }
    };
    let { sink, lines } = await this.#read(input.path, seen.call(this));
    const warnings: Warning[] = [];
    if (sink.newestFirst) {
      const turned = input.again === null || bytes > MOST_REVERSED ? null : await this.#read(input.path, reversedLines(input.again()));
      warnings.push(turned === null ? NEWEST_FIRST_REFUSED : NEWEST_FIRST_TURNED);
      if (turned === null) sink = new SourceSink(this.#meanings.tables, input.path, this.#options.zone ?? 'UTC');
      else {
        ({ sink, lines } = turned);
        sink.turnAround(lines);
      }
    }
    const dumps = sink.finish(input.modified);
    warnings.push(...input.warnings, ...sink.warnings());
    if (dumps.length === 0 && bytes > 0) {
      const stranger = describeStranger(Buffer.concat(head));
      if (stranger) warnings.push({ line: null, code: 'other-format', message: stranger });
    }
    if (!input.named && dumps.length === 0 && ++this.#empty > MOST_EMPTY_SOURCES) {
      this.#unlisted++;
      return;
    }
    this.#sources.push({
      path: input.path,
      dumps: dumps.length,
      bytes,
      lines,
      accounts: { dumps: Math.min(sink.dumpLines, lines), known: Math.min(sink.asideLines, lines) },
      asides: sink.asides,
      asideCount: sink.asideCount,
      warnings,
    });
    for (const dump of dumps) this.#dumps.push(dump);
  }

  async #read(file: string, blocks: AsyncIterable<Uint8Array>): Promise<{ sink: SourceSink; lines: number }> {
    const sink = new SourceSink(this.#meanings.tables, file, this.#options.zone ?? 'UTC');
    const reader = (this.#reader ??= new TextReader(this.#meanings, sink));
    reader.begin(sink);
    for await (const block of blocks) reader.push(block);
    reader.end();
    return { sink, lines: reader.lines };
  }

  finish(): DumpSet {
    return { ...this.#meanings.tables, sources: this.#sources, unlistedSources: this.#unlisted, dumps: oldestFirst(this.#dumps) };
  }
}

const NEWEST_FIRST_TURNED: Warning = {
  line: null,
  code: 'newest-first',
  message: 'the log is newest first: it was read from its end',
};
const NEWEST_FIRST_REFUSED: Warning = {
  line: null,
  code: 'newest-first',
  message: 'the log is newest first, so its stacks stand upside down and were left: turn it around (tac LOG | standstill analyze -)',
};

/** Makes the dumps of one input. */
class SourceSink implements DumpSink {
  readonly #tables: Tables;
  readonly #path: string;
  readonly #zone: ZoneName;
  readonly #dumps: Dump[] = [];
  /** Of dumps whose time lacks its year or date: by place in `#dumps`. */
  readonly #partial = new Map<number, FoundTime>();
  readonly #warnings: Warning[] = [];
  #warningsLeftOut = 0;
  #forward = 0;
  #backward = 0;
  #lastLine = 0;
  readonly asides: Aside[] = [];
  asideCount = 0;
  asideLines = 0;
  dumpLines = 0;

  constructor(tables: Tables, file: string, zone: ZoneName) {
    this.#tables = tables;
    this.#path = file;
    this.#zone = zone;
  }

  /** Stacks stand below their heads in most dumps of the input, i.e. its last line was written first. */
  get newestFirst(): boolean {
    return this.#backward > this.#forward;
  }

  direction(forward: boolean): void {
    if (forward) this.#forward++;
    else this.#backward++;
  }

  aside(...[grammar, place, text]: Parameters<DumpSink['aside']>): void {
    this.asideCount++;
    this.asideLines += place.lines;
    if (this.asides.length < MOST_ASIDES) this.asides.push({ line: place.line, title: grammar.title, text });
  }

  /** The input was read from its end: places are those of the input as it is. */
  turnAround(lines: number): void {
    this.#lastLine = lines;
  }

  warn(warning: Warning): void {
    if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(warning);
    else this.#warningsLeftOut++;
  }

  warnings(): Warning[] {
    const warnings = this.#warnings.map((warning) => (warning.line === null ? warning : { ...warning, line: this.#lineOf(warning.line) }));
    if (this.#warningsLeftOut === 0) return warnings;
    return [
      ...warnings,
      { line: null, code: 'more-warnings', message: `${this.#warningsLeftOut} more warnings of this input were left out` },
    ];
  }

  lines(...[grammar, draft, around]: Parameters<DumpSink['lines']>): void {
    const found = timeAround(around, this.#zone);
    this.dumpLines += draft.lines;
    if (found?.found.lacks !== undefined) this.#partial.set(this.#dumps.length, found.found);
    this.#dumps.push({
      source: this.#path,
      line: draft.line,
      format: grammar.id,
      runtime: grammar.runtime,
      kind: 'snapshot',
      time: found?.found.time ?? null,
      timeFrom: found?.from ?? null,
      timeZone: found?.found.zone ?? null,
      pid: draft.pid ?? pidAround(around),
      runtimeVersion: draft.runtimeVersion,
      origin: around.record?.source ?? null,
      reason: draft.reason,
      threads: draft.threads,
      threadsCut: draft.threadsCut,
      notes: draft.notes,
    });
  }

  report(...[grammar, dump, { line, lines }, around]: Parameters<DumpSink['report']>): void {
    const own = dump.timeText === undefined ? null : findTime(dump.timeText, this.#zone);
    const found = own !== null ? { found: own, from: 'dump' as const } : dump.time === null ? timeAround(around, this.#zone) : null;
    this.dumpLines += lines;
    if (found?.found.lacks !== undefined) this.#partial.set(this.#dumps.length, found.found);
    for (const warning of dump.warnings) this.warn({ ...warning, line });
    this.#dumps.push({
      source: this.#path,
      line,
      format: grammar.id,
      runtime: dump.runtime ?? grammar.runtime,
      kind: dump.kind,
      time: dump.time ?? found?.found.time ?? null,
      timeFrom: dump.time === null ? (found?.from ?? null) : 'dump',
      timeZone: dump.time === null ? (found?.found.zone ?? null) : 'given',
      pid: dump.pid ?? pidAround(around),
      runtimeVersion: dump.runtimeVersion,
      origin: around.record?.source ?? null,
      reason: dump.reason,
      threads: this.#intern(dump.threads),
      threadsCut: dump.warnings.some((warning) => warning.code === 'cut-report'),
      notes: dump.notes,
    });
  }

  /** The dumps, with the times and processes that only the file itself tells. */
  finish(modified: EpochMilliseconds | null): Dump[] {
    const name = path.basename(this.#path);
    const named = this.#path === '-' ? null : findTimeInName(name, this.#zone);
    const pid = /(?:^|[._-])pid[._-]?(\d{1,10})(?!\d)/i.exec(name)?.[1];
    // beside times from the text the file's own would only look like a leap in time
    const untimed = this.#dumps.every((dump) => dump.time === null);
    const last = this.#dumps.length - 1;
    return this.#dumps.map((read, i) => {
      const partial = this.#partial.get(i);
      const dump = {
        ...read,
        line: this.#lineOf(read.line),
        ...(partial === undefined ? {} : { time: completed(partial, modified ?? Date.now()) }),
      };
      const withPid = dump.pid === null && pid !== undefined ? { ...dump, pid: Number(pid) } : dump;
      if (dump.time !== null) return withPid;
      // a file is named when it is begun and last changed when the last dump was written
      if (named !== null && untimed && i === 0) return { ...withPid, time: named.time, timeFrom: 'file-name', timeZone: named.zone };
      if (modified !== null && named === null && untimed && i === last)
        return { ...withPid, time: modified, timeFrom: 'file-time', timeZone: 'given' };
      return withPid;
    });
  }

  #lineOf(line: LineNumber): LineNumber {
    return this.#lastLine === 0 ? line : this.#lastLine - line + 1;
  }

  #intern(threads: ReportedDump['threads']): Thread[] {
    return threads.map(({ frames, ...thread }) => ({
      kind: 'thread',
      marks: [],
      locals: [],
      ...thread,
      stack: this.#tables.stacks.intern(frames.map((frame) => this.#tables.frames.intern(frame))),
    }));
  }
}

const SEPARATOR_LINE = /^\W*([=\-*#])\1|^\s*#/;

/** The time that stands in the collector's prefix, in a separator line or in the nearest log line above. */
function timeAround(around: Surroundings, zone: ZoneName): { found: FoundTime; from: TimeSource } | null {
  const ofRecord = around.record?.time ?? null;
  if (typeof ofRecord === 'number') return { found: { time: ofRecord, zone: 'given' }, from: 'log' };
  const inRecord = ofRecord === null ? null : findTime(ofRecord, zone);
  if (inRecord) return { found: inRecord, from: 'log' };
  const inPrefix = findTime(around.prefix, zone);
  if (inPrefix) return { found: inPrefix, from: 'log' };
  for (const line of around.above) {
    const found = findTime(line.slice(0, 400), zone);
    if (found) return { found, from: SEPARATOR_LINE.test(line) ? 'separator' : 'log' };
  }
  return null;
}

const PID_IN_PREFIX = /\[(\d{1,10})\]:|\bpid[=: ]\s?(\d{1,10})\b/;
const PID_IN_LINE = /\bpid[=: ]\s?(\d{1,10})\b/i;

function pidAround(around: Surroundings): number | null {
  if (around.record !== null && around.record.pid !== null) return around.record.pid;
  const inPrefix = PID_IN_PREFIX.exec(around.prefix);
  const pid =
    inPrefix?.[1] ??
    inPrefix?.[2] ??
    around.above
      .slice(0, 3)
      .map((line) => PID_IN_LINE.exec(line.slice(0, 400))?.[1])
      .find(Boolean);
  return pid === undefined ? null : Number(pid);
}

/** Oldest first. A dump without a time keeps its place after the one before it in its input. */
function oldestFirst(dumps: readonly Dump[]): Dump[] {
  const keyed: { dump: Dump; key: EpochMilliseconds }[] = [];
  let source: string | null = null;
  let key = -Infinity;
  for (const dump of dumps) {
    if (dump.source !== source) {
      source = dump.source;
      key = -Infinity;
    }
    if (dump.time !== null) key = Math.max(key, dump.time);
    keyed.push({ dump, key: dump.time ?? key });
  }
  // the dumps before the first known time of an input stand directly before it
  for (let i = keyed.length - 2; i >= 0; i--) {
    const [here, after] = [keyed[i]!, keyed[i + 1]!];
    if (here.key === -Infinity && here.dump.source === after.dump.source) here.key = after.key;
  }
  return keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ dump }) => dump);
}
