/**
 * A dump of a Node process that a preload has prepared (`start-up/preload.cjs`).
 *
 * Its inspector is opened by SIGUSR1. Node restarts no system call that a signal ends, so a program whose main thread is in one of
 * those that fail then (a synchronous read of a terminal or pipe) would die of it: it is asked only where the kernel says that the
 * main thread runs, or waits in a way that takes a signal.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TakeError } from './errors.js';
import { askForTarget, listeningPorts } from './inspector-address.js';
import { dumpThroughInspector } from './inspector-dump.js';
import { Inspector, type Params } from './inspector-session.js';
import { lookAt, type ProcessInfo } from './process.js';
import { readyOf, smallFile, type Ready } from './ready.js';
import { sendCaught } from './signals.js';
import { kernelStandingOf, mayBeInterrupted } from './standing.js';

/** The inspector opens within milliseconds of processor time, when the main thread can be interrupted. */
const OPEN_MS = 4000;
const LOOK_MS = 20;
const CLOSE_MS = 1000;
/** A running thread halts at once. */
const HALT_MS = 300;
/** Sixty frames with long names. */
const MOST_WAITING = 1 << 18;

/** Inspectors that were opened here, by process: they stay open from one dump of a series to the next. */
export type OpenInspectors = Map<string, string>;

/**
 * Takes a dump: what the inspector says, or where the main thread waits for a child process.
 *
 * @param folder of the run
 * @param opened those of this series; grows
 * @throws TakeError `not-taken` with the reason; those of {@link sendCaught}
 */
export async function dumpNode(target: ProcessInfo, ready: Ready, folder: string, opened: OpenInspectors): Promise<Uint8Array> {
  const waiting = waitingOf(path.join(folder, `${target.ownPid}.waiting`));
  if (waiting !== null) return Buffer.from(waiting);
  const key = `${target.pid} ${target.start}`;
  const address = opened.get(key) ?? (await open(target, ready, folder));
  opened.set(key, address);
  const polls = (): boolean => kernelStandingOf(lookAt(target.pid) ?? target).kind === 'polling';
  const { text } = await dumpThroughInspector(address, { awaits: true, polls });
  if (text === null) throw notTaken(`its main thread is within a call of native code${callOf(target)}, which cannot be interrupted`);
  return Buffer.from(text);
}

/**
 * Closes what was opened: whoever is on this machine could use it. The preload does it when the connection is gone and
 * the thread is back in its event loop.
 */
export async function closeInspectors(opened: OpenInspectors): Promise<void> {
  await Promise.all([...opened.values()].map(close));
  opened.clear();
}

/** The preload's own function: what globals there are is the program's. */
const CLOSING = "process[Symbol.for('standstill.close')]()";

async function close(address: string): Promise<void> {
  const inspector = await Inspector.connect(address).catch(() => null);
  if (inspector === null) return;
  const { main } = inspector;
  // JavaScript that runs takes orders only while it is halted
  const halted = new Promise<boolean>((resolve) => {
    main.onEvent((method, params) => {
      if (method !== 'Debugger.paused') return;
      const { callFrameId } = ((params['callFrames'] ?? []) as Params[])[0] ?? {};
      void main
        .call('Debugger.evaluateOnCallFrame', { callFrameId, expression: CLOSING, silent: true }, CLOSE_MS)
        .then(() => main.call('Debugger.resume', {}, CLOSE_MS))
        .then(() => {
          resolve(true);
        });
    });
  });
  await main.call('Debugger.enable', {}, CLOSE_MS);
  const told = (await main.call('Debugger.pause', {}, CLOSE_MS)) !== null && (await Promise.race([halted, sleep(HALT_MS, false)]));
  await main.call('Debugger.disable', {}, CLOSE_MS);
  if (!told) await main.call('Runtime.evaluate', { expression: CLOSING, silent: true }, CLOSE_MS);
  await inspector.close();
}

async function open(target: ProcessInfo, { signal }: Ready, folder: string): Promise<string> {
  const before = new Set((listeningPorts(target.pid) ?? []).map(({ port }) => port));
  if (!mayBeInterrupted(kernelStandingOf(target).kind))
    throw notTaken(`its main thread waits in a call of the system${callOf(target)}, which a signal would end`);
  if (readyOf(folder, target) === null) throw new TakeError('not-taken', 'it is about to end', 'nothing: it is gone soon');
  sendCaught(target, signal);
  for (const until = Date.now() + OPEN_MS; Date.now() < until;) {
    for (const found of listeningPorts(target.pid) ?? []) {
      if (before.has(found.port) || !found.host.startsWith('127.')) continue;
      const address = await askForTarget(found);
      if (address !== null) return address;
    }
    await sleep(LOOK_MS);
  }
  throw notTaken(`its inspector did not open: the main thread is within a call of native code${callOf(target)}`);
}

const notTaken = (message: string): TakeError =>
  new TakeError('not-taken', message, 'gdb shows the native stack: gdb -p PID -batch -ex bt');

/** What the main thread does in the kernel, in brackets, where that tells something. */
function callOf(target: ProcessInfo): string {
  const { kind, text } = kernelStandingOf(lookAt(target.pid) ?? target);
  return kind === 'reading' ? ` (${text})` : '';
}

/** The stack that a preload wrote before a wait for a child process, as messages of the inspector; null where none is waited for. */
function waitingOf(file: string): string | null {
  const text = smallFile(file, MOST_WAITING);
  if (text === null || text === '') return null;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  const frames: unknown = (said as { frames?: unknown } | null)?.frames;
  if (!Array.isArray(frames)) return null;
  const callFrames = frames.flatMap((frame: unknown) => {
    const [functionName, url, line, column] = Array.isArray(frame) ? (frame as unknown[]) : [];
    if (typeof functionName !== 'string' || typeof url !== 'string' || typeof line !== 'number' || typeof column !== 'number') return [];
    // the protocol counts from 0
    return [{ functionName, url, location: { scriptId: '', lineNumber: line - 1, columnNumber: column - 1 } }];
  });
  return callFrames.length === 0 ? null : `${JSON.stringify({ method: 'Debugger.paused', params: { callFrames, reason: 'other' } })}\n`;
}
