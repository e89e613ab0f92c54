import assert from 'node:assert/strict';
import { HeldText } from '../../src/reading/held-text.js';

describe('a stretch of an input that is kept', () => {
  const held = (): HeldText => {
    const text = new HeldText();
    text.add(Buffer.from('a\nbb\nccc\ndd\n'));
    return text;
  };
  const starts = (text: HeldText): number[] => [1, 2, 3, 4, 5, 9].map((line) => text.startOf(line));

  it('knows where its lines begin, in the offsets of the input', () => {
    assert.deepEqual(starts(held()), [0, 2, 5, 9, 12, 12]);
    assert.deepEqual([held().from, held().to, held().firstLine], [0, 12, 1]);
  });

  it('counts on from its beginning when that is dropped, also in the middle of a line', () => {
    for (const [from, firstLine, expected] of [
      [2, 2, [2, 2, 5, 9, 12, 12]],
      [5, 3, [5, 5, 5, 9, 12, 12]],
      [6, 3, [6, 6, 6, 9, 12, 12]],
      [12, 5, [12, 12, 12, 12, 12, 12]],
    ] as const) {
      const text = held();
      text.dropTo(from);
      assert.deepEqual([text.from, text.firstLine, starts(text)], [from, firstLine, expected], `from ${from}`);
      assert.equal(Buffer.from(text.bytes()).toString(), 'a\nbb\nccc\ndd\n'.slice(from));
    }
  });

  it('grows at its end, and is told where a line begins when nothing of it is kept', () => {
    const text = held();
    text.add(Buffer.from('e\nff\n'), 9);
    assert.deepEqual([text.from, text.to, text.startOf(4), text.startOf(5), text.startOf(6)], [9, 17, 9, 12, 14]);
    text.add(Buffer.from('gg\nh\n'), 20);
    text.know(8, 20);
    assert.deepEqual([text.from, text.to, text.firstLine, text.startOf(9)], [20, 22, 8, 22]);
    assert.equal(Buffer.from(text.bytes()).toString(), 'h\n');
  });
});
