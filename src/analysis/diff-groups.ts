import type { DumpSet, StackIndex } from '../model/index.js';
import type { DumpDiff, DumpDiffs, ThreadChange, ThreadStatus } from './diff.js';
import type { Origins } from './origin.js';
import { Shapes } from './shapes.js';

/** Threads that changed alike: the same status, and stacks with the same functions before and after. */
export interface ChangeGroup {
  readonly status: ThreadStatus;
  readonly members: readonly ThreadChange[];
  /** The most frequent stacks, before and after; the empty one where there is no thread. */
  readonly oldStack: StackIndex;
  readonly newStack: StackIndex;
  /** Different pairs of stacks in it: more than one when only lines differ. */
  readonly variants: number;
  /** An application frame is on one of its stacks. */
  readonly application: boolean;
  /** Moved, but in the same functions. */
  readonly linesOnly: boolean;
}

/** What a reader looks for first: threads that went elsewhere, then new ones, then those that are gone. */
const ORDER: readonly ThreadStatus[] = ['moved', 'appeared', 'vanished', 'unchanged'];

/** Groups the threads of a diff, those worth a look first. */
export function groupChanges(set: DumpSet, diffs: DumpDiffs, diff: DumpDiff, origins: Pick<Origins, 'isApplication'>): ChangeGroup[] {
  const shapes = new Shapes(set, diff.movedFiles);
  const groups = new Map<
    string,
    { change: ThreadChange; members: ThreadChange[]; pairs: Map<string, { old: StackIndex; new: StackIndex; count: number }> }
  >();
  for (const change of diff.threads) {
    const [old, fresh] = [diffs.stackOf(diff.old, change.old), diffs.stackOf(diff.new, change.new)];
    const key = `${change.status} ${shapes.of(old)} ${shapes.of(fresh)} ${activityOf(set, diff, change)}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { change, members: [], pairs: new Map() }));
    group.members.push(change);
    const pair = group.pairs.get(`${old} ${fresh}`);
    if (pair === undefined) group.pairs.set(`${old} ${fresh}`, { old, new: fresh, count: 1 });
    else pair.count++;
  }
  const isApplication = (stack: StackIndex): boolean => set.stacks.frames(stack).some((frame) => origins.isApplication(frame));
  return [...groups.values()]
    .map(({ change, members, pairs }): ChangeGroup => {
      const most = [...pairs.values()].reduce((best, each) => (each.count > best.count ? each : best));
      return {
        status: change.status,
        members,
        oldStack: most.old,
        newStack: most.new,
        variants: pairs.size,
        application: isApplication(most.old) || isApplication(most.new),
        linesOnly: change.status === 'moved' && shapes.of(most.old) === shapes.of(most.new),
      };
    })
    .sort(compareGroups);
}

/** Which of two groups is more worth a look: functions that changed, the application's, of many threads. Unchanged ones are last. */
export function compareGroups(a: ChangeGroup, b: ChangeGroup): number {
  return (
    Number(a.status === 'unchanged') - Number(b.status === 'unchanged') ||
    Number(a.linesOnly) - Number(b.linesOnly) ||
    Number(b.application) - Number(a.application) ||
    b.members.length - a.members.length ||
    ORDER.indexOf(a.status) - ORDER.indexOf(b.status)
  );
}

/** What a thread without frames is known to do. */
function activityOf(set: DumpSet, diff: DumpDiff, { old, new: fresh }: ThreadChange): string {
  const thread = fresh === null ? set.dumps[diff.old]!.threads[old!]! : set.dumps[diff.new]!.threads[fresh]!;
  return thread.stack === 0 ? (thread.activity ?? '') : '';
}
