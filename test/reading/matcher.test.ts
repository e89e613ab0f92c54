import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Kernel } from '../../src/reading/kernel/kernel.js';
import { Matcher } from '../../src/reading/matcher.js';

describe('the search for openings', () => {
  const texts = ['Thread 0x', 'Current thread 0x', '    at ', 'aaaaaaa', 'aaaaaaab', '"header"', 'abcabcabcabc'];
  const matcher = new Matcher(texts);

  /** Where the first of them stands, found one by one. */
  function first(bytes: Buffer, from: number, to: number): number {
    const found = texts.map((text) => bytes.subarray(0, to).indexOf(text, from)).filter((at) => at >= 0);
    return found.length === 0 ? -1 : Math.min(...found);
  }

  it('finds the first of them wherever it begins, and none that is cut off', () => {
    const part = fc.oneof(fc.constantFrom(...texts, ...texts.map((text) => text.slice(1)), 'a', ' ', '\n'), fc.string({ maxLength: 9 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.nat(), fc.nat(), fc.nat(7), (parts, one, other, shift) => {
        // the bytes are a part of a longer memory that begins anywhere in it
        const text = Buffer.from(parts.join(''), 'latin1');
        const memory = Buffer.alloc(text.length + shift + 3, 'Thread 0x');
        text.copy(memory, shift);
        const bytes = memory.subarray(shift, shift + text.length);
        const [from, to] = [one % (text.length + 1), other % (text.length + 1)];
        assert.equal(matcher.search(bytes, from, to), from > to ? -1 : first(bytes, from, to));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same in the memory of a kernel', () => {
    const kernel = Kernel.make()!;
    const room = kernel.allocate(1 << 16)!;
    const part = fc.oneof(fc.constantFrom(...texts, ...texts.map((text) => text.slice(1)), 'a', ' ', '\n'), fc.string({ maxLength: 9 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.nat(), fc.nat(), fc.nat(7), (parts, one, other, shift) => {
        const text = Buffer.from(parts.join(''), 'latin1');
        text.copy(room, shift);
        room.write('Thread 0x', shift + text.length);
        const bytes = room.subarray(shift);
        const [from, to] = [one % (text.length + 1), other % (text.length + 1)];
        assert.equal(matcher.searchIn(kernel, bytes, from, to), from > to ? -1 : first(bytes, from, to));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a text that is too short to be found by words', () => {
    assert.throws(() => new Matcher(['Thread']), RangeError);
  });
});
