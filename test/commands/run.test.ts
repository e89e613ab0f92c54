import assert from 'node:assert/strict';
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = path.join(ROOT, 'bin/run.js');
const HANGING = path.join(ROOT, 'samples/programs/hanging');
const run = (flags: readonly string[], command: readonly string[], input = ''): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [CLI, 'run', '--no-config', ...flags, '--', ...command], { encoding: 'utf8', input });
const node = (script: string): string[] => [process.execPath, '-e', script];

describe('standstill run', function () {
  this.timeout(60_000);

  it('gives a command its input, output and status, and nothing to notice but two variables', () => {
    const script = `
      const { STANDSTILL_RUN, NODE_OPTIONS, PYTHONPATH } = process.env;
      console.log(JSON.stringify([process.execArgv, process.argv.length, Object.keys(process).length, process.getActiveResourcesInfo(),
        process.eventNames(), Object.keys(require.cache), !!STANDSTILL_RUN, NODE_OPTIONS.endsWith(' --no-warnings'), PYTHONPATH.endsWith(':/lib/mine')]));
      process.stdin.on('data', (data) => console.error(String(data))).on('end', () => process.exit(3));`;
    const env = { ...process.env, NODE_OPTIONS: '--no-warnings', PYTHONPATH: '/lib/mine' };
    const plain = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', input: 'asked', env: { ...env, STANDSTILL_RUN: '' } });
    const options = { encoding: 'utf8', input: 'asked', env } as const;
    const through = spawnSync(process.execPath, [CLI, 'run', '--no-config', '--', process.execPath, '-e', script], options);
    assert.deepEqual([through.status, through.stderr], [3, 'asked\n']);
    const [seen, told] = [plain, through].map(({ stdout }) => JSON.parse(stdout.replace('--no-warnings","', '')) as unknown[]);
    // the listener that gives the signal back when the program wants it
    assert.deepEqual(told!.slice(0, 4), seen!.slice(0, 4));
    assert.deepEqual(told!.slice(5), [[], true, true, true]);
    assert.deepEqual(
      fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('standstill-run-') && !isInUse(name)),
      [],
    );
  });

  it('has the status of a command that a signal ended, that there is none of, and that is no program', () => {
    assert.equal(run([], node("process.kill(process.pid, 'SIGTERM')")).status, 143);
    const missing = run([], ['no-such-program-of-ours']);
    assert.deepEqual([missing.status, missing.stdout], [127, '']);
    assert.match(missing.stderr, /^standstill: no-such-program-of-ours: there is no such program\n/);
    assert.equal(run([], [path.join(ROOT, 'package.json')]).status, 126);
  });

  it('wants its command behind --', () => {
    const bare = spawnSync(process.execPath, [CLI, 'run', 'npm'], { encoding: 'utf8' });
    assert.equal(bare.status, 2);
    assert.match(bare.stderr, /^standstill: npm: is it the command\? It has to stand behind --\n/);
    assert.equal(run(['--after', 'soon'], ['true']).status, 2);
  });

  it('passes signals on, and waits for what the command makes of them', async () => {
    const script = "process.on('SIGINT', () => setTimeout(() => process.exit(5), 100)); setInterval(() => {}, 1000); console.log('up')";
    const child = spawn(process.execPath, [CLI, 'run', '--no-config', '--', ...node(script)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    assert.equal(await ended, 5);
  });

  it('names the line of a loop, keeps the dumps, writes reports and ends the command', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
    try {
      const flags = ['--after', '1s', '--interval', '800ms', '--kill', '--out', folder, '--to', `junit=${folder}/hang.xml`];
      const { status, stdout, stderr } = run(flags, [process.execPath, path.join(HANGING, 'endless_pages.cjs')]);
      assert.deepEqual([status, stdout], [124, 'collecting\n']);
      assert.match(stderr, /^\nstandstill: the command is still there after 1 s; taking 3 dumps$/m);
      assert.match(stderr, /^ +\d+ {2}\S.* {2}3 dumps$/m);
      assert.match(stderr, /^STUCK {2}1 thread: look at collect/m);
      assert.match(stderr, /^ {4}collect {2}\S*endless_pages\.cjs:7:/m);
      assert.equal(fs.readdirSync(folder).filter((name) => /^\d{8}T\d{6}\.\d{3}Z\.pid-\d+\.txt$/.test(name)).length, 3);
      assert.match(fs.readFileSync(path.join(folder, 'hang.xml'), 'utf8'), /<failure[^]*endless_pages\.cjs:7/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

/** A run of somebody else on this machine. */
function isInUse(name: string): boolean {
  return Date.now() - fs.statSync(path.join(os.tmpdir(), name), { throwIfNoEntry: false })!.mtimeMs < 600_000;
}
