import { StringTable } from './strings.js';
import type { Bytes, FrameIndex, StringIndex } from './units.js';

/** One call level, as the dump printed it. A value that the dump does not give is null. */
export interface Frame {
  /** Function name as printed (escapes kept; Node: the text before ` (`). */
  readonly function: string | null;
  /** File as printed. */
  readonly file: string | null;
  /** 1-based line. */
  readonly line: number | null;
  /** 1-based column; Python dumps have none. */
  readonly column: number | null;
}

/** Where code that was compiled to another file was written, as a source map tells. */
export interface OriginalPlace {
  /** Path of the source; relative ones of the map are made relative to the compiled file as printed. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based; null where the dump gave none. */
  readonly column: number | null;
}

/** Stands for "not given" in the integer columns. No line, column or string row has this number. */
const NONE = -1;
const COLUMNS = 4;
const NO_ROWS = new Int32Array(0);
/** A row's columns and its slots. */
const FRAME_BYTES: Bytes = 4 * COLUMNS + 8;

/**
 * All frames of a set of dumps, each distinct one kept once, as four integers a row:
 *
 *     row: | function (StringIndex or -1) | file (StringIndex or -1) | line or -1 | column or -1 |
 *
 * A service's dumps hold a few thousand distinct frames however often it is dumped, so a stack is
 * a run of small integers, and "the same frame" is an integer comparison.
 */
export class FrameTable {
  readonly strings: StringTable;
  #rows = NO_ROWS;
  #size = 0;
  /** Row + 1 of the first frame of each function (by its row in the strings + 1), 0 for none: where all functions differ, there is no other. */
  #firsts = NO_ROWS;
  /** The others. Open addressing: slot → row + 1, 0 is free. Always at most half full. */
  #slots = NO_ROWS;
  #hashed = 0;
  /** Of the rows that are in compiled code whose source map was found. */
  readonly #originals = new Map<FrameIndex, OriginalPlace>();

  constructor(strings: StringTable = new StringTable()) {
    this.strings = strings;
    // as those of a StackTable
    this.#rows = new Int32Array(256 * COLUMNS);
    this.#firsts = new Int32Array(256);
    this.#slots = new Int32Array(1024);
  }

  get size(): number {
    return this.#size;
  }

  /** Memory that it needs, with the strings. */
  get bytes(): Bytes {
    return FRAME_BYTES * this.#size + this.strings.bytes;
  }

  /** The row of a frame, added when it is new. */
  intern(frame: Frame): FrameIndex {
    return this.#internRow(
      frame.function === null ? NONE : this.strings.intern(frame.function),
      frame.file === null ? NONE : this.strings.intern(frame.file),
      frame.line ?? NONE,
      frame.column ?? NONE,
    );
  }

  /** The row of a frame whose function and file are rows of {@link strings}; {@link NONE}: not given. */
  #internRow(fn: number, file: number, line: number, column: number): FrameIndex {
    const first = this.#firsts[fn + 1]!;
    if (first > 0) {
      const at = (first - 1) * COLUMNS;
      const rows = this.#rows;
      if (rows[at + 1] === file && rows[at + 2] === line && rows[at + 3] === column) return first - 1;
      return this.#internAnother(fn, file, line, column);
    }
    if (fn + 1 >= this.#firsts.length) this.#firsts = widened(this.#firsts, fn + 2);
    const row = this.#add(fn, file, line, column);
    this.#firsts[fn + 1] = row + 1;
    return row;
  }

  /** The frame of a row. */
  get(row: FrameIndex): Frame {
    return { function: this.functionOf(row), file: this.fileOf(row), line: this.lineOf(row), column: this.columnOf(row) };
  }

  functionOf(row: FrameIndex): string | null {
    return this.#text(this.#cell(row, 0));
  }

  /** Whether it is in a function of this name, which is ASCII. */
  isIn(row: FrameIndex, name: string): boolean {
    const fn = this.#cell(row, 0);
    return fn !== NONE && this.strings.is(fn, name);
  }

  fileOf(row: FrameIndex): string | null {
    return this.#text(this.#cell(row, 1));
  }

  /** The file's row in {@link strings}; -1 where the dump gives none. Files are few, so what is told of one is worth keeping by it. */
  fileRowOf(row: FrameIndex): StringIndex {
    return this.#cell(row, 1);
  }

  lineOf(row: FrameIndex): number | null {
    const line = this.#cell(row, 2);
    return line === NONE ? null : line;
  }

  columnOf(row: FrameIndex): number | null {
    const column = this.#cell(row, 3);
    return column === NONE ? null : column;
  }

  /** The place of a row in the source of compiled code; null where no source map told it. */
  originalOf(row: FrameIndex): OriginalPlace | null {
    return this.#originals.size === 0 ? null : (this.#originals.get(row) ?? null);
  }

  /** Adds what a source map tells of a row; the row itself stays as printed. */
  setOriginal(row: FrameIndex, place: OriginalPlace): void {
    this.#originals.set(row, place);
  }

  /** The place to look at: in the source where a source map told it, else as printed. */
  placeOf(row: FrameIndex): Pick<Frame, 'file' | 'line' | 'column'> {
    return this.#originals.get(row) ?? { file: this.fileOf(row), line: this.lineOf(row), column: this.columnOf(row) };
  }

  /** The row of the same function and file with no line: equal for two rows that differ in position only. */
  withoutPosition(row: FrameIndex): FrameIndex {
    return this.#internRow(this.#cell(row, 0), this.#cell(row, 1), NONE, NONE);
  }

  #cell(row: FrameIndex, column: number): number {
    return this.#rows[row * COLUMNS + column] ?? NONE;
  }

  #text(row: StringIndex): string | null {
    return row === NONE ? null : this.strings.get(row);
  }

  #internAnother(fn: number, file: number, line: number, column: number): FrameIndex {
    const mask = this.#slots.length - 1;
    let slot = hashRow(fn, file, line, column) & mask;
    for (;;) {
      const taken = this.#slots[slot]!;
      if (taken === 0) break;
      const at = (taken - 1) * COLUMNS;
      const rows = this.#rows;
      if (rows[at] === fn && rows[at + 1] === file && rows[at + 2] === line && rows[at + 3] === column) return taken - 1;
      slot = (slot + 1) & mask;
    }
    const row = this.#add(fn, file, line, column);
    this.#slots[slot] = row + 1;
    if (++this.#hashed * 2 > this.#slots.length) this.#rehash();
    return row;
  }

  #add(fn: number, file: number, line: number, column: number): FrameIndex {
    const row = this.#size++;
    if (this.#size * COLUMNS > this.#rows.length) this.#rows = widened(this.#rows, this.#size * COLUMNS);
    const at = row * COLUMNS;
    const rows = this.#rows;
    rows[at] = fn;
    rows[at + 1] = file;
    rows[at + 2] = line;
    rows[at + 3] = column;
    return row;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const rows = this.#rows;
    for (const taken of this.#slots) {
      if (taken === 0) continue;
      const at = (taken - 1) * COLUMNS;
      let slot = hashRow(rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = taken;
    }
    this.#slots = slots;
  }
}

/** Twice as long, or as long as is needed. */
function widened(array: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(array.length * 2, least));
  wider.set(array);
  return wider;
}

function hashRow(fn: number, file: number, line: number, column: number): number {
  let h = Math.imul(fn, 0x9e3779b1) ^ Math.imul(file, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ Math.imul(line, 0x27d4eb2f) ^ Math.imul(column, 0x165667b1);
  return h ^ (h >>> 13);
}
