import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Bytes, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { Cut, warningOf } from './damage.js';
import { systemCode } from './errors.js';

/** 0.53 s of CPU for 256 MiB against 1.45 s with zlib's default of 16 KiB (performance.md, section 3). */
const CHUNK_BYTES: Bytes = 256 << 10;
/** Packed bytes given at a time. When zlib finds damage, all text of that piece is lost with the error. */
const PIECE_BYTES: Bytes = 16 << 10;
/** The packed beginning that is kept to unpack a damaged piece again in small steps. */
const KEPT_BYTES: Bytes = 1 << 20;
/** First step in which a damaged piece is given again. */
const SALVAGE_BYTES: Bytes = 128;

/** Codes that zlib and zstd give when the data ends early. */
const CUT_CODES: ReadonlySet<string | null> = new Set(['Z_BUF_ERROR', 'ZSTD_error_srcSize_wrong']);

/** gzip, also of several members (`cat a.gz b.gz`) and with junk after the last. */
export function decodeGzip(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  return decodeWith(() => zlib.createGunzip({ chunkSize: CHUNK_BYTES }), 'gzip', packed, warn);
}

/** What zlib has from Node 22.15 on; @types/node of the oldest supported version does not know it. */
interface ZlibWithZstd {
  readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform;
}

/** Node's own zstd decoder, or null where this Node has none. */
export function nativeZstd(): ((packed: AsyncIterable<Block>, warn: (warning: Warning) => void) => AsyncGenerator<Block, void>) | null {
  const create = (zlib as ZlibWithZstd).createZstdDecompress;
  if (create === undefined) return null;
  return (packed, warn) => decodeWith(() => create({ chunkSize: CHUNK_BYTES }), 'zstd', packed, warn);
}

async function* decodeWith(
  create: () => Transform,
  format: string,
  packed: AsyncIterable<Block>,
  warn: (warning: Warning) => void,
): AsyncGenerator<Block, void> {
  const stream = new SteppedStream(create());
  const kept: Block[] = [];
  let keptBytes: Bytes = 0;
  let delivered: Bytes = 0;
  const turns = new Turns();
  try {
    reading: for await (const block of packed) {
      for (let at = 0; at < block.length; at += PIECE_BYTES) {
        const piece = block.subarray(at, at + PIECE_BYTES);
        keptBytes += piece.length;
        if (keptBytes <= KEPT_BYTES) kept.push(piece.slice());
        else kept.length = 0;
        for await (const text of stream.give(piece)) {
          delivered += text.length;
          yield text;
        }
        if (stream.over) break reading;
        if (turns.due) await turns.take();
      }
    }
    for await (const text of stream.end()) {
      delivered += text.length;
      yield text;
    }
  } finally {
    stream.destroy();
  }
  if (stream.error === null) return;
  const wasCut = CUT_CODES.has(systemCode(stream.error));
  if (!wasCut) yield* salvage(create, kept, delivered);
  warn(warningOf(format, wasCut ? new Cut() : stream.error));
}

/**
 * The text of the damaged piece, the last of `kept`, up to the damage: the piece is given again in small steps, and the
 * step that fails in single bytes. `delivered` bytes of text are known already.
 */
async function* salvage(
  create: () => Transform,
  kept: readonly Block[],
  delivered: Bytes,
  step = SALVAGE_BYTES,
): AsyncGenerator<Block, void> {
  const damagedPiece = kept.at(-1);
  if (damagedPiece === undefined) return;
  const stream = new SteppedStream(create());
  const whole = kept.slice(0, -1);
  let made: Bytes = 0;
  let at = 0;
  try {
    for (const piece of whole) for await (const text of stream.give(piece)) made += text.length;
    for (; at < damagedPiece.length && !stream.over; at += step) {
      for await (const text of stream.give(damagedPiece.subarray(at, at + step))) {
        made += text.length;
        if (made > delivered) yield text.subarray(Math.max(0, text.length - (made - delivered)));
      }
    }
  } finally {
    stream.destroy();
  }
  if (step > 1)
    yield* salvage(
      create,
      [...whole, damagedPiece.subarray(0, at - step), damagedPiece.subarray(at - step, at)],
      Math.max(made, delivered),
      1,
    );
}

/** A transform stream that is given one piece at a time: nothing is queued, and the piece's memory is free again after. */
class SteppedStream {
  readonly #stream: Transform;
  #wake: () => void = () => undefined;
  #ended = false;
  error: Error | null = null;

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on('readable', () => this.#wake());
    stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on('error', (error: Error) => {
      this.error = error;
      this.#wake();
    });
  }

  /** It takes nothing more: it failed, or found the end of its data. */
  get over(): boolean {
    return this.#ended || this.error !== null;
  }

  /** What `piece` unpacks to. */
  async *give(piece: Block): AsyncGenerator<Block, void> {
    let taken = false;
    this.#stream.write(piece, () => {
      taken = true;
      this.#wake();
    });
    yield* this.#drain(() => taken);
  }

  /** What is left when all pieces were given. */
  async *end(): AsyncGenerator<Block, void> {
    if (this.over) return;
    this.#stream.end();
    yield* this.#drain(() => false);
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async *#drain(isTaken: () => boolean): AsyncGenerator<Block, void> {
    for (;;) {
      const chunk = this.#stream.read() as Buffer | null;
      if (chunk !== null) yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      else if (isTaken() || this.over) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
