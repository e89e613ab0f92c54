import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

interface Compiled {
  loadCompiled: (file: string, name: string) => { exports: { answer(): unknown; other(): Promise<unknown> }; keep(): void };
}
const { loadCompiled } = createRequire(import.meta.url)('../../bin/compiled.js') as Compiled;

describe('the compiled code that is kept', () => {
  let scratch: string;
  let before: NodeJS.ProcessEnv;
  const bundle = (): string => path.join(scratch, 'bundle.cjs');
  const kept = (): string[] => fs.readdirSync(path.join(scratch, 'cache/standstill'));
  const write = (answer: string, time: number): void => {
    fs.writeFileSync(bundle(), `exports.answer = () => [${answer}, __filename]; exports.other = () => module.loadModule('node:path');`);
    fs.utimesSync(bundle(), time, time);
  };

  beforeEach(() => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-compiled-'));
    before = { ...process.env };
    process.env.XDG_CACHE_HOME = path.join(scratch, 'cache');
    delete process.env.NODE_DISABLE_COMPILE_CACHE;
    write('1', 1000);
  });
  afterEach(() => {
    process.env = before;
    fs.rmSync(scratch, { recursive: true });
  });

  it('is one file a name, of the user alone, and gives the same module again', async () => {
    const first = loadCompiled(bundle(), 'analyze');
    assert.deepEqual(first.exports.answer(), [1, bundle()]);
    first.keep();
    assert.deepEqual(kept(), [`analyze-${process.version}-${process.arch}.bin`]);
    const file = path.join(scratch, 'cache/standstill', kept()[0]!);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const written = fs.statSync(file).ino;
    const second = loadCompiled(bundle(), 'analyze');
    assert.deepEqual(second.exports.answer(), [1, bundle()]);
    assert.equal(await second.exports.other(), await import('node:path'));
    second.keep();
    assert.equal(fs.statSync(file).ino, written, 'what is in use is not written again');
  });

  it('is not used for another bundle, also not for one of the same length', () => {
    loadCompiled(bundle(), 'analyze').keep();
    write('2', 2000);
    const changed = loadCompiled(bundle(), 'analyze');
    assert.deepEqual(changed.exports.answer(), [2, bundle()]);
    changed.keep();
    assert.equal(kept().length, 1);
    assert.deepEqual(loadCompiled(bundle(), 'analyze').exports.answer(), [2, bundle()]);
  });

  it('may be damaged, cut, or impossible to write', () => {
    loadCompiled(bundle(), 'analyze').keep();
    const file = path.join(scratch, 'cache/standstill', kept()[0]!);
    const whole = fs.readFileSync(file);
    for (const length of [0, 10, 16, 40, whole.length - 1]) {
      fs.writeFileSync(file, whole.subarray(0, length));
      assert.deepEqual(loadCompiled(bundle(), 'analyze').exports.answer(), [1, bundle()]);
    }
    const flipped = Buffer.from(whole);
    for (let at = 16; at < flipped.length; at += 7) flipped[at]! ^= 0xff;
    fs.writeFileSync(file, flipped);
    assert.deepEqual(loadCompiled(bundle(), 'analyze').exports.answer(), [1, bundle()]);
    process.env.XDG_CACHE_HOME = bundle(); // a file where the folder should be
    const loaded = loadCompiled(bundle(), 'analyze');
    loaded.keep();
    assert.deepEqual(loaded.exports.answer(), [1, bundle()]);
  });

  it('is not kept where that was turned off', () => {
    process.env.NODE_DISABLE_COMPILE_CACHE = '1';
    loadCompiled(bundle(), 'analyze').keep();
    assert.equal(fs.existsSync(path.join(scratch, 'cache')), false);
  });
});
