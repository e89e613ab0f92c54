import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  TakeError,
  allProcesses,
  environmentOf,
  lookAt,
  openFileOf,
  openFilesOf,
  parseSignal,
  processTree,
  sendCaught,
  signalNames,
  stillRuns,
} from '../../src/take/index.js';

const linux = process.platform === 'linux';

/** A Node process that says when its program has begun. */
async function node(code: string, env: NodeJS.ProcessEnv = {}): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', `${code}; console.log('ready'); setInterval(() => {}, 1000)`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  await once(child.stdout, 'data');
  assert.ok(child.pid !== undefined);
  return child as ChildProcess & { pid: number };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

(linux ? describe : describe.skip)('a look at a process', () => {
  it('tells who it is, without disturbing it', async () => {
    const child = await node('', { STANDSTILL_TEST: 'a=b' });
    try {
      const info = lookAt(child.pid);
      assert.ok(info !== null);
      const { start, state, signals, threads, ...rest } = info;
      assert.deepEqual(
        { ...rest, commandLine: rest.commandLine.slice(0, 2) },
        {
          pid: child.pid,
          parent: process.pid,
          group: lookAt(process.pid)?.group,
          session: lookAt(process.pid)?.session,
          user: process.geteuid?.(),
          name: path.basename(process.execPath),
          tracer: 0,
          ownPid: child.pid,
          commandLine: [process.execPath, '-e'],
          executable: fs.realpathSync(process.execPath),
          workingDirectory: process.cwd(),
        },
      );
      assert.match(state, /[SR]/);
      assert.ok(threads > 1 && start > 0);
      assert.ok(signalNames(signals.caught).includes('SIGUSR1'), 'Node catches SIGUSR1');
      assert.equal(environmentOf(child.pid)?.get('STANDSTILL_TEST'), 'a=b');
      assert.ok(stillRuns(info));
      await end(child);
      assert.ok(!stillRuns(info));
      assert.equal(lookAt(child.pid), null);
    } finally {
      await end(child);
    }
  });

  it('knows open files by what they are', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-')), 'log');
    const log = fs.openSync(file, 'a');
    const child = spawn('sleep', ['1000'], { stdio: ['ignore', 'pipe', log] });
    try {
      assert.ok(child.pid !== undefined);
      for (let i = 0; i < 100 && lookAt(child.pid)?.name !== 'sleep'; i++) await sleep(10);
      const [stdin, stdout, stderr] = openFilesOf(child.pid) ?? [];
      assert.deepEqual([stdin?.kind, stdin?.target, stdin?.writable], ['null', '/dev/null', false]);
      assert.ok(stdout?.kind === 'socket' || stdout?.kind === 'pipe');
      assert.deepEqual(stderr, { fd: 2, kind: 'file', target: file, through: `/proc/${child.pid}/fd/2`, writable: true });
      assert.deepEqual(openFileOf(child.pid, 2), stderr);
      assert.equal(openFileOf(child.pid, 99), null);
    } finally {
      await end(child);
      fs.closeSync(log);
      fs.rmSync(path.dirname(file), { recursive: true });
    }
  });

  it('sees the whole tree, parents first', async () => {
    const child = await node(`
      const { spawn } = require('node:child_process');
      spawn('sh', ['-c', 'sleep 1000 & sleep 1000'], { stdio: 'ignore' })`);
    try {
      let names: string[] = [];
      for (let i = 0; i < 200 && names.length < 4; i++) {
        names = processTree(child.pid).map(({ name }) => name);
        await sleep(10);
      }
      assert.deepEqual(names, [path.basename(process.execPath), 'sh', 'sleep', 'sleep']);
      assert.ok(allProcesses().some(({ pid }) => pid === child.pid));
    } finally {
      for (const { pid } of processTree(child.pid).reverse()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // it ended with its child
        }
      }
      await end(child);
    }
  });

  it('has no answer for a pid that nobody has', () => {
    assert.equal(lookAt(2 ** 22 + 1), null);
    assert.deepEqual(processTree(2 ** 22 + 1), []);
    assert.equal(environmentOf(2 ** 22 + 1), null);
    assert.equal(openFilesOf(2 ** 22 + 1), null);
  });
});

(linux ? describe : describe.skip)('a signal', () => {
  it('is never sent to a process that does not catch it, whichever it is', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      assert.ok(child.pid !== undefined);
      for (let i = 0; i < 100 && lookAt(child.pid)?.name !== 'sleep'; i++) await sleep(10);
      const info = lookAt(child.pid);
      assert.ok(info !== null);
      for (const signal of Object.keys(os.constants.signals)) {
        if (signal === 'SIGKILL' || signal === 'SIGSTOP') continue;
        assert.throws(
          () => sendCaught(info, parseSignal(signal)),
          (error) => error instanceof TakeError && error.code === 'not-caught' && error.message.includes('was not sent'),
          signal,
        );
      }
      await sleep(50);
      assert.ok(stillRuns(info), 'still there');
      assert.notEqual(lookAt(child.pid)?.state, 'T', 'and not stopped');
    } finally {
      await end(child);
    }
  });

  it('reaches the handler of a program that has one, but no other process of that pid', async () => {
    const child = await node(`process.on('SIGUSR2', () => console.log('caught'))`);
    try {
      const info = lookAt(child.pid);
      assert.ok(info !== null && child.stdout !== null);
      assert.throws(
        () => sendCaught({ ...info, start: info.start - 1 }, 'SIGUSR2'),
        (error) => error instanceof TakeError && error.code === 'process-ended',
      );
      const said = once(child.stdout, 'data');
      sendCaught(info, 'SIGUSR2');
      assert.equal(String((await said)[0]), 'caught\n');
    } finally {
      await end(child);
    }
  });

  it('is known by its name, short name or number', () => {
    assert.deepEqual(['SIGUSR1', 'usr1', 'Usr1', String(os.constants.signals.SIGUSR1)].map(parseSignal), Array(4).fill('SIGUSR1'));
    for (const text of ['SIGDUMP', 'KILL', 'STOP', '0', '99', '']) {
      assert.throws(
        () => parseSignal(text),
        (error) => error instanceof TakeError && error.code === 'bad-signal',
        text,
      );
    }
  });
});
