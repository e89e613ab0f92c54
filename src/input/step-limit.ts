import vm from 'node:vm';

/**
 * Longest run of one step of a decoder. A step makes a few hundred KiB at most in some 10 ms (bzip2: 900 KB in
 * 250 ms), so this one is caught in a loop, even on a machine a hundred times busier.
 */
const STEP_MILLISECONDS = 10_000;

const script = new vm.Script('work()');

/**
 * Runs steps of a library that can be brought to loop for ever by a few bytes: seek-bzip by 32 run symbols in a
 * row (its run length turns negative), fzstd by a Huffman weight table with one symbol (no bits are consumed).
 * `vm`'s timeout ends any JavaScript that runs under it, wherever it was loaded; it costs 0.2 ms a step.
 */
export class StepLimit {
  #step: () => void = () => undefined;
  readonly #context = vm.createContext({ work: () => this.#step() });
  readonly #milliseconds: number;

  constructor(milliseconds: number = STEP_MILLISECONDS) {
    this.#milliseconds = milliseconds;
  }

  /** @throws what `step` throws; an error with code `ERR_SCRIPT_EXECUTION_TIMEOUT` when it does not end. */
  run(step: () => void): void {
    this.#step = step;
    script.runInContext(this.#context, { timeout: this.#milliseconds });
  }
}
