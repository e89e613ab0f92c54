import type { DumpSet, Thread } from '../model/index.js';
import type { StuckReport, ThreadFinding } from './stuck/index.js';

/**
 * The findings of threads that a filter left. Threads are judged before any is hidden, since one is judged by those around it.
 *
 * @param whole the dumps that were judged
 * @param shown the same dumps with the threads that are left
 */
export function shownFindings(report: StuckReport, whole: DumpSet, shown: DumpSet): StuckReport {
  if (shown === whole) return report;
  const kept = new Set<Thread>(shown.dumps.flatMap((dump) => dump.threads));
  const isKept = (dumps: readonly number[], { history }: ThreadFinding): boolean =>
    history.seen.some((place, i) => place >= 0 && kept.has(whole.dumps[dumps[history.first + i]!]!.threads[place]!));
  return {
    ...report,
    series: report.series.map((finding) => ({
      ...finding,
      threads: finding.threads.filter((thread) => isKept(finding.series.dumps, thread)),
    })),
  };
}
