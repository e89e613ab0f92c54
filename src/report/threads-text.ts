import type { StackGroup, ThreadSummary } from '../analysis/index.js';
import { groupText, threadOf, type Frame } from './group-text.js';
import { count, fit, paint, visible } from './terminal.js';

/** Every thread by itself, process by process, in the order of the newest dump. */
export function* threadsText(frame: Frame, limit: number): Generator<string> {
  const { set, overview, processes, screen } = frame;
  const groups = new Map<ThreadSummary, StackGroup>();
  for (const group of overview.groups) for (const thread of group.threads) groups.set(thread, group);
  const all = [...groups.keys(), ...overview.frameless].sort(
    (a, b) => a.series - b.series || a.member.dump - b.member.dump || a.member.thread - b.member.thread,
  );
  let series = -1;
  for (const thread of all.slice(0, limit)) {
    if (thread.series !== series && overview.series.length > 1) {
      yield '';
      yield paint(screen, 'strong', fit(`${processes.of(thread.series)}:`, screen.width));
    }
    series = thread.series;
    yield '';
    const group = groups.get(thread);
    if (group === undefined) {
      const { id, name, activity } = threadOf(set, thread);
      yield paint(
        screen,
        'title',
        fit(`1 thread without frames${activity === 'idle' ? ', idle in the event loop' : ''}: ${visible(name ?? id ?? '?')}`, screen.width),
      );
    } else {
      const { stack } = threadOf(set, thread);
      yield* groupText({ ...frame, nameProcesses: false }, { ...group, moves: false, threads: [thread], stacks: [stack] });
    }
  }
  if (all.length > limit) {
    yield '';
    yield paint(screen, 'dim', `… and ${count(all.length - limit, 'more thread')}`);
  }
}
