/**
 * gevent.util.print_run_info() (src/gevent/util.py: format_run_info, GreenletTree): threads, then a tree of greenlets.
 *
 *     ********************************************************************************
 *     * Threads
 *     ********************************************************************************
 *     Thread 0x7f3c41a1f740 (MainThread) (CURRENT)
 *       File "/app/jobs.py", line 40, in poll                                   most recent call last
 *     ********************************************************************************
 *     * Greenlets
 *     ********************************************************************************
 *     <Hub '' at 0x7f3c4 epoll default pending=0 ref=2 fileno=4>
 *      :    Running:
 *      :      File "/app/jobs.py", line 12, in wait
 *      +--- <Greenlet "fetch-0" at 0x7f3c: fetch>
 *      :        Spawned at:                                                     a stack too, but not where it stands
 *      :          File "/app/jobs.py", line 9, in start
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other } from './shared/python-stack.js';

export const geventRunInfo: LineGrammar = {
  kind: 'lines',
  id: 'gevent-run-info',
  title: 'gevent run info',
  runtime: 'python',
  openings: ['Thread 0x'],
  line: firstOf<LineToken>(
    fields(/[\s:|]*File "(.*)", line (\d+), in (.*\S|)\s*$/).map(([file, line, fn]) => ({
      is: 'frame',
      frame: { function: fn!, file: file!, line: Number(line), column: null },
    })),
    blank,
    fields(/\s*Thread (0x[0-9a-f]+) \(((?!LWP).*?)\)( \(CURRENT\))?\s*$/).map(([id, name, current]) => ({
      is: 'thread',
      id: id!,
      name: name!,
      current: current !== undefined,
      alone: false,
    })),
    fields(/[\s:|]*(?:\+-+ )?(<(?:\w*Greenlet|Hub|greenlet\.greenlet|\w*Loop)\b.*>)\s*$/).map(([repr]) => ({
      is: 'thread',
      id: / at (0x[0-9a-f]+)/.exec(repr!)?.[1] ?? null,
      name: /"([^"]*)"/.exec(repr!)?.[1] ?? /^<(\w+)/.exec(repr!)![1]!,
      current: false,
      alone: false,
      kind: 'greenlet',
    })),
    fields(/[\s:|]*Running:.*$/).map(() => ({ is: 'section', holds: 'frames' })),
    fields(/[\s:|]*(?:Spawned at|Parent|Greenlet Locals|Spawn Tree Locals|Monitoring Thread|Finished)\b.*$/).map(() => ({
      is: 'section',
      holds: 'other',
    })),
    fields(/\s*(?:\*{20,}|\* (?:Threads|Greenlets)|-+ Thread boundary)\s*$/).map(() => ({ is: 'source' })),
    ellipsis,
    fields(/[\s:|]+\S.*$/).map(() => ({ is: 'source' })),
    other,
  ),
  begins: /^\s*(?:File "|Thread 0x)/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true },
  example: 'Thread 0x7f3c41a1f740 (MainThread) (CURRENT)',
  how: 'gevent.util.print_run_info(), in a handler of SIGUSR1',
};
