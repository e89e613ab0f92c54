import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Bytes, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { ByteQueue } from './byte-queue.js';
import { Cut, Damage, warningOf } from './damage.js';
import { StepLimit } from './step-limit.js';
import { CHUNK_BYTES, SteppedStream } from './stepped-stream.js';
import { Xxh64 } from './xxh64.js';

/** RFC 8878, section 3.1.1.2.4: no block is larger, packed or not. fzstd does not check it. */
const MOST_BLOCK_BYTES: Bytes = 128 << 10;
/** What the zstd command accepts too (`--long=27`). A frame may ask for 2 GiB. */
const MOST_WINDOW_BYTES: Bytes = 128 << 20;
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Type of a block that is one byte, repeated. */
const RUN_BLOCK = 1;
const CHECKSUM_BYTES: Bytes = 4;

/** What unpacks one frame, given its header, each of its blocks, and its checksum. Throws where the data is damaged. */
interface FrameDecoder {
  give(bytes: Block): AsyncIterable<Block>;
  /** @param bytes the four that follow the last block, where the frame has them. */
  check(bytes: Block): Promise<void>;
  destroy(): void;
}

export type FrameDecoderMaker = () => FrameDecoder;

/** zstd, also of several frames: Node's own decoder where there is one (22.15 and later), else fzstd. */
export async function* decodeZstd(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  yield* decodeFrames(nativeDecoder() ?? (await fzstdDecoder()), packed, warn);
}

/**
 * A decoder is given one block of the format at a time, whose ends are found here. So the output of a step stays small,
 * a window is checked before it is made, it is known whether the data ended where a frame ends, and all frames are
 * read (Node's decoder ends, without an error, after the first, also when that is one to skip: seen on Node 24.21).
 */
export async function* decodeFrames(
  make: FrameDecoderMaker,
  packed: AsyncIterable<Block>,
  warn: (warning: Warning) => void,
): AsyncGenerator<Block, void> {
  const turns = new Turns();
  const queue = new ByteQueue(packed);
  const need = async (bytes: Bytes): Promise<void> => {
    if (!(await queue.has(bytes))) throw new Cut();
  };
  let decoder: FrameDecoder | null = null;
  try {
    while (await queue.has(1)) {
      await need(8);
      const magic = queue.uint32(0);
      if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) {
        if (!(await queue.skip(8 + queue.uint32(4)))) throw new Cut();
        continue;
      }
      // As with the zstd command, nothing but a frame may follow a frame.
      if (magic !== FRAME_MAGIC) throw new Damage('no frame begins where one should');
      const headerBytes = frameHeaderBytes(queue.byte(4));
      await need(headerBytes);
      const header = queue.take(headerBytes);
      const frame = readFrameHeader(header);
      if (frame.window > MOST_WINDOW_BYTES)
        throw new Damage(`it needs ${frame.window} bytes of memory; try: zstd -dc --memory=2048MB FILE | standstill -`);
      decoder = make();
      for await (const text of decoder.give(header)) yield text;
      let made: Bytes = 0;
      for (let last = false; !last;) {
        await need(3);
        const block = queue.byte(0) | (queue.byte(1) << 8) | (queue.byte(2) << 16);
        const size = block >> 3;
        last = (block & 1) === 1;
        if (size > MOST_BLOCK_BYTES) throw new Damage('a block is larger than the format allows');
        const bytes = 3 + (((block >> 1) & 3) === RUN_BLOCK ? 1 : size);
        await need(bytes);
        for await (const text of decoder.give(queue.take(bytes))) {
          made += text.length;
          yield text;
        }
        if (turns.due) await turns.take();
      }
      if (frame.content !== null && made !== frame.content) throw new Damage(`a frame has ${made} bytes and should have ${frame.content}`);
      if (frame.checksum) {
        await need(CHECKSUM_BYTES);
        await decoder.check(queue.take(CHECKSUM_BYTES));
      }
      decoder.destroy();
    }
  } catch (error) {
    warn(warningOf('zstd', error));
  } finally {
    decoder?.destroy();
    await queue.return();
  }
}

/** What zlib has from Node 22.15 on; @types/node of the oldest supported version does not know it. */
interface ZlibWithZstd {
  readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform;
}

/** Node's own decoder, or null where this Node has none. */
function nativeDecoder(): FrameDecoderMaker | null {
  const create = (zlib as ZlibWithZstd).createZstdDecompress;
  if (create === undefined) return null;
  return () => {
    const stream = new SteppedStream(create({ chunkSize: CHUNK_BYTES }));
    async function* give(bytes: Block): AsyncGenerator<Block, void> {
      yield* stream.give(bytes);
      if (stream.error !== null) throw stream.error;
    }
    return {
      give,
      async check(bytes) {
        await give(bytes).next();
      },
      destroy: () => stream.destroy(),
    };
  };
}

/**
 * fzstd, which checks no checksum, and makes nonsense of many damaged files without a word.
 *
 * @param limit for all frames of an input together.
 */
export async function fzstdDecoder(limit = new StepLimit()): Promise<FrameDecoderMaker> {
  const { Decompress } = await import('fzstd');
  return () => {
    const texts: Block[] = [];
    const checksum = new Xxh64();
    const decoder = new Decompress((text) => {
      texts.push(text);
    });
    return {
      // eslint-disable-next-line @typescript-eslint/require-await -- Node's decoder waits
      async *give(bytes) {
        limit.run(() => {
          decoder.push(bytes);
        });
        for (const text of texts.splice(0)) {
          limit.made(text.length);
          checksum.update(text);
          yield text;
        }
      },
      check(bytes) {
        const given = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
        return given === checksum.low32() ? Promise.resolve() : Promise.reject(new Damage('its contents do not fit its checksum'));
      },
      destroy: () => undefined,
    };
  };
}

/** RFC 8878, section 3.1.1.1: a frame's header is its magic, this descriptor, window, dictionary and content size. */
function frameHeaderBytes(descriptor: number): Bytes {
  const single = (descriptor & 0x20) !== 0;
  return 5 + Number(!single) + dictionaryBytes(descriptor) + contentSizeBytes(descriptor);
}

function readFrameHeader(header: Block): { window: Bytes; content: Bytes | null; checksum: boolean } {
  const descriptor = header[4]!;
  const sizeBytes = contentSizeBytes(descriptor);
  let content = sizeBytes === 2 ? 256 : 0;
  for (let index = 0; index < sizeBytes; index++) content += header[header.length - sizeBytes + index]! * 256 ** index;
  const base = 2 ** (10 + (header[5]! >> 3));
  return {
    window: (descriptor & 0x20) !== 0 ? content : base + (base / 8) * (header[5]! & 7),
    content: sizeBytes === 0 ? null : content,
    checksum: (descriptor & 4) !== 0,
  };
}

function dictionaryBytes(descriptor: number): Bytes {
  return [0, 1, 2, 4][descriptor & 3]!;
}

function contentSizeBytes(descriptor: number): Bytes {
  const flag = descriptor >> 6;
  return flag === 0 ? (descriptor & 0x20) >> 5 : 1 << flag;
}
