import { stripVTControlCharacters } from 'node:util';
import type { Bytes, LineNumber } from '../model/index.js';
import type { Surroundings } from './dump-sink.js';
import type { Kernel } from './kernel/kernel.js';
import { decode } from './decode.js';
import { OPENING_MATCHER } from './openings.js';
import type { Prefix } from './prefix.js';

/** Longer lines are no line of a dump: their middle is skipped, never held in memory. */
export const LONGEST_LINE: Bytes = 1 << 20;
/** What is kept of the text above a dump, to look for its time. */
export const LOOK_BACK: Bytes = 4096;
const LINES_ABOVE = 16;
/** Less is not worth a read of its own. */
const LEAST_ROOM: Bytes = 1 << 18;
export const LF = 0x0a;
export const CR = 0x0d;
const ESC = 0x1b;

/**
 * The part of an input that is at hand: what was read last, with some of what stands above it, and what is still to be read.
 * Places are offsets in {@link TextWindow.bytes}.
 */
export class TextWindow {
  bytes: Buffer;
  view: DataView;
  /** In whose memory the bytes are, and where there. */
  kernel: Kernel | null = null;
  #place: Bytes = 0;
  /** It holds bytes [0, filled); those before `at` have been read and are kept for looking back. */
  filled = 0;
  at = 0;
  /** Bytes of the input before it. */
  base: Bytes = 0;
  /** The line that holds the byte at `at`, or begins with it. */
  line: LineNumber = 1;
  /** Where the text that may be looked back at begins: after the last dump. */
  floor = 0;
  /** It is within a line that is too long to be held. */
  skipping = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Ready for the next input. */
  begin(): void {
    this.filled = 0;
    this.at = 0;
    this.base = 0;
    this.line = 1;
    this.floor = 0;
    this.skipping = false;
  }

  /** Takes as much of `chunk` from `from` on as there is room for: its length. There is room after {@link makeRoom}. */
  take(chunk: Uint8Array, from: number): Bytes {
    const room = Math.min(this.bytes.length - this.filled, chunk.length - from);
    const isThere = chunk.buffer === this.bytes.buffer && chunk.byteOffset + from === this.bytes.byteOffset + this.filled;
    if (!isThere) this.bytes.set(room === chunk.length ? chunk : chunk.subarray(from, from + room), this.filled);
    this.filled += room;
    return room;
  }

  /** Where the next chunk may be written before it is taken. Null: there is too little room to be worth it. */
  get room(): Uint8Array | null {
    if (this.skipping || !this.makeRoom() || this.bytes.length - this.filled < LEAST_ROOM) return null;
    return this.bytes.subarray(this.filled);
  }

  /** What has been read, in other bytes, as many or more. */
  moveTo(bytes: Buffer, kernel: Kernel | null): void {
    this.bytes.copy(bytes, 0, 0, this.filled);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.kernel = kernel;
    this.#place = bytes.byteOffset;
  }

  /** Forgets what has been read, but for the text that may be looked back at. False: one line fills it, and may not be held any longer. */
  makeRoom(): boolean {
    const keep = Math.max(0, this.at - LOOK_BACK, Math.min(this.floor, this.at));
    if (keep > 0 && (this.filled === this.bytes.length || keep > this.bytes.length / 2)) {
      this.bytes.copyWithin(0, keep, this.filled);
      this.filled -= keep;
      this.at -= keep;
      this.base += keep;
      this.floor = Math.max(0, this.floor - keep);
    }
    if (this.filled < this.bytes.length) return true;
    if (this.bytes.length > LONGEST_LINE) return false;
    const wider = this.kernel?.allocate(this.bytes.length * 2) ?? null;
    this.moveTo(wider ?? Buffer.alloc(this.bytes.length * 2), wider === null ? null : this.kernel);
    return true;
  }

  /** Leaves the line that fills it: what stands there is not part of a dump, its rest is skipped. */
  beginSkipping(): void {
    this.skipping = true;
    this.base += this.filled;
    this.at = 0;
    this.filled = 0;
    this.floor = 0;
  }

  /** Goes on behind the line that was too long, when its end is there. */
  skip(): void {
    const end = this.bytes.subarray(0, this.filled).indexOf(LF, this.at);
    this.at = end < 0 ? this.filled : end + 1;
    if (end < 0) return;
    this.line++;
    this.skipping = false;
    this.floor = this.at;
  }

  /** Where an opening stands first in a part of the buffer, or -1. */
  search(from: number, to: number): number {
    return this.kernel === null
      ? OPENING_MATCHER.search(this.bytes, from, to)
      : OPENING_MATCHER.searchIn(this.kernel, this.bytes, from, to);
  }

  /** Moves to the beginning of the line that holds `target`. A native search a line is faster than counting bytes in JavaScript. */
  countLinesTo(target: number): void {
    const bytes = this.bytes;
    if (this.kernel !== null) {
      const base = this.#place;
      const lines = this.kernel.count(base + this.at, base + target, LF);
      if (lines === 0) return;
      this.line += lines;
      this.at = bytes.lastIndexOf(LF, target - 1) + 1;
      return;
    }
    let [line, at] = [this.line, this.at];
    for (let end = bytes.indexOf(LF, at); end >= 0 && end < target; end = bytes.indexOf(LF, at)) {
      line++;
      at = end + 1;
    }
    this.line = line;
    this.at = at;
  }

  lineEnd(from: number): number {
    if (this.kernel !== null) {
      const base = this.#place;
      const found = this.kernel.find(base + from, base + this.filled, LF);
      return found < 0 ? -1 : found - base;
    }
    const end = this.bytes.indexOf(LF, from);
    return end < this.filled ? end : -1;
  }

  /** A line's bytes, without carriage return and terminal sequences. */
  content(start: number, end: number): Uint8Array {
    return this.plain(start, end) ?? this.bytes.subarray(start, trimEnd(this.bytes, start, end));
  }

  /** The line without terminal control sequences, or null when it has none. */
  plain(start: number, end: number): Buffer | null {
    if (!this.#holds(ESC, start, end)) return null;
    return Buffer.from(stripVTControlCharacters(decode(this.bytes, start, trimEnd(this.bytes, start, end))), 'utf8');
  }

  /** The lines above the one at `start`, nearest first. */
  linesAbove(start: number): { line: Uint8Array; number: LineNumber }[] {
    const lines: { line: Uint8Array; number: LineNumber }[] = [];
    const floor = Math.max(this.floor, start - LOOK_BACK);
    let number = this.line;
    for (let end = start - 1; end >= floor && lines.length < LINES_ABOVE;) {
      const from = end === 0 ? 0 : this.bytes.lastIndexOf(LF, end - 1) + 1;
      if (from < floor) break;
      lines.push({ line: this.content(from, end), number: --number });
      end = from - 1;
    }
    return lines;
  }

  /** The lines above the one at `start`, nearest first. */
  above(start: number): string[] {
    const text = decode(this.bytes, Math.max(this.floor, start - LOOK_BACK), start);
    return text.split('\n').slice(0, -1).slice(-LINES_ABOVE).reverse();
  }

  around(start: number, prefix: Prefix | null): Surroundings {
    return { prefix: prefix?.text ?? '', above: this.above(start), record: null };
  }

  #holds(byte: number, start: number, end: number): boolean {
    if (this.kernel === null) return this.bytes.subarray(start, end).includes(byte);
    const base = this.#place;
    return this.kernel.find(base + start, base + end, byte) >= 0;
  }
}

/** The end of a line without its carriage return. */
export function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  return to > from && bytes[to - 1] === CR ? to - 1 : to;
}
