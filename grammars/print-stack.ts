/**
 * traceback.print_stack(), and logging with stack_info=True: the stack of the calling thread, the most recent call last.
 *
 *     Stack (most recent call last):                                            logging only (Lib/logging/__init__.py, findCaller)
 *       File "/app/cart.py", line 14, in <module>
 *         Cart().total()
 *       File "/app/cart.py", line 10, in price
 *         traceback.print_stack()
 *
 * print_stack writes no head. A run of frames with an exception's message under it is what is left of a traceback, and one
 * frame alone may be anything, so neither is a dump; nor is a stack that does not begin where threads do, or that a title
 * such as `Lock holder is at:` announces as something else.
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

export const printStack: LineGrammar = {
  kind: 'lines',
  id: 'print-stack',
  title: 'traceback.print_stack()',
  runtime: 'python',
  openings: ['  File "', 'Stack (most recent call last)'],
  line: firstOf<LineToken>(
    tracebackFrame,
    blank,
    fields(/\s*Stack \(most recent call last\):\s*$/).map(() => ({ is: 'thread', id: null, name: null, current: true, alone: true })),
    fields(
      /\s*(?:[\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|ExceptionGroup)|[a-z_]\w*(?:\.\w+)*\.[A-Z]\w*)(?:: .*|:)?\s*$/,
    ).map(() => ({
      is: 'refutation',
    })),
    tracebackDetail,
    other,
  ),
  begins: /^\s*File "/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true, alsoBegins: ['frame'], headless: 2, notBelow: /:\s*$/ },
  example: '  File "/app/cart.py", line 14, in <module>',
  how: 'traceback.print_stack(); logging.warning("here", stack_info=True)',
};
