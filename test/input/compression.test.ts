import assert from 'node:assert/strict';
import process from 'node:process';
import zlib from 'node:zlib';
import { decodeBzip2 } from '../../src/input/bzip2.js';
import { decompress, recogniseCompression, type Compression } from '../../src/input/compression.js';
import { StepLimit } from '../../src/input/step-limit.js';
import { decodeFrames, fzstdDecoder } from '../../src/input/zstd.js';
import type { Warning } from '../../src/model/index.js';
import type { Block } from '../../src/input/blocks.js';
import { blocksOf, collect, PACKED, TEXT } from './fixtures.js';

const FORMATS = Object.keys(PACKED) as Compression[];

async function unpack(packed: Uint8Array, blockBytes = 64): Promise<{ text: Buffer; codes: string[] }> {
  const { bytes, end } = await collect(decompress(blocksOf(packed, blockBytes)));
  return { text: bytes, codes: end.map((warning) => warning.code) };
}

async function decode(
  decoder: (warn: (warning: Warning) => void) => AsyncGenerator<Block, void>,
): Promise<{ text: Buffer; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  const { bytes } = await collect(decoder((warning) => warnings.push(warning)));
  return { text: bytes, warnings };
}

/** zstd without Node's own decoder. */
async function* decodeWithFzstd(
  packed: AsyncIterable<Block>,
  warn: (warning: Warning) => void,
  limit?: StepLimit,
): AsyncGenerator<Block, void> {
  yield* decodeFrames(await fzstdDecoder(limit), packed, warn);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x55;
  return copy;
}

describe('compressed input', function () {
  this.timeout(60_000);

  for (const format of FORMATS) {
    const packed = PACKED[format];

    describe(format, () => {
      it('is recognised by its first bytes', () => assert.equal(recogniseCompression(packed), format));

      for (const blockBytes of [1, 7, 1 << 18]) {
        it(`is unpacked from blocks of ${blockBytes} bytes`, async () => {
          assert.deepEqual(await unpack(packed, blockBytes), { text: TEXT, codes: [] });
        });
      }

      it('of two joined files is unpacked to both texts', async () => {
        assert.deepEqual(await unpack(Buffer.concat([packed, packed])), { text: Buffer.concat([TEXT, TEXT]), codes: [] });
      });

      it('cut anywhere gives the beginning of the text and a warning', async () => {
        for (let at = 10; at < packed.length; at++) {
          const { text, codes } = await unpack(packed.subarray(0, at));
          assert.deepEqual(codes, ['cut-compressed'], `cut at ${at}`);
          assert.ok(text.equals(TEXT.subarray(0, text.length)), `cut at ${at}`);
        }
      });

      it('damaged anywhere never throws, and ends', async () => {
        for (let at = 10; at < packed.length; at += 3) {
          const { text, codes } = await unpack(flipped(packed, at));
          assert.ok(codes.length === 1 || text.length === TEXT.length, `damaged at ${at}`);
        }
      });

      it('within itself is unpacked, up to three layers', async () => {
        const gzipped = (layers: number): Buffer => Array.from({ length: layers }).reduce<Buffer>((inner) => zlib.gzipSync(inner), packed);
        assert.deepEqual(await unpack(Buffer.concat([gzipped(2)])), { text: TEXT, codes: [] });
        assert.deepEqual(await unpack(gzipped(3)), { text: Buffer.alloc(0), codes: ['too-many-layers'] });
      });

      it('is given up without an error when its reader leaves', async () => {
        let closed = false;
        async function* source(): AsyncGenerator<Block> {
          try {
            yield* blocksOf(Buffer.concat([packed, packed]), packed.length);
          } finally {
            closed = true;
          }
        }
        for await (const block of decompress(source())) {
          assert.ok(block.length > 0);
          break;
        }
        assert.ok(closed);
      });
    });
  }

  it('passes what is not compressed through without copying it', async () => {
    const block = new Uint8Array(Buffer.from('Thread 0x1 (most recent call first):\n'));
    // eslint-disable-next-line @typescript-eslint/require-await -- one block stands for a stream
    async function* source(): AsyncGenerator<Block> {
      yield block;
    }
    for await (const same of decompress(source())) assert.equal(same, block);
    assert.deepEqual(await unpack(Buffer.alloc(0)), { text: Buffer.alloc(0), codes: [] });
    assert.deepEqual(await unpack(Buffer.from('BZh9 is no bzip2')), { text: Buffer.from('BZh9 is no bzip2'), codes: [] });
  });

  it('gives all text of a .gz whose checksum is wrong', async () => {
    const { text, codes } = await unpack(flipped(PACKED.gzip, PACKED.gzip.length - 6));
    assert.deepEqual([text.toString(), codes], [TEXT.toString(), ['damaged-compressed']]);
  });

  it('gives the text of a damaged .gz up to the damage, however large it is', async () => {
    const random = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 0x7f));
    const packed = zlib.gzipSync(random);
    const { text, codes } = await unpack(flipped(packed, packed.length - 6), 1 << 18);
    assert.deepEqual([text.equals(random), codes], [true, ['damaged-compressed']]);
  });

  it('reads a .gz with NULs behind it without a word, and one with junk to its end', async () => {
    assert.deepEqual(await unpack(Buffer.concat([PACKED.gzip, Buffer.alloc(600)]), 1 << 18), { text: TEXT, codes: [] });
    assert.ok((await unpack(Buffer.concat([PACKED.gzip, Buffer.from('junk junk')]), 1 << 18)).text.equals(TEXT));
    assert.deepEqual(await unpack(Buffer.concat([PACKED.bzip2, Buffer.from('junk junk')])), { text: TEXT, codes: [] });
    assert.deepEqual(await unpack(Buffer.concat([PACKED.xz, Buffer.alloc(8), Buffer.from('junk junk junk')])), { text: TEXT, codes: [] });
  });

  it('reads zstd with skippable frames before it', async () => {
    const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
    assert.deepEqual(await unpack(Buffer.concat([skippable, PACKED.zstd, skippable])), { text: TEXT, codes: [] });
  });

  it('reads zstd with fzstd also where Node has its own decoder', async () => {
    const { text, warnings } = await decode((warn) => decodeWithFzstd(blocksOf(PACKED.zstd, 5), warn));
    assert.deepEqual([text.toString(), warnings], [TEXT.toString(), []]);
  });

  it('refuses a zstd frame that asks for 2 GiB', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00]);
    const { warnings } = await decode((warn) => decodeWithFzstd(blocksOf(frame, 64), warn));
    assert.deepEqual(
      warnings.map((warning) => warning.code),
      ['damaged-compressed'],
    );
  });

  it('refuses a bzip2 block whose run is longer than 32-bit integers', async () => {
    const { warnings } = await decode((warn) => decodeBzip2(blocksOf(longRun(), 64), warn, new StepLimit(2000)));
    assert.deepEqual(
      warnings.map((warning) => warning.code),
      ['damaged-compressed'],
    );
  });

  it('stops a zstd block whose Huffman weights take no bits', async () => {
    const { warnings } = await decode((warn) => decodeWithFzstd(blocksOf(bitlessWeights(), 64), warn, new StepLimit(200)));
    assert.deepEqual(
      warnings.map((warning) => warning.message.includes('does not come to an end')),
      [true],
    );
  });

  it('needs no more memory for a bomb of 200 MB', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(200 << 20), { level: 9 });
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let bytes = 0;
    let most = before;
    for await (const block of decompress(blocksOf(bomb, 1 << 18))) {
      bytes += block.length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    assert.equal(bytes, 200 << 20);
    assert.ok(most - before < 100 << 20, `grew by ${(most - before) >> 20} MiB`);
  });

  it('needs no more memory for a zstd bomb', async () => {
    // 4,000 blocks of four bytes that stand for 128 KiB each.
    const header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    const block = (last: number): number[] => [((1 << 1) | last) & 0xff, 0x00, 0x10, 0x61];
    const bomb = Buffer.from([...header, ...Array.from({ length: 3999 }, () => block(0)).flat(), ...block(1)]);
    const before = process.memoryUsage.rss();
    let bytes = 0;
    let most = before;
    for await (const text of decodeWithFzstd(blocksOf(bomb, 1 << 18), (warning) => assert.fail(warning.message))) {
      bytes += text.length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    assert.equal(bytes, 4000 * (128 << 10));
    assert.ok(most - before < 100 << 20, `grew by ${(most - before) >> 20} MiB`);
  });
});

/** Writes bits, the highest first. */
class Bits {
  #text = '';

  put(value: number, count: number): this {
    this.#text += value.toString(2).padStart(count, '0');
    return this;
  }

  bytes(): Buffer {
    const padded = this.#text.padEnd(Math.ceil(this.#text.length / 8) * 8, '0');
    return Buffer.from(padded.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  }
}

/** A bzip2 block of one run of 2³² - 2 bytes (31 RUNB symbols): seek-bzip's integers wrap at the 32nd. */
function longRun(): Buffer {
  const bits = new Bits().put(0x425a6839, 32).put(0x314159, 24).put(0x265359, 24);
  bits.put(0, 32).put(0, 1).put(0, 24);
  // One byte value is used: `a`.
  bits.put(1 << (15 - 6), 16).put(1 << (15 - 1), 16);
  // Two tables, one selector (the first), and in both three symbols of two bits each.
  bits.put(2, 3).put(1, 15).put(0, 1);
  for (let table = 0; table < 2; table++) bits.put(2, 5).put(0, 3);
  for (let symbol = 0; symbol < 31; symbol++) bits.put(1, 2);
  return Buffer.concat([bits.put(2, 2).bytes(), Buffer.alloc(16)]);
}

/** A zstd block whose Huffman weights are packed with a table in which one symbol has all of the probability. */
function bitlessWeights(): Buffer {
  // Literals: compressed, one stream, 16 bytes from 12; weights of 6 bytes: accuracy 5, symbol 0 with probability 32.
  const weights = [6, 0xf0, 0x03, 0xff, 0xff, 0xff, 0xff];
  const literals = [0x02 | ((16 & 0xf) << 4), (16 >> 4) | ((12 & 3) << 6), 12 >> 2, ...weights, 1, 1, 1, 1, 1];
  const block = [...literals, 0];
  const size = block.length;
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ((size << 3) | (2 << 1) | 1) & 0xff, size >> 5, 0, ...block]);
}
