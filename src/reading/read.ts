import { InputError, Turns, openSmallText, openText } from '../input/index.js';
import {
  FrameTable,
  StackTable,
  type Bytes,
  type Dump,
  type DumpSet,
  type EpochMilliseconds,
  type Source,
  type Tables,
  type Warning,
} from '../model/index.js';
import { describeStranger } from './strangers.js';
import { Meanings } from './meanings.js';
import { reversedLines } from './reversed.js';
import { NEWEST_FIRST_REFUSED, SourceSink, oldestFirst } from './source-sink.js';
import { TextReader } from './text-reader.js';
import type { ZoneName } from './times.js';

export interface ReadOptions {
  /** Zone of times that stand without one. Default UTC. */
  readonly zone?: ZoneName;
  /** The tables to add to, so that the dumps of several readings can be compared. Default: new ones. */
  readonly tables?: Tables;
  /** Ends reading; what was found so far is returned. */
  readonly signal?: AbortSignal;
  /** Called after each block with the bytes of all inputs read so far. */
  readonly onProgress?: (bytes: Bytes) => void;
  /** Bytes of an input's text after which its rest is left. Default: 16 GiB of what is packed, all of what is not. */
  readonly mostBytes?: Bytes;
}

/**
 * A file to read. One that nobody named (found in a folder) is left after its first bytes when it is no text; `listed`: its directory
 * says that it is a regular file.
 */
export type InputFile = string | { readonly path: string; readonly named: boolean; readonly listed?: boolean };

/** What is known of an input when it has been read. */
interface InputEnd {
  /** As the user gave it; `-` for standard input. */
  readonly path: string;
  /** Last change of the file, where there is one. */
  readonly modified: EpochMilliseconds | null;
  /** Warnings of the container. */
  readonly warnings: readonly Warning[];
  /** The user gave it, it was not found in a directory. */
  readonly named: boolean;
}

/** One input as it is read. */
interface Input extends InputEnd {
  readonly blocks: AsyncIterable<Uint8Array>;
  /** The same blocks once more, where they can be read again. */
  readonly again: (() => AsyncIterable<Uint8Array>) | null;
}

/** Files of a directory without a dump that are listed; a directory may hold two hundred thousand. */
const MOST_EMPTY_SOURCES = 1000;
/** What a file with one dump holds at least, in most cases. */
const USUAL_FILE_BYTES: Bytes = 4 << 10;
/** A log that is newest first is turned around in memory, up to this length. */
const MOST_REVERSED: Bytes = 256 << 20;
/** Kept of an input's beginning, to say what it is when no dump is in it. */
const HEAD_BYTES: Bytes = 16 << 10;

/**
 * Reads the dumps of files and of standard input.
 *
 * @param files regular files, or `-`, one by one or in lists. A path that cannot be read is a warning of its source (code `not-found`, …),
 *   never a throw.
 * @returns all dumps, oldest first; those without a time keep their place in their input.
 */
export async function readFiles(
  files: Iterable<InputFile> | AsyncIterable<InputFile | readonly InputFile[]>,
  options: ReadOptions = {},
): Promise<DumpSet> {
  const reading = new Reading(options);
  const turns = new Turns();
  for await (const found of files) {
    const list = typeof found === 'string' || 'path' in found ? [found] : found;
    reading.expect(list.length * USUAL_FILE_BYTES);
    for (const file of list) {
      if (options.signal?.aborted) return reading.finish();
      if (turns.due) await turns.take();
      const { path, named, listed = false } = typeof file === 'string' ? { path: file, named: true } : file;
      if (!reading.addAtOnce(path, named, listed)) await reading.add(openInput(path, named, options, () => reading.room));
    }
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

function openInput(file: string, named: boolean, { signal, mostBytes }: ReadOptions, memory: () => Uint8Array | null): Input {
  const warnings: Warning[] = [];
  const options = { ...(signal && { signal }), ...(mostBytes !== undefined && { mostBytes }) };
  const again = file === '-' ? null : (): AsyncIterable<Uint8Array> => openText(file, options);
  const input = { path: file, modified: null as EpochMilliseconds | null, warnings, blocks: blocks(), named, again };
  async function* blocks(): AsyncGenerator<Uint8Array> {
    try {
      const end = yield* openText(file, { ...options, memory, skipBinary: !named });
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
  /** Of the inputs to come, where the reader was not told yet. */
  #expected: Bytes = 0;
  /** The beginning of the input that is being read. */
  readonly #head = Buffer.alloc(HEAD_BYTES);

  constructor(options: ReadOptions) {
    this.#options = options;
    const { frames, stacks } = options.tables ?? { frames: new FrameTable(), stacks: new StackTable() };
    this.#meanings = new Meanings({ frames, stacks });
  }

  /** Where the next block of an input is best put, if anywhere. */
  get room(): Uint8Array | null {
    return this.#reader?.room ?? null;
  }

  /** So much is to be added, about. */
  expect(bytes: Bytes): void {
    this.#expected += bytes;
  }

  async add(input: Input): Promise<void> {
    let bytes: Bytes = 0;
    const seen = async function* (this: Reading): AsyncGenerator<Uint8Array> {
      for await (const block of input.blocks) {
        if (bytes < HEAD_BYTES) this.#head.set(block.subarray(0, HEAD_BYTES - bytes), bytes);
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
      if (turned === null) sink = this.#sinkOf(input.path);
      else {
        ({ sink, lines } = turned);
        sink.turnAround(lines);
      }
    }
    this.#take(input, sink, warnings, { bytes, lines, head: this.#head.subarray(0, bytes) });
  }

  /** Reads a small file at once. False: it is something else, or has to be read from its end, and is to be {@link add}ed. */
  addAtOnce(path: string, named: boolean, listed: boolean): boolean {
    const { mostBytes } = this.#options;
    const small = openSmallText(path, { skipBinary: !named, listed, ...(mostBytes !== undefined && { mostBytes }) });
    if (small === null) return false;
    const { text, modified } = small;
    try {
      const sink = this.#sinkOf(path);
      const reader = this.#begin(sink);
      reader.push(text);
      reader.end();
      if (sink.newestFirst) return false;
      this.#bytes += text.length;
      this.#options.onProgress?.(this.#bytes);
      const head = text.subarray(0, HEAD_BYTES);
      this.#take({ path, named, modified, warnings: NO_WARNINGS }, sink, [], { bytes: text.length, lines: reader.lines, head });
    } finally {
      small.giveBack();
    }
    return true;
  }

  #take(
    input: InputEnd,
    sink: SourceSink,
    warnings: Warning[],
    { bytes, lines, head }: { readonly bytes: Bytes; readonly lines: number; readonly head: Uint8Array },
  ): void {
    const dumps = sink.finish(input.modified);
    warnings.push(...input.warnings, ...sink.warnings());
    if (dumps.length === 0 && bytes > 0) {
      const stranger = describeStranger(Buffer.from(head.buffer, head.byteOffset, head.length));
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

  #sinkOf(file: string): SourceSink {
    return new SourceSink(this.#meanings.tables, file, this.#options.zone ?? 'UTC');
  }

  #begin(sink: SourceSink): TextReader {
    const reader = (this.#reader ??= new TextReader(this.#meanings, sink));
    reader.begin(sink);
    reader.expect(this.#expected);
    this.#expected = 0;
    return reader;
  }

  async #read(file: string, blocks: AsyncIterable<Uint8Array>): Promise<{ sink: SourceSink; lines: number }> {
    const sink = this.#sinkOf(file);
    const reader = this.#begin(sink);
    for await (const block of blocks) reader.push(block);
    reader.end();
    return { sink, lines: reader.lines };
  }

  finish(): DumpSet {
    return { ...this.#meanings.tables, sources: this.#sources, unlistedSources: this.#unlisted, dumps: oldestFirst(this.#dumps) };
  }
}

const NO_WARNINGS: readonly Warning[] = [];

const NEWEST_FIRST_TURNED: Warning = {
  line: null,
  code: 'newest-first',
  message: 'the log is newest first: it was read from its end',
};
