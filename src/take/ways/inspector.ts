/** A Node process through its inspector, where one is open; or opened by SIGUSR1, where the user names that signal. */
import fs from 'node:fs';
import { TakeError } from '../errors.js';
import { inspectorOf } from '../inspector-address.js';
import { dumpThroughInspector, type InspectedThread, type InspectorDump } from '../inspector-dump.js';
import { lookAt, type ProcessInfo } from '../process.js';
import { sendCaught } from '../signals.js';
import { waitFor } from '../wait-for.js';
import { kernelStandingOf } from '../standing.js';
import type { Target } from '../target.js';
import { closed, type Taken, type Way } from './way.js';

/** The signal on which Node opens its inspector (node.org, "Debugging Node.js"). */
export const INSPECTOR_SIGNAL: NodeJS.Signals = 'SIGUSR1';
const NATIVE = 'gdb shows where it is in native code; `standstill run` prepares a program so that such calls are seen';
const HOW = 'its inspector is open: each thread is halted for some milliseconds and asked for its stack, no signal is sent';
/** Node opens its inspector within milliseconds of processor time, when the main thread can be interrupted. */
const OPEN_MS = 5000;
const LOOK_MS = 50;

export async function inspectorWay({ info }: Target): Promise<Way> {
  const address = await inspectorOf(info);
  if (address !== null) return { name: 'inspector', how: HOW, open: true, take: () => dump(info, address) };
  if (hasOwnNetwork(info.pid)) {
    return closed(
      'inspector',
      'it has a network of its own, as in a container, so no inspector of it is reached from here',
      `run standstill within it: \`nsenter -t ${info.pid} -n\``,
    );
  }
  return closed('inspector', 'its inspector is not open', `--signal ${INSPECTOR_SIGNAL} opens it, or start Node with --inspect`);
}

/** The inspector, opened first by the signal that the user named. */
export function inspectorBySignal({ info }: Target): Way {
  const { kind, text } = kernelStandingOf(info);
  if (kind === 'reading' || kind === 'unknown') {
    return closed(
      'signal',
      `${INSPECTOR_SIGNAL} would open its inspector, but of its main thread ${kind === 'reading' ? `the kernel says: ${text}` : text}; a signal makes a read fail, and the program may die of it`,
      kind === 'reading' ? NATIVE : 'run with sudo',
    );
  }
  let address: string | null = null;
  return {
    name: 'signal',
    how: `${INSPECTOR_SIGNAL} was named, and opens the inspector of a Node process; then each thread is halted for some milliseconds and asked for its stack`,
    open: true,
    take: async (abort) => {
      address ??= await openBySignal(info, abort);
      return dump(info, address);
    },
    // not closed again: Node may crash when that happens while a connection ends (seen in Node 20 and 24)
    finish: () => Promise.resolve(address === null ? null : leftOpen(address)),
  };
}

function leftOpen(address: string): string {
  const { host } = new URL(address);
  return `the inspector that ${INSPECTOR_SIGNAL} opened listens on ${host} until the process ends, or calls require('node:inspector').close(): whoever is on this machine can use it`;
}

async function openBySignal(info: ProcessInfo, abort: AbortSignal | undefined): Promise<string> {
  const open = await inspectorOf(info);
  if (open !== null) return open;
  sendCaught(info, INSPECTOR_SIGNAL);
  const address = await waitFor(() => inspectorOf(info), OPEN_MS, LOOK_MS, abort);
  if (address !== null) return address;
  throw new TakeError(
    'not-taken',
    `its inspector did not open within ${OPEN_MS / 1000} s after ${INSPECTOR_SIGNAL}: ${nativeCall(info)}`,
    NATIVE,
  );
}

async function dump(info: ProcessInfo, address: string): Promise<Taken> {
  const { text, kind, threads } = await dumpThroughInspector(address);
  if (text === null) throw new TakeError('not-taken', whyNone(info, threads), NATIVE);
  return { text: Buffer.from(text), extension: kind === 'report' ? 'json' : 'jsonl', remarks: lacking({ text, kind, threads }) };
}

function whyNone(info: ProcessInfo, threads: readonly InspectedThread[]): string {
  if (threads[0]?.state === 'silent') return `the inspector got no answer: ${nativeCall(info)}`;
  const silent = threads.filter(({ state }) => state === 'silent').map(threadName);
  return silent.length === 0
    ? 'no thread runs JavaScript, and the process could not write a report'
    : `the main thread is idle, and ${silent.join(', ')} within a call of native code, which cannot be interrupted; a report would hold the main thread until that call returns, so none was asked for`;
}

function nativeCall(info: ProcessInfo): string {
  return `the main thread is within a call of native code, which cannot be interrupted (${kernelStandingOf(lookAt(info.pid) ?? info).text})`;
}

function lacking({ kind, threads }: InspectorDump): string[] {
  const of = (wanted: string): string =>
    threads
      .filter(({ state }) => state === wanted)
      .map(threadName)
      .join(', ');
  const [idle, silent] = [of('idle'), of('silent')];
  return [
    ...(kind === 'stacks' && idle !== '' ? [`idle, so without a stack: ${idle}`] : []),
    ...(silent === '' ? [] : [`within a call of native code, which cannot be interrupted: ${silent}`]),
  ];
}

function threadName({ id, name }: InspectedThread): string {
  return id === '0' ? 'the main thread' : `worker ${id}${name === null ? '' : ` (${name})`}`;
}

/** Whether a process has a network of its own, as in a container: its ports are then not reached from here. */
function hasOwnNetwork(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/net`) !== fs.readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}
