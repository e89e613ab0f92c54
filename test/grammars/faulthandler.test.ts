import assert from 'node:assert/strict';
import { GRAMMARS, faulthandler, type LineToken } from '../../grammars/index.js';
import { readText } from '../../src/index.js';

const meaning = (line: string): LineToken => faulthandler.line.tryParse(line);
const frame = (fn: string | null, file: string | null, line: number | null): LineToken => ({
  is: 'frame',
  frame: { function: fn, file, line, column: null },
});

describe('faulthandler: one line', () => {
  const frames: [string, LineToken][] = [
    ['  File "/app/a.py", line 12 in run', frame('run', '/app/a.py', 12)],
    ['File "/app/a.py", line 12 in run', frame('run', '/app/a.py', 12)],
    ['  File "<string>", line 0 in <module>', frame('<module>', '<string>', 0)],
    ['  File ???, line ??? in ???', frame(null, null, null)],
    ['  File "<shim>", line ??? in <interpreter trampoline>', frame('<interpreter trampoline>', '<shim>', null)],
    ['  File "a", line 3 in fake.py", line 7 in f', frame('f', 'a", line 3 in fake.py', 7)],
    ['  File "C:\\new\\x41.py", line 1 in f', frame('f', 'C:\\new\\x41.py', 1)],
    ['  File "", line 17 in ', frame('', '', 17)],
  ];
  for (const [line, should] of frames) it(`reads the frame ${JSON.stringify(line)}`, () => assert.deepEqual(meaning(line), should));

  const heads: [string, Partial<LineToken & { is: 'thread' }>][] = [
    ['Thread 0x00007f13d75d2700 (most recent call first):', { id: '0x00007f13d75d2700', name: null, current: false, alone: false }],
    ['Current thread 0x00000abc (most recent call first):', { id: '0x00000abc', current: true }],
    ['Thread 0x00007f13d75d2700 [pool] x] (most recent call first):', { name: 'pool] x' }],
    ['Thread 0x00007f13d75d2700 <old> (most recent call first):', { name: 'old' }],
    ['Thread 0x7FAB (most recent call first, approximate line numbers):', { id: '0x7FAB' }],
    ['Current thread 0x00007f13d75d2700:', { id: '0x00007f13d75d2700', current: true }],
    ['Stack (most recent call first):', { id: null, alone: true, current: true }],
    ['Task 0x00007f3a5c0d2e40 [price-3] (most recent call first):', { id: '0x00007f3a5c0d2e40', name: 'price-3', kind: 'task' }],
    ['Task 0x00007f3a5c0d2e40 (most recent call first):', { name: null, kind: 'task' }],
  ];
  for (const [line, should] of heads) {
    it(`reads the head ${JSON.stringify(line)}`, () => {
      const token = meaning(line);
      assert.equal(token.is, 'thread');
      assert.deepEqual({ ...token, ...should }, token);
    });
  }

  it('reads what stands in place of frames, with blanks around it or a carriage return behind', () => {
    for (const [text, cutsStack] of [
      ['<no Python frame>', false],
      ['Garbage-collecting', false],
      ['<invalid frame>', true],
      ['<freed thread state>', true],
    ] as const)
      for (const line of [text, `  ${text}`, `  ${text}  `, `  ${text}\r`])
        assert.deepEqual(meaning(line), { is: 'pseudo-frame', text, cutsStack }, line);
    assert.deepEqual(
      [meaning('  ...'), meaning('...')],
      [
        { is: 'ellipsis', indented: true },
        { is: 'ellipsis', indented: false },
      ],
    );
    assert.equal(meaning('  <no Python frame> was printed').is, 'other');
  });

  it('takes a head only from its end', () => {
    for (const line of [
      'Thread 0x00007f2b (most recent call first) was seen in the manual',
      'raise ValueError("Current thread 0x00007f2b00000000 (most recent call first):")',
      'Thread 0x0001:',
    ])
      assert.equal(meaning(line).is, 'other', line);
  });

  it('knows causes at the end of a line only', () => {
    assert.deepEqual(meaning('Timeout (0:00:00.400000)!'), { is: 'cause', reason: { kind: 'timeout', text: 'Timeout (0:00:00.400000)!' } });
    assert.deepEqual(meaning('Fatal Python error: Aborted'), {
      is: 'cause',
      reason: { kind: 'fatal', text: 'Fatal Python error: Aborted' },
    });
    assert.equal(meaning('Timeout (0:00:05)! is what faulthandler prints').is, 'other');
  });

  it('does not take a frame of the traceback module for one of faulthandler', () => {
    assert.equal(meaning('  File "/app/a.py", line 12, in run').is, 'other');
    assert.equal(meaning('  File "/app/a.py", line 12').is, 'other');
  });

  it('tells the C stack from a thread', () => {
    assert.equal(meaning("Current thread's C stack trace (most recent call first):").is, 'native-head');
    assert.deepEqual(meaning('  Binary file "/lib/libc.so.6", at abort+0xd3 [0x7f1d]'), {
      is: 'native',
      frame: { symbol: 'abort', address: '0x7f1d', module: '/lib/libc.so.6' },
    });
    assert.deepEqual(meaning('  Binary file "/usr/bin/python" [0x41]'), {
      is: 'native',
      frame: { symbol: null, address: '0x41', module: '/usr/bin/python' },
    });
  });
});

describe('the stack of one thread alone', () => {
  it('has the head of gdb’s py-bt in CPython 3.3, and other lines below it', async () => {
    const head = 'Traceback (most recent call first):\n';
    const formats = async (text: string): Promise<unknown> =>
      (await readText(text)).dumps.map(({ format, threads }) => [format, threads.length]);
    assert.deepEqual(await formats(`${head}  File "/srv/a.py", line 3 in f\n  File "/srv/a.py", line 9 in <module>\n`), [
      ['faulthandler', 1],
    ]);
    assert.deepEqual(await formats(`${head}  File "/srv/a.py", line 3, in f\n    x()\n  File "/srv/a.py", line 9, in <module>\n`), [
      ['gdb-py-bt', 1],
    ]);
  });

  it('is cut where the dump says so', async () => {
    const truncated = async (end: string): Promise<unknown> =>
      (await readText(`Stack (most recent call first):\n  File "/srv/a.py", line 3 in f\n${end}served in 4 ms\n`)).dumps.map(
        ({ threads }) => threads.map((thread) => thread.truncated),
      );
    assert.deepEqual(await truncated('  ...\n'), [['marked']]);
    assert.deepEqual(await truncated('  File "/srv/a.py", line 9 in <module>\n'), [[false]]);
  });
});

describe('a task among threads', () => {
  it('is no main thread, though it was started by a module as well', async () => {
    const { dumps } = await readText(
      [
        'Current thread 0x0000000000000002 (most recent call first):',
        '  File "/srv/a.py", line 3 in f',
        '  File "/srv/a.py", line 9 in <module>',
        '',
        'Task 0x0000000000000001 [price] (most recent call first):',
        '  File "/srv/a.py", line 4 in g',
        '  File "/srv/a.py", line 9 in <module>',
        '',
      ].join('\n'),
    );
    assert.deepEqual(
      dumps.map(({ threads }) => threads.map(({ kind, name, main }) => [kind, name, main])),
      [
        [
          ['thread', null, true],
          ['task', 'price', null],
        ],
      ],
    );
  });
});

describe('openings', () => {
  it('have seven bytes or more: the search skips about as many a step', () => {
    for (const grammar of GRAMMARS) for (const opening of grammar.openings) assert.ok(Buffer.byteLength(opening) >= 7, opening);
  });
});
