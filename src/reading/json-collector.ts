import { parse as parseTolerantly } from 'jsonc-parser';
import type { Bytes } from '../model/index.js';

/** A value taken from the text; `complete` is false when its end is missing. */
export interface CollectedJson {
  readonly value: unknown;
  readonly complete: boolean;
  /** It was longer than {@link MOST_BYTES}, and the rest was left. */
  readonly overlong: boolean;
}

/**
 * Takes the bytes of one JSON object or array out of a stream, from after its opening brace to the matching one (knowing strings
 * and escapes; never by lines, since a "compact" report of a process with workers spans hundreds of them).
 */
export class JsonCollector {
  readonly #pieces: Uint8Array[];
  #bytes: Bytes = 1;
  #depth = 1;
  #inString = false;
  #escaped = false;

  constructor(opening: '{' | '[') {
    this.#pieces = [Buffer.from(opening)];
  }

  /** Takes from `bytes[from, to)`; the offset after the object's end, or -1 when it goes on. */
  take(bytes: Uint8Array, from: number, to: number): number {
    let end = -1;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (let at = from; at < to; at++) {
      if (escaped) {
        escaped = false;
        continue;
      }
      const sign = SIGNS[bytes[at]!]!;
      if (sign === 0) continue;
      if (inString) {
        if (sign === ESCAPE) escaped = true;
        // a string cannot hold a raw line feed: the text was cut or torn in the middle of one
        else if (sign === QUOTE || sign === LINE_FEED) inString = false;
      } else if (sign === QUOTE) inString = true;
      else if (sign === OPENS) depth++;
      else if (sign === CLOSES && --depth === 0) {
        end = at + 1;
        break;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    if (this.#bytes < MOST_BYTES) {
      // a copy: the bytes are used again, and the `slice` of a Buffer is a view
      const piece = Uint8Array.prototype.slice.call(bytes, from, Math.min(end < 0 ? to : end, from + MOST_BYTES - this.#bytes));
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
    return end;
  }

  /** The value. `ended`: its closing brace was seen. Undefined: its text cannot be read at all. */
  finish(ended: boolean): CollectedJson | undefined {
    const text = Buffer.concat(this.#pieces).toString('utf8');
    const overlong = this.#bytes >= MOST_BYTES;
    try {
      if (ended && !overlong) return { value: JSON.parse(text), complete: true, overlong };
    } catch {
      // read as far as it goes, below
    }
    try {
      return { value: parseTolerantly(text, [], { allowTrailingComma: true, disallowComments: true }), complete: false, overlong };
    } catch {
      return undefined; // nested deeper than any report: the reader's stack ended
    }
  }
}

const QUOTE = 1;
const ESCAPE = 2;
const LINE_FEED = 3;
const OPENS = 4;
const CLOSES = 5;
/** Bytes that decide something, 0 for all others. */
const SIGNS = new Uint8Array(256);
for (const [text, sign] of [
  ['"', QUOTE],
  ['\\', ESCAPE],
  ['\n', LINE_FEED],
  ['{', OPENS],
  ['[', OPENS],
  ['}', CLOSES],
  [']', CLOSES],
] as const)
  SIGNS[text.charCodeAt(0)] = sign;

/** A report has 9–16 KB for the main thread and about 14 KB a worker, so this is some 4,000 workers; it bounds the memory a hostile input can claim. */
const MOST_BYTES: Bytes = 64 << 20;
