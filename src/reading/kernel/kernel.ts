import type { Bytes } from '../../model/index.js';
import { KERNEL_CODE } from './kernel-code.js';

/**
 * Memory in which a large text is read, and the few loops that go over every byte of it, in WebAssembly. Places are offsets in
 * {@link Kernel.memory}. Who cannot have one (no WebAssembly, no address space) does the same in JavaScript, more slowly.
 */
export class Kernel {
  /** All of it. It never grows, so views on it stay valid. */
  readonly memory: ArrayBuffer;
  /** The same, four bytes each. */
  readonly words: Int32Array;
  readonly #code: Code;
  /** What a function leaves beside its result. */
  readonly #reached: Int32Array;
  readonly #ends: Int32Array;
  readonly #template: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #digits: Uint8Array;
  /** The lines that {@link frames} found, and the frames that they are. */
  readonly lines: Int32Array;
  readonly rows: Int32Array;
  /** The prefix that stands in them. */
  #prefix: Uint16Array | null = null;
  #used: Bytes = FIXED;
  readonly #tables = new Map<Words, WordTable | null>();

  private constructor(memory: ArrayBuffer, code: Code) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    this.#code = code;
    this.#reached = new Int32Array(memory, PLACES.reached, 8);
    this.lines = new Int32Array(memory, PLACES.lines, MOST_FRAMES);
    this.rows = new Int32Array(memory, PLACES.frames, MOST_FRAMES);
    this.#ends = new Int32Array(memory, PLACES.ends, 2 * (MOST_WALKED + 1));
    this.#template = new Uint8Array(memory, PLACES.template, WIDEST_PREFIX);
    this.#mask = new Uint8Array(memory, PLACES.mask, WIDEST_PREFIX);
    this.#digits = new Uint8Array(memory, PLACES.digits, WIDEST_PREFIX);
  }

  /** Null where there is none to be had. */
  static make(): Kernel | null {
    try {
      const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
      moduleOfAll ??= new WebAssembly.Module(Buffer.from(KERNEL_CODE, 'base64'));
      const instance = new WebAssembly.Instance(moduleOfAll, { kernel: { memory } });
      // a plain object's members are found at once; the exports' are looked up at each call
      return new Kernel(memory.buffer, { ...instance.exports });
    } catch {
      return null;
    }
  }

  /** Room of so many bytes, zeros, with more behind it that may be read. Null: there is no more. It is never given back. */
  allocate(bytes: Bytes): Buffer<ArrayBuffer> | null {
    const at = this.#take(bytes);
    return at < 0 ? null : Buffer.from(this.memory, at, bytes);
  }

  #take(bytes: Bytes): number {
    const at = this.#used;
    const next = at + Math.ceil((bytes + READ_PAST) / ALIGNMENT) * ALIGNMENT;
    if (next > this.memory.byteLength) return -1;
    this.#used = next;
    return at;
  }

  /** A table of words, for {@link search}; made once. Null: there is no room. */
  tableOf(words: Words): WordTable | null {
    let table = this.#tables.get(words);
    if (table === undefined) this.#tables.set(words, (table = this.#tableOf(words)));
    return table;
  }

  #tableOf({ bucketOf, buckets }: Words): WordTable | null {
    const places = buckets.reduce((sum, bucket) => sum + bucket.length, 0);
    const [kinds, chains, entries] = [bucketOf.length, 4 * buckets.length, 4 * ENTRY_WORDS * places].map((bytes) => this.#take(bytes));
    if (kinds! < 0 || chains! < 0 || entries! < 0) return null;
    new Uint8Array(this.memory).set(bucketOf, kinds);
    const { words } = this;
    let entry = entries! / 4;
    for (const [i, bucket] of buckets.entries())
      for (const { word, before, bytes } of bucket) {
        const last = bytes.length - 4;
        words.set([words[chains! / 4 + i]!, word, before, wordAt(bytes, 0), wordAt(bytes, last), last], entry);
        words[chains! / 4 + i] = 4 * entry;
        entry += ENTRY_WORDS;
      }
    return { kinds: kinds!, chains: chains! };
  }

  /** Place of the first word in `[at, end)` that is part of a text by all that a table says, or -1. Words stand at multiples of four, as does `at`. */
  search(at: number, end: number, { kinds, chains }: WordTable): number {
    return this.#code.search(at, end, kinds, chains);
  }

  /** How often a byte stands in `[at, end)`. */
  count(at: number, end: number, byte: number): number {
    return this.#code.count(at, end, byte);
  }

  /** Where a byte stands first in `[at, end)`, or -1. */
  find(at: number, end: number, byte: number): number {
    return this.#code.find(at, end, byte);
  }

  /**
   * Goes over threads of an earlier dump, one after the other from `at` on within `[at, end)`: how many of them stand there whole, at
   * most {@link MOST_WALKED}, with the frames that they had or others that are known, which are then those of the record. See
   * kernel.wat for what a record is; `place` is how many lines of the first are known to stand above `at`. Where the next line begins
   * is then {@link reached}; of the record that it is of ({@link record}, 0: none is known) {@link place} lines stand there.
   *
   * @param most whole threads that are looked for: with 0 it ends at the last line of the record, and reads no others
   * @param template per byte of the prefix: itself, or 256 and more where any digit may stand; null: there is none
   */
  walk(at: number, end: number, record: number, place: number, most: number, template: Uint16Array | null, tables: LineTables): number {
    const width = template === null ? 0 : template.length;
    if (template !== null && template !== this.#prefix) this.#learn(template);
    return this.#code.walk(at, end, record, place, most < MOST_WALKED ? most : MOST_WALKED, tables, width);
  }

  get reached(): number {
    return this.#reached[0]!;
  }

  get place(): number {
    return this.#reached[1]!;
  }

  get record(): number {
    return this.#reached[2]!;
  }

  /** Where the line after the lines of a thread begins. Known of whole threads, and of one more when {@link place} is beyond its lines. */
  endOf(thread: number): number {
    return this.#ends[2 * thread]!;
  }

  /** Where the head after a thread begins. Known of whole threads. */
  headAfter(thread: number): number {
    return this.#ends[2 * thread + 1]!;
  }

  /** The number of the line `[from, to)`, or -1: then its hash is {@link hash}. */
  lookup(from: number, to: number, tables: LineTables): number {
    return this.#code.lookup(from, to, tables);
  }

  /** Copies the bytes `[from, to)` to another place. */
  copy(from: number, to: number, place: number): void {
    this.#code.copy(from, to, place);
  }

  get hash(): number {
    return this.#reached[0]!;
  }

  /**
   * How many lines of frames stand one after the other from `at` on within `[at, end)`, each behind the prefix: at most `most`, or
   * {@link MOST_FRAMES}. They are {@link lines} and their frames {@link rows}; where the next line begins is {@link reached}. Where
   * that was looked up and is not known, {@link missedFrom} (else -1), {@link missedTo} and {@link missedHash} tell of it.
   *
   * @param previous the line above, which may tell the next one; -1: none
   * @param template as {@link walk} has it
   */
  frames(at: number, end: number, previous: number, most: number, tables: LineTables, template: Uint16Array | null): number {
    const width = template === null ? 0 : template.length;
    if (template !== null && template !== this.#prefix) this.#learn(template);
    return this.#code.frames(at, end, previous, most < MOST_FRAMES ? most : MOST_FRAMES, tables, width);
  }

  get missedHash(): number {
    return this.#reached[1]!;
  }

  get missedFrom(): number {
    return this.#reached[2]!;
  }

  get missedTo(): number {
    return this.#reached[3]!;
  }

  /**
   * Where a bracket in `[at, end)` closes what is `low` + 1 deep in a JSON text, or -1: then {@link depth}, {@link inString} and
   * {@link escaped} are what holds at the end.
   *
   * @param depth at `at`, more than `low`
   * @param inString a string is open at `at`
   */
  close(at: number, end: number, depth: number, low: number, inString: boolean): number {
    return this.#code.close(at, end, depth, low, inString ? 1 : 0);
  }

  get depth(): number {
    return this.#reached[0]!;
  }

  get inString(): boolean {
    return this.#reached[1] !== 0;
  }

  get escaped(): boolean {
    return this.#reached[2] !== 0;
  }

  #learn(template: Uint16Array): void {
    this.#prefix = template;
    this.#template.fill(0);
    this.#mask.fill(0);
    this.#digits.fill(0);
    for (let i = 0; i < template.length; i++) {
      if (template[i]! > 0xff) this.#digits[i] = 0xff;
      else {
        this.#template[i] = template[i]!;
        this.#mask[i] = 0xff;
      }
    }
  }
}

/** Place in the kernel's memory of the words that tell where all that is known of lines stands in it: `tables` of kernel.wat. */
export type LineTables = number;

/** A word of a text. */
export interface WordPlace {
  readonly word: number;
  /** Bytes of the text before it. */
  readonly before: number;
  /** The text. */
  readonly bytes: Uint8Array;
}

/** Words by their hash: the number of a hash's bucket, and each bucket's words. The first bucket, of hashes that no word has, is empty. */
export interface Words {
  readonly bucketOf: Uint8Array;
  readonly buckets: readonly (readonly WordPlace[])[];
}

/** Where a table of words stands. */
export interface WordTable {
  readonly kinds: number;
  readonly chains: number;
}

/** A table that stays in the processor's first cache, and of which one entry in a hundred is taken. kernel.wat has the same. */
export const HASH_BITS = 15;
const HASH_FACTOR = 0x9e3779b1 | 0;
/** Numbers that describe a word, see kernel.wat. */
const ENTRY_WORDS = 6;

export function hashOf(word: number): number {
  return Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
}

/** Four bytes as this machine reads them. */
export function wordAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) FOUR_BYTES[i] = bytes[at + i]!;
  return AS_WORD[0]!;
}
const AS_WORD = new Int32Array(1);
const FOUR_BYTES = new Uint8Array(AS_WORD.buffer);

/** Widest prefix that {@link Kernel.walk} takes. */
export const WIDEST_PREFIX: Bytes = 1024;
/** A dump has some hundred threads. */
export const MOST_WALKED = 1024;
/** A stack has some ten frames. */
const MOST_FRAMES = 512;

/** As kernel.wat has them. */
interface Code {
  search(at: number, end: number, kinds: number, chains: number): number;
  count(at: number, end: number, byte: number): number;
  find(at: number, end: number, byte: number): number;
  walk(at: number, end: number, record: number, place: number, most: number, tables: number, width: number): number;
  close(at: number, end: number, depth: number, low: number, string: number): number;
  frames(at: number, end: number, previous: number, most: number, tables: number, width: number): number;
  copy(from: number, to: number, place: number): void;
  lookup(from: number, to: number, tables: number): number;
}

/** What of it is used; TypeScript has its types only among those of browsers. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Code };
};

/** Where things stand in the memory that each function needs. kernel.wat has the same. */
const PLACES = { reached: 0, template: 64, mask: 1152, digits: 2240, lines: 3328, frames: 5440, ends: 7552 } as const;
/** What is behind them may be allocated. */
const FIXED: Bytes = PLACES.ends + 8 * (MOST_WALKED + 1) + 56;

/** Compiled once. */
let moduleOfAll: object | null = null;

/** 64 KiB each, of address space: only what is written to takes memory. Room for the text, and for the lines of a few formats. */
const PAGES = 320;
/** The code reads 16 bytes at once, of which the last may be the first of 16. */
const READ_PAST: Bytes = 16;
const ALIGNMENT: Bytes = 64;
