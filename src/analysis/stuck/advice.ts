import type { DumpSet, FrameIndex } from '../../model/index.js';
import type { Series } from '../series.js';
import type { ThreadFinding } from './finding.js';
import { LEAST_STAY } from './weights.js';

/**
 * Why the dumps of a process cannot tell, and what to collect next. Empty: they can.
 *
 * @param sourceKnown whether the source of a frame is at hand
 */
export function adviceOf(
  set: DumpSet,
  series: Series,
  threads: readonly ThreadFinding[],
  sourceKnown: (frame: FrameIndex) => boolean,
): string[] {
  const dumps = series.dumps.map((index) => set.dumps[index]!).filter((dump) => dump.kind === 'snapshot');
  const how =
    dumps[0]?.runtime === 'node' ? 'node --report-on-signal, then kill -USR2' : 'faulthandler.register(signal.SIGUSR1), then kill -USR1';
  if (dumps.length === 0) return ['there is no picture of the process, only stacks of errors: take dumps of the running process'];
  if (dumps.length === 1) return [`one dump does not show what moves: take two more, ten seconds apart (${how})`];
  if (series.span !== null && series.span < LEAST_STAY) return [`the dumps are ${series.span} s apart: take them ten seconds apart`];
  const visible = threads.filter((thread) => thread.verdict !== 'idle' || thread.wait?.kind !== 'loop');
  if (
    visible.every((thread) => thread.verdict === 'idle' || thread.wait === null) &&
    threads.some((thread) => thread.wait?.kind === 'loop') &&
    visible.every((thread) => thread.wait?.kind === undefined || thread.wait.kind === 'loop')
  )
    return [
      "only event loops are to be seen, and their tasks leave no stack: list the tasks (asyncio.all_tasks and Task.print_stack, or your loop's own means)",
    ];
  if (threads.every((thread) => thread.frame === null && thread.wait === null))
    return ['no stack shows anything: the work is where these dumps cannot see (pending requests, promises, other processes)'];
  if (dumps[0]?.runtime === 'node') return []; // its stacks have no such lines, and its source is not read
  const silent = threads.filter(
    (thread) =>
      thread.verdict === 'unknown' && thread.frame !== null && thread.wait === null && thread.still > 1 && thread.blockedBy.length === 0,
  );
  if (silent.length > 0) {
    const who = silent.length === 1 ? 'a thread stays' : `${silent.length} threads stay`;
    const why = `${who} inside a call that leaves no frame: a lock, a read, a sleep and a long computation look the same`;
    return [
      silent.every((thread) => sourceKnown(thread.frame!))
        ? `${why}; take dumps over a longer time`
        : `${why}; give the source of the program (--source DIR), which tells them apart`,
    ];
  }
  return [];
}
