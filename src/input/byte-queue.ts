import type { Bytes } from '../model/index.js';
import type { Block } from './blocks.js';

/** Bytes of blocks, taken in lengths of the taker's choice. Holds no more than is asked for and a block. */
export class ByteQueue {
  readonly #source: AsyncIterator<Block>;
  #memory = new Uint8Array(64 << 10);
  #from = 0;
  #to = 0;
  #ended = false;

  constructor(source: AsyncIterable<Block>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes at hand. */
  get length(): Bytes {
    return this.#to - this.#from;
  }

  /** Waits for `count` bytes; false when the source ends before. */
  async has(count: Bytes): Promise<boolean> {
    while (this.length < count) {
      if (this.#ended) return false;
      const step = await this.#source.next();
      if (step.done === true) this.#ended = true;
      else this.#add(step.value);
    }
    return true;
  }

  /** Drops `count` bytes, which need not fit into memory; false when the source ends before. */
  async skip(count: Bytes): Promise<boolean> {
    let left = count;
    while (left > 0) {
      if (!(await this.has(1))) return false;
      const here = Math.min(left, this.length);
      this.#from += here;
      left -= here;
    }
    return true;
  }

  /** A byte at hand, counted from the next one. */
  byte(at: number): number {
    return this.#memory[this.#from + at]!;
  }

  /** Four bytes at hand, the lowest first. */
  uint32(at: number): number {
    return (this.byte(at) | (this.byte(at + 1) << 8) | (this.byte(at + 2) << 16) | (this.byte(at + 3) << 24)) >>> 0;
  }

  /** The next `count` bytes, which must be at hand, as a copy. */
  take(count: Bytes): Block {
    const bytes = this.#memory.slice(this.#from, this.#from + count);
    this.#from += count;
    return bytes;
  }

  /** The next byte, or -1 when none is at hand. */
  takeByte(): number {
    return this.#from < this.#to ? this.#memory[this.#from++]! : -1;
  }

  async return(): Promise<void> {
    await this.#source.return?.();
  }

  #add(block: Block): void {
    if (this.#to + block.length > this.#memory.length) {
      const needed = this.length + block.length;
      const memory = needed > this.#memory.length ? new Uint8Array(Math.max(needed, 2 * this.#memory.length)) : this.#memory;
      memory.set(this.#memory.subarray(this.#from, this.#to));
      this.#to = this.length;
      this.#from = 0;
      this.#memory = memory;
    }
    this.#memory.set(block, this.#to);
    this.#to += block.length;
  }
}
