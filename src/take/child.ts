/** A command that is run as if nobody stood between: its input, output, signals and status are passed on. */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { TakeError } from './errors.js';

/** Signals that whoever runs a command sends to it; Node itself needs the others, or they stop and go on with the whole group. */
const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;
/** Those that a terminal sends to all processes in its foreground. */
const OF_THE_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP']);
/** After a command has ended, what it wrote is still in the pipe; what children of it that live on write is not waited for. */
const REST_MS = 500;

export interface Child {
  readonly pid: number;
  /** Its status as a shell gives it: 128 and the signal's number, where one ended it. */
  readonly ended: Promise<number>;
  /** Milliseconds since the last output; null where the output is not looked at. */
  readonly silence: number | null;
  /** While dumps are taken: what Node says of that itself is no output of the command. Known only where the output is looked at. */
  dumping: boolean;
}

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Look at the output: it goes through pipes then, and the command does not see a terminal. Else it has this process' own. */
  readonly watched: boolean;
}

/**
 * Starts a command. Signals that come from now on are passed to it, and do not end this process.
 *
 * @throws TakeError `not-started`
 */
export async function startChild(
  [program, ...args]: readonly [string, ...string[]],
  { environment, watched }: ChildOptions,
): Promise<Child> {
  const child = spawn(program, args, {
    env: { ...environment },
    stdio: ['inherit', watched ? 'pipe' : 'inherit', watched ? 'pipe' : 'inherit'],
  });
  const pass = (signal: NodeJS.Signals): void => {
    if (!(OF_THE_TERMINAL.has(signal) && inForeground())) child.kill(signal);
  };
  for (const signal of PASSED) process.on(signal, pass);
  const output = watched ? new Passed(child) : null;
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      const status = code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);
      const done = (): void => {
        for (const passed of PASSED) process.off(passed, pass);
        resolve(status);
      };
      if (output === null) done();
      else void output.rest().then(done);
    });
  });
  try {
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  } catch (error) {
    for (const passed of PASSED) process.off(passed, pass);
    throw notStarted(program, error);
  }
  return {
    pid: child.pid!,
    ended,
    get silence() {
      return output === null ? null : Date.now() - output.last;
    },
    get dumping() {
      return output?.dumping ?? false;
    },
    set dumping(value) {
      if (output !== null) output.dumping = value;
    },
  };
}

function notStarted(program: string, error: unknown): TakeError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT'
    ? new TakeError('not-found', `${program}: there is no such program`, 'the command and its arguments stand behind --')
    : new TakeError('not-started', `${program}: it cannot be started (${code})`, 'is it a program, and may it be run?');
}

/** Whether a terminal sends its signals to this process, and so to the command as well. */
function inForeground(): boolean {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return process.stdin.isTTY;
  }
}

/** What Node writes to standard error when somebody connects to its inspector (src/inspector_io.cc), in one piece. */
const ATTACHED = Buffer.from('Debugger attached.\n');

/** @param block of standard error; the line is Node's own where it stands at the beginning of a line */
function withoutAttached(block: Buffer): Buffer {
  for (let at = block.indexOf(ATTACHED); at !== -1; at = block.indexOf(ATTACHED, at + 1)) {
    if (at === 0 || block[at - 1] === 0x0a)
      return Buffer.concat([block.subarray(0, at), withoutAttached(block.subarray(at + ATTACHED.length))]);
  }
  return block;
}

/** The output of a command on its way through. */
class Passed {
  /** When the last of it came. */
  last = Date.now();
  dumping = false;
  readonly #open = new Set<Readable>();
  #idle: (() => void) | null = null;

  constructor(child: ChildProcess) {
    this.#pass(child.stdout!, process.stdout);
    this.#pass(child.stderr!, process.stderr);
  }

  #pass(from: Readable, to: Writable): void {
    this.#open.add(from);
    const gone = (): void => {
      // so that the command learns it as if it had the output itself
      from.destroy();
    };
    to.removeAllListeners('error');
    to.on('error', gone);
    from.on('data', (all: Buffer) => {
      const block = this.dumping && to === process.stderr ? withoutAttached(all) : all;
      if (block.length === 0) return;
      this.last = Date.now();
      if (to.write(block)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('error', gone);
    from.once('close', () => {
      this.#open.delete(from);
      if (this.#open.size === 0) this.#idle?.();
    });
  }

  /** Resolves when all that the command wrote is passed on. */
  async rest(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (this.#open.size > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        timer = setInterval(() => {
          if (Date.now() - this.last > REST_MS) resolve();
        }, REST_MS / 5);
        this.last = Date.now();
      });
    clearInterval(timer);
    for (const from of this.#open) from.destroy();
  }
}
