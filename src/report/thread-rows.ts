import type { SeriesFinding, StuckReport, ThreadFinding } from '../analysis/index.js';
import type { Dump, DumpSet, Thread } from '../model/index.js';

/** One thread in one dump, with what is said of it. */
export interface ThreadRow {
  /** Places in the set's dumps and in the dump's threads. */
  readonly dumpIndex: number;
  readonly dump: Dump;
  readonly threadIndex: number;
  readonly thread: Thread;
  readonly series: SeriesFinding | null;
  /** Null for threads of which nothing is said. */
  readonly finding: ThreadFinding | null;
}

/**
 * All threads of all dumps, in the order of the dumps.
 *
 * @param set the dumps as the filters left them
 * @param whole the same dumps with all their threads, of which the findings were made
 */
export function* threadRows(set: DumpSet, whole: DumpSet, stuck: StuckReport): Generator<ThreadRow> {
  const findings: (ThreadFinding | undefined)[][] = whole.dumps.map(() => []);
  const seriesOf: (SeriesFinding | undefined)[] = [];
  for (const series of stuck.series) {
    for (const dump of series.series.dumps) seriesOf[dump] = series;
    for (const finding of series.threads) {
      const { first, seen } = finding.history;
      for (const [k, place] of seen.entries()) if (place >= 0) findings[series.series.dumps[first + k]!]![place] = finding;
    }
  }
  for (const [dumpIndex, dump] of set.dumps.entries()) {
    // the threads that are left stand in the same order
    let place = -1;
    const all = whole.dumps[dumpIndex]!.threads;
    for (const [threadIndex, thread] of dump.threads.entries()) {
      place = all.indexOf(thread, place + 1);
      const finding = findings[dumpIndex]![place] ?? null;
      yield { dumpIndex, dump, threadIndex, thread, series: seriesOf[dumpIndex] ?? null, finding };
    }
  }
}
