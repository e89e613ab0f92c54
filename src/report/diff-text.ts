import Table from 'cli-table3';
import {
  DumpDiffs,
  Origins,
  compareGroups,
  countStatuses,
  groupChanges,
  type ChangeGroup,
  type DiffOptions,
  type DumpDiff,
  type DumpPair,
  type Root,
  type ThreadChange,
  type ThreadStatus,
} from '../analysis/index.js';
import type { DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';
import { frameDiffLines } from './diff-frames-text.js';
import { functionOf, stackLines } from './frame-text.js';
import { PLAIN_TABLE } from './table.js';
import { count, fit, fitEnd, paint, visible, wrap, type Screen } from './terminal.js';
import { duration, shortTime } from './time-text.js';

export interface DiffTextOptions extends DiffOptions {
  readonly roots?: readonly Root[];
  /** All groups, pairs and frames. */
  readonly verbose?: boolean;
  readonly appOnly?: boolean;
  /** Statuses to show; default all, with the unchanged threads counted. */
  readonly only?: readonly ThreadStatus[];
  readonly layout?: 'auto' | 'unified' | 'side-by-side';
  /** Numbers of threads by status instead of stacks. */
  readonly stat?: boolean;
}

/** From this width on two stacks stand side by side: each then has about 55 columns for function and place. */
const SIDE_BY_SIDE_WIDTH = 116;
/** A group that is a smaller part of all changes is no answer by itself. */
const TELLING = 0.1;
/** A shorter time between two dumps is not worth a word. */
const LEAST_LATER_MS = 100;
/** Of a pair of dumps, and pairs with their stacks, before the rest is counted. */
const MOST_GROUPS = 10;
const MOST_PAIRS = 6;
/** Rows of the table of numbers: its cost is quadratic. */
const MOST_TABLE_ROWS = 200;
/** Its columns with numbers, and the space between. */
const NUMBERS_WIDTH = 44;

/** The answer of `diff` for people: what changed most, then per pair of dumps the threads that changed alike. */
export function* diffText(set: DumpSet, pairs: readonly DumpPair[], screen: Screen, options: DiffTextOptions = {}): Generator<string> {
  yield* new DiffView(set, screen, options).lines(pairs);
}

class DiffView {
  readonly #set: DumpSet;
  readonly #screen: Screen;
  readonly #options: DiffTextOptions;
  readonly #diffs: DumpDiffs;
  readonly #origins: Origins;
  readonly #sideBySide: boolean;

  constructor(set: DumpSet, screen: Screen, options: DiffTextOptions) {
    this.#set = set;
    this.#screen = screen;
    this.#options = options;
    this.#diffs = new DumpDiffs(set, options);
    this.#origins = new Origins(set.frames, options.roots);
    const layout = options.layout ?? 'auto';
    this.#sideBySide = layout === 'auto' ? screen.width >= SIDE_BY_SIDE_WIDTH : layout === 'side-by-side';
  }

  *lines(pairs: readonly DumpPair[]): Generator<string> {
    if (pairs.length === 0) {
      yield* wrap(
        `${count(this.#set.dumps.length, 'dump')}: there is nothing to compare ${this.#set.dumps.length === 1 ? 'it with' : ''}`.trimEnd(),
        this.#screen.width,
      );
      return;
    }
    if (this.#options.stat) {
      yield* this.#stat(pairs);
      return;
    }
    // an answer for all pairs needs all of them; only what is shown is kept
    const most = this.#options.verbose ? Infinity : MOST_PAIRS;
    const shown: { diff: DumpDiff; groups: ChangeGroup[] }[] = [];
    let worth = 0;
    let [changed, best]: [number, { diff: DumpDiff; group: ChangeGroup } | null] = [0, null];
    for (const pair of pairs) {
      const diff = this.#diffs.of(pair);
      const groups = this.#groupsOf(diff);
      const [first] = groups;
      if (first !== undefined && first.status !== 'unchanged') {
        changed++;
        if (best === null || compareGroups(first, best.group) < 0) best = { diff, group: first };
      }
      if (pairs.length > 1 && !this.#isWorthShowing(groups)) continue;
      worth++;
      if (shown.length < most) shown.push({ diff, groups });
    }
    yield* this.#headline(pairs, changed, best, shown);
    for (const { diff, groups } of shown) yield* this.#pair(diff, groups, pairs.length > 1);
    const left = worth - shown.length;
    if (left > 0) {
      yield '';
      yield paint(this.#screen, 'dim', `… and ${count(left, 'more pair')} of dumps (--verbose shows all, --stat counts them)`);
    }
  }

  #isWorthShowing(groups: readonly ChangeGroup[]): boolean {
    return groups.some(({ status }) => status !== 'unchanged' || this.#options.only?.includes('unchanged'));
  }

  #groupsOf(diff: DumpDiff): ChangeGroup[] {
    const { only } = this.#options;
    const groups = groupChanges(this.#set, this.#diffs, diff, this.#origins);
    return only === undefined ? groups : groups.filter((group) => only.includes(group.status));
  }

  *#headline(
    pairs: readonly DumpPair[],
    changed: number,
    best: { diff: DumpDiff; group: ChangeGroup } | null,
    shown: readonly { diff: DumpDiff }[],
  ): Generator<string> {
    let text: string;
    if (best === null) {
      const what = this.#options.only === undefined ? 'Nothing changed' : `Nothing ${this.#options.only.join(' or ')}`;
      const { threads } = this.#set.dumps[pairs.at(-1)!.new]!;
      text = what;
      if (pairs.length > 1) text += ` in ${count(pairs.length + 1, 'dump')} (${count(threads.length, 'thread')})`;
      else text += `: ${standing(countStatuses([shown[0]!.diff]).unchanged)}${this.#later(pairs[0]!)}`;
    } else {
      const counts = countStatuses([best.diff]);
      const all = counts.moved + counts.appeared + counts.vanished;
      const { length } = best.group.members;
      text = this.#sentence(best);
      if (pairs.length > 1) text += ` (#${best.diff.old + 1} → #${best.diff.new + 1}); ${changed} of ${pairs.length} steps show changes`;
      else if (length < all * TELLING) text = `${statusCounts(counts)}; most alike: ${text}`;
      else
        text +=
          all === length ? `; ${counts.unchanged} unchanged` : `; ${count(all - length, 'other')} changed, ${counts.unchanged} did not`;
    }
    for (const line of wrap(text, this.#screen.width)) yield paint(this.#screen, 'strong', line);
  }

  /** `3 threads moved from get (queue.py:171) to charge (orders.py:52)`. */
  #sentence({ diff, group }: { readonly diff: DumpDiff; readonly group: ChangeGroup }): string {
    const { status, members, oldStack, newStack } = group;
    const who = count(members.length, 'thread');
    if (status === 'appeared') return `${who} appeared in ${this.#place(newStack)}`;
    if (status === 'vanished') return `${who} vanished from ${this.#place(oldStack)}`;
    if (status === 'unchanged') return `${who} unchanged in ${this.#place(newStack)}`;
    const [from, to] = [this.#place(oldStack), this.#place(newStack)];
    if (from !== to) return `${who} moved from ${from} to ${to}`;
    // the top is the same: the frames that are not
    const ops = this.#diffs.framesOf(diff, members[0]!).filter(({ op }) => op !== 'same');
    const own = ops.filter(({ frame }) => this.#origins.isApplication(frame));
    const told = own.length > 0 ? own : ops;
    const [before, after] = [told.find(({ old }) => old !== null)?.old, told.find(({ op }) => op !== 'removed')?.frame];
    const below = [before, after].map((frame) => (frame === null || frame === undefined ? null : this.#placeOfFrame(frame)));
    if (below[0] !== null && below[1] !== null && below[0] !== below[1]) return `${who} moved from ${below[0]} to ${below[1]}`;
    return `${who} moved inside ${to}`;
  }

  /** The application's most recent frame, or the most recent of all. */
  #place(stack: StackIndex): string {
    if (stack === 0) return 'no frames';
    const frames = this.#set.stacks.frames(stack);
    return this.#placeOfFrame(frames.find((each) => this.#origins.isApplication(each)) ?? frames[0]!);
  }

  #placeOfFrame(frame: FrameIndex): string {
    const { file, line } = this.#set.frames.placeOf(frame);
    const name = visible(file?.replace(/^.*[/\\]/, '') ?? '?');
    return `${fit(functionOf(this.#set, frame), 40)} (${fitEnd(name, 40)}:${line ?? '?'})`;
  }

  *#pair(diff: DumpDiff, groups: readonly ChangeGroup[], among: boolean): Generator<string> {
    yield '';
    yield paint(this.#screen, 'removed', this.#dumpLine('---', diff.old, among, ''));
    yield paint(this.#screen, 'added', this.#dumpLine('+++', diff.new, among, this.#relation(diff)));
    yield* this.#moved(diff);
    const changed = groups.filter(({ status }) => status !== 'unchanged');
    const unchanged = groups.filter(({ status }) => status === 'unchanged');
    const most = this.#options.verbose ? Infinity : MOST_GROUPS;
    for (const group of changed.slice(0, most)) yield* this.#group(diff, group);
    if (changed.length > most) {
      yield '';
      yield paint(this.#screen, 'dim', `… and ${count(changed.length - most, 'more group')} of threads that changed (--verbose shows all)`);
    }
    if (this.#options.only?.includes('unchanged') && unchanged.length > 0) {
      for (const group of unchanged.slice(0, most)) yield* this.#group(diff, group);
      if (unchanged.length > most)
        yield paint(this.#screen, 'dim', `… and ${count(unchanged.length - most, 'more stack')} (--verbose shows all)`);
    } else yield* this.#folded(diff, unchanged);
    yield* this.#unseen(diff);
  }

  *#moved({ movedFiles }: DumpDiff): Generator<string> {
    const folders = new Set(Array.from(movedFiles, ([from, to]) => unlikeParts(from, to)));
    if (folders.size === 0) return;
    const shown = [...folders].slice(0, 3).join(', ');
    const text = `The folder has another name for ${count(movedFiles.size, 'file')}, whose frames count as the same: ${shown}${folders.size > 3 ? ', …' : ''}`;
    for (const line of wrap(text, this.#screen.width, '  ')) yield paint(this.#screen, 'dim', line);
  }

  #dumpLine(mark: string, index: number, among: boolean, relation: string): string {
    const dump = this.#set.dumps[index]!;
    const number = among ? ` #${index + 1}` : '';
    const pid = dump.pid === null ? '' : ` pid ${dump.pid}`;
    const time = dump.time === null ? '' : `  ${shortTime(dump)}`;
    const rest = `${pid}${time}${relation}`;
    return `${mark}${number} ${fitEnd(`${visible(dump.source)}:${dump.line}`, Math.max(16, this.#screen.width - 4 - number.length - rest.length))}${rest}`;
  }

  #relation(diff: DumpDiff): string {
    const later = this.#later(diff);
    return diff.sameProcess
      ? later.replace(/^ (.*) before$/, ', $1 later')
      : `${later.replace(/^ (.*) before$/, ', $1 later')}, another process`;
  }

  /** ` 30 s before`, or nothing where a time is missing. */
  #later({ old, new: fresh }: DumpPair): string {
    const [before, after] = [this.#set.dumps[old]!.time, this.#set.dumps[fresh]!.time];
    return before === null || after === null || after - before < LEAST_LATER_MS ? '' : ` ${duration((after - before) / 1000)} before`;
  }

  *#group(diff: DumpDiff, group: ChangeGroup): Generator<string> {
    const { status, members, oldStack, newStack, variants } = group;
    yield '';
    const lines = variants > 1 ? `, at ${variants} different lines` : '';
    const style = status === 'appeared' ? 'added' : status === 'vanished' ? 'removed' : 'title';
    const title = `${count(members.length, 'thread')} ${status}${lines}${this.#names(diff, members)}`;
    yield paint(this.#screen, style, fit(title, this.#screen.width));
    if (status === 'moved') {
      const style = { sideBySide: this.#sideBySide, verbose: this.#options.verbose ?? false, appOnly: this.#options.appOnly ?? false };
      const [example] = members.filter(
        (change) => this.#diffs.stackOf(diff.old, change.old) === oldStack && this.#diffs.stackOf(diff.new, change.new) === newStack,
      );
      yield* frameDiffLines(this.#set, this.#origins, this.#diffs.framesOf(diff, example!), this.#screen, style);
    } else {
      const mark = status === 'appeared' ? '+ ' : status === 'vanished' ? '- ' : '  ';
      yield* stackLines(this.#set, this.#origins, status === 'vanished' ? oldStack : newStack, this.#screen, `  ${mark}`);
    }
    if (members.some((change) => this.#threadsOf(diff, change).some((thread) => thread.truncated !== false)))
      yield paint(this.#screen, 'dim', '    (not the whole stack: the dump cut it short)');
  }

  #threadsOf(diff: DumpDiff, change: ThreadChange): Thread[] {
    const of = (dump: number, thread: number | null): Thread[] => (thread === null ? [] : [this.#set.dumps[dump]!.threads[thread]!]);
    return [...of(diff.old, change.old), ...of(diff.new, change.new)];
  }

  #names(diff: DumpDiff, members: readonly ThreadChange[]): string {
    const names = members.slice(0, 4).flatMap((change) => {
      const thread = this.#threadsOf(diff, change).at(-1)!;
      const name = thread.name ?? thread.id;
      return name === null ? [] : [visible(name)];
    });
    return names.length === 0 ? '' : `: ${names.slice(0, 3).join(', ')}${members.length > 3 ? ', …' : ''}`;
  }

  *#folded(diff: DumpDiff, unchanged: readonly ChangeGroup[]): Generator<string> {
    if (unchanged.length === 0) return;
    const threads = unchanged.reduce((sum, group) => sum + group.members.length, 0);
    const places = unchanged.slice(0, 5).map((group) => {
      const many = group.members.length === 1 ? '' : `${group.members.length} × `;
      const idle = group.newStack === 0 && this.#threadsOf(diff, group.members[0]!).at(-1)!.activity === 'idle';
      return many + (idle ? 'idle in the event loop' : this.#place(group.newStack));
    });
    yield '';
    yield paint(
      this.#screen,
      'dim',
      fit(`${count(threads, 'thread')} unchanged: ${places.join(', ')}${unchanged.length > 5 ? ', …' : ''}`, this.#screen.width),
    );
  }

  *#unseen(diff: DumpDiff): Generator<string> {
    for (const [status, which, fate] of [
      ['vanished', 'newer', 'ended'],
      ['appeared', 'older', 'are new'],
    ] as const) {
      const threads = diff.unseen.filter((change) => change.status === status).length;
      if (threads === 0) continue;
      yield '';
      yield* wrap(
        `${count(threads, 'thread')} not in the ${which} dump, which does not show all threads (its list was cut, or lines are lost): whether they ${fate} cannot be told.`,
        this.#screen.width,
      );
    }
  }

  *#stat(pairs: readonly DumpPair[]): Generator<string> {
    const shown = this.#options.verbose ? MOST_TABLE_ROWS : Math.min(MOST_TABLE_ROWS, 40);
    const statuses = this.#options.only ?? (['moved', 'appeared', 'vanished', 'unchanged'] as const);
    const rows: (string | number)[][] = [];
    const sums = { moved: 0, appeared: 0, vanished: 0, unchanged: 0, unseen: 0 };
    for (const pair of pairs) {
      const counts = countStatuses([this.#diffs.of(pair)]);
      for (const status of Object.keys(sums) as (keyof typeof sums)[]) sums[status] += counts[status];
      if (rows.length < shown) rows.push([this.#step(pair, pairs.length > 1), ...statuses.map((status) => counts[status]), counts.unseen]);
    }
    const columns = [...statuses, ...(sums.unseen > 0 ? ['not shown'] : [])];
    const total = statuses.map((status) => `${sums[status]} ${status}`).join(', ');
    yield paint(
      this.#screen,
      'strong',
      fit(
        `${total}${sums.unseen > 0 ? `, ${sums.unseen} not shown` : ''}${pairs.length > 1 ? `, in ${pairs.length} steps` : ''}`,
        this.#screen.width,
      ),
    );
    const table = new Table({
      ...PLAIN_TABLE,
      head: ['dumps', ...columns],
      colAligns: ['left', ...columns.map(() => 'right' as const)],
    });
    for (const row of rows) table.push(row.slice(0, columns.length + 1));
    for (const [i, line] of table.toString().split('\n').entries()) {
      const text = `  ${line.trimEnd()}`;
      yield i === 0 ? paint(this.#screen, 'dim', text) : text;
    }
    if (rows.length < pairs.length) yield paint(this.#screen, 'dim', `  … ${pairs.length - rows.length} more steps`);
  }

  /** `old.log:1 → new.log:1`; in a row of many `#1 → #2 new.log:1`. */
  #step({ old, new: fresh }: DumpPair, among: boolean): string {
    const name = (index: number, width: number): string => {
      const { source, line } = this.#set.dumps[index]!;
      return fitEnd(`${visible(source.replace(/^.*\//, ''))}:${line}`, width);
    };
    const width = this.#screen.width - NUMBERS_WIDTH;
    if (!among) return `${name(old, Math.floor((width - 3) / 2))} → ${name(fresh, Math.floor((width - 3) / 2))}`;
    const numbers = `#${old + 1} → #${fresh + 1}  `;
    return numbers + name(fresh, width - numbers.length);
  }
}

/** `12 threads moved, 3 vanished, 40 did not`. */
function statusCounts(counts: Readonly<Record<ThreadStatus, number>>): string {
  const [first, ...others] = (['moved', 'appeared', 'vanished'] as const).filter((status) => counts[status] > 0);
  if (first === undefined) return `${count(counts.unchanged, 'thread')} unchanged`;
  const parts = [`${count(counts[first], 'thread')} ${first}`, ...others.map((status) => `${counts[status]} ${status}`)];
  return `${parts.join(', ')}, ${counts.unchanged} did not change`;
}

const standing = (threads: number): string =>
  threads === 1 ? '1 thread stands where it stood' : `${threads} threads stand where they stood`;

/** The folders of two paths up to the last that differs: `/usr/lib/python3.11 → python3.12`. */
function unlikeParts(from: string, to: string): string {
  const [before, after] = [from.split(/[/\\]/), to.split(/[/\\]/)];
  const last = before.findLastIndex((part, i) => part !== after[i]);
  const first = before.findIndex((part, i) => part !== after[i]);
  return visible(`${before.slice(0, last + 1).join('/')} → ${after.slice(first, last + 1).join('/')}`);
}
