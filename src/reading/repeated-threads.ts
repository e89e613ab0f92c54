import type { Bytes } from '../model/index.js';
import type { DumpAssembler, Meaning } from './assembler.js';
import type { LineCache } from './line-cache.js';
import type { Prefix } from './prefix.js';
import { LONGEST_RUN, type Run } from './run.js';
import { CR, type TextWindow } from './text-window.js';

/**
 * Reads threads of a dump that an earlier dump had too, each as a whole: a head that is known, frames, an empty line, and again a
 * head. Of a thread that has not moved every line is compared with the one that stood there last time and nothing else is done;
 * of one that has, the lines that are others now are looked up. What is not of this form is left to be read line by line.
 */
export class RepeatedThreads {
  readonly #text: TextWindow;
  readonly #cache: LineCache<Meaning>;
  readonly #assembler: DumpAssembler;
  readonly #prefix: Prefix | null;
  readonly #foreignBytes: Uint8Array;
  /** The line that was looked at last: its content, and where the next one begins. */
  from = 0;
  to = 0;
  next = 0;
  /** When {@link take} has read nothing: the line there is the one that was looked at, and {@link LineCache.take} gives it by this number. */
  line = -1;
  looked = false;
  /** Those that it has read. */
  #lines = 0;
  /** What {@link take} has read: up to here, and where the last frame ends. */
  reached = 0;
  framesEnd = 0;

  constructor(text: TextWindow, cache: LineCache<Meaning>, assembler: DumpAssembler, prefix: Prefix | null, foreignBytes: Uint8Array) {
    this.#text = text;
    this.#cache = cache;
    this.#assembler = assembler;
    this.#prefix = prefix;
    this.#foreignBytes = foreignBytes;
  }

  /**
   * Reads threads where the text is at, where a head may stand while the assembler awaits one.
   *
   * @returns the lines that were read; 0 for none
   */
  take(): number {
    const cache = this.#cache;
    const { bytes, view, filled, at, line } = this.#text;
    this.reached = at;
    this.#lines = 0;
    this.looked = false;
    if (!this.#lineAt(at) || this.#foreignBytes[bytes[this.from]!] === 1) return 0;
    const head = cache.lineOf(bytes, view, this.from, this.to);
    let run = head < 0 ? null : cache.runOf(head);
    if (run === null) {
      this.line = head;
      this.looked = head >= 0 || cache.unkept !== null;
      return 0;
    }
    let under = this.next;
    while (run !== null && this.#takes(run)) {
      const whole = cache.walk(run, this.#prefix, bytes, view, under, filled);
      let given = 0;
      let above: Run | null = null;
      for (; given < whole && run !== null && this.#give(run); given++) {
        above = run;
        run = run.next ?? cache.runOf(run.nextHead);
      }
      if (given > 0) {
        this.reached = cache.headAfter(given - 1);
        this.framesEnd = cache.endOf(given - 1);
      }
      if (given < whole || run === null || (given > 0 && !this.#takes(run))) break;
      under = cache.reached;
      if (above !== null && (run.record === 0 || run.record !== cache.walked)) {
        // it was not known, or stood elsewhere, when the run above was told to go on with it
        above.goOnWith(run.line, run);
        continue;
      }
      const place = Math.min(cache.place, run.count);
      const framesEnd = this.#frames(run, place, cache.place > place ? cache.endOf(whole) : under);
      if (framesEnd < 0 || !this.#findNextHead(run) || !this.#give(run)) break;
      this.framesEnd = framesEnd;
      run = run.next ?? cache.runOf(run.nextHead);
      under = this.next;
    }
    if (this.#lines > 0) {
      cache.leave();
      this.#assembler.afterRepeated(this.#lines, line + this.#lines - 1);
    }
    return this.#lines;
  }

  /** The run's head begins one more thread, and what stood under it is worth to be compared. */
  #takes({ head, count, refused }: Run): boolean {
    return head !== null && count > 0 && refused < MOST_REFUSED && !this.#assembler.has(head.id);
  }

  /** The thread of a run stands there. False: it is not one that is taken. */
  #give(run: Run): boolean {
    const { head, count } = run;
    if (head === null || count === 0 || run.refused >= MOST_REFUSED || !this.#assembler.repeated(head, run)) return false;
    this.#lines += count + 2;
    return true;
  }

  /** Reads the frames of a thread from `at` on, where its first `place` have been read, and the empty line below: where the frames end, or -1. */
  #frames(run: Run, place: number, at: Bytes): Bytes {
    const cache = this.#cache;
    const { bytes, view, filled } = this.#text;
    while (place < LONGEST_RUN) {
      const above = place === 0 ? run.line : run.lineAt(place - 1);
      const known = cache.frames(above, LONGEST_RUN - place, this.#prefix, bytes, at, filled);
      if (known > 0) {
        run.setFrames(place, cache, known);
        place += known;
        at = cache.reached;
      }
      if (!this.#lineAt(at)) return -1;
      const line = cache.lineOf(bytes, view, this.from, this.to);
      if (line < 0 || run.lost) return -1;
      const meaning = cache.meaningOf(line);
      if (meaning.frame >= 0 && !meaning.partial) {
        run.set(place++, line, meaning.frame);
        at = this.next;
        continue;
      }
      if (meaning.token.is !== 'blank' || place === 0) break;
      run.end(place);
      run.endWith(line);
      return at;
    }
    run.refused++;
    return -1;
  }

  /** Whether a head stands below the empty line that was looked at last. It is then the one that the run goes on with. */
  #findNextHead(run: Run): boolean {
    const cache = this.#cache;
    const { bytes, view, filled } = this.#text;
    const at = this.next;
    const from = this.#prefix === null ? at : this.#prefix.stripAtOnce(bytes, at, filled);
    if (run.nextHead >= 0 && from >= 0) {
      const next = cache.standsAt(run.nextHead, bytes, view, from, filled);
      if (next >= 0) {
        this.reached = at;
        this.next = next;
        return true;
      }
    }
    if (!this.#lineAt(at)) return false;
    const line = cache.lineOf(bytes, view, this.from, this.to);
    if (line < 0 || run.lost) return false;
    const { token } = cache.meaningOf(line);
    if (token.is !== 'thread' || token.inside === true || token.second === true) {
      run.refused++;
      return false;
    }
    run.goOnWith(line, cache.runOf(line));
    this.reached = at;
    return true;
  }

  /** Looks at the line that begins at `at`; false when its end is not there yet. */
  #lineAt(at: Bytes): boolean {
    const { bytes } = this.#text;
    const feed = this.#text.lineEnd(at);
    if (feed < 0) return false;
    this.next = feed + 1;
    this.to = feed > at && bytes[feed - 1] === CR ? feed - 1 : feed;
    const stripped = this.#prefix === null ? -1 : this.#prefix.strip(bytes, at, this.to);
    this.from = stripped >= 0 ? stripped : at;
    return true;
  }
}

/** A head under which other lines stood this often (locals, source, an end of the dump) is read line by line. */
const MOST_REFUSED = 3;
