/**
 * llnode's `v8 bt` (llnode: src/llnode.cc, BacktraceCmd; Node 8 to 14), and lldb's own `bt` of a process of Node or Python.
 *
 *      * thread #1: tid = 5302, 0x00002c81bc8c41b6, name = 'node', stop reason = signal SIGSTOP
 *       * frame #0: 0x00002c81bc8c41b6 lookup(this=0x2f16…:<Object: PriceTable>, <Smi: 99>) at /srv/app/hang/spin.js:5:9 fn=0x…
 *         frame #1: 0x00000000013940a4 (this=0x2f16…) at /srv/app/hang/spin.js:19:12 fn=0x…         no name: anonymous
 *         frame #2: 0x000000000139161d <internal>
 *         frame #3: 0x00000000013708b5 node`uv__run_timers(loop=0x0000000002cd0aa0) at timer.c:177
 *
 * The position of a JavaScript frame is where its function begins, not the line that runs.
 */
import P from 'parsimmon';
import type { Runtime } from '../src/model/index.js';
import { fields, type StackGrammar } from './grammar.js';
import { runtimeOf, shortSymbol } from './shared/native-symbols.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';
import { ending } from './shared/v8-frames.js';

/** `*` marks the selected thread, so it stands once in a dump. */
const thread: P.Parser<ModeToken> = fields(/ *(\*)? ?thread #(\d+)(?::|,)(?: tid = (0x[0-9a-f]+|\d+),?)?(?:.*?name = '([^']*)')?.*$/s).map(
  ([selected, number, tid, name]) => ({
    is: 'thread',
    id: tid ?? number!,
    name: name ?? null,
    current: selected !== undefined,
    ...(selected === undefined ? {} : { part: 'selected' }),
  }),
);

// the last `) at ` counts, so that a line is gone through once
const script: P.Parser<ModeToken> = ending(/:\d+:\d+ fn=0x[0-9a-f]+$/)
  .then(fields(/ *(?:\* *)?frame #\d+: 0x[0-9a-f]+ (.*)$/))
  .chain(([text]) => {
    const at = text!.lastIndexOf(') at ');
    const [, file, line, column] = (at < 0 ? null : /^(.*):(\d+):(\d+) fn=0x[0-9a-f]+$/s.exec(text!.slice(at + 5))) ?? [];
    if (file === undefined) return P.fail('a place');
    const call = text!.slice(0, at);
    const bracket = call.includes('(this=') ? call.indexOf('(this=') : call.endsWith('(') ? call.length - 1 : -1;
    if (bracket < 0) return P.fail('a call');
    const frame = { function: call.slice(0, bracket) || null, file, line: Number(line), column: Number(column) };
    return P.succeed<ModeToken>({ is: 'frame', frame });
  });

const native: P.Parser<ModeToken> = fields(/ *(?:\* *)?frame #\d+: (0x[0-9a-f]+)(?: (?:([^`\s]+)`)?(.*))?$/s).map(
  ([address, module, rest]) => ({
    is: 'native',
    frame: { symbol: shortSymbol(rest ?? ''), address: address!, module: module ?? null },
  }),
);

export const llnode: StackGrammar = {
  kind: 'stacks',
  id: 'llnode',
  title: 'llnode or lldb backtrace',
  runtime: 'node',
  openings: ['* thread #'],
  // lldb shows each thread's place when it stops a process, without the mark that a backtrace has
  glance: /^\* thread #\d+(?:: tid = |, [^\n]*\n[^\n]*\* frame #0: 0x)/,
  begin: readByModes({
    modes: { lines: lineOf(thread, script, native) },
    bridged: 0,
    blanks: 1,
    conclude({ threads }) {
      const runtime: Runtime | null = threads.some(({ frames }) => frames.length > 0) ? 'node' : runtimeOf(threads);
      return runtime === null ? null : { kind: 'snapshot', runtime };
    },
  }),
  example: " * thread #1: tid = 5302, 0x00002c81bc8c41b6, name = 'node', stop reason = signal SIGSTOP",
  how: 'llnode -p PID, then v8 bt',
};
