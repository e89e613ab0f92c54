import type { Bytes, StringIndex } from './units.js';

/**
 * Texts, each kept once. Row 0 is the empty text.
 *
 * Names and files are kept as bytes, one after the other, and a text is made of them when it is asked for: a log of which all
 * lines differ has millions, and as many small objects are more work to move and to look through than all that is read. What
 * is not ASCII, or long, is kept as a text of its own.
 */
export class StringTable {
  #size = 1;
  /** Each text's length in one byte, then its bytes. None stands across two chunks. */
  readonly #chunks: Chunk[] = [];
  /** In the last of them. */
  #used: Bytes = CHUNK;
  /** Row → where it stands: which chunk, and where in it. Below 0: it is the text of that number, counted from -1 down. */
  #places = NONE;
  readonly #others: string[] = [];
  /** Open addressing: slot → hash and row, row 0 is free. Always at most two thirds full. */
  #slots = NONE;
  #signs = 0;
  /** Texts that were asked for, each at the end of its row's number, and which row that was. */
  #made: string[] = [];
  #madeRows = NONE;

  constructor() {
    // as those of a StackTable
    this.#places = new Int32Array(512);
    this.#slots = new Int32Array(2 * 1024);
  }

  /** The row of `text`, added when it is new. */
  intern(text: string): StringIndex {
    const { length } = text;
    if (length === 0) return 0;
    if (length > LONGEST || !this.#hasRoom(length)) return this.#internOther(text);
    // written where it will stand if it is new
    const { bytes, view } = this.#chunks[this.#chunks.length - 1]!;
    const from = this.#used + 1;
    let signs = 0;
    for (let i = 0; i < length; i++) {
      const sign = text.charCodeAt(i);
      signs |= sign;
      bytes[from + i] = sign;
    }
    return signs > 0x7f ? this.#internOther(text) : this.#internWritten(bytes, view, from, from + length);
  }

  /** The text of a row. */
  get(row: StringIndex): string {
    if (row <= 0 || row >= this.#size) return '';
    const place = this.#places[row]!;
    if (place < 0) return this.#others[-1 - place]!;
    const { length } = this.#made;
    const slot = row & (length - 1);
    if (this.#madeRows[slot] === row) return this.#made[slot]!;
    if (row >= length && length < MOST_MADE) this.#makeMore();
    const at = (place & (CHUNK - 1)) + 1;
    const { bytes } = this.#chunks[place >>> CHUNK_BITS]!;
    const text = bytes.toString('latin1', at, at + bytes[at - 1]!);
    const free = row & (this.#made.length - 1);
    this.#made[free] = text;
    this.#madeRows[free] = row;
    return text;
  }

  /** Whether a row's text is this one, which is ASCII: no text is made for that. */
  is(row: StringIndex, text: string): boolean {
    const place = row <= 0 || row >= this.#size ? -1 : this.#places[row]!;
    if (place < 0) return this.get(row) === text;
    const { bytes } = this.#chunks[place >>> CHUNK_BITS]!;
    let at = place & (CHUNK - 1);
    if (bytes[at++] !== text.length) return false;
    for (let i = 0; i < text.length; i++, at++) if (bytes[at] !== text.charCodeAt(i)) return false;
    return true;
  }

  get size(): number {
    return this.#size;
  }

  /** Memory that it needs, about: most texts take one byte a sign. */
  get bytes(): Bytes {
    return this.#signs + TEXT_BYTES * this.#size;
  }

  /** The row of the text that was written behind the last one, which becomes its own when it is new. */
  #internWritten(bytes: Uint8Array, view: DataView, from: number, to: number): StringIndex {
    const length = to - from;
    // over all of it: names of generated code differ at their end
    let hash = length;
    let i = from;
    for (; i + 4 <= to; i += 4) hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1) ^ (hash >>> 15);
    for (; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x85ebca6b) ^ (hash >>> 15);
    hash ^= hash >>> 16;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (let row = slots[slot + 1]!; row !== 0; row = slots[slot + 1]!) {
      if (slots[slot] === hash && this.#stands(row, bytes, view, from, to)) return row;
      slot = (slot + 2) & mask;
    }
    const place = ((this.#chunks.length - 1) << CHUNK_BITS) | this.#used;
    bytes[this.#used] = length;
    this.#used += length + 1;
    return this.#add(slot, hash, place, length);
  }

  #stands(row: StringIndex, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    const place = this.#places[row]!;
    if (place < 0) return false;
    const chunk = this.#chunks[place >>> CHUNK_BITS]!;
    let at = place & (CHUNK - 1);
    if (chunk.bytes[at++] !== to - from) return false;
    let i = from;
    for (; i + 4 <= to; i += 4, at += 4) if (chunk.view.getInt32(at, true) !== view.getInt32(i, true)) return false;
    for (; i < to; i++, at++) if (chunk.bytes[at] !== bytes[i]) return false;
    return true;
  }

  #internOther(text: string): StringIndex {
    let hash = text.length;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 13);
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (2 * hash) & mask;
    for (let row = slots[slot + 1]!; row !== 0; row = slots[slot + 1]!) {
      const place = this.#places[row]!;
      if (slots[slot] === hash && place < 0 && this.#others[-1 - place] === text) return row;
      slot = (slot + 2) & mask;
    }
    // a text cut out of a larger one keeps the whole of it alive in V8 (a "sliced string")
    this.#others.push(Buffer.from(text, 'utf16le').toString('utf16le'));
    return this.#add(slot, hash, -this.#others.length, text.length);
  }

  #add(slot: number, hash: number, place: number, signs: number): StringIndex {
    const row = this.#size++;
    if (row === this.#places.length) {
      const wider = new Int32Array(row * 2);
      wider.set(this.#places);
      this.#places = wider;
    }
    this.#signs += signs;
    this.#places[row] = place;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = row;
    if (row * 3 >= this.#slots.length) this.#rehash();
    return row;
  }

  /** In the last chunk, or a new one. False: the chunks are as many as a place can tell. */
  #hasRoom(length: number): boolean {
    if (this.#used + 1 + length <= CHUNK) return true;
    if (this.#chunks.length === MOST_CHUNKS) return false;
    const bytes = Buffer.alloc(CHUNK);
    this.#chunks.push({ bytes, view: new DataView(bytes.buffer, bytes.byteOffset, CHUNK) });
    this.#used = 0;
    return true;
  }

  /** As many texts as there are rows stay made, up to a limit. */
  #makeMore(): void {
    const room = Math.min(this.#places.length, MOST_MADE);
    this.#made = new Array<string>(room).fill('');
    this.#madeRows = new Int32Array(room);
  }

  #rehash(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = slots.length - 1;
    for (let i = 0; i < before.length; i += 2) {
      if (before[i + 1] === 0) continue;
      let slot = (2 * before[i]!) & mask;
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
      slots[slot] = before[i]!;
      slots[slot + 1] = before[i + 1]!;
    }
    this.#slots = slots;
  }
}

interface Chunk {
  readonly bytes: Buffer;
  /** On the same. */
  readonly view: DataView;
}

/** A text's length and place, and its slots. */
const TEXT_BYTES: Bytes = 22;

/** Few texts are in most tables. */
const CHUNK_BITS = 16;
const CHUNK: Bytes = 1 << CHUNK_BITS;
const MOST_CHUNKS = 1 << (31 - CHUNK_BITS);
const NONE = new Int32Array(0);
/** What one byte counts. */
const LONGEST = 0xff;
/** A service's dumps have some thousand names; where there are many more, each is asked for once or twice. */
const MOST_MADE = 1 << 13;
