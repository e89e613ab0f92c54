import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../../src/index.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
/** Of larger files the first part is cut at each byte: it has all that the rest has, and the work grows with the square. */
const MOST_BYTES = 8 << 10;

describe('samples, cut at every byte', () => {
  for (const entry of fs.readdirSync(SAMPLES, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.parentPath.includes('programs') || !/\.(log|txt|json)$/.test(entry.name) || entry.name === 'expected.json')
      continue;
    const at = path.join(entry.parentPath, entry.name);
    it(path.relative(SAMPLES, at), async function () {
      this.timeout(120_000);
      const bytes = fs.readFileSync(at).subarray(0, MOST_BYTES);
      let most = 0;
      for (let cut = 0; cut <= bytes.length; cut++) {
        const set = await readText(bytes.subarray(0, cut));
        // what was whole before the cut stays found
        assert.ok(set.dumps.length >= most - 1, `cut at ${cut}: ${set.dumps.length} dumps, ${most} before`);
        most = Math.max(most, set.dumps.length);
      }
    });
  }
});
