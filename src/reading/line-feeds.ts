/** Line feeds in `bytes[from, to)`. `words` is a view of four bytes each on the same memory, which begins where `bytes` does. */
export function countLineFeeds(bytes: Uint8Array, words: Int32Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  for (; at < to && (at & 3) !== 0; at++) if (bytes[at] === LF) count++;
  const lastWord = to >> 2;
  let word = at >> 2;
  // Four bytes at a time (Warren, Hacker's Delight, section 6-1): a search for each line feed costs a call for each line.
  for (; word < lastWord; word++) {
    const x = words[word]! ^ FOUR_LF;
    const zeroes = ~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f);
    if (zeroes !== 0) count += Math.imul((zeroes >>> 7) & 0x01010101, 0x01010101) >>> 24;
  }
  for (at = Math.max(at, word << 2); at < to; at++) if (bytes[at] === LF) count++;
  return count;
}

const LF = 0x0a;
const FOUR_LF = 0x0a0a0a0a;
