import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameTable, StringTable } from '../../src/model/index.js';

/** Interns what is given, and gives it back: the rows. */
function keptBy<T>(table: { intern(given: T): number; get(row: number): T }, all: readonly T[]): number[] {
  const rows = all.map((each) => table.intern(each));
  assert.deepEqual(
    rows.map((row) => table.get(row)),
    all,
  );
  return rows;
}

describe('the table of texts', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ minLength: 250, maxLength: 260 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', 'a', '\x7f', '\x80', 'é', '語', '\ud800', 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(70_000), '__proto__'),
  );

  it('keeps each text once, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const table = new StringTable();
        const rows = keptBy(table, texts);
        assert.equal(new Set(rows).size, new Set(texts).size);
        assert.deepEqual(
          texts.map((each) => table.intern(each)),
          rows,
        );
        assert.equal(table.size, new Set(['', ...texts]).size);
      }),
    );
  });

  it('tells whether a row is a text that is ASCII', () => {
    const ascii = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.string({ minLength: 253, maxLength: 257 }),
      fc.constantFrom('', 'a', '\x7f', '<module>', 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(70_000)),
    );
    /** Of which it is told apart: longer, shorter, with another sign, with one of more than one byte. */
    const nearly = (one: string): string[] => [
      `${one}x`,
      `${one}\0`,
      one.slice(1),
      one.slice(0, -1),
      `~${one.slice(1)}`,
      `${one.slice(0, -1)}\xe9`,
    ];
    let same = 0;
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), ascii, (texts, sought) => {
        const table = new StringTable();
        for (const each of [...texts, sought, ...nearly(sought)]) table.intern(each);
        for (let row = -1; row <= table.size; row++) {
          assert.equal(table.is(row, sought), table.get(row) === sought, `row ${row}`);
          if (row > 0 && table.is(row, sought)) same++;
        }
      }),
    );
    assert.ok(same > 50, `${same} times it was`);
  });

  it('gives back each of more texts than stay made, in any order', () => {
    const table = new StringTable();
    const count = 50_000;
    const texts = Array.from({ length: count }, (_, i) => (i % 1000 === 7 ? `ü${i}` : `function_${i}`));
    const rows = texts.map((each) => table.intern(each));
    for (const step of [1, 8192, 7919])
      for (let i = 0, at = 0; i < count; i++, at = (at + step) % count) if (table.get(rows[at]!) !== texts[at]) assert.fail(texts[at]);
    assert.deepEqual(
      texts.map((each) => table.intern(each)),
      rows,
    );
    assert.deepEqual([table.get(-1), table.get(table.size), table.get(0)], ['', '', '']);
    for (const [i, row] of rows.entries()) if (!table.is(row, texts[i]!) || table.is(row, texts[i - 1] ?? '')) assert.fail(texts[i]);
  });
});

describe('the table of frames', () => {
  it('tells whether a frame is in a function', () => {
    const part = fc.option(fc.constantFrom('', 'f', '__del__', '<module>', '<modulé>', 'del', '__del__ '));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.constantFrom('', 'f', '__del__', '<module>', 'g'), (functions, name) => {
        const table = new FrameTable();
        const rows = functions.map((each, line) => table.intern({ function: each, file: name, line, column: null }));
        assert.deepEqual(
          rows.map((row) => table.isIn(row, name)),
          functions.map((each) => each === name),
        );
      }),
    );
  });

  it('keeps each frame once, those of one function and those of many', () => {
    const part = fc.option(fc.constantFrom('', 'f', 'g', 'h', 'run'));
    const place = fc.option(fc.nat(3));
    const frame = fc.record({ function: part, file: part, line: place, column: place }, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 200 }), (frames) => {
        const table = new FrameTable();
        const rows = keptBy(table, frames);
        assert.equal(table.size, new Set(frames.map((each) => JSON.stringify(each))).size);
        for (const [i, row] of rows.entries())
          assert.deepEqual(table.get(table.withoutPosition(row)), { ...frames[i], line: null, column: null });
      }),
    );
  });

  it('finds the frames of a function with many lines', () => {
    const table = new FrameTable();
    const rows = Array.from({ length: 5000 }, (_, line) => table.intern({ function: 'f', file: '/a.py', line, column: null }));
    assert.deepEqual(
      rows.map((row) => [table.lineOf(row), table.intern(table.get(row))]),
      rows.map((row, line) => [line, row]),
    );
    assert.equal(table.size, 5000);
  });
});
