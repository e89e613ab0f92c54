import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const DUMP = `Thread 0x0000000000000001 (most recent call first):
  File "/app/a.py", line 1 in work
  File "/app/a.py", line 9 in <module>
`;

describe('standstill analyze', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    const at = path.join(folder, name);
    fs.writeFileSync(at, text);
    return at;
  };
  const run = (args: readonly string[], options: { input?: string; env?: Record<string, string> } = {}): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [RUN, ...args], {
      encoding: 'utf8',
      input: options.input,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('reads a file, a directory and standard input', () => {
    const at = file('20241112093000.log', DUMP);
    for (const args of [[at], [folder], ['analyze', at]]) assert.match(run(args).stdout, /1 dump of a Python process, 1 thread/);
    assert.match(run(['analyze', '-'], { input: DUMP }).stdout, /1 dump of a Python process/);
    assert.match(run(['analyze'], { input: DUMP }).stdout, /1 dump of a Python process/);
  });

  it('ends with status 2 and one line when there is no dump, or with an empty answer when that is allowed', () => {
    const at = file('nothing.txt', 'nothing here\n');
    const none = run(['analyze', at]);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /^standstill: no stack dump in /);
    const json = run(['analyze', '--json', at]);
    assert.equal(json.status, 2);
    assert.equal((JSON.parse(json.stdout) as { error: { code: string } }).error.code, 'no-dump');
    const allowed = run(['analyze', '--json', '--allow-empty', at]);
    assert.equal(allowed.status, 0);
    assert.deepEqual((JSON.parse(allowed.stdout) as { dumps: unknown[] }).dumps, []);
  });

  it('reads no more of an input than --max-input says, and tells so', () => {
    const at = file('long.log', `${DUMP}${'a line of a log\n'.repeat(100)}${DUMP}`);
    const { status, stdout } = run(['analyze', at, '--json', '--max-input', '1K']);
    const { sources, dumps } = JSON.parse(stdout) as { sources: { warnings: { code: string }[] }[]; dumps: unknown[] };
    assert.deepEqual([status, dumps.length, sources[0]!.warnings.map(({ code }) => code)], [0, 1, ['input-limit']]);
    const bad = run(['analyze', at, '--max-input', 'much']);
    assert.deepEqual([bad.status, bad.stderr], [2, 'standstill: --max-input much: no size\ngive 512M, 64G or bytes\n']);
  });

  it('says which input cannot be read, and reads the others', () => {
    const missing = path.join(folder, 'missing.log');
    const alone = run(['analyze', missing]);
    assert.equal(alone.status, 2);
    assert.match(alone.stderr, /missing\.log/);
    const both = run(['analyze', missing, file('good.log', DUMP)]);
    assert.equal(both.status, 0);
    assert.match(both.stdout, /1 dump of/);
    assert.match(both.stderr, /missing\.log/);
  });

  it('shows a warning for a file of another world', () => {
    assert.match(run(['analyze', file('go.txt', 'goroutine 1 [running]:\nmain.main()\n')]).stderr, /panicparse/);
  });

  it('refuses a zone that does not exist', () => {
    assert.equal(run(['analyze', '--tz', 'Mars/Base', file('z.log', DUMP)]).status, 2);
  });

  it('colours only where it is asked to', () => {
    const at = file('colour.log', DUMP);
    assert.doesNotMatch(run(['analyze', at]).stdout, /\x1b/);
    assert.match(run(['analyze', '--color', 'always', at]).stdout, /\x1b\[/);
  });
});
