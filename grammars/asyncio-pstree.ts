/**
 * `python -m asyncio pstree PID` of CPython 3.14 and later (Lib/asyncio/tools.py, build_async_tree): tasks, below each the
 * functions it is in, the most recent call last, and below these the tasks that it awaits.
 *
 *     └── (T) Task-1
 *         └──  main /app/aio_tree.py:15
 *             └──  TaskGroup._aexit /usr/lib/python3.14/asyncio/taskgroups.py:121
 *                 ├── (T) page-0
 *                 │   └──  page /app/aio_tree.py:9
 *                 └── (T) page-1
 *
 * There are no ids; a task that two others await stands there twice and is one.
 */
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { blank, other } from './shared/python-stack.js';

export const asyncioPstree: LineGrammar = {
  kind: 'lines',
  id: 'asyncio-pstree',
  title: 'python -m asyncio pstree',
  runtime: 'python',
  openings: ['── (T) '],
  // box characters, a byte a sign
  lead: /(?<![ \u0080-\u00ff])[ \u0080-\u00ff]+$/,
  line: firstOf<LineToken>(
    fields(/([│\s]*)[├└]── \(T\) (.*\S|)\s*$/).map(([indent, name]) => ({
      is: 'thread',
      id: null,
      name: name!,
      current: false,
      alone: false,
      kind: 'task',
      inside: indent !== '',
    })),
    fields(/[│\s]*[├└]── {1,2}(\S+) (.*):(\d+)\s*$/).map(([fn, file, line]) => ({
      is: 'frame',
      frame: { function: fn!, file: file!, line: Number(line), column: null },
    })),
    blank,
    other,
  ),
  begins: /^[│\s]*[├└]──/,
  outermost: new Set(),
  maxFrames: Infinity,
  order: 'recent-last',
  shape: PLAIN_SHAPE,
  example: '└── (T) Task-1',
  how: 'python3.14 -m asyncio pstree PID',
};
