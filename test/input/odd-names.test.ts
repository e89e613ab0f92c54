import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readFiles } from '../../src/index.js';
import { findInputs } from '../../src/input/index.js';

const DUMP = 'Thread 0x0000000000000001 (most recent call first):\n  File "/app/a.py", line 1 in work\n';

// macOS and Windows take no such names
(process.platform === 'linux' ? describe : describe.skip)('a name that is no UTF-8', () => {
  let folder = '';
  const write = (...names: readonly string[]): void => {
    const place = Buffer.concat([Buffer.from(folder), ...names.map((name) => Buffer.from(`/${name}`, 'latin1'))]);
    fs.mkdirSync(place.subarray(0, place.lastIndexOf(0x2f)), { recursive: true });
    fs.writeFileSync(place, DUMP);
  };
  const inputs = async (...paths: readonly string[]) => {
    const found: string[] = [];
    for await (const each of findInputs(paths)) found.push('warning' in each ? each.warning.code : each.path);
    return found;
  };
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-names-'))));
  afterEach(() => fs.rmSync(Buffer.from(folder), { recursive: true }));

  it('is read as it comes in the arguments: with marks for what is no text', async () => {
    write('b\xff\xfe.log');
    const set = await readFiles([path.join(folder, 'b\ufffd\ufffd.log')]);
    assert.deepEqual([set.dumps.length, set.sources[0]!.warnings], [1, []]);
  });

  it('is read in directories, also of such names, with line feeds in them, and below one another', async () => {
    write('d\xfe\n', 'e\xff', 'a.log');
    write('d\xfe\n', 'b\xff.log');
    const found = await inputs(path.join(folder, 'd\ufffd\n'));
    assert.deepEqual(
      found.map((name) => path.relative(folder, name)),
      ['d\ufffd\n/b\ufffd.log', 'd\ufffd\n/e\ufffd/a.log'],
    );
    const set = await readFiles(found);
    assert.deepEqual(
      set.sources.map(({ dumps, warnings }) => [dumps, warnings]),
      [
        [1, []],
        [1, []],
      ],
    );
    assert.deepEqual(await inputs(folder), found);
  });

  it('is refused with the reason where another name reads the same', async () => {
    write('b\xff.log');
    write('b\xfe.log');
    const at = path.join(folder, 'b\ufffd.log');
    const set = await readFiles([at, path.join(folder, 'c\ufffd.log')]);
    assert.deepEqual(
      set.sources.map(({ warnings }) => warnings.map(({ code, message }) => [code, message])),
      [
        [['not-readable', `${at}: its name is no UTF-8, and 2 names there read like this. Rename it.`]],
        [['not-found', `${path.join(folder, 'c\ufffd.log')}: no such file`]],
      ],
    );
  });

  it('is left alone where a name really holds that mark', async () => {
    fs.writeFileSync(path.join(folder, 'b\ufffd.log'), DUMP.replace('work', 'other'));
    write('b\xff.log');
    const set = await readFiles([path.join(folder, 'b\ufffd.log')]);
    assert.equal(set.frames.functionOf(0), 'other');
  });
});
