import type { LineToken } from '../../grammars/index.js';
import type { Bytes, LineNumber } from '../model/index.js';
import type { DumpAssembler, Meaning } from './assembler.js';
import { LONGEST_RUN, type LineCache, type Run } from './line-cache.js';
import type { Prefix } from './prefix.js';

type Head = LineToken & { is: 'thread' };

/**
 * Reads threads of a dump that an earlier dump had too, each as a whole: a head that is known, frames, an empty line, and again a
 * head. Of a thread that has not moved every line is compared with the one that stood there last time and nothing else is done;
 * of one that has, the lines that are others now are looked up. What is not of this form is left to be read line by line.
 */
export class RepeatedThreads {
  readonly #cache: LineCache<Meaning>;
  readonly #assembler: DumpAssembler;
  readonly #prefix: Prefix | null;
  /** The line that was looked at last: its content, and where the next one begins. */
  #from = 0;
  #to = 0;
  #next = 0;
  /** What {@link take} has read: up to here, and where the last frame ends. */
  reached = 0;
  framesEnd = 0;

  constructor(cache: LineCache<Meaning>, assembler: DumpAssembler, prefix: Prefix | null) {
    this.#cache = cache;
    this.#assembler = assembler;
    this.#prefix = prefix;
  }

  /**
   * Reads threads from `at` on, where a head may stand while the assembler awaits one.
   *
   * @param line the number of the line at `at`
   * @returns the lines that were read; 0 for none
   */
  take(bytes: Uint8Array, view: DataView, at: Bytes, end: Bytes, line: LineNumber): number {
    const cache = this.#cache;
    let lines = 0;
    this.reached = at;
    if (!this.#lineAt(bytes, at, end)) return 0;
    let headLine = cache.lineOf(bytes, view, this.#from, this.#to);
    while (headLine >= 0) {
      const run = cache.runOf(headLine);
      if (run === null || run.count === 0 || run.refused >= MOST_REFUSED) break;
      const head = headOf(cache.meaningOf(headLine));
      if (head === null || !this.#assembler.takesRepeated(head)) break;
      const framesEnd = this.#frames(run, bytes, view, end);
      if (framesEnd < 0) break;
      headLine = cache.headAt >= 0 ? this.#headAgain(run) : this.#nextHead(run, bytes, view, end);
      if (headLine < 0) break;
      const count = run.count + 2;
      lines += count;
      this.#assembler.repeated(head, run, count, line + lines - 1);
      this.framesEnd = framesEnd;
    }
    if (lines > 0) cache.leave();
    return lines;
  }

  /** Reads the frames of a thread whose head was the line looked at last, and the empty line below: where the frames end, or -1. */
  #frames(run: Run, bytes: Uint8Array, view: DataView, end: Bytes): Bytes {
    const cache = this.#cache;
    let at = this.#next;
    for (let place = 0; place < LONGEST_RUN;) {
      place += cache.follow(run, place, this.#prefix, bytes, view, at, end);
      at = cache.reached;
      if (cache.headAt >= 0) return at;
      if (!this.#lineAt(bytes, at, end)) return -1;
      const line = cache.lineOf(bytes, view, this.#from, this.#to);
      if (line < 0 || run.lost) return -1;
      const meaning = cache.meaningOf(line);
      if (meaning.frame >= 0 && !meaning.partial) {
        run.set(place++, line, meaning.frame);
        at = this.#next;
        continue;
      }
      if (meaning.token.is !== 'blank' || place === 0) break;
      run.end(place);
      run.blank = line;
      return at;
    }
    run.refused++;
    return -1;
  }

  /** The head that stood after these frames and a blank line last time, and does so again. */
  #headAgain(run: Run): number {
    this.reached = this.#cache.headAt;
    this.#next = this.#cache.afterHead;
    return run.nextHead;
  }

  /** The head below the empty line that was looked at last, or -1. */
  #nextHead(run: Run, bytes: Uint8Array, view: DataView, end: Bytes): number {
    const cache = this.#cache;
    const at = this.#next;
    const from = this.#prefix === null ? at : this.#prefix.stripAtOnce(bytes, at, end);
    if (run.nextHead >= 0 && from >= 0) {
      const next = cache.standsAt(run.nextHead, bytes, view, from, end);
      if (next >= 0) {
        this.reached = at;
        this.#next = next;
        return run.nextHead;
      }
    }
    if (!this.#lineAt(bytes, at, end)) return -1;
    const line = cache.lineOf(bytes, view, this.#from, this.#to);
    if (line < 0 || run.lost) return -1;
    const head = headOf(cache.meaningOf(line));
    if (head === null || head.inside === true || head.second === true) {
      run.refused++;
      return -1;
    }
    run.nextHead = line;
    this.reached = at;
    return line;
  }

  /** Looks at the line that begins at `at`; false when its end is not there yet. */
  #lineAt(bytes: Uint8Array, at: Bytes, end: Bytes): boolean {
    const feed = bytes.indexOf(LF, at);
    if (feed < 0 || feed >= end) return false;
    this.#next = feed + 1;
    this.#to = feed > at && bytes[feed - 1] === CR ? feed - 1 : feed;
    const stripped = this.#prefix === null ? -1 : this.#prefix.strip(bytes, at, this.#to);
    this.#from = stripped >= 0 ? stripped : at;
    return true;
  }
}

function headOf({ token }: Meaning): Head | null {
  return token.is === 'thread' ? token : null;
}

/** A head under which other lines stood this often (locals, source, an end of the dump) is read line by line. */
const MOST_REFUSED = 3;
const LF = 0x0a;
const CR = 0x0d;
