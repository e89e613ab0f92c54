/**
 * What Celery's workers log on SIGUSR1 (celery/utils/debug.py and kombu, cry()): name, rule, stack with the most recent call
 * last, rule, the types of the local variables of its top frame.
 *
 *     poll-0
 *     =================================================
 *       File "/app/orders.py", line 40, in poll
 *         q.get()
 *     =================================================
 *     LOCAL VARIABLES
 *     =================================================
 *     {'q': 'Queue',
 *      'self': 'Poller'}
 *
 * There are no ids. The dump is found by its first frame, with rule and name above it.
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

export const celeryCry: LineGrammar = {
  kind: 'lines',
  id: 'celery-cry',
  title: "Celery's cry",
  runtime: 'python',
  openings: ['  File "'],
  line: firstOf<LineToken>(
    tracebackFrame,
    blank,
    fields(/\s*={20,}\s*$/).map(() => ({ is: 'rule' })),
    fields(/\s*LOCAL VARIABLES\s*$/).map(() => ({ is: 'section', holds: 'locals' })),
    fields(/[{ ]'([^']*)': (.*\S|)\s*$/).map(([name, value]) => ({ is: 'local', name: name!, value: value!.replace(/[,}]$/, '') })),
    fields(/\s*\{\}\s*$/).map(() => ({ is: 'source' })),
    ellipsis,
    tracebackDetail,
    fields(/(\S.*)$/).map(([text]) => ({ is: 'caption', text: text!.trimEnd() })),
    other,
  ),
  begins: /^\s*File "/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, alsoBegins: ['frame'], above: { tokens: ['rule', 'caption'], required: true } },
  example: 'MainThread\n=================================================\n  File "/app/orders.py", line 40, in poll',
  how: 'kill -USR1 PID of a Celery worker',
};
