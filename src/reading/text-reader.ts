import { isUtf8 } from 'node:buffer';
import { stripVTControlCharacters } from 'node:util';
import {
  CONFIRM_BYTES,
  GRAMMARS,
  type Grammar,
  type JsonGrammar,
  type LineGrammar,
  type LineToken,
  type ReportedDump,
} from '../../grammars/index.js';
import type { Bytes, LineNumber, Tables, Thread, Warning } from '../model/index.js';
import { DumpAssembler, type DraftDump, type Meaning } from './assembler.js';
import { JsonCollector } from './json-collector.js';
import { LineCache } from './line-cache.js';
import { Matcher } from './matcher.js';
import { Prefix } from './prefix.js';

/** What stood around a dump in its input: where its time and process may be told. */
export interface Surroundings {
  /** What a log collector put before the dump's first line. */
  readonly prefix: string;
  /** The lines above it, nearest first, down to the end of the dump before. */
  readonly above: readonly string[];
}

/** Receives the dumps of one input in the order of the text. */
export interface DumpSink {
  lines(grammar: LineGrammar, draft: DraftDump, around: Surroundings): void;
  report(grammar: JsonGrammar, dump: ReportedDump, line: LineNumber, around: Surroundings): void;
  warn(warning: Warning): void;
}

/** Longer lines are no line of a dump: their middle is skipped, never held in memory. */
const LONGEST_LINE: Bytes = 1 << 20;
/** What is kept of the text above a dump, to look for its time. */
const LOOK_BACK: Bytes = 4096;
const LINES_ABOVE = 16;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;

interface Opening {
  readonly grammar: Grammar;
  readonly literal: Uint8Array;
}

/**
 * Finds the dumps in a stream of UTF-8 (or Latin-1) bytes. Three states:
 *
 *   scanning   between dumps. Only the formats' openings are searched for, all in one pass; lines are counted, not
 *              decoded. An opening that its grammar accepts → in a dump; a JSON opening that is confirmed → in a report.
 *   in a dump  each line, freed of its prefix, gets its meaning from the cache or the grammar and goes to the assembler.
 *              A line that the assembler refuses → scanning, from that line on.
 *   in a report  bytes go to the collector up to the closing brace → scanning, from the byte after it.
 */
export class TextReader {
  readonly #tables: Tables;
  #sink: DumpSink;
  readonly #matcher: Matcher;
  readonly #openings: readonly Opening[];
  readonly #caches = new Map<LineGrammar, LineCache<Meaning>>();

  #buffer = Buffer.alloc(1 << 19);
  #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
  /** The buffer holds bytes [0, #filled); those before #at have been read and are kept for looking back. */
  #filled = 0;
  #at = 0;
  #line: LineNumber = 1;
  /** Where the text that may be looked back at begins: after the last dump. */
  #floor = 0;

  #dump: {
    assembler: DumpAssembler;
    grammar: LineGrammar;
    cache: LineCache<Meaning>;
    prefix: Prefix | null;
    coloured: boolean;
    around: Surroundings;
  } | null = null;
  #report: { collector: JsonCollector; grammar: JsonGrammar; line: LineNumber; around: Surroundings } | null = null;
  /** First half of a thread head that goes on in the next line. */
  #unfinished: string | null = null;
  #skippingLongLine = false;
  readonly #recent = new Map<string, Thread>();
  #blanksKept = false;

  constructor(tables: Tables, sink: DumpSink) {
    this.#tables = tables;
    this.#sink = sink;
    this.#openings = GRAMMARS.flatMap((grammar) => grammar.openings.map((text) => ({ grammar, literal: Buffer.from(text, 'latin1') })));
    this.#matcher = new Matcher(GRAMMARS.flatMap((grammar) => grammar.openings));
  }

  /** Ready for the next input. What was learnt of lines stays: the files of a folder repeat each other. */
  begin(sink: DumpSink): void {
    this.#sink = sink;
    this.#filled = 0;
    this.#at = 0;
    this.#line = 1;
    this.#floor = 0;
    this.#skippingLongLine = false;
    this.#blanksKept = false;
  }

  /** Lines read so far. */
  get lines(): number {
    return this.#line - 1;
  }

  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length;) {
      this.#makeRoom();
      const room = Math.min(this.#buffer.length - this.#filled, chunk.length - from);
      this.#buffer.set(chunk.subarray(from, from + room), this.#filled);
      this.#filled += room;
      from += room;
      this.#read(false);
    }
  }

  end(): void {
    this.#read(true);
    if (this.#report) this.#finishReport(false);
    this.#finishDump();
  }

  /** Forgets what has been read, but for the text that may be looked back at. */
  #makeRoom(): void {
    const keep = Math.max(0, this.#at - LOOK_BACK, Math.min(this.#floor, this.#at));
    if (keep > 0 && (this.#filled === this.#buffer.length || keep > this.#buffer.length / 2)) {
      this.#buffer.copyWithin(0, keep, this.#filled);
      this.#filled -= keep;
      this.#at -= keep;
      this.#floor = Math.max(0, this.#floor - keep);
    }
    if (this.#filled < this.#buffer.length) return;
    if (this.#buffer.length <= LONGEST_LINE) {
      const wider = Buffer.alloc(this.#buffer.length * 2);
      this.#buffer.copy(wider, 0, 0, this.#filled);
      this.#buffer = wider;
      this.#view = new DataView(wider.buffer, wider.byteOffset, wider.length);
      return;
    }
    // one line fills the buffer: what stands there is not part of a dump, its rest is skipped
    this.#skippingLongLine = true;
    this.#finishDump();
    this.#at = 0;
    this.#filled = 0;
    this.#floor = 0;
  }

  #read(final: boolean): void {
    for (let moved = true; moved && this.#at < this.#filled;) {
      const [at, dump, report] = [this.#at, this.#dump, this.#report];
      if (this.#skippingLongLine) this.#skipLongLine();
      else if (this.#report) this.#readReport();
      else if (this.#dump) this.#readDump(final);
      else this.#scan(final);
      moved = this.#at !== at || this.#dump !== dump || this.#report !== report;
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
    for (;;) {
      const hit = this.#matcher.search(bytes, from, this.#filled);
      if (hit < 0) break;
      const lineEnd = this.#lineEnd(hit);
      this.#countLinesTo(hit);
      if (lineEnd < 0 && !final && this.#filled - this.#at < LONGEST_LINE) return; // the line's rest is still to come
      const end = lineEnd < 0 ? this.#filled : lineEnd;
      const opened = this.#open(this.#at, hit, end, lineEnd < 0 ? this.#filled : lineEnd + 1, final);
      if (opened === 'wait') return;
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

  /** Moves to the beginning of the line that holds `target`. */
  #countLinesTo(target: number): void {
    const bytes = this.#buffer;
    for (let end = bytes.indexOf(LF, this.#at); end >= 0 && end < target; end = bytes.indexOf(LF, end + 1)) {
      this.#line++;
      this.#at = end + 1;
    }
  }

  #lineEnd(from: number): number {
    const end = this.#buffer.indexOf(LF, from);
    return end < this.#filled ? end : -1;
  }

  /** Tries to begin a dump at an opening that stands at `hit` of the line [start, end). */
  #open(start: number, hit: number, end: number, next: number, final: boolean): 'opened' | 'refused' | 'wait' {
    for (const { grammar, literal } of this.#openings) {
      if (!literalAt(this.#buffer, hit, end, literal)) continue;
      if (grammar.kind === 'json') {
        const answer = this.#openReport(grammar, start, hit, final);
        if (answer !== 'refused') return answer;
      } else if (this.#openDump(grammar, start, hit, end)) {
        this.#at = next;
        this.#line++;
        return 'opened';
      }
    }
    return 'refused';
  }

  #openDump(grammar: LineGrammar, start: number, hit: number, end: number): boolean {
    const plain = this.#plain(start, end);
    const shift = plain === null ? 0 : plain.indexOf(this.#buffer.subarray(hit, Math.min(hit + 4, end)));
    const bytes = plain ?? this.#buffer;
    const [from, opening, to] = plain === null ? [start, hit, trimEnd(this.#buffer, start, end)] : [0, Math.max(shift, 0), plain.length];
    const cache = this.#cacheOf(grammar);
    const meaning = plain === null ? cache.get(bytes, this.#view, opening, to) : this.#meaning(grammar, bytes, opening, to);
    const { token } = meaning;
    if (token.is === 'unfinished') {
      this.#unfinished = decode(bytes, opening, to);
    } else if (!BEGINS.has(token.is)) return false;
    const before = bytes.subarray(from, opening);
    const prefix = /\S/.test(decode(before, 0, before.length).replaceAll('\0', '')) ? new Prefix(before) : null;
    const above = this.#above(start);
    const assembler = new DumpAssembler(grammar, this.#tables, this.#line, {
      blanksKept: this.#blanksKept,
      quoted: prefix !== null,
      warn: (warning) => this.#sink.warn(warning),
      recent: this.#recent,
    });
    this.#dump = { assembler, grammar, cache, prefix, coloured: plain !== null, around: { prefix: prefix?.text ?? '', above } };
    if (token.is !== 'unfinished') assembler.feed(meaning, this.#line);
    return true;
  }

  /** The lines above the one at `start`, nearest first. */
  #above(start: number): string[] {
    const text = decode(this.#buffer, Math.max(this.#floor, start - LOOK_BACK), start);
    return text.split('\n').slice(0, -1).slice(-LINES_ABOVE).reverse();
  }

  // --- in a dump ---------------------------------------------------------------------------------------------------

  #readDump(final: boolean): void {
    const dump = this.#dump!;
    const bytes = this.#buffer;
    const { assembler, cache, prefix } = dump;
    while (this.#at < this.#filled) {
      // most lines are the ones that followed last time: no search for their end, no text made of them
      let from = prefix === null ? this.#at : prefix.stripAtOnce(bytes, this.#at, this.#filled);
      const length = from < 0 || this.#unfinished !== null ? -1 : cache.expectedLength(bytes, this.#view, from, this.#filled);
      let to = from + length;
      let next = to + 1;
      let meaning: Meaning;
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
        if (plain !== null) meaning = this.#plainMeaning(dump.grammar, plain, prefix);
        else {
          const stripped = prefix === null ? -1 : prefix.strip(bytes, this.#at, to);
          from = stripped >= 0 ? stripped : this.#at;
          meaning = this.#unfinished === null ? cache.get(bytes, this.#view, from, to) : this.#join(dump.grammar, from, to);
        }
      }
      const fed = assembler.feed(meaning, this.#line);
      if (fed === 'ended' || (fed === 'foreign' && this.#opensAnother(from, to))) {
        this.#floor = this.#at;
        this.#finishDump();
        return;
      }
      this.#line++;
      this.#at = next;
    }
  }

  /** A foreign line inside a dump may be the first of the next one, glued to unfinished output. */
  #opensAnother(from: number, to: number): boolean {
    for (let hit = this.#matcher.search(this.#buffer, from, to); hit >= 0; hit = this.#matcher.search(this.#buffer, hit + 1, to)) {
      for (const { grammar, literal } of this.#openings) {
        if (!literalAt(this.#buffer, hit, to, literal)) continue;
        if (grammar.kind === 'json') return true;
        if (BEGINS.has(grammar.line.tryParse(decode(this.#buffer, hit, to)).is)) return true;
      }
    }
    return false;
  }

  #join(grammar: LineGrammar, from: number, to: number): Meaning {
    const text = `${this.#unfinished}\n${decode(this.#buffer, from, to)}`;
    this.#unfinished = null;
    return this.#intern(grammar.line.tryParse(text), text);
  }

  #finishDump(): void {
    const dump = this.#dump;
    if (dump === null) return;
    this.#dump = null;
    this.#unfinished = null;
    const drafts = dump.assembler.finish();
    this.#blanksKept ||= dump.assembler.sawBlankBetweenThreads;
    // what stood around the first of two dumps says nothing of the second
    for (const [i, draft] of drafts.entries()) this.#sink.lines(dump.grammar, draft, i === 0 ? dump.around : NOWHERE);
  }

  #cacheOf(grammar: LineGrammar): LineCache<Meaning> {
    let cache = this.#caches.get(grammar);
    if (cache === undefined) {
      cache = new LineCache((bytes, from, to) => this.#meaning(grammar, bytes, from, to));
      this.#caches.set(grammar, cache);
    }
    return cache;
  }

  #meaning(grammar: LineGrammar, bytes: Uint8Array, from: number, to: number): Meaning {
    let text = decode(bytes, from, to);
    if (text.includes('\x1b')) text = stripVTControlCharacters(text);
    return this.#intern(grammar.line.tryParse(text), text);
  }

  #intern(token: LineToken, text: string): Meaning {
    return {
      token,
      frame: token.is === 'frame' ? this.#tables.frames.intern(token.frame) : -1,
      separator: token.is === 'other' && SEPARATOR.test(text),
    };
  }

  /** The meaning of a line that was freed of control sequences, which may stand inside the prefix. */
  #plainMeaning(grammar: LineGrammar, plain: Buffer, prefix: Prefix | null): Meaning {
    const stripped = prefix === null ? 0 : prefix.strip(plain, 0, plain.length);
    return this.#meaning(grammar, plain, Math.max(stripped, 0), plain.length);
  }

  /** The line without terminal control sequences, or null when it has none. */
  #plain(start: number, end: number): Buffer | null {
    if (!this.#buffer.subarray(start, end).includes(ESC)) return null;
    return Buffer.from(stripVTControlCharacters(decode(this.#buffer, start, trimEnd(this.#buffer, start, end))), 'utf8');
  }

  // --- in a report -------------------------------------------------------------------------------------------------

  #openReport(grammar: JsonGrammar, start: number, hit: number, final: boolean): 'opened' | 'refused' | 'wait' {
    const bytes = this.#buffer;
    let brace = hit - 1;
    while (brace >= 0 && isSpace(bytes[brace]!)) brace--;
    if (brace < this.#floor || bytes[brace] !== 0x7b) return 'refused';
    if (this.#filled - hit < CONFIRM_BYTES && !final) return 'wait';
    if (!grammar.confirm.test(decode(bytes, hit, Math.min(hit + CONFIRM_BYTES, this.#filled)))) return 'refused';
    let line = this.#line;
    for (let i = brace; i < start; i++) if (bytes[i] === LF) line--;
    const lineStart = bytes.lastIndexOf(LF, brace) + 1;
    const prefix = decode(bytes, Math.max(lineStart, this.#floor), brace);
    this.#report = { collector: new JsonCollector(), grammar, line, around: { prefix, above: this.#above(lineStart) } };
    this.#at = hit;
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
    const dump = json === undefined ? null : grammar.read(json.value, json.complete);
    if (dump === null) return;
    if (json?.overlong)
      this.#sink.warn({ line, code: 'overlong-report', message: 'the report is longer than 64 MiB: only its beginning was read' });
    this.#sink.report(grammar, dump, line, around);
  }
}

/** Lines that programs write between dumps: a rule of signs, with or without a title. */
const SEPARATOR = /^\s*([=\-*#_~+])\1{2,}/;

const NOWHERE: Surroundings = { prefix: '', above: [] };

/** Tokens that a dump can begin with. */
const BEGINS: ReadonlySet<LineToken['is']> = new Set(['cause', 'thread', 'native-head']);

function literalAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  return to > from && bytes[to - 1] === CR ? to - 1 : to;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === CR || byte === 0x09;
}

/** UTF-8 where it is valid, else Latin-1: a name may be any bytes, and none is lost. */
function decode(bytes: Uint8Array, from: number, to: number): string {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  return part.toString(isUtf8(part) ? 'utf8' : 'latin1');
}
