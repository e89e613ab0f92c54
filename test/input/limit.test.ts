import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { MOST_UNPACKED, openText, type Opened } from '../../src/input/index.js';
import { readFiles } from '../../src/index.js';
import { parseSize } from '../../src/commands/sizes.js';
import { PACKED, TEXT, collect } from './fixtures.js';

describe('a limit on an input', () => {
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-limit-'))));
  after(() => fs.rmSync(folder, { recursive: true }));
  const file = (name: string, content: Uint8Array): string => {
    const at = path.join(folder, name);
    fs.writeFileSync(at, content);
    return at;
  };
  const told = (size: string) => [
    { line: null, code: 'input-limit', message: `only its first ${size} were read: --max-input SIZE gives it another limit` },
  ];

  it('holds for what is packed in any way, and for what is not, to the byte', async () => {
    for (const [name, content] of Object.entries({ ...PACKED, plain: TEXT })) {
      const { bytes, end } = await collect(openText(file(name, content), { mostBytes: 1000 }));
      assert.deepEqual([Buffer.from(bytes), end.bytes, end.warnings], [TEXT.subarray(0, 1000), 1000, told('1000 bytes')], name);
      const whole = await collect(openText(file(name, content), { mostBytes: TEXT.length }));
      assert.deepEqual([Buffer.from(whole.bytes), whole.end.warnings], [TEXT, []], name);
    }
  });

  it('ends a bomb, of which no more is unpacked', async () => {
    const bomb = file('bomb.gz', gzipSync(gzipSync(Buffer.alloc(64 << 20, 'x'))));
    const { bytes, end } = await collect(openText(bomb, { mostBytes: 3 << 19 }));
    assert.deepEqual([bytes.length, end.warnings], [3 << 19, told('1.5 MiB')]);
  });

  it('leaves the dumps before it whole', async () => {
    const dump = 'Thread 0x0000000000000001 (most recent call first):\n  File "/app/a.py", line 1 in work\n\n';
    const at = file('two.log.gz', gzipSync(Buffer.from(dump + 'a line of a log\n'.repeat(1000) + dump)));
    const set = await readFiles([at], { mostBytes: 5000 });
    assert.deepEqual([set.dumps.length, set.sources[0]!.warnings], [1, told('4.9 KiB')]);
    assert.equal((await readFiles([at])).dumps.length, 2);
  });

  it('is there without being asked for where the disk keeps less than there is to read', async function () {
    if (process.platform === 'win32') this.skip();
    const opened: Opened[] = [];
    for (const at of [file('holes.log', TEXT), file('plain.log', TEXT)]) {
      if (at.endsWith('holes.log')) fs.truncateSync(at, 2 ** 43);
      const blocks = openText(at, { onOpen: (one) => opened.push(one) });
      await blocks.next();
      await blocks.return(undefined as never);
    }
    assert.deepEqual(
      opened.map(({ size, sparse }) => [size, sparse]),
      [
        [2 ** 43, true],
        [TEXT.length, false],
      ],
    );
    assert.equal(MOST_UNPACKED, parseSize('16G'));
  });

  it('is written as people write sizes', () => {
    assert.deepEqual(['4096', '4096B', '1.5K', '2 MiB', '3g', '1TB', '0', '', '-1', '1e3', '5 potatoes', '1'.repeat(400)].map(parseSize), [
      4096,
      4096,
      1536,
      2 << 20,
      3 * 2 ** 30,
      2 ** 40,
      0,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
