/**
 * gdb with the commands of CPython's python-gdb.py (Tools/gdb/libpython.py: PyBT, PyBTFull): `py-bt`, `py-bt-full`,
 * `thread apply all py-bt`.
 *
 *     Thread 6 (Thread 0x7f961f7fe6c0 (LWP 6957) "python3.11"):                 thread apply all
 *     Traceback (most recent call first):                                       py-bt; with `in` behind a comma, unlike faulthandler in 3.3
 *       <built-in method sleep of module object at remote 0x7f962e1e0110>
 *       File "/app/waiter.py", line 13, in charge
 *         time.sleep(1000)
 *     #6 Frame 0x7f961e2b, for file /app/waiter.py, line 13, in charge (n=0)    py-bt-full; old versions without `#6`
 *     #3 Waiting for the GIL
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

const head = firstOf<LineToken>(
  fields(/\s*Thread \d+ \(Thread 0x[0-9a-f]+ \(LWP (\d+)\)(?: "(.*)")?\):\s*$/).map(([id, name]) => ({
    is: 'thread',
    id: id!,
    name: name ?? null,
    current: false,
    alone: false,
  })),
  fields(/\s*Traceback \(most recent call first\):\s*$/).map(() => ({
    is: 'thread',
    id: null,
    name: null,
    current: false,
    alone: true,
    second: true,
  })),
);

const frame = firstOf<LineToken>(
  tracebackFrame,
  fields(/\s*(?:#\d+ )?(?:0x[0-9a-f]+ in )?Frame 0x[0-9a-f]+, for file (.*), line (\d+), in (\S+) ?\(.*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
  fields(
    /\s*(?:#\d+ )?(<built-in .*>|\(unable to read python frame information\)|Waiting for (?:the GIL|a lock.*)|Garbage-collecting)\s*$/,
  ).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: text!.startsWith('(') })),
);

export const gdbPyBt: LineGrammar = {
  kind: 'lines',
  id: 'gdb-py-bt',
  title: 'gdb py-bt',
  runtime: 'python',
  openings: ['Traceback (most recent call first)', 'Thread 0x', ', for file '],
  lead: /Thread \d+ \($|(?:#\d+ (?:0x[0-9a-f]+ in )?)?Frame 0x[0-9a-f]+$/,
  // not faulthandler's frames of 3.3, not a backtrace of C
  followedBy: /^(?!\s*File ".*", line [^\s,]+ in |#\d+ {2}|\s*Current thread)\s*\S/,
  line: firstOf<LineToken>(frame, head, blank, ellipsis, tracebackDetail, other),
  begins: /^\s*File "/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-first',
  shape: { ...PLAIN_SHAPE, sources: true, alsoBegins: ['frame'] },
  example: 'Traceback (most recent call first):',
  how: 'gdb -p PID -batch -ex "thread apply all py-bt" (with python3-dbg)',
};
