/**
 * Output of the package `segfault-handler` (src/segfault-handler.cpp): glibc's backtrace_symbols_fd of the thread that crashed.
 *
 *     PID 4310 received SIGSEGV for address: 0x1
 *     /srv/app/node_modules/segfault-handler/build/Release/segfault-handler.node(+0x31e8)[0x7f68094701e8]
 *     node(_ZN2v88internal25FunctionCallbackArguments4CallENS0_15CallHandlerInfoE+0x12f)[0xf50bdf]
 *     node[0xf5144d]
 */
import type P from 'parsimmon';
import { fields, type StackGrammar } from './grammar.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';

const head: P.Parser<ModeToken> = fields(/PID (\d{1,10}) (received SIG\w+ for address: 0x[0-9a-f]+)$/).map(([pid, text]) => ({
  is: 'part',
  part: 'head',
  about: { pid: Number(pid), reason: { kind: 'fatal', text: text! } },
}));

const frame: P.Parser<ModeToken> = fields(/([^\s([][^([]*)(?:\(([^()]*)\))? ?\[(0x[0-9a-f]+)\]$/).map(([module, symbol, address]) => ({
  is: 'native',
  frame: { symbol: symbol === undefined || symbol.startsWith('+') ? null : symbol, address: address!, module: module! },
}));

export const segfaultHandler: StackGrammar = {
  kind: 'stacks',
  id: 'segfault-handler',
  title: 'segfault-handler output',
  runtime: 'node',
  openings: ['received SIGSEGV for address: '],
  glance: /^received SIGSEGV for address: 0x/,
  lead: /PID \d{1,10} $/,
  begin: readByModes({
    modes: { lines: lineOf(head, frame) },
    bridged: 0,
    blanks: 0,
    conclude: ({ threads }) => (threads.length > 0 ? { kind: 'error' } : null),
  }),
  example: 'PID 4310 received SIGSEGV for address: 0x1',
  how: "require('segfault-handler').registerHandler()",
};
