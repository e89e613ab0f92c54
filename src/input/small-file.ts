import fs from 'node:fs';
import type { Bytes, EpochMilliseconds } from '../model/index.js';
import type { Block } from './blocks.js';
import { MAGIC_BYTES, recogniseCompression } from './compression.js';
import { guessEncoding } from './encoding.js';

/** Longer files are worth the machinery for large ones. */
const MOST_BYTES: Bytes = 128 << 10;

/** Used again for each file: a folder may hold two hundred thousand of them. */
let memory: Uint8Array | null = null;

export interface SmallFile {
  /** All of it, without a byte-order mark. Valid until the next file is read. */
  readonly text: Block;
  readonly size: Bytes;
  readonly modified: EpochMilliseconds;
}

/**
 * A small regular file of UTF-8 text (or what passes for it), read in one go. Null: it is something else, or fails in some
 * way, and is for the reader of streams, which says what is wrong with it.
 */
export function readSmallFile(path: string, openFlags: number): SmallFile | null {
  let fd: number;
  let stats: fs.Stats;
  try {
    const before = fs.statSync(path);
    if (!before.isFile() || before.size > MOST_BYTES || before.size === 0) return null;
    fd = fs.openSync(path, openFlags);
  } catch {
    return null;
  }
  try {
    stats = fs.fstatSync(fd);
    if (!stats.isFile() || stats.size > MOST_BYTES) return null;
    memory ??= new Uint8Array(MOST_BYTES);
    let count = 0;
    while (count < stats.size) {
      const more = fs.readSync(fd, memory, count, stats.size - count, null);
      if (more === 0) return null; // it shrank meanwhile
      count += more;
    }
    const bytes = memory.subarray(0, count);
    if (recogniseCompression(bytes.subarray(0, MAGIC_BYTES)) !== null) return null;
    const { encoding, markBytes } = guessEncoding(bytes);
    if (encoding !== 'utf-8') return null;
    return { text: bytes.subarray(markBytes), size: count, modified: stats.mtimeMs };
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}
