import type { DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';
import { Entries } from './entry.js';
import type { Member } from './groups.js';
import { Origins } from './origin.js';
import type { Series } from './series.js';

/** One of several processes of one program that stands where the others do not. */
export interface OddProcess {
  /** Place in the list of series. */
  readonly series: number;
  /** All processes that were compared, as places in the list of series; the odd one too. */
  readonly like: readonly number[];
  /** A thread of its newest dump that stands there. */
  readonly thread: Member;
  /** How many of its threads of that kind stand there, and how many it has. */
  readonly threads: number;
  readonly ofThreads: number;
  /** Where the others have their threads of that kind: one of those threads, and how many of the processes have theirs there. */
  readonly usual: { readonly thread: Member; readonly processes: number };
  /** E.g. `4 of 5 processes stand in take_order (orders.py:52); pid 17 stands in settle (orders.py:90)`. Names as printed. */
  readonly evidence: string;
}

/** Fewer processes do not tell which of them is the odd one. */
const LEAST_PROCESSES = 3;
/** The usual place is that of at least this part of the processes. */
const USUAL = 0.6;
/** The odd place is that of at most this part of them (and always that of one). */
const ODD = 0.2;
/**
 * Of a usual main thread's frames, from the outermost on, at least this part is the odd one's too. A server's parent
 * process runs the same program as its workers, but is another kind of process.
 */
const SAME_LOOP = 0.5;

/** Where threads of one kind stand in one process. */
interface Spot {
  thread: Member;
  threads: number;
  /** Stood there in the dump before too, or there is no dump before. */
  stays: boolean;
}

/**
 * Among like processes, those that stand where the others do not: workers of one program are dumped together because one
 * of them hangs. Compared are the newest dumps, thread kind by thread kind (the main threads; threads that were started
 * with one function); a place counts when the process stood there in the dump before as well.
 */
export function oddProcesses(set: DumpSet, series: readonly Series[], origins: Origins = new Origins(set.frames)): OddProcess[] {
  if (series.length < LEAST_PROCESSES) return [];
  const comparison = new Comparison(set, series, origins);
  const programs = new Map<string, number[]>();
  for (const [i, { dumps }] of series.entries()) {
    const dump = set.dumps[dumps.at(-1)!]!;
    if (dump.kind === 'error' || dump.threadsCut) continue;
    const key = comparison.programOf(dump.threads, dump.runtime);
    pushTo(programs, key, i);
  }
  return [...programs.values()].flatMap((like) => (like.length < LEAST_PROCESSES ? [] : comparison.odd(like)));
}

class Comparison {
  readonly #set: DumpSet;
  readonly #series: readonly Series[];
  readonly #origins: Origins;
  readonly #entries: Entries;
  readonly #places = new Map<StackIndex, string>();
  readonly #names = new Map<FrameIndex, string>();
  readonly #processName: (which: number) => string;

  constructor(set: DumpSet, series: readonly Series[], origins: Origins) {
    this.#set = set;
    this.#series = series;
    this.#processName = processNames(set, series);
    this.#origins = origins;
    this.#entries = Entries.in(set);
  }

  /** Processes with the same text are of one program. */
  programOf(threads: readonly Thread[], runtime: string): string {
    if (runtime === 'node') return runtime;
    const main = threads.find((thread) => thread.main === true);
    if (main !== undefined) return `${this.#kind(main)} ${this.#entryName(main)}`;
    return [...new Set(threads.map((thread) => this.#kind(thread)))].sort().join('\n');
  }

  /** Those of `like` that stand where the others do not. */
  odd(like: readonly number[]): OddProcess[] {
    const kinds = this.#comparable(like);
    if (kinds.size === 0) return [];
    const spots = like.map((i) => this.#spotsOf(this.#series[i]!, kinds));
    const found: (OddProcess & { depth: number })[] = [];
    for (const kind of new Set(spots.flatMap((each) => [...each.keys()]))) {
      const here = spots.map((each) => each.get(kind) ?? new Map<string, Spot>());
      const users = new Map<string, number[]>();
      for (const [p, places] of here.entries()) for (const place of places.keys()) pushTo(users, place, p);
      const [usual, those] = [...users].reduce((most, each) => (each[1].length > most[1].length ? each : most), ['', [] as number[]]);
      if (those.length < USUAL * like.length) continue;
      const typical = median(those.map((p) => here[p]!.get(usual)!.threads));
      const normal = those.filter((p) => here[p]!.get(usual)!.threads >= typical);
      if (normal.length < USUAL * like.length) continue;
      for (const [p, places] of here.entries()) {
        // it has its threads at the usual place too: what it has elsewhere is more, not other
        if ((places.get(usual)?.threads ?? 0) >= typical) continue;
        const ofThreads = [...places.values()].reduce((sum, spot) => sum + spot.threads, 0);
        for (const [place, spot] of places) {
          if (users.get(place)!.length > Math.max(1, ODD * like.length) || !spot.stays) continue;
          const usualThread = here[normal[0]!]!.get(usual)!.thread;
          if (!this.#isSameLoop(usualThread, spot.thread)) continue;
          const others = `${normal.length} of ${like.length} processes stand in ${this.#spotName(usualThread)}`;
          const which = ofThreads === 1 ? '' : ` with ${spot.threads} of ${ofThreads} threads`;
          found.push({
            series: like[p]!,
            like,
            thread: spot.thread,
            threads: spot.threads,
            ofThreads,
            usual: { thread: usualThread, processes: normal.length },
            evidence: `${others}; ${this.#processName(like[p]!)} stands${which} in ${this.#spotName(spot.thread)}`,
            depth: this.#applicationDepth(spot.thread),
          });
        }
      }
    }
    return found.sort((a, b) => b.depth - a.depth || b.threads - a.threads || a.series - b.series).map(({ depth: _depth, ...odd }) => odd);
  }

  /**
   * Kinds of threads that may have a usual place: in enough processes one of them is in the same function. Asked first, since of processes
   * that have nothing in common nothing else need be told.
   */
  #comparable(like: readonly number[]): Set<string> {
    const processes = new Map<string, Map<string, number>>();
    for (const i of like) {
      const seen = new Set<string>();
      for (const thread of this.#set.dumps[this.#series[i]!.dumps.at(-1)!]!.threads) {
        if (thread.stack === 0 && thread.activity === null) continue;
        const [kind, top] = [this.#kind(thread), this.#topOf(thread)];
        const key = `${kind}\n${top}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const tops = processes.get(kind) ?? new Map<string, number>();
        processes.set(kind, tops.set(top, (tops.get(top) ?? 0) + 1));
      }
    }
    const least = USUAL * like.length;
    return new Set([...processes].flatMap(([kind, tops]) => ([...tops.values()].some((count) => count >= least) ? [kind] : [])));
  }

  /** By kind of thread and place: the threads of a series' newest dump that stand there. */
  #spotsOf({ dumps, restarts }: Series, kinds: ReadonlySet<string>): Map<string, Map<string, Spot>> {
    const index = dumps.at(-1)!;
    const before = dumps.length > 1 && restarts.at(-1) !== dumps.length - 1 ? this.#set.dumps[dumps.at(-2)!]! : null;
    const stood =
      before &&
      new Set(
        before.threads.flatMap((thread) => {
          const kind = this.#kind(thread);
          return kinds.has(kind) ? [`${kind}\n${this.#placeOf(thread)}`] : [];
        }),
      );
    const spots = new Map<string, Map<string, Spot>>();
    for (const [t, thread] of this.#set.dumps[index]!.threads.entries()) {
      if (thread.stack === 0 && thread.activity === null) continue;
      const kind = this.#kind(thread);
      if (!kinds.has(kind)) continue;
      const place = this.#placeOf(thread);
      const places = spots.get(kind) ?? new Map<string, Spot>();
      spots.set(kind, places);
      const spot = places.get(place);
      if (spot === undefined)
        places.set(place, { thread: { dump: index, thread: t }, threads: 1, stays: stood?.has(`${kind}\n${place}`) ?? true });
      else spot.threads++;
    }
    return spots;
  }

  #kind(thread: Thread): string {
    if (thread.main === true) return this.#entries.isChild(thread.stack) ? 'main thread of a child' : 'main thread';
    return thread.measures === null ? this.#entryName(thread) : 'worker';
  }

  #entryName(thread: Thread): string {
    const entry = this.#entries.of(thread.stack);
    return entry === null ? '' : this.#nameOf(entry);
  }

  /** The part of its place that is told soonest. */
  #topOf(thread: Thread): string {
    return thread.stack === 0 ? `(${thread.activity ?? 'no frames'})` : this.#nameOf(this.#set.stacks.frameAt(thread.stack, 0));
  }

  /** What makes two stacks one place: the application's functions, its line, and what was called last. */
  #placeOf(thread: Thread): string {
    if (thread.stack === 0) return this.#topOf(thread);
    let place = this.#places.get(thread.stack);
    if (place === undefined) {
      const frames = Array.from(this.#set.stacks.frames(thread.stack));
      const own = frames.filter((frame) => this.#origins.isApplication(frame));
      const line = own[0] === undefined ? '' : `:${this.#set.frames.lineOf(own[0]) ?? '?'}`;
      place = [this.#topOf(thread) + line, ...own.map((frame) => this.#nameOf(frame))].join('\n');
      this.#places.set(thread.stack, place);
    }
    return place;
  }

  #nameOf(frame: FrameIndex): string {
    let name = this.#names.get(frame);
    if (name === undefined) {
      const { frames } = this.#set;
      name = `${frames.functionOf(frame) ?? '?'} ${frames.fileOf(frame)?.replace(/^.*[/\\]/, '') ?? '?'}`;
      this.#names.set(frame, name);
    }
    return name;
  }

  #isSameLoop(usual: Member, odd: Member): boolean {
    const [one, other] = [this.#stackOf(usual), this.#stackOf(odd)];
    if (this.#threadOf(usual).main !== true || one === 0 || other === 0) return true;
    const { stacks } = this.#set;
    const [depth, otherDepth] = [stacks.depth(one), stacks.depth(other)];
    let common = 0;
    while (
      common < Math.min(depth, otherDepth) &&
      this.#nameOf(stacks.frameAt(one, depth - 1 - common)) === this.#nameOf(stacks.frameAt(other, otherDepth - 1 - common))
    )
      common++;
    return common >= SAME_LOOP * depth;
  }

  #applicationDepth(member: Member): number {
    return this.#set.stacks.frames(this.#stackOf(member)).filter((frame) => this.#origins.isApplication(frame)).length;
  }

  /** `settle (orders.py:90)`: the application's most recent frame, or the most recent of all. */
  #spotName(member: Member): string {
    const stack = this.#stackOf(member);
    if (stack === 0) return this.#threadOf(member).activity === 'idle' ? 'the event loop, idle' : 'no JavaScript that the dump shows';
    const frames = this.#set.stacks.frames(stack);
    const frame = frames.find((each) => this.#origins.isApplication(each)) ?? frames[0]!;
    const { file, line } = this.#set.frames.placeOf(frame);
    return `${this.#set.frames.functionOf(frame) ?? '?'} (${file?.replace(/^.*[/\\]/, '') ?? '?'}:${line ?? '?'})`;
  }

  #threadOf({ dump, thread }: Member): Thread {
    return this.#set.dumps[dump]!.threads[thread]!;
  }

  #stackOf(member: Member): StackIndex {
    return this.#threadOf(member).stack;
  }
}

/** `pid 17`, or what tells a process without one from the others. */
function processNames(set: DumpSet, series: readonly Series[]): (which: number) => string {
  const newest = series.map(({ dumps }) => set.dumps[dumps.at(-1)!]!);
  const inSource = new Map<string, number>();
  for (const { source } of newest) inSource.set(source, (inSource.get(source) ?? 0) + 1);
  return (which) => {
    const { pid, source, origin } = newest[which]!;
    if (pid !== null) return `pid ${pid}`;
    const { id } = series[which]!;
    return inSource.get(source) === 1 ? source : origin === null ? `process ${id}` : `process ${id} of ${origin}`;
  };
}

function pushTo(lists: Map<string, number[]>, key: string, item: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
