import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Origins, overviewOf, seriesOf, type StackGroup, type StuckOptions } from '../../analysis/index.js';
import type { Dump, DumpSet } from '../../model/index.js';
import { frameText } from '../frame-text.js';
import { groupTitle, movingLines, reasonsText, type Frame } from '../group-text.js';
import { ProcessNames } from '../process-names.js';
import { columns, count, fit, paint, visible, type Screen } from '../terminal.js';
import { shortTime } from '../time-text.js';
import { verdictText } from '../verdict-text.js';

export interface DumpBoxOptions extends StuckOptions {
  /** How many dumps the input has had, with this one. */
  readonly number: number;
  /** It was told before, and something was added to it since. */
  readonly again?: boolean;
  /** Dumps with the threads that filters left; default: all. */
  readonly shown?: DumpSet;
}

/** Stacks in a box; the rest is counted. It stands in the middle of a log. */
const MOST_GROUPS = 4;
const MOST_REASONS = 2;
/** Dumps of the process that a dump is compared with. The end of the output has them all. */
const MOST_COMPARED = 8;
/** Wider boxes are torn by the logs that they stand in. */
const MOST_WIDTH = 100;
const INDENT = '    ';

/**
 * What a dump shows, in a few lines within a box, for the middle of a program's output: the verdict where there are dumps
 * before it, and the stacks worth a look.
 *
 * @param set the dump and some of those before it, of whatever processes
 */
export function dumpBox(set: DumpSet, dump: Dump, screen: Screen, options: DumpBoxOptions): string[] {
  const width = Math.min(screen.width, MOST_WIDTH);
  const inner: Screen = { ...screen, width: width - 4 };
  return boxed(titleOf(dump, options), [...content(set, dump, inner, options)], { ...screen, width });
}

function titleOf(dump: Dump, { number, again = false }: DumpBoxOptions): string {
  const parts = [
    `standstill: dump ${number}${again ? ' goes on' : ''}`,
    count(dump.threads.length, 'thread'),
    ...(dump.pid === null ? [] : [`pid ${dump.pid}`]),
    ...(dump.origin === null ? [] : [visible(path.basename(dump.origin))]),
    ...(dump.time === null ? [] : [shortTime(dump)]),
    ...(dump.reason === null ? [] : [visible(dump.reason.text)]),
  ];
  return parts.join(' · ');
}

function* content(set: DumpSet, dump: Dump, screen: Screen, options: DumpBoxOptions): Generator<string> {
  const own = ofItsProcess(set, dump);
  const overview = overviewOf(own, options);
  const frame: Frame = {
    set: own,
    overview,
    origins: new Origins(own.frames, options.roots),
    processes: new ProcessNames(own, overview.series),
    nameProcesses: false,
    screen,
    style: {},
    verbose: false,
  };
  for (const line of verdictText(frame)) yield line.slice(2);
  const newest = own.dumps.indexOf(dump);
  const groups = overview.groups
    .map((group) => ({ ...group, threads: group.threads.filter(({ member }) => member.dump === newest) }))
    .filter(({ threads }) => threads.length > 0);
  const worth = groups.filter(({ kind }) => kind === 'crashed' || kind === 'application');
  const first = (worth.length > 0 ? worth : groups.filter(({ kind }) => kind !== 'idle')).slice(0, MOST_GROUPS);
  for (const group of first) yield* groupLines(frame, group);
  yield* restLine(frame, dump, first);
}

/** The dump and those before it that are of the same process. */
function ofItsProcess(set: DumpSet, dump: Dump): DumpSet {
  const at = set.dumps.indexOf(dump);
  const series = seriesOf(set).find(({ dumps }) => dumps.includes(at));
  const dumps = (series?.dumps ?? [at]).filter((index) => index <= at).slice(-MOST_COMPARED);
  return { ...set, dumps: dumps.map((index) => set.dumps[index]!) };
}

/** Who stands there, and where: the most recent call, and the application's own. */
function* groupLines(frame: Frame, group: StackGroup): Generator<string> {
  const { set, origins, screen } = frame;
  yield* groupTitle(frame, group);
  if (group.moves) {
    const [where] = movingLines(frame, group);
    if (where !== undefined) yield where;
    return;
  }
  const rows = Array.from(set.stacks.frames(group.stacks[0]!));
  const own = rows.find((row) => origins.isApplication(row));
  const shown = [...new Set([rows[0], own])].filter((row) => row !== undefined);
  for (const row of shown) yield INDENT + paint(screen, row === own ? 'strong' : 'dim', frameText(set, row, screen.width - INDENT.length));
  yield* [...reasonsText(frame, group)].slice(0, MOST_REASONS);
}

/** What was not shown, in numbers. */
function* restLine({ overview, screen, set }: Frame, dump: Dump, shown: readonly StackGroup[]): Generator<string> {
  const newest = set.dumps.indexOf(dump);
  const isShown = new Set(shown.flatMap(({ threads }) => threads));
  const rest = { other: 0, idle: 0 };
  for (const { kind, threads } of overview.groups)
    for (const thread of threads)
      if (thread.member.dump === newest && !isShown.has(thread)) rest[kind === 'idle' || kind === 'waiting-for-work' ? 'idle' : 'other']++;
  rest.other += overview.frameless.filter(({ member }) => member.dump === newest).length;
  const parts = [
    ...(rest.other === 0 ? [] : [count(rest.other, shown.length === 0 ? 'thread' : 'other thread')]),
    ...(rest.idle === 0 ? [] : [count(rest.idle, 'idle thread')]),
  ];
  if (parts.length > 0) yield paint(screen, 'dim', fit(parts.join(', '), screen.width));
}

/** Lines in a box. They hold no other sequences than those of `paint`. */
function boxed(title: string, lines: readonly string[], screen: Screen): string[] {
  const room = screen.width - 4;
  const edge = (text: string): string => paint(screen, 'title', text);
  const head = fit(title, room - 2);
  return [
    `${edge('╭─')} ${paint(screen, 'strong', head)} ${edge(`${'─'.repeat(Math.max(0, room - columns(head) - 1))}╮`)}`,
    ...lines.map((line) => {
      const text = stripVTControlCharacters(line);
      return `${edge('│')} ${line}${' '.repeat(Math.max(0, room - columns(text)))} ${edge('│')}`;
    }),
    edge(`╰${'─'.repeat(room + 2)}╯`),
  ];
}
