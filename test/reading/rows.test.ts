import assert from 'node:assert/strict';
import { rowsOf } from '../../src/reading/dump-sink.js';

describe('the lines of a dump', () => {
  it('are those from its first to its last, without those that are none of its own', () => {
    assert.deepEqual(rowsOf(3, 9, []), [[3, 9]]);
    assert.deepEqual(rowsOf(3, 9, [5]), [
      [3, 4],
      [6, 9],
    ]);
    assert.deepEqual(rowsOf(3, 9, [1, 3, 5, 6, 9, 12]), [
      [4, 4],
      [7, 8],
    ]);
    assert.deepEqual(rowsOf(3, 4, [3, 4]), []);
  });
});
