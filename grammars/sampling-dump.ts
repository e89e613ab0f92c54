/**
 * `python -m profiling.sampling dump PID` of CPython 3.15 (Lib/profiling/sampling/dump.py).
 *
 *     Stack dump for PID 5285, thread 5329 (main thread, has GIL; most recent call last):     PID in the first head only
 *       File "/usr/lib/python3.15/threading.py", line 1161, in Thread.run       qualified names; most recent call last
 *         self._target(*self._args, **self._kwargs)
 *       <native>
 *     Stack dump, thread 3559 (task 139910227873952; most recent call last):    --async-aware: a head for each task
 *       File "<task>", in Task-1
 */
import P from 'parsimmon';
import type { ThreadMark } from '../src/model/index.js';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

const MARKS: Readonly<Record<string, ThreadMark>> = {
  'has GIL': 'has-gil',
  'on CPU': 'on-cpu',
  'waiting for GIL': 'waits-for-gil',
  'has exception': 'has-exception',
  idle: 'idle',
};

const head: P.Parser<LineToken> = fields(/\s*Stack dump(?: for PID (\d+))?, thread (\d+) \((?:(.*); )?most recent call last\):\s*$/).map(
  ([pid, thread, details]) => {
    const words = (details ?? '').split(/[;,] ?/);
    const task = /(?:^|; )task (\w+)/.exec(details ?? '')?.[1];
    return {
      is: 'thread',
      id: task ?? thread!,
      name: null,
      current: false,
      alone: false,
      kind: task === undefined ? 'thread' : 'task',
      marks: words.flatMap((word) => MARKS[word] ?? []),
      ...(words.includes('main thread') ? { main: true } : {}),
      ...(task === undefined ? {} : { notes: [`of thread ${thread}`] }),
      ...(pid === undefined ? {} : { pid: Number(pid) }),
    };
  },
);

const frame = firstOf<LineToken>(
  fields(/\s*File "(<task>)", in (.*\S|)\s*$/).map(([file, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: null, column: null },
  })),
  fields(/\s*File "(.*)", line (\d+|\?+), in (.*\S|)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!.replace(/ {2}opcode=.*$/s, ''), file: file!, line: /^\d/.test(line!) ? Number(line) : null, column: null },
  })),
  tracebackFrame,
  fields(/\s*(<native>|<GC>|No Python frames)\s*$/).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: false })),
);

export const samplingDump: LineGrammar = {
  kind: 'lines',
  id: 'sampling-dump',
  title: 'python -m profiling.sampling dump',
  runtime: 'python',
  openings: ['Stack dump for PID ', 'Stack dump, thread '],
  line: firstOf<LineToken>(frame, head, blank, ellipsis, tracebackDetail, other),
  begins: /^\s*(?:File "|Stack dump)/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true },
  example: 'Stack dump for PID 5285, thread 5329 (has GIL; most recent call last):',
  how: 'python3.15 -m profiling.sampling dump -a PID',
};
