/** What the Python formats have in common: the frames of the `traceback` module, and the functions in which stacks end. */
import type P from 'parsimmon';
import { anything, fields, firstOf, type LineToken } from '../grammar.js';

/**
 * The outermost functions of Python stacks. Thread: threading.py; script or import: <module>; `-m`: runpy; pool child
 * processes still end in <module>; PyPy's start.
 */
export const OUTERMOST: ReadonlySet<string> = new Set([
  '_bootstrap',
  '__bootstrap',
  '<module>',
  '_run_module_as_main',
  'run_toplevel',
  'entry_point',
]);

/**
 * A frame as traceback.StackSummary.format writes it (Lib/traceback.py, format_frame_summary), also with the colon of the
 * recipes, and their variant with the line in the quotes. The last `", line N, in` counts: quotes in a file's name are not escaped.
 *
 *     File "/app/orders.py", line 40, in poll
 *     File: "/app/orders.py", line 40, in poll
 *     File: "/app/orders.py:40", in poll
 */
export const tracebackFrame = firstOf<LineToken>(
  fields(/\s*File:? "(.*)", line (\d+), in (.*\S|)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
  fields(/\s*File:? "(.*):(\d+)", in (.*\S|)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
);

/** What may stand under a frame: its source, `~~~^^^` under that, and the count of a recursion's frames. */
export const tracebackDetail = firstOf<LineToken>(
  fields(/\s*\[Previous line repeated (\d+) more times?\]\s*$/).map(([times]) => ({ is: 'repeat', times: Number(times) })),
  fields(/\s+\S.*$/).map(() => ({ is: 'source' })),
);

/** `...` and what people write in its place. */
export const ellipsis: P.Parser<LineToken> = fields(/(\s*)(?:\.\.\.|…)\s*$/).map(([indent]) => ({
  is: 'ellipsis',
  indented: indent !== '',
}));

export const blank: P.Parser<LineToken> = fields(/\s*$/).map(() => ({ is: 'blank' }));

export const other: P.Parser<LineToken> = anything<LineToken>({ is: 'other' });
