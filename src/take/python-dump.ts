/** A dump of a Python process that a start-up module has prepared: faulthandler writes it on a signal. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TakeError } from './errors.js';
import { lookAt, openFileOf, type ProcessInfo } from './process.js';
import type { Ready } from './ready.js';
import { sendCaught } from './signals.js';
import { kernelStandingOf, mayBeInterrupted } from './standing.js';
import { waitFor } from './wait-for.js';

/** A handler in C answers at once, as soon as the process gets the processor. */
const ANSWER_MS = 5000;
/** A dump has no end mark and is written in many pieces, but without a pause: after this time without one it has ended. */
const QUIET_MS = 120;
const LOOK_MS = 10;
/** A hundred threads of a hundred frames have some two megabytes. */
const MOST_BYTES = 16 << 20;

/** A main thread that runs Python code or waits in its event loop takes the second signal at once; one that is held in C never does. */
const TASKS_MS = 1000;
/** The empty line that ends them. */
const TASKS_END = Buffer.from('\n\n');

/** An event loop of asyncio is on some stack, also one whose own steps are no Python. */
const LOOP = /[\\/]asyncio[\\/]\w+\.py"/;

/**
 * Has a prepared Python write its stacks, and those of its asyncio tasks, and reads them.
 *
 * @throws TakeError `not-taken` when it does not answer, or no longer has the file; those of {@link sendCaught}
 */
export async function dumpPython(target: ProcessInfo, { signal, dump, fd, tasks }: Ready, abort?: AbortSignal): Promise<Uint8Array> {
  if (dump === null || fd === null) throw new TakeError('not-taken', 'its start-up module has no file for dumps', 'is the disk full?');
  const open = openFileOf(target.pid, fd);
  if (open?.target !== dump)
    throw new TakeError(
      'not-taken',
      'the program has closed the file that its stacks would go to',
      'it closes all files that it does not know, as daemons do; py-spy dump needs none',
    );
  const before = sizeOf(dump);
  sendCaught(target, signal);
  const until = Date.now() + ANSWER_MS;
  let [size, since] = [before, Date.now()];
  for (;;) {
    await sleep(LOOK_MS, undefined, abort ? { signal: abort } : {});
    const now = sizeOf(dump);
    if (now !== size) [size, since] = [now, Date.now()];
    else if (size > before && Date.now() - since >= QUIET_MS) break;
    else if (size === before && Date.now() > until) throw silent(target, signal);
  }
  if (tasks !== null && LOOP.test(textOf(dump, before, size).toString('latin1')) && canTellTasks(target)) {
    sendCaught(target, tasks);
    const hasEnded = (): true | null =>
      sizeOf(dump) > size && textOf(dump, sizeOf(dump) - 2, sizeOf(dump)).equals(TASKS_END) ? true : null;
    await waitFor(hasEnded, TASKS_MS, LOOK_MS, abort);
  }
  return textOf(dump, before, sizeOf(dump));
}

/** The handler of tasks is Python's: a call that it interrupts is begun again, in Python; what C does with it is not known. */
function canTellTasks({ pid, start }: ProcessInfo): boolean {
  const now = lookAt(pid);
  return now?.start === start && mayBeInterrupted(kernelStandingOf(now).kind);
}

function silent({ state }: ProcessInfo, signal: string): TakeError {
  const why = /[Tt]/.test(state) ? 'it is stopped' : state === 'D' ? 'it is held in the kernel' : 'it blocks the signal';
  return new TakeError(
    'not-taken',
    `it did not answer to ${signal} within ${ANSWER_MS / 1000} s: ${why}, or has no processor time`,
    'try again',
  );
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function textOf(file: string, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.min(to - from, MOST_BYTES));
  const handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, from));
  } finally {
    fs.closeSync(handle);
  }
}
