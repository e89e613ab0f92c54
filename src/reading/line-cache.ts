import type { Bytes, FrameIndex } from '../model/index.js';
import type { RepeatedHead } from './assembler.js';
import { MOST_WALKED, WIDEST_PREFIX, type Kernel, type LineTables } from './kernel/kernel.js';
import type { Prefix } from './prefix.js';
import { Run, RunMemory } from './run.js';

/**
 * What each distinct line means, so that a grammar sees it once however often a log repeats it.
 *
 * Lines are told apart as bytes. Dumps of one process repeat each other nearly line by line, so the line that followed
 * last time is compared first; two in three frame lines end there, at the price of one comparison and no hashing.
 * The cache is bounded: when it is full it starts again, which costs some lines a second parse and nothing else.
 */
export class LineCache<Meaning> {
  readonly #headOf: (meaning: Meaning) => RepeatedHead | null;
  readonly #rowOf: (meaning: Meaning) => FrameIndex;
  readonly #parse: (bytes: Uint8Array, from: number, to: number) => Meaning;
  readonly #like: (bytes: Uint8Array, from: number, to: number) => Meaning | null;
  #arena = new Uint8Array(FIRST_ARENA_BYTES);
  #arenaView = new DataView(this.#arena.buffer);
  #used: Bytes = 0;
  #start = new Int32Array(FIRST_LINES + 1);
  #hash = new Int32Array(FIRST_LINES);
  /** Line → the line that came after it last time, -1 for none yet. */
  #next = new Int32Array(FIRST_LINES).fill(-1);
  /** Line → its frame, -1 where it is none. */
  #rows = new Int32Array(FIRST_LINES);
  /** Open addressing: slot → line + 1, 0 is free. */
  #slots = new Int32Array(FIRST_LINES * 2);
  #meanings: Meaning[] = [];
  #previous = -1;
  /** Those that are like another line, of this dump. */
  #likes = 0;
  /** Line → the lines that stood under it last time; null: it was seen once, and may never come again. */
  #runs: (Run | null | undefined)[] = [];
  /** Where the line after those that {@link follow} or {@link walk} found begins, and how many lines of its run stand above it. */
  reached = 0;
  place = 0;
  /** What the line says that {@link lineOf} does not keep and was told of at once. */
  unkept: Meaning | null = null;
  /** Of which run that is, by its record, after {@link walk}. */
  walked: Bytes = 0;
  /** Where in the kernel's memory a line begins that {@link frames} looked up in vain; -1: none was. */
  #missed = -1;
  /** Where the bytes it went over begin in the kernel's memory. */
  #base: Bytes = 0;
  /** In whose memory the texts stand. */
  #kernel: Kernel | null = null;
  #runMemory: RunMemory | null = null;
  /** Its tables there, with room for the most lines. */
  #room: Room | null = null;
  #tables: LineTables = -1;
  #texts: Bytes = -1;
  /** The bytes that were asked about last, and where they begin in the kernel's memory; -1: they are not in it. */
  #bytes: Uint8Array | null = null;
  #bytesBase = -1;

  /**
   * @param headOf what a thread's head says, where it is one that may come again
   * @param rowOf the frame that a line is, if it is that and nothing else; else -1
   * @param like what a line says that is like one that was parsed; null: it is like none. Of these each dump keeps some and no more
   */
  constructor(
    parse: (bytes: Uint8Array, from: number, to: number) => Meaning,
    headOf: (meaning: Meaning) => RepeatedHead | null = () => null,
    rowOf: (meaning: Meaning) => FrameIndex = () => -1,
    like: (bytes: Uint8Array, from: number, to: number) => Meaning | null = () => null,
  ) {
    this.#parse = parse;
    this.#headOf = headOf;
    this.#rowOf = rowOf;
    this.#like = like;
  }

  /**
   * Whether the line that is expected next stands at `from`, with a line feed behind it within `bytes[from, end)`: its
   * length, or -1. Spares the search for the line's end. The line is then taken with {@link takeExpected}.
   */
  expectedLength(bytes: Uint8Array, view: DataView, from: number, end: number): number {
    const expected = this.#previous < 0 ? -1 : this.#next[this.#previous]!;
    if (expected < 0) return -1;
    const length = this.#start[expected + 1]! - this.#start[expected]!;
    return from + length < end && bytes[from + length] === LF && this.#equals(expected, view, bytes, from, length) ? length : -1;
  }

  /** Keeps its lines in a kernel's memory from now on, where there is room, so that {@link follow} compares them there. */
  moveTo(kernel: Kernel): void {
    if (this.#kernel === kernel) return;
    const [arena, start, hash, slots, next, rows, tables] = [
      MOST_ARENA_BYTES,
      4 * (MOST_LINES + 1),
      4 * MOST_LINES,
      8 * MOST_LINES,
      4 * MOST_LINES,
      4 * MOST_LINES,
      4 * TABLES,
    ].map((bytes) => kernel.allocate(bytes));
    if (!arena || !start || !hash || !slots || !next || !rows || !tables) return;
    arena.set(this.#arena.subarray(0, this.#used));
    this.#useArena(arena);
    this.#kernel = kernel;
    this.#bytes = null;
    this.#room = { hash, slots, next, rows, tables: wordsIn(tables, TABLES) };
    this.#start = copied(this.#start, start, MOST_LINES + 1);
    this.#hash = copied(this.#hash, hash, this.#hash.length);
    this.#slots = copied(this.#slots, slots, this.#slots.length);
    this.#next = copied(this.#next, next, this.#next.length);
    this.#rows = copied(this.#rows, rows, this.#rows.length);
    this.#tellTables();
    this.#runMemory = RunMemory.in(kernel);
    if (this.#runMemory === null) return;
    for (const run of this.#runs) run?.moveTo(this.#runMemory);
    for (const run of this.#runs) run?.goOnWith(run.nextHead, run.next);
  }

  /** Where they stand in the kernel's memory, also written there in the order of kernel.wat. */
  #tellTables(): void {
    if (this.#room === null) return;
    const { tables } = this.#room;
    const [slots, hashes, starts, texts] = [this.#slots, this.#hash, this.#start, this.#arena].map(({ byteOffset }) => byteOffset) as [
      number,
      number,
      number,
      number,
    ];
    const mask = this.#slots.length - 1;
    this.#tables = tables.byteOffset;
    this.#texts = texts;
    tables.set([this.#next.byteOffset, this.#rows.byteOffset, slots, mask, hashes, starts, texts]);
  }

  /** Where bytes begin in the kernel's memory, or -1: they are not in it. To ask the bytes takes longer than most of what is then done. */
  #baseOf(bytes: Uint8Array): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#bytesBase = this.#kernel !== null && bytes.buffer === this.#kernel.memory ? bytes.byteOffset : -1;
    }
    return this.#bytesBase;
  }

  /** Another dump begins, of which as many lines that are alike are kept: threads come and go. */
  begin(): void {
    this.#likes = 0;
  }

  #useArena(arena: Uint8Array<ArrayBuffer>): void {
    this.#arena = arena;
    this.#arenaView = new DataView(arena.buffer, arena.byteOffset, arena.length);
  }

  /** The meaning of the expected line, just found in place by {@link expectedLength}. */
  takeExpected(): Meaning {
    const expected = this.#next[this.#previous]!;
    this.#previous = expected;
    return this.#meanings[expected]!;
  }

  /** The meaning of the line `bytes[from, to)`. `view` is a view on the same bytes. */
  get(bytes: Uint8Array, view: DataView, from: number, to: number): Meaning {
    if (to - from > LONGEST_LINE) {
      this.#previous = -1;
      return this.#parse(bytes, from, to);
    }
    return this.take(this.#find(bytes, view, from, to));
  }

  /** The meaning of the line that {@link lineOf} has just told of, which is now the one that was read last. */
  take(line: number): Meaning {
    if (this.#previous >= 0) this.#next[this.#previous] = line;
    this.#previous = line;
    return line < 0 ? this.unkept! : this.#meanings[line]!;
  }

  /** What stood under the line that was read last, when it comes for the second time or more: a thread's head. */
  runOfLast(): Run | null {
    const line = this.#previous;
    if (line < 0) return null;
    const run = this.#runs[line];
    if (run === undefined) this.#runs[line] = null;
    return run === null ? (this.#runs[line] = new Run(line, this.#headOf(this.#meanings[line]!), this.#runMemory)) : (run ?? null);
  }

  /** What stood under a line last time, where it came twice or more. */
  runOf(line: number): Run | null {
    return this.#runs[line] ?? null;
  }

  /** The number of the line `bytes[from, to)`, asked of the grammar when it is new; -1 for one that is not kept: see {@link unkept}. */
  lineOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    this.unkept = null;
    return to - from > LONGEST_LINE ? -1 : this.#find(bytes, view, from, to);
  }

  /** Whether a line stands at `from`, with a line feed behind it within `bytes[from, end)`: where the line after it begins, or -1. */
  standsAt(line: number, bytes: Uint8Array, view: DataView, from: number, end: number): number {
    const to = from + this.#start[line + 1]! - this.#start[line]!;
    const feed = bytes[to] === CR ? to + 1 : to;
    return feed < end && bytes[feed] === LF && this.#equals(line, view, bytes, from, to - from) ? feed + 1 : -1;
  }

  meaningOf(line: number): Meaning {
    return this.#meanings[line]!;
  }

  /**
   * How many lines of frames that are known stand at `at`, one after the other, each behind the prefix: at most `most`. Which they are
   * tell {@link frameLines} and {@link frameRows}, where the next line begins {@link reached}. 0 where that cannot be told at once.
   *
   * @param above the line above
   */
  frames(above: number, most: number, prefix: Prefix | null, bytes: Uint8Array, at: number, end: number): number {
    const base = this.#baseOf(bytes);
    if (base < 0 || (prefix !== null && prefix.width > WIDEST_PREFIX)) return 0;
    const kernel = this.#kernel!;
    const count = kernel.frames(base + at, base + end, above, most, this.#tables, prefix?.template ?? null);
    this.reached = kernel.reached - base;
    this.#missed = kernel.missedFrom;
    if (count > 0) this.#previous = kernel.lines[count - 1]!;
    return count;
  }

  /** The lines that {@link frames} found, and whatever behind them. */
  get frameLines(): Int32Array {
    return this.#kernel!.lines;
  }

  /** The frames that these lines are, and whatever behind them. */
  get frameRows(): Int32Array {
    return this.#kernel!.rows;
  }

  /** The line that was read last; -1: it is not kept, or another follows it. */
  get last(): number {
    return this.#previous;
  }

  /** The next line is another one than the one that followed last time. */
  leave(): void {
    this.#previous = -1;
  }

  /** The line that was read last stands at a place of the run. */
  record(run: Run, at: number, row: FrameIndex): void {
    if (this.#previous < 0) run.end(at);
    else run.set(at, this.#previous, row);
  }

  /**
   * How many of a run's lines from a place on stand at `at`, one after the other, each behind the prefix: a thread that has
   * not moved takes one comparison a line, and one that has goes on as before below the frames that are others now.
   */
  follow(run: Run, place: number, prefix: Prefix | null, bytes: Uint8Array, view: DataView, at: number, end: number): number {
    this.#missed = -1;
    if (this.#walks(run, prefix, bytes)) {
      const base = this.#baseOf(bytes);
      this.#kernel!.walk(base + at, base + end, run.record, place, 0, prefix?.template ?? null, this.#tables);
      this.reached = this.#kernel!.reached - base;
      this.place = this.#kernel!.place;
    } else this.#compare(run, place, prefix, bytes, view, at, end);
    if (this.place > place) this.#previous = run.lineAt(this.place - 1);
    return this.place - place;
  }

  /**
   * Goes over a run whose head stood above `at`, the empty line and the head after it, the run of that head and so on: how many of
   * these threads stand there whole. Of one more {@link place} lines do.
   */
  walk(run: Run, prefix: Prefix | null, bytes: Uint8Array, view: DataView, at: number, end: number): number {
    this.#missed = -1;
    this.walked = run.record;
    if (!this.#walks(run, prefix, bytes)) {
      this.#compare(run, 0, prefix, bytes, view, at, end);
      return 0;
    }
    const kernel = this.#kernel!;
    const base = this.#baseOf(bytes);
    this.#base = base;
    const whole = kernel.walk(base + at, base + end, run.record, 0, MOST_WALKED, prefix?.template ?? null, this.#tables);
    this.place = kernel.place;
    this.reached = kernel.reached - base;
    this.walked = kernel.record;
    return whole;
  }

  /** Where the empty line after a thread that {@link walk} found begins, as it counted places. */
  endOf(thread: number): number {
    return this.#kernel!.endOf(thread) - this.#base;
  }

  /** Where the head after a thread that {@link walk} found begins. */
  headAfter(thread: number): number {
    return this.#kernel!.headAfter(thread) - this.#base;
  }

  #walks(run: Run, prefix: Prefix | null, bytes: Uint8Array): boolean {
    return run.record !== 0 && this.#baseOf(bytes) >= 0 && (prefix === null || prefix.width <= WIDEST_PREFIX);
  }

  #compare(run: Run, place: number, prefix: Prefix | null, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const { count } = run;
    const start = this.#start;
    const arena = this.#arenaView;
    let i = place;
    for (; i < count; i++) {
      const from = prefix === null ? at : prefix.stripAtOnce(bytes, at, end);
      if (from < 0) break;
      const line = run.lineAt(i);
      let known = start[line]!;
      const last = start[line + 1]!;
      const to = from + last - known;
      const feed = bytes[to] === CR ? to + 1 : to;
      if (feed >= end || bytes[feed] !== LF) break;
      let k = from;
      for (; k + 4 <= to; k += 4, known += 4) if (arena.getInt32(known, true) !== view.getInt32(k, true)) break;
      if (k + 4 <= to) break;
      for (; k < to; k++, known++) if (this.#arena[known] !== bytes[k]) break;
      if (k < to) break;
      at = feed + 1;
    }
    this.reached = at;
    this.place = i;
  }

  #find(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    const base = this.#baseOf(bytes);
    if (base >= 0) {
      const kernel = this.#kernel!;
      if (base + from === this.#missed && base + to === kernel.missedTo) {
        this.#missed = -1;
        return this.#add(bytes, view, from, to, kernel.missedHash);
      }
      const line = kernel.lookup(base + from, base + to, this.#tables);
      return line >= 0 ? line : this.#add(bytes, view, from, to, kernel.hash);
    }
    const length = to - from;
    const hash = hashBytes(bytes, view, from, to);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const line = this.#slots[slot]! - 1;
      if (line < 0) return this.#add(bytes, view, from, to, hash);
      if (this.#hash[line] === hash && this.#equals(line, view, bytes, from, length)) return line;
    }
  }

  /** Keeps a new line: its number, or -1 when it is one of too many that are alike. */
  #add(bytes: Uint8Array, view: DataView, from: number, to: number, hash: number): number {
    const like = this.#like(bytes, from, to);
    if (like !== null && ++this.#likes > MOST_LIKES) {
      this.unkept = like;
      return -1;
    }
    const length = to - from;
    const lines = this.#meanings.length;
    const bytesLeft = this.#arena.length - this.#used;
    if (lines === this.#hash.length || length + 4 > bytesLeft) {
      // in a kernel's memory there is room for the most bytes at once
      if (lines === this.#hash.length ? lines < MOST_LINES : this.#arena.length < MOST_ARENA_BYTES) this.#grow();
      else this.#clear();
    }
    const line = this.#meanings.length;
    const base = this.#baseOf(bytes);
    if (base >= 0) this.#kernel!.copy(base + from, base + to, this.#texts + this.#used);
    else {
      let at = this.#used;
      let i = from;
      for (; i + 4 <= to; i += 4, at += 4) this.#arenaView.setInt32(at, view.getInt32(i, true), true);
      for (; i < to; i++, at++) this.#arena[at] = bytes[i]!;
    }
    this.#used += length;
    this.#start[line + 1] = this.#used;
    this.#hash[line] = hash;
    this.#slots[this.#freeSlot(hash)] = line + 1;
    const meaning = like ?? this.#parse(bytes, from, to);
    this.#meanings.push(meaning);
    this.#rows[line] = this.#rowOf(meaning);
    return line;
  }

  #equals(line: number, view: DataView, bytes: Uint8Array, from: number, length: number): boolean {
    const start = this.#start[line]!;
    if (this.#start[line + 1]! - start !== length) return false;
    const arena = this.#arenaView;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (arena.getInt32(start + i, true) !== view.getInt32(from + i, true)) return false;
    for (; i < length; i++) if (this.#arena[start + i] !== bytes[from + i]) return false;
    return true;
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  /** Room for four times as many lines: most inputs have few, and a large cache is work to make. */
  #grow(): void {
    const lines = this.#hash.length * 4;
    if (this.#arena.length < MOST_ARENA_BYTES) {
      const arena = new Uint8Array(this.#arena.length * 4);
      arena.set(this.#arena.subarray(0, this.#used));
      this.#useArena(arena);
    }
    const wider = (from: Int32Array<ArrayBuffer>, length: number, rest: number): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(length).fill(rest, from.length);
      to.set(from);
      return to;
    };
    if (this.#start.length < lines + 1) this.#start = wider(this.#start, lines + 1, 0);
    const room = this.#room;
    const known = this.#next.length;
    this.#hash = room === null ? wider(this.#hash, lines, 0) : copied(this.#hash, room.hash, lines);
    this.#next = room === null ? wider(this.#next, lines, -1) : copied(this.#next, room.next, lines).fill(-1, known);
    this.#rows = room === null ? wider(this.#rows, lines, 0) : copied(this.#rows, room.rows, lines);
    this.#slots = room === null ? new Int32Array(lines * 2) : wordsIn(room.slots, lines * 2).fill(0);
    this.#tellTables();
    for (let line = 0; line < this.#meanings.length; line++) this.#slots[this.#freeSlot(this.#hash[line]!)] = line + 1;
  }

  #clear(): void {
    this.#used = 0;
    this.#meanings = [];
    // those that are being read know lines that are no more
    for (const run of this.#runs) run?.forget();
    this.#runs = [];
    this.#runMemory?.clear();
    this.#next.fill(-1);
    this.#slots.fill(0);
    this.#previous = -1;
  }
}

interface Room {
  readonly hash: Buffer<ArrayBuffer>;
  readonly slots: Buffer<ArrayBuffer>;
  readonly next: Buffer<ArrayBuffer>;
  readonly rows: Buffer<ArrayBuffer>;
  readonly tables: Int32Array<ArrayBuffer>;
}

/** What `tables` has in kernel.wat. */
const TABLES = 7;

function wordsIn(room: Buffer<ArrayBuffer>, words: number): Int32Array<ArrayBuffer> {
  return new Int32Array(room.buffer, room.byteOffset, words);
}

/** The words, or the first of them, at the beginning of a room. */
function copied(from: Int32Array<ArrayBuffer>, room: Buffer<ArrayBuffer>, words: number): Int32Array<ArrayBuffer> {
  const to = wordsIn(room, words);
  if (from.buffer !== room.buffer) to.set(from.subarray(0, words));
  return to;
}

const LF = 0x0a;
const CR = 0x0d;

/** A service's dumps have some thousand distinct lines a gigabyte; beyond this the lines are all different and a cache is no help. */
const MOST_LINES = 1 << 15;
/** Heads of threads leave as much room for frames; a dump that has more of them has few that come again. */
const MOST_LIKES = MOST_LINES >> 1;
/** At first; both grow by the same factor, three times. */
const FIRST_LINES = MOST_LINES >> 6;
const MOST_ARENA_BYTES: Bytes = 6 << 20;
const FIRST_ARENA_BYTES: Bytes = MOST_ARENA_BYTES >> 6;
/** Longer lines (lists of extension modules, names of 5,000 characters) are rare enough to be parsed each time. */
const LONGEST_LINE: Bytes = 4096;

function hashBytes(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let h = to - from;
  let i = from;
  for (; i + 4 <= to; i += 4) h = Math.imul(h ^ view.getInt32(i, true), 0x9e3779b1) ^ (h >>> 15);
  for (; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x85ebca6b);
  return h ^ (h >>> 16);
}
