/**
 * An ordinary Python traceback: where an exception was raised, not where threads stand. Logs are full of them.
 *
 *     Traceback (most recent call last):                                        Lib/traceback.py, Python/traceback.c
 *       File "/srv/app/orders.py", line 12, in settle
 *         charge(order)
 *         ~~~~~~^^^^^^^                                                         3.11+
 *       [Previous line repeated 995 more times]
 *     ZeroDivisionError: division by zero                                       the first line that is not indented ends it
 *
 * Exception groups have every line behind `  | ` and are told by the same rule.
 */
import { anything, fields, firstOf, type AsideGrammar } from './grammar.js';

export const pythonException: AsideGrammar = {
  kind: 'aside',
  id: 'python-exception',
  title: 'Python traceback of an exception',
  openings: [
    'Traceback (most recent call last)',
    'Object created at (most recent call last)',
    'Object allocated at (most recent call last)',
  ],
  line: firstOf<'inside' | 'last' | 'outside'>(
    fields(/[ \t]+\S[^]*$/).map(() => 'inside'),
    fields(/[A-Za-z_][\w.]*(?:: [^]*|:)?$/).map(() => 'last'),
    anything('outside'),
  ),
};
