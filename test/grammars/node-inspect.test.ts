import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { inspectFrame } from '../../grammars/shared/v8-frames.js';
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

  it('has frames with a place at their end only', () => {
    const frame = (text: string): unknown => {
      const found = inspectFrame.parse(text);
      return found.status ? found.value : null;
    };
    assert.deepEqual(
      [frame('#0 find price-list.mjs:7:4'), frame('#1 (anonymous) /srv/my app/a.js:13:0'), frame('#2 :3:1')],
      [
        { function: 'find', file: 'price-list.mjs', line: 7, column: 5 },
        { function: null, file: '/srv/my app/a.js', line: 13, column: 1 },
        { function: null, file: null, line: 3, column: 2 },
      ],
    );
    assert.deepEqual(
      [frame('#0 find /srv/a.js:7:4 again'), frame('#0 find /srv/a.js:7'), frame('# find /srv/a.js:7:4')],
      [null, null, null],
    );
  });

  it('may be one that was typed', async () => {
    const [dump, ...others] = await ofText('debug> bt\n#0 find price-list.mjs:7:4\n#1 get size /srv/my app/a.js:13:15\ndebug> cont\n');
    assert.deepEqual(others, []);
    assert.deepEqual(dump?.threads[0]?.frames, ['find price-list.mjs:7:5', 'get size /srv/my app/a.js:13:16']);
  });
});
