import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFiles, readText } from '../../src/index.js';

const SAMPLE = fileURLToPath(new URL('../../samples/deadlock/stacks.log', import.meta.url));
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

describe('what the real compressors write', () => {
  for (const [program, suffix] of [
    ['gzip', 'gz'],
    ['xz', 'xz'],
    ['zstd', 'zst'],
    ['bzip2', 'bz2'],
  ] as const) {
    it(program, async function () {
      if (!has(program)) this.skip();
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-full-'));
      try {
        const packed = path.join(folder, `stacks.log.${suffix}`);
        fs.writeFileSync(packed, execFileSync(program, ['-c'], { input: fs.readFileSync(SAMPLE) }));
        const [whole, unpacked] = await Promise.all([readFiles([SAMPLE]), readFiles([packed])]);
        assert.deepEqual(
          unpacked.dumps.map((dump) => [dump.line, dump.threads.length]),
          whole.dumps.map((dump) => [dump.line, dump.threads.length]),
        );
        assert.ok(whole.dumps.length > 0);
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });
  }
});

const PROGRAM = `
import faulthandler, sys, threading, time
def waiter(lock):
    with lock: pass
def main():
    lock = threading.Lock(); lock.acquire()
    threading.Thread(target=waiter, args=(lock,), daemon=True).start()
    time.sleep(0.2)
    faulthandler.dump_traceback(file=sys.stdout, all_threads=True)
    sys.stdout.flush()
    import os; os._exit(0)
main()
`;

describe('what the Pythons of this machine write', () => {
  it('python3: two threads, their functions, which is main', async function () {
    if (!has('python3')) this.skip();
    const set = await readText(execFileSync('python3', ['-c', PROGRAM]));
    assert.equal(set.dumps.length, 1);
    const [dump] = set.dumps;
    const named = dump!.threads.map((thread) => [set.frames.functionOf(set.stacks.frameAt(thread.stack, 0)), thread.current, thread.main]);
    assert.deepEqual(named, [
      ['waiter', false, false],
      ['main', true, true],
    ]);
  });

  for (const version of ['3.6', '3.8', '3.10', '3.12', '3.13', '3.14']) {
    const python = `python${version}`;
    // which Pythons a machine has is chance: no test is announced for those that it lacks
    if (!has(python)) continue;
    it(python, async () => {
      const set = await readText(execFileSync(python, ['-c', PROGRAM]));
      assert.deepEqual(
        set.dumps.map((dump) => dump.threads.length),
        [2],
      );
    });
  }
});

describe('what this Node writes', () => {
  it('a report with a worker', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-full-'));
    const script = `const { Worker } = require('node:worker_threads');
      const w = new Worker('function spin() { for (;;); } require("node:worker_threads").parentPort.postMessage(1); setImmediate(spin);', { eval: true });
      w.on('message', () => setTimeout(() => { process.report.writeReport('r.json'); process.exit(); }, 100));`;
    try {
      execFileSync(process.execPath, ['-e', script], { cwd: folder, stdio: 'ignore' });
      const set = await readFiles([path.join(folder, 'r.json')]);
      assert.equal(set.dumps[0]!.pid !== null, true);
      const [main, worker] = set.dumps[0]!.threads;
      assert.equal(main!.id, '0');
      assert.equal(worker!.id, '1');
      assert.equal(set.frames.functionOf(set.stacks.frameAt(worker!.stack, 0)), 'spin');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
