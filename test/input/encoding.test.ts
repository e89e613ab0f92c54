import assert from 'node:assert/strict';
import type { Block } from '../../src/input/blocks.js';
import { decodeText, type Encoding } from '../../src/input/encoding.js';
import { isBinary } from '../../src/input/text-blocks.js';
import { blocksOf, collect, PACKED, TEXT } from './fixtures.js';

const STORY = 'Thread 0x1 (most recent call first):\r\n  File "/srv/größe/東京/😀.py", line 7 in поток\r\n'.repeat(20);

function utf16(text: string, bigEndian = false): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

async function decoded(bytes: Buffer, blockBytes: number): Promise<[string, Encoding]> {
  const { bytes: text, end } = await collect(decodeText(blocksOf(bytes, blockBytes)));
  return [text.toString(), end.encoding];
}

describe('encodings', () => {
  for (const blockBytes of [1, 2, 3, 5, 1024, 1 << 18]) {
    it(`UTF-16 of any kind becomes UTF-8, in blocks of ${blockBytes} bytes`, async () => {
      assert.deepEqual(await decoded(utf16(`\ufeff${STORY}`), blockBytes), [STORY, 'utf-16le']);
      assert.deepEqual(await decoded(utf16(`\ufeff${STORY}`, true), blockBytes), [STORY, 'utf-16be']);
      assert.deepEqual(await decoded(utf16(STORY), blockBytes), [STORY, 'utf-16le']);
      assert.deepEqual(await decoded(utf16(STORY, true), blockBytes), [STORY, 'utf-16be']);
    });

    it(`a UTF-8 mark is dropped, in blocks of ${blockBytes} bytes`, async () => {
      assert.deepEqual(await decoded(Buffer.from(`\ufeff${STORY}`), blockBytes), [STORY, 'utf-8']);
      assert.deepEqual(await decoded(Buffer.from('\ufeff'), blockBytes), ['', 'utf-8']);
    });
  }

  it('UTF-16 cut in the middle of a code unit or a pair gives what is whole', async () => {
    const bytes = utf16(`\ufefftext 😀`);
    assert.deepEqual(await decoded(bytes.subarray(0, -1), 3), ['text ', 'utf-16le']);
    assert.deepEqual(await decoded(bytes.subarray(0, -2), 3), ['text ', 'utf-16le']);
    assert.deepEqual(await decoded(bytes.subarray(0, 2), 3), ['', 'utf-16le']);
  });

  it('the hole that copytruncate leaves is no UTF-16, wherever it begins', async () => {
    for (const before of [0, 1, 17, 100, 3000, 4095]) {
      for (const hole of [1, 100, 1001, 4096, 20_000]) {
        const bytes = Buffer.concat([Buffer.alloc(before, 'log line\n'), Buffer.alloc(hole), TEXT]);
        const { bytes: text, end } = await collect(decodeText(blocksOf(bytes, 512)));
        assert.equal(end.encoding, 'utf-8', `${hole} NULs after ${before} bytes`);
        assert.ok(text.equals(bytes));
      }
    }
  });

  it('bytes that are neither UTF-8 nor UTF-16 pass through, in the same memory', async () => {
    const block = new Uint8Array([...Array.from({ length: 5000 }, (_, i) => 0x80 + (i % 0x80))]);
    // eslint-disable-next-line @typescript-eslint/require-await -- one block stands for a stream
    async function* source(): AsyncGenerator<Block> {
      yield block;
    }
    for await (const same of decodeText(source())) assert.equal(same.buffer, block.buffer);
  });

  it('an empty input has no blocks', async () => assert.deepEqual(await decoded(Buffer.alloc(0), 10), ['', 'utf-8']));
});

describe('isBinary', () => {
  it('is false for text, packed text, holes and terminal colours', () => {
    const texts = [
      TEXT,
      utf16(STORY),
      utf16(STORY, true),
      utf16(`\ufeff東京`),
      Buffer.from('größe, à la fenêtre\n', 'latin1'),
      Buffer.alloc(8192),
      ...Object.values(PACKED),
    ];
    for (const text of texts) assert.equal(isBinary(text.subarray(0, 8192)), false);
    assert.equal(isBinary(Buffer.concat([TEXT, Buffer.alloc(5000), TEXT])), false);
    assert.equal(isBinary(Buffer.from('\u001b[31merror\u001b[0m\n')), false);
    assert.equal(isBinary(Buffer.alloc(0)), false);
  });

  it('is true for executables, images and other tables of numbers', () => {
    const elf = Buffer.concat([
      Buffer.from('\u007fELF\u0002\u0001\u0001'),
      Buffer.alloc(9),
      Buffer.from([3, 0, 0x3e, 0, 1, 0, 0, 0]),
      TEXT.subarray(0, 500),
    ]);
    const png = Buffer.concat([
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      Buffer.from([0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0]),
    ]);
    const noise = Buffer.from(Array.from({ length: 8192 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24));
    // of each only one or two bytes are no text's, always at the same place of a record
    const records = [8, 16, 32, 64].flatMap((length) =>
      [0, 5, length - 1].map((at) => {
        const bytes = Buffer.alloc(8192, 'a');
        for (let from = 0; from < bytes.length; from += length) bytes.fill(0x03, from + at, from + Math.min(at + 2, length));
        return bytes;
      }),
    );
    for (const binary of [elf, png, noise, ...records.filter(isDense)]) assert.equal(isBinary(binary), true);
    for (const sparse of records.filter((bytes) => !isDense(bytes))) assert.equal(isBinary(sparse), false);
  });
});

/** More than one byte in fifty is no text's. */
const isDense = (bytes: Buffer): boolean => bytes.filter((byte) => byte === 0x03).length > bytes.length / 50;
