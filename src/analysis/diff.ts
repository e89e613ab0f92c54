import type { DumpSet, StackIndex, Thread } from '../model/index.js';
import { Completeness } from './completeness.js';
import { Entries } from './entry.js';
import { FrameDiffs, type FrameOp } from './frame-diff.js';
import { ThreadMatcher, type Matching } from './matching.js';
import { seriesOf, type Series } from './series.js';
import type { MovedFiles } from './shapes.js';

export const THREAD_STATUSES = ['moved', 'appeared', 'vanished', 'unchanged'] as const;
export type ThreadStatus = (typeof THREAD_STATUSES)[number];

/** What became of one thread between two dumps. */
export interface ThreadChange {
  readonly status: ThreadStatus;
  /** Place in the older dump's threads; null when it appeared. */
  readonly old: number | null;
  /** Place in the newer dump's threads; null when it vanished. */
  readonly new: number | null;
}

/** Two dumps compared. */
export interface DumpDiff {
  /** Places in `DumpSet.dumps`. */
  readonly old: number;
  readonly new: number;
  /** Threads were matched by id and entry; else, of two processes or runs, by name and stack. */
  readonly sameProcess: boolean;
  /** In the order of the newer dump, then the vanished. */
  readonly threads: readonly ThreadChange[];
  /**
   * Threads that one of the dumps does not show, which does not show all of its threads (a list cut after 100, a torn dump):
   * whether they appeared or vanished cannot be told. Status as if it could.
   */
  readonly unseen: readonly ThreadChange[];
  /** Files that stand in another folder in the newer dump, of another process: their frames count as the same. */
  readonly movedFiles: MovedFiles;
  /** For the frames of its threads. */
  readonly frames: FrameDiffs;
}

export interface DiffOptions {
  /** A thread in the same functions is unchanged, at whatever lines: a new release shifts them. */
  readonly ignoreLines?: boolean;
  /** Threads to look at; a pair is looked at when one of its two is. Matching always sees all. */
  readonly keeps?: ((thread: Thread) => boolean) | null;
}

/** A pair of dumps to compare, as places in `DumpSet.dumps`. */
export interface DumpPair {
  readonly old: number;
  readonly new: number;
}

/**
 * Each dump but the first with the one before it: that of its process, else that of its program, else the one before it in
 * the set. n dumps give n − 1 pairs, in the order of the newer dump.
 */
export function successivePairs(set: DumpSet, series: readonly Series[] = seriesOf(set)): DumpPair[] {
  const before = new Map<number, number>();
  for (const { dumps } of series) for (const [k, index] of dumps.entries()) if (k > 0) before.set(index, dumps[k - 1]!);
  const entries = Entries.in(set);
  const ofProgram = new Map<string, number>();
  const pairs: DumpPair[] = [];
  for (const [i, { runtime, threads }] of set.dumps.entries()) {
    const main = threads.find((thread) => thread.main === true);
    const program = `${runtime} ${main === undefined ? '' : (entries.of(main.stack) ?? '')}`;
    if (i > 0) pairs.push({ old: before.get(i) ?? ofProgram.get(program) ?? i - 1, new: i });
    ofProgram.set(program, i);
  }
  return pairs;
}

/** Compares pairs of dumps of one set. */
export class DumpDiffs {
  /** For all pairs of dumps between which no file moved. */
  readonly #frames: FrameDiffs;
  readonly #set: DumpSet;
  readonly #options: DiffOptions;
  readonly #matcher: ThreadMatcher;
  readonly #completeness: Completeness;
  /** Per dump: its process, as a number that no other process has, and whether it shows all threads. */
  readonly #process: number[] = [];
  readonly #partial: boolean[] = [];

  constructor(set: DumpSet, options: DiffOptions = {}, series: readonly Series[] = seriesOf(set)) {
    this.#set = set;
    this.#options = options;
    this.#frames = new FrameDiffs(set);
    this.#matcher = new ThreadMatcher(set);
    this.#completeness = new Completeness(set);
    let process = 0;
    for (const each of series) {
      const partial = this.#completeness.partial(each);
      const restarts = new Set(each.restarts);
      process++;
      for (const [k, index] of each.dumps.entries()) {
        if (restarts.has(k)) process++;
        this.#process[index] = process;
        this.#partial[index] = partial[k]!;
      }
    }
  }

  of(pair: DumpPair): DumpDiff {
    const [before, after] = [this.#set.dumps[pair.old]!.threads, this.#set.dumps[pair.new]!.threads];
    const sameProcess = this.#process[pair.old] === this.#process[pair.new];
    const torn = this.#completeness.isTorn(pair.old) || this.#completeness.isTorn(pair.new);
    const matching = sameProcess ? this.#matcher.ofOneProcess(before, after, torn) : this.#matcher.ofTwoProcesses(before, after);
    const movedFiles = sameProcess ? NONE_MOVED : findMovedFiles(this.#set, before, after);
    const frames = movedFiles.size === 0 ? this.#frames : new FrameDiffs(this.#set, movedFiles);
    const all = [...this.#changes(before, after, matching, { torn, frames })];
    const keeps = this.#options.keeps ?? null;
    const kept =
      keeps === null
        ? all
        : all.filter((change) => (change.old !== null && keeps(before[change.old]!)) || (change.new !== null && keeps(after[change.new]!)));
    const isUnseen = ({ status }: ThreadChange): boolean =>
      (status === 'appeared' && this.#partial[pair.old]!) || (status === 'vanished' && this.#partial[pair.new]!);
    return { ...pair, sameProcess, threads: kept.filter((change) => !isUnseen(change)), unseen: kept.filter(isUnseen), movedFiles, frames };
  }

  /** The frames of a change, most recent first; none of an unchanged thread. */
  framesOf(diff: DumpDiff, change: ThreadChange): readonly FrameOp[] {
    if (change.status === 'unchanged') return [];
    const ops = diff.frames.of(this.stackOf(diff.old, change.old), this.stackOf(diff.new, change.new));
    return this.#options.ignoreLines ? ops.map((each) => (each.op === 'line' ? { ...each, op: 'same' as const } : each)) : ops;
  }

  /** The stack of a thread of a dump; that of no thread is the empty one. */
  stackOf(dump: number, thread: number | null): StackIndex {
    return thread === null ? 0 : this.#set.dumps[dump]!.threads[thread]!.stack;
  }

  *#changes(before: readonly Thread[], after: readonly Thread[], matching: Matching, how: Comparing): Generator<ThreadChange> {
    for (const [j, thread] of after.entries()) {
      const i = matching.oldOf[j]!;
      if (i === -1) yield { status: 'appeared', old: null, new: j };
      else yield { status: this.#isUnchanged(before[i]!, thread, how) ? 'unchanged' : 'moved', old: i, new: j };
    }
    for (const i of before.keys()) if (matching.newOf[i] === -1) yield { status: 'vanished', old: i, new: null };
  }

  #isUnchanged(before: Thread, after: Thread, { torn, frames }: Comparing): boolean {
    if (before.stack === after.stack) return true;
    const cut = before.truncated !== false || after.truncated !== false;
    const oneShape = frames.haveOneShape(before.stack, after.stack);
    if (!oneShape && !cut && !torn) return false;
    const ops = frames.of(before.stack, after.stack);
    const stays = ({ op }: FrameOp): boolean => op === 'same' || (op === 'line' && this.#options.ignoreLines === true);
    if (ops.every(stays)) return true;
    return (cut && lacksCallers(before, after, ops, stays)) || (torn && lacksLines(ops, stays));
  }
}

interface Comparing {
  readonly torn: boolean;
  readonly frames: FrameDiffs;
}

/** The stack whose outer frames were cut off is, as far as it goes, the top of the other. */
function lacksCallers(before: Thread, after: Thread, ops: readonly FrameOp[], stays: (op: FrameOp) => boolean): boolean {
  const end = ops.findIndex((op) => !stays(op));
  const rest = new Set(ops.slice(end).map(({ op }) => op));
  if (end === 0 || rest.size !== 1) return false;
  return (rest.has('removed') && after.truncated !== false) || (rest.has('added') && before.truncated !== false);
}

/** Frames are missing on one side only, and below the most recent one: lines that a torn dump lost. */
function lacksLines(ops: readonly FrameOp[], stays: (op: FrameOp) => boolean): boolean {
  const rest = new Set(ops.filter((op) => !stays(op)).map(({ op }) => op));
  return stays(ops[0]!) && rest.size === 1 && !rest.has('line');
}

const NONE_MOVED: MovedFiles = new Map();

/**
 * Files that only one of two dumps shows, and whose paths differ in the digits of folders alone: another Python, a
 * release in a folder of its own.
 */
function findMovedFiles(set: DumpSet, before: readonly Thread[], after: readonly Thread[]): MovedFiles {
  const [olds, news] = [before, after].map((threads) => {
    const files = new Set<string>();
    for (const stack of new Set(threads.map((thread) => thread.stack))) {
      for (const frame of set.stacks.frames(stack)) files.add(set.frames.fileOf(frame) ?? '');
    }
    return files;
  }) as [Set<string>, Set<string>];
  // two files of one key on a side: which of them the other's is cannot be told
  const byKey = new Map<string, string | null>();
  for (const file of news) if (!olds.has(file)) byKey.set(folderKey(file), byKey.has(folderKey(file)) ? null : file);
  const moved = new Map<string, string>();
  const keys = new Set<string>();
  for (const file of olds) {
    if (news.has(file)) continue;
    const key = folderKey(file);
    const to = byKey.get(key);
    if (to === undefined || to === null) continue;
    if (keys.has(key)) for (const [other] of [...moved].filter(([, each]) => each === to)) moved.delete(other);
    else moved.set(file, to);
    keys.add(key);
  }
  return moved;
}

/** A path with the digits of its folders left out; `/usr/lib/python3.11/queue.py` → `/usr/lib/python#.#/queue.py`. */
function folderKey(file: string): string {
  const name = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  return file.slice(0, name + 1).replaceAll(/\d+/g, '#') + file.slice(name + 1);
}

/** How many threads have each status. */
export function countStatuses(diffs: readonly DumpDiff[]): Record<ThreadStatus | 'unseen', number> {
  const counts = { moved: 0, appeared: 0, vanished: 0, unchanged: 0, unseen: 0 };
  for (const { threads, unseen } of diffs) {
    for (const { status } of threads) counts[status]++;
    counts.unseen += unseen.length;
  }
  return counts;
}
