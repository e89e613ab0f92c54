import fs from 'node:fs';
import type { Bytes, EpochMilliseconds } from '../model/index.js';
import type { Block } from './blocks.js';
import { modifiedOf } from './bytes.js';
import { recogniseCompression } from './compression.js';
import { guessEncoding } from './encoding.js';
import { placeOf } from './odd-names.js';

/** Longer files are worth the machinery for large ones. */
const MOST_BYTES: Bytes = 128 << 10;

/** Used again for each file, since a folder may hold two hundred thousand of them; null while a file's text stands in it. */
let spare: Uint8Array | null = null;

export interface SmallFile {
  /** All of it, without a byte-order mark. Valid until it is given back. */
  readonly text: Block;
  /** The text is no longer needed, so its memory may be used for the next file. */
  readonly giveBack: () => void;
  readonly size: Bytes;
  readonly modified: EpochMilliseconds;
}

/**
 * A small regular file of UTF-8 text (or what passes for it), read in one go. Null: it is something else, or fails in some
 * way, and is for the reader of streams, which says what is wrong with it.
 *
 * @param listed its directory says that it is a regular file, so it need not be looked at before it is opened; a link that was put
 *   there since is not followed
 */
export function readSmallFile(path: string, openFlags: number, listed: boolean): SmallFile | null {
  let fd: number;
  try {
    const place = placeOf(path);
    if (!listed && !fs.statSync(place).isFile()) return null;
    fd = fs.openSync(place, listed ? openFlags | fs.constants.O_NOFOLLOW : openFlags);
  } catch {
    return null;
  }
  try {
    const stats = fs.fstatSync(fd);
    if (!stats.isFile() || stats.size > MOST_BYTES || stats.size === 0) return null;
    // several files may be read at the same time
    const memory = spare ?? new Uint8Array(MOST_BYTES);
    spare = null;
    const giveBack = (): void => {
      spare = memory;
    };
    const small = readInto(memory, fd, stats, giveBack);
    if (small === null) giveBack();
    return small;
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}

function readInto(memory: Uint8Array, fd: number, stats: fs.Stats, giveBack: () => void): SmallFile | null {
  let count = 0;
  while (count < stats.size) {
    const more = fs.readSync(fd, memory, count, stats.size - count, null);
    if (more === 0) return null; // it shrank meanwhile
    count += more;
  }
  const bytes = memory.subarray(0, count);
  if (recogniseCompression(bytes) !== null) return null;
  const { encoding, markBytes } = guessEncoding(bytes);
  if (encoding !== 'utf-8') return null;
  return { text: markBytes === 0 ? bytes : bytes.subarray(markBytes), giveBack, size: count, modified: modifiedOf(stats) };
}
