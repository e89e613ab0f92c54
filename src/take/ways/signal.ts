/**
 * A signal on which a process writes its stacks. It is sent only when the user names it or the program's makers say what it does
 * (`programs.ts`, Node's own --report-on-signal), only when the process catches it, and no second time before the first was answered.
 */
import fs from 'node:fs';
import { readText } from '../../reading/index.js';
import { TakeError } from '../errors.js';
import { DumpPlaces, readersOf } from '../places.js';
import { lookAt, openFileOf, openFilesOf, readProc, type ProcessInfo } from '../process.js';
import { endsOn } from '../programs.js';
import { fateOf, parseSignal, sendCaught, signalNames } from '../signals.js';
import { waitFor } from '../wait-for.js';
import { kernelStandingOf } from '../standing.js';
import { nameOf, type Target } from '../target.js';
import { INSPECTOR_SIGNAL, inspectorBySignal } from './inspector.js';
import { closed, type Taken, type Way } from './way.js';

/** Python's handlers in C answer at once, those in Python and Node's reports when the main thread gets to them. */
const ANSWER_MS = 10_000;
/** A dump has no end mark, but is written without a pause: when there is no more of it after this time, it has ended. */
const QUIET_MS = 300;
const LOOK_MS = 50;
/** A thread that is found running at each of so many looks within this time does not idle. */
const BUSY_MS = 200;
const BUSY_LOOKS = 5;

/**
 * @param named the signal that the user named; null: none
 * @param patience how long an answer is waited for
 */
export function signalWay(target: Target, named: NodeJS.Signals | null, patience: number = ANSWER_MS): Way {
  const { info, program, runtime } = target;
  const report = runtime === 'node' ? reportOptionsOf(target) : null;
  const known = program?.signals.find(({ does }) => does === 'dumps')?.signal ?? report?.signal ?? null;
  const signal = named ?? known;
  if (signal === null)
    return closed(
      'signal',
      whyNoSignal(target),
      runtime === 'node'
        ? 'start Node with --report-on-signal'
        : 'name it with --signal where you know that the program writes its stacks on one',
    );
  const ends = endsOn(signal, program);
  if (ends !== null)
    return closed('signal', `${signal} is not sent: ${ends}`, 'name one on which the program writes its stacks, as SIGUSR1');
  const fate = fateOf(info.signals, signal);
  if (fate !== 'caught') {
    return closed(
      'signal',
      `${signal} is not sent: ${fate === 'ignored' ? 'the process ignores it' : 'the process does not catch it, and would end of it'}`,
      `it catches ${signalNames(info.signals.caught).join(', ') || 'none'}; which of them writes stacks is for its makers to say`,
    );
  }
  if (runtime === 'node' && signal === INSPECTOR_SIGNAL && report?.signal !== signal) return inspectorBySignal(target);
  if (report?.signal === signal) {
    const native = workerInNative(info);
    if (native !== null) {
      return closed(
        'signal',
        `${signal} is not sent: ${native}; the main thread would wait in the report until that call returns`,
        'start Node with --inspect too: workers are then asked one by one',
      );
    }
    const busy = named === null ? busyThread(info) : null;
    if (busy !== null) {
      return closed(
        'signal',
        `${signal} is not sent: thread ${busy} computes, and should that be native code, the main thread would wait in the report until it returns`,
        `--signal ${signal} takes that risk`,
      );
    }
  }
  return {
    name: 'signal',
    how:
      named !== null
        ? `${signal} was named, and the process catches it`
        : report?.signal === signal
          ? `it was started with --report-on-signal, so ${signal} has it write a report when its main thread is in its event loop`
          : `${program?.title ?? 'it'} writes its stacks on ${signal} (${program?.source ?? ''})`,
    open: true,
    take: (abort) => dump(target, signal, report?.folder ?? null, patience, abort),
  };
}

function whyNoSignal({ program, runtime }: Target): string {
  if (program !== null) return `of ${program.title} no signal is known that writes stacks`;
  return runtime === 'node'
    ? 'it was not started with --report-on-signal'
    : 'no signal is known on which it writes its stacks; that it catches one is no permission to send it';
}

/** What Node was told of reports; null when no signal writes one (node.org, "Diagnostic report"). */
export function reportOptionsOf({
  info,
  environment,
}: Pick<Target, 'info' | 'environment'>): { signal: NodeJS.Signals; folder: string | null } | null {
  // arguments after the program's name are the program's own
  const own: string[] = [];
  for (const [i, arg] of info.commandLine.entries()) {
    if (i === 0) continue;
    if (
      !arg.startsWith('-') &&
      !/^--(?:report-signal|report-dir(?:ectory)?|diagnostic-dir|require|import|loader)$|^-r$/.test(info.commandLine[i - 1] ?? '')
    )
      break;
    own.push(arg);
  }
  const options = [...(environment?.get('NODE_OPTIONS') ?? '').split(/\s+/), ...own];
  if (!options.includes('--report-on-signal')) return null;
  const value = (name: RegExp): string | undefined =>
    options
      .flatMap((option, i) => {
        const [, found, given] = /^(--[\w-]+)(?:=(.*))?$/.exec(option) ?? [];
        return found !== undefined && name.test(found) ? [given ?? options[i + 1] ?? ''] : [];
      })
      .at(-1);
  let signal: NodeJS.Signals = 'SIGUSR2';
  try {
    signal = parseSignal(value(/^--report-signal$/) ?? 'SIGUSR2');
  } catch {
    // Node itself refuses to start with such a name
  }
  return { signal, folder: value(/^--(?:report-dir(?:ectory)?|diagnostic-dir)$/) ?? null };
}

/** The threads of a process besides the main one. */
function otherThreads({ pid }: ProcessInfo): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).filter((thread) => Number(thread) !== pid);
  } catch {
    return [];
  }
}

/** A thread that does not get to a report, as half a sentence; null when none is seen. */
function workerInNative(info: ProcessInfo): string | null {
  for (const thread of otherThreads(info)) {
    if ((readProc(info.pid, `task/${thread}/children`) ?? '').trim() !== '')
      return `thread ${thread} has started a program, and may wait for it`;
    if (kernelStandingOf({ pid: info.pid, state: 'S' }, `task/${thread}`).kind === 'reading')
      return `thread ${thread} is in a blocked read`;
  }
  return null;
}

/** A thread that computes for longer than the short work of V8's and libuv's helpers; null when none does. */
function busyThread(info: ProcessInfo): string | null {
  let busy = otherThreads(info);
  for (let look = 0; look < BUSY_LOOKS && busy.length > 0; look++) {
    if (look > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS / BUSY_LOOKS);
    // it runs, or would if it got the processor
    busy = busy.filter((thread) => /\) R /.test(readProc(info.pid, `task/${thread}/stat`) ?? ''));
  }
  return busy[0] ?? null;
}

async function dump(
  target: Target,
  signal: NodeJS.Signals,
  folder: string | null,
  patience: number,
  abort: AbortSignal | undefined,
): Promise<Taken> {
  const { info } = target;
  const places = new DumpPlaces(target, folder === null ? [] : [folder]);
  sendCaught(info, signal);
  let [found, seen, cut] = ['', Date.now(), false];
  const taken = await waitFor(
    async (): Promise<Taken | null> => {
      // a log may grow all the time: the dump has ended when there is no more of it, whatever else comes
      if (places.grown === 0 || Date.now() - seen < QUIET_MS) return null;
      seen = Date.now();
      const best = await bestOf(places);
      cut = best?.cut ?? false;
      if (best === null || best.extent !== found) {
        found = best?.extent ?? '';
        return null;
      }
      if (cut) return null;
      const json = /^\s*\{/.test(Buffer.from(best.text.subarray(0, 64)).toString('latin1'));
      return { text: best.text, extension: json ? 'json' : 'txt', remarks: [`the process wrote it to ${best.label}`] };
    },
    patience,
    LOOK_MS,
    abort,
  );
  if (taken !== null) return taken;
  throw new TakeError('unanswered', unanswered(target, signal, patience, cut), `it is not sent again; ${whereElse(info)}`);
}

interface Found {
  readonly text: Uint8Array;
  readonly label: string;
  /** A report that is not whole. */
  readonly cut: boolean;
  /** Says how much of a dump there is. */
  readonly extent: string;
}

/** Of what has come, the text with the most threads; null when there is no dump in any. */
async function bestOf(places: DumpPlaces): Promise<Found | null> {
  const read = await Promise.all(
    places.arrived().map(async ({ text, label }) => {
      const { dumps, stacks } = await readText(text);
      const all = dumps.flatMap(({ threads }) => threads);
      const frames = all.reduce((sum, { stack }) => sum + stacks.depth(stack), 0);
      return { text, label, cut: dumps.at(-1)?.threadsCut ?? false, threads: all.length, extent: `${label} ${all.length} ${frames}` };
    }),
  );
  const [best] = read.filter(({ threads }) => threads > 0).sort((a, b) => b.threads - a.threads);
  return best ?? null;
}

function unanswered({ info, runtime }: Target, signal: NodeJS.Signals, patience: number, cut: boolean): string {
  if (cut)
    return `${signal} was sent, but its report stays unfinished: a worker is within a call of native code, and the main thread waits for it`;
  const where = kernelStandingOf(lookAt(info.pid) ?? info).text;
  return `${signal} was sent, but within ${patience / 1000} s no dump came to a file that it has open or made (of its main thread the kernel says: ${where}${
    runtime === 'node' ? '; Node takes it in its event loop only' : ''
  })`;
}

/** Where a dump may have gone that was not seen. */
function whereElse(info: ProcessInfo): string {
  const error = openFileOf(info.pid, 2);
  switch (error?.kind) {
    case 'terminal':
      return `its standard error is the terminal ${error.target}: copy the dump from there, and give it to \`standstill stuck -\``;
    case 'pipe': {
      const readers = readersOf(openFilesOf(info.pid) ?? []).map((reader) => `process ${reader.pid} (${nameOf(reader)})`);
      return `its standard error is a pipe${readers.length > 0 ? ` that ${readers.join(', ')} reads` : ''}: look for the dump there`;
    }
    case 'socket':
      return `its standard error is a socket, as of a service: \`journalctl _PID=${info.pid}\``;
    case 'null':
      return 'its standard error is /dev/null';
    default:
      return 'look for the dump in its log';
  }
}
