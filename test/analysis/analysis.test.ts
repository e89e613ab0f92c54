import assert from 'node:assert/strict';
import { StackIds, entryDepth, groupThreads, originOf, readText, seriesOf, type Origin } from '../../src/index.js';

describe('whose code a frame is', () => {
  const files: Record<Origin, string[]> = {
    application: [
      '/srv/app/orders.py',
      './test3.py',
      'backend/tests/test_x.py',
      '<string>',
      '/srv/app/lib/pool.js',
      'C:\\app\\shop\\api.py',
      'file:///srv/app/x.mjs',
      '/srv/lib/helpers.py',
      '[eval]',
    ],
    library: [
      '/usr/lib/python3/dist-packages/requests/api.py',
      '/srv/venv/lib/python3.12/site-packages/tqdm/_monitor.py',
      'C:\\Python311\\Lib\\site-packages\\flask\\app.py',
      '/srv/app/node_modules/express/lib/router.js',
      'file:///srv/app/node_modules/p/x.mjs',
    ],
    standard: [
      '/usr/local/lib/python3.11/threading.py',
      '/usr/lib64/python3.4/threading.py',
      'C:\\Python311\\Lib\\threading.py',
      '/Library/Frameworks/Python.framework/Versions/3.9/lib/python3.9/socket.py',
      '/python313.zip/threading.py',
      '.../threading.py',
      '/usr/local/lib/python3.13t/queue.py',
      '/opt/pypy/lib/pypy3.10/threading.py',
    ],
    runtime: [
      '<frozen importlib._bootstrap>',
      'node:internal/timers',
      'internal/timers.js',
      'events.js',
      '<anonymous>',
      '<builtin>/app_main.py',
      '__init__',
    ],
  };
  for (const [origin, list] of Object.entries(files))
    for (const file of list) it(`${file}: ${origin}`, () => assert.equal(originOf(file), origin));

  it('a root that the user names decides before all rules', () => {
    assert.equal(originOf('/srv/vendor/x.py', [{ path: '/srv/vendor/', origin: 'library' }]), 'library');
    assert.equal(originOf('/v/site-packages/ours/x.py', [{ path: 'ours/', origin: 'application' }]), 'application');
  });
});

const dump = (line: number): string => `Thread 0x0000000000000001 (most recent call first):
  File "/app/a.py", line ${line} in work
  File "/usr/lib/python3.11/threading.py", line 982 in run
  File "/usr/lib/python3.11/threading.py", line 1045 in _bootstrap_inner
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

Thread 0x0000000000000002 (most recent call first):
  File "/app/a.py", line 7 in main
  File "/app/a.py", line 9 in <module>
`;

describe('groups', () => {
  it('are exact, or similar when only lines differ', async () => {
    const set = await readText(dump(1) + dump(2));
    assert.deepEqual(
      groupThreads(set).map((group) => [group.kind, group.stacks.length, group.members.length]),
      [
        ['similar', 2, 2],
        ['exact', 1, 2],
      ],
    );
    assert.equal(groupThreads(set, 'exact').length, 3);
    assert.equal(groupThreads(set, 'none').length, 4);
  });

  it('have names that depend on the stack alone', async () => {
    const [one, two] = await Promise.all([readText(dump(1)), readText(`INFO x\n${dump(5)}${dump(1)}`)]);
    const names = (set: Awaited<ReturnType<typeof readText>>): Set<string> =>
      new Set(groupThreads(set, 'exact').map((group) => new StackIds(set).of(group.stacks[0]!)));
    assert.equal(names(two).size, 3);
    for (const name of names(one)) assert.ok(names(two).has(name));
  });
});

describe('the function a thread was started with', () => {
  it('is the outermost that is not start-up code', async () => {
    const set = await readText(dump(1));
    const entries = set.dumps[0]!.threads.map((thread) =>
      set.frames.functionOf(set.stacks.frameAt(thread.stack, entryDepth(set, thread.stack))),
    );
    assert.deepEqual(entries, ['work', '<module>']);
    assert.deepEqual(
      set.dumps[0]!.threads.map((thread) => thread.main),
      [false, true],
    );
  });
});

describe('series', () => {
  it('join dumps of the same thread ids and part those of others', async () => {
    const other = dump(1).replaceAll('0x00000000000000', '0x00000000000077');
    assert.deepEqual(
      seriesOf(await readText(dump(1) + other + dump(2))).map((series) => series.dumps),
      [[0, 2], [1]],
    );
  });
});
