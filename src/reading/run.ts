import type { Bytes, FrameIndex, Thread } from '../model/index.js';
import type { RepeatedHead } from './assembler.js';
import type { Kernel } from './kernel/kernel.js';

/**
 * Lines of frames that stood under a thread's head last time, and the frames they are; the line after them and the head after that
 * line. Lines are numbers of {@link LineCache}. They are kept as kernel.wat reads them, where there is room in a kernel's memory.
 */
export class Run {
  /** The head's line. */
  readonly line: number;
  /** What it says, where that may be repeated; null: it may not. */
  readonly head: RepeatedHead | null;
  #thread: Thread | null = null;
  /** The thread of the head and other frames, or the same: the last that was kept here. */
  before: Thread | null = null;
  /** How often other lines stood there. */
  refused = 0;
  /** The cache has started again: these lines are no more. */
  lost = false;
  #next: Run | null = null;
  #memory: RunMemory | null;
  #words: Int32Array<ArrayBuffer>;
  #rows: Int32Array<ArrayBuffer>;
  /** Place of the words in the kernel's memory; 0: they are not there. */
  #record: Bytes = 0;

  constructor(line: number, head: RepeatedHead | null, memory: RunMemory | null) {
    this.line = line;
    this.head = head;
    this.#memory = memory;
    this.#words = this.#room(ROOM);
    this.#rows = this.#rowsOf(ROOM);
    this.#forgetAll();
  }

  /** The thread of the head and these frames, where they are all that was said of it. */
  get thread(): Thread | null {
    if (this.#words[CHANGED] !== 0) this.thread = null;
    return this.#thread;
  }

  set thread(thread: Thread | null) {
    if (thread !== null) this.before = thread;
    this.#thread = thread;
    this.#words[CHANGED] = 0;
  }

  /** The frames, and whatever behind them. */
  get rows(): Int32Array {
    return this.#rows;
  }

  get count(): number {
    return this.#words[COUNT]!;
  }

  /** As kernel.wat has it; 0: it is not in the kernel's memory. */
  get record(): number {
    return this.#record;
  }

  lineAt(place: number): number {
    return this.#words[LINES + place]!;
  }

  /** The head after the empty line below these frames; -1: not known. */
  get nextHead(): number {
    return this.#words[NEXT_HEAD]!;
  }

  /** What stood under that head; null: nobody has said. */
  get next(): Run | null {
    return this.#next;
  }

  /** At a place that is at most its end. */
  set(at: number, line: number, row: FrameIndex): void {
    if (!this.#makeRoom(at, at + 1)) return;
    this.#words[LINES + at] = line;
    this.#rows[at] = row;
    this.thread = null;
    if (at === this.#words[COUNT]) this.#words[COUNT] = at + 1;
  }

  /** So many lines of frames, from a place that is at most its end: the same as to {@link set} one after the other. */
  setFrames(at: number, { frameLines, frameRows }: FoundFrames, count: number): void {
    const end = Math.min(at + count, LONGEST_RUN);
    if (!this.#makeRoom(at, end)) return;
    const words = this.#words;
    words.set(frameLines.subarray(0, end - at), LINES + at);
    this.#rows.set(frameRows.subarray(0, end - at), at);
    this.thread = null;
    if (end > words[COUNT]!) words[COUNT] = end;
  }

  /** For lines from a place on, up to `end`. False: they cannot be told. */
  #makeRoom(at: number, end: number): boolean {
    if (at > this.#words[COUNT]! || at >= LONGEST_RUN || this.lost) return false;
    let room = this.#rows.length;
    if (end <= room) return true;
    while (room < end) room *= 2;
    this.#move(room);
    return true;
  }

  /** Its last line is the one before a place. */
  end(at: number): void {
    if (at >= this.#words[COUNT]!) return;
    this.#words[COUNT] = at;
    this.thread = null;
  }

  /** The empty line below these frames; -1: not known. */
  endWith(blank: number): void {
    this.#words[BLANK] = blank;
  }

  /** @param next what stands under the head, where it is known */
  goOnWith(head: number, next: Run | null): void {
    this.#words[NEXT_HEAD] = head;
    this.#next = next;
    this.#words[NEXT] = next === null ? 0 : next.#record;
  }

  /** Its lines are no more, and the memory is another's. */
  forget(): void {
    this.lost = true;
    this.#memory = null;
    this.#words = this.#room(0);
    this.#rows = this.#rowsOf(0);
    this.#forgetAll();
  }

  /** Into a kernel's memory, which was not there when it was made. Runs that go on with it are to be told: {@link goOnWith}. */
  moveTo(memory: RunMemory): void {
    this.#memory = memory;
    this.#move(this.#rows.length);
  }

  #move(lines: number): void {
    const [before, rows] = [this.#words, this.#rows];
    const count = before[COUNT]!;
    this.#words = this.#room(lines);
    this.#words.set(before.subarray(0, LINES + count));
    this.#words[ROOM_FOR] = lines;
    this.#rows = this.#rowsOf(lines);
    this.#rows.set(rows.subarray(0, count));
    // whoever still goes on with what stood there finds nothing
    before[COUNT] = 0;
    before[BLANK] = -1;
    before[ROOM_FOR] = 0;
  }

  #forgetAll(): void {
    this.#words[COUNT] = 0;
    this.#words[HEAD] = this.line;
    this.#words[ROOM_FOR] = this.#rows.length;
    this.thread = null;
    this.endWith(-1);
    this.goOnWith(-1, null);
  }

  #room(lines: number): Int32Array<ArrayBuffer> {
    const words = this.#memory?.take(LINES + 2 * lines) ?? null;
    this.#record = words?.byteOffset ?? 0;
    return words ?? new Int32Array(LINES + 2 * lines);
  }

  /** Behind the lines. */
  #rowsOf(lines: number): Int32Array<ArrayBuffer> {
    return this.#words.subarray(LINES + lines);
  }
}

/** Lines of frames, and the frames that they are. */
interface FoundFrames {
  readonly frameLines: Int32Array;
  readonly frameRows: Int32Array;
}

/** Part of a kernel's memory that holds runs. */
export class RunMemory {
  readonly #words: Int32Array<ArrayBuffer>;
  #used = 0;

  private constructor(words: Int32Array<ArrayBuffer>) {
    this.#words = words;
  }

  /** Null where there is no more room. */
  static in(kernel: Kernel): RunMemory | null {
    const bytes = kernel.allocate(MEMORY);
    return bytes === null ? null : new RunMemory(new Int32Array(bytes.buffer, bytes.byteOffset, MEMORY / 4));
  }

  /** So many words, of whatever they held before; null where there is no more room. */
  take(words: number): Int32Array<ArrayBuffer> | null {
    const next = this.#used + words;
    if (next > this.#words.length) return null;
    const taken = this.#words.subarray(this.#used, next);
    this.#used = next;
    return taken;
  }

  /** All of them are free again. */
  clear(): void {
    this.#used = 0;
  }
}

// the words of a record, as kernel.wat has them
const COUNT = 0;
const BLANK = 1;
const NEXT_HEAD = 2;
const NEXT = 3;
const HEAD = 4;
const ROOM_FOR = 5;
const CHANGED = 6;
const LINES = 8;

/** Lines that there is room for at first. */
const ROOM = 32;
/** A deeper stack is followed to here. */
export const LONGEST_RUN = 4096;
/** Seven thousand heads with the room they have at first: the lines of more threads do not fit the cache either. */
const MEMORY: Bytes = 1 << 21;
