import { isAscii } from 'node:buffer';
import { parse as parseTolerantly } from 'jsonc-parser';
import type { JsonGrammar } from '../../grammars/index.js';
import type { Bytes } from '../model/index.js';
import type { Kernel } from './kernel/kernel.js';

/** A value taken from the text; `complete` is false when its end is missing. */
export interface CollectedJson {
  readonly value: unknown;
  readonly complete: boolean;
  /** It was longer than {@link MOST_BYTES}, and the rest was left. */
  readonly overlong: boolean;
}

type JsonParts = NonNullable<JsonGrammar['parts']>;

/**
 * Takes the bytes of one JSON object or array out of a stream, from after its opening brace to the matching one (knowing strings
 * and escapes; never by lines, since a "compact" report of a process with workers spans hundreds of them).
 */
export class JsonCollector {
  readonly #parts: JsonParts | null;
  readonly #pieces: Uint8Array[];
  #bytes: Bytes = 1;
  #depth = 1;
  #inString = false;
  #escaped = false;
  /** The array of the parts is open. */
  #inParts = false;
  /** Of the part that is open, what came in earlier blocks. */
  #part: Uint8Array[] = [];
  readonly #read: unknown[] = [];
  #damaged = false;

  constructor(opening: '{' | '[', parts?: JsonParts) {
    this.#pieces = [Buffer.from(opening)];
    this.#parts = opening === '{' ? (parts ?? null) : null;
  }

  /**
   * Takes from `bytes[from, to)`; the offset after the object's end, or -1 when it goes on. Before `from` stand the bytes that
   * were taken before, some dozens at least.
   *
   * @param kernel in whose memory the bytes are
   */
  take(bytes: Buffer, from: number, to: number, kernel: Kernel | null = null): number {
    let end = -1;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    // what is kept begins here; between parts nothing is
    let kept = this.#inParts && depth === PARTS_DEPTH ? -1 : from;
    let at = from;
    if (escaped && at < to) {
      escaped = false;
      at++;
    }
    for (; at < to; at++) {
      // the inside of a part
      if (kernel !== null && this.#inParts && depth > PARTS_DEPTH) {
        const base = bytes.byteOffset;
        const close = kernel.close(base + at, base + to, depth, PARTS_DEPTH, inString);
        if (close < 0) {
          depth = kernel.depth;
          inString = kernel.inString;
          escaped = kernel.escaped;
          break;
        }
        at = close - base;
        depth = PARTS_DEPTH + 1;
        inString = false;
      }
      const sign = SIGNS[bytes[at]!]!;
      if (sign === 0) continue;
      if (inString) {
        // whatever is escaped, it does not count
        if (sign === ESCAPE) escaped = ++at === to;
        // a string cannot hold a raw line feed: the text was cut or torn in the middle of one
        else if (sign === QUOTE || sign === LINE_FEED) inString = false;
      } else if (sign === QUOTE) inString = true;
      else if (sign === OPENS) {
        if (this.#inParts) {
          if (depth === PARTS_DEPTH) kept = at;
        } else if (depth === 1 && this.#parts !== null && followsKey(bytes, at, this.#parts.key)) {
          this.#keep(this.#pieces, bytes, kept, at + 1);
          this.#inParts = true;
          kept = -1;
        }
        depth++;
      } else if (sign === CLOSES) {
        depth--;
        if (this.#inParts && depth === PARTS_DEPTH) {
          this.#closePart(bytes, kept, at + 1);
          kept = -1;
        } else if (this.#inParts && depth < PARTS_DEPTH) {
          this.#inParts = false;
          kept = at;
        }
        if (depth === 0) {
          end = at + 1;
          break;
        }
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    if (kept >= 0) this.#keep(this.#inParts ? this.#part : this.#pieces, bytes, kept, end < 0 ? to : end);
    return end;
  }

  #keep(pieces: Uint8Array[], bytes: Uint8Array, from: number, to: number): void {
    if (this.#bytes >= MOST_BYTES) return;
    // a copy: the bytes are used again, and the `slice` of a Buffer is a view
    const piece = Uint8Array.prototype.slice.call(bytes, from, Math.min(to, from + MOST_BYTES - this.#bytes));
    pieces.push(piece);
    this.#bytes += piece.length;
  }

  #closePart(bytes: Buffer, from: number, to: number): void {
    if (this.#part.length > 0 || this.#bytes + to - from > MOST_BYTES) {
      this.#keep(this.#part, bytes, from, to);
      this.#finishPart();
      return;
    }
    // all of it is at hand, as of most: no copy
    this.#bytes += to - from;
    this.#readPart(decoded(bytes.subarray(from, to)));
  }

  #finishPart(): void {
    const text = textOf(this.#part);
    this.#part = [];
    this.#readPart(text);
  }

  #readPart(text: string): void {
    // nothing of it was kept
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#damaged = true;
      value = readTolerantly(text);
    }
    this.#read.push(this.#parts!.reduce(value));
  }

  /** The value. `ended`: its closing brace was seen. Undefined: its text cannot be read at all. */
  finish(ended: boolean): CollectedJson | undefined {
    const text = textOf(this.#pieces);
    const overlong = this.#bytes >= MOST_BYTES;
    if (this.#part.length > 0) this.#finishPart();
    try {
      if (ended && !overlong && !this.#damaged) return { value: this.#whole(JSON.parse(text)), complete: true, overlong };
    } catch {
      // read as far as it goes, below
    }
    const value = readTolerantly(text);
    return value === undefined ? undefined : { value: this.#whole(value), complete: false, overlong };
  }

  #whole(value: unknown): unknown {
    if (this.#read.length > 0) (value as Record<string, unknown>)[this.#parts!.key] = this.#read;
    return value;
  }
}

/** The array of the parts is a member of the outermost object: its items are this deep. */
const PARTS_DEPTH = 2;

function textOf(pieces: readonly Uint8Array[]): string {
  const [only] = pieces;
  const bytes = pieces.length === 1 ? Buffer.from(only!.buffer, only!.byteOffset, only!.length) : Buffer.concat(pieces);
  return decoded(bytes);
}

function decoded(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** What can be read of a text that is cut or damaged; undefined for one that is nested deeper than any report. */
function readTolerantly(text: string): unknown {
  try {
    return parseTolerantly(text, [], { allowTrailingComma: true, disallowComments: true });
  } catch {
    return undefined; // the reader's stack ended
  }
}

/** Whether the bracket at `at` begins the array of a key. */
function followsKey(bytes: Uint8Array, at: number, key: string): boolean {
  const before = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(0, at - KEY_ROOM), Math.min(at, KEY_ROOM)).toString('latin1');
  return bytes[at] === 0x5b && before.trimEnd().endsWith(':') && before.trimEnd().slice(0, -1).trimEnd().endsWith(`"${key}"`);
}

/** For the key, the colon and the blanks around it. */
const KEY_ROOM: Bytes = 64;

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
