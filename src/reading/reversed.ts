import type { Bytes } from '../model/index.js';

const LF = 0x0a;
const BLOCK_BYTES: Bytes = 1 << 18;

/** The lines of a text from the last to the first. The text is held in memory. */
export async function* reversedLines(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const block of blocks) pieces.push(Uint8Array.from(block));
  const text = Buffer.concat(pieces);
  const out = Buffer.alloc(BLOCK_BYTES);
  let used = 0;
  let end = text.length > 0 && text.at(-1) === LF ? text.length - 1 : text.length;
  while (end >= 0) {
    const from = end === 0 ? 0 : text.lastIndexOf(LF, end - 1) + 1;
    const line = text.subarray(from, end);
    if (used > 0 && used + line.length + 1 > out.length) {
      yield out.subarray(0, used);
      used = 0;
    }
    if (line.length + 1 > out.length) {
      yield line;
      out[used++] = LF;
    } else {
      out.set(line, used);
      used += line.length;
      out[used++] = LF;
    }
    end = from - 1;
  }
  if (used > 0) yield out.subarray(0, used);
}
