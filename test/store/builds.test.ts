import assert from 'node:assert/strict';
import { orderBuilds } from '../../src/store/index.js';

const order = (...builds: readonly (readonly [string | null, number])[]): string[] =>
  orderBuilds(builds.map(([build, first]) => ({ build, first, last: first, dumps: 1, processes: 1 }))).map(({ build }) => build);

describe('the order of builds', () => {
  it('is that of their numbers where names differ in nothing else, whatever the clocks say', () => {
    assert.deepEqual(order(['1000', 1], ['812', 5], ['99', 9]), ['99', '812', '1000']);
    assert.deepEqual(order(['v2.10.0', 1], ['v2.9.1', 2], ['v2.9.0', 3], ['v10.0.0', 0]), ['v2.9.0', 'v2.9.1', 'v2.10.0', 'v10.0.0']);
    assert.deepEqual(order(['nightly-2026-11-09', 2], ['nightly-2026-09-30', 3]), ['nightly-2026-09-30', 'nightly-2026-11-09']);
    assert.deepEqual(order(['90071992547409930', 1], ['90071992547409929', 2]), ['90071992547409929', '90071992547409930']);
  });
  it('is that of time where names are of several kinds or without numbers', () => {
    assert.deepEqual(order(['0f3a', 3], ['c1d2', 1], ['9e', 2]), ['c1d2', '9e', '0f3a']);
    assert.deepEqual(order(['main', 2], ['812', 1], ['alpha', 2]), ['812', 'alpha', 'main']);
  });
  it('leaves out what has no name', () => {
    assert.deepEqual(order([null, 0], ['1', 1]), ['1']);
    assert.deepEqual(order(), []);
  });
});
