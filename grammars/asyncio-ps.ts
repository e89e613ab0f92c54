/**
 * `python -m asyncio ps PID` of CPython 3.14 and later (Lib/asyncio/tools.py, display_awaited_by_tasks_table): a row for each
 * task. Columns are 10, 20, 20, 50, 50, 15 and 15 wide and never cut, so long values move those behind them.
 *
 *     tid        task id              task name            coroutine stack      awaiter chain      awaiter name    awaiter id
 *     -----------------------------------------------------------------------------------------------------------------------
 *     3205       0x7fc7dd7e5d50       query-0              sleep -> query       _aexit -> page     page-0          0x7fc7dd7d5130
 *
 * Stacks have the most recent call first and functions only. A task that several others await has a row for each of them.
 */
import P from 'parsimmon';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { blank, other } from './shared/python-stack.js';

/** The row behind its ids: `name`, `coroutine stack`, `awaiter chain`, `awaiter name`. A long name ends where a chain begins. */
function columnsOf(rest: string): { readonly name: string; readonly stack: string; readonly awaiter: string } {
  const arrow = rest.indexOf(' -> ');
  const padded = rest.length <= NAME_WIDTH || rest[NAME_WIDTH] === ' ';
  const nameEnd = padded ? NAME_WIDTH : rest.lastIndexOf(' ', arrow < 0 ? rest.length : arrow - 1);
  const chains = rest.slice(nameEnd + 1);
  const stack = CHAIN.exec(chains)?.[0] ?? '';
  const after = chains.slice(stack.length).trim();
  return { name: rest.slice(0, nameEnd).trim(), stack, awaiter: after.slice(CHAIN.exec(after)?.[0].length ?? 0).trim() };
}

const NAME_WIDTH = 20;
const CHAIN = /^\S+(?: -> \S+)*/;

const aboutNothing: LineToken = { is: 'process', begins: false, pid: null, runtimeVersion: null, note: null };

const row: P.Parser<LineToken> = fields(/\s*(\d+) +(0x[0-9a-f]+) +(\S.*) (0x[0-9a-f]+)\s*$/).map(([tid, id, rest, awaiterId]) => {
  const { name, stack, awaiter } = columnsOf(rest!);
  return {
    is: 'stack',
    id: id!,
    name,
    current: false,
    kind: 'task',
    notes: [`of thread ${tid}`, ...(awaiterId === '0x0' ? [] : [`awaited by ${awaiter || awaiterId}`])],
    frames: (stack === '' ? [] : stack.split(' -> ')).map((fn) => ({ function: fn, file: null, line: null, column: null })),
  };
});

export const asyncioPs: LineGrammar = {
  kind: 'lines',
  id: 'asyncio-ps',
  title: 'python -m asyncio ps',
  runtime: 'python',
  openings: ['tid        task id '],
  line: firstOf<LineToken>(
    row,
    blank,
    fields(/\s*tid +task id +task name +.*$/).map(() => ({ ...aboutNothing, begins: true })),
    fields(/\s*-{20,}\s*$/).map(() => aboutNothing),
    other,
  ),
  begins: /^\d+ +0x/,
  outermost: new Set(),
  maxFrames: Infinity,
  order: 'recent-first',
  shape: { ...PLAIN_SHAPE, again: 'ignored' },
  example: 'tid        task id              task name            coroutine stack',
  how: 'python3.14 -m asyncio ps PID',
};
