/**
 * What Node prints when it ends itself, and stacks printed by V8 for a debugger. Node 4 to 26.
 *
 *     <--- Last few GCs --->                              out of memory: deps/v8/src/heap/heap.cc
 *     [4380:0x33376240]  733 ms: Mark-Compact 42.3 …
 *     <--- JS stacktrace --->                             empty since Node 14
 *     FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory    src/node_errors.cc, OnFatalError
 *     # Fatal error in , line 0                           deps/v8/src/base/logging.cc, V8_Fatal
 *     # unreachable code
 *       #  Assertion failed: (argc) >= (3)                src/node_errors.cc, Assert (Node 20 and later)
 *     node[3342]: ../src/node_crypto.cc:6330:void …: Assertion `!errors_.empty()' failed.    before
 *
 *     ----- Native stack trace -----                      src/debug_utils.cc, DumpNativeBacktrace; no head before Node 20
 *      1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
 *
 *     ----- JavaScript stack trace -----                  src/debug_utils.cc, DumpJavaScriptBacktrace; gdb can call it
 *     1: spawnSync (node:child_process:877:24)
 *
 *     ==== JS stack trace =========================       deps/v8/src/execution/isolate.cc, Isolate::PrintStack
 *         0: ExitFrame [pc: 0x195e271]
 *         1: post [0x2b25e90de1a9] [/srv/app/a.js:2] [bytecode=0x3769b5fe40c1 offset=0](this=…)
 *     ==== Details ================================       source and locals of each frame: left
 *
 * Each part stands once in a dump, in any order; a part that comes again begins the next one. A JavaScript stack alone is a
 * picture that somebody asked for, so a snapshot; all else is the end of a process.
 */
import P from 'parsimmon';
import { fields, type StackGrammar } from './grammar.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';
import { numberedFrame, numberedNativeFrame, printedFrame } from './shared/v8-frames.js';

const part = (pattern: RegExp, name: string, mode: string, begins = false): P.Parser<ModeToken> =>
  P.regexp(pattern).result<ModeToken>({ is: 'part', part: name, begins, mode });
const inside = (pattern: RegExp): P.Parser<ModeToken> => P.regexp(pattern).result<ModeToken>({ is: 'inside' });
const fatalOf = (text: string): ModeToken => ({
  is: 'part',
  part: 'fatal',
  mode: 'native',
  about: { reason: { kind: 'fatal', text: text.slice(0, 400) } },
});
const fatal = (pattern: RegExp): P.Parser<ModeToken> => fields(pattern).map(([text]) => fatalOf(text!));

/** `node[17]: ../src/env.cc:93: void node::Run(): Assertion `x' failed.` */
const assertion: P.Parser<ModeToken> = P.all.chain((text) => {
  const head = text.search(/\[\d+\]: /);
  const at = text.lastIndexOf(': Assertion `');
  if (head < 0 || at < head || !text.endsWith("' failed.")) return P.fail('a failed assertion');
  return P.succeed(fatalOf(text));
});

const heads: readonly P.Parser<ModeToken>[] = [
  part(/<--- Last few GCs --->/, 'collections', 'native', true),
  part(/<--- JS stacktrace --->/, 'script', 'native'),
  part(/==== JS stack trace =+/, 'printed', 'printed'),
  part(/----- Native stack trace -----/, 'native', 'native'),
  part(/----- JavaScript stack trace -----/, 'numbered', 'numbered'),
  fatal(/(FATAL ERROR: .*)$/s),
  part(/# Fatal error in .*$/s, 'fatal', 'native'),
  fatal(/ *# {2}(Assertion failed: .*)$/s),
  assertion,
];

const around: readonly P.Parser<ModeToken>[] = [
  inside(/\[\d+:(?:0x)?[0-9a-fA-F]+\] .*$/s),
  inside(/Writing Node\.js report to file: .*$|Node\.js report completed$/s),
  fields(/# (\S.*)$/s).map(([text]) => ({ is: 'about', about: { reason: { kind: 'fatal', text: text!.slice(0, 400) } } })),
  inside(/#(?:FailureMessage Object: .*)?$/s),
];

const native = lineOf(
  ...heads,
  numberedNativeFrame.map((frame): ModeToken => ({ is: 'native', frame })),
  inside(/ *\.\.\.$/),
  ...around,
);
const numbered = lineOf(
  ...heads,
  numberedFrame.map((frame): ModeToken => ({ is: 'frame', frame })),
  ...around,
);
const printed = lineOf(
  ...heads,
  P.regexp(/==== Details =+$/).result<ModeToken>({ is: 'inside', last: true }),
  inside(/Security context: .*$/s),
  printedFrame.map((frame): ModeToken => ({ is: 'frame', frame })),
  ...around,
);

export const nodeFatal: StackGrammar = {
  kind: 'stacks',
  id: 'node-fatal',
  title: 'Node.js fatal error or stack printed by V8',
  runtime: 'node',
  openings: [
    '<--- Last few GCs --->',
    '<--- JS stacktrace --->',
    '==== JS stack trace ==',
    'FATAL ERROR: ',
    '# Fatal error in ',
    '#  Assertion failed: ',
    'Assertion `',
    '----- Native stack trace -----',
    '----- JavaScript stack trace -----',
  ],
  glance: /^(?!Assertion `)|^Assertion `[^\n]*' failed\./,
  lead: /^(?=.*?\S\[\d{1,10}\]: ).*: $/s,
  begin: readByModes({
    modes: { start: lineOf(...heads), native, numbered, printed },
    bridged: 3,
    blanks: 4,
    conclude({ parts, threads }) {
      if (threads.every(({ frames, nativeFrames }) => frames.length + nativeFrames.length === 0)) return null;
      const asked =
        [...parts].every((name) => name === 'numbered' || name === 'printed') &&
        threads.every(({ nativeFrames }) => nativeFrames.length === 0);
      return { kind: asked ? 'snapshot' : 'error' };
    },
  }),
  example: '----- JavaScript stack trace -----',
  how: 'node --abort-on-uncaught-exception; gdb -p PID -ex "call (void)node::DumpJavaScriptBacktrace(stderr)"',
};
