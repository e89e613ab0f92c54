import { setImmediate } from 'node:timers/promises';
import { milliseconds } from './clock.js';

/**
 * A stretch of bytes on its way from the file to the reader. Its memory belongs to who made it and is
 * written again when the next one is asked for: whoever keeps bytes copies them.
 *
 * Always a plain `Uint8Array`, never a `Buffer`, whose `slice` does not copy.
 */
export type Block = Uint8Array;

/**
 * Longest time without a turn of the event loop: Ctrl-C and progress are noticed this soon. What is done between two looks may take
 * as long again.
 */
const TURN_MILLISECONDS = 50;

/** Gives signals, timers and progress their turn while a loop works without waiting for anything. */
export class Turns {
  #last = milliseconds();

  /** True when it is time to wait for {@link take}. */
  get due(): boolean {
    return milliseconds() - this.#last > TURN_MILLISECONDS;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#last = milliseconds();
  }
}

/**
 * Blocks whose beginning can be looked at before they are read. The first block is handed on as it came,
 * not copied, when it is as long as the look ahead.
 */
export class Lookahead implements AsyncIterableIterator<Block> {
  readonly #source: AsyncIterator<Block>;
  #held: Block | null = null;
  #ended = false;

  constructor(source: AsyncIterable<Block>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The first `count` bytes, or all when there are fewer. To be called before any block is taken. */
  async head(count: number): Promise<Block> {
    let held = this.#held ?? new Uint8Array(0);
    while (held.length < count && !this.#ended) {
      const kept = held.slice();
      const step = await this.#source.next();
      if (step.done === true) this.#ended = true;
      held = step.done === true ? kept : kept.length === 0 ? step.value : joined(kept, step.value);
    }
    this.#held = held.length > 0 ? held : null;
    return held.subarray(0, count);
  }

  async next(): Promise<IteratorResult<Block, undefined>> {
    const held = this.#held;
    if (held !== null) {
      this.#held = null;
      return { done: false, value: held };
    }
    if (this.#ended) return { done: true, value: undefined };
    const step = await this.#source.next();
    if (step.done !== true) return { done: false, value: step.value };
    this.#ended = true;
    return { done: true, value: undefined };
  }

  /** Gives the source up: a file is closed. */
  async return(): Promise<IteratorResult<Block, undefined>> {
    this.#held = null;
    this.#ended = true;
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function joined(a: Block, b: Block): Block {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
