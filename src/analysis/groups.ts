import type { DumpSet, FrameIndex, StackIndex } from '../model/index.js';
import { Shapes } from './shapes.js';

/** A thread of a dump set: the dump's place in `dumps`, the thread's place in the dump. */
export interface Member {
  readonly dump: number;
  readonly thread: number;
}

/**
 * Threads with the same stack. `exact`: the same frames. `similar`: the same functions of the same files, at other lines
 * somewhere; `stacks` then has more than one row. Threads without frames are in no group.
 */
export interface Group {
  readonly kind: 'exact' | 'similar';
  /** Distinct stacks, that of most members first. */
  readonly stacks: readonly StackIndex[];
  readonly members: readonly Member[];
}

export type Grouping = 'similar' | 'exact' | 'none';

/** Groups the threads of all dumps. Every thread that has frames is in exactly one group; order: first appearance. */
export function groupThreads(set: DumpSet, grouping: Grouping = 'similar'): Group[] {
  const keyOf = keyFunction(set, grouping);
  const groups = new Map<number, { stacks: Map<StackIndex, number>; members: Member[] }>();
  for (const [d, dump] of set.dumps.entries()) {
    for (const [t, thread] of dump.threads.entries()) {
      if (thread.stack === 0) continue;
      const key = keyOf(thread.stack);
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { stacks: new Map(), members: [] }));
      group.stacks.set(thread.stack, (group.stacks.get(thread.stack) ?? 0) + 1);
      group.members.push({ dump: d, thread: t });
    }
  }
  return [...groups.values()].map(({ stacks, members }) => ({
    kind: stacks.size > 1 ? 'similar' : 'exact',
    stacks: [...stacks].sort((a, b) => b[1] - a[1]).map(([stack]) => stack),
    members,
  }));
}

function keyFunction(set: DumpSet, grouping: Grouping): (stack: StackIndex) => number {
  if (grouping === 'exact') return (stack) => stack;
  if (grouping === 'none') {
    let next = 0;
    return () => next++;
  }
  const shapes = new Shapes(set);
  return (stack) => shapes.of(stack);
}

/**
 * Names for stacks that are the same on every machine and in every run: 16 hexadecimal digits of a hash over functions,
 * files and lines.
 */
export class StackIds {
  readonly #set: DumpSet;
  /** Per frame row: the two halves of its hash. */
  readonly #high: (number | undefined)[] = [];
  readonly #low: number[] = [];

  constructor(set: DumpSet) {
    this.#set = set;
  }

  of(stack: StackIndex): string {
    let [high, low] = [0x811c9dc5, 0x9747b28c];
    for (const row of this.#set.stacks.frames(stack)) {
      if (this.#high[row] === undefined) this.#hashFrame(row);
      high = Math.imul(high ^ this.#high[row]!, 0x01000193) ^ (high >>> 13);
      low = Math.imul(low ^ this.#low[row]!, 0x5bd1e995) ^ (low >>> 15);
    }
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
    return hex(high) + hex(low);
  }

  #hashFrame(row: FrameIndex): void {
    const { frames } = this.#set;
    const text = [frames.functionOf(row) ?? '?', frames.fileOf(row) ?? '?', frames.lineOf(row) ?? '?'].join('\uffff');
    let [high, low] = [0x811c9dc5, 0x9747b28c];
    for (let i = 0; i < text.length; i++) {
      high = Math.imul(high ^ text.charCodeAt(i), 0x01000193);
      low = Math.imul(low ^ (text.charCodeAt(i) + (high >>> 16)), 0x5bd1e995);
    }
    this.#high[row] = high;
    this.#low[row] = low;
  }
}
