import { CONFIRM_BYTES, parseLine, type LineGrammar, type LineToken } from '../../grammars/index.js';
import type { LineNumber } from '../model/index.js';
import { DumpAssembler, type Meaning } from './assembler.js';
import { NOWHERE, rowsOf, type DumpSink, type Surroundings } from './dump-sink.js';
import type { LineCache } from './line-cache.js';
import { decode } from './decode.js';
import { FOREIGN, type Meanings } from './meanings.js';
import { beginOf, beginsAlone, canBegin, openingsAt } from './openings.js';
import { prefixOf, type Prefix } from './prefix.js';
import { RepeatedThreads } from './repeated-threads.js';
import type { Run } from './run.js';
import { CR, LF, trimEnd, type TextWindow } from './text-window.js';
import { joinWrapped } from './wrapped.js';

/** A dump of a line format whose lines are being read. */
interface Reading {
  readonly assembler: DumpAssembler;
  readonly grammar: LineGrammar;
  readonly cache: LineCache<Meaning>;
  readonly prefix: Prefix | null;
  readonly coloured: boolean;
  readonly around: Surroundings;
  /** What stood above thread heads that foreign lines stand before: there another dump may begin. */
  seams: Map<LineNumber, Surroundings> | null;
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
  /** See {@link Meanings.foreignOf}. */
  readonly foreignBytes: Uint8Array;
}

/** Stacks that are looked at to tell whether a log is newest first. */
const MOST_DIRECTIONS = 32;

/**
 * A dump of a line format: each line, freed of its prefix, gets its meaning from the cache or the grammar and goes to the
 * assembler, until it refuses one.
 */
export class OpenDump {
  readonly #text: TextWindow;
  readonly #meanings: Meanings;
  sink: DumpSink;
  #dump: Reading | null = null;
  /** First half of a thread head that goes on in the next line. */
  #unfinished: string | null = null;
  #blanksKept = false;
  #directions = 0;

  constructor(text: TextWindow, meanings: Meanings, sink: DumpSink) {
    this.#text = text;
    this.#meanings = meanings;
    this.sink = sink;
  }

  /** Goes on with an input that another reader has read so far. */
  learnFrom(other: OpenDump): void {
    this.#blanksKept = other.#blanksKept;
    this.#directions = other.#directions;
  }

  /** Ready for the next input. */
  begin(): void {
    this.#blanksKept = false;
    this.#directions = 0;
  }

  get isOpen(): boolean {
    return this.#dump !== null;
  }

  open(grammar: LineGrammar, start: number, hit: number, end: number, next: number): boolean {
    const plain = this.#text.plain(start, end);
    const shift = plain === null ? 0 : plain.indexOf(this.#text.bytes.subarray(hit, Math.min(hit + 4, end)));
    const bytes = plain ?? this.#text.bytes;
    const [from, found, to] = plain === null ? [start, hit, trimEnd(this.#text.bytes, start, end)] : [0, Math.max(shift, 0), plain.length];
    const opening = beginOf(grammar, bytes, from, found);
    const cache = this.#meanings.cacheOf(grammar);
    if (this.#text.kernel !== null) cache.moveTo(this.#text.kernel);
    const meaning = plain === null ? cache.get(bytes, this.#text.view, opening, to) : this.#meanings.of(grammar, bytes, opening, to);
    const { token } = meaning;
    if (token.is === 'unfinished') {
      this.#unfinished = decode(bytes, opening, to);
    } else if (!canBegin(grammar, token)) return false;
    const prefix = prefixOf(bytes.subarray(from, opening));
    const leading = this.#leading(grammar, token, prefix, start);
    if (leading === null) return false;
    if (token.is === 'thread' && plain === null && grammar.order === 'recent-first' && this.#directions < MOST_DIRECTIONS)
      this.#noteDirection(grammar, prefix, start, next);
    const assembler = new DumpAssembler(grammar, this.#meanings.tables, this.#text.line - leading.length, {
      blanksKept: this.#blanksKept,
      quoted: prefix !== null,
      warn: (warning) => this.sink.warn(warning),
      recent: this.#meanings.recent,
      maker: this.#meanings.makerOf(grammar),
    });
    const around = this.#text.around(start, prefix);
    const foreignBytes = this.#meanings.foreignOf(grammar);
    cache.begin();
    this.#dump = {
      assembler,
      grammar,
      cache,
      prefix,
      coloured: plain !== null,
      around,
      seams: null,
      strangers: false,
      foreign: [],
      width: null,
      run: null,
      place: 0,
      repeated: new RepeatedThreads(this.#text, cache, assembler, prefix, foreignBytes),
      foreignBytes,
    };
    for (const [i, line] of leading.entries()) assembler.feed(line, this.#text.line - leading.length + i);
    this.#text.floor = next;
    if (token.is !== 'unfinished') assembler.feed(meaning, this.#text.line);
    return true;
  }

  /** Lines above the one with the opening that belong to the dump, in the order of the text; null: those that must be there are not. */
  #leading(grammar: LineGrammar, first: LineToken, prefix: Prefix | null, start: number): readonly Meaning[] | null {
    const { tokens, required } = grammar.shape.above;
    const { notBelow } = grammar.shape;
    if (notBelow !== null && !beginsAlone(first)) {
      const [nearest] = this.#text.linesAbove(start);
      if (nearest !== undefined && notBelow.test(textOf(nearest.line))) return null;
    }
    if (tokens.length === 0) return [];
    const found: Meaning[] = [];
    for (const { line } of this.#text.linesAbove(start).slice(0, tokens.length)) {
      const from = Math.max(prefix?.strip(line, 0, line.length) ?? 0, 0);
      const meaning = this.#meanings.of(grammar, line, from, line.length);
      if (meaning.token.is !== tokens[found.length]) break;
      found.unshift(meaning);
    }
    if (found.length === tokens.length) return found;
    return required && !beginsAlone(first) ? null : [];
  }

  /** Whether a stack's frames stand below its head or above it. The outermost function of a stack tells where it ends. */
  #noteDirection(grammar: LineGrammar, prefix: Prefix | null, start: number, next: number): void {
    this.#directions++;
    const functionAt = (from: number): string | null => {
      const end = this.#text.lineEnd(from);
      if (end < 0 || from < 0) return null;
      const to = trimEnd(this.#text.bytes, from, end);
      const content = prefix === null ? from : prefix.strip(this.#text.bytes, from, to);
      const token = parseLine(grammar.line, decode(this.#text.bytes, Math.max(content, from), to));
      return token.is === 'frame' ? token.frame.function : null;
    };
    const below = functionAt(next);
    if (below !== null && !grammar.outermost.has(below)) {
      this.sink.direction(true);
      return;
    }
    const above = start > this.#text.floor + 1 ? functionAt(this.#text.bytes.lastIndexOf(LF, start - 2) + 1) : null;
    if (above !== null && !grammar.outermost.has(above)) this.sink.direction(false);
  }

  read(final: boolean): void {
    const dump = this.#dump!;
    const bytes = this.#text.bytes;
    const { assembler, cache, prefix } = dump;
    while (this.#text.at < this.#text.filled) {
      const awaited = assembler.awaitsHead && this.#mayRepeat(dump);
      if (awaited && this.#takeRepeated(dump)) continue;
      const looked = awaited && dump.repeated.looked;
      // most lines are the ones that followed last time: no search for their end, no text made of them
      let from = prefix === null || looked ? this.#text.at : prefix.stripAtOnce(bytes, this.#text.at, this.#text.filled);
      const length =
        looked || from < 0 || this.#unfinished !== null ? -1 : cache.expectedLength(bytes, this.#text.view, from, this.#text.filled);
      let to = from + length;
      let next = to + 1;
      let meaning: Meaning;
      let more = 0;
      /** The cache has the line and knows its place. */
      let cached = true;
      if (looked) {
        ({ from, to, next } = dump.repeated);
        meaning = cache.take(dump.repeated.line);
      } else if (length >= 0) meaning = cache.takeExpected();
      else {
        let end = this.#text.lineEnd(this.#text.at);
        if (end < 0) {
          if (!final) return;
          end = this.#text.filled;
        }
        next = Math.min(end + 1, this.#text.filled);
        to = end > this.#text.at && bytes[end - 1] === CR ? end - 1 : end;
        const plain = dump.coloured ? this.#text.plain(this.#text.at, to) : null;
        if (plain !== null) {
          from = this.#text.at;
          cached = false;
          meaning = this.#plainMeaning(dump.grammar, plain, prefix);
        } else {
          const stripped = prefix === null ? -1 : prefix.strip(bytes, this.#text.at, to);
          from = stripped >= 0 ? stripped : this.#text.at;
          const foreign = from < to && dump.foreignBytes[bytes[from]!] === 1;
          cached = this.#unfinished === null && !foreign;
          if (cached) meaning = cache.get(bytes, this.#text.view, from, to);
          else if (this.#unfinished !== null) meaning = this.#join(dump.grammar, from, to);
          else {
            cache.leave();
            meaning = FOREIGN;
          }
        }
      }
      if (meaning.partial || (dump.width !== null && dump.width === to - from)) {
        const joined = dump.coloured ? null : this.#joinWrapped(from, to, next, meaning, final);
        if (joined === 'wait') return;
        cached = false;
        if (joined !== null) ({ meaning, next, more } = joined);
      }
      // two dumps may be taken for one until an id comes again: what stood above the second is gone by then
      if (dump.strangers && meaning.frame < 0 && meaning.token.is === 'thread')
        (dump.seams ??= new Map<LineNumber, Surroundings>()).set(this.#text.line, this.#text.around(this.#text.at, prefix));
      const fed = assembler.feed(meaning, this.#text.line);
      if (fed === 'ended' || (fed === 'foreign' && this.#opensAnother(from, to))) {
        this.finish();
        return;
      }
      // lines that follow it without being part of it may tell the time of the next one
      if (fed === 'foreign') {
        dump.strangers = true;
        dump.foreign.push(this.#text.line);
      } else if (meaning.frame >= 0 || meaning.token.is !== 'blank') {
        if (dump.strangers) {
          dump.strangers = false;
          // the line above turns out to be a thread's name
          if (meaning.token.is === 'rule' && dump.foreign.at(-1) === this.#text.line - 1) dump.foreign.pop();
        }
        this.#text.floor = next;
      }
      if (more > 0) assembler.alsoTook(more);
      this.#text.line += 1 + more;
      this.#text.at = next;
      this.#followRun(dump, meaning, cached);
      if (cached && (meaning.frame >= 0 || meaning.token.is === 'thread')) this.#readFrames(dump);
    }
  }

  #mayRepeat(dump: Reading): boolean {
    return !dump.coloured && !dump.strangers && dump.width === null && this.#unfinished === null;
  }

  /** Threads that stand as in an earlier dump, or with other frames and nothing else. */
  #takeRepeated(dump: Reading): boolean {
    const { repeated } = dump;
    const lines = repeated.take();
    if (lines === 0) return false;
    dump.run = null;
    this.#text.line += lines;
    this.#text.at = repeated.reached;
    this.#text.floor = repeated.framesEnd;
    return true;
  }

  /**
   * After a thread's head, and after a frame that was another one last time: the frames that stood there last time.
   *
   * @param cached the line that was read is one of the cache's
   */
  #followRun(dump: Reading, meaning: Meaning, cached: boolean): void {
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
    const count = cache.follow(run, place, dump.prefix, this.#text.bytes, this.#text.view, this.#text.at, this.#text.filled);
    if (count === 0) return;
    this.#text.line += count;
    assembler.frames(run.rows, place, place + count, this.#text.line - 1);
    this.#text.at = cache.reached;
    this.#text.floor = this.#text.at;
    dump.place += count;
  }

  /** The frames that stand below a head or a frame, as far as their lines are known. */
  #readFrames(dump: Reading): void {
    const { assembler, cache, prefix, grammar, run } = dump;
    if (dump.coloured || dump.strangers || dump.width !== null || grammar.shape.sources || !assembler.inFrames) return;
    for (;;) {
      const count = cache.frames(cache.last, Infinity, prefix, this.#text.bytes, this.#text.at, this.#text.filled);
      if (count === 0) return;
      this.#text.line += count;
      assembler.frames(cache.frameRows, 0, count, this.#text.line - 1);
      this.#text.at = cache.reached;
      this.#text.floor = this.#text.at;
      if (run === null) continue;
      run.setFrames(dump.place, cache, count);
      dump.place += count;
    }
  }

  /** A foreign line inside a dump may be the first of the next one, glued to unfinished output. */
  #opensAnother(from: number, to: number): boolean {
    for (let hit = this.#text.search(from, to); hit >= 0; hit = this.#text.search(hit + 1, to)) {
      for (const { grammar, escaped } of openingsAt(this.#text.bytes, hit, to)) {
        if (escaped) continue;
        if (grammar.kind === 'aside') {
          // where stacks are the traceback module's, an exception's frames would look like theirs
          if (this.#dump!.grammar.shape.sources) return true;
          continue;
        }
        if (grammar.kind === 'json') return true;
        if (grammar.kind === 'stacks') {
          if (grammar.glance.test(decode(this.#text.bytes, hit, Math.min(hit + CONFIRM_BYTES, this.#text.filled)))) return true;
          continue;
        }
        const token = parseLine(grammar.line, decode(this.#text.bytes, beginOf(grammar, this.#text.bytes, from, hit), to));
        if (canBegin(grammar, token) && (beginsAlone(token) || !grammar.shape.above.required)) return true;
      }
    }
    return false;
  }

  #join(grammar: LineGrammar, from: number, to: number): Meaning {
    const text = `${this.#unfinished}\n${decode(this.#text.bytes, from, to)}`;
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
    const bytes = this.#text.bytes;
    const ends: number[] = [];
    const asked = { missing: false };
    const lineAfter = (n: number): string | null => {
      const start = n === 1 ? next : ends[n - 2]! + 1;
      const end = this.#text.lineEnd(start);
      asked.missing ||= end < 0 && !final;
      if (start >= this.#text.filled || (end < 0 && !final)) return null;
      ends[n - 1] = end < 0 ? this.#text.filled : end;
      const trimmed = trimEnd(bytes, start, ends[n - 1]!);
      return decode(bytes, Math.max(prefix?.strip(bytes, start, trimmed) ?? start, start), trimmed);
    };
    const text = decode(bytes, from, to);
    const joined = joinWrapped({ text, token: alone.token }, width, lineAfter, (line) => parseLine(grammar.line, line));
    if (joined === null) return asked.missing ? 'wait' : null;
    this.#dump!.width ??= to - from;
    return {
      meaning: this.#meanings.ofText(grammar, joined.text),
      next: Math.min(ends[joined.more - 1]! + 1, this.#text.filled),
      more: joined.more,
    };
  }

  finish(): void {
    const dump = this.#dump;
    if (dump === null) return;
    this.#dump = null;
    this.#unfinished = null;
    const drafts = dump.assembler.finish();
    this.#blanksKept ||= dump.assembler.sawBlankBetweenThreads;
    // what stood around the first of two dumps says nothing of the second
    for (const [i, draft] of drafts.entries())
      this.sink.lines(dump.grammar, draft, i === 0 ? dump.around : (dump.seams?.get(draft.line) ?? NOWHERE), () =>
        rowsOf(draft.line, draft.last, dump.foreign),
      );
  }

  /** The meaning of a line that was freed of control sequences, which may stand inside the prefix. */
  #plainMeaning(grammar: LineGrammar, plain: Buffer, prefix: Prefix | null): Meaning {
    const stripped = prefix === null ? 0 : prefix.strip(plain, 0, plain.length);
    return this.#meanings.of(grammar, plain, Math.max(stripped, 0), plain.length);
  }
}

function textOf(bytes: Uint8Array): string {
  return decode(bytes, 0, bytes.length);
}
