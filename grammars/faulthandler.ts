/**
 * CPython's faulthandler family: `faulthandler.dump_traceback`, `.dump_traceback_later`, `.register`, `.enable`,
 * `.dump_c_stack` and the interpreter's own fatal errors, CPython 3.3 to 3.15, and PyPy's copy of it.
 *
 *     Fatal Python error: Segmentation fault                                    cause (Python/pylifecycle.c fatal_error;
 *     Timeout (0:00:05)!                                                        Modules/faulthandler.c faulthandler_fatal_error,
 *     Windows fatal exception: access violation                                 format_timeout, faulthandler_exc_handler)
 *     Python runtime state: initialized                                         fatal_error_dump_runtime, 3.8+
 *
 *     Thread 0x00007f13d75d2700 [worker] (most recent call first):              write_thread_id, Python/traceback.c; name: 3.14+
 *       File "/usr/lib/python3.11/threading.py", line 327 in wait               dump_frame: no comma before "in"
 *       File "/app/orders.py", line 40 in poll
 *       ...                                                                     stack cut after 100 frames (not in 3.13+)
 *
 *     Current thread 0x00007f13e2171740 (most recent call first):
 *       <no Python frame>                                                       not indented in 3.8 and 3.9, absent in 3.15
 *     ...                                                                       thread list cut after 100 threads
 *
 *     Current thread's C stack trace (most recent call first):                  _Py_DumpStack, 3.14+
 *       Binary file "/lib/libc.so.6", at abort+0xd3 [0x7f1d5bb]
 *
 *     Extension modules: numpy.core._multiarray_umath (total: 1)                _Py_DumpExtensionModules, 3.10+
 *
 * 3.3 heads threads with `Thread 0x…:` and a single stack with `Traceback (most recent call first):`. PyPy writes
 * `(most recent call first, approximate line numbers):` and ids in upper case. WebAssembly and Windows have 8-digit ids.
 *
 *     Task 0x00007f3a5c0d2e40 [price-3] (most recent call first):               asyncio's tasks, behind the threads, as a program
 *       File "/app/shop.py", line 12 in ask                                     writes them that `standstill run` has started
 *
 * Lost for good: an id is reused by the next thread of a process and shared by forked children; locks and C calls leave
 * no frame; from 3.13 on a stack that was cut does not say so.
 */
import { fields, firstOf, PLAIN_SHAPE, whereLike, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, other } from './shared/python-stack.js';

// A head is matched from its end: a thread name is raw bytes and may hold anything, `] (most recent` included.
const HEAD_END = String.raw`\(most recent call first(?:, approximate line numbers)?\):\s*$`;
// People shorten ids: `0x...4a6006c0`, `0x0000...`.
const ID = String.raw`(0x[0-9A-Fa-f.…]+)`;

const cause = firstOf<LineToken>(
  fields(/(Fatal Python error(?:: | from unexpected signum: \d)(?:.*\S)?)\s*$/).map(([text]) => ({
    is: 'cause',
    reason: { kind: 'fatal', text: text! },
  })),
  fields(/(Timeout \(\d+:\d\d:\d\d(?:\.\d{6})?\)!)\s*$/).map(([text]) => ({ is: 'cause', reason: { kind: 'timeout', text: text! } })),
  fields(/(Windows fatal exception: (?:[^\n]*\S)?)\s*$/).map(([text]) => ({ is: 'cause', reason: { kind: 'exception', text: text! } })),
);

const threadHead = firstOf<LineToken>(
  // `[name]` since 3.14, `<name>` in the backport for 2.7
  fields(new RegExp(String.raw`\s*(Current thread|Thread) ${ID}(?: \[([^]*)\]| <([^]*)>)? ${HEAD_END}`)).map(([word, id, name, old]) => ({
    is: 'thread',
    id: id!,
    name: name ?? old ?? null,
    current: word === 'Current thread',
    alone: false,
  })),
  fields(new RegExp(String.raw`\s*Task ${ID}(?: \[([^]*)\])? ${HEAD_END}`)).map(([id, name]) => ({
    is: 'thread',
    id: id!,
    name: name ?? null,
    current: false,
    alone: false,
    kind: 'task',
  })),
  // 3.3
  fields(/\s*(Current thread|Thread) (0x[0-9a-f]{8,16}):\s*$/).map(([word, id]) => ({
    is: 'thread',
    id: id!,
    name: null,
    current: word === 'Current thread',
    alone: false,
  })),
  // the one stack of the calling thread; 3.3 calls it a traceback
  fields(new RegExp(String.raw`\s*(?:Stack|Traceback) ${HEAD_END}`)).map(() => ({
    is: 'thread',
    id: null,
    name: null,
    current: true,
    alone: true,
  })),
  fields(/\s*(?:Current thread|Thread) 0x[0-9a-f]{8,16} \[[^\]\n]*$/).map(() => ({ is: 'unfinished' })),
);

const UNKNOWN = '???';
const frameOf = (file: string | null, line: string, fn: string): LineToken => ({
  is: 'frame',
  frame: {
    function: fn === UNKNOWN ? null : fn.endsWith('\r') ? fn.slice(0, -1) : fn,
    file,
    line: line === UNKNOWN ? null : Number(line),
    column: null,
  },
});

const frame = firstOf<LineToken>(
  // nearly all: where no other quote stands in the line, nothing has to be tried twice
  fields(/\s*File "([^"]*)", line (\d+) in ([^"]+)$/).map(([file, line, fn]) => frameOf(file!, line!, fn!)),
  // `", line N in ` may stand inside a file name too (quotes are not escaped): the last one counts, so the file is greedy
  fields(/\s*File (?:"(.*)"|(\?\?\?)), line (\d+|\?\?\?) in ?(.*)$/).map(([file, noFile, line, fn]) =>
    frameOf(noFile === undefined ? file! : null, line!, fn!),
  ),
  // how people shorten a frame by hand: `  ...httpx/_client.py:868 in stream`
  fields(/\s+(\S+\.py):(\d+) in (\S+)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
);

const pseudoFrame = firstOf<LineToken>(
  fields(/\s*(<no Python frame>)\s*$/).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: false })),
  fields(/\s*(<(?:invalid frame|freed frame|freed thread state|tstate is freed)>)\s*$/).map(([text]) => ({
    is: 'pseudo-frame',
    text: text!,
    cutsStack: true,
  })),
  fields(/\s*(Garbage-collecting)\s*$/).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: false })),
  fields(/(\s*)(?:\.\.\.|…)\s*$/).map(([indent]) => ({ is: 'ellipsis', indented: indent !== '' })),
);

const native = firstOf<LineToken>(
  fields(/\s*(?:Current thread's )?C stack(?: trace)? \(most recent call first\):\s*$/).map(() => ({ is: 'native-head' })),
  fields(/\s*Binary file ["'](.*)["'](?:, at (\S*))?(?: \[(0x[0-9a-f]+)[\]>"']*)?\s*$/).map(([module, at, address]) => ({
    is: 'native',
    frame: { symbol: at?.replace(/[+-]0x[0-9a-f]+$/, '') || null, address: address ?? null, module: module! },
  })),
  fields(/\s*(<(?:truncated rest of calls|system returned no stack trace|cannot get C stack on this system)>)\s*$/).map(([text]) => ({
    is: 'remark',
    text: text!,
    last: false,
  })),
);

const remark = firstOf<LineToken>(
  fields(/\s*(Python runtime state: (?:.*\S)?)\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: false })),
  fields(/\s*(Extension modules: (?:.*\S)?)\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: true })),
  fields(/\s*(<Cannot show all threads while the GIL is disabled>)\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: false })),
);

/** All lines but frames, by how they begin: what a log has between dumps is told from them at once. */
const otherLine = whereLike(
  /\s*(?:$|[<.…]|Thread|Current|Task|Stack|Traceback|C stack|Binary|Timeout|Fatal|Windows|Python|Extension|Garbage)/,
  firstOf<LineToken>(
    threadHead,
    fields(/\s*$/).map(() => ({ is: 'blank' })),
    pseudoFrame,
    native,
    cause,
    remark,
  ),
);

export const faulthandler: LineGrammar = {
  kind: 'lines',
  id: 'faulthandler',
  title: 'Python faulthandler',
  runtime: 'python',
  openings: [
    'Current thread 0x',
    'Thread 0x',
    'Stack (most recent call first',
    'Traceback (most recent call first',
    "Current thread's C stack trace",
    'Fatal Python error',
    'Windows fatal exception: ',
    'Timeout (',
  ],
  // the likeliest first: a failed alternative costs as much as a matched one
  line: firstOf<LineToken>(frame, otherLine, other),
  firstSigns: 'BCEFGPSTW<.',
  begins: /^\s*(?:File "|(?:Current t|T)hread 0x)/,
  outermost: OUTERMOST,
  idsAlike: true,
  maxFrames: 100, // MAX_FRAME_DEPTH, Python/traceback.c (PyPy writes 101)
  order: 'recent-first',
  shape: { ...PLAIN_SHAPE, blankBetween: true, causeIsHead: true, goesOn: 'after-blank' },
  example: 'Thread 0x00007f13d75d2700 (most recent call first):',
  how: 'faulthandler.register(signal.SIGUSR1), then kill -USR1 PID; faulthandler.dump_traceback_later(10, repeat=True); python -X faulthandler',
};
