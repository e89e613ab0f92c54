// Every way to the stacks of a running Python that is installed, on programs that hang; after it they are as they were.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readFiles, type DumpSet } from '../../src/index.js';
import { TakeError, lookAt, planCapture, signalNames, takeCapture, type PlanOptions, type WayName } from '../../src/take/index.js';
import { findProgram } from '../../src/take/ways/program.js';
import { remoteScript } from '../../src/take/ways/remote-exec.js';
import { Target, withTarget } from '../take/hanging.js';

const PROGRAM = path.join(import.meta.dirname, '..', 'take', 'programs', 'hang.py');
const HANGS = ['idle', 'busy_loop', 'regex', 'lock', 'blocked_read'] as const;
/** The program itself, whatever shims stand before it. */
const PYTHON = spawnSync('python3', ['-c', 'import os, sys; print(os.path.realpath(sys.executable))'], { encoding: 'utf8' }).stdout.trim();

/** The interpreter that is called so; null where there is none. */
function pathOf(name: string): string | null {
  const { status, stdout } = spawnSync(name, ['-c', 'import os, sys; print(os.path.realpath(sys.executable))'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

async function hanging(hang: string, file: readonly string[] = [], stderr?: number, python = PYTHON): Promise<Target> {
  const target = new Target([python, PROGRAM, hang, ...file], stderr === undefined ? {} : { stderr });
  await target.says('ready');
  await sleep(200);
  return target;
}

const functionsOf = (set: DumpSet): string[] =>
  set.dumps.flatMap(({ threads }) =>
    threads.flatMap(({ stack }) => [...set.stacks.frames(stack)].map((row) => set.frames.get(row).function ?? '')),
  );

describe('dumps of hanging Python processes', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  async function check(target: Target, hang: string, options: PlanOptions): Promise<void> {
    await withTarget(target, async () => {
      const { state } = target.info;
      const plan = await planCapture(target.pid, options);
      const { dumps, remarks } = await takeCapture(plan, { count: 2, interval: 100, folder });
      const set = await readFiles(dumps.map(({ file }) => file));
      assert.equal(set.dumps.length, 2, `${hang}: ${remarks.join()}`);
      assert.ok(set.dumps.every(({ pid }) => pid === target.pid));
      // nothing of whoever asked stands on top
      assert.ok(!functionsOf(set).includes('_standstill'));
      // gdb without the extension of this Python has native frames alone, and says so
      if (remarks.some((remark) => remark.startsWith('gdb shows native frames alone'))) assert.equal(options.way, 'gdb');
      else assert.equal(functionsOf(set).filter((name) => name === hang).length, 2, `${hang}: ${functionsOf(set).join()}`);
      await target.becomes(state);
    });
  }

  const readers: readonly WayName[] = ['gdb', ...(['py-spy', 'pystack'] as const).filter((name) => findProgram(name) !== null)];
  for (const way of readers) {
    it(`are read out of their memory by ${way}`, async () => {
      for (const hang of HANGS) await check(await hanging(hang), hang, { way });
    });
  }

  // no Debian that is out has them, so only where somebody put them
  for (const version of ['3.14', '3.15']) {
    const python = pathOf(`python${version}`);
    if (python === null) continue;
    it(`are written by CPython ${version} itself through sys.remote_exec, or it is said that its main thread does not come to it`, async () => {
      for (const hang of ['busy_loop', 'regex'] as const) {
        const target = await hanging(hang, [], undefined, python);
        await check(target, hang, { way: 'remote-exec' });
      }
      for (const hang of ['idle', 'lock', 'blocked_read'] as const) {
        await withTarget(await hanging(hang, [], undefined, python), async (target) => {
          const plan = await planCapture(target.pid, { way: 'remote-exec' });
          await assert.rejects(takeCapture(plan, { count: 1, interval: 0, folder }), /its main thread did not come to the script/);
          await target.becomes('S');
        });
      }
    });
  }

  it('are written by faulthandler on the signal that was named, to the file that is standard error', async () => {
    for (const hang of HANGS) {
      const log = fs.openSync(path.join(folder, `${hang}.log`), 'a');
      await check(await hanging(hang, ['-'], log), hang, { signal: 'SIGUSR1', way: 'signal' });
      fs.closeSync(log);
    }
  });

  it('are found in the file that the program has opened for them', async () => {
    await check(await hanging('lock', [path.join(folder, 'stacks')]), 'lock', { signal: 'SIGUSR1', way: 'signal' });
  });

  it('are said to be at the other end of a pipe, where they went there', async () => {
    await withTarget(await hanging('lock', ['-']), async (target) => {
      const plan = await planCapture(target.pid, { signal: 'SIGUSR1', way: 'signal', patience: 500 });
      await assert.rejects(takeCapture(plan, { count: 3, interval: 50, folder }), (error) => {
        assert.ok(error instanceof TakeError && error.code === 'unanswered');
        assert.match(error.hint, /standard error is a (?:socket|pipe)/);
        return true;
      });
      assert.equal(target.errors.match(/most recent call first/g)?.length, 1, 'once');
    });
  });

  it('are not taken by a signal that would end the process, whichever is named', async () => {
    const signals = signalNames((1n << 31n) - 1n).filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP') as NodeJS.Signals[];
    for (const args of [[], ['-X', 'faulthandler']]) {
      await withTarget(new Target([PYTHON, ...args, PROGRAM, 'idle']), async (target) => {
        await target.says('ready');
        for (const signal of signals) {
          const plan = await planCapture(target.pid, { signal, way: 'signal', patience: 100 });
          assert.equal(plan.ways[0]?.open, false, signal);
          await assert.rejects(takeCapture(plan, { count: 1, interval: 0, folder }), TakeError);
        }
        await sleep(100);
        assert.ok(lookAt(target.pid) !== null && target.errors === '', target.errors);
      });
    }
  });

  it('are written by the script for sys.remote_exec, which leaves nothing behind and does nothing when nobody waits', () => {
    const answer = path.join(folder, 'answer');
    const script = path.join(folder, 'script.py');
    fs.writeFileSync(script, remoteScript(answer));
    const program = `
before = set(globals())
with open(${JSON.stringify(script)}) as file:
    text = file.read()
exec(text, globals())
print(sorted(set(globals()) - before - {'before', 'file', 'text'}))`;
    const run = (): string => {
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', program], { encoding: 'utf8' });
      assert.equal(stderr, '');
      return stdout.trim();
    };
    assert.equal(run(), '[]');
    assert.ok(!fs.existsSync(answer));
    fs.mkdirSync(answer);
    assert.equal(run(), '[]');
    assert.match(fs.readFileSync(path.join(answer, 'dump'), 'utf8'), /most recent call first.*\n {2}File .* in _standstill\n/);
    assert.deepEqual(fs.readdirSync(answer), ['dump']);
  });
});
