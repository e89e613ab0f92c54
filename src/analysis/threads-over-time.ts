import type { Dump, DumpSet, FrameIndex, Thread } from '../model/index.js';
import { Completeness } from './completeness.js';
import { ThreadMatcher } from './matching.js';
import type { Series } from './series.js';

/**
 * Why threads of several dumps may not be one thread:
 *
 * - `id-reuse`: threads of this kind come and go in this process, and ids are given to the next thread at once;
 * - `entry-unseen`: a stack does not reach down to its entry, so the id alone decided;
 * - `unseen`: it is missing in between, in dumps that do not show all threads;
 * - `restart`: the process was restarted, the thread was matched by its stack;
 * - `no-id`: the dumps give it no id, it was matched by its stack;
 * - `twice`: one dump shows its id twice.
 */
export type Doubt = 'id-reuse' | 'entry-unseen' | 'unseen' | 'restart' | 'no-id' | 'twice';

/** Of nearly all. */
const NO_DOUBTS: readonly Doubt[] = [];

/** Not in the dump, which shows all threads: it was not alive. */
export const ABSENT = -1;
/** Not in the dump, which does not show all threads. */
export const UNKNOWN = -2;

/** One thread over a series of dumps. */
export interface ThreadHistory {
  /** Every id it had, oldest first: one, and one more for each restart. Empty when the dumps give it none. */
  readonly ids: readonly string[];
  /** The newest name that a dump gives it. */
  readonly name: string | null;
  /** The function it was started with, as a frame row without position. Null where no dump shows it. */
  readonly entry: FrameIndex | null;
  /** Place in `Series.dumps` of the first dump that shows it. */
  readonly first: number;
  /** Its place in the threads of each dump from the first to the last that shows it; {@link UNKNOWN} in between. */
  readonly seen: readonly number[];
  readonly doubts: readonly Doubt[];
}

/** The threads of a series. */
export interface ThreadsOverTime {
  /** In the order of the newest dump, then those that are gone, the last seen first. */
  readonly histories: readonly ThreadHistory[];
  /** Per dump of the series: it does not show all threads (a list that was cut, a torn dump, an error's stack). */
  readonly partial: readonly boolean[];
  /** Where a thread stands in a dump of the series: its place in the dump's threads, {@link ABSENT} or {@link UNKNOWN}. */
  at(history: ThreadHistory, dump: number): number;
}

/** A history that may go on: itself in the end what is answered, since a process may have a hundred thousand. */
class Draft implements ThreadHistory {
  readonly ids: string[];
  name: string | null;
  entry: FrameIndex | null;
  readonly first: number;
  readonly seen: number[];
  doubts: readonly Doubt[] = NO_DOUBTS;
  #thread: Thread;

  constructor(k: number, t: number, thread: Thread, entry: FrameIndex | null) {
    this.ids = thread.id === null ? [] : [thread.id];
    this.name = thread.name;
    this.entry = entry;
    this.first = k;
    this.seen = [t];
    this.#thread = thread;
  }

  /** As the last dump that has it shows it; no part of what is answered. */
  get thread(): Thread {
    return this.#thread;
  }

  set thread(thread: Thread) {
    this.#thread = thread;
  }

  /** The dump after the last one that has it. */
  get end(): number {
    return this.first + this.seen.length;
  }

  doubt(why: Doubt): void {
    if (!this.doubts.includes(why)) this.doubts = [...this.doubts, why];
  }
}

/**
 * Follows each thread through the dumps of a series, by id, entry and name (see {@link ThreadMatcher.identity}), over a
 * restart by likeness. Time and memory are linear in the threads that the dumps show.
 */
export function threadsOverTime(set: DumpSet, series: Series): ThreadsOverTime {
  return new ThreadFollower(set).follow(series);
}

/** {@link threadsOverTime} for several series of one set. */
export class ThreadFollower {
  readonly #set: DumpSet;
  readonly #matcher: ThreadMatcher;
  readonly #completeness: Completeness;

  constructor(set: DumpSet, matcher: ThreadMatcher = new ThreadMatcher(set)) {
    this.#set = set;
    this.#matcher = matcher;
    this.#completeness = new Completeness(set);
  }

  follow(series: Series): ThreadsOverTime {
    const dumps = series.dumps.map((index) => this.#set.dumps[index]!);
    const torn = series.dumps.map((index) => this.#completeness.isTorn(index));
    const restarts = new Set(series.restarts);
    const partial = this.#completeness.partial(series);
    const following = new Following(dumps, partial, torn, this.#matcher);
    for (const k of dumps.keys()) following.next(k, restarts.has(k));
    const shown = counted(partial.length, (k) => !partial[k]!);
    let withTasks: Int32Array | null = null;
    const tasksShown = (): Int32Array => (withTasks ??= counted(partial.length, (k) => !partial[k]! && showsTasks(dumps[k]!)));
    return {
      histories: following.finish(),
      partial,
      at(history, k) {
        const seen = history.seen[k - history.first];
        if (seen !== undefined) return seen;
        const complete = isTask(dumps[history.first]!.threads[history.seen[0]!]!) ? tasksShown() : shown;
        const [from, to] = k < history.first ? [k, history.first] : [history.first + history.seen.length, k + 1];
        const gone = complete[to]! > complete[from]!;
        return gone ? ABSENT : UNKNOWN;
      },
    };
  }
}

/** Per dump, how many of those before it are so. */
function counted(dumps: number, isSo: (k: number) => boolean): Int32Array {
  const counts = new Int32Array(dumps + 1);
  for (let k = 0; k < dumps; k++) counts[k + 1] = counts[k]! + (isSo(k) ? 1 : 0);
  return counts;
}

const isTask = (thread: Thread): boolean => thread.kind !== 'thread';

/**
 * Whether a dump tells of tasks. One without any is nearly always of a kind that never has them (`faulthandler`, what halted in the
 * inspector), so a task that it lacks may be alive.
 */
const showsTasks = (dump: Dump): boolean => dump.threads.some(isTask);

/** Goes from dump to dump and continues the threads of those before. */
class Following {
  readonly #dumps: readonly Dump[];
  readonly #partial: readonly boolean[];
  readonly #torn: readonly boolean[];
  readonly #matcher: ThreadMatcher;
  readonly #all: Draft[] = [];
  /** The threads that may go on, by kind and id. */
  readonly #byId = new Map<string, Draft>();
  /** Those that are not in it yet, oldest first: most dumps list their threads as the one before did, and nobody asks. */
  #unlisted: Draft[] = [];
  /** Per thread of the dump before: its history. */
  #before: Draft[] = [];
  /** Some of them have no id. */
  #nameless = false;
  /** The last dump so far that shows all threads. */
  #lastComplete = -1;
  /** The same of tasks; not kept up before there is one. */
  #lastWithTasks = -1;
  #tasks = false;

  constructor(dumps: readonly Dump[], partial: readonly boolean[], torn: readonly boolean[], matcher: ThreadMatcher) {
    this.#dumps = dumps;
    this.#partial = partial;
    this.#torn = torn;
    this.#matcher = matcher;
  }

  next(k: number, restarted: boolean): void {
    const { threads } = this.#dumps[k]!;
    const now: Draft[] = new Array<Draft>(threads.length);
    if (restarted) {
      this.#continueByLikeness(k, now, this.#before, threads, 'restart');
      this.#byId.clear();
      this.#unlisted = [];
    } else {
      this.#continueByIds(k, now, threads);
      if (this.#nameless) {
        const nameless = this.#before.filter((draft) => draft.thread.id === null);
        this.#continueByLikeness(k, now, nameless, threads, 'no-id');
      }
    }
    for (let t = 0; t < threads.length; t++) {
      // one that was continued by its id is known by it
      if (now[t] !== undefined && !restarted) continue;
      const thread = threads[t]!;
      const draft = (now[t] ??= this.#begin(k, t, thread));
      if (thread.id !== null) this.#unlisted.push(draft);
    }
    this.#before = now;
    this.#nameless = threads.some((thread) => thread.id === null);
    if (this.#partial[k]!) return;
    this.#lastComplete = k;
    if (this.#tasks && showsTasks(this.#dumps[k]!)) this.#lastWithTasks = k;
  }

  finish(): ThreadHistory[] {
    this.#doubtReuse();
    const { length } = this.#dumps;
    const newest = this.#before;
    const gone = newest.length === this.#all.length ? [] : this.#all.filter((draft) => draft.end < length).sort((a, b) => b.end - a.end);
    return [...newest, ...gone];
  }

  #continueByIds(k: number, now: Draft[], threads: readonly Thread[]): void {
    const before = this.#before;
    const listed = before.length;
    for (let t = 0; t < threads.length; t++) {
      const thread = threads[t]!;
      if (thread.id === null) continue;
      const there = t < listed ? before[t]! : null;
      // most have not moved: then they are the same object, and nothing new is to be learnt of them
      if (there !== null && there.thread === thread && there.doubts === NO_DOUBTS && there.end === k) {
        there.seen.push(t);
        now[t] = there;
      } else this.#continueById(k, now, t, thread);
    }
  }

  #continueById(k: number, now: Draft[], t: number, thread: Thread): void {
    const there = this.#before[t];
    // most dumps list their threads as the one before did
    const known = there?.doubts === NO_DOUBTS && there.thread.id === thread.id && there.thread.kind === thread.kind;
    const draft = known ? there : this.#withId(thread);
    if (draft === undefined) return;
    const { end } = draft;
    if (end > k) {
      draft.doubt('twice');
      return;
    }
    // it was not there in between, so this is another thread with its id
    if ((isTask(thread) ? this.#lastWithTasks : this.#lastComplete) >= end) return;
    // one that has not moved is the same object, and needs no look
    if (draft.thread !== thread) {
      const identity = this.#matcher.identity(draft.thread, thread, this.#torn[k]! || this.#torn[end - 1]!);
      if (identity === 'no') return;
      if (identity === 'entry-unseen') draft.doubt('entry-unseen');
    }
    if (end < k) draft.doubt('unseen');
    this.#extend(draft, k, t, thread);
    now[t] = draft;
  }

  #withId(thread: Thread): Draft | undefined {
    for (const draft of this.#unlisted) this.#byId.set(keyOf(draft.thread), draft);
    this.#unlisted = [];
    return this.#byId.get(keyOf(thread));
  }

  #continueByLikeness(k: number, now: Draft[], drafts: readonly Draft[], threads: readonly Thread[], why: Doubt): void {
    const free = [...threads.keys()].filter((t) => now[t] === undefined && (why === 'restart' || threads[t]!.id === null));
    const { oldOf } = this.#matcher.ofTwoProcesses(
      drafts.map((draft) => draft.thread),
      free.map((t) => threads[t]!),
    );
    for (const [i, t] of free.entries()) {
      const draft = drafts[oldOf[i]!];
      if (draft === undefined) continue;
      draft.doubt(why);
      this.#extend(draft, k, t, threads[t]!);
      now[t] = draft;
    }
  }

  #extend(draft: Draft, k: number, t: number, thread: Thread): void {
    for (let gap = draft.end; gap < k; gap++) draft.seen.push(UNKNOWN);
    draft.seen.push(t);
    if (thread.id !== null && thread.id !== draft.ids.at(-1)) draft.ids.push(thread.id);
    draft.name = thread.name ?? draft.name;
    if (draft.thread !== thread) draft.entry = this.#entryOf(thread) ?? draft.entry;
    draft.thread = thread;
  }

  #begin(k: number, t: number, thread: Thread): Draft {
    const draft = new Draft(k, t, thread, this.#entryOf(thread));
    this.#all.push(draft);
    this.#tasks ||= isTask(thread);
    return draft;
  }

  #entryOf(thread: Thread): FrameIndex | null {
    return thread.truncated === false ? this.#matcher.entryOf(thread) : null;
  }

  /** Where threads of one entry and no name both came and went, any of them may be two threads that had one id. */
  #doubtReuse(): void {
    const came = new Set<FrameIndex | null>();
    const went = new Set<FrameIndex | null>();
    // by index, as all that goes over the threads: there may be a hundred thousand, and an iterator makes an object for each
    const all = this.#all;
    for (let i = 0; i < all.length; i++) {
      const { first, end, entry } = all[i]!;
      if (first > 0) came.add(entry);
      if (end <= this.#lastComplete) went.add(entry);
    }
    if (came.size === 0 || went.size === 0) return;
    for (const draft of all) {
      const changes = draft.entry !== null && came.has(draft.entry) && went.has(draft.entry);
      if (changes && draft.name === null && draft.seen.length > 1 && draft.thread.main !== true) draft.doubt('id-reuse');
    }
  }
}

const keyOf = (thread: Thread): string => (thread.kind === 'thread' ? thread.id! : `${thread.kind} ${thread.id!}`);
