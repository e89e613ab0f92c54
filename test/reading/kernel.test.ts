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

  const words = [
    '',
    'a',
    'exactly16 bytes!',
    'exactly16 bytes?',
    '  File "/srv/app/orders.py", line 12 in pay',
    '  File "/srv/app/orders.py", line 13 in pay',
  ];
  const texts = kernel.allocate(1 << 10)!;
  const wordsAt = (count: number): Int32Array<ArrayBuffer> => new Int32Array(kernel.memory, kernel.allocate(4 * count)!.byteOffset, count);
  const starts = wordsAt(words.length + 1);
  for (const [i, word] of words.entries()) starts[i + 1] = starts[i]! + texts.write(word, starts[i]!, 'latin1');
  const number = fc.nat(words.length - 1);
  const prefix = fc.constantFrom('', '10:00:01 ', '[web-12] a prefix of more than sixteen bytes | ');
  const line = fc.record({ number, end: fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\r\n', ' \n'), other: fc.boolean() });

  describe('goes over threads as far as they stand there, each line behind the prefix', () => {
    const thread = fc.record({
      lines: fc.array(number, { maxLength: 4 }),
      blank: fc.constantFrom(0, 0, 0, 0, 1, -1),
      head: fc.constantFrom(1, 2, 3, 4, 5, -1),
      linked: fc.boolean(),
    });
    const rooms = Array.from({ length: 4 }, () => wordsAt(8));

    it('whatever stands there', () => {
      let wholes = 0;
      const log = fc.tuple(fc.array(thread, { minLength: 1, maxLength: 4 }), fc.array(line, { maxLength: 16 }), fc.boolean());
      const asked = fc.record({ prefix, cut: fc.constantFrom(0, 0, 0, 1, 5, 40), most: fc.nat(3), same: fc.boolean(), seen: fc.nat(2) });
      fc.assert(
        fc.property(log, asked, ([threads, others], { prefix: before, cut, most, same, seen }) => {
          // as they stood before, or nearly
          const stood = threads
            .flatMap(({ lines, blank, head }) => [...lines, blank, head])
            .map((n) => ({ number: Math.max(n, 0), end: '\n', other: true }));
          const lines = same ? stood.map((one, i) => (others[i]?.number === 5 && others[i].other ? others[i] : one)) : others;
          const written = lines.map((one) => `${one.other ? before.replaceAll(/\d/g, '7') : before}${words[one.number]}${one.end}`);
          const length = place(written.join(''));
          const end = Math.max(length - cut, 0);
          const firstPlace = Math.min(seen, threads[0]!.lines.length);
          for (const [i, { lines: numbers, blank, head, linked }] of threads.entries())
            rooms[i]!.set([numbers.length, blank, head, linked && i + 1 < threads.length ? rooms[i + 1]!.byteOffset : 0, ...numbers]);

          let [at, n, t, at0, whole] = [0, 0, 0, firstPlace, 0];
          const ends: number[] = [];
          const stands = (want: number): boolean => {
            const [there, row] = [lines[n], written[n]];
            if (there?.number !== want || there.end === ' \n' || at + row!.length > end) return false;
            at += row!.length;
            n++;
            at0++;
            return true;
          };
          for (;;) {
            const { lines: numbers, blank, head, linked } = threads[t]!;
            while (at0 < numbers.length && stands(numbers[at0]!));
            if (at0 < numbers.length || whole >= most || blank < 0 || head < 0) break;
            ends.push(at);
            if (!stands(blank)) break;
            ends.push(at);
            if (!stands(head)) break;
            whole++;
            at0 = 0;
            if (!linked || t + 1 === threads.length) {
              t = -1;
              break;
            }
            t++;
          }

          wholes += whole;
          const base = room.byteOffset;
          const template = before === '' ? null : Prefix.of(Buffer.from(before)).template;
          assert.equal(kernel.walk(base, base + end, rooms[0]!.byteOffset, firstPlace, most, template, starts, texts), whole);
          assert.deepEqual([kernel.reached - base, kernel.place, kernel.record], [at, at0, t < 0 ? 0 : rooms[t]!.byteOffset]);
          for (let i = 0; 2 * i < ends.length; i++) assert.equal(kernel.endOf(i) - base, ends[2 * i]);
          for (let i = 0; i < whole; i++) assert.equal(kernel.headAfter(i) - base, ends[2 * i + 1]);
        }),
        { numRuns: 3000, seed: 7 },
      );
      assert.ok(wholes > 200, `${wholes} threads stood there whole`);
    });
  });

  it('finds a line among those that are known', () => {
    const [slots, hashes] = [wordsAt(16), wordsAt(words.length)];
    const look = (text: string): number => {
      const length = place(text);
      return kernel.lookup(room.byteOffset, room.byteOffset + length, slots, hashes, starts, texts);
    };
    for (const [i, word] of words.entries()) {
      assert.equal(look(word), -1);
      hashes[i] = kernel.hash;
      let slot = kernel.hash & 15;
      while (slots[slot] !== 0) slot = (slot + 1) & 15;
      slots[slot] = i + 1;
    }
    for (const [i, word] of words.entries()) assert.equal(look(word), i);
    for (const word of words.slice(1)) assert.equal(look(`${word} `), -1);
    // another line with the hash of one that is known
    hashes.fill(kernel.hash);
    assert.equal(look(`${words.at(-1)!} `), -1);
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
