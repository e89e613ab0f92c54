import vm from 'node:vm';
import type { Bytes } from '../model/index.js';
import { milliseconds } from './clock.js';

/** Time for a decoder that makes nothing. A step makes some 100 KiB in 10 ms; bzip2's, of 900 KB, take 250 ms. */
const BASE_MILLISECONDS = 10_000;
/** The slowest decoder (bzip2) makes 3,700 bytes a millisecond. A hundred times less is no decoding any more. */
const LEAST_BYTES_PER_MILLISECOND = 37;

const script = new vm.Script('work()');
let work: () => unknown = () => undefined;
/** Made at the first step: it costs a millisecond. */
let context: vm.Context | null = null;

/**
 * Runs the steps of a decoder that a few bytes can bring to loop: fzstd for ever by a Huffman weight table with one
 * symbol (no bits are consumed), and for seconds by blocks of 20 bytes that say they are made of 98,000 long copies;
 * seek-bzip by blocks of 40 bytes, each of which takes 4 MB of memory.
 *
 * `vm`'s timeout ends any JavaScript that runs under it, wherever it was loaded; it costs 0.2 ms a step.
 */
export class StepLimit {
  readonly #base: number;
  #spent = 0;
  #made: Bytes = 0;

  /** @param base milliseconds for steps that make nothing. */
  constructor(base: number = BASE_MILLISECONDS) {
    this.#base = base;
  }

  /** @returns what `step` returns. @throws what it throws; an error with code `ERR_SCRIPT_EXECUTION_TIMEOUT` when it does not end. */
  run<Result>(step: () => Result): Result {
    context ??= vm.createContext({ work: () => work() });
    work = step;
    const left = this.#base + this.#made / LEAST_BYTES_PER_MILLISECOND - this.#spent;
    const start = milliseconds();
    try {
      return script.runInContext(context, { timeout: Math.max(1, Math.round(left)) }) as Result;
    } finally {
      this.#spent += milliseconds() - start;
    }
  }

  /** Says that steps made so many bytes. */
  made(bytes: Bytes): void {
    this.#made += bytes;
  }
}
