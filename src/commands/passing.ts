import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { openLiveInput, type LiveInput } from '../input/index.js';
import type { PassThrough } from '../report/index.js';
import { STATUS, UserError } from './errors.js';

/** Silence after which something is said of a dump that is open, and time after which text that flows is looked at. */
const PATIENCE_MS = 1000;
/** A look reads what is open once more: it takes at most this part of the time. */
const LOOKING = 1 / 20;

/** Signals that end the passing, and how long after one the program that writes is listened to: it was asked to end as well. */
const ENDINGS = {
  // Ctrl-C went to the whole job: a test runner still cleans up and says what it had done
  SIGINT: { status: STATUS.interrupted, silence: 1500, atMost: 10_000 },
  // whoever sends these is about to kill
  SIGTERM: { status: 143, silence: 250, atMost: 1500 },
  SIGHUP: { status: 129, silence: 250, atMost: 1500 },
} as const;
type Ending = keyof typeof ENDINGS;
const SIGNALS = Object.keys(ENDINGS) as Ending[];

export interface Passed {
  /** Its status, where a signal ended it. */
  readonly interrupted: number | null;
}

/**
 * Passes standard input on to standard output until it ends, the reader of the output leaves, or a signal says so.
 *
 * @throws InputError, UserError `write-failed`
 */
export async function passThrough(pass: PassThrough, output: Output): Promise<Passed> {
  const input = openLiveInput();
  const signals = new Signals(input);
  try {
    await flow(pass, input, output, signals);
    await output.write(pass.end());
    return { interrupted: signals.first === null ? null : ENDINGS[signals.first].status };
  } finally {
    signals.ignore();
    input.close();
  }
}

async function flow(pass: PassThrough, input: LiveInput, output: Output, signals: Signals): Promise<void> {
  /** Since when there has been something worth a look, and how long to wait for the next one while text flows. */
  let since: number | null = null;
  let patience = PATIENCE_MS;
  for (;;) {
    const ending = signals.first === null ? null : ENDINGS[signals.first];
    const arrival = await input.next(ending?.silence ?? (pass.worthALook ? PATIENCE_MS : null));
    if (arrival === 'end') {
      // Ctrl-C ends both commands: the signal may be noticed after the end that it caused
      await setImmediate();
      return;
    }
    if (arrival === 'woken') {
      if (signals.count > 1 || !input.written) return;
      continue;
    }
    if (arrival === 'silence') {
      if (ending !== null) return;
      await output.write(pass.look(true));
      since = null;
      continue;
    }
    await output.write(pass.push(arrival));
    if (output.left || (ending !== null && signals.since > ending.atMost)) return;
    since = pass.worthALook ? (since ?? Date.now()) : null;
    const begun = Date.now();
    if (since === null || begun - since < patience) continue;
    await output.write(pass.look(false));
    since = Date.now();
    patience = Math.max(PATIENCE_MS, (since - begun) / LOOKING);
  }
}

/** Standard output, whose errors are taken from the moment on that this is made. */
export class Output {
  #left = false;
  #failed: Error | null = null;

  constructor() {
    // a reader that leaves ends the program at once elsewhere; here reports may still be to be written
    process.stdout.removeAllListeners('error');
    process.stdout.on('error', () => undefined);
  }

  /** Its reader has gone. */
  get left(): boolean {
    return this.#left;
  }

  /** Writes pieces, each when the one before was taken: the memory of a piece may be used again after that. */
  async write(pieces: Iterable<Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      if (this.#left) return;
      await new Promise<void>((resolve) => {
        process.stdout.write(piece, (error) => {
          if (error) this.#fail(error);
          resolve();
        });
      });
      if (this.#failed !== null)
        throw new UserError(
          'write-failed',
          `standard output cannot be written: ${this.#failed.message}`,
          'see the disk or the reader of the pipe',
        );
    }
  }

  /** Does what writes to standard output by other ways; that its reader leaves meanwhile is no error. */
  async unlessLeft(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!hasLeft(error)) throw error;
      this.#left = true;
    }
  }

  #fail(error: Error): void {
    if (hasLeft(error)) this.#left = true;
    else this.#failed = error;
  }
}

function hasLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/** Counts the signals that end the passing. A third one ends the process. */
class Signals {
  first: Ending | null = null;
  count = 0;
  readonly #input: LiveInput;
  #at = 0;
  readonly #take = (signal: NodeJS.Signals): void => {
    this.first ??= signal as Ending;
    if (this.count++ === 0) this.#at = Date.now();
    if (this.count > 1) this.ignore();
    this.#input.wake();
  };

  constructor(input: LiveInput) {
    this.#input = input;
    for (const signal of SIGNALS) process.on(signal, this.#take);
  }

  /** Milliseconds since the first. */
  get since(): number {
    return this.first === null ? 0 : Date.now() - this.#at;
  }

  ignore(): void {
    for (const signal of SIGNALS) process.off(signal, this.#take);
  }
}
