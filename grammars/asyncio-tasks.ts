/**
 * Stacks of asyncio tasks: Task.print_stack() (Lib/asyncio/base_tasks.py) and, from 3.14 on, asyncio.print_call_graph()
 * (Lib/asyncio/graph.py).
 *
 *     Stack for <Task pending name='Task-2' coro=<fetch() running at /app/a.py:5>> (most recent call last):
 *       File "/app/a.py", line 5, in fetch
 *         await read(n)
 *     No stack for <Task finished name='Task-3' coro=<main() done>>
 *     * Task(name='Task-4', id=0x7f12aa01b230)
 *       + Call stack:
 *       |   File '/app/a.py', line 5, in async fetch()                          most recent call first; qualified names
 *       + Awaited by:
 *          * Task(name='Task-1', id=0x7f12aa01b4d0)                             told again under each task that it awaits
 */
import P from 'parsimmon';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

const nameIn = (repr: string): string | null => /\bname='([^']*)'|\bname="([^"]*)"/.exec(repr)?.slice(1).find(Boolean) ?? null;

const head = firstOf<LineToken>(
  fields(/\s*(?:Stack|Traceback) for (<.*>) \(most recent call last\):\s*$/).map(([repr]) => ({
    is: 'thread',
    id: null,
    name: nameIn(repr!),
    current: false,
    alone: false,
    kind: 'task',
  })),
  fields(/\s*No stack for (<.*>)\s*$/).map(([repr]) => ({
    is: 'thread',
    id: null,
    name: nameIn(repr!),
    current: false,
    alone: false,
    kind: 'task',
    notes: ['no stack'],
  })),
  fields(/(\s*)\* (?:Task\(name='(.*)', |Future\()id=(0x[0-9a-f]+)\)\s*$/).map(([indent, name, id]) => ({
    is: 'thread',
    id: id!,
    name: name ?? null,
    current: false,
    alone: false,
    kind: 'task',
    order: 'recent-first',
    inside: indent !== '',
  })),
);

const graph = firstOf<LineToken>(
  fields(/[\s|]*File (?:"(.*)"|'(.*)'), line (\d+), in (?:async )?(?:generator )?(.+)$/).chain(([file, quoted, line, call]) => {
    const fn = /^(.+)\(\)\s*$/s.exec(call!)?.[1];
    if (fn === undefined) return P.fail('a call');
    return P.succeed<LineToken>({ is: 'frame', frame: { function: fn, file: file ?? quoted!, line: Number(line), column: null } });
  }),
  fields(/\s*\+ (?:Call stack|Awaited by):\s*$/).map(() => ({ is: 'section', holds: 'frames' })),
);

export const asyncioTasks: LineGrammar = {
  kind: 'lines',
  id: 'asyncio-tasks',
  title: 'asyncio task stacks',
  runtime: 'python',
  openings: ['Stack for <', 'Traceback for <', 'No stack for <', '* Task(name='],
  line: firstOf<LineToken>(tracebackFrame, head, graph, blank, ellipsis, tracebackDetail, other),
  begins: /^\s*(?:File "|Stack for <)/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true },
  example: "Stack for <Task pending name='Task-2' coro=<fetch() running at /app/a.py:5>> (most recent call last):",
  how: 'for task in asyncio.all_tasks(): task.print_stack(); from 3.14 on asyncio.print_call_graph(task)',
};
