import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import fc from 'fast-check';
import { Kernel, type LineTables } from '../../src/reading/kernel/kernel.js';
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
  type Words = Int32Array<ArrayBuffer>;
  /** As kernel.wat has them. */
  const tablesOf = (slots: Words, hashes: Words, begins: Words, content: Uint8Array, next = wordsAt(1), rows = wordsAt(1)): LineTables => {
    const tables = wordsAt(7);
    tables.set([next, rows, slots, slots, hashes, begins, content].map(({ byteOffset }) => byteOffset));
    tables[3] = slots.length - 1;
    return tables.byteOffset;
  };
  for (const [i, word] of words.entries()) starts[i + 1] = starts[i]! + texts.write(word, starts[i]!, 'latin1');

  it('copies bytes', () => {
    const to = kernel.allocate(1 << 6)!.fill('.');
    const length = place('exactly16 bytes?');
    for (const [from, end] of [
      [0, length],
      [3, 9],
      [5, 5],
    ] as const) {
      kernel.copy(room.byteOffset + from, room.byteOffset + end, to.byteOffset + 1);
      assert.equal(to.toString('latin1', 0, end - from + 2), `.${'exactly16 bytes?'.slice(from, end)}.`);
      to.fill('.');
    }
  });

  it('finds a line among those that are known', () => {
    const [slots, hashes] = [wordsAt(16), wordsAt(words.length)];
    const tables = tablesOf(slots, hashes, starts, texts);
    const look = (text: string): number => {
      const length = place(text);
      return kernel.lookup(room.byteOffset, room.byteOffset + length, tables);
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

  // the first lines are known, the others are not
  const lines = ['a', '', ...words.slice(2), '  ...', '  File "x", line 1', '  File "/srv/app/new.py", line 1 in pay'];
  const known = 7;
  const [slots, hashes, begins, next, rows] = [16, known, known + 1, known, known].map(wordsAt) as [Words, Words, Words, Words, Words];
  const content = kernel.allocate(1 << 10)!;
  const places = tablesOf(slots, hashes, begins, content, next, rows);
  for (const [i, text] of lines.slice(0, known).entries()) {
    begins[i + 1] = begins[i]! + content.write(text, begins[i]!, 'latin1');
    hashes[i] = hashOf(content.byteOffset + begins[i]!, content.byteOffset + begins[i + 1]!);
    let slot = hashes[i] & 15;
    while (slots[slot] !== 0) slot = (slot + 1) & 15;
    slots[slot] = i + 1;
  }

  function hashOf(from: number, to: number): number {
    kernel.lookup(from, to, places);
    return kernel.hash;
  }

  const patternOf = (before: string, digit: string): RegExp =>
    new RegExp(`^${before.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\d/g, digit)}`);

  /** The plain way: line by line, the prefix as a pattern. `next` learns. */
  function plainly(text: string, before: string, previous: number, most: number, after: number[], frames: readonly number[]) {
    const [exact, nearly] = [String.raw`\d`, '[^]'].map((digit) => patternOf(before, digit));
    const found: number[] = [];
    let at = 0;
    let missed: readonly [number, number] | null = null;
    for (const row of text.split('\n').slice(0, -1)) {
      if (found.length >= most || !nearly!.test(row)) break;
      const told = row.slice(before.length).replace(/\r$/, '');
      let number = previous < 0 ? -1 : after[previous]!;
      if (number < 0 || lines[number] !== told) {
        if (!exact!.test(row)) break;
        number = lines.slice(0, known).indexOf(told);
        if (number < 0) {
          missed = [at + before.length, at + before.length + told.length];
          break;
        }
        if (previous >= 0) after[previous] = number;
      }
      if (frames[number]! < 0) break;
      found.push(number);
      previous = number;
      at += row.length + 1;
    }
    return { found, at, missed };
  }

  const prefixes = [
    '',
    '',
    '10:00:01 ',
    '2026-11-26T1:00 ',
    '[web-12] a prefix of more than sixteen bytes | ',
    'of more than sixteen bytes, and a number: 47 ',
    'a number in the middle: 47, as here ',
  ];
  /** What a line stands behind, made of the prefix: mostly others of its digits. */
  const changes: Record<string, (text: string) => string> = {
    same: (text) => text,
    counted: (text) => text.replaceAll(/\d/g, '7'),
    ends: (text) => text.replaceAll('0', '/').replaceAll('1', ':').replaceAll('7', '9').replaceAll('2', '0'),
    letter: (text) => text.replace(/\d(?=\D*$)/, 'x'),
    high: (text) => text.replace(/\d/, '\xb5'),
    middle: (text) => `${text.slice(0, 20)}~${text.slice(21)}`.slice(0, text.length),
    other: (text) => text.replace(/[^\d](?=.?$)/, '~'),
    cut: (text) => text.slice(0, -1),
  };
  const change = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('same', 'counted') }, fc.constantFrom(...Object.keys(changes)));
  const frame = fc.constantFrom(0, 2, 3, 4, 5);
  const row = fc.record({
    number: fc.oneof({ weight: 12, arbitrary: frame }, fc.nat(lines.length - 1)),
    end: fc.oneof({ weight: 12, arbitrary: fc.constantFrom('\n', '\r\n') }, fc.constantFrom('\r\r\n', ' \n', '')),
    change,
  });
  const follower = fc.oneof({ weight: 5, arbitrary: frame }, fc.integer({ min: -1, max: known - 1 }));
  const table = fc.array(follower, { minLength: known, maxLength: known });

  describe('goes over threads of an earlier dump, each line behind the prefix', () => {
    const LINES = 8;
    const ROOM = 6;
    const number = fc.oneof({ weight: 6, arbitrary: frame }, fc.constant(6));
    const thread = fc.record({
      stood: fc.array(number, { maxLength: 4 }),
      now: fc.option(fc.array(number, { maxLength: 7 })),
      blank: fc.constantFrom(1, 1, 1, 1, 1, 0, -1),
      head: fc.constantFrom(6, 6, 6, 3, -1),
      linked: fc.boolean(),
    });
    const records = Array.from({ length: 4 }, () => wordsAt(LINES + 2 * ROOM));

    it('whatever stands there', () => {
      const seen = { whole: 0, several: 0, mended: 0, longer: 0, shorter: 0, full: 0, behind: 0, unknown: 0, none: 0 };
      const log = fc.tuple(fc.array(thread, { minLength: 1, maxLength: 4 }), fc.array(row, { maxLength: 12 }));
      const asked = fc.record({
        before: fc.constantFrom(...prefixes),
        cut: fc.constantFrom(0, 0, 0, 0, 1, 5, 40),
        most: fc.constantFrom(0, 1, 2, 3, 4, 4, 4, 4),
        seenLines: fc.constantFrom(0, 0, 0, 1, 2),
        right: fc.constantFrom(true, true, true, false),
      });
      rows.set([100, -1, 102, 103, 104, 105, -1]);
      fc.assert(
        fc.property(log, table, asked, ([threads, others], after, { before, cut, most, seenLines, right }) => {
          const firstPlace = Math.min(seenLines, threads[0]!.stood.length);
          // as they stood before, or with other frames; or anything
          const stands = threads.flatMap(({ stood, now, blank, head }, t) => [
            ...(t === 0 ? (now ?? stood).slice(firstPlace) : (now ?? stood)),
            Math.max(blank, 0),
            Math.max(head, 0),
          ]);
          const written = right ? stands.map((n, i) => ({ number: n, end: '\n', change: others[i]?.change ?? 'same' })) : others;
          const text = written.map((one) => `${changes[one.change]!(before)}${lines[one.number]}${one.end}`).join('');
          const end = Math.max(place(text) - cut, 0);
          for (const [t, { stood, blank, head, linked }] of threads.entries()) {
            const next = linked && t + 1 < threads.length ? records[t + 1]!.byteOffset : 0;
            const room = [...stood, ...Array.from({ length: ROOM - stood.length }, () => 0)];
            records[t]!.set([stood.length, blank, head, next, 6, ROOM, 0, 0, ...room, ...room.map((n) => rows[n]!)]);
          }
          next.set(after);

          const plain = threads.map(({ stood }) => ({ count: stood.length, kept: stood.map(Number), changed: 0 }));
          const learnt = [...after];
          const nearly = patternOf(before, '[^]');
          const ends: number[] = [];
          let [at, t, place0, whole] = [0, 0, firstPlace, 0];
          const readOne = (): boolean => {
            const { blank, head } = threads[t]!;
            const record = plain[t]!;
            let { count } = record;
            let mended = false;
            while (place0 < count + 2) {
              if (place0 === count && (whole >= most || blank < 0 || head < 0)) return false;
              if (place0 >= count) ends[2 * whole + place0 - count] = at;
              const want = place0 < count ? record.kept[place0]! : place0 === count ? blank : head;
              const rest = text.slice(at, end);
              if (!nearly.test(rest)) return false;
              const feed = [`${lines[want]}\n`, `${lines[want]}\r\n`].find((line) => rest.startsWith(line, before.length));
              if (feed !== undefined) {
                if (place0 === count) record.count = count;
                at += before.length + feed.length;
                place0++;
                continue;
              }
              if (place0 > count || mended || most === 0) return false;
              mended = true;
              const found = plainly(rest, before, place0 === 0 ? 6 : record.kept[place0 - 1]!, ROOM - place0, learnt, Array.from(rows));
              record.kept.splice(place0, found.found.length, ...found.found);
              record.changed = 1;
              at += found.at;
              place0 += found.found.length;
              count = place0;
              record.count = Math.max(record.count, count);
              seen.unknown += found.missed === null ? 0 : 1;
              seen.full += count === ROOM ? 1 : 0;
              if (count === 0) return false;
            }
            return true;
          };
          while (readOne()) {
            whole++;
            place0 = 0;
            const { stood, linked } = threads[t]!;
            const record = plain[t]!;
            seen.mended += record.changed;
            seen.longer += record.count > stood.length ? 1 : 0;
            seen.shorter += record.count < stood.length ? 1 : 0;
            t = linked && t + 1 < threads.length ? t + 1 : -1;
            if (t < 0) break;
          }

          const base = room.byteOffset;
          const template = before === '' ? null : Prefix.of(Buffer.from(before)).template;
          assert.equal(kernel.walk(base, base + end, records[0]!.byteOffset, firstPlace, most, template, places), whole);
          assert.deepEqual([kernel.reached - base, kernel.place, kernel.record], [at, place0, t < 0 ? 0 : records[t]!.byteOffset]);
          for (let i = 0; i < ends.length; i++)
            assert.equal((i % 2 === 0 ? kernel.endOf(i / 2) : kernel.headAfter((i - 1) / 2)) - base, ends[i]);
          for (const [i, { count, kept, changed }] of plain.entries()) {
            const words = Array.from(records[i]!);
            assert.deepEqual([words[0], words[6], words.slice(LINES, LINES + count)], [count, changed, kept.slice(0, count)]);
            const frames = words.slice(LINES + ROOM, LINES + ROOM + count);
            assert.deepEqual(
              frames,
              kept.slice(0, count).map((n) => rows[n]!),
            );
          }
          assert.deepEqual(Array.from(next), learnt);
          seen.whole += whole;
          seen.several += whole > 1 ? 1 : 0;
          seen.behind += before !== '' && whole > 0 ? 1 : 0;
          seen.none += whole === 0 && most > 0 ? 1 : 0;
        }),
        { numRuns: 5000, seed: 7 },
      );
      assert.ok(
        Object.values(seen).every((times) => times > 50),
        JSON.stringify(seen),
      );
    });
  });

  describe('reads lines of frames that are known, each behind the prefix', () => {
    it('whatever stands there', () => {
      const seen = { lines: 0, odd: 0, learnt: 0, missed: 0, most: 0, behind: 0, whole: 0 };
      const asked = fc.record({
        before: fc.constantFrom(...prefixes),
        previous: fc.integer({ min: -1, max: known - 1 }),
        most: fc.oneof({ weight: 3, arbitrary: fc.constant(512) }, fc.nat(6)),
        cut: fc.constantFrom(0, 0, 0, 0, 1, 2, 5, 40),
        /** The followers are what stands there, so far as they are not changed. */
        right: fc.boolean(),
      });
      // blank lines and one more are none
      rows.set([0, -1, 102, 103, 104, 105, -1]);
      fc.assert(
        fc.property(fc.array(row, { maxLength: 12 }), table, asked, (written, after, { before, previous, most, cut, right }) => {
          if (right)
            for (const [i, { number }] of written.entries()) {
              const above = i === 0 ? previous : written[i - 1]!.number;
              if (above >= 0 && above < known && number < known) after[above] = number;
            }
          const text = written.map((one) => `${changes[one.change]!(before)}${lines[one.number]}${one.end}`).join('');
          const end = Math.max(place(text) - cut, 0);
          next.set(after);
          const learnt = [...after];
          const { found, at, missed } = plainly(text.slice(0, end), before, previous, most, learnt, Array.from(rows));

          const base = room.byteOffset;
          const template = before === '' ? null : Prefix.of(Buffer.from(before)).template;
          const count = kernel.frames(base, base + end, previous, most, places, template);
          assert.deepEqual(
            [count, kernel.reached - base, Array.from(kernel.lines.subarray(0, count)), Array.from(kernel.rows.subarray(0, count))],
            [found.length, at, found, found.map((number) => rows[number]!)],
          );
          assert.deepEqual(Array.from(next), learnt);
          const { missedFrom, missedTo, missedHash } = kernel;
          if (missed === null) assert.equal(missedFrom, -1);
          else {
            assert.deepEqual([missedFrom - base, missedTo - base], missed);
            assert.equal(missedHash, hashOf(missedFrom, missedTo));
          }

          seen.lines += count;
          seen.learnt += learnt.some((number, i) => number !== after[i]) ? 1 : 0;
          seen.missed += missed === null ? 0 : 1;
          seen.most += count === most ? 1 : 0;
          seen.behind += before === '' || count === 0 ? 0 : 1;
          seen.whole += count > 2 && at === text.length ? 1 : 0;
          // a letter where a digit should be
          for (const i of found.keys()) if (/letter|high/.test(written[i]!.change) && before !== '') seen.odd++;
        }),
        { numRuns: 5000, seed: 7 },
      );
      assert.ok(
        Object.values(seen).every((times) => times > 50),
        JSON.stringify(seen),
      );
    });

    it('so many at once, and goes on below the last of them', () => {
      const text = `${lines[2]}\n${lines[3]}\r\n`.repeat(300);
      const at = kernel.allocate(1 << 15)!;
      const { byteOffset } = at;
      const end = byteOffset + at.write(text, 'latin1');
      next.fill(-1);
      rows.set([0, -1, 102, 103]);
      assert.equal(kernel.frames(byteOffset, end, -1, Infinity, places, null), 512);
      assert.equal(kernel.reached - byteOffset, text.length * (256 / 300));
      assert.deepEqual([kernel.lines[0], kernel.lines[511], kernel.rows[510], next[2], next[3]], [2, 3, 102, 3, 2]);
      assert.equal(kernel.frames(kernel.reached, end, 3, Infinity, places, null), 88);
      assert.deepEqual([kernel.reached, kernel.missedFrom], [end, -1]);
    });

    it('and says nothing of a line that is too long to be kept', () => {
      const at = kernel.allocate(1 << 13)!;
      const { byteOffset } = at;
      const missed = (length: number): number[] => {
        at.fill('x');
        at.write('\r\n', length);
        const count = kernel.frames(byteOffset, byteOffset + length + 2, -1, 512, places, null);
        return [count, kernel.reached - byteOffset, kernel.missedFrom, kernel.missedTo];
      };
      assert.deepEqual(missed(4096), [0, 0, byteOffset, byteOffset + 4096]);
      assert.deepEqual(missed(4097).slice(0, 3), [0, 0, -1]);
    });
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
