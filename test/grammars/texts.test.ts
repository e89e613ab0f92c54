import assert from 'node:assert/strict';
import { readText, type DumpSet } from '../../src/index.js';

/** Dumps in words, in the order of the text. */
const inWords = (set: DumpSet): string[] =>
  [...set.dumps]
    .sort((a, b) => a.line - b.line)
    .flatMap(({ format, kind, line, pid, reason, threadsCut, runtimeVersion, threads }) => [
      [
        `${format}, ${kind}, line ${line}`,
        pid && `pid ${pid}`,
        runtimeVersion,
        threadsCut && 'threads cut',
        reason && `${reason.kind}: ${reason.text}`,
      ]
        .filter(Boolean)
        .join(', '),
      ...threads.flatMap(({ id, name, current, truncated, notes, stack, nativeFrames }) => [
        ['- thread', id, name && `"${name}"`, current && 'current', truncated && `cut: ${truncated}`, ...notes].filter(Boolean).join(' '),
        ...Array.from(set.stacks.frames(stack), (row) => {
          const { function: fn, file, line: at, column } = set.frames.get(row);
          return `  ${fn ?? '-'} ${file ?? '-'}:${at ?? '-'}${column === null ? '' : `:${column}`}`;
        }),
        ...nativeFrames.map(({ symbol, address, module }) => `  C ${symbol ?? '-'} ${address ?? '-'} ${module ?? '-'}`),
      ]),
    ]);

const TEXTS: readonly (readonly [what: string, lines: readonly string[], dumps: readonly string[]])[] = [
  [
    'blocked-at: a callback',
    [
      'Blocked for 79.2ms, operation started here: [',
      "  '    at AsyncHook.init (/srv/n/index.js:31:11)',",
      '  "    at statDone (/srv/b.js:9:36)",',
      '  ... 1 more item',
      '] Immediate',
      'after',
      '',
    ],
    [
      'blocked-at, error, line 1, timeout: Blocked for 79.2ms',
      '- thread cut: marked',
      '  AsyncHook.init /srv/n/index.js:31:11',
      '  statDone /srv/b.js:9:36',
    ],
  ],
  [
    'blocked-at: other quotes, more items',
    ['Blocked for 1ms, operation started here: [', '  `    at f (/srv/b.js:9:36)`,', '  ... 12 more items,', ']', ''],
    ['blocked-at, error, line 1, timeout: Blocked for 1ms', '- thread cut: marked', '  f /srv/b.js:9:36'],
  ],
  ['blocked-at: no stack', ['Blocked for 1ms, operation started here: []', ''], []],
  [
    'gdb: empty lines, its pager, broken frames',
    [
      'Thread 2 (Thread 0x7f (process 31) "node"):',
      '',
      '#0  0x0000 in uv_run () from /usr/lib/libuv.so.1',
      '--Type <RET> for more, q to quit, c to continue without paging--',
      '    at ../src/x.c:4',
      '#1  node::Start (argc=1) at src/(a) b.cc:7',
      'Backtrace stopped: previous frame inner',
      '',
      'Thread 1 (LWP 30):',
      '#0  ?? ()',
      '(More stack frames follow...)',
      '',
    ],
    [
      'gdb, snapshot, line 1',
      '- thread 31 "node"',
      '  C uv_run 0x0000 /usr/lib/libuv.so.1',
      '  C node::Start - -',
      '- thread 30',
      '  C - - -',
    ],
  ],
  [
    'gdb: a thread that ends',
    ['Thread 3 (Thread 0x7f (LWP 31) "a (b)") (Exiting):', '#0  0x01 in v8::f(int) (x=1) at a.cc:1', ''],
    ['gdb, snapshot, line 1', '- thread 31 "a (b)"', '  C v8::f(int) 0x01 -'],
  ],
  [
    'lldb: threads with and without ids',
    [
      "* thread #3, name = 'node', stop reason = x",
      '  * frame #0: 0x00 libnode.so`uv_run',
      '    frame #1: 0x01 node`main + 2',
      "  thread #4: tid = 0x1f0, 0x02, name = 'w'",
      '    frame #0: 0x03',
      '',
    ],
    [
      'llnode, snapshot, line 1',
      '- thread 3 "node" current',
      '  C uv_run 0x00 libnode.so',
      '  C main 0x01 node',
      '- thread 0x1f0 "w"',
      '  C - 0x03 -',
    ],
  ],
  [
    'an error: mapped frames, elided ones, its cause, the version',
    [
      '/srv/a.js:1',
      'TypeError: no',
      '    at f (/srv/a.js:1:2)',
      '        -> /srv/a.ts:10:5',
      '    at g (/srv/a.js:2:2)',
      '    ... 3 lines matching cause stack trace ...',
      '    at h (/srv/a.js:3:3) {',
      "  code: 'X',",
      '  [cause]: Error: why',
      '      at k (/srv/k.js:1:1)',
      '}',
      '',
      'Node.js v20.1.0',
      '',
    ],
    [
      'node-error, error, line 3, exception: TypeError: no',
      '- thread cut: marked ... 3 lines matching cause stack trace ...',
      '  f /srv/a.js:1:2',
      '  g /srv/a.js:2:2',
      '  h /srv/a.js:3:3',
      'node-error, error, line 10, v20.1.0, exception: Error: why',
      '- thread',
      '  k /srv/k.js:1:1',
    ],
  ],
  [
    'an error: a cause without brackets',
    ['Error: a', '    at f (/a.js:1:1)', '  cause: Error: b', '      at g (/b.js:1:1)', ''],
    [
      'node-error, error, line 2, exception: Error: a',
      '- thread',
      '  f /a.js:1:1',
      'node-error, error, line 4, exception: Error: b',
      '- thread',
      '  g /b.js:1:1',
    ],
  ],
  [
    'an error: a version that is none',
    ['Error: a', '    at f (/a.js:1:1)', '', 'running Node.js v20.1.0', ''],
    ['node-error, error, line 2, exception: Error: a', '- thread', '  f /a.js:1:1'],
  ],
  [
    'an error: where it was emitted',
    [
      'events.js:1',
      "      throw er; // Unhandled 'error' event",
      '      ^',
      '',
      'Error: gone',
      '    at f (/a.js:1:1)',
      "Emitted 'error' event on Socket instance at:",
      '    at emit (/b.js:2:2)',
      '',
    ],
    [
      'node-error, error, line 6, exception: Error: gone',
      '- thread',
      '  f /a.js:1:1',
      "node-error, error, line 8, exception: Emitted 'error' event on Socket instance at:",
      '- thread',
      '  emit /b.js:2:2',
    ],
  ],
  [
    'an error: where it was thrown',
    ['Thrown at:', '    at f (/a.js:1:1)', ''],
    ['node-error, error, line 2, exception: Thrown at:', '- thread', '  f /a.js:1:1'],
  ],
  [
    'a warning of Node',
    ['(node:123) MaxListenersExceededWarning: Possible leak', '    at f (/a.js:1:1)', ''],
    ['node-error, error, line 2, pid 123, exception: MaxListenersExceededWarning: Possible leak', '- thread', '  f /a.js:1:1'],
  ],
  [
    'an error: a process id in words',
    ['worker pid=77 died: RangeError: x', '    at f (/a.js:1:1)', ''],
    ['node-error, error, line 2, pid 77, exception: RangeError: x', '- thread', '  f /a.js:1:1'],
  ],
  [
    'an error: a loop that is blocked',
    ['Error: x', 'the event loop is blocked for 30 ms', '    at f (/a.js:1:1)', ''],
    ['node-error, snapshot, line 3, timeout: the event loop is blocked for 30 ms', '- thread', '  f /a.js:1:1'],
  ],
  [
    'an error: a thread that is blocked',
    ['blocked the main thread', '    at f (/a.js:1:1)', ''],
    ['node-error, snapshot, line 2, timeout: blocked the main thread', '- thread', '  f /a.js:1:1'],
  ],
  [
    'an error: a name of two lines',
    ['Error: x', '    at two', 'lines (/a.js:1:1)', '    at g (/a.js:2:1)', ''],
    ['node-error, error, line 4, exception: Error: x', '- thread', '  g /a.js:2:1'],
  ],
  [
    'an error: two lines of others within',
    ['Error: x', '    at f (/a.js:1:1)', 'log 1', 'log 2', '    at g (/a.js:2:1)', ''],
    ['node-error, error, line 2, exception: Error: x', '- thread', '  f /a.js:1:1', '  g /a.js:2:1'],
  ],
  [
    'an error: too many lines of others within',
    ['Error: x', '    at f (/a.js:1:1)', 'log', 'log', 'log', 'log', 'log', 'log', 'log', 'log', 'log', '    at g (/a.js:2:1)', ''],
    [
      'node-error, error, line 2, exception: Error: x',
      '- thread',
      '  f /a.js:1:1',
      'node-error, error, line 12, exception: log',
      '- thread',
      '  g /a.js:2:1',
    ],
  ],
  [
    'a fatal error of V8',
    [
      '#',
      '# Fatal error in ../deps/v8/src/x.cc, line 12',
      '# Check failed: it->IsValid().',
      '#',
      '#',
      '#FailureMessage Object: 0x7ffd',
      '----- Native stack trace -----',
      '',
      ' 1: 0xb57b4a  [node]',
      ' 2: 0x1 v8::F(int) [node]',
      ' ...',
      '',
    ],
    ['node-fatal, error, line 2, fatal: Check failed: it->IsValid().', '- thread', '  C - 0xb57b4a node', '  C v8::F(int) 0x1 node'],
  ],
  ['a fatal error without frames', ['# Fatal error in , line 0', '# x', '', ''], []],
  [
    'a fatal error: memory',
    [
      '<--- Last few GCs --->',
      '',
      '[12:0x5581]   100 ms: Scavenge',
      '',
      '<--- JS stacktrace --->',
      '',
      'FATAL ERROR: Reached heap limit Allocation failed',
      ' 1: 0xb57b4a node::Abort() [node]',
      'Writing Node.js report to file: report.json',
      'Node.js report completed',
      ' 2: 0xb57b4b  [node]',
      '',
    ],
    [
      'node-fatal, error, line 1, fatal: FATAL ERROR: Reached heap limit Allocation failed',
      '- thread',
      '  C node::Abort() 0xb57b4a node',
      '  C - 0xb57b4b node',
    ],
  ],
  [
    'a JavaScript stack',
    ['----- JavaScript stack trace -----', '', '1: f (/a.js:1:1)', '2: /b.js:3:4', '', ''],
    ['node-fatal, snapshot, line 1', '- thread', '  f /a.js:1:1', '  - /b.js:3:4'],
  ],
  [
    'a stack as V8 prints it',
    [
      '==== JS stack trace =========================================',
      '',
      'Security context: 0x1 <JSObject>',
      '    1: settle [/srv/a.js:9] [bytecode=0x1 offset=2](this=0x3 <x>)',
      '    2: /* anonymous */ [/srv/b.js:1] (this=0x2)',
      '',
      '==== Details ================================================',
      '',
      '[1]: settle [/srv/a.js:9] {',
      '',
    ],
    ['node-fatal, snapshot, line 1', '- thread', '  settle /srv/a.js:9', '  - /srv/b.js:1'],
  ],
  ['an assertion of Node', ["node: ../src/x.cc:33: void f(): Assertion `a == b' failed.", ' 1: 0xb57b4a node::Abort() [node]', ''], []],
  [
    'segfault-handler',
    [
      'PID 12 received SIGSEGV for address: 0x0',
      '/srv/node_modules/segfault-handler/build/Release/x.node(+0x2)[0x7f]',
      'node(_ZN4node5StartEiPPc+0x2)[0x99]',
      '',
    ],
    [
      'segfault-handler, error, line 1, pid 12, fatal: received SIGSEGV for address: 0x0',
      '- thread',
      '  C - 0x7f /srv/node_modules/segfault-handler/build/Release/x.node',
      '  C _ZN4node5StartEiPPc+0x2 0x99 node',
    ],
  ],
  [
    'faulthandler: freed thread states end the list',
    ['Thread 0x0000000000000001 (most recent call first):', '  File "/a.py", line 1 in f', '', '  <freed thread state>', ''],
    ['faulthandler, snapshot, line 1, threads cut', '- thread 0x0000000000000001 cut: likely', '  f /a.py:1'],
  ],
  [
    'faulthandler: a freed frame cuts a stack',
    ['Thread 0x0000000000000001 (most recent call first):', '  File "/a.py", line 1 in f', '  <freed frame>', ''],
    ['faulthandler, snapshot, line 1', '- thread 0x0000000000000001 cut: marked <freed frame>', '  f /a.py:1'],
  ],
  [
    'faulthandler: more threads than are shown',
    ['Thread 0x0000000000000001 (most recent call first):', '  File "/a.py", line 1 in f', '', '...', ''],
    ['faulthandler, snapshot, line 1, threads cut', '- thread 0x0000000000000001 cut: likely', '  f /a.py:1'],
  ],
  [
    'faulthandler: dots below a line of others',
    ['Thread 0x0000000000000001 (most recent call first):', '  File "/a.py", line 1 in f', 'log line', '...', ''],
    ['faulthandler, snapshot, line 1', '- thread 0x0000000000000001 cut: likely', '  f /a.py:1'],
  ],
  [
    'faulthandler: a head alone, with its id',
    ['Thread 0x0000000000000001 (most recent call first):', '', ''],
    ['faulthandler, snapshot, line 1', '- thread 0x0000000000000001'],
  ],
  ['faulthandler: a head alone, without', ['Stack (most recent call first):', '', ''], []],
  [
    'faulthandler: a thread without frames',
    ['Stack (most recent call first):', '  <no Python frame>', '', ''],
    ['faulthandler, snapshot, line 1', '- thread current <no Python frame>'],
  ],
  [
    'faulthandler: a C stack alone',
    ["Current thread's C stack trace (most recent call first):", '  Binary file "/lib/x", at f+0x1 [0x1]', ''],
    ['faulthandler, snapshot, line 1', '- thread current', '  C f 0x1 /lib/x'],
  ],
  [
    'print_stack: an exception behind a head',
    ['Stack (most recent call last):', '  File "/a.py", line 1, in f', '    g()', 'ValueError: x', ''],
    ['print-stack, snapshot, line 1', '- thread current cut: likely', '  f /a.py:1'],
  ],
  [
    'print_stack: two frames',
    ['  File "/a.py", line 1, in <module>', '    f()', '  File "/a.py", line 2, in f', '    g()', ''],
    ['print-stack, snapshot, line 1', '- thread current', '  f /a.py:2', '  <module> /a.py:1'],
  ],
  ['print_stack: one frame', ['  File "/a.py", line 1, in <module>', '    f()', ''], []],
  [
    'print_stack: what a title says to be another thing',
    ['Lock holder is at:', '  File "/a.py", line 1, in <module>', '    f()', '  File "/a.py", line 2, in f', '    g()', ''],
    [],
  ],
  ['faulthandler: a cause alone', ['Timeout (0:00:30)!', 'nothing', ''], []],
  [
    'faulthandler: a cause and a thread',
    ['Timeout (0:00:30)!', 'Thread 0x0000000000000001 (most recent call first):', '  File "/a.py", line 1 in f', ''],
    ['faulthandler, snapshot, line 1, timeout: Timeout (0:00:30)!', '- thread 0x0000000000000001 cut: likely', '  f /a.py:1'],
  ],
];

describe('whole texts of the formats', () => {
  for (const [what, lines, dumps] of TEXTS) it(what, async () => assert.deepEqual(inWords(await readText(lines.join('\n'))), dumps));
});
