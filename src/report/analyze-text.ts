import path from 'node:path';
import Table from 'cli-table3';
import {
  NOTHING_HIDDEN,
  Origins,
  entryDepth,
  groupThreads,
  seriesOf,
  type Group,
  type Hidden,
  type Root,
  type Series,
  type Signature,
} from '../analysis/index.js';
import type { Dump, DumpSet, StackIndex, Thread } from '../model/index.js';
import { functionOf, moduleOf, placeOf, stackLines } from './frame-text.js';
import { hiddenText } from './hidden-text.js';

import { count, fit, fitEnd, paint, visible, wrap, type Screen } from './terminal.js';
import { duration, shortTime, timeText } from './time-text.js';

export interface TextOptions {
  readonly roots?: readonly Root[];
  /** The user's own signatures. */
  readonly signatures?: readonly Signature[];
  /** Everything: all groups, all dumps, all warnings. */
  readonly verbose?: boolean;
  /** What filters hid. */
  readonly hidden?: Hidden;
}

/** Rows of the table of dumps, and groups with application frames, shown before the rest is counted. A table costs time quadratic in its rows. */
const MOST_DUMP_ROWS = 12;
const MOST_GROUPS = 12;
const MOST_BACKGROUND = 6;
const MOST_WARNINGS = 6;

/** The answer of `analyze` for people: what the dumps are, then the stacks, those worth a look first. */
export function* analyzeText(set: DumpSet, screen: Screen, options: TextOptions = {}): Generator<string> {
  const view = new View(set, screen, options);
  yield* view.lines();
}

interface RankedGroup {
  readonly group: Group;
  readonly crashed: boolean;
  /** Application frames inside the function that the thread was started with: idle workers have none. */
  readonly depth: number;
  readonly application: boolean;
  /** The most recent frame is the application's: a lock, a sleep and a C call leave no frame of their own. */
  readonly applicationOnTop: boolean;
  /** It is that of the threads that wrote the dumps. */
  readonly dumper: boolean;
  /** Dumps that show the stack. */
  readonly dumps: number;
  /** Most threads with this stack in one dump. */
  readonly threads: number;
  /** Threads that have this very stack in every dump of their process; 0 with one dump of it. */
  readonly unchanged: number;
}

class View {
  readonly #set: DumpSet;
  readonly #screen: Screen;
  readonly #verbose: boolean;
  readonly #origins: Origins;
  readonly #series: readonly Series[];
  readonly #hidden: string | null;

  constructor(set: DumpSet, screen: Screen, options: TextOptions) {
    this.#set = set;
    this.#screen = screen;
    this.#verbose = options.verbose ?? false;
    this.#origins = new Origins(set.frames, options.roots);
    this.#series = seriesOf(set);
    this.#hidden = hiddenText(set, options.hidden ?? NOTHING_HIDDEN);
  }

  *lines(): Generator<string> {
    const { dumps } = this.#set;
    yield paint(this.#screen, 'strong', this.#headline());
    if (dumps.length === 1) yield `  ${this.#dumpLine(dumps[0]!)}`;
    else yield* this.#dumpTable();
    if (this.#hidden !== null) yield* wrap(this.#hidden, this.#screen.width - 2).map((line) => paint(this.#screen, 'warning', `  ${line}`));
    const ranked = rank(this.#set, this.#origins, this.#series);
    const foreground = ranked.filter((group) => group.application || group.crashed);
    const background = ranked.filter((group) => !group.application && !group.crashed);
    const most = this.#verbose ? Infinity : MOST_GROUPS;
    for (const group of foreground.slice(0, most)) yield* this.#group(group);
    if (foreground.length > most) {
      yield '';
      yield paint(
        this.#screen,
        'dim',
        `… and ${count(foreground.length - most, 'more stack')} with application frames (--verbose shows all)`,
      );
    }
    yield* this.#background(background);
    yield* this.#frameless();
    yield* this.#warnings();
    yield* this.#advice();
  }

  #headline(): string {
    const { dumps } = this.#set;
    const runtimes = [...new Set(dumps.map((dump) => (dump.runtime === 'python' ? 'Python' : 'Node')))].join(' and ');
    const threads = dumps.reduce((sum, dump) => sum + dump.threads.length, 0);
    if (dumps.length === 1) return `1 dump of a ${runtimes} process, ${count(threads, 'thread')}${reasonText(dumps[0]!)}`;
    const span = this.#series.length === 1 ? this.#series[0]!.span : null;
    const processes = this.#series.length === 1 ? `one ${runtimes} process` : `${this.#series.length} ${runtimes} processes`;
    return `${dumps.length} dumps of ${processes}${span === null ? '' : ` over ${duration(span)}`}`;
  }

  #dumpLine(dump: Dump): string {
    const parts = [dump.format, timeText(dump)];
    if (dump.pid !== null) parts.push(`pid ${dump.pid}`);
    if (dump.runtimeVersion !== null) parts.push(visible(dump.runtimeVersion));
    const rest = fit(` · ${parts.join(' · ')}`, this.#screen.width - 20);
    return fitEnd(`${visible(dump.source)}:${dump.line}`, this.#screen.width - 2 - rest.length) + rest;
  }

  *#dumpTable(): Generator<string> {
    const { dumps } = this.#set;
    const rows = this.#verbose
      ? dumps.slice(0, 200)
      : dumps.length <= MOST_DUMP_ROWS
        ? dumps
        : [...dumps.slice(0, MOST_DUMP_ROWS / 2), ...dumps.slice(-MOST_DUMP_ROWS / 2)];
    const withPid = rows.some((dump) => dump.pid !== null);
    const inputWidth = Math.max(16, this.#screen.width - (withPid ? 58 : 50) - 2);
    const table = new Table({
      head: ['#', 'time', 'input', 'format', ...(withPid ? ['pid'] : []), 'threads'],
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      chars: NO_BORDERS,
      colAligns: ['right', 'left', 'left', 'left', ...(withPid ? (['right'] as const) : []), 'right'],
    });
    const numbers = new Map(dumps.map((dump, i) => [dump, i + 1]));
    for (const dump of rows) {
      table.push([
        numbers.get(dump)!,
        shortTime(dump),
        fitEnd(`${visible(path.basename(dump.source))}:${dump.line}`, inputWidth),
        dump.format,
        ...(withPid ? [dump.pid ?? ''] : []),
        dump.threads.length,
      ]);
    }
    const lines = table
      .toString()
      .split('\n')
      .map((line) => `  ${line.trimEnd()}`);
    yield paint(this.#screen, 'dim', lines[0]!);
    const gap = rows.length < dumps.length && !this.#verbose ? MOST_DUMP_ROWS / 2 : -1;
    for (const [i, line] of lines.slice(1).entries()) {
      if (i === gap) yield `  … ${dumps.length - rows.length} more dumps`;
      yield line;
    }
    if (this.#verbose && rows.length < dumps.length) yield `  … ${dumps.length - rows.length} more dumps`;
    const reasons = [...new Set(dumps.map((dump) => dump.reason?.text).filter((text): text is string => text !== undefined))];
    if (reasons.length > 0) yield fit(`  reason: ${reasons.slice(0, 3).map(visible).join('; ')}`, this.#screen.width);
  }

  *#group(ranked: RankedGroup): Generator<string> {
    const { group } = ranked;
    const members = group.members.map((member) => this.#set.dumps[member.dump]!.threads[member.thread]!);
    yield '';
    const label = ranked.crashed ? paint(this.#screen, 'alarm', 'CRASHED ') : '';
    yield `${label}${paint(this.#screen, 'title', fit(this.#who(ranked, members), this.#screen.width - (ranked.crashed ? 8 : 0)))}`;
    yield* stackLines(this.#set, this.#origins, group.stacks[0]!, this.#screen, '    ');
    const cut = members.find((thread) => thread.truncated !== false && thread.stack === group.stacks[0]);
    if (cut)
      yield `    ${paint(this.#screen, 'dim', cut.truncated === 'marked' ? '(the dump cut this stack short)' : '(callers are probably missing below)')}`;
  }

  #who(ranked: RankedGroup, members: readonly Thread[]): string {
    const names = [...new Set(members.map((thread) => thread.name ?? thread.id).filter((name): name is string => name !== null))];
    const shown = names.slice(0, 3).map((name) => visible(name));
    if (names.length > 3) shown.push('…');
    const main = members.every((thread) => thread.main === true) ? ' (main)' : '';
    const variants = ranked.group.kind === 'similar' ? `, at ${ranked.group.stacks.length} different lines` : '';
    const who = `${count(ranked.threads, 'thread')}${main}${ranked.dumper ? ', wrote the dump' : ''}${this.#howOften(ranked)}${variants}`;
    return shown.length === 0 ? who : `${who}: ${shown.join(', ')}`;
  }

  #howOften({ dumps, threads, unchanged }: RankedGroup): string {
    const all = this.#set.dumps.length;
    if (all === 1) return '';
    if (unchanged > 0) return unchanged === threads ? ', unchanged in every dump' : `, ${unchanged} of them unchanged in every dump`;
    return dumps === all ? `, in every dump` : `, in ${dumps} of ${all} dumps`;
  }

  *#background(groups: readonly RankedGroup[]): Generator<string> {
    if (groups.length === 0) return;
    yield '';
    yield paint(this.#screen, 'dim', 'Without application frames (library and runtime threads):');
    const most = this.#verbose ? Infinity : MOST_BACKGROUND;
    for (const { group, threads } of groups.slice(0, most)) {
      const stack = group.stacks[0]!;
      const top = this.#set.stacks.frameAt(stack, 0);
      const entry = entryDepth(this.#set, stack);
      const from = entry > 0 ? this.#set.stacks.frameAt(stack, entry) : top;
      const into = from === top ? '' : `, in ${moduleOf(this.#set.frames.fileOf(top))}.${functionOf(this.#set, top)}`;
      yield paint(
        this.#screen,
        'dim',
        fit(`  ${String(threads).padStart(4)} × ${functionOf(this.#set, from)} ${placeOf(this.#set, from)}${into}`, this.#screen.width),
      );
    }
    if (groups.length > most) yield paint(this.#screen, 'dim', `  … and ${count(groups.length - most, 'more stack')}`);
  }

  *#frameless(): Generator<string> {
    const newest = this.#series.map((series) => this.#set.dumps[series.dumps.at(-1)!]!);
    const idle = newest.flatMap((dump) => dump.threads.filter((thread) => thread.stack === 0 && thread.activity === 'idle'));
    const silent = newest.flatMap((dump) => dump.threads.filter((thread) => thread.stack === 0 && thread.activity !== 'idle'));
    if (idle.length + silent.length === 0) return;
    yield '';
    if (idle.length > 0) yield `${count(idle.length, 'worker')} idle in the event loop: ${fit(names(idle), this.#screen.width - 34)}`;
    const main = silent.filter((thread) => thread.main === true && thread.activity === 'unknown');
    if (main.length > 0)
      yield* wrap(
        'The main thread shows no stack: Node writes a report from its event loop, so this does not mean that it was idle.',
        this.#screen.width,
      );
    const rest = silent.filter((thread) => !main.includes(thread));
    if (rest.length > 0) yield `${count(rest.length, 'thread')} without frames: ${fit(names(rest), this.#screen.width - 28)}`;
  }

  *#warnings(): Generator<string> {
    const warnings = this.#set.sources.flatMap((source) => source.warnings.map((warning) => ({ source, warning })));
    if (warnings.length === 0) return;
    yield '';
    const most = this.#verbose ? Infinity : MOST_WARNINGS;
    for (const { source, warning } of warnings.slice(0, most)) {
      const where = `${visible(path.basename(source.path))}${warning.line === null ? '' : `:${warning.line}`}`;
      for (const line of wrap(`! ${where}: ${visible(warning.message)}`, this.#screen.width, '  '))
        yield paint(this.#screen, 'warning', line);
    }
    if (warnings.length > most)
      yield paint(this.#screen, 'warning', `! … and ${count(warnings.length - most, 'more warning')} (--verbose)`);
  }

  *#advice(): Generator<string> {
    const [only] = this.#set.dumps;
    if (this.#set.dumps.length !== 1 || !only || only.kind === 'error' || only.reason?.kind === 'fatal') return;
    yield '';
    const pid = only.pid === null ? 'PID' : String(only.pid);
    const how =
      only.runtime === 'node'
        ? `kill -USR2 ${pid}        (a process started with --report-on-signal)`
        : only.reason?.kind === 'timeout'
          ? 'faulthandler.dump_traceback_later(10, repeat=True)'
          : `kill -USR1 ${pid}        (after faulthandler.register(signal.SIGUSR1))`;
    yield 'One dump shows where threads stand, not whether they move. Take two more,';
    yield 'ten seconds apart, and give all three to standstill:';
    yield fit(`    ${how}`, this.#screen.width);
  }
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** Crashed threads first, then by {@link interest}. */
function rank(set: DumpSet, origins: Origins, series: readonly Series[]): RankedGroup[] {
  const unmoved = unchangedThreads(set, series);
  return groupThreads(set)
    .map((group): RankedGroup => {
      const stack = group.stacks[0]!;
      const frames = Array.from(set.stacks.frames(stack));
      const entry = entryDepth(set, stack);
      const perDump = countPerDump(group);
      return {
        group,
        crashed: group.members.some(({ dump, thread }) => set.dumps[dump]!.threads[thread]!.current && isCrash(set.dumps[dump]!)),
        depth: frames.slice(0, Math.max(entry, 0)).filter((frame) => origins.isApplication(frame)).length,
        application: frames.some((frame) => origins.isApplication(frame)),
        applicationOnTop: frames[0] !== undefined && origins.isApplication(frames[0]),
        dumper: group.members.every(({ dump, thread }) => wroteDump(set.dumps[dump]!, thread)),
        dumps: perDump.size,
        threads: Math.max(...perDump.values()),
        unchanged: group.stacks.reduce((sum, row) => sum + (unmoved.get(row) ?? 0), 0),
      };
    })
    .sort((a, b) => order(a, b));
}

function order(a: RankedGroup, b: RankedGroup): number {
  return (
    Number(b.crashed) - Number(a.crashed) || interest(b) - interest(a) || b.dumps - a.dumps || b.threads - a.threads || b.depth - a.depth
  );
}

/**
 * How much a stack is worth a look. Not moving and standing deeper than where the thread was started tell most; a lock, a
 * sleep and a C call leave no frame, so an application line on top may be any of them. The thread that wrote the dump
 * (a signal handler's, a watchdog's) never moves either, and never matters.
 */
function interest(group: RankedGroup): number {
  return (group.unchanged > 0 ? 2 : 0) + (group.depth > 0 ? 2 : 0) + (group.applicationOnTop ? 1 : 0) - (group.dumper ? 5 : 0);
}

/** How many threads stand on each stack in every dump of their process. */
function unchangedThreads(set: DumpSet, series: readonly Series[]): Map<StackIndex, number> {
  const unmoved = new Map<StackIndex, number>();
  for (const { dumps } of series) {
    if (dumps.length < 2) continue;
    const [first, ...later] = dumps.map((index) => new Map(set.dumps[index]!.threads.map((thread) => [thread.id, thread.stack])));
    for (const [id, stack] of first!) {
      if (id !== null && stack !== 0 && later.every((stacks) => stacks.get(id) === stack))
        unmoved.set(stack, (unmoved.get(stack) ?? 0) + 1);
    }
  }
  return unmoved;
}

function countPerDump(group: Group): Map<number, number> {
  const perDump = new Map<number, number>();
  for (const { dump } of group.members) perDump.set(dump, (perDump.get(dump) ?? 0) + 1);
  return perDump;
}

/** The thread that a dump of a living process marks as current is the one that was writing it. */
function wroteDump(dump: Dump, thread: number): boolean {
  return dump.threads.length > 1 && dump.reason === null && dump.threads[thread]!.current;
}

function isCrash(dump: Dump): boolean {
  return dump.kind === 'error' || dump.reason?.kind === 'fatal' || dump.reason?.kind === 'exception';
}

function names(threads: readonly Thread[]): string {
  return threads.map((thread) => visible(thread.name === null ? (thread.id ?? '?') : `${thread.id ?? '?'} ${thread.name}`)).join(', ');
}

function reasonText(dump: Dump): string {
  return dump.reason === null ? '' : `: ${fit(visible(dump.reason.text), 200)}`;
}
