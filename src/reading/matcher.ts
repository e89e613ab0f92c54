/**
 * Searches bytes for any of several texts in one pass, whatever their number: the algorithm of Wu and Manber (1994),
 * with blocks of two bytes. It looks at about one byte in as many as the shortest text has, so the log lines between
 * dumps are never decoded, split or looked at one by one.
 */
export class Matcher {
  readonly #patterns: readonly Uint8Array[];
  /** Bytes that may be skipped when the two bytes at the end of the window are these; 0: look closer. */
  readonly #shift: Uint8Array;
  /** Two bytes → the place of their bucket: the patterns whose window ends in them. 0: there are none. */
  readonly #bucketOf = new Uint16Array(1 << 16);
  readonly #buckets: { readonly pattern: Uint8Array; readonly pad: number; readonly first: number }[][] = [[]];
  /** Texts that are shorter than the window. */
  readonly #padded: Uint8Array[] = [];
  readonly #window: number;

  constructor(texts: readonly string[]) {
    this.#patterns = [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'));
    const [shortest, longest] = [Math.min, Math.max].map((of) => of(...this.#patterns.map((pattern) => pattern.length))) as [
      number,
      number,
    ];
    if (shortest < 2) throw new RangeError('a text to search for must have two bytes or more');
    // one byte wider than the shortest text: any byte may stand before that one, which costs less than a narrower window
    this.#window = Math.min(shortest + 1, longest);
    this.#shift = new Uint8Array(1 << 16).fill(Math.min(this.#window - 1, 255));
    for (const pattern of this.#patterns) {
      const pad = pattern.length < this.#window ? 1 : 0;
      if (pad > 0) {
        this.#padded.push(pattern);
        for (let first = 0; first < 256; first++) this.#atMost((first << 8) | pattern[0]!, this.#window - 2);
      }
      for (let end = pad + 1; end < this.#window; end++) {
        const pair = (pattern[end - pad - 1]! << 8) | pattern[end - pad]!;
        this.#atMost(pair, this.#window - 1 - end);
        if (end === this.#window - 1) this.#put(pair, pattern, pad);
      }
    }
  }

  #put(pair: number, pattern: Uint8Array, pad: number): void {
    if (this.#bucketOf[pair] === 0) this.#bucketOf[pair] = this.#buckets.push([]) - 1;
    this.#buckets[this.#bucketOf[pair]!]!.push({ pattern, pad, first: pattern[0]! });
  }

  #atMost(pair: number, skip: number): void {
    this.#shift[pair] = Math.min(this.#shift[pair]!, skip);
  }

  /** Offset of the first text in `bytes[from, to)`, or -1. */
  search(bytes: Uint8Array, from: number, to: number): number {
    const shift = this.#shift;
    const window = this.#window;
    const buckets = this.#buckets;
    const bucketOf = this.#bucketOf;
    // no window ends early enough for a short text at the very beginning
    for (const pattern of this.#padded) if (from + pattern.length <= to && startsWith(bytes, from, pattern)) return from;
    let at = from + window - 1;
    while (at < to) {
      const pair = (bytes[at - 1]! << 8) | bytes[at]!;
      const skip = shift[pair]!;
      if (skip !== 0) {
        at += skip;
        continue;
      }
      const start = at - window + 1;
      const bucket = buckets[bucketOf[pair]!]!;
      for (let i = 0; i < bucket.length; i++) {
        const { pattern, pad, first } = bucket[i]!;
        const begin = start + pad;
        // most pairs come by chance: one byte more tells them
        if (bytes[begin] === first && begin + pattern.length <= to && startsWith(bytes, begin, pattern)) return begin;
      }
      at++;
    }
    return -1;
  }
}

function startsWith(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}
