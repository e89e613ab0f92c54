import assert from 'node:assert/strict';
import { RecentThreads } from '../../src/reading/recent-threads.js';
import { readText } from '../../src/reading/index.js';
import type { Thread } from '../../src/model/index.js';

const dump = (line: number): string =>
  ['Timeout (0:00:30)!', ...stack('0x000000000000000b', line), '', ...stack('0x000000000000000a', 7), ''].join('\n');
const stack = (id: string, line: number): string[] => [
  `Thread ${id} (most recent call first):`,
  `  File "/srv/app/orders.py", line ${line} in take`,
  '  File "/usr/lib/python3.11/threading.py", line 975 in run',
];

describe('threads that an earlier dump has', () => {
  it('are kept once while they do not move', async () => {
    const { dumps } = await readText([dump(3), dump(4), dump(4), dump(3)].join('\n'));
    const [b, a] = [0, 1].map((place) => dumps.map(({ threads }) => threads[place]!)) as [Thread[], Thread[]];
    assert.equal(new Set(a).size, 1);
    assert.equal(b[1], b[2]);
    assert.equal(new Set(b).size, 3);
  });

  it('are known from the next dump on, and forgotten when there are very many', () => {
    const recent = new RecentThreads();
    const thread = (id: number): Thread => ({ id: String(id) }) as Thread;
    const first = thread(0);
    recent.add(first);
    assert.equal(recent.get('0'), undefined);
    recent.begin();
    assert.equal(recent.get('0'), first);
    for (let id = 1; id <= 1 << 16; id++) recent.add(thread(id));
    recent.begin();
    assert.equal(recent.get('0'), first);
    recent.add(thread(-1));
    recent.begin();
    assert.deepEqual(
      ['0', '1', '-1'].map((id) => recent.get(id)?.id),
      [undefined, undefined, '-1'],
    );
  });
});
