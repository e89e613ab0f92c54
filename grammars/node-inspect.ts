/**
 * Transcript of Node's command-line debugger, `node inspect -p PID`, with the commands `pause` and `bt` (lib/internal/
 * debugger/inspect_repl.js, Backtrace). Node 8 to 26. It stops JavaScript that never returns to the event loop.
 *
 *     break in hang/spin.js:8
 *     …
 *     debug> #0 lookup hang/spin.js:8:4                 the prompt is glued to it when the commands came through a pipe
 *     #1 lineTotal hang/spin.js:13:59
 *     #2 (anonymous) hang/spin.js:19:34
 *     debug> bt                                         typed
 *     #0 …
 *
 * Lines from 1, columns from 0 (made to count from 1 here); files as seen from the debugger's own folder.
 */
import P from 'parsimmon';
import type { StackGrammar } from './grammar.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';
import { inspectFrame } from './shared/v8-frames.js';

const prompts = P.regexp(/(?:[\b]*debug> )*[\b]*/);

const frame: P.Parser<ModeToken> = prompts.then(inspectFrame).map((found): ModeToken => ({ is: 'frame', frame: found }));
const innermost: P.Parser<ModeToken> = prompts
  .then(P.lookahead(/#0 /))
  .then(inspectFrame)
  .map((found): ModeToken => ({ is: 'frame', frame: found, innermost: true }));

const command = P.regexp(/(?:[\b]*debug> )+(?:bt|backtrace)$/).result<ModeToken>({ is: 'part', part: 'command' });

export const nodeInspect: StackGrammar = {
  kind: 'stacks',
  id: 'node-inspect',
  title: 'node inspect transcript',
  runtime: 'node',
  openings: ['debug> #0 ', 'debug> bt', 'debug> backtrace'],
  glance: /^debug> (?:#0 [^\n]*:\d+:\d+|(?:bt|backtrace)\s*\r?\n[^\n#]*(?:#(?!0 )[^\n#]*)*#0 [^\n]*:\d+:\d+)/,
  lead: /(?<![\b]|debug> )(?:[\b]*debug> )*[\b]*$/,
  begin: readByModes({
    modes: { lines: lineOf(innermost, frame, command) },
    bridged: 0,
    blanks: 0,
    conclude: ({ threads }) => (threads.some(({ frames }) => frames.length > 0) ? { kind: 'snapshot' } : null),
  }),
  example: 'debug> #0 lookup hang/spin.js:8:4',
  how: 'node inspect -p PID, then pause, bt, cont',
};
