import { StackTable, type Dump, type DumpSet, type StackIndex } from '../model/index.js';

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
  const shapes = new StackTable();
  const known = new Map<StackIndex, number>();
  return (stack) => {
    let shape = known.get(stack);
    if (shape === undefined) {
      const frames = Array.from(set.stacks.frames(stack), (frame) => set.frames.withoutPosition(frame));
      known.set(stack, (shape = shapes.intern(frames)));
    }
    return shape;
  };
}

/**
 * A name for a stack that is the same on every machine and in every run: 16 hexadecimal digits of a hash over functions,
 * files and lines.
 */
export function stackId(set: DumpSet, stack: StackIndex): string {
  let [high, low] = [0x811c9dc5, 0x9747b28c];
  const add = (text: string): void => {
    for (let i = 0; i <= text.length; i++) {
      const code = i === text.length ? 0xffff : text.charCodeAt(i);
      high = Math.imul(high ^ code, 0x01000193);
      low = Math.imul(low ^ (code + (high >>> 16)), 0x5bd1e995);
    }
  };
  for (const row of set.stacks.frames(stack)) {
    add(set.frames.functionOf(row) ?? '?');
    add(set.frames.fileOf(row) ?? '?');
    add(String(set.frames.lineOf(row) ?? '?'));
  }
  const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}

/** Threads of a dump without managed frames: idle Node threads, `<no Python frame>`. */
export function framelessThreads(dump: Dump): number {
  return dump.threads.reduce((count, thread) => count + (thread.stack === 0 ? 1 : 0), 0);
}
