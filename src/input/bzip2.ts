import type { Bytes, Warning } from '../model/index.js';
import type { Input, Output } from 'seek-bzip';
import { Turns, type Block } from './blocks.js';
import { ByteQueue } from './byte-queue.js';
import { Cut, Damage, warningOf } from './damage.js';
import { StepLimit } from './step-limit.js';

/**
 * No packed block is longer: 900,000 symbols of 20 bits, 18,002 selectors of 6 bits and the tables. seek-bzip reads
 * without waiting, so that much, or all that is left, has to be at hand before a block.
 */
const MOST_BLOCK_BYTES: Bytes = 2_400_000;
/** `BZh` and the level. */
const HEADER_BYTES: Bytes = 4;
const TEXT_BYTES: Bytes = 256 << 10;

/** bzip2, also of several joined streams (pbzip2) and with junk after the last. A block is whole or left out. */
export async function* decodeBzip2(
  packed: AsyncIterable<Block>,
  warn: (warning: Warning) => void,
  limit = new StepLimit(),
): AsyncGenerator<Block, void> {
  const { default: Bunzip } = await import('seek-bzip');
  const turns = new Turns();
  const queue = new ByteQueue(packed);
  const input = inputOf(queue);
  const output = new TextChunks();
  try {
    await queue.has(MOST_BLOCK_BYTES);
    const bunzip = new Bunzip(input, output);
    for (;;) {
      await queue.has(MOST_BLOCK_BYTES);
      const more = limit.run(() => {
        const found = bunzip._init_block();
        if (found) bunzip._read_bunzip();
        return found;
      });
      if (more) {
        for (const text of output.take()) {
          limit.made(text.length);
          yield text;
        }
        if (turns.due) await turns.take();
        continue;
      }
      if (bunzip.reader.read(32) >>> 0 !== bunzip.streamCRC) throw new Damage('its contents do not fit its checksum');
      // Like the bzip2 command, what follows is another stream or none of our business.
      if (!(await queue.has(HEADER_BYTES)) || !beginsStream(queue)) return;
      bunzip._start_bunzip(input, output);
    }
  } catch (error) {
    warn(warningOf('bzip2', error));
  } finally {
    await queue.return();
  }
}

function beginsStream(queue: ByteQueue): boolean {
  const level = queue.byte(3) - 0x30;
  return queue.byte(0) === 0x42 && queue.byte(1) === 0x5a && queue.byte(2) === 0x68 && level >= 1 && level <= 9;
}

function inputOf(queue: ByteQueue): Input {
  const readByte = (): number => {
    const byte = queue.takeByte();
    if (byte < 0) throw new Cut();
    return byte;
  };
  return {
    readByte,
    read(buffer, offset, length) {
      for (let index = 0; index < length; index++) buffer[offset + index] = readByte();
      return length;
    },
  };
}

/** The text of one block: 900 KB, or, of a bomb, up to 47 MB (runs of 259 bytes in five). */
class TextChunks implements Output {
  #full: Uint8Array[] = [];
  #chunk = new Uint8Array(TEXT_BYTES);
  #used = 0;

  writeByte(byte: number): void {
    if (this.#used === TEXT_BYTES) {
      this.#full.push(this.#chunk);
      this.#chunk = new Uint8Array(TEXT_BYTES);
      this.#used = 0;
    }
    this.#chunk[this.#used++] = byte;
  }

  *take(): Generator<Block, void> {
    const full = this.#full;
    this.#full = [];
    yield* full;
    yield this.#chunk.subarray(0, this.#used);
    this.#used = 0;
  }
}
