import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

describe('processes that are killed while they add', function () {
  this.timeout(300_000);

  it('lose nothing that was acknowledged, double nothing, and lock nobody out', () => {
    const bench = path.resolve(import.meta.dirname, '..', '..', 'scripts', 'bench-history.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bench, 'kill', '--adds', '30'], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(
      stdout,
      /kill: 30 processes killed; [1-9]\d* adds acknowledged, \d+ dumps there, 0 lost or torn, 0 doubled, 0 rows without/,
    );
  });
});
