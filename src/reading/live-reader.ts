import { FrameTable, StackTable, type Bytes, type Dump, type DumpSet, type LineNumber, type Tables, type Warning } from '../model/index.js';
import { KeptDumps, bytesOf } from './kept-dumps.js';
import { LocatingSink } from './locating-sink.js';
import { HeldText } from './held-text.js';
import { Meanings } from './meanings.js';
import { Prefix } from './prefix.js';
import { NEWEST_FIRST_REFUSED, SourceSink, oldestFirst } from './source-sink.js';
import { describeStranger } from './strangers.js';
import { TextReader } from './text-reader.js';
import type { ZoneName } from './times.js';

/** Bytes of an input, from the first of them to the one after the last. */
export type ByteRange = readonly [from: Bytes, to: Bytes];

/** A dump of an input that is still being written. */
export interface LiveDump {
  readonly dump: Dump;
  /**
   * The bytes that are its own, in order: whole lines, without those of others that stand between them, and without what the
   * program had begun to write before it on its first line.
   */
  readonly extent: readonly ByteRange[];
}

export interface LiveOptions {
  /** Zone of times that stand without one. Default UTC. */
  readonly zone?: ZoneName;
  /** Name of the input in the dumps. Default `-`. */
  readonly path?: string;
  /** Threads of all dumps together that are kept; of more, the oldest dumps are left out. Default 200,000. */
  readonly mostThreads?: number;
  /** The tables to add to, so that the dumps of several inputs can be compared; they are never made anew. Default: new ones. */
  readonly tables?: Tables;
  /** Memory of its own tables after which {@link LiveReader.tidy} makes them anew. Default 16 MiB. */
  readonly mostTables?: Bytes;
}

/** Kept of the text before what is open, to look for its time. As far back as the reader itself looks. */
const LOOK_BACK: Bytes = 4096;
/** Kept of a dump that is open, to be able to say what it shows so far. A hundred threads have some 200 KB. */
const MOST_HELD: Bytes = 4 << 20;
/** Of more dumps the newest are kept, for the memory. A thread that moves takes some 250 bytes, one that stands still none. */
const MOST_THREADS = 200_000;
/**
 * Half of it is kept when the tables are made anew: a thousand dumps of a busy service, whose stacks share their frames; forty dumps
 * of 100 threads where no two frames are the same.
 */
const MOST_TABLES: Bytes = 16 << 20;
/** Tables that are this much larger are made anew within a dump as well: its end may be far, or the next one follow at once. */
const WITHIN_DUMPS = 1.5;
const HEAD_BYTES: Bytes = 16 << 10;
const NONE: readonly never[] = Object.freeze([]);

/**
 * Finds the dumps of an input while it is written. What it finds is what reading the whole text at once finds.
 *
 * A dump has no end mark: it has ended when something follows that is not part of it. Whoever cannot wait for that, because
 * the input has gone silent, asks {@link look}.
 *
 * @example
 * const reader = new LiveReader();
 * process.stdin.on('data', (block) => {
 *   for (const { dump } of reader.push(block)) console.log(dump.threads.length);
 * });
 */
export class LiveReader {
  readonly #zone: ZoneName;
  readonly #path: string;
  /** Memory of the tables after which they are made anew: what was asked for, or more where the dumps that are kept need more. */
  readonly #mostTables: Bytes;
  #limit: Bytes;
  #meanings: Meanings;
  #sink: LocatingSink;
  #reader: TextReader;
  /** Of the input, before what the reader was given. */
  #before: Bytes = 0;
  /** Reads what is open once more, as if it had ended. */
  #second: TextReader | null = null;
  readonly #text = new HeldText();
  readonly #head: Uint8Array[] = [];
  /** Where the last dump ends. */
  #floor: Bytes = 0;
  /** Dumps that ended while others were open: their lines, by line and format. */
  readonly #ended = new Map<string, LineNumber>();
  /** The beginning of what is open is not kept any more. */
  #lost = false;
  #bytes: Bytes = 0;
  #found = 0;
  readonly #dumps: KeptDumps;

  constructor({ zone = 'UTC', path = '-', mostThreads = MOST_THREADS, tables, mostTables = MOST_TABLES }: LiveOptions = {}) {
    this.#dumps = new KeptDumps(mostThreads);
    this.#mostTables = tables === undefined ? mostTables : Infinity;
    this.#limit = this.#mostTables;
    this.#zone = zone;
    this.#path = path;
    this.#meanings = new Meanings(tables ?? { frames: new FrameTable(), stacks: new StackTable() });
    this.#sink = new LocatingSink(new SourceSink(this.#meanings.tables, path, zone));
    this.#reader = new TextReader(this.#meanings, this.#sink);
  }

  /** Bytes that were pushed. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /** The text so far ends within a dump, or may. */
  get open(): boolean {
    return this.#reader.busy;
  }

  /** Offset up to which it is decided what is part of a dump. What is open begins there. */
  get decided(): Bytes {
    const { line, at } = this.#place;
    return this.open ? Math.min(at, this.#lost ? at : this.#text.startOf(Math.min(this.#opened, line))) : at;
  }

  /** What the rows of the dumps are of, until {@link tidy} makes them anew. */
  get tables(): Tables {
    return this.#meanings.tables;
  }

  /**
   * Reads on. The block may be used again afterwards.
   *
   * @returns the dumps whose end the block showed
   */
  push(block: Uint8Array): readonly LiveDump[] {
    const reader = this.#reader;
    const wasOpen = this.open;
    if (this.#bytes < HEAD_BYTES) this.#head.push(new Uint8Array(block.subarray(0, HEAD_BYTES - this.#bytes)));
    this.#bytes += block.length;
    reader.push(block);
    if (wasOpen || reader.busy || this.#sink.places.length > 0) this.#text.add(block);
    else {
      this.#rest(block);
      return NONE;
    }
    const found = this.#take();
    if (!reader.busy) this.#rest();
    else {
      if (!this.#lost) for (const { dump } of found) this.#ended.set(keyOf(dump), dump.line);
      if (!wasOpen || found.length > 0) this.#dropDecided();
      // one source or another is always in a dump: nothing can be let go of before all of them are taken for ended
      if (this.#lost && found.length > 0 && bytesOf(this.tables) > 2 * this.#limit) found.push(...this.#settle());
    }
    if (this.#text.length <= MOST_HELD) return found;
    return [...found, ...this.#overflow()];
  }

  /** The input has ended. */
  end(): readonly LiveDump[] {
    this.#reader.end();
    return this.#take();
  }

  /** What is open, as if the text ended here. Reading goes on as if this had not been asked. */
  look(): readonly LiveDump[] {
    if (!this.#reader.busy || this.#lost) return NONE;
    this.#dropDecided();
    const sink = new LocatingSink(new SourceSink(this.tables, this.#path, this.#zone), this.#text.firstLine - 1);
    this.#second ??= new TextReader(this.#meanings, sink);
    this.#second.begin(sink);
    this.#readAgain(this.#second);
    this.#second.end();
    return this.#located(sink).filter(({ dump }) => !this.#ended.has(keyOf(dump)));
  }

  /**
   * Makes the tables anew when they have become large, with what the dumps need that are kept: memory is bounded, however long the
   * input is and however different its stacks are, where this is asked between blocks. What was handed out before has rows of the
   * tables of then.
   *
   * @returns whether the tables are others now
   */
  tidy(): boolean {
    // best between dumps: of a damaged dump that is open, what was learnt above it may be missing when it is read again
    if (bytesOf(this.tables) < (this.open ? WITHIN_DUMPS * this.#limit : this.#limit) || this.#lost) return false;
    if (this.open) this.#dropDecided();
    const tables = this.#dumps.moveFrom(this.tables, this.#mostTables / 2);
    this.#meanings = new Meanings(tables);
    this.#second = null;
    // what is open has rows of the old tables, but its text is at hand
    const sink = new LocatingSink(this.#sink.inner, this.#text.firstLine - 1);
    sink.inner.tables = tables;
    sink.muted = true;
    const reader = new TextReader(this.#meanings, sink);
    this.#readAgain(reader);
    sink.muted = false;
    this.#before = this.#text.from;
    // what needs more than that by itself is not read or copied again for each block
    this.#limit = Math.max(this.#mostTables, bytesOf(tables) + this.#mostTables / 2);
    this.#sink = sink;
    this.#reader = reader;
    return true;
  }

  /** The dumps so far, oldest first. */
  get set(): DumpSet {
    const { newestFirst } = this.#sink.inner;
    const warnings: Warning[] = [...(newestFirst ? [NEWEST_FIRST_REFUSED] : []), ...this.#sink.inner.warnings()];
    const { leftOut } = this.#dumps;
    if (leftOut > 0)
      warnings.push({
        line: null,
        code: 'dumps-left-out',
        message: `the oldest ${leftOut} dumps were left out: they are too many to keep`,
      });
    const stranger = this.#found === 0 && this.#bytes > 0 ? describeStranger(Buffer.concat(this.#head)) : null;
    if (stranger) warnings.push({ line: null, code: 'other-format', message: stranger });
    const { dumpLines, asideLines, asides, asideCount } = this.#sink.inner;
    const lines = this.#reader.lines + this.#sink.above;
    const dumps = newestFirst ? [] : this.#dumps.all;
    return {
      ...this.tables,
      sources: [
        {
          path: this.#path,
          dumps: dumps.length,
          bytes: this.#bytes,
          lines,
          accounts: { dumps: Math.min(dumpLines, lines), known: Math.min(asideLines, lines) },
          asides,
          asideCount,
          warnings,
        },
      ],
      unlistedSources: 0,
      dumps: oldestFirst(dumps),
    };
  }

  /** A dump, and the `most - 1` before it. */
  upTo(dump: Dump, most: number): DumpSet {
    const { all } = this.#dumps;
    const at = all.lastIndexOf(dump);
    const end = at < 0 ? all.length : at;
    const dumps = [...all.slice(Math.max(0, end - most + 1), end), dump];
    return { ...this.tables, sources: [], unlistedSources: 0, dumps: oldestFirst(dumps) };
  }

  /** Where reading stands, and with which line it left off scanning, in the whole input. */
  get #place(): TextReader['place'] {
    const { line, at } = this.#reader.place;
    return { line: line + this.#sink.above, at: at + this.#before };
  }

  get #opened(): LineNumber {
    return this.#reader.opened + this.#sink.above;
  }

  /** Something is open: what is needed is its text and what may be looked back at, but no dump that has ended. */
  #dropDecided(): void {
    const first = this.#text.firstLine;
    if (this.#lost && this.#opened <= first) return;
    // what is open now began after that whose beginning is not kept
    this.#lost = false;
    const from = this.decided;
    this.#text.dropTo(Math.max(Math.min(this.#floor, from), from - LOOK_BACK));
    for (const [key, line] of this.#ended) if (line < first) this.#ended.delete(key);
  }

  /** Gives a reader what is open. */
  #readAgain(reader: TextReader): void {
    const { decided } = this;
    reader.goOnFrom(this.#reader, decided - this.#before, this.#text.bytes(this.#text.from, decided));
    reader.push(this.#text.bytes(decided));
  }

  /** Nothing is open: all that is needed is what may be looked back at. */
  #rest(block?: Uint8Array): void {
    this.#lost = false;
    this.#ended.clear();
    const { line, at } = this.#place;
    const from = Math.max(this.#floor, at - LOOK_BACK);
    if (block) this.#text.add(block, from);
    else this.#text.dropTo(from);
    this.#text.know(line, at);
  }

  #overflow(): readonly LiveDump[] {
    // a source that fell silent, among others that go on: its dump has ended, though it has no line that says so
    const half = this.#text.from + this.#text.length / 2;
    if (!this.#lost && this.look().every(({ extent }) => extent.at(-1)![1] < half)) return this.#settle();
    this.#lost = true;
    this.#ended.clear();
    const { line, at } = this.#place;
    this.#text.dropTo(at);
    this.#text.know(line, at);
    return NONE;
  }

  #settle(): LiveDump[] {
    this.#reader.settle();
    const found = this.#take();
    if (!this.#reader.busy) this.#rest();
    return found;
  }

  #take(): LiveDump[] {
    const found = this.#located(this.#sink);
    for (const { dump, extent } of found) {
      this.#floor = Math.max(this.#floor, extent.at(-1)![1]);
      this.#dumps.add(dump);
    }
    this.#found += found.length;
    this.#dumps.forget();
    return found;
  }

  #located(sink: LocatingSink): LiveDump[] {
    const places = sink.places.splice(0);
    return sink.inner.take().map((dump, i) => {
      const { rows, prefix } = places[i]!;
      const extent = rows.map(([first, last]): ByteRange => [this.#text.startOf(first), this.#text.startOf(last + 1)]);
      return { dump, extent: prefix === '' ? extent : this.#afterPrefix(extent, prefix) };
    });
  }

  /** What stood before the first word of a dump is the program's own, where it does not come again. */
  #afterPrefix(extent: readonly ByteRange[], prefix: string): readonly ByteRange[] {
    const [[from, to] = [0, 0], ...others] = extent;
    const bytes = Buffer.from(prefix, 'latin1');
    const text = Buffer.from(this.#text.bytes(from, to));
    if (!text.subarray(0, bytes.length).equals(bytes)) return extent;
    const second = text.indexOf(0x0a) + 1;
    const end = text.indexOf(0x0a, second);
    const next = second === 0 || end < 0 ? null : text.subarray(second, end);
    if (next === null || new Prefix(bytes).strip(next, 0, next.length) >= 0) return extent;
    return [[from + bytes.length, to], ...others];
  }
}

const keyOf = ({ line, format }: Dump): string => `${line} ${format}`;
