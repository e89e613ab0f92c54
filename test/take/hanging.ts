import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { lookAt, processTree, type ProcessInfo } from '../../src/take/index.js';

const PROGRAMS = path.join(import.meta.dirname, 'programs');

/** Ways to hang that hang.cjs knows. */
export type Hang =
  | 'js-loop'
  | 'regex'
  | 'wasm'
  | 'atomics-wait'
  | 'next-tick'
  | 'microtask'
  | 'exec-sync'
  | 'read-sync'
  | 'pbkdf2'
  | 'pbkdf2-returns'
  | 'idle'
  | 'immediates';

/** A program that was started to be dumped, and must outlive that. */
export class Target {
  readonly child: ChildProcess;
  readonly pid: number;
  output = '';
  errors = '';

  constructor(command: readonly [string, ...string[]], options: { env?: NodeJS.ProcessEnv; cwd?: string; stderr?: number } = {}) {
    const [program, ...args] = command;
    this.child = spawn(program, args, {
      // the fourth is a pipe that stays empty, to be blocked on
      stdio: ['pipe', 'pipe', options.stderr ?? 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...options.env },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    this.child.stdout?.on('data', (data) => (this.output += String(data)));
    this.child.stderr?.on('data', (data) => (this.errors += String(data)));
    assert.ok(this.child.pid !== undefined, `${program} starts`);
    this.pid = this.child.pid;
  }

  /** Waits for what the program says. */
  async says(text: string | RegExp, within = 15_000): Promise<void> {
    const until = Date.now() + within;
    const said = (): boolean => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output));
    while (!said()) {
      assert.ok(Date.now() < until && this.child.exitCode === null, `it says ${String(text)}: ${this.output}${this.errors}`);
      await sleep(10);
    }
  }

  /** @throws when it has ended, or stands still for good */
  get info(): ProcessInfo {
    const info = lookAt(this.pid);
    assert.ok(info !== null, `it still runs: ${this.errors}`);
    assert.doesNotMatch(info.state, /[Tt]/, 'and is not stopped');
    return info;
  }

  /** Waits until its main thread runs (`R`) or sleeps (`S`). */
  async becomes(state: string, within = 20_000): Promise<void> {
    const until = Date.now() + within;
    while (this.info.state !== state) {
      assert.ok(Date.now() < until, `its state is ${state} again, not ${this.info.state}`);
      await sleep(10);
    }
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    // what it has started, too: a command that it waits for outlives it
    for (const { pid } of processTree(this.pid)) process.kill(pid, 'SIGKILL');
    await ended;
  }
}

/** Runs a check on a program, and ends the program whatever comes of it. */
export async function withTarget<T>(target: Target, check: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await check(target);
  } finally {
    await target.end();
  }
}

export interface NodeHang {
  readonly node?: string;
  readonly options?: readonly string[];
  readonly place?: 'main' | 'worker';
  readonly cwd?: string;
  readonly stderr?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A Node process that hangs by now. */
export async function hangingNode(
  hang: Hang,
  { node = process.execPath, options = [], place = 'main', ...rest }: NodeHang = {},
): Promise<Target> {
  const target = new Target([node, ...options, path.join(PROGRAMS, 'hang.cjs'), hang, place], rest);
  try {
    await target.says('ready');
    // it says so before, since it cannot after
    await sleep(place === 'main' ? 600 : 300);
  } catch (error) {
    await target.end();
    throw error;
  }
  return target;
}
