import type { Dump, DumpSet, Seconds } from '../model/index.js';
import { findProcesses, type Process } from './processes.js';
import { ThreadMatcher } from './matching.js';

/** Dumps that show one process over time, or one program that was restarted in between. */
export interface Series {
  readonly id: string;
  /** Places in `DumpSet.dumps`, oldest first. */
  readonly dumps: readonly number[];
  /** Places in `dumps` where another process begins, because the program was restarted. Empty without a restart. */
  readonly restarts: readonly number[];
  /** From the first to the last dump; null when fewer than two of them have a time. */
  readonly span: Seconds | null;
  /** Why the dumps may be of more processes than one, or of fewer; in words. */
  readonly doubts: readonly string[];
}

/** Of two processes of one program at least this part of the threads of the one with fewer has its like in the other. */
const ALIKE = 0.5;
/** Processes that were started together have process ids this close; one that was restarted has a later one. */
const SIBLING_PIDS = 8;
/** Two processes with one dump each are a restart only when it was more than one sweep over all processes of a service. */
const SWEEP: Seconds = 2;

/**
 * Which dumps show the same process, and which processes are one that was restarted: the next one at the same place (log,
 * file or folder), never alive together with it, with new thread ids and threads alike.
 */
export function seriesOf(set: DumpSet): Series[] {
  const matcher = new ThreadMatcher(set);
  const processes = findProcesses(set);
  const chains: Process[][] = [];
  const atPlace = new Map<string, Process[][]>();
  for (const process of processes) {
    const chainsHere = atPlace.get(process.place) ?? [];
    // several processes at one place at one time are workers: none of them is the restart of another
    const alone = chainsHere.length === 1 ? chainsHere[0]! : null;
    if (alone !== null && isRestart(set, matcher, alone, process)) {
      alone.push(process);
      continue;
    }
    const chain = [process];
    chains.push(chain);
    atPlace.set(process.place, [...chainsHere.slice(-1), chain]);
  }
  return chains.map((chain, i) => {
    const dumps = chain.flatMap((process) => process.dumps);
    const restarts = chain.slice(1).map((process) => dumps.indexOf(process.dumps[0]!));
    return { id: `p${i + 1}`, dumps, restarts, span: spanOf(dumps.map((index) => set.dumps[index]!)), doubts: doubtsOf(chain) };
  });
}

function isRestart(set: DumpSet, matcher: ThreadMatcher, chain: readonly Process[], next: Process): boolean {
  const last = chain.at(-1)!;
  if (last.dumps.at(-1)! > next.dumps[0]!) return false;
  const [before, after] = [set.dumps[last.dumps.at(-1)!]!, set.dumps[next.dumps[0]!]!];
  if (before.kind === 'error' || after.kind === 'error') return false;
  if (last.pid !== null && next.pid !== null && last.pid !== next.pid && Math.abs(next.pid - last.pid) <= SIBLING_PIDS) return false;
  if (last.dumps.length === 1 && next.dumps.length === 1) {
    if (before.time === null || after.time === null || (after.time - before.time) / 1000 < SWEEP) return false;
  }
  return areAlike(matcher, before, after);
}

/** Dump by dump, what {@link areAlike} found: the dumps of a log that is being written are asked for anew with each that comes. */
const knownAlike = new WeakMap<Dump, WeakMap<Dump, boolean>>();

function areAlike(matcher: ThreadMatcher, before: Dump, after: Dump): boolean {
  let answers = knownAlike.get(before);
  if (answers === undefined) knownAlike.set(before, (answers = new WeakMap()));
  let answer = answers.get(after);
  if (answer === undefined) {
    const few = Math.min(before.threads.length, after.threads.length);
    const alike = matcher.ofTwoProcesses(before.threads, after.threads).newOf.reduce((sum, j) => sum + (j === -1 ? 0 : 1), 0);
    answers.set(after, (answer = few > 0 && alike >= ALIKE * few));
  }
  return answer;
}

function doubtsOf(chain: readonly Process[]): string[] {
  const doubts = new Set(chain.flatMap((process) => process.doubts));
  if (chain.length > 1) {
    const pids = chain.map((process) => process.pid);
    const named = pids.every((pid) => pid !== null) && new Set(pids).size > 1 ? ` (pid ${pids.join(', then ')})` : '';
    doubts.add(
      `restarted ${chain.length === 2 ? 'once' : `${chain.length - 1} times`}${named}: new thread ids, threads matched by their stacks`,
    );
  }
  return [...doubts];
}

function spanOf(dumps: readonly Dump[]): Seconds | null {
  const times = dumps.flatMap((dump) => dump.time ?? []);
  return times.length < 2 ? null : (times.at(-1)! - times[0]!) / 1000;
}
