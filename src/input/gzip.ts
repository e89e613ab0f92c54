import zlib from 'node:zlib';
import type { Bytes, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { Cut, warningOf } from './damage.js';
import { systemCode } from './errors.js';
import { CHUNK_BYTES, SteppedStream } from './stepped-stream.js';

/** Packed bytes given at a time. When zlib finds damage, all text of that piece is lost with the error. */
const PIECE_BYTES: Bytes = 16 << 10;
/** The packed beginning that is kept to unpack a damaged piece again in small steps. */
const KEPT_BYTES: Bytes = 1 << 20;
/** First step in which a damaged piece is given again. */
const SALVAGE_BYTES: Bytes = 128;

/** gzip, also of several members (`cat a.gz b.gz`) and with junk after the last. */
export async function* decodeGzip(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  const stream = new SteppedStream(createGunzip());
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
  // zlib's word for "unexpected end of file".
  const wasCut = systemCode(stream.error) === 'Z_BUF_ERROR';
  if (!wasCut) yield* salvage(kept, delivered);
  warn(warningOf('gzip', wasCut ? new Cut() : stream.error));
}

function createGunzip(): zlib.Gunzip {
  return zlib.createGunzip({ chunkSize: CHUNK_BYTES });
}

/**
 * The text of the damaged piece, the last of `kept`, up to the damage: the piece is given again in small steps, and the
 * step that fails in single bytes. `delivered` bytes of text are known already.
 */
async function* salvage(kept: readonly Block[], delivered: Bytes, step = SALVAGE_BYTES): AsyncGenerator<Block, void> {
  const damagedPiece = kept.at(-1);
  if (damagedPiece === undefined) return;
  const stream = new SteppedStream(createGunzip());
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
  if (step === 1) return;
  const before = damagedPiece.subarray(0, at - step);
  const failed = damagedPiece.subarray(at - step, at);
  yield* salvage([...whole, ...(before.length > 0 ? [before] : []), failed], Math.max(made, delivered), 1);
}
