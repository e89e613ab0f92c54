import type { Bytes, Warning } from '../model/index.js';
import { Lookahead, type Block } from './blocks.js';
import { decodeBzip2 } from './bzip2.js';
import { decodeGzip } from './gzip.js';
import { decodeXz } from './xz.js';
import { decodeZstd } from './zstd.js';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2';

/** A decoder: packed blocks in, flat memory, unpacked blocks out. Bad data is a warning after what was good, never a throw. */
export type Decoder = (packed: AsyncIterable<Block>, warn: (warning: Warning) => void) => AsyncGenerator<Block, void>;

const DECODERS: Readonly<Record<Compression, Decoder>> = { gzip: decodeGzip, zstd: decodeZstd, xz: decodeXz, bzip2: decodeBzip2 };

/** A `.gz` of a `.gz` happens when a log rotation and a backup both pack. More layers are a trap. */
const MOST_LAYERS = 3;

/** Enough for every mark of {@link recogniseCompression}. */
export const MAGIC_BYTES: Bytes = 10;

/**
 * The compression of data by its first {@link MAGIC_BYTES} bytes. The marks: RFC 1952 section 2.3.1, RFC 8878 section
 * 3.1 (pzstd begins with a skippable frame), the .xz format section 2.1.1.1; bzip2's `BZh1`…`BZh9` could begin a text,
 * so the mark of its first block (the digits of π) or of its end (those of √π) must follow.
 */
export function recogniseCompression(head: Block): Compression | null {
  // few texts begin with one of these bytes: a look at the first spares all others
  const first = head[0];
  if (first !== 0x1f && first !== 0x28 && first !== 0xfd && first !== 0x42 && (first === undefined || (first & 0xf0) !== 0x50)) return null;
  if (startsWith(head, [0x1f, 0x8b, 0x08])) return 'gzip';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  if (startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]) && (head[0]! & 0xf0) === 0x50) return 'zstd';
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  const level = head[3];
  if (!startsWith(head, [0x42, 0x5a, 0x68]) || level === undefined || level < 0x31 || level > 0x39) return null;
  const next = head.subarray(4);
  return startsWith(next, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || startsWith(next, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]) ? 'bzip2' : null;
}

function startsWith(bytes: Block, mark: readonly number[]): boolean {
  return bytes.length >= mark.length && mark.every((byte, at) => bytes[at] === byte);
}

/**
 * Unpacks gzip, zstd, xz and bzip2, up to three layers, and passes everything else through uncopied. Memory does
 * not grow with the data: a bomb is only a long text.
 *
 * @param onPacked called when the first block is asked for and the data is packed
 * @returns warnings `cut-compressed` (the data ends early: what came before was yielded), `damaged-compressed`
 *   (likewise up to the damage), `too-many-layers` (nothing was yielded).
 */
export async function* decompress(
  source: AsyncIterable<Block>,
  onPacked: () => void = () => undefined,
): AsyncGenerator<Block, readonly Warning[]> {
  const warnings: Warning[] = [];
  let blocks = new Lookahead(source);
  try {
    for (let layer = 0; ; layer++) {
      const compression = recogniseCompression(await blocks.head(MAGIC_BYTES));
      if (compression === null) break;
      if (layer === MOST_LAYERS) {
        warnings.push({
          line: null,
          code: 'too-many-layers',
          message: `it is compressed more than ${MOST_LAYERS} times, which no log is; unpack it by hand`,
        });
        return warnings;
      }
      onPacked();
      blocks = new Lookahead(DECODERS[compression](blocks, (warning) => warnings.push(warning)));
    }
    for await (const block of blocks) yield block;
    return warnings;
  } finally {
    await blocks.return();
  }
}
