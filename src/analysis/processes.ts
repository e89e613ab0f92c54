import type { Dump, DumpSet, FrameIndex, Seconds, Thread } from '../model/index.js';
import { Entries } from './entry.js';

/** Dumps of one process, as far as they tell. */
export interface Process {
  /** Places in `DumpSet.dumps`, oldest first. */
  readonly dumps: readonly number[];
  readonly pid: number | null;
  /** Where its dumps stand: a log source, a file with several dumps, or a folder with files named alike. */
  readonly place: string;
  /** Why the dumps may be of more processes than one, in words. */
  readonly doubts: readonly string[];
}

/** Two dumps without a process id are of one process when they share this part of the smaller one's thread ids. */
const SHARED_IDS = 0.3;
/** A dump torn in pieces lacks ids that the dumps before it have, so ids of this many dumps back count. */
const REMEMBERED = 8;
/** Two dumps in files of their own that were written within this time are of two processes. */
const AT_ONCE: Seconds = 0.2;
/** Dumps of one process show threads that were started with the same functions: at least this part. */
const SAME_ENTRIES = 0.5;
/** Ids looked up to find the processes that a dump may be of; which of them it is decide all its ids. */
const LOOKED_UP = 32;
/** Processes remembered for one id or place: forked ones share all ids. */
const MOST_CANDIDATES = 16;

class OpenProcess implements Process {
  readonly dumps: number[] = [];
  readonly doubts: string[] = [];
  readonly place: string;
  pid: number | null = null;
  last: Dump;
  /** Thread ids, each with the number of dumps when it was seen last; but for those of the last dump while `#pending`. */
  readonly #ids = new Map<string, number>();
  /** That the ids of the last dump were seen is not noted yet: the next one has the same, in the same order, in most cases, or there is none. */
  #pending = false;
  /** Inputs with several dumps, of which some are of this process. */
  readonly logs = new Set<string>();

  constructor(first: Dump, place: string) {
    this.last = first;
    this.place = place;
  }

  /** How many of a dump's threads it has had lately. */
  shared(threads: readonly Thread[]): number {
    if (this.dumps.length > 0 && haveSameIds(this.last.threads, threads))
      return threads.reduce((sum, { id }) => sum + (id === null ? 0 : 1), 0);
    this.#note();
    let shared = 0;
    for (const { id } of threads) if (id !== null && this.dumps.length - (this.#ids.get(id) ?? -Infinity) < REMEMBERED) shared++;
    return shared;
  }

  has(id: string): boolean {
    this.#note();
    return this.#ids.has(id);
  }

  add(index: number, dump: Dump): void {
    if (this.dumps.length > 0 && !haveSameIds(this.last.threads, dump.threads)) this.#note();
    this.dumps.push(index);
    this.pid ??= dump.pid;
    this.last = dump;
    this.#pending = true;
  }

  #note(): void {
    if (!this.#pending) return;
    this.#pending = false;
    for (const { id } of this.last.threads) if (id !== null) this.#ids.set(id, this.dumps.length);
  }
}

function haveSameIds(one: readonly Thread[], other: readonly Thread[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i]!.id !== other[i]!.id) return false;
  return true;
}

/** Which dumps show the same process; oldest process first. Time is near linear in dumps and threads. */
export function findProcesses(set: DumpSet): Process[] {
  return new Finder(set).find();
}

/** Where the dumps of one input stand in the set. */
interface Range {
  readonly first: number;
  last: number;
  dumps: number;
  /** Its text or name tells when they were taken; else their place in the set says nothing. */
  timed: boolean;
}

class Finder {
  readonly #set: DumpSet;
  readonly #entries: Entries;
  readonly #open: OpenProcess[] = [];
  /** Processes by what a dump may have in common with them; newest last. */
  readonly #known = new Map<string, OpenProcess[]>();
  readonly #ranges = new Map<string, Range>();

  constructor(set: DumpSet) {
    this.#set = set;
    this.#entries = Entries.in(set);
    for (let index = 0; index < set.dumps.length; index++) {
      const dump = set.dumps[index]!;
      const range = this.#ranges.get(dump.source);
      const timed = dump.time !== null && dump.timeFrom !== 'file-time';
      if (range === undefined) this.#ranges.set(dump.source, { first: index, last: index, dumps: 1, timed });
      else {
        range.last = index;
        range.dumps++;
        range.timed ||= timed;
      }
    }
  }

  find(): Process[] {
    const { dumps } = this.#set;
    /** Those before it are known by their places. */
    let placed = 0;
    for (let index = 0; index < dumps.length; index++) {
      const dump = dumps[index]!;
      const only = this.#onlyOne(dump);
      if (only !== null) {
        only.add(index, dump);
        if (this.#isLog(dump.source)) only.logs.add(dump.source);
        continue;
      }
      for (; placed < index && this.#open.length === 1; placed++) this.#remember(this.#placeOf(dumps[placed]!), this.#open[0]!);
      const traits = this.#traits(dump);
      const place = this.#placeOf(dump);
      // the place decides only where ids cannot, and has the most processes
      let process = this.#choose(dump, dump.threadsCut || !idsTell(dump) ? [place, ...traits] : traits);
      if (process === null) {
        process = new OpenProcess(dump, place);
        this.#open.push(process);
        if (dump.pid !== null && this.#known.has(traits[0]!)) process.doubts.push(`pid ${dump.pid} was another process before`);
      }
      this.#remember(place, process);
      process.add(index, dump);
      if (this.#isLog(dump.source)) process.logs.add(dump.source);
      for (const trait of traits) this.#remember(trait, process);
    }
    return this.#open;
  }

  /**
   * The process of a dump where there is one so far, and the dump tells nothing of its process that the last one did not: what most
   * folders hold. It is known by all that the dump has, but for its place.
   */
  #onlyOne(dump: Dump): OpenProcess | null {
    const [only] = this.#open;
    if (only === undefined || this.#open.length > 1) return null;
    const { last } = only;
    if (last.runtime !== dump.runtime || last.origin !== dump.origin || last.pid !== dump.pid) return null;
    return idsTell(dump) && haveSameIds(last.threads, dump.threads) && this.#score(only, dump, 0) !== null ? only : null;
  }

  /** What a process must have in common with a dump to be compared with it: a folder may hold thousands of processes. */
  #traits(dump: Dump): string[] {
    const traits: string[] = [];
    if (dump.pid !== null) traits.push(`pid ${dump.pid} ${dump.runtime} ${dump.origin ?? ''}`);
    if (!idsTell(dump)) return traits;
    const step = Math.max(1, (dump.threads.length - 1) / (LOOKED_UP - 1));
    for (let at = 0; at < dump.threads.length; at += step) {
      const { id } = dump.threads[Math.round(at)]!;
      if (id !== null) traits.push(id);
    }
    return traits;
  }

  #remember(trait: string, process: OpenProcess): void {
    const known = this.#known.get(trait);
    if (known === undefined) this.#known.set(trait, [process]);
    else if (known.at(-1) !== process) {
      const at = known.indexOf(process);
      if (at >= 0) known.splice(at, 1);
      else if (known.length === MOST_CANDIDATES) known.shift();
      known.push(process);
    }
  }

  #choose(dump: Dump, traits: readonly string[]): OpenProcess | null {
    const candidates = new Set<OpenProcess>();
    for (const trait of traits) for (const process of this.#known.get(trait) ?? []) candidates.add(process);
    let best: { process: OpenProcess; score: number } | null = null;
    for (const process of candidates) {
      // how near they stand decides among several
      const near = candidates.size === 1 ? 0 : process.last.source === dump.source ? 1 : likeness(process.last.source, dump.source);
      const score = this.#score(process, dump, near);
      if (score !== null && (best === null || score > best.score || (score === best.score && isLater(process, best.process))))
        best = { process, score };
    }
    return best?.process ?? null;
  }

  /** How well a dump continues a process; null when it is of another one. */
  #score(process: OpenProcess, dump: Dump, near: number): number | null {
    const { last } = process;
    if (last.runtime !== dump.runtime || last.origin !== dump.origin) return null;
    if (process.pid !== null && dump.pid !== null) {
      if (process.pid !== dump.pid || this.#isAfterReuse(process, dump)) return null;
      return 4 + near;
    }
    if (this.#isOtherChild(last, dump)) return null;
    const shared = idsTell(dump) ? process.shared(dump.threads) : 0;
    const fewest = Math.min(dump.threads.length, last.threads.length);
    if (shared > 0 && (shared >= SHARED_IDS * fewest || this.#sharesMain(process, dump))) {
      return this.#areAtOnce(process, dump) ? null : 2 + near;
    }
    // nothing to tell by but the place
    const nothing = !idsTell(dump) || !idsTell(last);
    const cut = dump.threadsCut && last.threadsCut && last.source === dump.source;
    if (!nothing && !cut) return null;
    if (process.place !== this.#placeOf(dump) || !this.#hasSameEntries(last, dump)) return null;
    const why = cut
      ? 'the lists of threads are cut, and the dumps share no thread id'
      : 'neither process id nor thread ids: one process because of the place';
    if (!process.doubts.includes(why)) process.doubts.push(why);
    return near;
  }

  /** Whether a process has the id of one that is gone. */
  #isAfterReuse(process: OpenProcess, dump: Dump): boolean {
    if (this.#isOtherChild(process.last, dump)) return true;
    if (dump.runtime === 'node') {
      const [before, after] = [cpuOf(process.last), cpuOf(dump)];
      return before !== null && after !== null && after < before;
    }
    const complete = [process.last, dump].every((each) => !each.threadsCut && each.kind === 'snapshot' && each.threads.length > 1);
    return complete && idsTell(dump) && idsTell(process.last) && process.shared(dump.threads) === 0;
  }

  /** A forked child has its parent's thread ids, but its main thread does what the child was started for. */
  #isOtherChild(before: Dump, after: Dump): boolean {
    const [one, other] = [mainOf(before), mainOf(after)];
    if (one === undefined || other === undefined) return false;
    return this.#childEntry(one) !== this.#childEntry(other);
  }

  #childEntry(thread: Thread): FrameIndex | null {
    return this.#entries.isChild(thread.stack) ? this.#entries.of(thread.stack) : null;
  }

  #sharesMain(process: OpenProcess, dump: Dump): boolean {
    const id = mainOf(dump)?.id ?? null;
    return id !== null && process.has(id) && (mainOf(process.last)?.id ?? id) === id;
  }

  /**
   * Forked workers with files of their own have the same thread ids. They are told by time: logs that were written at one
   * time, or single dumps at one moment. A log that follows another (they were rotated) is of the same process; without
   * times the names have to say so.
   */
  #areAtOnce(process: OpenProcess, dump: Dump): boolean {
    if (process.logs.has(dump.source) || process.last.source === dump.source) return false;
    const range = this.#ranges.get(dump.source)!;
    if (this.#isLog(dump.source))
      return [...process.logs].some((log) => {
        const other = this.#ranges.get(log)!;
        if (!other.timed || !range.timed) return unrotated(log) !== unrotated(dump.source);
        return other.first <= range.last && range.first <= other.last;
      });
    if (this.#isLog(process.last.source) || process.last.time === null || dump.time === null) return false;
    return Math.abs(dump.time - process.last.time) / 1000 < AT_ONCE;
  }

  #hasSameEntries(before: Dump, after: Dump): boolean {
    const entries = (dump: Dump): Set<FrameIndex> => new Set(dump.threads.flatMap((thread) => this.#entries.of(thread.stack) ?? []));
    const [one, other] = [entries(before), entries(after)];
    let shared = 0;
    for (const entry of one) if (other.has(entry)) shared++;
    return shared >= SAME_ENTRIES * Math.min(one.size, other.size);
  }

  #placeOf(dump: Dump): string {
    if (dump.origin !== null) return `${dump.runtime} from ${dump.origin}`;
    if (this.#isLog(dump.source) || dump.source === '-') return `${dump.runtime} in ${dump.source}`;
    // files of one folder whose names differ in a time or a number only
    const name = dump.source.slice(dump.source.lastIndexOf('/') + 1);
    return `${dump.runtime} beside ${dump.source.slice(0, -name.length)}${name.replaceAll(/\d+/g, '#')}`;
  }

  #isLog(source: string): boolean {
    return this.#ranges.get(source)!.dumps > 1;
  }
}

const isLater = (one: OpenProcess, other: OpenProcess): boolean => one.dumps.at(-1)! > other.dumps.at(-1)!;

/** Whether the ids of a dump's threads are of this process alone: Node counts its threads from 0 in every process. */
function idsTell(dump: Dump): boolean {
  return dump.runtime !== 'node' && dump.threads.some((thread) => thread.id !== null);
}

function mainOf(dump: Dump): Thread | undefined {
  let main = MAINS.get(dump);
  if (main === undefined) MAINS.set(dump, (main = dump.threads.find((thread) => thread.main === true) ?? null));
  return main ?? undefined;
}

/** The last dump of a process is asked by each that may follow it. */
const MAINS = new WeakMap<Dump, Thread | null>();

/** CPU seconds of the main thread so far: they never become fewer while a process lives. */
function cpuOf(dump: Dump): Seconds | null {
  return mainOf(dump)?.measures?.userCpu ?? null;
}

/** The name of a log that was rotated: `app.log` of `app.log.2.gz`. */
function unrotated(source: string): string {
  return source.replace(/\.(?:gz|zst|xz|bz2)$/i, '').replace(/[.-]\d{1,14}$/, '');
}

/** How much of two paths is the same, from both ends: 0 to 1. */
function likeness(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let [head, tail] = [0, 0];
  while (head < most && a[head] === b[head]) head++;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return (head + tail) / Math.max(a.length, b.length, 1);
}
