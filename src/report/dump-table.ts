import path from 'node:path';
import Table from 'cli-table3';
import type { Series } from '../analysis/index.js';
import type { Dump, DumpSet } from '../model/index.js';
import { PLAIN_TABLE } from './table.js';
import { count, fit, fitEnd, paint, visible, wrap, type Screen } from './terminal.js';
import { duration, shortTime, timeText } from './time-text.js';

/** Rows before the middle is left out. A table costs time quadratic in its rows. */
const MOST_ROWS = 12;
const MOST_ROWS_VERBOSE = 200;
const MOST_REASONS = 3;
const MOST_REASON_LINES = 3;

/** What was read, in a sentence. */
export function headline({ dumps }: DumpSet, series: readonly Series[]): string {
  const runtimes = [...new Set(dumps.map((dump) => (dump.runtime === 'python' ? 'Python' : 'Node')))].join(' and ');
  if (dumps.length === 1) {
    const [dump] = dumps as [Dump];
    return `1 dump of a ${runtimes} process, ${count(dump.threads.length, 'thread')}`;
  }
  const span = series.length === 1 ? series[0]!.span : null;
  const processes = series.length === 1 ? `one ${runtimes} process` : `${series.length} ${runtimes} processes`;
  return `${dumps.length} dumps of ${processes}${span === null ? '' : ` over ${duration(span)}`}`;
}

/** Where the dumps come from, in one line. */
export function originLine({ dumps }: DumpSet, screen: Screen): string {
  const [first] = dumps as [Dump];
  if (dumps.length === 1) {
    const parts = [first.format, timeText(first)];
    if (first.pid !== null) parts.push(`pid ${first.pid}`);
    if (first.runtimeVersion !== null) parts.push(visible(first.runtimeVersion));
    const rest = fit(` · ${parts.join(' · ')}`, screen.width - 20);
    return `  ${fitEnd(`${visible(first.source)}:${first.line}`, screen.width - 2 - rest.length)}${rest}`;
  }
  const inputs = new Set(dumps.map((dump) => dump.source));
  const dated = dumps.filter(({ time }) => time !== null);
  const [from, to] = [dated[0], dated.at(-1)].map((dump) => dump && shortTime(dump));
  const parts = [
    inputs.size === 1 ? visible(path.basename(first.source)) : count(inputs.size, 'input'),
    [...new Set(dumps.map((dump) => dump.format))].join(', '),
    ...(from === undefined || to === undefined
      ? []
      : [from === to ? from : `${from} to ${from.slice(0, 11) === to.slice(0, 11) ? to.slice(11) : to}`]),
  ];
  return fit(`  ${parts.join(' · ')}`, screen.width);
}

/** Why the dumps were made, in their own words. */
export function reasonLines({ dumps }: DumpSet, screen: Screen): string[] {
  const reasons = [...new Set(dumps.flatMap((dump) => dump.reason?.text ?? []))];
  if (reasons.length === 0) return [];
  const text = `${reasons.slice(0, MOST_REASONS).map(visible).join('; ')}${reasons.length > MOST_REASONS ? '; …' : ''}`;
  const lines = wrap(text, screen.width - 2);
  return (
    lines.length <= MOST_REASON_LINES
      ? lines
      : [...lines.slice(0, MOST_REASON_LINES - 1), `${fit(lines[MOST_REASON_LINES - 1]!, screen.width - 4)} …`]
  ).map((line) => `  ${line}`);
}

/** All dumps, a row each; the middle of many is left out. */
export function* dumpTable({ dumps }: DumpSet, screen: Screen, verbose: boolean): Generator<string> {
  const most = verbose ? MOST_ROWS_VERBOSE : MOST_ROWS;
  const half = Math.floor(most / 2);
  const numbered = dumps.map((dump, i) => ({ dump, number: i + 1 }));
  const rows = dumps.length <= most ? numbered : [...numbered.slice(0, half), ...numbered.slice(-half)];
  const withPid = rows.some(({ dump }) => dump.pid !== null);
  // the line above the stacks says it already when there is but one
  const withFormat = new Set(dumps.map(({ format }) => format)).size > 1;
  const formatWidth = withFormat ? Math.max(6, ...rows.map(({ dump }) => dump.format.length)) + 2 : 0;
  const inputWidth = Math.max(12, screen.width - (withPid ? 49 : 40) - formatWidth);
  const table = new Table({
    head: ['#', 'time', 'input', ...(withFormat ? ['format'] : []), ...(withPid ? ['pid'] : []), 'threads'],
    ...PLAIN_TABLE,
    colAligns: ['right', 'left', 'left', ...(withFormat ? (['left'] as const) : []), ...(withPid ? (['right'] as const) : []), 'right'],
  });
  for (const { dump, number } of rows) {
    table.push([
      number,
      shortTime(dump),
      fitEnd(`${visible(path.basename(dump.source))}:${dump.line}`, inputWidth),
      ...(withFormat ? [dump.format] : []),
      ...(withPid ? [dump.pid ?? ''] : []),
      dump.threads.length,
    ]);
  }
  const lines = table
    .toString()
    .split('\n')
    .map((line) => fit(`  ${line.trimEnd()}`, screen.width));
  yield paint(screen, 'dim', lines[0]!);
  for (const [i, line] of lines.slice(1).entries()) {
    if (rows.length < dumps.length && i === half) yield `  … ${dumps.length - rows.length} more dumps${verbose ? '' : ' (--verbose)'}`;
    yield line;
  }
}
