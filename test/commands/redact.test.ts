import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('--redact', () => {
  let folder = '';
  let home = '';
  let logs: readonly string[] = [];

  const run = (args: readonly string[], input?: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      input,
      env: { ...process.env, HOME: home },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  const dump = (line: number): string =>
    [
      'Process 7120: python orders.py --password hunter2',
      'Python v3.11.2 (/usr/bin/python3.11)',
      '',
      'Thread 7120 (idle): "MainThread"',
      '    wait (threading.py:327)',
      `    fetch (${home}/shop/orders.py:${line})`,
      '    settle (/home/alice/shop/orders.py:41)',
      '',
    ].join('\n');

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-redact-'));
    home = path.join(folder, 'homes', 'bob-the-builder');
    fs.mkdirSync(path.join(home, 'shop'), { recursive: true });
    fs.writeFileSync(path.join(home, 'shop', 'orders.py'), '\n'.repeat(60));
    logs = [1, 2].map((n) => path.join(home, `${n}.log`));
    for (const [i, log] of logs.entries()) fs.writeFileSync(log, dump(32 + i));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const hasNoName = (text: string): void => {
    for (const name of ['bob-the-builder', 'alice', 'hunter2']) assert.ok(!text.includes(name), text);
    assert.match(text, /user\d/);
  };

  it('tells no name in what analyze, stuck and diff say', () => {
    for (const command of [
      ['analyze', '--full', '--verbose'],
      ['stuck', '--json'],
      ['diff', '--verbose'],
    ]) {
      const { status, stdout, stderr } = run([...command, '--redact', ...logs]);
      assert.equal(status, 0, stderr);
      hasNoName(stdout);
    }
  });

  it('filters by the true names, and knows the roots that flags give', () => {
    const flags = ['--redact', '--filter', '*/alice/*', '--library-root', '/home/alice/shop', '--json'];
    const { stdout } = run(['analyze', ...flags, ...logs]);
    hasNoName(stdout);
    const { dumps } = JSON.parse(stdout) as { dumps: { threads: { frames: { origin: string }[] }[] }[] };
    assert.deepEqual(
      dumps.flatMap(({ threads }) => threads.map(({ frames }) => frames.map(({ origin }) => origin))),
      [1, 2].map(() => ['standard', 'application', 'library']),
    );
  });

  it('tells errors without names, too', () => {
    for (const json of [[], ['--json']]) {
      const { status, stdout, stderr } = run(['stuck', '--redact', ...json, '/home/zalice/none.log']);
      assert.equal(status, 2);
      assert.match(stdout + stderr, /\/home\/user1\/none\.log: no such file/);
      assert.doesNotMatch(stdout + stderr, /zalice/);
    }
    assert.match(run(['stuck', '/home/zalice/none.log']).stderr, /zalice/);
  });

  it('finds the files of the checkout by their true names, and never writes over an input', () => {
    const { stdout } = run(['report', '--redact', '--to=github', '--root', path.join(home, 'shop'), ...logs]);
    assert.match(stdout, /file=orders\.py/);
    hasNoName(run(['report', '--redact', '--to=ndjson', '--root', home, ...logs]).stdout);
    const { status, stderr } = run(['report', '--redact', `--to=json=${logs[0]!}`, ...logs]);
    assert.deepEqual([status, stderr.includes('is an input of this command')], [2, true]);
  });

  it('tells no name in what pipe puts in; what passes is passed as it is', () => {
    const { status, stdout } = run(['pipe', '--redact', '--quiet-dumps'], `${dump(1)}\n${dump(2)}`);
    assert.equal(status, 0);
    hasNoName(stdout.replace(/^Process 7120.*\n/gm, ''));
    assert.ok(run(['pipe', '--redact'], dump(1)).stdout.startsWith(dump(1)));
  });
});
