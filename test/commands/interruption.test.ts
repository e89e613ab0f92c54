import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sampleFile } from '../sample-files.js';

const RUN = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const DUMP = sampleFile('classic-recipe/20261123093000.log').toString('latin1');
const THREADS = 6000;
const LARGE = Array.from({ length: THREADS }, (_, i) => {
  const frames = Array.from({ length: 3 }, (_, f) => `  File "/srv/part_${f}.py", line ${f + 1} in work_${i}_${f}\n`);
  return `Thread 0x${(0x7f0000000000 + i * 4096).toString(16).padStart(16, '0')} (most recent call first):\n${frames.join('')}`;
}).join('\n');

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run whose output is not read before it is asked how it ended. */
class Run {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #stderr = '';

  constructor(args: readonly string[], stdin: 'pipe' | number = 'pipe') {
    this.child = spawn(process.execPath, [RUN, ...args, '--no-config'], { stdio: [stdin, 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    this.#closed = once(this.child, 'close');
  }

  /** It has begun to answer, and waits for its reader. */
  async answers(): Promise<void> {
    await once(this.child.stdout!, 'readable');
    await setTimeout(100);
  }

  async says(text: string): Promise<void> {
    while (!this.#stderr.includes(text)) await once(this.child.stderr!, 'data');
  }

  async ended(): Promise<Ended> {
    let stdout = '';
    this.child.stdout!.on('data', (data: Buffer) => (stdout += data.toString()));
    const [status, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null];
    return { status, signal, stdout, stderr: this.#stderr };
  }
}

describe('Ctrl-C', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-interruption-'));
    file = path.join(folder, 'large.log');
    fs.writeFileSync(file, LARGE);
  });

  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('while an input is read ends in what was found so far', async () => {
    const runs = ['analyze', 'stuck'].map(async (command) => {
      const run = new Run([command, '--json', '-']);
      await run.says('waiting for dumps on standard input');
      run.child.stdin!.write(`${DUMP}and more\n`);
      await setTimeout(1000);
      run.child.kill('SIGINT');
      const { status, stdout } = await run.ended();
      const { interrupted } = JSON.parse(stdout) as { interrupted: boolean };
      assert.deepEqual([status, interrupted], [130, true], command);
      assert.match(stdout, /0x00007f/, command);
    });
    await Promise.all(runs);
  });

  it('while the answer is written lets it be finished, and says so', async () => {
    const run = new Run(['analyze', '--json', file]);
    await run.answers();
    run.child.kill('SIGINT');
    await setTimeout(100);
    const { status, stdout, stderr } = await run.ended();
    const { dumps } = JSON.parse(stdout) as { dumps: { threads: unknown[] }[] };
    assert.deepEqual([status, dumps[0]!.threads.length], [130, THREADS]);
    assert.match(stderr, /^standstill: interrupted: all was read, so the answer is finished \(Ctrl-C again ends it\)\n$/);
  });

  it('ends the program at the second time', async () => {
    const run = new Run(['analyze', '--json', file]);
    await run.answers();
    for (let i = 0; i < 2; i++) {
      run.child.kill('SIGINT');
      await setTimeout(100);
    }
    const { status, stdout } = await run.ended();
    assert.equal(status, 130);
    assert.throws(() => JSON.parse(stdout), SyntaxError);
  });

  it('ends the passing of a file at once: nobody writes it who could have last words', async () => {
    const long = path.join(folder, 'long.log');
    fs.writeFileSync(long, '');
    const block = `${DUMP}${'2026-11-23 09:30:00 INFO served\n'.repeat(30_000)}`;
    for (let i = 0; i < 60; i++) fs.appendFileSync(long, block);
    const input = fs.openSync(long, 'r');
    const run = new Run(['pipe'], input);
    await once(run.child.stdout!, 'readable');
    run.child.kill('SIGINT');
    const begun = performance.now();
    const { status, stdout } = await run.ended();
    fs.closeSync(input);
    assert.equal(status, 130);
    assert.match(stdout, /\n\n[A-Z]+[^\n]*\n/);
    assert.ok(stdout.length < 0.5 * fs.statSync(long).size, `${stdout.length} bytes were passed`);
    assert.ok(performance.now() - begun < 20_000);
  });
});
