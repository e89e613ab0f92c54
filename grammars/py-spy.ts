/**
 * `py-spy dump` in text, versions 0.1 to 0.4 (src/dump.rs: print_trace and write_trace, format_threadid, status_str).
 *
 *     Process 41000: python3 -u busy.py --port 8080                             absent in what people paste
 *     Python v3.11.7 (/usr/local/bin/python3.11)
 *     Parent Process 40990: /bin/sh run.sh                                      --subprocesses; a rule of `-` stands between processes
 *
 *     Thread 41000 (idle): "MainThread"                                         id of the system; macOS: of pthread, in upper-case hex
 *     Thread 0x7FAB12/0xA028 (active+gil)                                       0.1: both ids; without a name
 *         wait (threading.py:327)                                               most recent call first; the file's path is shortened
 *             Arguments:                                                        --locals; `Arguments::` in 0.2.2 to 0.3.3
 *                 self: <Condition ...>
 *             Locals:
 *                 waiter: <lock>
 *         __futex_abstimed_wait_common (libc.so.6)                              --native: no line, `(?)` where nothing is known,
 *         lock_PyThread_acquire_lock (_threadmodule.c:98)                       or a line of C
 *
 * Threads follow each other without an empty line. `idle` and `active` come from the system's view of the thread and the name
 * of its top frame (stack_trace.rs), and are often wrong; `gil` is read from the interpreter.
 */
import P from 'parsimmon';
import type { ThreadMark } from '../src/model/index.js';
import { fields, firstOf, PLAIN_SHAPE, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other } from './shared/python-stack.js';

const MARKS: Readonly<Record<string, readonly ThreadMark[]>> = {
  idle: ['idle'],
  active: ['active'],
  'active+gil': ['active', 'has-gil'],
  'idle+gil': ['idle', 'has-gil'],
};

const head: P.Parser<LineToken> = fields(
  /\s*Thread(?: (0x[0-9A-Fa-f]+\/)?(\d+|0x[0-9A-Fa-f]+))? \((idle|active|active\+gil|idle\+gil)\)(?:: "(.*)")?:?\s*$/,
).map(([, id, marks, name]) => ({
  is: 'thread',
  id: id ?? null,
  name: name ?? null,
  current: false,
  alone: false,
  marks: MARKS[marks!]!,
  ...(name === 'MainThread' ? { main: true } : {}),
}));

/** Remarks that people put behind a frame. */
const REMARK = String.raw`(?:\s+(?:<-|←|#|--|//).*)?\s*$`;
const C_FILE = /\.(?:c|cc|cpp|cxx|h|hh|hpp|rs|S|s|cu)$/;

const frame = firstOf<LineToken>(
  // a function of C++ may hold blanks and parentheses: the last ` (` counts
  fields(new RegExp(String.raw`(?:\s+(?:\.\.\. )?(\S.*)|(\S+)) \(([^()]+):(\d+)\)${REMARK}`)).map(([name, bare, file, line]) => {
    const fn = (name ?? bare)!;
    return C_FILE.test(file!)
      ? { is: 'native', frame: { symbol: fn, address: null, module: `${file}:${line}` } }
      : { is: 'frame', frame: { function: fn, file: file!, line: Number(line), column: null } };
  }),
  fields(new RegExp(String.raw`\s+(?:(0x[0-9a-fA-F]+)|(\S.*)) \(([^()\s]+)\)${REMARK}`)).map(([address, symbol, module]) => ({
    is: 'native',
    frame: { symbol: symbol ?? null, address: address ?? null, module: module === '?' ? null : module! },
  })),
);

const variables = firstOf<LineToken>(
  fields(/\s+(Arguments|Locals)::?\s*$/).map(([what]) => ({ is: 'section', holds: what === 'Locals' ? 'locals' : 'arguments' })),
  fields(/\s{8,}([^\s:]+): (.*)$/).map(([name, value]) => ({ is: 'local', name: name!, value: value! })),
);

const processLine = firstOf<LineToken>(
  fields(/\s*Process (\d+): (.*\S|)\s*$/).map(([pid, command]) => ({
    is: 'process',
    begins: true,
    pid: Number(pid),
    runtimeVersion: null,
    note: command!,
  })),
  fields(/\s*Python v(\d[\w.+]*)(?: \(.*\))?\s*$/).map(([version]) => ({
    is: 'process',
    begins: false,
    pid: null,
    runtimeVersion: version!,
    note: null,
  })),
  fields(/\s*(Parent Process \d+: .*\S)\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: false })),
);

export const pySpy: LineGrammar = {
  kind: 'lines',
  id: 'py-spy',
  title: 'py-spy dump',
  runtime: 'python',
  openings: [
    'Python v2.',
    'Python v3.',
    'Thread 0x',
    ...'0123456789d'.split('').map((before) => `${before} (idle)`),
    '(active)',
    '(active+gil)',
    '(idle+gil)',
  ],
  lead: /Threa$|Thread(?: [0-9A-Fa-fx/]*)? ?$/,
  line: firstOf<LineToken>(variables, frame, head, blank, ellipsis, processLine, other),
  begins: /^\s*Thread (?:\d+|0x[0-9A-F]+)/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-first',
  shape: { ...PLAIN_SHAPE, goesOn: 'without-blank', above: { tokens: ['process'], required: false } },
  example: 'Thread 41000 (idle): "MainThread"',
  how: 'py-spy dump --pid PID (with --locals, --native, --subprocesses)',
};
