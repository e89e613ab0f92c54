import type { Bytes } from '../model/index.js';
import { Lookahead, type Block } from './blocks.js';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** What the beginning of a text says of its encoding. */
export interface EncodingGuess {
  readonly encoding: Encoding;
  /** Length of the byte-order mark, which is no text. */
  readonly markBytes: Bytes;
}

/** Looked at to tell UTF-16 without a mark; a page is enough, a dump's first lines are ASCII. */
const SAMPLE_BYTES: Bytes = 4 << 10;
/** Fewer code units than this prove nothing. */
const LEAST_UNITS = 4;
/** ASCII as UTF-16 has a NUL in every unit; messages in other scripts thin that out. */
const LEAST_NUL_SHARE = 0.5;
/** Text has no U+0000: the other byte is hardly ever NUL. The hole that copytruncate leaves is NUL on both sides. */
const MOST_OTHER_NUL_SHARE = 0.02;

/**
 * The encoding of a text by its first bytes: the byte-order mark (what PowerShell's `2>` writes is UTF-16LE
 * with one), else the share of NUL bytes at even and odd offsets.
 */
export function guessEncoding(head: Block): EncodingGuess {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', markBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  const units = Math.min(head.length, SAMPLE_BYTES) >> 1;
  const nul = indexOfNul(head);
  if (nul < 0 || nul >= 2 * units) return { encoding: 'utf-8', markBytes: 0 };
  let even = 0;
  let odd = 0;
  for (let unit = 0; unit < units; unit++) {
    if (head[2 * unit] === 0) even++;
    if (head[2 * unit + 1] === 0) odd++;
  }
  const many = units * LEAST_NUL_SHARE;
  const few = units * MOST_OTHER_NUL_SHARE;
  if (units >= LEAST_UNITS && odd >= many && even <= few) return { encoding: 'utf-16le', markBytes: 0 };
  if (units >= LEAST_UNITS && even >= many && odd <= few) return { encoding: 'utf-16be', markBytes: 0 };
  return { encoding: 'utf-8', markBytes: 0 };
}

const methods = Buffer.prototype as { indexOf(this: Uint8Array, byte: number): number };

/** Where the first NUL of some bytes is, or -1; at the speed of `memchr`, also where they are no Buffer. */
export function indexOfNul(bytes: Uint8Array): number {
  return methods.indexOf.call(bytes, 0);
}

/**
 * Bytes in, UTF-8 out. UTF-16 is converted; a byte-order mark is dropped; everything else passes
 * through uncopied, also what is not UTF-8: the reading layer compares bytes and decodes only what is
 * printed, and there a name that is not UTF-8 is taken for Latin-1.
 */
export async function* decodeText(source: AsyncIterable<Block>): AsyncGenerator<Block, EncodingGuess> {
  const blocks = new Lookahead(source);
  try {
    const guess = guessEncoding(await blocks.head(SAMPLE_BYTES));
    const decoder = guess.encoding === 'utf-8' ? null : new Utf16Decoder(guess.encoding);
    let mark = guess.markBytes;
    for await (const block of blocks) {
      // The look ahead made the first block longer than any mark.
      const text = block.subarray(mark);
      mark = 0;
      const utf8 = decoder === null ? text : decoder.decode(text);
      if (utf8.length > 0) yield utf8;
    }
    return guess;
  } finally {
    await blocks.return();
  }
}

/** UTF-16 in pieces of any length. Half a code unit at the very end, of a file still being written, is left out. */
class Utf16Decoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #encoder = new TextEncoder();
  /** First byte of a code unit whose second is in the next block. */
  #half: number | null = null;
  #utf8 = new Uint8Array(0);

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    // The mark is cut off before; a later U+FEFF is text.
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
  }

  /** UTF-8, valid until the next call. */
  decode(block: Block): Block {
    if (block.length === 0) return block;
    let text = '';
    let from = 0;
    if (this.#half !== null) {
      text = this.#decoder.decode(Uint8Array.of(this.#half, block[0]!), { stream: true });
      this.#half = null;
      from = 1;
    }
    const whole = from + ((block.length - from) & ~1);
    if (whole < block.length) this.#half = block[whole]!;
    text += this.#decoder.decode(block.subarray(from, whole), { stream: true });
    // At most three bytes of UTF-8 for a UTF-16 unit.
    if (this.#utf8.length < text.length * 3) this.#utf8 = new Uint8Array(text.length * 3);
    return this.#utf8.subarray(0, this.#encoder.encodeInto(text, this.#utf8).written);
  }
}
