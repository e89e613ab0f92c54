import Table from 'cli-table3';
import { PLAIN_TABLE, count, fit, fitEnd, paint, plain, visible, wrap, type Screen, type Style } from '../../report/index.js';
import type { Hang, Hosts, Listing, News, Shown, Trend } from '../questions.js';
import type { StackRecord } from '../records.js';
import type { Answer } from '../store.js';
import {
  NOT_SAID,
  bars,
  functionOf,
  hostTableOf,
  hostsTitle,
  knownText,
  listTitle,
  minute,
  nameOf,
  newsTitle,
  spotOf,
  verdictWord,
  waitOf,
} from './words.js';

/** Frames of a stack on a terminal; all are in the JSON document. */
const MOST_FRAMES = 30;
/** Rows of a table without `--limit`; a table costs time quadratic in its rows. */
const MOST_ROWS = 200;

/** Digits of a fingerprint that tables have: enough for `history show`, which takes the beginning of one. */
const SHORT = 8;

/** The last cell of a row may be told the room that it has. */
type Cell = string | number | ((room: number) => string);

/** A cell is told no less: what is narrower cannot be read anyway, and is cut. */
const LEAST_ROOM = 16;
const LEAST_NAME = 12;

/** Columns in line; the last gets what is left of the width. */
function* table(head: readonly string[], rows: readonly (readonly Cell[])[], right: readonly number[], screen: Screen): Generator<string> {
  const shown = rows.slice(0, MOST_ROWS);
  const lines = new Table({
    head: [...head],
    ...PLAIN_TABLE,
    colAligns: head.map((_, i) => (right.includes(i) ? 'right' : 'left')),
  });
  const widths = head.slice(0, -1).map((name, i) => Math.max(...[name, ...shown.map((row) => row[i])].map((cell) => String(cell).length)));
  const room = Math.max(LEAST_ROOM, screen.width - 2 - widths.reduce((sum, width) => sum + width + 2, 0));
  lines.push(...shown.map((row) => row.map((cell) => (typeof cell === 'function' ? cell(room) : cell))));
  for (const [i, line] of lines.toString().split('\n').entries()) {
    const text = fit(`  ${line.trimEnd()}`, screen.width);
    yield i === 0 ? paint(screen, 'dim', text) : text;
  }
  if (shown.length < rows.length) yield `  … ${rows.length - shown.length} more rows (--json has them all)`;
}

function indented(sentence: string, screen: Screen): string[] {
  return wrap(sentence, screen.width - 2).map((line) => `  ${line}`);
}

const STYLE_OF: Partial<Record<string, Style>> = { stuck: 'alarm', suspect: 'warning' };

/** What hangs and where: of long ones the file and line stay, which a name can be found by. */
function whatText(what: string, spot: string, room: number): string {
  return `${fit(what, Math.max(LEAST_NAME, room - spot.length - 1))} ${spot}`;
}

function hangTable(hangs: readonly Hang[], screen: Screen): Generator<string> {
  const rows = hangs.map((hang) => [
    hang.fingerprint.slice(0, SHORT),
    hang.times,
    hang.builds,
    hang.hosts,
    hang.firstBuild === null ? minute(hang.first) : fit(nameOf(hang.firstBuild), 18),
    hang.lastBuild === null ? minute(hang.last) : fit(nameOf(hang.lastBuild), 18),
    (room: number) => whatText(`${verdictWord(hang.verdict)} ${functionOf(hang.example)}`, spotOf(hang.example), room),
  ]);
  return table(['hang', 'times', 'builds', 'hosts', 'since', 'last', 'what'], rows, [1, 2, 3], screen);
}

/** `history list` */
export function* listText({ extent, hangs, unlisted }: Listing, screen: Screen): Generator<string> {
  yield paint(screen, 'strong', listTitle({ extent, hangs, unlisted }));
  if (hangs.length === 0) return;
  yield '';
  yield* hangTable(hangs, screen);
  if (unlisted > 0) yield `  … ${count(unlisted, 'more hang')} (--limit)`;
}

/** `history show` */
export function* showText({ hang, extent, builds, hosts, sightings, stack, days }: Shown, screen: Screen): Generator<string> {
  const { example, verdict, fingerprint } = hang;
  const spot = spotOf(example, true);
  yield `${paint(screen, STYLE_OF[verdict] ?? 'strong', verdictWord(verdict))} ${functionOf(example)}  ${fitEnd(spot, Math.max(20, screen.width - functionOf(example).length - 10))}`;
  yield* indented(
    `${knownText(hang, extent.builds)}, last ${hang.lastBuild === null ? '' : `in ${nameOf(hang.lastBuild)}, `}${minute(hang.last)}`,
    screen,
  );
  const wait = waitOf(example);
  if (wait !== null) yield `  ${fit(wait, screen.width - 2)}`;
  yield paint(screen, 'dim', `  fingerprint ${fingerprint}`);
  if (stack !== null) {
    yield '';
    yield 'Stack of the newest, most recent call first:';
    yield* stackLines(stack, screen);
  }
  if (builds.length > 1) {
    yield '';
    yield fit(
      `Builds ${nameOf(builds[0]!.build)} to ${nameOf(builds.at(-1)!.build)}: ${bars(builds.map(({ times }) => times))}`,
      screen.width,
    );
    const seen = builds.filter(({ times }) => times > 0).slice(-MOST_NEWEST);
    yield* table(
      ['build', 'times', 'processes'],
      seen.map(({ build, times, processes }) => [fit(nameOf(build), 40), times, processes]),
      [1, 2],
      screen,
    );
  } else if (days.length > 1) yield* daysText(days, screen);
  if (hosts.length > 1 || hosts[0]?.host != null) {
    yield '';
    const rows = hosts.map(({ host, times, first, last }) => [fit(nameOf(host), 40), times, minute(first), minute(last)]);
    yield* table(['host', 'times', 'first', 'last'], rows, [1], screen);
  }
  yield '';
  const rows = sightings.map(({ at, build, host, thread, source, line }) => [
    minute(at),
    fit(nameOf(build), 16),
    fit(nameOf(host), 16),
    verdictWord(thread.verdict),
    fit(plain(thread.name ?? thread.id ?? NOT_SAID, 60), 20),
    (room: number) => fitEnd(`${visible(source)}:${line}`, room),
  ]);
  yield* table(['newest sightings', 'build', 'host', 'verdict', 'thread', 'input'], rows, [], screen);
}

/** Builds that a table of one hang names. */
const MOST_NEWEST = 10;

function* stackLines({ frames, depth }: StackRecord, screen: Screen): Generator<string> {
  const shown = frames.slice(0, MOST_FRAMES);
  const width = Math.min(28, Math.max(0, ...shown.map(([fn]) => (fn ?? '').length)));
  for (const [fn, file, line] of shown) {
    const name = plain(fn ?? '(anonymous)', 200).padEnd(width);
    yield `    ${name}  ${fitEnd(`${visible(file ?? '???')}${line === null ? '' : `:${line}`}`, Math.max(12, screen.width - name.length - 6))}`;
  }
  if (depth > shown.length) yield `    … ${count(depth - shown.length, 'more frame')}`;
}

function* daysText(days: Shown['days'], screen: Screen): Generator<string> {
  yield '';
  const [first, last] = [days[0]!.day, days.at(-1)!.day];
  const values = Array.from({ length: last - first + 1 }, (): number => 0);
  for (const { day, times } of days) values[day - first] = times;
  yield fit(`Days ${dayText(first)} to ${dayText(last)}: ${bars(values)}`, screen.width);
}

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** `history trend` */
export function* trendText({ extent, builds, days, hangs, unlisted }: Trend, screen: Screen): Generator<string> {
  yield paint(screen, 'strong', listTitle({ extent, hangs, unlisted }));
  if (builds.length > 0) {
    yield '';
    yield fit(
      `Builds ${nameOf(builds[0]!.build)} to ${nameOf(builds.at(-1)!.build)}, processes that hung: ${bars(builds.map(({ times }) => times))}`,
      screen.width,
    );
    const rows = builds
      .slice(-MOST_TREND)
      .map(({ build, times, hangs: here, processes, dumps }) => [fit(nameOf(build), 30), times, here, processes, dumps]);
    if (builds.length > rows.length) yield `  … ${count(builds.length - rows.length, 'older build')}`;
    yield* table(['build', 'hung', 'hangs', 'processes', 'dumps'], rows, [1, 2, 3, 4], screen);
  } else if (days.length > 0) yield* daysText(days, screen);
  if (hangs.length === 0) return;
  yield '';
  const rows = hangs.map(({ hang, times }) => [
    hang.fingerprint.slice(0, SHORT),
    hang.times,
    bars(times),
    (room: number) => whatText(functionOf(hang.example), spotOf(hang.example), room),
  ]);
  yield* table(['hang', 'times', builds.length > 0 ? 'oldest to newest build' : '', 'what'], rows, [1], screen);
  if (unlisted > 0) yield `  … ${count(unlisted, 'more hang')} (--limit)`;
}

const MOST_TREND = 20;

/** `history new` */
export function* newsText(news: News, screen: Screen): Generator<string> {
  const { before, fresh, gone, back, still } = news;
  yield paint(screen, 'strong', newsTitle(news));
  if (before === null) yield '  there is no build before it to compare with';
  else yield paint(screen, 'dim', `  the build before it is ${nameOf(before)}`);
  const sections = [
    ['New: never seen before', fresh],
    ['Came back: seen before, but not in the build before', back],
    ['Gone: in the build before, not since', gone],
    ['Still there', still],
  ] as const;
  for (const [title, hangs] of sections) {
    if (hangs.length === 0) continue;
    yield '';
    yield title;
    yield* hangTable(hangs, screen);
  }
}

/** `history hosts` */
export function* hostsText(answer: Hosts, screen: Screen): Generator<string> {
  const { hosts } = answer;
  yield paint(screen, 'strong', hostsTitle(answer));
  if (hosts.length === 0) return;
  yield '';
  const { head, rows, skewed } = hostTableOf(answer);
  yield* table(
    head,
    rows.map(([host, ...rest]) => [fit(String(host), 36), ...rest]),
    [1, 2, 3, 4, 5],
    screen,
  );
  if (skewed) yield* indented('Dumps of a clock that is ahead count with the time at which they were added.', screen);
}

/** `history query` */
export function* answerText({ columns, rows, cut }: Answer, screen: Screen): Generator<string> {
  const numbers = columns.flatMap((_, i) =>
    rows.length > 0 && rows.every((row) => typeof row[i] === 'number' || row[i] == null) ? [i] : [],
  );
  yield* table(
    columns.map((name) => visible(name)),
    rows.map((row) => row.map((value) => (value === null ? NOT_SAID : typeof value === 'number' ? value : plain(value, 200)))),
    numbers,
    screen,
  );
  if (cut) yield '  … and more rows (--limit)';
}
