/**
 * A dump of a Node process through its inspector: each thread is halted where it stands, for the few milliseconds that it takes
 * to ask for its stack, and goes on. What is asked for is undone before the conversation ends.
 *
 * Which threads can be had so (tried on Node 20, 22 and 24, `test/full/node-matrix.test.ts`): all that run JavaScript, regular
 * expressions and WebAssembly, or wait in `Atomics.wait`. One that is idle in its event loop answers but does not halt; then the
 * process can write a diagnostic report of all threads. One within a native call (`execSync`, `readSync`, `pbkdf2Sync`) does not
 * answer until it returns; a report is not asked for then, since the main thread would wait in it for that thread.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncStacks, type AsyncStack } from './awaits.js';
import { Inspector, type Params, type ThreadSession } from './inspector-session.js';

type Milliseconds = number;

/** How a thread was found. */
export type ThreadState =
  /** It ran, and its stack is in the dump. */
  | 'running'
  /** It waits in its event loop. */
  | 'idle'
  /** It did not answer: it is within a call to native code, or the machine is overloaded. */
  | 'silent';

export interface InspectedThread {
  /** `0` for the main thread, else the worker's number. */
  readonly id: string;
  readonly name: string | null;
  readonly state: ThreadState;
}

export interface InspectorDump {
  /** What `inspector` (messages) or `node-report` reads; null when no thread ran and no report could be had. */
  readonly text: string | null;
  readonly kind: 'stacks' | 'report' | null;
  /** The main thread first. */
  readonly threads: readonly InspectedThread[];
}

/** A thread that runs JavaScript answers within some milliseconds of processor time; on a machine that has none to spare it may take a second. */
const ANSWER_MS: Milliseconds = 3000;
/**
 * After the answer to `Debugger.pause` a running thread halts at once; one that does not is asked in another way. Not long, since
 * an idle one would halt in whatever it begins meanwhile.
 */
const HALT_MS: Milliseconds = 20;
/** A function that a timer called has ended by then, unless the thread is stuck in it. */
const TIMER_MS: Milliseconds = 50;
/** Resuming and ending are answered by threads that have just answered. */
const END_MS: Milliseconds = 1000;
/** A report looks up nothing and waits for threads that have just answered. */
const REPORT_MS: Milliseconds = 10_000;

/** A script under a name by which its frame is known. It does nothing: the wish to halt that is still open is met at its beginning. */
const HALT_URL = 'standstill:halt';
const HALT_SCRIPT = `0\n//# sourceURL=${HALT_URL}`;

/** The report as text. Without names of remote hosts, whose lookup would hold the main thread (`excludeNetwork`, Node 20.13 and 22 on). */
const REPORT = `(() => {
  const report = process.report;
  const was = report.excludeNetwork;
  try {
    if (was === false) report.excludeNetwork = true;
    return JSON.stringify(report.getReport());
  } finally {
    if (was === false) report.excludeNetwork = was;
  }
})()`;

interface Observed {
  readonly session: ThreadSession;
  readonly id: string;
  readonly name: string | null;
  /** The message by which the main thread told of a worker. */
  readonly attached: Params | null;
  readonly scripts: Map<string, string>;
  frames: readonly Frame[] | null;
  answered: boolean;
  /** Another debugger holds it: it is not for this one to let it go. */
  held: boolean;
}

/** Scripts of one thread that are remembered. */
const MOST_SCRIPTS = 1 << 17;

interface Frame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly url: string;
}

/** What calls the functions of timers is the outermost function then (lib/internal/timers.js, `processTimers`). */
const TIMERS = 'node:internal/timers';

interface DumpOptions {
  readonly awaits?: boolean;
  readonly polls?: () => boolean;
}

/**
 * Takes a dump.
 *
 * @param address `ws://127.0.0.1:9229/…`, as of `inspectorOf`
 * @param awaits of an idle main thread, look where its async functions wait, which holds it for a moment longer (`awaits.ts`)
 * @param polls whether the kernel says that the main thread waits for events now. A timer that fires while it is asked to halt shows it
 *   in that timer's function; one that waited for events just before, or does a moment later, is idle
 * @throws TakeError `not-taken` when there is no connection
 */
export async function dumpThroughInspector(
  address: string,
  { awaits = false, polls = () => false }: DumpOptions = {},
): Promise<InspectorDump> {
  const polled = polls();
  const inspector = await Inspector.connect(address);
  try {
    const threads = await meet(inspector);
    const [main, ...workers] = threads;
    // the main thread passes on what its workers are told, so it goes on until they stand
    await Promise.all(workers.filter(({ answered }) => answered).map(halt));
    if (main?.answered) await halt(main);
    for (const thread of threads) if (thread.answered) await release(thread);
    if (main !== undefined && isInTimer(main) && (polled || (await sleep(TIMER_MS).then(polls)))) main.frames = null;
    const told = threads.map(({ id, name, frames, answered }): InspectedThread => {
      return { id, name, state: frames !== null ? 'running' : answered ? 'idle' : 'silent' };
    });
    if (told[0]?.state === 'idle' && told.every(({ state }) => state !== 'silent')) {
      const report = await reportOf(inspector.main, awaits ? await asyncStacks(inspector.main, main!.scripts) : null);
      if (report !== null) return { text: report, kind: 'report', threads: told };
    }
    const text = messagesOf(threads);
    return { text, kind: text === null ? null : 'stacks', threads: told };
  } finally {
    await inspector.close();
  }
}

/** Whether a timer called what a thread runs. */
function isInTimer({ frames, scripts }: Observed): boolean {
  const outermost = frames?.at(-1);
  return outermost !== undefined && urlOf(outermost, scripts) === TIMERS;
}

/** Current Node leaves `url` empty: scripts are known by earlier messages (20 fills it in). */
const urlOf = ({ url, location }: Frame, scripts: ReadonlyMap<string, string>): string => scripts.get(location.scriptId) ?? url;

/** All threads, and whether they answer. */
async function meet(inspector: Inspector): Promise<Observed[]> {
  const main = observed(inspector.main, null);
  const workers: Observed[] = [];
  inspector.main.onEvent((method, params) => {
    if (method === 'NodeWorker.attachedToWorker') workers.push(observed(inspector.worker(String(params['sessionId'])), params));
  });
  const [enabled] = await Promise.all([
    inspector.main.call('Debugger.enable', {}, ANSWER_MS),
    // a worker that is started meanwhile is not to wait for anybody
    inspector.main.call('NodeWorker.enable', { waitForDebuggerOnStart: false }, ANSWER_MS),
  ]);
  main.answered = enabled !== null;
  // workers are reached through the main thread
  if (!main.answered) return [main, ...workers];
  await Promise.all(
    workers.map(async (worker) => {
      worker.answered = (await worker.session.call('Debugger.enable', {}, ANSWER_MS)) !== null;
    }),
  );
  return [main, ...workers];
}

function observed(session: ThreadSession, attached: Params | null): Observed {
  const info = (attached?.['workerInfo'] ?? {}) as Params;
  const title = /^\[worker (\d+)\](?: (.*))?$/s.exec(String(info['title']));
  const scripts = new Map<string, string>();
  const found: Observed = {
    session,
    id: attached === null ? '0' : (title?.[1] ?? String(info['workerId'])),
    name: title?.[2] ?? null,
    attached,
    scripts,
    frames: null,
    answered: false,
    held: false,
  };
  session.onEvent((method, params) => {
    if (method === 'Debugger.scriptParsed' && scripts.size < MOST_SCRIPTS) scripts.set(String(params['scriptId']), String(params['url']));
    if (method === 'Debugger.paused') found.frames ??= framesOf(params);
  });
  return found;
}

/** What is read of frames; the protocol also gives scopes and values, which are the program's own business. */
function framesOf(paused: Params): Frame[] {
  const frames = Array.isArray(paused['callFrames']) ? (paused['callFrames'] as Params[]) : [];
  return frames.map((frame) => {
    const location = (frame['location'] ?? {}) as Params;
    return {
      functionName: text(frame['functionName']),
      location: {
        scriptId: String(location['scriptId']),
        lineNumber: Number(location['lineNumber'] ?? 0),
        columnNumber: Number(location['columnNumber'] ?? 0),
      },
      url: text(frame['url']),
    };
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Asks a thread to halt, and waits until it has.
 *
 * One that does not is idle, or has had no processor time: a script settles it, in which it must halt. That runs where the thread
 * is, so the frames below it are those of the program, and there are none when it was idle.
 */
async function halt(thread: Observed): Promise<void> {
  const { session } = thread;
  // it told so when it was asked first
  thread.held = thread.frames !== null;
  if (thread.held) return;
  const halted = new Promise<void>((resolve) => {
    session.onEvent((method) => {
      if (method === 'Debugger.paused') resolve();
    });
  });
  const within = async (time: Milliseconds): Promise<void> => {
    const late = new AbortController();
    await Promise.race([halted, sleep(time, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  };
  const answer = await session.call('Debugger.pause', {}, ANSWER_MS);
  if (answer !== null) await within(HALT_MS);
  if (answer === null || thread.frames !== null) {
    thread.answered = thread.frames !== null;
    return;
  }
  void session.call('Runtime.evaluate', { expression: HALT_SCRIPT, silent: true });
  await within(ANSWER_MS);
  const frames = thread.frames as readonly Frame[] | null;
  thread.answered = frames !== null;
  const own = frames?.findIndex(({ location }) => thread.scripts.get(location.scriptId) === HALT_URL) ?? -1;
  if (frames === null || own === -1) return;
  const rest = frames.slice(own + 1);
  thread.frames = rest.length === 0 ? null : rest;
}

/** Lets a thread go on; `disable` takes back a wish to halt that has not been met, and resumes a thread that met it since. */
async function release({ session, held }: Observed): Promise<void> {
  // of a thread that has not halted it is refused, which does no harm
  const resumed = held ? null : session.call('Debugger.resume', {}, END_MS);
  await Promise.all([resumed, session.call('Debugger.disable', {}, END_MS)]);
}

async function reportOf(main: ThreadSession, asyncFunctions: readonly AsyncStack[] | null): Promise<string | null> {
  const answer = await main.call('Runtime.evaluate', { expression: REPORT, returnByValue: true, silent: true }, REPORT_MS);
  const value = ((answer?.['result'] ?? {}) as Params)['value'];
  if (typeof value !== 'string' || !value.startsWith('{')) return null;
  const report = withoutSecrets(JSON.parse(value)) as Params;
  // what stands there is the question; the thread itself was idle, which Node writes so for threads that run no JavaScript
  const javascriptStack = { message: 'No stack.', stack: ['Unavailable.'] };
  return `${JSON.stringify({ ...report, javascriptStack, nativeStack: [], ...(asyncFunctions && { asyncFunctions }) }, null, 2)}\n`;
}

/** A report, and those of its workers in it, without the environment's variables: they hold secrets, and say nothing of stacks. */
function withoutSecrets(report: unknown): unknown {
  if (typeof report !== 'object' || report === null) return report;
  const rest = Object.entries(report).filter(([key]) => key !== 'environmentVariables');
  return Object.fromEntries(
    rest.map(([key, value]) => [key, key === 'workers' && Array.isArray(value) ? value.map(withoutSecrets) : value]),
  );
}

interface Message {
  readonly method: string;
  readonly params: Params;
}

/** The messages that hold the stacks, as `inspector` reads them, one a line; null when no thread ran. */
function messagesOf(threads: readonly Observed[]): string | null {
  if (threads.every(({ frames }) => frames === null)) return null;
  const attached = threads.flatMap(({ attached: params }) => (params === null ? [] : [{ method: 'NodeWorker.attachedToWorker', params }]));
  const stacks = threads.flatMap(({ session, frames, scripts }): Message[] => {
    if (frames === null) return [];
    const used = new Set(frames.map(({ location }) => location.scriptId));
    const messages: Message[] = [
      ...[...used].map((scriptId) => ({ method: 'Debugger.scriptParsed', params: { scriptId, url: scripts.get(scriptId) ?? '' } })),
      { method: 'Debugger.paused', params: { callFrames: frames, reason: 'other' } },
    ];
    if (session.id === 'main') return messages;
    return messages.map((message) => ({
      method: 'NodeWorker.receivedMessageFromWorker',
      params: { sessionId: session.id, message: JSON.stringify(message) },
    }));
  });
  return [...attached, ...stacks].map((message) => `${JSON.stringify(message)}\n`).join('');
}
