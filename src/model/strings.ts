import type { StringIndex } from './units.js';

/**
 * Texts, each kept once. Row 0 is the empty text.
 *
 * A text cut out of a larger one keeps the whole of it alive in V8 (a "sliced string"), so what is
 * interned is copied first: ten thousand names must not hold ten thousand input blocks.
 */
export class StringTable {
  readonly #rows: string[] = [''];
  readonly #index = new Map<string, StringIndex>([['', 0]]);

  /** The row of `text`, added when it is new. */
  intern(text: string): StringIndex {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const copy = Buffer.from(text, 'utf16le').toString('utf16le');
    const row = this.#rows.length;
    this.#rows.push(copy);
    this.#index.set(copy, row);
    return row;
  }

  /** The text of a row. */
  get(row: StringIndex): string {
    return this.#rows[row] ?? '';
  }

  get size(): number {
    return this.#rows.length;
  }
}
