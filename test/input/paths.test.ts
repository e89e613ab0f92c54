import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findInputLists, findInputs, temporaryDumps, type FindOptions, orderOf, type FoundInput } from '../../src/input/paths.js';
import { asOrdinaryUser } from './fixtures.js';

let root: string;

function file(name: string): string {
  const at = path.join(root, name);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, 'x');
  return at;
}

async function all(found: AsyncGenerator<FoundInput>): Promise<string[]> {
  const lines: string[] = [];
  for await (const one of found) {
    if ('warning' in one) lines.push(`! ${one.warning.code}`);
    else lines.push((one.named ? '* ' : '') + path.relative(root, one.path));
  }
  return lines;
}

const find = (names: string[], options?: FindOptions): Promise<string[]> =>
  all(
    findInputs(
      names.map((name) => path.join(root, name)),
      options,
    ),
  );

describe('findInputs', () => {
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-paths-')));
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it('gives files as named, in the order given, each once', async () => {
    file('b');
    file('a');
    assert.deepEqual(await find(['b', 'missing', 'a', './b']), ['* b', '* missing', '* a']);
  });

  it('gives standard input as it is', async () => {
    const found: FoundInput[] = [];
    for await (const one of findInputs(['-', '-'])) found.push(one);
    assert.deepEqual(found, [{ path: '-', named: true }]);
  });

  it('walks directories in the order of names, numbers counted, and leaves node_modules and .git', async () => {
    for (const name of ['app.log.10', 'app.log.2', 'app.log', 'Z', 'b/c/deep', 'b/a', 'node_modules/x', '.git/y', '.hidden']) file(name);
    assert.deepEqual(await find(['.']), ['.hidden', 'Z', 'app.log', 'app.log.2', 'app.log.10', 'b/a', 'b/c/deep']);
    assert.deepEqual(await find(['.'], { maxDepth: 1 }), ['.hidden', 'Z', 'app.log', 'app.log.2', 'app.log.10']);
    assert.deepEqual(await find(['.'], { names: /^a/ }), ['app.log', 'app.log.2', 'app.log.10', 'b/a']);
  });

  it('gives nothing for an empty directory', async () => {
    fs.mkdirSync(path.join(root, 'empty'));
    assert.deepEqual(await find(['empty']), []);
  });

  it('gives a file once when it is named and in a directory, or in two', async () => {
    file('d/a');
    file('d/e/b');
    assert.deepEqual(await find(['d/a', 'd']), ['* d/a', 'd/e/b']);
    assert.deepEqual(await find(['d', 'd/e']), ['d/a', 'd/e/b']);
    assert.deepEqual(await find(['d/e', 'd']), ['d/e/b', 'd/a']);
  });

  it('follows links to files outside, once, and never links to directories', async () => {
    file('d/a');
    file('outside');
    const link = (target: string, name: string): void => fs.symlinkSync(target, path.join(root, 'd', name));
    link('../outside', 'one');
    link('../outside', 'two');
    link('a', 'inside');
    link('.', 'loop');
    link('..', 'parent');
    link('nowhere', 'broken');
    link('self', 'self');
    assert.deepEqual(await find(['d']), ['d/a', 'd/one']);
  });

  it('leaves FIFOs, sockets and devices', async function () {
    if (process.platform === 'win32') this.skip();
    file('d/a');
    execFileSync('mkfifo', [path.join(root, 'd', 'fifo')]);
    fs.symlinkSync('/dev/zero', path.join(root, 'd', 'zero'));
    fs.symlinkSync('fifo', path.join(root, 'd', 'to-fifo'));
    assert.deepEqual(await find(['d']), ['d/a']);
  });

  it('warns of a directory that it may not list, and goes on', async function () {
    if (process.getuid === undefined) this.skip();
    file('d/a');
    file('d/closed/b');
    file('d/z');
    fs.chmodSync(path.join(root, 'd/closed'), 0);
    let found: string[] = [];
    await asOrdinaryUser(root, async () => {
      found = await find(['d']);
    });
    fs.chmodSync(path.join(root, 'd/closed'), 0o700);
    assert.deepEqual(found, ['d/a', '! unreadable-directory', 'd/z']);
  });

  it('walks a directory 400 levels deep', async () => {
    const deep = path.join(...Array.from({ length: 400 }, () => 'd'), 'file');
    file(deep);
    assert.deepEqual(await find(['.']), [deep]);
  });

  it('stops when it is told to', async () => {
    file('d/a');
    assert.deepEqual(await find(['d'], { signal: AbortSignal.abort() }), []);
  });
});

describe('findInputLists', () => {
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-lists-')));
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it('gives the same, a few hundred at a time', async () => {
    const names = Array.from({ length: 600 }, (_, i) => `d/${i}`);
    for (const name of names) file(name);
    file('e');
    const lists: (readonly FoundInput[])[] = [];
    for await (const list of findInputLists([path.join(root, 'd'), path.join(root, 'e')])) lists.push(list);
    assert.deepEqual(
      lists.map((list) => list.length),
      [256, 256, 88, 1],
    );
    assert.deepEqual(
      lists.flat().map((found) => ('path' in found ? path.relative(root, found.path) : found.warning.code)),
      [...names, 'e'],
    );
  });
});

describe('what is taken from a temporary directory', () => {
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-default-')));
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it('gives own files named like dumps, two levels deep, and follows no links', async () => {
    const taken = ['hang.log', 'hang.log.1', 'hang.log.2.gz', 'out.txt', 'report.20240101.120000.1.0.001.json', 'sub/server.err', 'x.zst'];
    for (const name of [...taken, 'a/b/too-deep.log', 'package.json', 'photo.png', 'source.tar.gz', 'log']) file(name);
    fs.symlinkSync(file('a/b/target.txt'), path.join(root, 'link.txt'));
    assert.deepEqual(await all(findInputs([root], temporaryDumps())), taken);
  });

  it('leaves the files of other users', async () => {
    file('a.log');
    file('d/b.log');
    assert.deepEqual(await find(['.'], { ownedBy: (process.getuid?.() ?? 0) + 1 }), []);
  });

  it('warns of a directory that does not exist', async () => {
    assert.deepEqual(await all(findInputs([path.join(root, 'missing')], temporaryDumps())), ['* missing']);
  });
});

const byOrder = (a: string, b: string): number => (orderOf(a) < orderOf(b) ? -1 : 1);

describe('the order of names', () => {
  it('orders numbers by value and everything else by code unit', () => {
    const names = ['a10', 'a9', 'a09', 'a', 'B', 'é', 'a9b', 'a123456789012345678901', 'a123456789012345678900', 'a1', 'a01'];
    const sorted = ['B', 'a', 'a01', 'a1', 'a09', 'a9', 'a9b', 'a10', 'a123456789012345678900', 'a123456789012345678901', 'é'];
    assert.deepEqual([...names].sort(byOrder), sorted);
    assert.deepEqual([...names].reverse().sort(byOrder), sorted);
  });
});
