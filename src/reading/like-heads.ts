import type { LineToken } from '../../grammars/index.js';
import type { Bytes } from '../model/index.js';
import { decode } from './decode.js';

type Head = LineToken & { is: 'thread' };

/**
 * Heads of threads that differ from one that was parsed in the digits of their id and in nothing else. Of a dump of a hundred thousand
 * threads every head is another line; what it says is known but for the id. Of a grammar whose `idsAlike` says so.
 */
export class LikeHeads {
  /** The head that was parsed last, and the digits in it. */
  #line: Uint8Array = new Uint8Array(0);
  #digits: Bytes = 0;
  #digitsEnd: Bytes = 0;
  #head: Head | null = null;

  /** What the line `bytes[from, to)` says; null where it is not like the head that was {@link learn}t. */
  of(bytes: Uint8Array, from: number, to: number): Head | null {
    const head = this.#head;
    const line = this.#line;
    if (head === null || to - from !== line.length) return null;
    const [digits, digitsEnd] = [this.#digits, this.#digitsEnd];
    let i = 0;
    for (; i < digits; i++) if (bytes[from + i] !== line[i]) return null;
    for (; i < digitsEnd; i++) if (!isDigit(bytes[from + i]!)) return null;
    for (; i < line.length; i++) if (bytes[from + i] !== line[i]) return null;
    return { ...head, id: decode(bytes, from + digits - MARK.length, from + digitsEnd) };
  }

  /** What the grammar made of a line. */
  learn(bytes: Uint8Array, from: number, to: number, token: LineToken): void {
    // names differ from head to head
    if (token.is !== 'thread' || token.name !== null || token.id === null || !ID.test(token.id)) return;
    const line = Buffer.from(bytes.subarray(from, to));
    const at = line.indexOf(token.id);
    if (at < 0 || line.indexOf(token.id, at + 1) >= 0) return;
    this.#line = line;
    this.#digits = at + MARK.length;
    this.#digitsEnd = at + token.id.length;
    this.#head = token;
  }
}

const MARK = '0x';
const ID = /^0x[0-9a-f]+$/;

function isDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}
