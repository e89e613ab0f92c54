import type { Dump, DumpSet, LoopHandle } from '../model/index.js';
import { visible, wrap, type Screen } from './terminal.js';

/** Handles that are named; a server may have thousands of connections. */
const MOST_HANDLES = 6;

/**
 * What is to be said of Node processes whose main thread is idle in its event loop while no async function of them was found waiting: what
 * keeps them alive, by the newest dump of each, and what to do. Nothing where a stack says more.
 */
export function* aliveText(set: DumpSet, screen: Screen): Generator<string> {
  const newest = new Map<number, Dump>();
  for (const dump of set.dumps) if (dump.format === 'node-report' && dump.pid !== null) newest.set(dump.pid, dump);
  for (const [pid, { threads }] of newest) {
    if (threads.some(({ stack }) => stack !== 0)) continue;
    const handles = threads.flatMap(({ measures }) => measures?.handles ?? []).filter(keepsAlive);
    const named = handles.slice(0, MOST_HANDLES).map(({ type, details }) => visible(details === null ? type : `${type} (${details})`));
    const more = handles.length > MOST_HANDLES ? [`${handles.length - MOST_HANDLES} more`] : [];
    const what =
      handles.length === 0
        ? 'Nothing that a report shows keeps it alive, so it may be a file operation, a look-up of a name or another request to the thread pool.'
        : `It is kept alive by: ${[...named, ...more].join(', ')}.`;
    yield* wrap(
      `process ${pid}: its main thread waits for something asynchronous, and no async function was found waiting: callbacks leave no trace, nor does a promise that nobody can settle any more (and heaps of more than 48 MB are not searched). ${what} Look for who should have answered, ended or closed it.`,
      screen.width,
    );
    yield '';
  }
}

const INTERNAL: ReadonlySet<string> = new Set(['async', 'check', 'prepare', 'idle', 'signal']);

function keepsAlive({ type, active, referenced }: LoopHandle): boolean {
  return active && referenced && !INTERNAL.has(type);
}
