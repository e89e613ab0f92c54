import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { ofFile, ofText } from './dumps.js';

const SAMPLE = fileURLToPath(new URL('../../samples/node-inspect/transcript.txt', import.meta.url));

describe('a transcript of node inspect', () => {
  it('is one snapshot for each backtrace, with columns that count from 1', async () => {
    const dumps = await ofFile(SAMPLE);
    assert.deepEqual(
      dumps.map(({ kind }) => kind),
      ['snapshot', 'snapshot', 'snapshot'],
    );
    for (const { threads } of dumps)
      assert.deepEqual(threads[0]?.frames, [
        'find price-list.mjs:7:5',
        '- price-list.mjs:13:35',
        'quote price-list.mjs:13:16',
        'answer price-list.mjs:18:3',
        'listOnTimeout node:internal/timers:581:17',
        'processTimers node:internal/timers:519:7',
      ]);
  });

  it('may be one that was typed', async () => {
    const [dump, ...others] = await ofText('debug> bt\n#0 find price-list.mjs:7:4\n#1 get size /srv/my app/a.js:13:15\ndebug> cont\n');
    assert.deepEqual(others, []);
    assert.deepEqual(dump?.threads[0]?.frames, ['find price-list.mjs:7:5', 'get size /srv/my app/a.js:13:16']);
  });
});
