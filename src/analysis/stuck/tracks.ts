import type { Dump, DumpSet, FrameIndex, Seconds, StackIndex, Thread } from '../../model/index.js';
import type { Series } from '../series.js';
import { UNKNOWN, type ThreadHistory, type ThreadsOverTime } from '../threads-over-time.js';
import type { Place } from './relations.js';
import type { StackView, StackViews } from './stack-view.js';
import { LEAST_FOR_LOOP, LEAST_STILL, LOOP_WINDOW } from './weights.js';

/** A thread in one dump of its series. */
export interface Row {
  /** Place in `Series.dumps`. */
  readonly at: number;
  readonly thread: Thread;
  readonly view: StackView;
}

/** A thread in `count` dumps of its series, one after the other from `at` on, that show the very same of it: most dumps of a thread do. */
export interface Stay extends Row {
  readonly count: number;
}

/** One thread over the dumps of its series, and how it moved. A process may have a hundred thousand. */
export class Track {
  readonly history: ThreadHistory;
  /** Dumps that show it with a stack that can be compared. */
  readonly rows: number;
  /** The newest of them. */
  readonly newest: Stay;
  /** It is in the newest dump, or that dump does not show all threads. */
  readonly alive: boolean;
  /** Number of newest rows in which it stands in the same place. */
  readonly still: number;
  readonly loop: Loop | null;
  readonly cpu: CpuUse | null;
  /** Where it stands among the others; null until that is known, and of one that is gone. */
  place: Place | null = null;
  /** Null: one dump shows it, the newest. */
  readonly #stays: readonly Stay[] | null;

  constructor(
    { history, rows, newest, alive, still, loop, cpu }: Pick<Track, 'history' | 'rows' | 'newest' | 'alive' | 'still' | 'loop' | 'cpu'>,
    stays: readonly Stay[],
  ) {
    this.history = history;
    this.rows = rows;
    this.newest = newest;
    this.alive = alive;
    this.still = still;
    this.loop = loop;
    this.cpu = cpu;
    this.#stays = rows === 1 ? null : stays;
  }

  /** Where it is shown with a stack that can be compared, oldest first. Never empty. */
  get stays(): readonly Stay[] {
    return this.#stays ?? [this.newest];
  }

  get main(): boolean {
    return this.newest.thread.main === true;
  }
}

/** Goes round the same few places. */
export interface Loop {
  readonly places: number;
  readonly rows: number;
  /** Innermost application frame that it never left (its line may move), as in the newest row. */
  readonly around: FrameIndex;
  readonly depth: number;
}

/** A Node thread between its oldest and its newest row. */
export interface CpuUse {
  /** CPU seconds a second. */
  readonly share: number;
  /** Seconds a second that its event loop was idle; null where the report does not say. */
  readonly loopIdle: number | null;
  readonly span: Seconds;
}

/**
 * The tracks of a series, in the order of its histories; threads without any stack or measure are left out.
 *
 * @param hung the program does not come to its end: then to stay within one function is enough for a loop
 */
export function tracksOf(set: DumpSet, series: Series, over: ThreadsOverTime, views: StackViews, hung = false): Track[] {
  const dumps = series.dumps.map((index) => set.dumps[index]!);
  const tracks: Track[] = [];
  const { histories } = over;
  for (let i = 0; i < histories.length; i++) {
    const history = histories[i]!;
    const stays = staysOf(history, dumps, over.partial, views);
    if (stays.length === 0) continue;
    const place = over.at(history, dumps.length - 1);
    const alive = place >= 0 || place === UNKNOWN;
    const cpu = cpuUse(stays);
    const used = cpu !== null && cpu.share > 0.1 ? withoutBlanks(stays) : stays;
    const rows = countOf(used);
    const newest = newestOf(used);
    const still = stillRows(used, newest, over.partial);
    const loop = rows < (hung ? LEAST_STILL : LEAST_FOR_LOOP) ? null : findLoop(set, used, hung);
    tracks.push(new Track({ history, rows, newest, alive, still, loop, cpu }, used));
  }
  return tracks;
}

/** The dumps that show a thread with a stack that can be compared. */
function staysOf(history: ThreadHistory, dumps: readonly Dump[], partial: readonly boolean[], views: StackViews): readonly Stay[] {
  let stays: Growing[] | null = null;
  let last: Growing | undefined;
  let lastDumper = false;
  for (let offset = 0; offset < history.seen.length; offset++) {
    const place = history.seen[offset]!;
    if (place < 0) continue;
    const at = history.first + offset;
    const thread = dumps[at]!.threads[place]!;
    if (dumps[at]!.kind === 'error') continue;
    // one that has not moved is the same object
    if (last?.thread === thread && !thread.current && last.at + last.count === at) {
      last.count++;
      continue;
    }
    // a torn dump may have lost the stack
    if (thread.stack === 0 && thread.measures === null && partial[at]!) continue;
    const dumper = mayBeDumper(dumps[at]!, thread);
    const before: Growing | null = last?.thread === thread && lastDumper === dumper ? last : null;
    if (before !== null && before.at + before.count === at) {
      before.count++;
      continue;
    }
    const view: StackView = before !== null ? before.view : views.of(thread.stack, thread.main === true, dumper);
    last = { at, thread, view, count: 1 };
    lastDumper = dumper;
    // most have one, and an array that is pushed to has room for more
    if (stays === null) stays = [last];
    else stays.push(last);
  }
  return stays ?? NO_STAYS;
}

type Growing = Row & { count: number };

const NO_STAYS: readonly Stay[] = [];

/** The newest `most` dumps of a thread, oldest first. */
export function newestRows(stays: readonly Stay[], most: number): Row[] {
  const rows: Row[] = [];
  for (let i = stays.length - 1; i >= 0 && rows.length < most; i--) {
    const { at, thread, view, count } = stays[i]!;
    for (let k = count - 1; k >= 0 && rows.length < most; k--) rows.push({ at: at + k, thread, view });
  }
  return rows.reverse();
}

function newestOf(stays: readonly Stay[]): Stay {
  const last = stays[stays.length - 1]!;
  return last.count === 1 ? last : { at: last.at + last.count - 1, thread: last.thread, view: last.view, count: 1 };
}

function countOf(stays: readonly Stay[]): number {
  let rows = 0;
  for (let i = 0; i < stays.length; i++) rows += stays[i]!.count;
  return rows;
}

/** Of a dump that a signal handler wrote, the current thread is the one that was interrupted. */
function mayBeDumper(dump: Dump, thread: Thread): boolean {
  return thread.current && dump.kind === 'snapshot' && dump.reason?.kind !== 'fatal' && dump.reason?.kind !== 'exception';
}

/** A busy Node thread's stack is now and then not available; what it shows otherwise holds. */
function withoutBlanks(stays: readonly Stay[]): readonly Stay[] {
  const shown = stays.filter(({ thread }) => thread.stack !== 0);
  return shown.length === 0 ? stays : shown;
}

function stillRows(stays: readonly Stay[], newest: Row, partial: readonly boolean[]): number {
  let rows = 0;
  for (let i = stays.length - 1; i >= 0; i--) {
    const { at, view, count } = stays[i]!;
    if (samePlace(newest.view, view, partial[newest.at])) rows += count;
    else {
      // a torn dump may lack frames
      for (let k = count - 1; k >= 0; k--, rows++) if (!partial[at + k]! || !samePlace(newest.view, view, true)) return rows;
    }
  }
  return rows;
}

/**
 * Whether two stacks are in the same place: the same application lines, and above them the same library frames or the
 * same wait. What a library does while it waits (it polls, it reads on) is no movement. A torn dump may lack frames.
 */
export function samePlace(a: StackView, b: StackView, torn = false): boolean {
  if (a.stack === b.stack) return true;
  // frames of the application are part of the place
  if (a.innermost !== b.innermost) return false;
  if (torn && a.innermost !== null) return true;
  return a.core === b.core && (a.innermost === null || a.top === b.top);
}

/** Equal for two stacks in the same place. */
export function placeKey({ core, innermost, top }: StackView): string {
  return innermost === null ? `${core}` : `${core} ${top}`;
}

/** A loop that waits for something has few lines. */
const MOST_LOOP_PLACES = 3;

function findLoop(set: DumpSet, stays: readonly Stay[], hung: boolean): Loop | null {
  const window = newestRows(stays, LOOP_WINDOW);
  // threads that go about a program's work are at many lines
  const lines = new Set<FrameIndex>();
  for (const { view } of window) {
    if (view.innermost === null || (lines.add(view.innermost).size > MOST_LOOP_PLACES && !hung)) return null;
  }
  const places = new Map<StackIndex, number>();
  let returns = 0;
  let last: StackIndex | null = null;
  for (const { view } of window) {
    // waits for work in between: it serves
    if (view.innermost === null || (view.meaning !== null && view.meaning.state !== 'wait' && view.meaning.state !== 'busy')) return null;
    if (view.core !== last && places.has(view.core)) returns++;
    places.set(view.core, (places.get(view.core) ?? 0) + 1);
    last = view.core;
  }
  if (places.size < 2) return null;
  if (!hung && (places.size > MOST_LOOP_PLACES || (returns === 0 && Math.max(...places.values()) < window.length - 1))) return null;
  // the innermost function that it never left
  const chains = window.map(({ view }) => applicationFrames(set, view));
  const newest = chains.at(-1)!;
  let common = 0;
  while (
    chains.every((chain) => {
      const frame = chain[chain.length - 1 - common];
      return frame !== undefined && sameFunction(set, frame, newest[newest.length - 1 - common]);
    })
  )
    common++;
  if (common === 0) return null;
  const view = window.at(-1)!.view;
  const depth = view.depth - (newest.length - common);
  return { places: places.size, rows: window.length, around: newest[newest.length - common]!, depth };
}

function applicationFrames(set: DumpSet, view: StackView): FrameIndex[] {
  return view.application.map((depth) => set.stacks.frameAt(view.stack, depth));
}

function sameFunction(set: DumpSet, a: FrameIndex, b: FrameIndex | undefined): boolean {
  return b !== undefined && (a === b || set.frames.withoutPosition(a) === set.frames.withoutPosition(b));
}

function cpuUse(stays: readonly Stay[]): CpuUse | null {
  const first = stays.find(isMeasured)?.thread.measures;
  const last = stays.findLast(isMeasured)?.thread.measures;
  if (!first || !last || first === last) return null;
  const span = (last.time! - first.time!) / 1000;
  if (span <= 0) return null;
  const cpu = (measures: typeof first): Seconds => (measures.userCpu ?? 0) + (measures.kernelCpu ?? 0);
  return {
    share: (cpu(last) - cpu(first)) / span,
    loopIdle: first.loopIdle === null || last.loopIdle === null ? null : (last.loopIdle - first.loopIdle) / span,
    span,
  };
}

const isMeasured = ({ thread }: Row): boolean =>
  thread.measures !== null && thread.measures.time !== null && thread.measures.userCpu !== null;
