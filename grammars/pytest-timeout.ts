/**
 * pytest-timeout, both methods (pytest_timeout.py: dump_stacks, timeout_sigalrm, timeout_timer); the plugin writes rules as
 * wide as the terminal around its titles.
 *
 *     +++++++++++++++++++++++ Timeout +++++++++++++++++++++++
 *     ~~~~~~~~~~~~~~~~~~~ Captured stdout ~~~~~~~~~~~~~~~~~~~                   method thread
 *     ~~~~~~~~~~~~ Stack of consumer-1 (140580810118848) ~~~~~~~~~~~~           all threads, but with method signal the main one
 *       File "/srv/shop/tests/test_multi.py", line 7, in worker                 most recent call last
 *         threading.Event().wait()
 *     +++++++++++++++++++++++ Timeout +++++++++++++++++++++++
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

export const pytestTimeout: LineGrammar = {
  kind: 'lines',
  id: 'pytest-timeout',
  title: 'pytest-timeout',
  runtime: 'python',
  openings: [' Timeout +', ' Stack of '],
  lead: /(?<![+~])[+~]+$/,
  line: firstOf<LineToken>(
    tracebackFrame,
    blank,
    fields(/\s*~+ Stack of (.*?)(?: \((\d+)\))? ~+\s*$/).map(([name, id]) => ({
      is: 'thread',
      id: id ?? null,
      name: name!,
      current: false,
      alone: false,
      ...(name === 'MainThread' ? { main: true } : {}),
    })),
    fields(/\s*\++ Timeout \++\s*$/).map(() => ({ is: 'cause', reason: { kind: 'timeout', text: 'Timeout of pytest-timeout' } })),
    ellipsis,
    tracebackDetail,
    other,
  ),
  begins: /^\s*(?:File "|~+ Stack of )/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true },
  example: '~~~~~~~~~~~~ Stack of consumer-1 (140580810118848) ~~~~~~~~~~~~',
  how: 'pytest --timeout=60 (package pytest-timeout)',
};
