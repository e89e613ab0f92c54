import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { SourceTree } from '../../src/input/index.js';

describe('SourceTree', () => {
  let root: string;

  const write = (name: string, text = 'x = 1\n'): string => {
    const at = path.join(root, name);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, text);
    return at;
  };
  const found = (tree: SourceTree, printed: string): string[] =>
    tree.candidates(printed).map(({ path: at, matched }) => `${path.relative(root, at)} ${matched}`);

  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-source-')));
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it('finds files by the end of their path, the longest common end first', async () => {
    for (const name of ['src/shop/cart.py', 'old/cart.py', 'shop/cart.txt', 'shop/other.py']) write(name);
    const tree = await SourceTree.open([root], { pathItself: false });
    assert.deepEqual(found(tree, '/srv/app/shop/cart.py'), ['src/shop/cart.py 2', 'old/cart.py 1']);
    assert.deepEqual(found(tree, 'C:\\app\\shop\\cart.py'), ['src/shop/cart.py 2', 'old/cart.py 1']);
    assert.deepEqual(found(tree, '<frozen runpy>'), []);
    assert.deepEqual(found(tree, 'shop/missing.py'), []);
  });

  it('gives the very path that a dump names, when it is on this machine', async () => {
    const at = write('main.py');
    const none = await SourceTree.open([]);
    assert.equal(none.read(none.candidates(at)[0]!.path), 'x = 1\n');
    assert.deepEqual(none.candidates('//host/share/main.py'), []);
    assert.deepEqual(none.candidates('main.py'), []);
    assert.deepEqual((await SourceTree.open([], { pathItself: false })).candidates(at), []);
  });

  it('reads text with one kind of line end', async () => {
    const tree = await SourceTree.open([root]);
    assert.equal(tree.read(write('windows.py', '\uFEFFa = 1\r\nb = 2\rc = 3\n')), 'a = 1\nb = 2\nc = 3\n');
  });

  it('opens nothing that is not a regular file of sensible size', async () => {
    const tree = await SourceTree.open([root]);
    fs.mkdirSync(path.join(root, 'folder.py'));
    fs.writeFileSync(path.join(root, 'large.py'), Buffer.alloc(3_000_000, 'x'));
    assert.equal(tree.read(path.join(root, 'folder.py')), null);
    assert.equal(tree.read(path.join(root, 'large.py')), null);
    assert.equal(tree.read(path.join(root, 'missing.py')), null);
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [path.join(root, 'fifo.py')]);
    assert.equal(tree.read(path.join(root, 'fifo.py')), null);
    assert.equal(tree.read('/dev/zero'), null);
    fs.symlinkSync('loop.py', path.join(root, 'loop.py'));
    assert.equal(tree.read(path.join(root, 'loop.py')), null);
  });

  it('does not follow links to folders, so that none leads round or out', async () => {
    write('a/app.py');
    fs.symlinkSync(root, path.join(root, 'a', 'again'));
    assert.deepEqual(found(await SourceTree.open([root], { pathItself: false }), '/x/app.py'), ['a/app.py 1']);
  });

  it('says what it could not look at', async () => {
    for (let i = 0; i < 5; i++) write(`m${i}.py`);
    const tree = await SourceTree.open([path.join(root, 'missing'), root], { maxFiles: 3 });
    assert.match(tree.warnings[0]!, /missing: no such folder/);
    assert.match(tree.warnings[1]!, /more than 3 source files; the rest is not looked at/);
  });

  it('takes a file for a folder of one', async () => {
    const at = write('one.py');
    assert.deepEqual(found(await SourceTree.open([at], { pathItself: false }), '/srv/one.py'), ['one.py 1']);
  });
});
