import { FrameTable, StackTable, type Bytes, type Dump, type DumpSet, type LineNumber, type Tables, type Warning } from '../model/index.js';
import { HeldText } from './held-text.js';
import { Meanings } from './meanings.js';
import { Prefix } from './prefix.js';
import { NEWEST_FIRST_REFUSED, SourceSink, oldestFirst } from './source-sink.js';
import { describeStranger } from './strangers.js';
import type { DumpSink, LineRange, Surroundings } from './dump-sink.js';
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
  /** Threads of all dumps together that are kept; of more, the oldest dumps are left out. Default {@link MOST_THREADS}. */
  readonly mostThreads?: number;
  /** The tables to add to, so that the dumps of several inputs can be compared. Default: new ones. */
  readonly tables?: Tables;
}

/** Kept of the text before what is open, to look for its time. As far back as the reader itself looks. */
const LOOK_BACK: Bytes = 4096;
/** Kept of a dump that is open, to be able to say what it shows so far. A hundred threads have some 200 KB. */
const MOST_HELD: Bytes = 4 << 20;
/** Of more dumps the newest are kept, for the memory. A thread that moves takes some 150 bytes, one that stands still none. */
const MOST_THREADS = 500_000;
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
  readonly #meanings: Meanings;
  readonly #zone: ZoneName;
  readonly #path: string;
  readonly #mostThreads: number;
  readonly #sink: LocatingSink;
  readonly #reader: TextReader;
  /** Reads what is open once more, as if it had ended. */
  #second: TextReader | null = null;
  readonly #text = new HeldText();
  readonly #head: Uint8Array[] = [];
  /** Where the last dump ends. */
  #floor: Bytes = 0;
  /** Dumps that ended while others were open, by line and format. */
  readonly #ended = new Set<string>();
  /** The beginning of what is open is not kept any more. */
  #lost = false;
  #bytes: Bytes = 0;
  #found = 0;
  readonly #dumps: Dump[] = [];
  #threads = 0;
  #leftOut = 0;

  constructor({ zone = 'UTC', path = '-', mostThreads = MOST_THREADS, tables }: LiveOptions = {}) {
    this.#mostThreads = mostThreads;
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
    const { line, at } = this.#reader.place;
    return this.open ? Math.min(at, this.#lost ? at : this.#text.startOf(Math.min(this.#reader.opened, line))) : at;
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
      for (const { dump } of found) this.#ended.add(keyOf(dump));
      if (!wasOpen) {
        const from = this.decided;
        this.#text.dropTo(Math.max(Math.min(this.#floor, from), from - LOOK_BACK));
      }
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
    const { firstLine } = this.#text;
    const sink = new LocatingSink(new SourceSink(this.#meanings.tables, this.#path, this.#zone));
    this.#second ??= new TextReader(this.#meanings, sink);
    this.#second.begin(sink);
    this.#second.push(this.#text.bytes());
    this.#second.end();
    return this.#located(sink, firstLine - 1).filter(({ dump }) => !this.#ended.has(keyOf(dump)));
  }

  /** The dumps so far, oldest first. */
  get set(): DumpSet {
    const { newestFirst } = this.#sink.inner;
    const warnings: Warning[] = [...(newestFirst ? [NEWEST_FIRST_REFUSED] : []), ...this.#sink.inner.warnings()];
    if (this.#leftOut > 0)
      warnings.push({
        line: null,
        code: 'dumps-left-out',
        message: `the oldest ${this.#leftOut} dumps were left out: they are too many to keep`,
      });
    const stranger = this.#found === 0 && this.#bytes > 0 ? describeStranger(Buffer.concat(this.#head)) : null;
    if (stranger) warnings.push({ line: null, code: 'other-format', message: stranger });
    const { dumpLines, asideLines, asides, asideCount } = this.#sink.inner;
    const { lines } = this.#reader;
    const dumps = newestFirst ? [] : this.#dumps;
    return {
      ...this.#meanings.tables,
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
    const at = this.#dumps.lastIndexOf(dump);
    const end = at < 0 ? this.#dumps.length : at;
    const dumps = [...this.#dumps.slice(Math.max(0, end - most + 1), end), dump];
    return { ...this.#meanings.tables, sources: [], unlistedSources: 0, dumps: oldestFirst(dumps) };
  }

  /** Nothing is open: all that is needed is what may be looked back at. */
  #rest(block?: Uint8Array): void {
    this.#lost = false;
    this.#ended.clear();
    const { line, at } = this.#reader.place;
    const from = Math.max(this.#floor, at - LOOK_BACK);
    if (block) this.#text.add(block, from);
    else this.#text.dropTo(from);
    this.#text.know(line, at);
  }

  #overflow(): readonly LiveDump[] {
    // a source that fell silent, among others that go on: its dump has ended, though it has no line that says so
    const half = this.#text.from + this.#text.length / 2;
    if (!this.#lost && this.look().every(({ extent }) => extent.at(-1)![1] < half)) {
      this.#reader.settle();
      const found = this.#take();
      if (!this.#reader.busy) this.#rest();
      return found;
    }
    this.#lost = true;
    const { line, at } = this.#reader.place;
    this.#text.dropTo(at);
    this.#text.know(line, at);
    return NONE;
  }

  #take(): LiveDump[] {
    const found = this.#located(this.#sink, 0);
    for (const { dump, extent } of found) {
      this.#floor = Math.max(this.#floor, extent.at(-1)![1]);
      this.#dumps.push(dump);
      this.#threads += dump.threads.length;
    }
    this.#found += found.length;
    this.#forget();
    return found;
  }

  #forget(): void {
    let leave = 0;
    while (this.#threads > this.#mostThreads && leave < this.#dumps.length - 1) this.#threads -= this.#dumps[leave++]!.threads.length;
    if (leave === 0) return;
    this.#dumps.splice(0, leave);
    this.#leftOut += leave;
  }

  /** @param above lines of the input above those that the sink counts */
  #located(sink: LocatingSink, above: number): LiveDump[] {
    const places = sink.places.splice(0);
    return sink.inner.take().map((dump, i) => {
      const { rows, prefix } = places[i]!;
      const extent = rows.map(([first, last]): ByteRange => [this.#text.startOf(first + above), this.#text.startOf(last + 1 + above)]);
      return {
        dump: above === 0 ? dump : { ...dump, line: dump.line + above },
        extent: prefix === '' ? extent : this.#afterPrefix(extent, prefix),
      };
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

/** Notes where the dumps stand that it hands on. */
class LocatingSink implements DumpSink {
  readonly inner: SourceSink;
  /** Of the dumps that `inner` holds, in the same order. */
  readonly places: { readonly rows: readonly LineRange[]; readonly prefix: string }[] = [];

  constructor(inner: SourceSink) {
    this.inner = inner;
  }

  lines(...[grammar, draft, around, rows]: Parameters<DumpSink['lines']>): void {
    this.inner.lines(grammar, draft, around, rows);
    this.#note(draft.line, rows(), around);
  }

  report(...[grammar, dump, place, around, rows]: Parameters<DumpSink['report']>): void {
    this.inner.report(grammar, dump, place, around, rows);
    this.#note(place.line, rows(), around);
  }

  aside(...[grammar, place, text]: Parameters<DumpSink['aside']>): void {
    this.inner.aside(grammar, place, text);
  }

  warn(warning: Warning): void {
    this.inner.warn(warning);
  }

  direction(forward: boolean): void {
    this.inner.direction(forward);
  }

  #note(line: LineNumber, rows: readonly LineRange[], { prefix, record }: Surroundings): void {
    // in a collector's record the prefix is the collector's
    this.places.push({ rows: rows.length > 0 ? rows : [[line, line]], prefix: record === null && /[^\0\s]/.test(prefix) ? prefix : '' });
  }
}
