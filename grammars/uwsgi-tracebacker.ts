/**
 * uWSGI's Python tracebacker, read from its socket or written to the log at a harakiri (plugins/python/tracebacker.c): a line
 * for each frame, the most recent call last, the threads one after the other.
 *
 *     *** uWSGI Python tracebacker output ***
 *
 *     thread_id = uWSGIWorker1Core0 filename = wsgi_app.py lineno = 6 function = app line = price_all(3)
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, other } from './shared/python-stack.js';

export const uwsgiTracebacker: LineGrammar = {
  kind: 'lines',
  id: 'uwsgi-tracebacker',
  title: 'uWSGI Python tracebacker',
  runtime: 'python',
  openings: ['*** uWSGI Python tracebacker output', 'thread_id = '],
  line: firstOf<LineToken>(
    fields(/\s*thread_id = ([^=]*) filename = ([^=]*) lineno = (\d+) function = (\S*)(?: line = .*)?\s*$/).map(([id, file, line, fn]) => ({
      is: 'stack',
      id: id!,
      name: id!,
      current: false,
      frames: [{ function: fn!, file: file!, line: Number(line), column: null }],
    })),
    blank,
    fields(/\s*\*\*\* uWSGI Python tracebacker output \*\*\*\s*$/).map(() => ({
      is: 'process',
      begins: true,
      pid: null,
      runtimeVersion: null,
      note: null,
    })),
    other,
  ),
  begins: /^thread_id = /,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, again: 'more' },
  example: 'thread_id = uWSGIWorker1Core0 filename = wsgi_app.py lineno = 6 function = app line = price_all(3)',
  how: 'uwsgi --py-tracebacker=/tmp/tb, then uwsgi --connect-and-read /tmp/tb1',
};
