import type { LineNumber, Warning } from '../model/index.js';
import { OPENING_MATCHER } from './openings.js';
import type { DumpSink, LineRange, Rows, Surroundings } from './dump-sink.js';
import type { TextReader } from './text-reader.js';
import type { LogRecord, RecordOrigin, Unwrapper } from './unwrap.js';

/** Sources that are read at the same time. A log of more is one of lines that only look like a collector's. */
const MOST_STREAMS = 256;
/** Lines without the envelope in a row after which the log is no longer that of a collector. */
const MOST_STRANGERS = 32;

/** Readers for the lines of one source each, used again and again. */
export interface ReaderPool {
  take(sink: DumpSink): TextReader;
  give(reader: TextReader): void;
}

/**
 * Lines of a log whose collector tells whose each line is, cuts lines into pieces or wraps them in records. Opened where
 * a dump begins; each source's lines, taken out of the envelope, go to a reader of their own, so that dumps of two
 * services that are written line by line are two dumps. Open as long as one of them is in a dump.
 */
export class LogSession {
  readonly #unwrap: Unwrapper;
  readonly #pool: ReaderPool;
  readonly #sink: DumpSink;
  readonly #streams = new Map<string, Stream>();
  #last: Stream | null = null;
  #strangers = 0;

  constructor(unwrap: Unwrapper, pool: ReaderPool, sink: DumpSink) {
    this.#unwrap = unwrap;
    this.#pool = pool;
    this.#sink = sink;
  }

  /** A source is within a dump, or a record is begun. */
  get open(): boolean {
    if (this.#strangers > MOST_STRANGERS) return false;
    if (this.#unwrap.pending) return true;
    for (const stream of this.#streams.values()) if (stream.busy) return true;
    return false;
  }

  /**
   * The lines above the first one, oldest first, from which its time and a record's beginning may be told.
   *
   * @param first the line that is to come
   */
  lookBack(above: readonly { readonly line: Uint8Array; readonly number: LineNumber }[], first: Uint8Array): void {
    if (this.#unwrap.spans) {
      for (const { line } of above) this.#unwrap.take(line);
      return;
    }
    const key = this.#unwrap.take(first)?.[0]?.key;
    for (const { line, number } of above) {
      for (const record of this.#unwrap.take(line) ?? []) if (record.key === key) this.#streamOf(record)?.take(record, number);
    }
  }

  /** A line of the log, without its end. */
  take(line: Uint8Array, number: LineNumber): void {
    const records = this.#unwrap.take(line);
    if (records === null) {
      this.#strangers++;
      // a line of nobody, within somebody's dump: it says itself whether it belongs to it
      if (this.#last?.busy === true) this.#last.takeStranger(line, number);
      return;
    }
    this.#strangers = 0;
    for (const record of records) {
      const known = this.#streams.get(record.key);
      if (known === undefined && OPENING_MATCHER.search(record.content, 0, record.content.length) < 0) continue;
      const stream = known ?? this.#streamOf(record);
      if (stream === null) continue;
      stream.take(record, number - record.back);
      this.#last = stream;
    }
  }

  end(): void {
    for (const stream of this.#streams.values()) this.#pool.give(stream.end());
    this.#streams.clear();
  }

  #streamOf(record: LogRecord): Stream | null {
    let stream = this.#streams.get(record.key);
    if (stream === undefined) {
      if (this.#streams.size >= MOST_STREAMS) {
        const idle = [...this.#streams].find(([, candidate]) => !candidate.busy);
        if (idle === undefined) return null;
        this.#streams.delete(idle[0]);
        this.#pool.give(idle[1].end());
      }
      stream = new Stream((sink) => this.#pool.take(sink), this.#sink, this.#unwrap.waits);
      this.#streams.set(record.key, stream);
    }
    return stream;
  }
}

const LINE_FEED = Buffer.from('\n');

/** The lines of one source on their way to its reader, and the dumps on their way back. */
class Stream implements DumpSink {
  readonly #reader: TextReader;
  readonly #sink: DumpSink;
  readonly #waits: boolean;
  /** The reader has got no line feed after the last text. */
  #unended = false;
  #continued = false;
  /** Of the reader's lines from `#base` on: the line of the input, and what its envelope told. */
  #base: LineNumber = 1;
  #numbers: LineNumber[] = [];
  #origins: (RecordOrigin | null)[] = [];

  constructor(makeReader: (sink: DumpSink) => TextReader, sink: DumpSink, waits: boolean) {
    this.#sink = sink;
    this.#waits = waits;
    this.#reader = makeReader(this);
  }

  get busy(): boolean {
    return this.#reader.busy;
  }

  take({ content, about, joins, more }: LogRecord, number: LineNumber): void {
    if (this.#unended && !joins && !this.#continued) this.#endLine();
    if (!this.#unended) this.#begin(number, about);
    for (let at = content.indexOf(LF); at >= 0 && at < content.length - 1; at = content.indexOf(LF, at + 1)) this.#begin(number, about);
    this.#reader.push(content);
    this.#continued = more;
    this.#unended = true;
    if (!more && !this.#waits) this.#endLine();
  }

  /** A line that stands among the source's without being marked as its own. */
  takeStranger(line: Uint8Array, number: LineNumber): void {
    if (this.#unended) this.#endLine();
    this.#begin(number, null);
    this.#reader.push(line);
    this.#unended = true;
    this.#endLine();
  }

  /** The reader, done with all that was given to it. */
  end(): TextReader {
    if (this.#unended) this.#endLine();
    this.#reader.end();
    return this.#reader;
  }

  lines(...[grammar, draft, around, rows]: Parameters<DumpSink['lines']>): void {
    const place = this.#placeOf(draft.line, draft.lines, draft.last);
    this.#sink.lines(grammar, { ...draft, ...place }, this.#around(draft.line, around), () => this.#rowsOf(rows));
  }

  report(...[grammar, dump, { line, lines }, around, rows]: Parameters<DumpSink['report']>): void {
    this.#sink.report(grammar, dump, this.#placeOf(line, lines, line + lines - 1), this.#around(line, around), () => this.#rowsOf(rows));
  }

  aside(...[grammar, { line, lines }, text]: Parameters<DumpSink['aside']>): void {
    this.#sink.aside(grammar, this.#placeOf(line, lines, line + lines - 1), text);
  }

  warn(warning: Warning): void {
    this.#sink.warn(warning.line === null ? warning : { ...warning, line: this.#numberOf(warning.line) });
  }

  direction(forward: boolean): void {
    this.#sink.direction(forward);
  }

  #endLine(): void {
    this.#unended = false;
    this.#continued = false;
    this.#reader.push(LINE_FEED);
    if (this.#reader.busy || this.#numbers.length < KEPT_LINES * 2) return;
    // between dumps only the lines that may be looked back at are needed
    const dropped = this.#numbers.length - KEPT_LINES;
    this.#numbers = this.#numbers.slice(dropped);
    this.#origins = this.#origins.slice(dropped);
    this.#base += dropped;
  }

  #begin(number: LineNumber, about: RecordOrigin | null): void {
    this.#numbers.push(number);
    this.#origins.push(about ?? this.#origins.at(-1) ?? null);
    this.#unended = true;
  }

  /** Where lines of the source stand in the input: a record may hold many of them, and those of others stand between. */
  #placeOf(first: LineNumber, count: number, last: LineNumber): { line: LineNumber; lines: number; last: LineNumber } {
    const [from, to] = [this.#numberOf(first), this.#numberOf(last)];
    return { line: from, lines: Math.min(count, to - from + 1), last: to };
  }

  /** Lines of the source as lines of the input: others stand between them, and a record may hold several. */
  #rowsOf(rows: Rows): LineRange[] {
    const found: [LineNumber, LineNumber][] = [];
    for (const [first, last] of rows()) {
      for (let line = first; line <= last; line++) {
        const number = this.#numberOf(line);
        const before = found.at(-1);
        if (before !== undefined && number <= before[1] + 1) before[1] = Math.max(before[1], number);
        else found.push([number, number]);
      }
    }
    return found;
  }

  #numberOf(line: LineNumber): LineNumber {
    return this.#numbers[line - this.#base] ?? this.#lastNumber();
  }

  #lastNumber(): LineNumber {
    return this.#numbers.at(-1) ?? 1;
  }

  #around(line: LineNumber, around: Surroundings): Surroundings {
    const about = this.#origins[line - this.#base] ?? null;
    if (about === null) return around;
    const inner = around.record;
    return {
      ...around,
      record: {
        time: inner?.time ?? about.time,
        source: [about.source, inner?.source ?? null].filter((name) => name !== null).join(' ') || null,
        pid: inner?.pid ?? about.pid,
      },
    };
  }
}

const LF = 0x0a;
const KEPT_LINES = 64;
