import type { Bytes, LineNumber } from '../model/index.js';
import type { DumpSink } from './dump-sink.js';
import { glance, isNothing } from './glance.js';
import { LogSession, type ReaderPool } from './log-session.js';
import { decode } from './decode.js';
import type { Meanings } from './meanings.js';
import { splitOneLine } from './one-line.js';
import { OpenAside } from './open-aside.js';
import { OpenDump } from './open-dump.js';
import { OpenReport } from './open-report.js';
import { OpenStack } from './open-stack.js';
import { openingsAt } from './openings.js';
import { LF, LONGEST_LINE, LOOK_BACK, TextWindow, trimEnd } from './text-window.js';
import { latin1, recogniseEnvelope } from './unwrap.js';

/** Read ahead at first; it grows for longer lines. */
const BUFFER_BYTES: Bytes = 1 << 18;
const NESTED_BUFFER_BYTES: Bytes = 1 << 16;
/** A block that stays in the processor's second cache, and what is kept of the one before it. */
const LARGE_BUFFER_BYTES: Bytes = (1 << 19) + (1 << 16);
/** A kernel takes a millisecond to make, which a small input does not win back. */
const KERNEL_AFTER: Bytes = 1 << 19;
/**
 * Openings of one line that are looked at: each is told by the whole line, in which there may be a hundred thousand. Of a short line they
 * are as many as it may have; a record or a dump on one line begins with the first few of a long one.
 */
const LEAST_TRIED = 16;
const MOST_TRIED_BYTES: Bytes = 1 << 16;
/** Envelopes in envelopes in envelopes: a log of a log of a log. */
const MOST_DEPTH = 3;
/** Readers of sources that are kept for the next session. */
const MOST_SPARE = 8;
/** A shorter line holds no dump. */
const LEAST_ONE_LINE: Bytes = 48;

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
  readonly #text: TextWindow;
  /** Of all inputs so far, and of those that are expected, up to {@link KERNEL_AFTER}. */
  #pushed: Bytes = 0;
  /** Where it last left off scanning. */
  #opened: LineNumber = 1;
  readonly #dump: OpenDump;
  readonly #report: OpenReport;
  readonly #stack: OpenStack;
  readonly #aside: OpenAside;
  #session: LogSession | null = null;
  /** An opening was found about which the text so far does not decide. */
  #waiting = false;

  constructor(meanings: Meanings, sink: DumpSink, depth = 0) {
    this.#meanings = meanings;
    this.#sink = sink;
    this.#depth = depth;
    this.#text = new TextWindow(Buffer.alloc(depth === 0 ? BUFFER_BYTES : NESTED_BUFFER_BYTES));
    this.#dump = new OpenDump(this.#text, meanings, sink);
    this.#report = new OpenReport(this.#text, sink);
    this.#stack = new OpenStack(this.#text, sink);
    this.#aside = new OpenAside(this.#text, meanings, sink);
  }

  /** Ready for the next input. What was learnt of lines stays: the files of a folder repeat each other. */
  begin(sink: DumpSink): void {
    this.#sink = sink;
    for (const open of [this.#dump, this.#report, this.#stack, this.#aside]) open.sink = sink;
    this.#text.begin();
    this.#dump.begin();
    this.#opened = 1;
    this.#waiting = false;
  }

  /** It is within a dump, or may be. */
  get busy(): boolean {
    return this.#waiting || this.#reading !== null;
  }

  /** Lines read so far. */
  get lines(): number {
    return this.#text.line - 1;
  }

  /** Where reading stands: all text before it is decided. `line` is the line that holds or begins with the byte at `at`. */
  get place(): { readonly line: LineNumber; readonly at: Bytes } {
    return { line: this.#text.line, at: this.#text.base + this.#text.at };
  }

  /** The line with which what is open began, at least; of meaning while the reader is busy. */
  get opened(): LineNumber {
    return this.#opened;
  }

  /** Where the next chunk may be written before it is pushed, once there is much to read; else null. */
  get room(): Uint8Array | null {
    return this.#text.kernel === null ? null : this.#text.room;
  }

  /** Of the inputs to come many bytes are known, so what is worth it for as many is done before the first. */
  expect(bytes: Bytes): void {
    if (this.#pushed >= KERNEL_AFTER || this.#depth > 0) return;
    this.#pushed += bytes;
    if (this.#pushed >= KERNEL_AFTER) this.#moveToKernel();
  }

  push(chunk: Uint8Array): void {
    this.expect(chunk.length);
    for (let from = 0; from < chunk.length;) {
      if (!this.#text.makeRoom()) {
        this.#finishLines();
        this.#text.beginSkipping();
      }
      from += this.#text.take(chunk, from);
      this.#read(false);
    }
  }

  /**
   * Goes on where another reader is or was, at an offset of its own.
   *
   * @param text that before it, a few lines, to be looked back at as far as the other one may
   */
  goOnFrom(other: TextReader, at: Bytes, text: Uint8Array): void {
    this.#dump.learnFrom(other.#dump);
    // within a dump it is that dump's own
    if (!other.busy) this.#text.floor = Math.min(text.length, Math.max(0, text.length - at + other.#text.base + other.#text.floor));
    this.#text.take(text, 0);
    this.#text.countLinesTo(this.#text.filled);
    this.#text.at = this.#text.filled;
  }

  /** There is much to read, so it is worth to do it where it is faster. */
  #moveToKernel(): void {
    const { kernel } = this.#meanings;
    if (kernel === null || this.#text.bytes.length > LARGE_BUFFER_BYTES) return;
    const bytes = kernel.allocate(LARGE_BUFFER_BYTES);
    if (bytes !== null) this.#text.moveTo(bytes, kernel);
  }

  end(): void {
    this.#read(true);
    this.settle();
    this.#waiting = false;
  }

  /** Takes what is open for ended, although the text may go on: nothing was added to it for long. */
  settle(): void {
    this.#report.finish();
    this.#finishLines();
  }

  #finishLines(): void {
    this.#dump.finish();
    this.#stack.finish();
    this.#finishSession();
    this.#aside.finish();
  }

  /** What is being read; null while scanning. */
  get #reading(): OpenReport | OpenDump | OpenStack | OpenAside | LogSession | null {
    if (this.#report.isOpen) return this.#report;
    if (this.#dump.isOpen) return this.#dump;
    if (this.#stack.isOpen) return this.#stack;
    return this.#session ?? (this.#aside.isOpen ? this.#aside : null);
  }

  #read(final: boolean): void {
    const text = this.#text;
    for (let moved = true; moved && text.at < text.filled;) {
      const { at } = text;
      const open = this.#reading;
      if (text.skipping) text.skip();
      else if (open === null) this.#scan(final);
      else if (open instanceof LogSession) this.#readSession(open, final);
      else open.read(final);
      moved = text.at !== at || this.#reading !== open;
    }
  }

  #scan(final: boolean): void {
    const bytes = this.#text.bytes;
    let from = this.#text.at;
    this.#waiting = false;
    /** Openings of the line that begins at `tried` at which no dump began. */
    let refused = 0;
    let tried = -1;
    for (;;) {
      const hit = this.#text.search(from, this.#text.filled);
      if (hit < 0) break;
      const lineEnd = this.#text.lineEnd(hit);
      this.#text.countLinesTo(hit);
      this.#waiting = true;
      this.#opened = this.#text.line;
      if (lineEnd < 0 && !final && this.#text.filled - this.#text.at < LONGEST_LINE) return; // the line's rest is still to come
      const end = lineEnd < 0 ? this.#text.filled : lineEnd;
      const opened = this.#open(this.#text.at, hit, end, lineEnd < 0 ? this.#text.filled : lineEnd + 1, final);
      if (opened === 'wait') return;
      this.#waiting = false;
      if (opened === 'opened') return;
      if (this.#text.at !== tried) [refused, tried] = [0, this.#text.at];
      if (opened === 'refused') refused++;
      from = refused < Math.max(LEAST_TRIED, MOST_TRIED_BYTES / (end - tried)) ? hit + 1 : end;
    }
    const last = bytes.lastIndexOf(LF, this.#text.filled - 1);
    if (last >= this.#text.at && last < this.#text.filled) this.#text.countLinesTo(last + 1);
    if (final && this.#text.at < this.#text.filled) {
      this.#text.line++;
      this.#text.at = this.#text.filled;
    }
  }

  /** Tries to begin a dump at an opening that stands at `hit` of the line [start, end). */
  #open(start: number, hit: number, end: number, next: number, final: boolean): 'opened' | 'refused' | 'refused at a glance' | 'wait' {
    const openings = openingsAt(this.#text.bytes, hit, end);
    const glanced = glance(this.#text, openings, hit, final);
    if (glanced !== 'go on') return glanced === 'wait' ? glanced : 'refused at a glance';
    if (isNothing(this.#text, openings, start, hit, end)) return 'refused';
    if (this.#depth < MOST_DEPTH) {
      const session = this.#openSession(start, hit, end, next, final);
      if (session !== 'refused') return session;
      if (this.#openOneLine(start, hit, end)) {
        this.#text.at = next;
        this.#text.floor = next;
        this.#text.line++;
        return 'opened';
      }
    }
    for (const { grammar, escaped } of openings) {
      if (escaped) continue;
      if (grammar.kind !== 'aside' && grammar.followedBy !== undefined) {
        const nextEnd = this.#text.lineEnd(next);
        if (nextEnd < 0 && !final && this.#text.filled - next < LONGEST_LINE) return 'wait';
        const following = next >= this.#text.filled ? '' : textOf(this.#text.content(next, nextEnd < 0 ? this.#text.filled : nextEnd));
        if (!grammar.followedBy.test(following)) continue;
      }
      if (grammar.kind === 'json') {
        const answer = this.#report.open(grammar, start, hit, final);
        if (answer !== 'refused') return answer;
      } else if (grammar.kind === 'stacks') {
        if (this.#stack.open(grammar, start, hit, end, next)) return 'opened';
      } else if (grammar.kind === 'aside' ? this.#aside.open(grammar, start, hit, end) : this.#dump.open(grammar, start, hit, end, next)) {
        this.#text.at = next;
        this.#text.line++;
        return 'opened';
      }
    }
    return 'refused';
  }

  // --- in a collector's records --------------------------------------------------------------------------------------

  #openSession(start: number, hit: number, end: number, next: number, final: boolean): 'opened' | 'refused' | 'wait' {
    // nothing stands before it, and nothing above it is a field of the journal's
    if (hit === start && !this.#text.bytes.subarray(Math.max(this.#text.floor, start - LOOK_BACK), start).includes('__')) return 'refused';
    const first = this.#text.content(start, end);
    const line = latin1(first);
    const opening =
      first.buffer === this.#text.bytes.buffer ? hit - start : line.indexOf(latin1(this.#text.bytes.subarray(hit, Math.min(hit + 8, end))));
    const unwrapper = recogniseEnvelope(line, opening, () => this.#text.linesAbove(start).map(({ line: bytes }) => latin1(bytes)));
    if (unwrapper === null) return 'refused';
    if (unwrapper.guessed) {
      // text that only looks like a collector's (`50%|## | Timeout (…)!`) does not come again
      const nextEnd = this.#text.lineEnd(next);
      if (nextEnd < 0 && !final) return 'wait';
      const second = this.#text.content(next, nextEnd < 0 ? this.#text.filled : nextEnd);
      if (next >= this.#text.filled || unwrapper.take(second) === null) return 'refused';
    }
    const pool: ReaderPool = {
      take: (sink) => this.#takeReader(sink),
      give: (reader) => {
        if (this.#spare.length < MOST_SPARE) this.#spare.push(reader);
      },
    };
    this.#session = new LogSession(unwrapper, pool, this.#sink);
    this.#session.lookBack(this.#text.linesAbove(start).reverse(), first);
    return 'opened';
  }

  #takeReader(sink: DumpSink): TextReader {
    const reader = this.#spare.pop() ?? new TextReader(this.#meanings, sink, this.#depth + 1);
    reader.begin(sink);
    return reader;
  }

  #readSession(session: LogSession, final: boolean): void {
    while (this.#text.at < this.#text.filled) {
      let end = this.#text.lineEnd(this.#text.at);
      if (end < 0) {
        if (!final) return;
        end = this.#text.filled;
      }
      session.take(this.#text.content(this.#text.at, end), this.#text.line);
      this.#text.line++;
      this.#text.at = Math.min(end + 1, this.#text.filled);
      if (session.open) continue;
      this.#finishSession();
      return;
    }
  }

  #finishSession(): void {
    this.#session?.end();
    this.#session = null;
    this.#text.floor = this.#text.at;
  }

  /** A dump whose line feeds were written as something else: its lines are read apart, and taken when they are a dump with frames. */
  #openOneLine(start: number, hit: number, end: number): boolean {
    if (end - hit < LEAST_ONE_LINE) return false;
    for (const lines of splitOneLine(decode(this.#text.bytes, hit, trimEnd(this.#text.bytes, hit, end)))) {
      const found: (() => void)[] = [];
      let frames = 0;
      const [line, around] = [
        this.#text.line,
        { prefix: decode(this.#text.bytes, start, hit), above: this.#text.above(start), record: null },
      ];
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
}

function textOf(bytes: Uint8Array): string {
  return decode(bytes, 0, bytes.length);
}
