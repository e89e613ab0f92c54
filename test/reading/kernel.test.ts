import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import fc from 'fast-check';
import { Kernel } from '../../src/reading/kernel/kernel.js';
import { Prefix } from '../../src/reading/prefix.js';

const LF = 10;

describe('the kernel that large texts are read in', () => {
  const kernel = Kernel.make()!;
  const room = kernel.allocate(1 << 12)!;
  const place = (text: string): number => {
    room.fill('\n\nab');
    return room.write(text, 'latin1');
  };

  it('is what kernel.wat makes', () => {
    execFileSync(process.execPath, ['scripts/kernel.mjs', '--check'], { stdio: ['ignore', 'ignore', 'inherit'] });
  });

  it('counts and finds a byte within its bounds', () => {
    const text = fc.array(fc.constantFrom('a', '\n', 'some words', ' '.repeat(17)), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (given, one, other) => {
        const length = place(given);
        const [from, to] = [one % (length + 1), other % (length + 1)].sort((a, b) => a - b) as [number, number];
        const base = room.byteOffset;
        assert.equal(kernel.count(base + from, base + to, LF), given.slice(from, to).split('\n').length - 1);
        const at = given.slice(0, to).indexOf('\n', from);
        assert.equal(kernel.find(base + from, base + to, LF), at < 0 ? -1 : base + at);
      }),
    );
  });

  it('follows lines as far as they stand there, each behind the prefix', () => {
    const words = [
      '',
      'a',
      'exactly16 bytes!',
      'exactly16 bytes?',
      '  File "/srv/app/orders.py", line 12 in pay',
      '  File "/srv/app/orders.py", line 13 in pay',
    ];
    const texts = kernel.allocate(1 << 10)!;
    const starts = new Int32Array(kernel.memory, kernel.allocate(4 * (words.length + 1))!.byteOffset, words.length + 1);
    for (const [i, word] of words.entries()) starts[i + 1] = starts[i]! + texts.write(word, starts[i]!, 'latin1');
    const number = fc.nat(words.length - 1);
    const prefix = fc.constantFrom('', '10:00:01 ', '[web-12] a prefix of more than sixteen bytes | ');
    const line = fc.record({ number, end: fc.constantFrom('\n', '\n', '\n', '\r\n', ' \n'), other: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.array(number, { maxLength: 8 }),
        prefix,
        fc.nat(40),
        (lines, expected, before, cut) => {
          const made = before === '' ? null : Prefix.of(Buffer.from(before));
          const written = lines.map((one) => `${one.other ? before.replaceAll(/\d/g, '7') : before}${words[one.number]}${one.end}`);
          const end = Math.max(place(written.join('')) - cut, 0);
          let [at, count] = [0, 0];
          for (const want of expected) {
            const [there, row] = [lines[count], written[count]];
            if (there?.number !== want || there.end === ' \n' || at + row!.length > end) break;
            at += row!.length;
            count++;
          }
          const base = room.byteOffset;
          const template = made?.template ?? null;
          const numbers = Int32Array.from(expected);
          const found = kernel.follow(numbers, 0, numbers.length, -1, -1, template, starts, texts, base, base + end);
          assert.deepEqual([found, kernel.reached - base], [count, at]);
          // the last two of them as a blank and a head: the same, and where these begin
          if (expected.length < 3) return;
          const some = expected.length - 2;
          const [blank, head] = [expected[some]!, expected[some + 1]!];
          assert.equal(kernel.follow(numbers, 0, some, blank, head, template, starts, texts, base, base + end), count);
          const beginOf = (n: number): number => base + written.slice(0, n).reduce((sum, row) => sum + row.length, 0);
          if (count >= some) assert.equal(kernel.blankAt, beginOf(some));
          if (count > some) assert.equal(kernel.headAt, beginOf(some + 1));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives room until there is none, and what is allocated does not overlap', () => {
    const other = Kernel.make()!;
    const rooms: Buffer[] = [];
    for (let next = other.allocate(1 << 20); next !== null; next = other.allocate(1 << 20)) rooms.push(next);
    assert.ok(rooms.length > 8);
    for (const [i, one] of rooms.entries()) one.fill(i + 1);
    assert.ok(rooms.every((one, i) => one.every((byte) => byte === i + 1)));
  });
});
