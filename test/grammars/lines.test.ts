import assert from 'node:assert/strict';
import { GRAMMARS, parseLine, type LineGrammar, type LineToken } from '../../grammars/index.js';

type Row = readonly [line: string, token: LineToken];

const frame = (fn: string | null, file: string | null, line: number | null): LineToken => ({
  is: 'frame',
  frame: { function: fn, file, line, column: null },
});
const thread = (id: string | null, name: string | null, more: object = {}): LineToken => ({
  is: 'thread',
  id,
  name,
  current: false,
  alone: false,
  ...more,
});
const native = (symbol: string | null, module: string | null, address: string | null = null): LineToken => ({
  is: 'native',
  frame: { symbol, address, module },
});
const pseudo = (text: string, cutsStack = false): LineToken => ({ is: 'pseudo-frame', text, cutsStack });
const local = (name: string, value: string): LineToken => ({ is: 'local', name, value });
const section = (holds: 'frames' | 'locals' | 'arguments' | 'other'): LineToken => ({ is: 'section', holds });
const remark = (text: string, last = false): LineToken => ({ is: 'remark', text, last });
const [blank, source, other]: readonly LineToken[] = [{ is: 'blank' }, { is: 'source' }, { is: 'other' }];
const task = { kind: 'task' };
const main = { main: true };

/** What the traceback module writes, in whatever stands around it. */
const TRACEBACK: readonly Row[] = [
  ['  File "/app/a.py", line 40, in poll', frame('poll', '/app/a.py', 40)],
  ['File: "/app/a.py", line 40, in poll  ', frame('poll', '/app/a.py', 40)],
  ['  File "/app/a.py:40", in poll', frame('poll', '/app/a.py', 40)],
  ['File: "/app/a.py:40", in <lambda>\t', frame('<lambda>', '/app/a.py', 40)],
  ['  File "a", line 1, in x", line 7, in f', frame('f', 'a", line 1, in x', 7)],
  ['  File "", line 17, in ', frame('', '', 17)],
  ['', blank!],
  [' \t', blank!],
];
const DETAIL: readonly Row[] = [
  ['    q.get()', source!],
  ['    ~~~~~^^', source!],
  ['  [Previous line repeated 995 more times]', { is: 'repeat', times: 995 }],
  ['[Previous line repeated 1 more time]', { is: 'repeat', times: 1 }],
];
const DOTS: readonly Row[] = [
  ['...', { is: 'ellipsis', indented: false }],
  ['  … ', { is: 'ellipsis', indented: true }],
];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  faulthandler: [
    ['Fatal Python error: Aborted  ', { is: 'cause', reason: { kind: 'fatal', text: 'Fatal Python error: Aborted' } }],
    [
      'Fatal Python error from unexpected signum: 4',
      { is: 'cause', reason: { kind: 'fatal', text: 'Fatal Python error from unexpected signum: 4' } },
    ],
    ['Timeout (0:00:05)!\r', { is: 'cause', reason: { kind: 'timeout', text: 'Timeout (0:00:05)!' } }],
    ['Timeout (100:59:05.123456)!', { is: 'cause', reason: { kind: 'timeout', text: 'Timeout (100:59:05.123456)!' } }],
    ['Timeout (0:0:05)!', other!],
    ['Timeout (0:00:05.12)!', other!],
    [
      'Windows fatal exception: access violation ',
      { is: 'cause', reason: { kind: 'exception', text: 'Windows fatal exception: access violation' } },
    ],
    ['  Thread 0x...4a6006c0 (most recent call first):', thread('0x...4a6006c0', null)],
    ['Thread 0x0000… [a] (most recent call first): ', thread('0x0000…', 'a')],
    ['Thread 0x00007f2b00000000:', thread('0x00007f2b00000000', null)],
    ['Thread 0x00007f2b000000001:', other!],
    ['Traceback (most recent call first):', thread(null, null, { current: true, alone: true })],
    ['Stack (most recent call first, approximate line numbers):', thread(null, null, { current: true, alone: true })],
    ['Thread 0x00007f2b00000000 [a name', { is: 'unfinished' }],
    ['Current thread 0x00007f2b00000000 [a name', { is: 'unfinished' }],
    ['Thread 0x00007f2b00000000 [a name] more', other!],
    ['  File "/app/a.py", line 12 in run\r', frame('run', '/app/a.py', 12)],
    ['  File "/app/a.py", line 12 in', frame('', '/app/a.py', 12)],
    ['  ...httpx/_client.py:868 in stream ', frame('stream', '...httpx/_client.py', 868)],
    ['httpx/_client.py:868 in stream', other!],
    ['  httpx/_client.pyc:868 in stream', other!],
    ['  <no Python frame>', pseudo('<no Python frame>')],
    ['  <invalid frame>', pseudo('<invalid frame>', true)],
    ['  <freed frame>', pseudo('<freed frame>', true)],
    ['<freed thread state> ', pseudo('<freed thread state>', true)],
    ['  <tstate is freed>', pseudo('<tstate is freed>', true)],
    ['  Garbage-collecting', pseudo('Garbage-collecting')],
    ['  Garbage-collecting now', other!],
    ['C stack (most recent call first): ', { is: 'native-head' }],
    ["Current thread's C stack trace (most recent call first):", { is: 'native-head' }],
    ['  Binary file "/lib/libc.so.6", at abort-0xd3 [0x7f1d]', native('abort', '/lib/libc.so.6', '0x7f1d')],
    ["  Binary file '/lib/x', at +0xd3", native(null, '/lib/x')],
    ['  Binary file "/lib/x", at abort [0x7f1d>', native('abort', '/lib/x', '0x7f1d')],
    ['  <truncated rest of calls>', remark('<truncated rest of calls>')],
    ['  <system returned no stack trace>', remark('<system returned no stack trace>')],
    ['  <cannot get C stack on this system>', remark('<cannot get C stack on this system>')],
    ['Python runtime state: initialized ', remark('Python runtime state: initialized')],
    ['Extension modules: numpy.core, x (total: 2)', remark('Extension modules: numpy.core, x (total: 2)', true)],
    ['  <Cannot show all threads while the GIL is disabled>', remark('<Cannot show all threads while the GIL is disabled>')],
    ...DOTS,
    ['  \t', blank!],
  ],
  'current-frames': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    ['######### ProcessID=4711, ThreadID=-14 #########', thread('-14', null, { pid: 4711 })],
    ['  ######### ProcessID=4711, ThreadID=14 #########  ', thread('14', null, { pid: 4711 })],
    ['######## ProcessID=4711, ThreadID=14 ########', other!],
    ['<Thread(reserve, started daemon 139)>', thread('139', 'reserve')],
    ['# Thread: <Thread(a, b, started 7)> (db:n/a) (uid:n/a)', thread('7', 'a, b')],
    ['Thread: <_MainThread(MainThread, started 9)>', thread('9', 'MainThread', main)],
    ['#Thread:<MyTimer3(t, stopped daemon 12)>', thread('12', 't')],
    ['<PoolWorker(w, initial)>', thread(null, 'w')],
    ['<Thread(w, running 3)>', other!],
    ['# ThreadID: 139961187686080', thread('139961187686080', null)],
    ['#Thread ID:0xAf1 and more', thread('0xAf1', null)],
    ['ThreadID: 12', thread('12', null)],
    ['# Thread: 4711 ', thread('4711', null)],
    ['#Thread: 4711', thread('4711', null)],
    ['Thread: 4711', other!],
    ['# Thread: poll-0(139662521784000)', thread('139662521784000', 'poll-0')],
    ['# Thread poll 0 (ident: 12)', thread('12', 'poll 0')],
    ['#Thread poll-0 (ident=12)', thread('12', 'poll-0')],
    ['Thread MainThread (id:12):', thread('12', 'MainThread', main)],
    ['---- Thread a (id= 12) ----', thread('12', 'a')],
    ['--- Thread: a (0x7fc7) ---:', thread('0x7fc7', 'a')],
    ['Thread a (0x7fc)', other!],
    ['Thread a (12) at work', other!],
    ['Thread 0x7Fc796ffd6c0', thread('0x7Fc796ffd6c0', null)],
    ['# Thread 4711:', thread('4711', null)],
    ['- Thread 4711: --', thread('4711', null)],
    ['/app/orders.py::40::poll::q.get()', frame('poll', '/app/orders.py', 40)],
    ['  C:\\app\\orders.py::40::poll::', frame('poll', 'C:\\app\\orders.py', 40)],
    ['/app/orders.py::x::poll::', other!],
    ['#############################################', remark('#############################################', true)],
    ['############################################', other!],
    ['*** STACKTRACE - END ***', remark('*** STACKTRACE - END ***', true)],
    [' *** STACKTRACE - END *** ', remark('*** STACKTRACE - END ***', true)],
    ['*** STACKTRACE - START ***', other!],
  ],
  'asyncio-tasks': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    ["Stack for <Task pending name='Task-2' coro=<f()>> (most recent call last):", thread(null, 'Task-2', task)],
    ['Traceback for <Task name="it\'s" x> (most recent call last): ', thread(null, "it's", task)],
    ['Stack for <Task pending> (most recent call last):', thread(null, null, task)],
    ['Stack for <Task pending> (most recent call last): x', other!],
    ["No stack for <Task finished name='Task-3' coro=<main() done>>", thread(null, 'Task-3', { ...task, notes: ['no stack'] })],
    ['No stack for <Task finished> yet', other!],
    ["* Task(name='Task-4', id=0x7f12aa01b230)", thread('0x7f12aa01b230', 'Task-4', { ...task, order: 'recent-first', inside: false })],
    ['   * Future(id=0x7f)', thread('0x7f', null, { ...task, order: 'recent-first', inside: true })],
    ["  |   File '/app/a.py', line 5, in async fetch()", frame('fetch', '/app/a.py', 5)],
    ['  |   File "/app/a.py", line 5, in async generator Feed.rows() ', frame('Feed.rows', '/app/a.py', 5)],
    ['  |   File "/app/a.py", line 5, in generator rows()', frame('rows', '/app/a.py', 5)],
    ['  + Call stack:', section('frames')],
    ['  + Awaited by: ', section('frames')],
    ['  + Awaited', source!],
  ],
  'asyncio-ps': [
    [
      '12345   0x7f1a          Task-1               fetch -> read         main           Task-0          0x7f0b',
      {
        is: 'stack',
        id: '0x7f1a',
        name: 'Task-1',
        current: false,
        kind: 'task',
        notes: ['of thread 12345', 'awaited by Task-0'],
        frames: ['fetch', 'read'].map((fn) => ({ function: fn, file: null, line: null, column: null })),
      },
    ],
    [
      '1 0x2 a-name-that-is-longer-than-its-column fetch 0x0',
      {
        is: 'stack',
        id: '0x2',
        name: 'a-name-that-is-longer-than-its-column',
        current: false,
        kind: 'task',
        notes: ['of thread 1'],
        frames: [{ function: 'fetch', file: null, line: null, column: null }],
      },
    ],
    [
      'tid        task id              task name            coroutine stack',
      { is: 'process', begins: true, pid: null, runtimeVersion: null, note: null },
    ],
    ['-----------------------------', { is: 'process', begins: false, pid: null, runtimeVersion: null, note: null }],
    ['-------------------', other!],
    ['', blank!],
  ],
  'asyncio-pstree': [
    ['└── (T) Task-1', thread(null, 'Task-1', { ...task, inside: false })],
    ['    ├── (T) a name ', thread(null, 'a name', { ...task, inside: true })],
    ['│   └──  main /app/a b.py:12', frame('main', '/app/a b.py', 12)],
    ['└── main /app/a.py:12 ', frame('main', '/app/a.py', 12)],
    ['└──   main /app/a.py:12', other!],
    [' │ ', other!],
    ['  ', blank!],
  ],
  'celery-cry': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    ['=================================================', { is: 'rule' }],
    ['===================', { is: 'caption', text: '===================' }],
    ['  LOCAL VARIABLES ', section('locals')],
    ["{'q': 'Queue',", local('q', "'Queue'")],
    [" 'self': [1, 2]}", local('self', '[1, 2]')],
    ['{}', source!],
    ['MainThread ', { is: 'caption', text: 'MainThread' }],
  ],
  'gdb-py-bt': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    ['Thread 2 (Thread 0x7f03b92c5740 (LWP 39823)):', thread('39823', null)],
    [' Thread 12 (Thread 0x7f (LWP 3) "po(ol"): ', thread('3', 'po(ol')],
    ['Traceback (most recent call first):', thread(null, null, { alone: true, second: true })],
    ['#12 Frame 0x7f4a, for file /app/a.py, line 12, in work (self=<x>)', frame('work', '/app/a.py', 12)],
    ['#1 0x0000abc in Frame 0x7f4a, for file /app/a.py, line 12, in work(n=1)', frame('work', '/app/a.py', 12)],
    ['Frame 0x7f4a, for file /app/a.py, line 12, in work ()', frame('work', '/app/a.py', 12)],
    ['  #3 Waiting for the GIL', pseudo('Waiting for the GIL')],
    ['Waiting for a lock (e.g. x)', pseudo('Waiting for a lock (e.g. x)')],
    ['  <built-in method acquire of x>', pseudo('<built-in method acquire of x>')],
    ['  (unable to read python frame information)', pseudo('(unable to read python frame information)', true)],
    ['  Garbage-collecting', pseudo('Garbage-collecting')],
    ['Garbage', other!],
  ],
  'gevent-run-info': [
    ['  File "/app/jobs.py", line 40, in poll ', frame('poll', '/app/jobs.py', 40)],
    [' :  |   File "/app/jobs.py", line 12, in ', frame('', '/app/jobs.py', 12)],
    ['Thread 0x7f3c41a1f740 (MainThread) (CURRENT)', thread('0x7f3c41a1f740', 'MainThread', { current: true })],
    ['Thread 0x7f3c41a1f740 (a) b) ', thread('0x7f3c41a1f740', 'a) b')],
    ['Thread 0x7f3c41a1f740 (LWP 12)', other!],
    ['<Greenlet at 0x7f3c>', thread('0x7f3c', 'Greenlet', { kind: 'greenlet' })],
    [' +--- <MyGreenlet "fetch-0" at 0x7f3c: fetch> ', thread('0x7f3c', 'fetch-0', { kind: 'greenlet' })],
    ["<Hub '' at 0x7f3c4 epoll default>", thread('0x7f3c4', 'Hub', { kind: 'greenlet' })],
    ['<greenlet.greenlet object>', thread(null, 'greenlet', { kind: 'greenlet' })],
    ['<Greenlets>', other!],
    [' :    Running:', section('frames')],
    ['Running: a task', section('frames')],
    [' :        Spawned at:', section('other')],
    [' |  Parent: <Hub>', section('other')],
    ['  Greenlet Locals:', section('other')],
    ['Spawn Tree Locals', section('other')],
    ['Monitoring Thread:<x>', section('other')],
    ['Finished', section('other')],
    ['Finishedly', other!],
    ['********************', source!],
    ['*******************', other!],
    [' * Threads ', source!],
    ['* Greenlets', source!],
    ['--- Thread boundary', source!],
    [' : x', source!],
    ['', blank!],
    ...DOTS,
  ],
  'print-stack': [
    ...TRACEBACK,
    ...DETAIL,
    ['Stack (most recent call last):', thread(null, null, { current: true, alone: true })],
    ['ValueError: no', { is: 'refutation' }],
    ['KeyboardInterrupt', { is: 'refutation' }],
    ['StopIteration:', { is: 'refutation' }],
    ['app.errors.Problem: x', { is: 'refutation' }],
    ['SystemExit', { is: 'refutation' }],
    ['app.errors.problem: x', other!],
    ['Problem: x', other!],
  ],
  'pytest-timeout': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    ['~~~~ Stack of MainThread (12) ~~~~', thread('12', 'MainThread', main)],
    ['~ Stack of a (b) (12) ~ ', thread('12', 'a (b)')],
    ['  ~~~~ Stack of <unknown> ~', thread(null, '<unknown>')],
    ['++++++ Timeout ++++++ ', { is: 'cause', reason: { kind: 'timeout', text: 'Timeout of pytest-timeout' } }],
    ['Timeout ++++++', other!],
  ],
  'py-spy': [
    ['Thread 41000 (idle): "MainThread"', thread('41000', 'MainThread', { marks: ['idle'], ...main })],
    ['Thread 0x7F01/41000 (active+gil): "a (b)"', thread('41000', 'a (b)', { marks: ['active', 'has-gil'] })],
    ['Thread 0x7F01 (active)', thread('0x7F01', null, { marks: ['active'] })],
    ['  Thread (idle+gil): ', thread(null, null, { marks: ['idle', 'has-gil'] })],
    ['Thread 41000 (asleep)', other!],
    ['    poll (/app/orders.py:40)', frame('poll', '/app/orders.py', 40)],
    ['    ... poll (orders.py:40)  <- here it hangs', frame('poll', 'orders.py', 40)],
    ['poll (orders.py:40) # here', frame('poll', 'orders.py', 40)],
    ['    <lambda> (orders.py:40) // x', frame('<lambda>', 'orders.py', 40)],
    ['    operator() (int) (a.cpp:7)', native('operator() (int)', 'a.cpp:7')],
    ['    lock_acquire (_threadmodule.c:98)', native('lock_acquire', '_threadmodule.c:98')],
    ['    run (lib.rs:9)', native('run', 'lib.rs:9')],
    ['    run (lib.rsx:9)', frame('run', 'lib.rsx', 9)],
    ['    0x7f03aB (libc.so.6)', native(null, 'libc.so.6', '0x7f03aB')],
    ['    clone3 (?)', native('clone3', null)],
    ['        Arguments::', section('arguments')],
    ['    Locals: ', section('locals')],
    ['            q: <Queue at 0x7f>', local('q', '<Queue at 0x7f>')],
    ['       q: <Queue at 0x7f>', other!],
    ['Process 41000: python3 /app/a.py ', { is: 'process', begins: true, pid: 41000, runtimeVersion: null, note: 'python3 /app/a.py' }],
    ['Process 1: ', { is: 'process', begins: true, pid: 1, runtimeVersion: null, note: '' }],
    ['Python v3.11.2 (/usr/bin/python3.11)', { is: 'process', begins: false, pid: null, runtimeVersion: '3.11.2', note: null }],
    ['Python v3.13.0rc1+x', { is: 'process', begins: false, pid: null, runtimeVersion: '3.13.0rc1+x', note: null }],
    ['Parent Process 40999: /bin/sh ', remark('Parent Process 40999: /bin/sh')],
    ['', blank!],
    ...DOTS,
  ],
  pystack: [
    [
      'Traceback for thread 12009 (python3.11) [Has the GIL,Garbage collecting] (most recent call last):',
      thread('12009', 'python3.11', { marks: ['has-gil', 'collects-garbage'] }),
    ],
    [
      ' Traceback for thread 1 [ Waiting for the GIL , Dropping the GIL] (most recent call last): ',
      thread('1', null, { marks: ['waits-for-gil', 'drops-gil'] }),
    ],
    ['Traceback for thread 1 (a) [Thread terminated, x] (most recent call last):', thread('1', 'a', { marks: ['ended'] })],
    ['Traceback for thread 1 [] (most recent call last):', thread('1', null, { marks: [] })],
    ['The frame stack for thread 12 is empty', thread('12', null, { notes: ['no frames'] })],
    ['    (Python) File "/app/a.py", line 3, in work ', frame('work', '/app/a.py', 3)],
    ['    (Python) File "/app/a.py", line 3, in ', frame('', '/app/a.py', 3)],
    ['    (C) File "???", line 0, in clone3 (libc.so.6)', native('clone3', 'libc.so.6')],
    ['(C++) File "a.cc", line ??, in f(int) (inlined) (/lib/x.so) ', native('f(int)', '/lib/x.so')],
    ['      Arguments:', section('arguments')],
    ['      Locals: ', section('locals')],
    ['        items: [1, 2]', local('items', '[1, 2]')],
    ['        items[0]: 1', source!],
    [
      '* - Unable to merge native stack due to insufficient native information - *',
      pseudo('* - Unable to merge native stack due to insufficient native information - *'),
    ],
    ['In the main interpreter', section('frames')],
    [' In interpreter 2 (x)', section('frames')],
    ['        x = poll()', source!],
    ['', blank!],
    ...DOTS,
  ],
  'sampling-dump': [
    ...TRACEBACK,
    ...DETAIL,
    ...DOTS,
    [
      'Stack dump for PID 5285, thread 5329 (main thread; has GIL, on CPU; most recent call last):',
      thread('5329', null, { kind: 'thread', marks: ['has-gil', 'on-cpu'], ...main, pid: 5285 }),
    ],
    [
      'Stack dump, thread 5329 (waiting for GIL; has exception; idle; most recent call last): ',
      thread('5329', null, { kind: 'thread', marks: ['waits-for-gil', 'has-exception', 'idle'] }),
    ],
    ['Stack dump, thread 5329 (most recent call last):', thread('5329', null, { kind: 'thread', marks: [] })],
    [
      'Stack dump for PID 5, thread 7 (task Task_2; most recent call last):',
      thread('Task_2', null, { kind: 'task', marks: [], notes: ['of thread 7'], pid: 5 }),
    ],
    ['  File "<task>", in Task-1 ', frame('Task-1', '<task>', null)],
    ['  File "/app/a.py", line ?, in work', frame('work', '/app/a.py', null)],
    ['  File "/app/a.py", line 12, in work  opcode=CALL (x)', frame('work', '/app/a.py', 12)],
    ['  <native>', pseudo('<native>')],
    ['  <GC> ', pseudo('<GC>')],
    ['No Python frames', pseudo('No Python frames')],
    ['No frames', other!],
  ],
  'uwsgi-tracebacker': [
    [
      'thread_id = uWSGIWorker1Core0 filename = wsgi_app.py lineno = 6 function = app line = price_all(3)',
      {
        is: 'stack',
        id: 'uWSGIWorker1Core0',
        name: 'uWSGIWorker1Core0',
        current: false,
        frames: [{ function: 'app', file: 'wsgi_app.py', line: 6, column: null }],
      },
    ],
    [
      ' thread_id = a b filename =  lineno = 6 function = ',
      { is: 'stack', id: 'a b', name: 'a b', current: false, frames: [{ function: '', file: '', line: 6, column: null }] },
    ],
    ['thread_id = a filename = b lineno = x function = c', other!],
    ['*** uWSGI Python tracebacker output ***', { is: 'process', begins: true, pid: null, runtimeVersion: null, note: null }],
    ['*** uWSGI Python tracebacker ***', other!],
    ['', blank!],
  ],
  'guru-meditation': [
    ['------                  Thread #139957736490816                   ------', thread('139957736490816', null)],
    [' ------ Thread #-3 ------ ', thread('-3', null)],
    ['----- Thread #3 -----', other!],
    ['------ Green Thread ------', thread(null, null, { kind: 'greenlet' })],
    ['/usr/lib/a b.py:346 in run ', frame('run', '/usr/lib/a b.py', 346)],
    ['    `self.wait(sleep_time)`', source!],
    ['    (source not found) ', source!],
    ['   `x`', other!],
    ['No Traceback! ', pseudo('No Traceback!')],
    ['====  Guru Meditation  ====', { is: 'cause', reason: { kind: 'request', text: 'Guru Meditation' } }],
    ['==== Processes ====', remark('Processes', true)],
    [' ====   Configuration   ==== ', remark('Configuration', true)],
    ['='.repeat(72), blank!],
    ['|'.repeat(72), blank!],
    ['-'.repeat(36), blank!],
    ['-'.repeat(35), other!],
    ['====  Package  ====', blank!],
    ['====  Threads  ====', blank!],
    ['====  Green Threads  ====', blank!],
    ['product = Nova ', remark('product = Nova')],
    ['vendor = x', remark('vendor = x')],
    ['version = 1', remark('version = 1')],
    ['Exception: no such thing', remark('Exception: no such thing')],
    ...DOTS,
  ],
};

const lineGrammars = GRAMMARS.filter((grammar): grammar is LineGrammar => grammar.kind === 'lines');

describe('every line of a format', () => {
  it('has rows for each format that is read line by line', () => {
    assert.deepEqual(
      lineGrammars.filter(({ id }) => ROWS[id] === undefined).map(({ id }) => id),
      [],
    );
  });

  for (const { id, line } of lineGrammars) {
    describe(id, () => {
      for (const [text, token] of ROWS[id] ?? []) {
        it(`${JSON.stringify(text)} is ${token.is}`, () => assert.deepEqual({ ...parseLine(line, text) }, token));
      }
    });
  }
});

describe('the beginning of a line that was cut', () => {
  const BEGINNINGS: Readonly<Record<string, readonly (readonly [string, boolean])[]>> = {
    faulthandler: [
      ['  File "/app', true],
      ['Current thread 0x', true],
      ['Thread 0x', true],
      ['x File "', false],
    ],
    'current-frames': [
      ['File: "', true],
      ['  File "', true],
      ['# Thread', true],
      ['a File "', false],
    ],
    'asyncio-tasks': [
      ['  File "', true],
      ['Stack for <', true],
      ['- File "', false],
    ],
    'asyncio-ps': [
      ['12  0x', true],
      ['x12 0x', false],
    ],
    'asyncio-pstree': [
      ['│  ├──', true],
      ['└──', true],
      ['x └──', false],
    ],
    'celery-cry': [
      [' File "', true],
      ['x File "', false],
    ],
    'gdb-py-bt': [
      [' File "', true],
      ['x File "', false],
    ],
    'gevent-run-info': [
      ['  File "', true],
      ['Thread 0x', true],
      ['x Thread 0x', false],
    ],
    'guru-meditation': [
      ['------   Thread', true],
      ['------ Green Thread', true],
      [' ------ Thread', false],
    ],
    'print-stack': [
      [' File "', true],
      ['x File "', false],
    ],
    'pytest-timeout': [
      ['File "', true],
      ['~~ Stack of ', true],
      ['x~ Stack of ', false],
    ],
    'py-spy': [
      ['Thread 12', true],
      [' Thread 0xA', true],
      ['Thread x', false],
      ['x Thread 12', false],
    ],
    pystack: [
      ['  (Python) File "', true],
      ['Traceback for thread ', true],
      ['x Traceback for thread ', false],
    ],
    'sampling-dump': [
      ['  File "', true],
      ['Stack dump', true],
      ['x Stack dump', false],
    ],
    'uwsgi-tracebacker': [
      ['thread_id = ', true],
      [' thread_id = ', false],
    ],
  };

  for (const { id, begins } of lineGrammars) {
    it(`is known: ${id}`, () => {
      for (const [text, should] of BEGINNINGS[id] ?? []) assert.equal(begins.test(text), should, text);
    });
  }
});
