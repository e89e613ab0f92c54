import type { StuckReport } from '../analysis/index.js';
import type { Dump, DumpSet } from '../model/index.js';
import { isoTime } from './documents.js';
import { functionOf, placeOf } from './frame-text.js';
import { stuckText, type StuckTextOptions } from './stuck-text.js';
import { count, fit, paint, visible, type Screen } from './terminal.js';
import { shortTime } from './time-text.js';

/** A line on a dump that has come: when, which, and what its process shows since. */
export function watchLine(set: DumpSet, { series }: StuckReport, dump: Dump): string {
  const at = set.dumps.indexOf(dump);
  const found = series.find(({ series: { dumps } }) => dumps.includes(at));
  const [first] = found?.threads ?? [];
  const told = found?.verdict === 'stuck' || found?.verdict === 'suspect';
  const where = told && first?.frame != null ? `: look at ${functionOf(set, first.frame)}, ${placeOf(set, first.frame)}` : '';
  const which = found === undefined ? '' : `dump ${found.series.dumps.indexOf(at) + 1}${dump.pid === null ? '' : ` of pid ${dump.pid}`}`;
  const time = isoTime(dump.time) ?? 'no time known';
  return `${time}  ${found?.verdict.toUpperCase() ?? 'ERROR'}${where}  (${[which, visible(`${dump.source}:${dump.line}`)].filter(Boolean).join(', ')})`;
}

/** What a terminal shows between two dumps: as many lines of the answer as it has room for. */
export function watchScreen(
  set: DumpSet,
  report: StuckReport,
  screen: Screen,
  rows: number,
  { watched, ...options }: StuckTextOptions & { readonly watched: string },
): string[] {
  const newest = set.dumps.at(-1);
  const state = newest === undefined ? 'no dump yet' : `${count(set.dumps.length, 'dump')}, the last of ${shortTime(newest)}`;
  const head = paint(screen, 'dim', fit(`${state} · Ctrl-C ends · watching ${visible(watched)}`, screen.width));
  if (newest === undefined) return [head];
  const lines: string[] = [head, ''];
  for (const line of stuckText(set, report, screen, options)) {
    lines.push(line);
    if (lines.length > rows) break;
  }
  return lines.length < rows ? lines : [...lines.slice(0, Math.max(1, rows - 2)), paint(screen, 'dim', '…')];
}
