import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Progress, progressText, totalOf } from '../../src/commands/progress.js';

describe('progress', () => {
  it('says how much was read, how fast, and how long it will take where that is known', () => {
    const MiB = 2 ** 20;
    assert.equal(progressText(120 * MiB, 1024 * MiB, 2), 'reading … 120 of 1024 MiB, 60 MiB/s, 16 s left (Ctrl-C: the answer so far)');
    assert.equal(progressText(120 * MiB, null, 2), 'reading … 120 MiB, 60 MiB/s (Ctrl-C: the answer so far)');
    // a file that grew
    assert.equal(progressText(120 * MiB, 100 * MiB, 2), 'reading … 120 MiB, 60 MiB/s (Ctrl-C: the answer so far)');
    assert.equal(progressText(0, 100 * MiB, 2), 'reading … 0 of 100 MiB, 0 MiB/s (Ctrl-C: the answer so far)');
  });

  it('knows the length of files, and not that of folders, pipes and packed data', () => {
    const own = fileURLToPath(import.meta.url);
    assert.ok((totalOf([own, own]) ?? 0) > 1000);
    for (const unknown of ['-', '/', 'x.gz', '/no/such/file']) assert.equal(totalOf([own, unknown]), null);
  });

  it('is silent where nobody looks, and at the beginning', () => {
    const written: string[] = [];
    for (const isTTY of [true, false]) {
      const progress = new Progress({ isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
      progress.at(5);
      progress.end();
    }
    assert.deepEqual(written, []);
  });
});
