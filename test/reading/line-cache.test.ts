import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Kernel } from '../../src/reading/kernel/kernel.js';
import { LineCache } from '../../src/reading/line-cache.js';
import { Prefix } from '../../src/reading/prefix.js';

/** Reads whole lines as a dump's reader does, the known ones in the kernel: what each was taken for. */
class Reader {
  /** Lines that the grammar was asked of. */
  asked = 0;
  readonly cache = new LineCache<number>(
    (bytes, from, to) => {
      this.asked++;
      return Number(Buffer.from(bytes.subarray(from, to)).toString('latin1'));
    },
    undefined,
    // those of uneven numbers are no frames
    (meaning) => (meaning % 2 === 0 ? meaning : -1),
  );
  readonly #bytes: Buffer;
  readonly #view: DataView;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** @param ask the kernel is asked for frames first */
  read(numbers: readonly number[], ask: boolean): number[] {
    const end = this.#bytes.write(numbers.map((n) => `${String(n).padStart(8, '0')}\n`).join(''), 'latin1');
    const found: number[] = [];
    for (let at = 0; at < end;) {
      const count = ask ? this.cache.frames(this.cache.last, Infinity, null, this.#bytes, at, end) : 0;
      if (count > 0) {
        found.push(...this.cache.frameRows.subarray(0, count));
        at = this.cache.reached;
        continue;
      }
      const length = this.cache.expectedLength(this.#bytes, this.#view, at, end);
      found.push(length < 0 ? this.cache.get(this.#bytes, this.#view, at, at + 8) : this.cache.takeExpected());
      at += 9;
    }
    return found;
  }
}

describe('the lines that are kept', () => {
  const ROOM = 1 << 19;
  const MOST = 1 << 15;
  const upTo = (count: number, first = 0): number[] => Array.from({ length: count }, (_, i) => first + i);

  it('are asked of the grammar once each, while there is room for them', () => {
    const kernel = Kernel.make()!;
    const reader = new Reader(kernel.allocate(ROOM)!);
    // some of them before they are in the kernel's memory
    reader.read(upTo(300), false);
    reader.cache.moveTo(kernel);
    const parts = fc.array(fc.tuple(fc.nat(30_000), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 4 })), { maxLength: 12 });
    const seen = new Set(upTo(300));
    fc.assert(
      fc.property(parts, fc.boolean(), (chosen, ask) => {
        const numbers = chosen.flatMap(([from, count, step]) => upTo(count).map((i) => (from + i * step) % 30_000));
        assert.deepEqual(reader.read(numbers, ask), numbers);
        for (const number of numbers) seen.add(number);
        assert.equal(reader.asked, seen.size);
      }),
      { numRuns: 200, seed: 7 },
    );
    assert.ok(seen.size > 20_000, `${seen.size} lines`);
  });

  it('are so many of those that are like another, in each dump', () => {
    const bytes = Buffer.alloc(16);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let asked = 0;
    const cache = new LineCache<string>(
      (line, from, to) => {
        asked++;
        return Buffer.from(line.subarray(from, to)).toString('latin1');
      },
      undefined,
      undefined,
      (line, from, to) => (line[from] === 0x23 ? `like ${Buffer.from(line.subarray(from + 1, to)).toString('latin1')}` : null),
    );
    const lineOf = (text: string): number => cache.lineOf(bytes, view, 0, bytes.write(text, 'latin1'));
    for (let n = 0; n < MOST / 2; n++) assert.equal(lineOf(`#${n}`), n);
    for (const text of ['#a', '#a', '#b']) {
      assert.equal(lineOf(text), -1);
      assert.equal(cache.unkept, `like ${text.slice(1)}`);
    }
    assert.equal(asked, 0);
    assert.equal(lineOf('other'), MOST / 2);
    assert.equal(cache.unkept, null);
    assert.deepEqual([lineOf('#7'), cache.take(7), cache.last], [7, 'like 7', 7]);
    // also where its meaning is asked for at once; it is not what follows another line next time
    assert.deepEqual([cache.get(bytes, view, 0, bytes.write('#b', 'latin1')), cache.last, asked], ['like b', -1, 1]);
    cache.begin();
    assert.equal(lineOf('#b'), MOST / 2 + 1);
    assert.equal(cache.take(MOST / 2 + 1), 'like b');
  });

  it('say nothing of those before, once they start again', () => {
    for (const ask of [true, false]) {
      for (const [fresh, again] of [
        [MOST, 1],
        [MOST + 1, 0],
        [MOST + 2, 2],
      ] as const) {
        const kernel = Kernel.make()!;
        const reader = new Reader(kernel.allocate(ROOM)!);
        reader.cache.moveTo(kernel);
        assert.deepEqual(reader.read(upTo(MOST), ask), upTo(MOST));
        // one more: it stands now where the first one stood, and the others may follow as they did
        const numbers = [fresh, ...upTo(200, again), ...upTo(200, again)];
        assert.deepEqual(reader.read(numbers, ask), numbers);
        assert.equal(reader.asked, MOST + 201);
      }
    }
  });

  it('are looked up in the kernel only where the text stands there, behind a prefix that it has room for', () => {
    const kernel = Kernel.make()!;
    const bytes = kernel.allocate(ROOM)!;
    const reader = new Reader(bytes);
    reader.cache.moveTo(kernel);
    reader.read([2, 4, 6], true);
    const frames = (text: string, before: Prefix | null, where = bytes): number =>
      reader.cache.frames(-1, Infinity, before, where, 0, where.write(text, 'latin1'));
    const text = '00000002\n00000004\n';
    assert.equal(frames(text, null), 2);
    // at the same place of another memory
    assert.equal(frames(text, null, Buffer.from(new ArrayBuffer(bytes.byteOffset + ROOM), bytes.byteOffset)), 0);
    for (const [width, count] of [
      [1024, 2],
      [1025, 0],
    ] as const) {
      const before = '>'.repeat(width);
      assert.equal(frames(text.replaceAll(/^(?=.)/gm, before), Prefix.of(Buffer.from(before))), count);
    }
  });
});
