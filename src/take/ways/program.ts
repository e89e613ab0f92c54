/** Running another program to look at a process, with an end to its time and to what it may say. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TakeError } from '../errors.js';
import { lookAt, type ProcessInfo } from '../process.js';
import { waitFor } from '../wait-for.js';

type Milliseconds = number;

/** Most text of one dump: some thousand threads. */
const MOST_BYTES = 64 * 2 ** 20;
/** Time to detach from the process after it was asked to end. */
const GRACE_MS: Milliseconds = 3000;
const CONTINUE_MS: Milliseconds = 500;

/** A program of the search path, or null. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    // an empty entry is the working directory: nobody means that
    if (folder === '') continue;
    const file = path.join(folder, name);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      if (fs.statSync(file).isFile()) return file;
    } catch {
      // not here
    }
  }
  return null;
}

export interface ProgramRun {
  readonly status: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

/**
 * Runs a program on a process, and sees to it that the process goes on after it.
 *
 * @throws TakeError `not-taken` when it does not end in time, or cannot be run
 */
export async function runOn(
  info: ProcessInfo,
  file: string,
  args: readonly string[],
  within: Milliseconds,
  abort?: AbortSignal,
): Promise<ProgramRun> {
  const wasStopped = /[Tt]/.test(info.state);
  try {
    return await run(file, args, within, abort);
  } finally {
    if (!wasStopped) await goOn(info);
  }
}

/** A debugger that was ended in the middle may leave the process stopped; it was not before. */
async function goOn(info: ProcessInfo): Promise<void> {
  const isStopped = (): boolean => {
    const now = lookAt(info.pid);
    return now?.start === info.start && /[Tt]/.test(now.state);
  };
  if ((await waitFor(() => (isStopped() ? null : true), CONTINUE_MS, 20)) === null) process.kill(info.pid, 'SIGCONT');
}

async function run(file: string, args: readonly string[], within: Milliseconds, abort: AbortSignal | undefined): Promise<ProgramRun> {
  const name = path.basename(file);
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // messages are looked at, so they must be English; what is meant for another program is not for this one
    env: { ...process.env, LC_ALL: 'C.UTF-8', NO_COLOR: '1', NODE_OPTIONS: '', PYTHONPATH: '', PYTHONSTARTUP: '' },
  });
  const output: Buffer[] = [];
  let [bytes, errors] = [0, ''];
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= MOST_BYTES) output.push(part);
    else child.kill('SIGTERM');
  });
  child.stderr.on('data', (part: Buffer) => (errors = (errors + String(part)).slice(-10_000)));
  let late = Boolean(abort?.aborted);
  const stop = (): void => {
    late = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  const timer = setTimeout(stop, within);
  abort?.addEventListener('abort', stop, { once: true });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new TakeError('not-taken', `${file} cannot be run: ${error.message}`, `see whether \`${name} --version\` works`)),
      );
      child.once('close', (code) => resolve(code));
    });
    if (late) throw new TakeError('not-taken', `${name} did not end within ${within / 1000} s`, 'the machine may be overloaded; try again');
    return { status, output: Buffer.concat(output), errors };
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', stop);
  }
}

/** The line of a program's complaints that says most: the last that is none of its hints. */
export function complaintOf({ status, errors }: ProgramRun): string {
  const lines = errors
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /error|denied|not permitted|failed|no such/i.test(line)) ?? lines.at(-1) ?? `status ${status}`;
}
