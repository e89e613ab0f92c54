/** Which ways to a dump of a process there are, and which is taken. */
import { targetOf, type Target } from './target.js';
import { inspectorWay } from './ways/inspector.js';
import { gdbWay, readerWays } from './ways/memory.js';
import { remoteExecWay } from './ways/remote-exec.js';
import { runWay } from './ways/run.js';
import { signalWay } from './ways/signal.js';
import type { OpenWay, Way, WayName } from './ways/way.js';

export interface PlanOptions {
  /** A signal that the user says the program writes its stacks on; that way is then the first. */
  readonly signal?: NodeJS.Signals | undefined;
  /** This way and no other. */
  readonly way?: WayName | undefined;
  /** How long the answer to a signal is waited for, in milliseconds; ten seconds when absent. */
  readonly patience?: number | undefined;
}

/** What can be done, before anything is. */
export interface Plan {
  readonly target: Target;
  /** In the order in which they are tried. */
  readonly ways: readonly Way[];
}

/**
 * Looks at a process and says which ways there are to a dump of it. Nothing is sent to it, but for a question to a port on which its
 * inspector may listen.
 *
 * @throws TakeError `not-linux`, `no-process`, `not-permitted`, `no-way` where it is neither Python nor Node
 */
export async function planCapture(pid: number, { signal, way, patience }: PlanOptions = {}): Promise<Plan> {
  const target = targetOf(pid);
  const prepared = runWay(target);
  const quiet = target.runtime === 'node' ? [await inspectorWay(target)] : [...readerWays(target), remoteExecWay(target)];
  const bySignal = signalWay(target, signal ?? null, patience);
  // gdb is the last: it holds the process longest and shows least
  const others = [...(prepared === null ? [] : [prepared]), ...quiet];
  const gdb = gdbWay(target, way === 'gdb' || others.some(({ name, open }) => name === 'inspector' && open));
  const ways = signal === undefined ? [...others, bySignal, gdb] : [bySignal, ...others, gdb];
  return { target, ways: way === undefined ? ways : ways.filter(({ name }) => name === way) };
}

/** The ways of a plan that should work, best first. */
export function openWays({ ways }: Plan): OpenWay[] {
  return ways.filter((way) => way.open);
}
