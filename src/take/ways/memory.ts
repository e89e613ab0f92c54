/** Programs that read the stacks of a process out of its memory, while it is held for that moment. Nothing runs within it. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TakeError } from '../errors.js';
import { memoryObstacle } from '../permission.js';
import { readProc, type ProcessInfo } from '../process.js';
import { kernelStandingOf } from '../standing.js';
import { throughRoot, type Target } from '../target.js';
import { complaintOf, findProgram, runOn, type ProgramRun } from './program.js';
import { closed, type Taken, type Way, type WayName } from './way.js';

/** py-spy takes a tenth of a second and pystack two; both read symbols of large programs first. */
const WITHIN_MS = 60_000;

/** The readers of Python's stacks, best first. */
const READERS: readonly {
  readonly name: WayName;
  readonly args: (pid: number) => string[];
  readonly install: string;
  readonly begins: RegExp;
}[] = [
  // `dump` without --nonblocking: what is read of a running process while it goes on may fit together badly
  { name: 'py-spy', args: (pid) => ['dump', '--pid', String(pid)], install: 'pip install py-spy', begins: /^Thread /m },
  { name: 'pystack', args: (pid) => ['remote', String(pid)], install: 'pip install pystack', begins: /^Traceback for thread /m },
];

/** py-spy and pystack. */
export function readerWays({ info }: Target): Way[] {
  return READERS.map(({ name, args, install, begins }): Way => {
    const file = findProgram(name);
    if (file === null) return closed(name, 'it is not installed', install);
    const obstacle = memoryObstacle(info);
    if (obstacle !== null) return closed(name, obstacle.why, obstacle.instead);
    return {
      name,
      how: 'it reads the stacks out of the memory of the process, which is held for that moment; no signal is sent, nothing runs in it',
      open: true,
      take: async (abort) => {
        const run = await runOn(info, file, args(info.pid), WITHIN_MS, abort);
        if (run.status !== 0 || !begins.test(run.output.toString('latin1'))) throw failed(name, run);
        return text(run.output);
      },
    };
  });
}

/** Of a running Python: stacks of Python where its own extension for gdb is at hand, else native ones. */
const PYTHON_COMMANDS = [
  'python',
  'try:',
  "  gdb.execute('thread apply all py-bt')",
  'except gdb.error:',
  "  gdb.execute('thread apply all bt')",
].join('\n');

/**
 * gdb, which is told to look only. It is the last choice: it holds the process while it reads symbols, a second or two, and of Node it
 * shows native frames alone. Its `call node::DumpJavaScriptBacktrace()` is never used: it shows what Node itself would, but ends a
 * process that is idle ("Cannot create a handle without a HandleScope").
 *
 * @param wanted by the user, or as what is left when an inspector gets no answer
 */
export function gdbWay({ info, runtime }: Target, wanted: boolean): Way {
  const kind = kernelStandingOf(info).kind;
  if (runtime === 'node' && !wanted && kind !== 'reading' && kind !== 'locked' && kind !== 'waiting') {
    return closed(
      'gdb',
      `of Node it shows native frames alone, which tell nothing of a main thread that ${kind === 'running' ? 'runs' : 'waits for events'}`,
      '--way gdb uses it all the same, as for execSync, which waits for events too',
    );
  }
  const file = findProgram('gdb');
  if (file === null) return closed('gdb', 'it is not installed', 'apt install gdb');
  const obstacle = memoryObstacle(info);
  if (obstacle !== null) return closed('gdb', obstacle.why, obstacle.instead);
  const settings = [
    'pagination off',
    'print thread-events off',
    'debuginfod enabled off',
    'may-call-functions off',
    'may-insert-breakpoints off',
    'may-write-memory off',
    'may-write-registers off',
    'may-insert-tracepoints off',
    'width 0',
  ];
  const args = [
    '-nx',
    '-batch',
    ...settings.flatMap((setting) => ['-iex', `set ${setting}`]),
    ...(runtime === 'python' ? extensionsOf(info).flatMap((extension) => ['-iex', `add-auto-load-safe-path ${extension}`]) : []),
    '-p',
    String(info.pid),
    '-ex',
    runtime === 'python' ? PYTHON_COMMANDS : 'thread apply all bt',
  ];
  return {
    name: 'gdb',
    how: `it reads the memory of the process, which is held for some seconds meanwhile; it calls nothing in it. ${runtime === 'node' ? 'Native frames alone: JavaScript is not seen' : 'Native frames alone where the extension of this Python for gdb is not installed'}`,
    open: true,
    take: async (abort) => {
      const run = await runOn(info, file, args, WITHIN_MS, abort);
      const said = run.output.toString('latin1');
      if (!/^#\d+ |^Traceback \(most recent call first\):/m.test(said)) throw failed('gdb', run);
      const native = !/^Traceback \(most recent call first\):/m.test(said);
      return {
        ...text(run.output),
        remarks: native
          ? [`gdb shows native frames alone${runtime === 'node' ? '' : ': the extension of this Python for gdb is not installed'}`]
          : [],
      };
    },
  };
}

/** gdb loads what lies beside a program only where that is said to be safe; here: it is root's or this user's, and nobody else may write it. */
function extensionsOf(info: ProcessInfo): string[] {
  // proc(5): the path is the last of six columns; one with a blank in it is not asked for
  const library = (readProc(info.pid, 'maps') ?? '')
    .split('\n')
    .map((row) => row.slice(row.lastIndexOf(' ') + 1))
    .find((file) => file.startsWith('/') && isPythonLibrary(path.basename(file)));
  return [info.executable, library].flatMap((file) => {
    if (file === null || file === undefined || throughRoot(info, file) !== file) return [];
    const extension = `${file}-gdb.py`;
    const stat = fs.statSync(extension, { throwIfNoEntry: false });
    const trusted = stat?.isFile() && (stat.uid === 0 || stat.uid === process.geteuid?.()) && (stat.mode & 0o022) === 0;
    return trusted ? [extension] : [];
  });
}

function isPythonLibrary(name: string): boolean {
  return name.startsWith('libpython') && name.includes('.so');
}

const text = (output: Buffer): Taken => ({ text: output, extension: 'txt', remarks: [] });

function failed(name: string, run: ProgramRun): TakeError {
  return new TakeError('not-taken', `${name} could not read it: ${complaintOf(run)}`, 'see whether another version of it knows this one');
}
