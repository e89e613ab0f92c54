import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dumpText } from '../analysis/dump-text.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = (args: readonly string[], input?: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), 'diff', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });

interface Document {
  readonly dumps: readonly { readonly source: string }[];
  readonly pairs: readonly { readonly old: number; readonly new: number; readonly threads: readonly { readonly status: string }[] }[];
}
const json = (args: readonly string[]): Document => JSON.parse(run(['--json', ...args]).stdout) as Document;

describe('standstill diff', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    const at = path.join(folder, name);
    fs.writeFileSync(at, text);
    return at;
  };
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const dump = (line: number): string =>
    dumpText([
      { id: 1, frames: [`get:${line}`, 'work:20'] },
      { id: 9, frames: ['wait:4', '<module>:5'], main: true },
    ]);

  it('compares the last dump of each of two inputs, files or folders, in the order they are given', () => {
    const [before, after] = ['samples/classic-recipe', 'samples/healthy-service'];
    for (const [one, other] of [
      [before, after],
      [after, before],
    ]) {
      const { dumps, pairs } = json([one!, other!]);
      assert.deepEqual(
        pairs.map((pair) => [pair.old, pair.new]),
        [[2, 5]],
      );
      assert.deepEqual([dumps[2]!.source.startsWith(one!), dumps[5]!.source.startsWith(other!)], [true, true]);
    }
    const [pair] = json(['samples/deadlock/stacks.log', 'samples/deadlock/stacks.log']).pairs;
    assert.deepEqual([...new Set(pair!.threads.map(({ status }) => status))], ['unchanged']);
  });

  it('compares the dumps of one input, or of more than two, one after the other', () => {
    assert.equal(json(['samples/classic-recipe']).pairs.length, 2);
    const files = fs.readdirSync(path.join(ROOT, 'samples/classic-recipe')).filter((name) => name.endsWith('.log'));
    assert.equal(json(files.map((name) => `samples/classic-recipe/${name}`)).pairs.length, 2);
    assert.equal(JSON.parse(run(['--json', '-'], dump(1) + dump(2)).stdout).pairs.length, 1);
    assert.match(run(['-'], dump(1)).stdout, /nothing to compare/);
  });

  it('ends with status 1 under --exit-code when something that is shown has changed', () => {
    const [one, other] = [file('one.log', dump(1)), file('other.log', dump(2))];
    assert.equal(run([one, other]).status, 0);
    assert.equal(run(['--exit-code', one, other]).status, 1);
    assert.equal(run(['--exit-code', '--json', one, other]).status, 1);
    assert.equal(run(['--exit-code', one, one]).status, 0);
    assert.equal(run(['--exit-code', '--ignore-lines', one, other]).status, 0);
    assert.equal(run(['--exit-code', '--only', 'appeared,vanished', one, other]).status, 0);
    assert.equal(run(['--exit-code', '--only', 'moved', '--only', 'vanished', one, other]).status, 1);
  });

  it('compares all threads, and shows those that the filters name', () => {
    const [one, other] = ['samples/shop/healthy-20261122093000.log', 'samples/shop/hung-20261123093000.log'];
    const { threads } = json(['--filter', 'acquire', one, other]).pairs[0]!;
    assert.deepEqual(
      threads.map(({ status }) => status),
      Array.from({ length: 5 }, () => 'moved'),
    );
    assert.match(run(['--filter', 'acquire', one, other]).stdout, /^5 threads moved from take_requests/);
    assert.equal(json(['--exclude', 'shop.py', one, other]).pairs[0]!.threads.length, 0);
  });

  it('says which of two inputs holds no dump, or cannot be read', () => {
    const one = file('one.log', dump(1));
    const none = run([one, file('empty.txt', 'nothing here\n')]);
    assert.deepEqual([none.status, none.stdout], [2, '']);
    assert.match(none.stderr, /no stack dump in .*empty\.txt/);
    assert.equal(JSON.parse(run(['--json', path.join(folder, 'missing.log'), one]).stdout).error.code, 'not-found');
    const allowed = run(['--allow-empty', '--json', one, file('empty.txt', '')]);
    assert.deepEqual([allowed.status, (JSON.parse(allowed.stdout) as Document).pairs], [0, []]);
    assert.equal(run(['-', '-'], '').status, 2);
  });

  it('takes only statuses that there are', () => {
    assert.equal(run(['--only', 'gone', 'samples/classic-recipe']).status, 2);
  });

  it('colours what came and what went', () => {
    const args = ['--color', 'always', file('one.log', dump(1)), file('three.log', dump(1).replaceAll('in get', 'in put'))];
    assert.match(run(args).stdout, /\x1b\[31m- get.*\x1b\[39m\n.*\x1b\[32m\+ put/);
    assert.doesNotMatch(run(args.slice(2)).stdout, /\x1b/);
  });
});
