/**
 * Dumps that programs write themselves from sys._current_frames() and the traceback module: a head for each thread, then its
 * frames with the most recent call last. There are a handful of recipes, copied from one another.
 *
 *     # Thread: poll-0(139662521784000)                                         gunicorn's example hooks, Airflow's SIGQUIT
 *     File: "/app/orders.py", line 40, in poll                                  a colon, no indentation; source by two blanks
 *       q.get()
 *     # ThreadID: 139961187686080                                               many posts, between `*** STACKTRACE - START ***` and END
 *     # Thread: <Thread(poll-0, started daemon 140178)> (db:n/a) (uid:n/a)      Odoo's SIGQUIT
 *     Thread 0x7fc796ffd6c0                                                     pyrasite and others; then traceback.print_stack()
 *       File "/app/orders.py", line 40, in poll
 *         q.get()
 *     <Thread(reserve, started daemon 139809536026304)>                         str() of the thread
 *     ######### ProcessID=4711, ThreadID=140012 #########                       manhole's dump_stacktraces()
 *     # ThreadID: 140056075323136
 *     /app/orders.py::40::poll::q.get()                                         a status page
 *
 * Ids are decimal threading.get_ident(): the same number as faulthandler's hexadecimal one. Where a head is no more than a
 * word, the dump is found by its first frame, and the head above that.
 */
import P from 'parsimmon';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';

const headOf = (id: string | null | undefined, name: string | null | undefined): LineToken => ({
  is: 'thread',
  id: id ?? null,
  name: name ?? null,
  current: false,
  alone: false,
  ...(name === 'MainThread' ? { main: true } : {}),
});

const REPR = String.raw`<\w{0,80}(?:Thread|Timer|Worker)\w{0,80}\((.*), (?:started|stopped|initial)(?: daemon)?(?: (\d+))?\)>`;

const head = firstOf<LineToken>(
  fields(/\s*#{9} ProcessID=(\d+), ThreadID=(-?\d+) #{9}\s*$/).map(([pid, id]) => ({
    is: 'thread',
    id: id!,
    name: null,
    current: false,
    alone: false,
    pid: Number(pid),
  })),
  fields(new RegExp(String.raw`\s*(?:# ?)?(?:Thread: ?)?${REPR}.*$`)).map(([name, id]) => headOf(id, name)),
  fields(/\s*(?:# ?)?Thread ?ID: ?(\d+|0x[0-9a-fA-F]+)\b.*$/).map(([id]) => headOf(id, null)),
  fields(/\s*# ?Thread: (\d+)\s*$/).map(([id]) => headOf(id, null)),
  fields(/\s*(?:# ?)?(?:-+ )?Thread:? (.+?) ?\((?:ident[:=] ?|id[:=] ?)?(\d+|0x[0-9a-fA-F]{4,})\)(?: -+)?:?\s*$/).map(([name, id]) =>
    headOf(id, name),
  ),
  fields(/\s*(?:# ?)?(?:-+ )?Thread (0x[0-9a-fA-F]+|\d+:?)(?: -+)?\s*$/).map(([id]) => headOf(id!.replace(/:$/, ''), null)),
);

const shortFrame: P.Parser<LineToken> = fields(/\s*(\S[^:]*(?::[\\/][^:]*)?)::(\d+)::([^:]+)::.*$/).map(([file, line, fn]) => ({
  is: 'frame',
  frame: { function: fn!, file: file!, line: Number(line), column: null },
}));

export const currentFrames: LineGrammar = {
  kind: 'lines',
  id: 'current-frames',
  title: 'stacks of sys._current_frames()',
  runtime: 'python',
  openings: ['# Thread', '######### ProcessID=', '  File "'],
  line: firstOf<LineToken>(
    tracebackFrame,
    head,
    blank,
    ellipsis,
    shortFrame,
    fields(/(#{45})\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: true })),
    fields(/\s*(\*\*\* STACKTRACE - END \*\*\*)\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: true })),
    tracebackDetail,
    other,
  ),
  begins: /^\s*(?:File:? "|# Thread)/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, sources: true, alsoBegins: ['frame'], above: { tokens: ['thread'], required: true } },
  example: '# Thread: MainThread(140464020971584)',
  how: 'for ident, frame in sys._current_frames().items(): print("# ThreadID:", ident); traceback.print_stack(frame)',
};
