/**
 * gdb's `thread apply all bt` (gdb: gdb/thread.c, gdb/stack.c) of a process of Node or Python, also as pstack and gcore print
 * it. Frames of JavaScript are `??`, those of Python are `_PyEval_EvalFrameDefault`: the dump shows where each thread sits in
 * native code, and no more.
 *
 *     Thread 9 (Thread 0x7ffab466d6c0 (LWP 3151) "node"):
 *     #0  __futex_abstimed_wait_common64 (private=0, …) at ./nptl/futex-internal.c:57
 *     #2  0x00007ffab73a3f7b in __GI___futex_abstimed_wait_cancelable64 (…) at ./nptl/futex-internal.c:139
 *     #7  0x00007ffa87eaca36 in ?? ()
 *     #8  0x00007f03b7cca4b9 in waitpid () from /lib64/libc.so.6
 *
 * Nothing marks a dump's end, nor the runtime: a process in which no symbol, object or name shows one is left alone. A dump
 * made by `thread apply all py-bt` has the same heads and is another format's.
 */
import P from 'parsimmon';
import { fields, type StackGrammar } from './grammar.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';
import { runtimeOf } from './shared/native-symbols.js';

const thread: P.Parser<ModeToken> = fields(
  /Thread (\d+) \((?:Thread 0x[0-9a-f]+ \()?(?:LWP|process) (\d+)\)?(?: "(.*)")?\)+:?(?: \(Exiting\))?:?$/,
).map(([, lwp, name]) => ({
  is: 'thread',
  id: lwp!,
  name: name ?? null,
  current: false,
}));

const frame: P.Parser<ModeToken> = fields(/#\d+ +(?:(0x[0-9a-f]+) in )?(.*)$/s).map(([address, rest]) => {
  const { symbol, module } = callOf(rest!);
  return { is: 'native', frame: { symbol: symbol === '??' || symbol === '' ? null : symbol, address: address ?? null, module } };
});

/** What a frame calls, and the object that it is from: `symbol (arguments) from object`, `symbol (arguments) at source`. */
function callOf(text: string): { symbol: string; module: string | null } {
  const begin = text.indexOf(' (');
  // a path may hold parentheses, arguments what looks like a path: that of the last arguments counts
  const end = Math.max(text.lastIndexOf(') from '), text.lastIndexOf(') at '));
  const withoutArguments = begin < 0 || (end < begin && !text.endsWith(')'));
  const [, symbol, module] = /^(.*?)(?: (?:from (\S.*)|at \S.*))?$/s.exec(
    withoutArguments ? text : `${text.slice(0, begin)}${end < begin ? '' : text.slice(end + 1)}`,
  )!;
  return { symbol: symbol!, module: module ?? null };
}

export const gdb: StackGrammar = {
  kind: 'stacks',
  id: 'gdb',
  title: 'gdb backtraces of all threads, of Node or Python',
  runtime: 'node',
  openings: ['(Thread 0x'],
  glance: /^\(Thread 0x[0-9a-f]+ \((?:LWP|process) \d+\)[^\n]*:\s*\n(?:[^\n\w#]{0,80}\n)?[^\n]*#0 /,
  lead: /Thread \d+ $/,
  begin: readByModes({
    modes: {
      lines: lineOf(
        thread,
        frame,
        // the rest of a frame that gdb broke, its locals (`bt full`), its pager
        P.regexp(/(?:\s+\S.*|--Type <RET> .*|Backtrace stopped: .*|\(More stack frames follow\.\.\.\))$/s).result<ModeToken>({
          is: 'inside',
        }),
      ),
    },
    bridged: 2,
    blanks: 2,
    conclude({ threads }) {
      const runtime = runtimeOf(threads);
      return runtime === null ? null : { kind: 'snapshot', runtime };
    },
  }),
  example: 'Thread 9 (Thread 0x7ffab466d6c0 (LWP 3151) "node"):',
  how: 'gdb -p PID -batch -ex "thread apply all bt"',
};
