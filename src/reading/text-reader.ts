import { stripVTControlCharacters } from 'node:util';
import {
  CONFIRM_BYTES,
  parseLine,
  type AsideGrammar,
  type JsonGrammar,
  type LineGrammar,
  type LineToken,
  type ReportedDump,
  type StackGrammar,
  type StackReader,
} from '../../grammars/index.js';
import type { Bytes, LineNumber, Warning } from '../model/index.js';
import { DumpAssembler, type DraftDump, type Meaning } from './assembler.js';
import { JsonCollector } from './json-collector.js';
import type { Kernel } from './kernel/kernel.js';
import type { LineCache, Run } from './line-cache.js';
import { LogSession, type ReaderPool } from './log-session.js';
import { decode, type Meanings } from './meanings.js';
import { splitOneLine } from './one-line.js';
import { OPENING_MATCHER, beginOf, beginsAlone, canBegin, isFaint, openingsAt, type Opening } from './openings.js';
import { Prefix } from './prefix.js';
import { RepeatedThreads } from './repeated-threads.js';
import { joinWrapped } from './wrapped.js';
import { latin1, recogniseEnvelope, type RecordOrigin } from './unwrap.js';

/** What stood around a dump in its input: where its time and process may be told. */
export interface Surroundings {
  /** What a log collector put before the dump's first line. */
  readonly prefix: string;
  /** The lines above it, nearest first, down to the end of the dump before. */
  readonly above: readonly string[];
  /** What the log's records told of its first line, where they were unwrapped. */
  readonly record: RecordOrigin | null;
}

/** A dump of a line format whose lines are being read. */
interface OpenDump {
  readonly assembler: DumpAssembler;
  readonly grammar: LineGrammar;
  readonly cache: LineCache<Meaning>;
  readonly prefix: Prefix | null;
  readonly coloured: boolean;
  readonly around: Surroundings;
  /** What stood above thread heads that foreign lines stand before: there another dump may begin. */
  readonly seams: Map<LineNumber, Surroundings>;
  /** Foreign lines stand since its last line. */
  strangers: boolean;
  /** All of them. */
  readonly foreign: LineNumber[];
  /** Width of the console that broke its lines; null: none was broken yet. */
  width: number | null;
  /** What stood last time under the head of the thread that is being read, and how many of its frames were read. */
  run: Run | null;
  place: number;
  readonly repeated: RepeatedThreads;
}

/** Where something stands in an input. */
export interface Place {
  readonly line: LineNumber;
  /** Lines that it takes, with none of those that stand between them. */
  readonly lines: number;
}

/** Lines of an input, the first and the last of them. */
export type LineRange = readonly [first: LineNumber, last: LineNumber];

/** The lines of a dump in its input, in order, without those that stand between them and are none of its own. Asked at once or never. */
export type Rows = () => readonly LineRange[];

/** Receives the dumps of one input in the order of the text. */
export interface DumpSink {
  lines(grammar: LineGrammar, draft: DraftDump, around: Surroundings, rows: Rows): void;
  report(grammar: JsonGrammar | StackGrammar, dump: ReportedDump, place: Place, around: Surroundings, rows: Rows): void;
  /** A text that looks like a dump and is none; `text` is its last line. */
  aside(grammar: AsideGrammar, place: Place, text: string): void;
  warn(warning: Warning): void;
  /** A stack was seen whose frames stand below its head, as they should, or above it: the log is newest first. */
  direction(forward: boolean): void;
}

/** Longer lines are no line of a dump: their middle is skipped, never held in memory. */
const LONGEST_LINE: Bytes = 1 << 20;
/** What is kept of the text above a dump, to look for its time. */
const LOOK_BACK: Bytes = 4096;
const LINES_ABOVE = 16;
/** Read ahead at first; it grows for longer lines. */
const BUFFER_BYTES: Bytes = 1 << 18;
/** A block and what is kept of the one before it. */
const LARGE_BUFFER_BYTES: Bytes = (1 << 20) + (1 << 16);
/** A kernel takes a millisecond to make, which a small input does not win back. */
const KERNEL_AFTER: Bytes = 1 << 19;
const NESTED_BUFFER_BYTES: Bytes = 1 << 16;
/** Envelopes in envelopes in envelopes: a log of a log of a log. */
const MOST_DEPTH = 3;
/** Readers of sources that are kept for the next session. */
const MOST_SPARE = 8;
/** Stacks that are looked at to tell whether a log is newest first. */
const MOST_DIRECTIONS = 32;
/** A longer text before an opening is unfinished output (a progress bar, dots of a test run) and no collector's. */
const LONGEST_PREFIX: Bytes = 1024;
/** A shorter line holds no dump. */
const LEAST_ONE_LINE: Bytes = 48;
const MOST_ASIDE_TEXT = 400;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;

/**
 * Finds the dumps in a stream of UTF-8 (or Latin-1) bytes. Its states:
 *
 *   scanning   between dumps. Only the formats' openings are searched for, all in one pass; lines are counted, not
 *              decoded. An opening that its grammar accepts → in a dump; a JSON opening that is confirmed → in a report.
 *   in a dump  each line, freed of its prefix, gets its meaning from the cache or the grammar and goes to the assembler.
 *              A line that the assembler refuses → scanning, from that line on.
 *   in a report  bytes go to the collector up to the closing brace → scanning, from the byte after it.
 *   in a stack  each line, freed of its prefix, goes to the grammar's own reader. A line that it refuses → scanning.
 *   in a session  a collector's records: each line is unwrapped and goes to the reader of its source, until none of them is
 *              in a dump → scanning.
 *   in an aside  lines that look like a dump and are none, up to their end → scanning.
 */
export class TextReader {
  readonly #meanings: Meanings;
  #sink: DumpSink;
  /** Envelopes that this reader's lines were taken out of. */
  readonly #depth: number;
  readonly #spare: TextReader[] = [];

  #buffer: Buffer;
  #view: DataView;
  /** In whose memory the buffer is. */
  #kernel: Kernel | null = null;
  /** Of all inputs so far, up to {@link KERNEL_AFTER}. */
  #pushed: Bytes = 0;
  /** The buffer holds bytes [0, #filled); those before #at have been read and are kept for looking back. */
  #filled = 0;
  #at = 0;
  /** Bytes of the input before the buffer. */
  #base: Bytes = 0;
  #line: LineNumber = 1;
  /** Where it last left off scanning. */
  #opened: LineNumber = 1;
  /** Where the text that may be looked back at begins: after the last dump. */
  #floor = 0;

  #dump: OpenDump | null = null;
  #report: { collector: JsonCollector; grammar: JsonGrammar; line: LineNumber; around: Surroundings } | null = null;
  #session: LogSession | null = null;
  #aside: { readonly grammar: AsideGrammar; readonly prefix: Prefix | null; readonly line: LineNumber; lines: number } | null = null;
  #stack: {
    readonly grammar: StackGrammar;
    readonly reader: StackReader;
    readonly prefix: Prefix | null;
    around: Surroundings;
    /** Its last line so far, and the lines above that which are not its own. */
    last: LineNumber;
    readonly foreign: LineNumber[];
  } | null = null;
  /** An opening was found about which the text so far does not decide. */
  #waiting = false;
  /** First half of a thread head that goes on in the next line. */
  #unfinished: string | null = null;
  #skippingLongLine = false;
  #blanksKept = false;
  #directions = 0;

  constructor(meanings: Meanings, sink: DumpSink, depth = 0) {
    this.#meanings = meanings;
    this.#sink = sink;
    this.#depth = depth;
    this.#buffer = Buffer.alloc(depth === 0 ? BUFFER_BYTES : NESTED_BUFFER_BYTES);
    this.#view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
  }

  /** Ready for the next input. What was learnt of lines stays: the files of a folder repeat each other. */
  begin(sink: DumpSink): void {
    this.#sink = sink;
    this.#filled = 0;
    this.#at = 0;
    this.#base = 0;
    this.#line = 1;
    this.#opened = 1;
    this.#floor = 0;
    this.#skippingLongLine = false;
    this.#blanksKept = false;
    this.#waiting = false;
    this.#directions = 0;
  }

  /** It is within a dump, or may be. */
  get busy(): boolean {
    return (
      this.#waiting ||
      this.#dump !== null ||
      this.#report !== null ||
      this.#session !== null ||
      this.#aside !== null ||
      this.#stack !== null
    );
  }

  /** Lines read so far. */
  get lines(): number {
    return this.#line - 1;
  }

  /** Where reading stands: all text before it is decided. `line` is the line that holds or begins with the byte at `at`. */
  get place(): { readonly line: LineNumber; readonly at: Bytes } {
    return { line: this.#line, at: this.#base + this.#at };
  }

  /** The line with which what is open began, at least; of meaning while the reader is busy. */
  get opened(): LineNumber {
    return this.#opened;
  }

  push(chunk: Uint8Array): void {
    if (this.#pushed < KERNEL_AFTER && this.#depth === 0) {
      this.#pushed += chunk.length;
      if (this.#pushed >= KERNEL_AFTER) this.#moveToKernel();
    }
    for (let from = 0; from < chunk.length;) {
      this.#makeRoom();
      const room = Math.min(this.#buffer.length - this.#filled, chunk.length - from);
      this.#buffer.set(chunk.subarray(from, from + room), this.#filled);
      this.#filled += room;
      from += room;
      this.#read(false);
    }
  }

  /** There is much to read, so it is worth to do it where it is faster. */
  #moveToKernel(): void {
    const { kernel } = this.#meanings;
    const buffer = kernel?.allocate(LARGE_BUFFER_BYTES) ?? null;
    if (buffer === null || this.#buffer.length > LARGE_BUFFER_BYTES) return;
    this.#useBuffer(buffer);
    this.#kernel = kernel;
  }

  /** What has been read, in a buffer that is as large or larger. */
  #useBuffer(buffer: Buffer): void {
    this.#buffer.copy(buffer, 0, 0, this.#filled);
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  }

  end(): void {
    this.#read(true);
    this.settle();
    this.#waiting = false;
  }

  /** Takes what is open for ended, although the text may go on: nothing was added to it for long. */
  settle(): void {
    if (this.#report) this.#finishReport(false);
    this.#finishDump();
    this.#finishStack();
    this.#finishSession();
    this.#finishAside('');
  }

  /** Forgets what has been read, but for the text that may be looked back at. */
  #makeRoom(): void {
    const keep = Math.max(0, this.#at - LOOK_BACK, Math.min(this.#floor, this.#at));
    if (keep > 0 && (this.#filled === this.#buffer.length || keep > this.#buffer.length / 2)) {
      this.#buffer.copyWithin(0, keep, this.#filled);
      this.#filled -= keep;
      this.#at -= keep;
      this.#base += keep;
      this.#floor = Math.max(0, this.#floor - keep);
    }
    if (this.#filled < this.#buffer.length) return;
    if (this.#buffer.length <= LONGEST_LINE) {
      const wider = this.#kernel?.allocate(this.#buffer.length * 2) ?? null;
      if (wider === null) this.#kernel = null;
      this.#useBuffer(wider ?? Buffer.alloc(this.#buffer.length * 2));
      return;
    }
    // one line fills the buffer: what stands there is not part of a dump, its rest is skipped
    this.#skippingLongLine = true;
    this.#finishDump();
    this.#finishStack();
    this.#finishSession();
    this.#finishAside('');
    this.#base += this.#filled;
    this.#at = 0;
    this.#filled = 0;
    this.#floor = 0;
  }

  #read(final: boolean): void {
    for (let moved = true; moved && this.#at < this.#filled;) {
      const [at, dump, report, session, stack] = [this.#at, this.#dump, this.#report, this.#session, this.#stack];
      if (this.#skippingLongLine) this.#skipLongLine();
      else if (this.#report) this.#readReport();
      else if (this.#dump) this.#readDump(final);
      else if (this.#stack) this.#readStack(final);
      else if (this.#session) this.#readSession(final);
      else if (this.#aside) this.#readAside(final);
      else this.#scan(final);
      moved = this.#at !== at || this.#dump !== dump || this.#report !== report || this.#session !== session || this.#stack !== stack;
    }
  }

  #skipLongLine(): void {
    const end = this.#buffer.subarray(0, this.#filled).indexOf(LF, this.#at);
    this.#at = end < 0 ? this.#filled : end + 1;
    if (end < 0) return;
    this.#line++;
    this.#skippingLongLine = false;
    this.#floor = this.#at;
  }

  // --- scanning ----------------------------------------------------------------------------------------------------

  #scan(final: boolean): void {
    const bytes = this.#buffer;
    let from = this.#at;
    this.#waiting = false;
    for (;;) {
      const hit = this.#search(from, this.#filled);
      if (hit < 0) break;
      const lineEnd = this.#lineEnd(hit);
      this.#countLinesTo(hit);
      this.#waiting = true;
      this.#opened = this.#line;
      if (lineEnd < 0 && !final && this.#filled - this.#at < LONGEST_LINE) return; // the line's rest is still to come
      const end = lineEnd < 0 ? this.#filled : lineEnd;
      const opened = this.#open(this.#at, hit, end, lineEnd < 0 ? this.#filled : lineEnd + 1, final);
      if (opened === 'wait') return;
      this.#waiting = false;
      if (opened === 'opened') return;
      from = hit + 1;
    }
    const last = bytes.lastIndexOf(LF, this.#filled - 1);
    if (last >= this.#at && last < this.#filled) this.#countLinesTo(last + 1);
    if (final && this.#at < this.#filled) {
      this.#line++;
      this.#at = this.#filled;
    }
  }

  /** Where an opening stands first in a part of the buffer, or -1. */
  #search(from: number, to: number): number {
    return this.#kernel === null
      ? OPENING_MATCHER.search(this.#buffer, from, to)
      : OPENING_MATCHER.searchIn(this.#kernel, this.#buffer, from, to);
  }

  /** Moves to the beginning of the line that holds `target`. A native search a line is faster than counting bytes in JavaScript. */
  #countLinesTo(target: number): void {
    const bytes = this.#buffer;
    if (this.#kernel !== null) {
      const base = bytes.byteOffset;
      const lines = this.#kernel.count(base + this.#at, base + target, LF);
      if (lines === 0) return;
      this.#line += lines;
      this.#at = bytes.lastIndexOf(LF, target - 1) + 1;
      return;
    }
    let [line, at] = [this.#line, this.#at];
    for (let end = bytes.indexOf(LF, at); end >= 0 && end < target; end = bytes.indexOf(LF, at)) {
      line++;
      at = end + 1;
    }
    this.#line = line;
    this.#at = at;
  }

  #lineEnd(from: number): number {
    if (this.#kernel !== null) {
      const base = this.#buffer.byteOffset;
      const found = this.#kernel.find(base + from, base + this.#filled, LF);
      return found < 0 ? -1 : found - base;
    }
    const end = this.#buffer.indexOf(LF, from);
    return end < this.#filled ? end : -1;
  }

  /** Tries to begin a dump at an opening that stands at `hit` of the line [start, end). */
  #open(start: number, hit: number, end: number, next: number, final: boolean): 'opened' | 'refused' | 'wait' {
    const openings = openingsAt(this.#buffer, hit, end);
    const glanced = this.#glance(openings, hit, final);
    if (glanced !== 'go on') return glanced;
    if (this.#isNothing(openings, start, hit, end)) return 'refused';
    if (this.#depth < MOST_DEPTH) {
      const session = this.#openSession(start, hit, end, next, final);
      if (session !== 'refused') return session;
      if (this.#openOneLine(start, hit, end)) {
        this.#at = next;
        this.#floor = next;
        this.#line++;
        return 'opened';
      }
    }
    for (const { grammar, escaped } of openings) {
      if (escaped) continue;
      if (grammar.kind !== 'aside' && grammar.followedBy !== undefined) {
        const nextEnd = this.#lineEnd(next);
        if (nextEnd < 0 && !final && this.#filled - next < LONGEST_LINE) return 'wait';
        const following = next >= this.#filled ? '' : textOf(this.#content(next, nextEnd < 0 ? this.#filled : nextEnd));
        if (!grammar.followedBy.test(following)) continue;
      }
      if (grammar.kind === 'json') {
        const answer = this.#openReport(grammar, start, hit, final);
        if (answer !== 'refused') return answer;
      } else if (grammar.kind === 'stacks') {
        if (this.#openStack(grammar, start, hit, end, next)) return 'opened';
      } else if (grammar.kind === 'aside' ? this.#openAside(grammar, start, hit, end) : this.#openDump(grammar, start, hit, end, next)) {
        this.#at = next;
        this.#line++;
        return 'opened';
      }
    }
    return 'refused';
  }

  /** Openings that are common in other texts, and a line that none of their formats begins with. */
  #isNothing(openings: readonly Opening[], start: number, hit: number, end: number): boolean {
    if (!openings.every(({ grammar, escaped }) => !escaped && grammar.kind === 'lines' && isFaint(grammar))) return false;
    // in a record or on one line it may be more than the line shows
    const text = decode(this.#buffer, hit, end);
    if (this.#buffer.subarray(start, hit).includes('{"') || !splitOneLine(text).next().done) return false;
    return openings.every(({ grammar }) => grammar.kind === 'lines' && !canBegin(grammar, parseLine(grammar.line, text)));
  }

  /** Whether an opening is worth a closer look: texts of {@link StackGrammar} are common in logs, and most are told by what follows. */
  #glance(openings: readonly Opening[], hit: number, final: boolean): 'go on' | 'refused' | 'wait' {
    if (openings.some(({ grammar }) => grammar.kind !== 'stacks')) return 'go on';
    if (this.#filled - hit < CONFIRM_BYTES && !final) return 'wait';
    const text = decode(this.#buffer, hit, Math.min(hit + CONFIRM_BYTES, this.#filled));
    return openings.some(({ grammar, escaped }) => grammar.kind === 'stacks' && (escaped || grammar.glance.test(text)))
      ? 'go on'
      : 'refused';
  }

  #openDump(grammar: LineGrammar, start: number, hit: number, end: number, next: number): boolean {
    const plain = this.#plain(start, end);
    const shift = plain === null ? 0 : plain.indexOf(this.#buffer.subarray(hit, Math.min(hit + 4, end)));
    const bytes = plain ?? this.#buffer;
    const [from, found, to] = plain === null ? [start, hit, trimEnd(this.#buffer, start, end)] : [0, Math.max(shift, 0), plain.length];
    const opening = beginOf(grammar, bytes, from, found);
    const cache = this.#meanings.cacheOf(grammar);
    if (this.#kernel !== null) cache.moveTo(this.#kernel);
    const meaning = plain === null ? cache.get(bytes, this.#view, opening, to) : this.#meanings.of(grammar, bytes, opening, to);
    const { token } = meaning;
    if (token.is === 'unfinished') {
      this.#unfinished = decode(bytes, opening, to);
    } else if (!canBegin(grammar, token)) return false;
    const prefix = prefixOf(bytes.subarray(from, opening));
    const leading = this.#leading(grammar, token, prefix, start);
    if (leading === null) return false;
    if (token.is === 'thread' && plain === null && grammar.order === 'recent-first' && this.#directions < MOST_DIRECTIONS)
      this.#noteDirection(grammar, prefix, start, next);
    const assembler = new DumpAssembler(grammar, this.#meanings.tables, this.#line - leading.length, {
      blanksKept: this.#blanksKept,
      quoted: prefix !== null,
      warn: (warning) => this.#sink.warn(warning),
      recent: this.#meanings.recent,
      outermost: this.#meanings.outermostOf(grammar),
    });
    const around = this.#around(start, prefix);
    this.#dump = {
      assembler,
      grammar,
      cache,
      prefix,
      coloured: plain !== null,
      around,
      seams: new Map(),
      strangers: false,
      foreign: [],
      width: null,
      run: null,
      place: 0,
      repeated: new RepeatedThreads(cache, assembler, prefix),
    };
    for (const [i, line] of leading.entries()) assembler.feed(line, this.#line - leading.length + i);
    this.#floor = next;
    if (token.is !== 'unfinished') assembler.feed(meaning, this.#line);
    return true;
  }

  /** Lines above the one with the opening that belong to the dump, in the order of the text; null: those that must be there are not. */
  #leading(grammar: LineGrammar, first: LineToken, prefix: Prefix | null, start: number): readonly Meaning[] | null {
    const { tokens, required } = grammar.shape.above;
    const { notBelow } = grammar.shape;
    if (notBelow !== null && !beginsAlone(first)) {
      const [nearest] = this.#linesAbove(start);
      if (nearest !== undefined && notBelow.test(textOf(nearest.line))) return null;
    }
    if (tokens.length === 0) return [];
    const found: Meaning[] = [];
    for (const { line } of this.#linesAbove(start).slice(0, tokens.length)) {
      const from = Math.max(prefix?.strip(line, 0, line.length) ?? 0, 0);
      const meaning = this.#meanings.of(grammar, line, from, line.length);
      if (meaning.token.is !== tokens[found.length]) break;
      found.unshift(meaning);
    }
    if (found.length === tokens.length) return found;
    return required && !beginsAlone(first) ? null : [];
  }

  #around(start: number, prefix: Prefix | null): Surroundings {
    return { prefix: prefix?.text ?? '', above: this.#above(start), record: null };
  }

  /** The lines above the one at `start`, nearest first. */
  #above(start: number): string[] {
    const text = decode(this.#buffer, Math.max(this.#floor, start - LOOK_BACK), start);
    return text.split('\n').slice(0, -1).slice(-LINES_ABOVE).reverse();
  }

  /** Whether a stack's frames stand below its head or above it. The outermost function of a stack tells where it ends. */
  #noteDirection(grammar: LineGrammar, prefix: Prefix | null, start: number, next: number): void {
    this.#directions++;
    const functionAt = (from: number): string | null => {
      const end = this.#lineEnd(from);
      if (end < 0 || from < 0) return null;
      const to = trimEnd(this.#buffer, from, end);
      const content = prefix === null ? from : prefix.strip(this.#buffer, from, to);
      const token = parseLine(grammar.line, decode(this.#buffer, Math.max(content, from), to));
      return token.is === 'frame' ? token.frame.function : null;
    };
    const below = functionAt(next);
    if (below !== null && !grammar.outermost.has(below)) {
      this.#sink.direction(true);
      return;
    }
    const above = start > this.#floor + 1 ? functionAt(this.#buffer.lastIndexOf(LF, start - 2) + 1) : null;
    if (above !== null && !grammar.outermost.has(above)) this.#sink.direction(false);
  }

  // --- in a collector's records --------------------------------------------------------------------------------------

  #openSession(start: number, hit: number, end: number, next: number, final: boolean): 'opened' | 'refused' | 'wait' {
    // nothing stands before it, and nothing above it is a field of the journal's
    if (hit === start && !this.#buffer.subarray(Math.max(this.#floor, start - LOOK_BACK), start).includes('__')) return 'refused';
    const first = this.#content(start, end);
    const line = latin1(first);
    const opening =
      first.buffer === this.#buffer.buffer ? hit - start : line.indexOf(latin1(this.#buffer.subarray(hit, Math.min(hit + 8, end))));
    const unwrapper = recogniseEnvelope(line, opening, () => this.#linesAbove(start).map(({ line: bytes }) => latin1(bytes)));
    if (unwrapper === null) return 'refused';
    if (unwrapper.guessed) {
      // text that only looks like a collector's (`50%|## | Timeout (…)!`) does not come again
      const nextEnd = this.#lineEnd(next);
      if (nextEnd < 0 && !final) return 'wait';
      const second = this.#content(next, nextEnd < 0 ? this.#filled : nextEnd);
      if (next >= this.#filled || unwrapper.take(second) === null) return 'refused';
    }
    const pool: ReaderPool = {
      take: (sink) => this.#takeReader(sink),
      give: (reader) => {
        if (this.#spare.length < MOST_SPARE) this.#spare.push(reader);
      },
    };
    this.#session = new LogSession(unwrapper, pool, this.#sink);
    this.#session.lookBack(this.#linesAbove(start).reverse(), first);
    return 'opened';
  }

  #takeReader(sink: DumpSink): TextReader {
    const reader = this.#spare.pop() ?? new TextReader(this.#meanings, sink, this.#depth + 1);
    reader.begin(sink);
    return reader;
  }

  /** The lines above the one at `start`, nearest first. */
  #linesAbove(start: number): { line: Uint8Array; number: LineNumber }[] {
    const lines: { line: Uint8Array; number: LineNumber }[] = [];
    const floor = Math.max(this.#floor, start - LOOK_BACK);
    let number = this.#line;
    for (let end = start - 1; end >= floor && lines.length < LINES_ABOVE;) {
      const from = end === 0 ? 0 : this.#buffer.lastIndexOf(LF, end - 1) + 1;
      if (from < floor) break;
      lines.push({ line: this.#content(from, end), number: --number });
      end = from - 1;
    }
    return lines;
  }

  /** A line's bytes, without carriage return and terminal sequences. */
  #content(start: number, end: number): Uint8Array {
    return this.#plain(start, end) ?? this.#buffer.subarray(start, trimEnd(this.#buffer, start, end));
  }

  #readSession(final: boolean): void {
    const session = this.#session!;
    while (this.#at < this.#filled) {
      let end = this.#lineEnd(this.#at);
      if (end < 0) {
        if (!final) return;
        end = this.#filled;
      }
      session.take(this.#content(this.#at, end), this.#line);
      this.#line++;
      this.#at = Math.min(end + 1, this.#filled);
      if (session.open) continue;
      this.#finishSession();
      return;
    }
  }

  #finishSession(): void {
    this.#session?.end();
    this.#session = null;
    this.#floor = this.#at;
  }

  // --- on one line -----------------------------------------------------------------------------------------------------

  /** A dump whose line feeds were written as something else: its lines are read apart, and taken when they are a dump with frames. */
  #openOneLine(start: number, hit: number, end: number): boolean {
    if (end - hit < LEAST_ONE_LINE) return false;
    for (const lines of splitOneLine(decode(this.#buffer, hit, trimEnd(this.#buffer, hit, end)))) {
      const found: (() => void)[] = [];
      let frames = 0;
      const [line, around] = [this.#line, { prefix: decode(this.#buffer, start, hit), above: this.#above(start), record: null }];
      const reader = this.#takeReader({
        lines: (grammar, draft) => {
          for (const thread of draft.threads) frames += this.#meanings.tables.stacks.depth(thread.stack);
          found.push(() => {
            this.#sink.lines(grammar, { ...draft, line, lines: 1, last: line }, around, () => [[line, line]]);
          });
        },
        report: (grammar, dump) => {
          frames++;
          found.push(() => {
            this.#sink.report(grammar, dump, { line, lines: 1 }, around, () => [[line, line]]);
          });
        },
        aside: () => undefined,
        warn: () => undefined,
        direction: () => undefined,
      });
      reader.push(Buffer.from(lines.join('\n'), 'utf8'));
      reader.end();
      this.#spare.push(reader);
      if (frames === 0) continue;
      for (const give of found) give();
      return true;
    }
    return false;
  }

  // --- in an aside -----------------------------------------------------------------------------------------------------

  #openAside(grammar: AsideGrammar, start: number, hit: number, end: number): boolean {
    const first = this.#content(start, end);
    const before = first.buffer === this.#buffer.buffer ? this.#buffer.subarray(start, hit) : first.subarray(0, 0);
    this.#aside = { grammar, prefix: prefixOf(before), line: this.#line, lines: 1 };
    return true;
  }

  #readAside(final: boolean): void {
    const aside = this.#aside!;
    const cache = this.#meanings.asidesOf(aside.grammar);
    while (this.#at < this.#filled) {
      let end = this.#lineEnd(this.#at);
      if (end < 0) {
        if (!final) return;
        end = this.#filled;
      }
      const plain = this.#plain(this.#at, end);
      const bytes = plain ?? this.#buffer;
      const [start, to] = plain === null ? [this.#at, trimEnd(bytes, this.#at, end)] : [0, plain.length];
      const stripped = aside.prefix === null ? start : aside.prefix.strip(bytes, start, to);
      const from = Math.max(stripped, start);
      const what =
        plain === null ? cache.get(bytes, this.#view, from, to) : this.#meanings.ofAside(aside.grammar, bytes.subarray(from, to));
      if (what !== 'outside') {
        aside.lines++;
        this.#line++;
        this.#at = Math.min(end + 1, this.#filled);
      }
      if (what === 'inside') continue;
      this.#finishAside(what === 'last' ? decode(bytes, from, to) : '');
      return;
    }
  }

  #finishAside(text: string): void {
    if (this.#aside === null) return;
    const { grammar, line, lines } = this.#aside;
    this.#aside = null;
    // a head alone is a sentence about tracebacks
    if (lines > 1) this.#sink.aside(grammar, { line, lines }, text.slice(0, MOST_ASIDE_TEXT));
  }

  // --- in a dump ---------------------------------------------------------------------------------------------------

  #readDump(final: boolean): void {
    const dump = this.#dump!;
    const bytes = this.#buffer;
    const { assembler, cache, prefix } = dump;
    while (this.#at < this.#filled) {
      if (assembler.awaitsHead && this.#takeRepeated(dump)) continue;
      // most lines are the ones that followed last time: no search for their end, no text made of them
      let from = prefix === null ? this.#at : prefix.stripAtOnce(bytes, this.#at, this.#filled);
      const length = from < 0 || this.#unfinished !== null ? -1 : cache.expectedLength(bytes, this.#view, from, this.#filled);
      let to = from + length;
      let next = to + 1;
      let meaning: Meaning;
      let more = 0;
      /** The cache has the line and knows its place. */
      let cached = true;
      if (length >= 0) meaning = cache.takeExpected();
      else {
        let end = bytes.indexOf(LF, this.#at);
        if (end < 0 || end >= this.#filled) {
          if (!final) return;
          end = this.#filled;
        }
        next = Math.min(end + 1, this.#filled);
        to = end > this.#at && bytes[end - 1] === CR ? end - 1 : end;
        const plain = dump.coloured ? this.#plain(this.#at, to) : null;
        if (plain !== null) {
          from = this.#at;
          cached = false;
          meaning = this.#plainMeaning(dump.grammar, plain, prefix);
        } else {
          const stripped = prefix === null ? -1 : prefix.strip(bytes, this.#at, to);
          from = stripped >= 0 ? stripped : this.#at;
          cached = this.#unfinished === null;
          meaning = cached ? cache.get(bytes, this.#view, from, to) : this.#join(dump.grammar, from, to);
        }
      }
      if (meaning.partial || (dump.width !== null && dump.width === to - from)) {
        const joined = dump.coloured ? null : this.#joinWrapped(from, to, next, meaning, final);
        if (joined === 'wait') return;
        cached = false;
        if (joined !== null) ({ meaning, next, more } = joined);
      }
      // two dumps may be taken for one until an id comes again: what stood above the second is gone by then
      if (dump.strangers && meaning.token.is === 'thread') dump.seams.set(this.#line, this.#around(this.#at, prefix));
      const fed = assembler.feed(meaning, this.#line);
      if (fed === 'ended' || (fed === 'foreign' && this.#opensAnother(from, to))) {
        this.#finishDump();
        return;
      }
      // lines that follow it without being part of it may tell the time of the next one
      if (fed === 'foreign') {
        dump.strangers = true;
        dump.foreign.push(this.#line);
      } else if (meaning.token.is !== 'blank') {
        if (dump.strangers) {
          dump.strangers = false;
          // the line above turns out to be a thread's name
          if (meaning.token.is === 'rule' && dump.foreign.at(-1) === this.#line - 1) dump.foreign.pop();
        }
        this.#floor = next;
      }
      if (more > 0) assembler.alsoTook(more);
      this.#line += 1 + more;
      this.#at = next;
      this.#followRun(dump, meaning, cached);
    }
  }

  /** Threads that stand as in an earlier dump, or with other frames and nothing else. */
  #takeRepeated(dump: OpenDump): boolean {
    if (dump.coloured || dump.strangers || dump.width !== null || this.#unfinished !== null) return false;
    const { repeated } = dump;
    const lines = repeated.take(this.#buffer, this.#view, this.#at, this.#filled, this.#line);
    if (lines === 0) return false;
    dump.run = null;
    this.#line += lines;
    this.#at = repeated.reached;
    this.#floor = repeated.framesEnd;
    return true;
  }

  /**
   * After a thread's head, and after a frame that was another one last time: the frames that stood there last time.
   *
   * @param cached the line that was read is one of the cache's
   */
  #followRun(dump: OpenDump, meaning: Meaning, cached: boolean): void {
    const { assembler, cache } = dump;
    if (meaning.frame >= 0 && cached) {
      if (dump.run === null) return;
      cache.record(dump.run, dump.place++, meaning.frame);
    } else {
      dump.run?.end(dump.place);
      dump.run = null;
      if (meaning.token.is !== 'thread' || !cached || dump.width !== null || !assembler.inFrames) return;
      dump.run = cache.runOfLast();
      dump.place = 0;
      if (dump.run === null) return;
    }
    const { run, place } = dump;
    const count = cache.follow(run, place, dump.prefix, this.#buffer, this.#view, this.#at, this.#filled);
    if (count === 0) return;
    this.#line += count;
    assembler.frames(run.rows, place, place + count, this.#line - 1);
    this.#at = cache.reached;
    this.#floor = this.#at;
    dump.place += count;
  }

  /** A foreign line inside a dump may be the first of the next one, glued to unfinished output. */
  #opensAnother(from: number, to: number): boolean {
    for (let hit = this.#search(from, to); hit >= 0; hit = this.#search(hit + 1, to)) {
      for (const { grammar, escaped } of openingsAt(this.#buffer, hit, to)) {
        if (escaped) continue;
        if (grammar.kind === 'aside') {
          // where stacks are the traceback module's, an exception's frames would look like theirs
          if (this.#dump!.grammar.shape.sources) return true;
          continue;
        }
        if (grammar.kind === 'json') return true;
        if (grammar.kind === 'stacks') {
          if (grammar.glance.test(decode(this.#buffer, hit, Math.min(hit + CONFIRM_BYTES, this.#filled)))) return true;
          continue;
        }
        const token = parseLine(grammar.line, decode(this.#buffer, beginOf(grammar, this.#buffer, from, hit), to));
        if (canBegin(grammar, token) && (beginsAlone(token) || !grammar.shape.above.required)) return true;
      }
    }
    return false;
  }

  #join(grammar: LineGrammar, from: number, to: number): Meaning {
    const text = `${this.#unfinished}\n${decode(this.#buffer, from, to)}`;
    this.#unfinished = null;
    return this.#meanings.ofText(grammar, text);
  }

  /** A line that a console broke at its width, with the lines that hold its rest. */
  #joinWrapped(
    from: number,
    to: number,
    next: number,
    alone: Meaning,
    final: boolean,
  ): { meaning: Meaning; next: number; more: number } | 'wait' | null {
    const { grammar, prefix, width } = this.#dump!;
    const bytes = this.#buffer;
    const ends: number[] = [];
    const asked = { missing: false };
    const lineAfter = (n: number): string | null => {
      const start = n === 1 ? next : ends[n - 2]! + 1;
      const end = this.#lineEnd(start);
      asked.missing ||= end < 0 && !final;
      if (start >= this.#filled || (end < 0 && !final)) return null;
      ends[n - 1] = end < 0 ? this.#filled : end;
      const trimmed = trimEnd(bytes, start, ends[n - 1]!);
      return decode(bytes, Math.max(prefix?.strip(bytes, start, trimmed) ?? start, start), trimmed);
    };
    const text = decode(bytes, from, to);
    const joined = joinWrapped({ text, token: alone.token }, width, lineAfter, (line) => parseLine(grammar.line, line));
    if (joined === null) return asked.missing ? 'wait' : null;
    this.#dump!.width ??= to - from;
    return {
      meaning: this.#meanings.ofText(grammar, joined.text),
      next: Math.min(ends[joined.more - 1]! + 1, this.#filled),
      more: joined.more,
    };
  }

  #finishDump(): void {
    const dump = this.#dump;
    if (dump === null) return;
    this.#dump = null;
    this.#unfinished = null;
    const drafts = dump.assembler.finish();
    this.#blanksKept ||= dump.assembler.sawBlankBetweenThreads;
    // what stood around the first of two dumps says nothing of the second
    for (const [i, draft] of drafts.entries())
      this.#sink.lines(dump.grammar, draft, i === 0 ? dump.around : (dump.seams.get(draft.line) ?? NOWHERE), () =>
        rowsOf(draft.line, draft.last, dump.foreign),
      );
  }

  /** The meaning of a line that was freed of control sequences, which may stand inside the prefix. */
  #plainMeaning(grammar: LineGrammar, plain: Buffer, prefix: Prefix | null): Meaning {
    const stripped = prefix === null ? 0 : prefix.strip(plain, 0, plain.length);
    return this.#meanings.of(grammar, plain, Math.max(stripped, 0), plain.length);
  }

  #holds(byte: number, start: number, end: number): boolean {
    if (this.#kernel === null) return this.#buffer.subarray(start, end).includes(byte);
    const base = this.#buffer.byteOffset;
    return this.#kernel.find(base + start, base + end, byte) >= 0;
  }

  /** The line without terminal control sequences, or null when it has none. */
  #plain(start: number, end: number): Buffer | null {
    if (!this.#holds(ESC, start, end)) return null;
    return Buffer.from(stripVTControlCharacters(decode(this.#buffer, start, trimEnd(this.#buffer, start, end))), 'utf8');
  }

  // --- in a stack ----------------------------------------------------------------------------------------------------

  #openStack(grammar: StackGrammar, start: number, hit: number, end: number, next: number): boolean {
    if (!grammar.glance.test(decode(this.#buffer, hit, Math.min(hit + CONFIRM_BYTES, this.#filled)))) return false;
    const line = this.#content(start, end);
    const coloured = line.buffer !== this.#buffer.buffer;
    const opening = coloured ? Buffer.from(line).indexOf(this.#buffer.subarray(hit, Math.min(hit + 4, end))) : hit - start;
    const before = decode(line, 0, Math.max(opening, 0));
    const lead = grammar.lead?.exec(before)?.[0] ?? '';
    // a collector puts one blank before a line; all others are the line's own
    const foreign = before.slice(0, before.length - lead.length);
    const trimmed = foreign.trimEnd();
    const prefix = trimmed === '' ? null : new Prefix(Buffer.from(foreign.slice(0, trimmed.length + 1), 'utf8'));
    const around = { prefix: prefix?.text ?? '', above: this.#above(start), record: null };
    const reader = grammar.begin(around.above.map((text) => this.#withoutPrefix(Buffer.from(text, 'utf8'), prefix)));
    const fed = reader.feed(this.#withoutPrefix(line, prefix), this.#line);
    if (fed === 'ended') return false;
    this.#stack = { grammar, reader, prefix, around, last: this.#line, foreign: fed === 'taken' ? [] : [this.#line] };
    this.#at = next;
    this.#line++;
    if (fed === 'taken') this.#floor = next;
    return true;
  }

  #withoutPrefix(line: Uint8Array, prefix: Prefix | null): string {
    const from = prefix?.strip(line, 0, line.length) ?? 0;
    return stripVTControlCharacters(decode(line, Math.max(from, 0), line.length)).trimEnd();
  }

  #readStack(final: boolean): void {
    const stack = this.#stack!;
    const { reader, prefix } = stack;
    while (this.#at < this.#filled) {
      let end = this.#lineEnd(this.#at);
      if (end < 0) {
        if (!final) return;
        end = this.#filled;
      }
      const line = this.#content(this.#at, end);
      const fed = reader.feed(this.#withoutPrefix(line, prefix), this.#line);
      if (fed === 'ended' || (fed === 'foreign' && this.#mayOpen(this.#at, end))) {
        this.#finishStack();
        return;
      }
      if (fed === 'taken') stack.last = this.#line;
      else if (line.length > 0) stack.foreign.push(this.#line);
      this.#line++;
      this.#at = Math.min(end + 1, this.#filled);
      if (fed === 'taken') this.#floor = this.#at;
    }
  }

  /** A foreign line in which another dump may begin. */
  #mayOpen(start: number, end: number): boolean {
    for (let hit = this.#search(start, end); hit >= 0; hit = this.#search(hit + 1, end))
      if (this.#glance(openingsAt(this.#buffer, hit, end), hit, true) === 'go on') return true;
    return false;
  }

  #finishStack(): void {
    const stack = this.#stack;
    if (stack === null) return;
    this.#stack = null;
    const found = stack.reader.finish();
    for (const [i, { dump, line, lines }] of found.entries())
      this.#sink.report(stack.grammar, dump, { line, lines }, stack.around, () =>
        rowsOf(line, Math.max(line, (found[i + 1]?.line ?? stack.last + 1) - 1), stack.foreign),
      );
  }

  // --- in a report -------------------------------------------------------------------------------------------------

  #openReport(grammar: JsonGrammar, start: number, hit: number, final: boolean): 'opened' | 'refused' | 'wait' {
    const bytes = this.#buffer;
    let brace = hit - 1;
    if (grammar.within === undefined) while (brace >= 0 && isSpace(bytes[brace]!)) brace--;
    else {
      const from = Math.max(this.#floor, hit - CONFIRM_BYTES);
      // one byte a sign, so that places in the text are places in the bytes
      const match = grammar.within.exec(latin1(bytes.subarray(from, hit)));
      brace = match === null ? -1 : from + match.index;
    }
    if (brace < this.#floor) return 'refused';
    const opening = bytes[brace] === 0x7b ? '{' : bytes[brace] === 0x5b ? '[' : null;
    if (opening === null) return 'refused';
    if (this.#filled - hit < CONFIRM_BYTES && !final) return 'wait';
    if (!grammar.confirm.test(decode(bytes, hit, Math.min(hit + CONFIRM_BYTES, this.#filled)))) return 'refused';
    let line = this.#line;
    for (let i = brace; i < start; i++) if (bytes[i] === LF) line--;
    const lineStart = bytes.lastIndexOf(LF, brace) + 1;
    const prefix = decode(bytes, Math.max(lineStart, this.#floor), brace);
    this.#report = {
      collector: new JsonCollector(opening, grammar.parts),
      grammar,
      line,
      around: { prefix, above: this.#above(lineStart), record: null },
    };
    this.#line = line;
    this.#at = brace + 1;
    return 'opened';
  }

  #readReport(): void {
    const { collector } = this.#report!;
    const end = collector.take(this.#buffer, this.#at, this.#filled);
    const to = end < 0 ? this.#filled : end;
    for (let at = this.#buffer.indexOf(LF, this.#at); at >= 0 && at < to; at = this.#buffer.indexOf(LF, at + 1)) this.#line++;
    this.#at = to;
    if (end < 0) return;
    this.#floor = end;
    this.#finishReport(true);
  }

  #finishReport(ended: boolean): void {
    const { collector, grammar, line, around } = this.#report!;
    this.#report = null;
    const json = collector.finish(ended);
    const read = json === undefined ? null : grammar.read(json.value, json.complete);
    if (read === null || json === undefined) return;
    if (json.overlong)
      this.#sink.warn({ line, code: 'overlong-report', message: 'the report is longer than 64 MiB: only its beginning was read' });
    const lines = this.#line - line + 1;
    for (const [i, dump] of ('threads' in read ? [read] : read).entries())
      this.#sink.report(grammar, dump, { line, lines: i === 0 ? lines : 0 }, around, () => [[line, line + lines - 1]]);
  }
}

/** The lines from `first` to `last` without some of them, which stand in order. */
function rowsOf(first: LineNumber, last: LineNumber, without: readonly LineNumber[]): LineRange[] {
  const rows: LineRange[] = [];
  let from = first;
  for (const line of without) {
    if (line < from || line > last) continue;
    if (line > from) rows.push([from, line - 1]);
    from = line + 1;
  }
  if (from <= last) rows.push([from, last]);
  return rows;
}

const NOWHERE: Surroundings = { prefix: '', above: [], record: null };

/** What stands before an opening, as a prefix to be taken off; none when it is blank, or too long to come again. */
function prefixOf(before: Uint8Array): Prefix | null {
  if (before.length > LONGEST_PREFIX) return null;
  return /[^\0\s]/.test(latin1(before)) ? Prefix.of(before) : null;
}

function textOf(bytes: Uint8Array): string {
  return decode(bytes, 0, bytes.length);
}

function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  return to > from && bytes[to - 1] === CR ? to - 1 : to;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === CR || byte === 0x09;
}
