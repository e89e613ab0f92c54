import type { Bytes, StringIndex } from './units.js';

/**
 * Texts, each kept once. Row 0 is the empty text.
 *
 * A text cut out of a larger one keeps the whole of it alive in V8 (a "sliced string"), so what is
 * interned is copied first: ten thousand names must not hold ten thousand input blocks.
 */
export class StringTable {
  readonly #rows: string[] = [''];
  /** Per row. A `Map` of a million texts takes ten times as long: it asks each text for its hash again and again as it grows. */
  #hashes = new Int32Array(512);
  /** Open addressing: slot → row, 0 is free. Always at most half full. */
  #slots = new Int32Array(1024);
  #signs = 0;

  /** The row of `text`, added when it is new. */
  intern(text: string): StringIndex {
    if (text === '') return 0;
    const hash = hashText(text);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let row = this.#slots[slot]!; row !== 0; row = this.#slots[slot]!) {
      if (this.#hashes[row] === hash && this.#rows[row] === text) return row;
      slot = (slot + 1) & mask;
    }
    const row = this.#rows.length;
    this.#rows.push(copyOf(text));
    this.#signs += text.length;
    if (row === this.#hashes.length) {
      const wider = new Int32Array(row * 2);
      wider.set(this.#hashes);
      this.#hashes = wider;
    }
    this.#hashes[row] = hash;
    this.#slots[slot] = row;
    if (row * 2 >= this.#slots.length) this.#rehash();
    return row;
  }

  /** The text of a row. */
  get(row: StringIndex): string {
    return this.#rows[row] ?? '';
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Memory that it needs, about: most texts take one byte a sign. */
  get bytes(): Bytes {
    return this.#signs + TEXT_BYTES * this.#rows.length;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 1; row < this.#rows.length; row++) {
      let slot = this.#hashes[row]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row;
    }
    this.#slots = slots;
  }
}

/** A string's head, its place, its hash, and its slots. */
const TEXT_BYTES: Bytes = 36;

const SCRATCH = Buffer.alloc(1024);

/** Over all of it: names of generated code differ at their end. */
function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 13);
  return hash ^ (hash >>> 15);
}

/** A string of its own; one byte a sign where that is enough, as nearly always. */
function copyOf(text: string): string {
  const bytes = text.length > SCRATCH.length ? Buffer.alloc(text.length) : SCRATCH;
  const narrow = bytes.toString('latin1', 0, bytes.write(text, 'latin1'));
  return narrow === text ? narrow : Buffer.from(text, 'utf16le').toString('utf16le');
}
