import { isUtf8 } from 'node:buffer';

/** UTF-8 where it is valid, else Latin-1: a name may be any bytes, and none is lost. */
export function decode(bytes: Uint8Array, from: number, to: number): string {
  if (Buffer.isBuffer(bytes) && isAscii(bytes, from, to)) return bytes.toString('latin1', from, to);
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  return part.toString(isUtf8(part) ? 'utf8' : 'latin1');
}

/** Most lines are short and ASCII: found here sooner than asked of what is compiled. */
function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > SHORT) return false;
  let signs = 0;
  for (let i = from; i < to; i++) signs |= bytes[i]!;
  return signs < 0x80;
}

const SHORT = 256;
