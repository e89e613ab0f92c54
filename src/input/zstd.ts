import type { Bytes, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { ByteQueue } from './byte-queue.js';
import { cut, damaged } from './damage.js';
import { reasonOf } from './errors.js';
import { StepLimit } from './step-limit.js';
import { nativeZstd } from './zlib-streams.js';

/** RFC 8878, section 3.1.1.2.4: no block is larger, packed or not. fzstd does not check it. */
const MOST_BLOCK_BYTES: Bytes = 128 << 10;
/** What the zstd command accepts too (`--long=27`). A frame may ask for 2 GiB. */
const MOST_WINDOW_BYTES: Bytes = 128 << 20;
/**
 * fzstd moves its whole window at each block. Honest frames have blocks of 128 KiB, so that moves up to 1,024 bytes
 * for a byte of text; a frame of tiny blocks with a huge window would work for hours. The constant part is some 20 s.
 */
const MOST_MOVED_BYTES: Bytes = 256 * 2 ** 30;
const MOST_MOVED_PER_BYTE = 2048;

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** zstd, also of several frames: Node's own decoder where there is one (22.15 and later), else fzstd. */
export function decodeZstd(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  return (nativeZstd() ?? decodeWithFzstd)(packed, warn);
}

/**
 * fzstd is given one block of the format at a time, whose ends are found here: its output then stays small, its window
 * is checked before it is made, and it is known whether the data ended where a frame ends.
 */
export async function* decodeWithFzstd(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  const { Decompress } = await import('fzstd');
  const limit = new StepLimit();
  const turns = new Turns();
  const queue = new ByteQueue(packed);
  let texts: Block[] = [];
  let decoder = new Decompress();
  let moved: Bytes = 0;
  let made: Bytes = 0;
  let frames = 0;
  const push = (bytes: Block): Block[] => {
    texts = [];
    limit.run(() => decoder.push(bytes));
    return texts;
  };
  try {
    for (;;) {
      if (!(await queue.has(1))) return;
      const complete = await queue.has(8);
      const magic = complete ? queue.uint32(0) : 0;
      if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) {
        if (!(await queue.skip(8 + queue.uint32(4)))) return warn(cut('zstd'));
        continue;
      }
      // As the zstd command does, a frame or nothing has to follow a frame.
      if (complete && magic !== FRAME_MAGIC) return warn(damaged('zstd', 'no frame begins where one should'));
      if (!complete) return warn(cut('zstd'));
      const header = frameHeader(queue.byte(4));
      if (!(await queue.has(header.bytes))) return warn(cut('zstd'));
      const window = header.window((at) => queue.byte(at));
      if (window > MOST_WINDOW_BYTES) return warn(damaged('zstd', `it needs ${window} bytes of memory; try: zstd -dc --memory=2048MB FILE | standstill -`));
      decoder = new Decompress((text) => texts.push(text));
      frames++;
      push(queue.take(header.bytes));
      for (let last = false; !last; ) {
        if (!(await queue.has(3))) return warn(cut('zstd'));
        const block = queue.byte(0) | (queue.byte(1) << 8) | (queue.byte(2) << 16);
        const size = block >> 3;
        last = (block & 1) === 1;
        if (size > MOST_BLOCK_BYTES) return warn(damaged('zstd', 'a block is larger than the format allows'));
        const bytes = 3 + (((block >> 1) & 3) === 1 ? 1 : size);
        if (!(await queue.has(bytes))) return warn(cut('zstd'));
        for (const text of push(queue.take(bytes))) {
          made += text.length;
          yield text;
        }
        moved += window;
        if (moved > MOST_MOVED_BYTES + made * MOST_MOVED_PER_BYTE) return warn(damaged('zstd', 'its blocks are too small for its window'));
        if (turns.due) await turns.take();
      }
      if (header.checksum && !(await queue.skip(4))) return warn(cut('zstd'));
    }
  } catch (error) {
    warn(damaged('zstd', `frame ${frames}: ${reasonOf(error)}`));
  } finally {
    await queue.return();
  }
}

/** RFC 8878, section 3.1.1.1: the length of a frame's header, from its descriptor byte, and how to get its window size. */
function frameHeader(descriptor: number): { bytes: Bytes; checksum: boolean; window: (byteAt: (at: number) => number) => Bytes } {
  const single = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = sizeFlag === 0 ? Number(single) : 1 << sizeFlag;
  const sizeAt = 5 + Number(!single) + dictionaryBytes;
  return {
    bytes: sizeAt + sizeBytes,
    checksum: (descriptor & 4) !== 0,
    window: (byteAt) => {
      if (!single) {
        const base = 2 ** (10 + (byteAt(5) >> 3));
        return base + (base / 8) * (byteAt(5) & 7);
      }
      let size = sizeFlag === 1 ? 256 : 0;
      for (let index = 0; index < sizeBytes; index++) size += byteAt(sizeAt + index) * 256 ** index;
      return size;
    },
  };
}
