/**
 * `pystack remote PID` and `pystack core FILE` (src/pystack/traceback_formatter.py: format_thread, format_frame), 1.0 to 1.7.
 *
 *     Traceback for thread 12009 (python3.11) [Has the GIL] (most recent call last):
 *         (Python) File "/app/busy.py", line 11, in hash_all
 *             return sum(range(n))                                              source
 *           Arguments:                                                          --locals
 *             n: 12
 *         (C) File "./nptl/futex.c", line 57, in wait (inlined) (/usr/lib/libc.so.6)   --native
 *     The frame stack for thread 12010 is empty
 */
import P from 'parsimmon';
import type { ThreadMark } from '../src/model/index.js';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other } from './shared/python-stack.js';

const MARKS: Readonly<Record<string, ThreadMark>> = {
  'Has the GIL': 'has-gil',
  'Waiting for the GIL': 'waits-for-gil',
  'Dropping the GIL': 'drops-gil',
  'Garbage collecting': 'collects-garbage',
  'Thread terminated': 'ended',
};

const head = firstOf<LineToken>(
  fields(/\s*Traceback for thread (\d+)(?: \((.{0,200})\))? \[([^\]]{0,200})\] \(most recent call last\):\s*$/).map(
    ([id, name, state]) => ({
      is: 'thread',
      id: id!,
      name: name ?? null,
      current: false,
      alone: false,
      marks: state!.split(',').flatMap((word) => MARKS[word.trim()] ?? []),
    }),
  ),
  fields(/\s*The frame stack for thread (\d+) is empty\s*$/).map(([id]) => ({
    is: 'thread',
    id: id!,
    name: null,
    current: false,
    alone: false,
    notes: ['no frames'],
  })),
);

const frame = firstOf<LineToken>(
  fields(/\s*\(Python\) File "(.*)", line (\d+), in (.*\S|)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
  fields(/\s*\([A-Z]\w*\+*\) File ".*", line (?:\d+|\?+), in (.*)$/).chain(([text]) => {
    const [, symbol, module] = /^(.*) \(([^()]*)\)\s*$/s.exec(text!) ?? [];
    if (symbol === undefined) return P.fail('a symbol and its object');
    return P.succeed<LineToken>({
      is: 'native',
      frame: { symbol: symbol.replace(/ \(inlined\)$/, ''), address: null, module: module! },
    });
  }),
);

const detail = firstOf<LineToken>(
  fields(/\s+(Arguments|Locals):\s*$/).map(([what]) => ({ is: 'section', holds: what === 'Locals' ? 'locals' : 'arguments' })),
  fields(/\s+([^\s:'"()[\]{}]+): (.*)$/).map(([name, value]) => ({ is: 'local', name: name!, value: value! })),
  fields(/\s*(\* - .* - \*)\s*$/).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: false })),
  fields(/\s*In (?:the main interpreter|interpreter \d+).*$/).map(() => ({ is: 'section', holds: 'frames' })),
  fields(/\s+\S.*$/).map(() => ({ is: 'source' })),
);

export const pystack: LineGrammar = {
  kind: 'lines',
  id: 'pystack',
  title: 'pystack',
  runtime: 'python',
  openings: ['Traceback for thread ', 'The frame stack for thread '],
  line: firstOf<LineToken>(frame, head, blank, ellipsis, detail, other),
  begins: /^\s*(?:\(Python\) File "|Traceback for thread )/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true },
  example: 'Traceback for thread 12009 (python3.11) [Has the GIL] (most recent call last):',
  how: 'pystack remote PID (with --locals, --native); pystack core FILE',
};
