import assert from 'node:assert/strict';
import { Xxh64 } from '../../src/input/xxh64.js';

/** The last four bytes of what `zstd -c` makes of 0, 1, 2 … (modulo 251), so many bytes. */
const SUMS: readonly (readonly [length: number, low32: number])[] = [
  [0, 0x51d8e999],
  [1, 0xdb052768],
  [3, 0x33bc65dd],
  [4, 0x4453cc1e],
  [7, 0x630c72d2],
  [8, 0x14b81b8d],
  [12, 0x1f08dca5],
  [31, 0x9b4d8ee1],
  [32, 0x16ff32b4],
  [33, 0xcafb8ead],
  [63, 0xa95f8e4f],
  [64, 0xdb6713f0],
  [100, 0x32166597],
  [1000, 0xa88b54d3],
  [4097, 0x4636de5b],
];

describe('Xxh64', () => {
  it('is the checksum of the specification, in blocks of any size', () => {
    for (const [length, low32] of SUMS) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
      for (const size of [1, 3, 31, 32, 33, 1000]) {
        const sum = new Xxh64();
        for (let at = 0; at < length; at += size) sum.update(bytes.subarray(at, at + size));
        assert.equal(sum.low32(), low32, `${length} bytes in blocks of ${size}`);
      }
    }
  });
});
