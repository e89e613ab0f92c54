import type { Bytes, EpochMilliseconds, Warning } from '../model/index.js';
import { Lookahead, type Block } from './blocks.js';
import { OPEN_FLAGS, STANDARD_INPUT, readBlocks, type Opened, type ReadBlocksOptions } from './bytes.js';
import { decompress, MAGIC_BYTES, recogniseCompression } from './compression.js';
import { readSmallFile } from './small-file.js';
import { decodeText, guessEncoding, indexOfNul, type Encoding } from './encoding.js';

/** Beginning by which a text is told from other data. */
const HEAD_BYTES: Bytes = 8 << 10;

export interface OpenTextOptions extends ReadBlocksOptions {
  /** Ends after the first 8 KiB, with no block, when they are no text: for files that nobody named. Default false. */
  readonly skipBinary?: boolean;
  /** Bytes of text after which the rest is left. Default: {@link MOST_UNPACKED} of what is packed, all of what is not. */
  readonly mostBytes?: Bytes;
  /** The file's directory says that it is a regular file: one call of the system less. Default false. */
  readonly listed?: boolean;
}

/**
 * A file of 50 KB may unpack to as many GB, and a disk keeps a hole of a petabyte in no space. A hundred times more than logs have,
 * and read in a minute where it is one letter again and again.
 */
export const MOST_UNPACKED: Bytes = 16 * 2 ** 30;

/** What is known of an input when its last block was read. */
export interface TextEnd {
  /** Of the text: unpacked, as UTF-8. */
  readonly bytes: Bytes;
  /** Of the file as it is on disk, as far as it was read. */
  readonly bytesRead: Bytes;
  /** Last change of the file; null for standard input. */
  readonly modified: EpochMilliseconds | null;
  readonly encoding: Encoding;
  /** It was left because of `skipBinary`. */
  readonly skipped: boolean;
  readonly warnings: readonly Warning[];
}

/** The text of a small file. */
export interface SmallText {
  /** All of it; nothing when it was left because of `skipBinary`. Valid until it is given back. */
  readonly text: Block;
  readonly skipped: boolean;
  /** As it is on disk. */
  readonly size: Bytes;
  readonly modified: EpochMilliseconds;
  readonly giveBack: () => void;
}

/**
 * The text of a small file at once, which takes half as long as its blocks: a folder may hold two hundred thousand.
 *
 * @returns null where it is something else, for which there is {@link openText}. Never throws.
 */
export function openSmallText(path: string, options: OpenTextOptions = {}): SmallText | null {
  if (path === STANDARD_INPUT || options.blockBytes !== undefined || options.mostBytes !== undefined) return null;
  const small = readSmallFile(path, OPEN_FLAGS, options.listed === true);
  if (small === null) return null;
  const { size, modified, giveBack } = small;
  options.onOpen?.({ size, sparse: false, modified });
  const skipped = options.skipBinary === true && isOtherData(small.text.subarray(0, HEAD_BYTES));
  return { text: skipped ? NOTHING : small.text, skipped, size, modified, giveBack };
}

const NOTHING: Block = new Uint8Array(0);

/**
 * The text of a file, or of standard input for `-`, as blocks of UTF-8 (or of what passes for it, see
 * `decodeText`): unpacked and converted. Blocks do not end with lines. Memory is flat for any input.
 *
 * A block is valid until the next one is asked for. Who stops early calls `return()`, as `for await` does, to close the file.
 *
 * @throws InputError when nothing can be read; what fails later is a warning.
 */
export async function* openText(path: string, options: OpenTextOptions = {}): AsyncGenerator<Block, TextEnd> {
  const small = openSmallText(path, options);
  if (small !== null) {
    const { text, size, modified, skipped } = small;
    try {
      if (text.length > 0) yield text;
    } finally {
      small.giveBack();
    }
    return { bytes: text.length, bytesRead: size, modified, encoding: 'utf-8', skipped, warnings: [] };
  }
  let modified: EpochMilliseconds | null = null;
  let bytesRead: Bytes = 0;
  let readWarnings: readonly Warning[] = [];
  let unpackWarnings: readonly Warning[] = [];
  let encoding: Encoding = 'utf-8';
  let bytes: Bytes = 0;
  let most = options.mostBytes ?? Infinity;
  let packed = false;
  let skipped = false;
  const limitWarnings: Warning[] = [];
  async function* raw(): AsyncGenerator<Block> {
    const onOpen = (opened: Opened): void => {
      modified = opened.modified;
      if (opened.sparse) most = Math.min(most, options.mostBytes ?? MOST_UNPACKED);
      options.onOpen?.(opened);
    };
    // what is packed is still being unpacked while its text is put there
    const memory = (): Uint8Array | null => (packed || bytesRead === 0 ? null : (options.memory?.() ?? null));
    const blocks = readBlocks(path, { ...options, memory, onOpen });
    try {
      // By hand: a decoder that has seen enough gives the file up before its end is returned.
      for (let step = await blocks.next(); ; step = await blocks.next()) {
        if (step.done === true) {
          readWarnings = step.value.warnings;
          return;
        }
        bytesRead += step.value.length;
        yield step.value;
      }
    } finally {
      await blocks.return({ bytes: bytesRead, warnings: [] });
    }
  }
  async function* unpacked(): AsyncGenerator<Block> {
    unpackWarnings = yield* decompress(raw(), () => {
      packed = true;
      most = Math.min(most, options.mostBytes ?? MOST_UNPACKED);
    });
  }
  const data = new Lookahead(unpacked());
  async function* text(): AsyncGenerator<Block> {
    encoding = (yield* decodeText(data)).encoding;
  }
  try {
    if (options.skipBinary === true && isBinary(await data.head(HEAD_BYTES))) skipped = true;
    else {
      for await (const block of text()) {
        const text = block.subarray(0, most - bytes);
        bytes += text.length;
        yield text;
        if (text.length < block.length) {
          limitWarnings.push({
            line: null,
            code: 'input-limit',
            message: `only its first ${sizeText(most)} were read: --max-input SIZE gives it another limit`,
          });
          break;
        }
      }
    }
  } finally {
    await data.return();
  }
  return { bytes, bytesRead, modified, encoding, skipped, warnings: [...readWarnings, ...unpackWarnings, ...limitWarnings] };
}

function sizeText(bytes: Bytes): string {
  const unit = Math.min(3, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Math.round((10 * bytes) / 1024 ** unit) / 10} ${['bytes', 'KiB', 'MiB', 'GiB'][unit]!}`;
}

/** A run of NULs this long is a hole: the log was cut by copytruncate while its writer kept its position. */
const HOLE_BYTES: Bytes = 256;
/** Text has none outside holes; a torn write may leave a few. */
const MOST_NUL_SHARE = 0.003;
/** Control characters other than tab, line ends and escape, which logs have. Executables and images have a fifth. */
const MOST_CONTROL_SHARE = 0.02;

/** 1 for control characters that text does not have. */
const CONTROL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0 && byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b ? 1 : 0,
);

/**
 * Whether data is no text by its first bytes (8 KiB are enough). Compressed data and UTF-16 are text that is packed.
 */
export function isBinary(firstBytes: Uint8Array): boolean {
  if (recogniseCompression(firstBytes.subarray(0, MAGIC_BYTES)) !== null) return false;
  return guessEncoding(firstBytes).encoding === 'utf-8' && isOtherData(firstBytes);
}

/** Whether what is neither packed nor UTF-16 is no text. */
function isOtherData(firstBytes: Uint8Array): boolean {
  let controls = 0;
  if (indexOfNul(firstBytes) < 0) {
    controls = countControls(firstBytes);
    return controls > firstBytes.length * MOST_CONTROL_SHARE;
  }
  let nuls = 0;
  let run = 0;
  for (let at = 0; at <= firstBytes.length; at++) {
    const byte = firstBytes[at];
    if (byte === 0) {
      run++;
      continue;
    }
    if (run < HOLE_BYTES) nuls += run;
    run = 0;
    if (byte !== undefined) controls += CONTROL[byte]!;
  }
  return nuls > firstBytes.length * MOST_NUL_SHARE || controls > firstBytes.length * MOST_CONTROL_SHARE;
}

/** One word in so many is in the sample: an odd number, so that records of 16 or 32 bytes do not show the same field each time. */
const SAMPLED_WORDS = 7;

/**
 * How many bytes are {@link CONTROL}; none where a sample of many has none: data that is no text has them throughout.
 */
function countControls(bytes: Uint8Array): number {
  let controls = 0;
  if (bytes.byteOffset % 4 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    const step = bytes.length < HEAD_BYTES ? 1 : SAMPLED_WORDS;
    let i = 0;
    for (; i < words.length; i += step) {
      const word = words[i]!;
      // whether any of the four bytes is below the blank, which in text few are
      if (((word - 0x20202020) & ~word & 0x80808080) === 0) continue;
      const at = 4 * i;
      if (CONTROL[bytes[at]!]! + CONTROL[bytes[at + 1]!]! + CONTROL[bytes[at + 2]!]! + CONTROL[bytes[at + 3]!]! > 0) break;
    }
    if (i >= words.length) return 0;
  }
  for (const byte of bytes) controls += CONTROL[byte]!;
  return controls;
}
