import type { Dump, DumpSet, EpochMilliseconds, StackIndex, Tables, Thread } from '../model/index.js';
import { Origins, type Root } from './origin.js';

/** A text to look for. `patterns.ts` makes them of what a user writes. */
export interface Pattern {
  readonly matches: (text: string) => boolean;
}

/** A point in time that may hang on the newest dump (`10m`: ten minutes before it). Null: that dump has no time either. */
export type TimeBound = (newest: EpochMilliseconds | null) => EpochMilliseconds | null;

/** Which dumps and threads to keep. What is not given hides nothing. */
export interface DumpFilter {
  /** Threads in which one of these is found: in a frame's function, file (path or name) or `file:line`, in the thread's name or id. */
  readonly filter?: readonly Pattern[] | undefined;
  /** Threads in which none of these is found. It wins over `filter`. */
  readonly exclude?: readonly Pattern[] | undefined;
  /** Threads with an application frame. */
  readonly appOnly?: boolean | undefined;
  readonly pids?: readonly number[] | undefined;
  /** Ids of grammars. */
  readonly formats?: readonly string[] | undefined;
  /** Dumps of this time and later. A dump without a time is hidden by both bounds: nothing says that it is within them. */
  readonly since?: TimeBound | undefined;
  readonly until?: TimeBound | undefined;
  /** Folders whose origin is known, for `appOnly`. */
  readonly roots?: readonly Root[] | undefined;
}

const FILTER_NAMES = ['filter', 'exclude', 'app-only', 'pid', 'format', 'since', 'until'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** What a filter hid; never silently: whoever shows the rest says so. */
export interface Hidden {
  readonly dumps: number;
  /** Those of hidden dumps too. */
  readonly threads: number;
  /** The filters that hid something. */
  readonly by: readonly FilterName[];
}

export interface Filtered {
  /** The same tables and sources, and the dumps and threads that stayed. A dump keeps its place when all its threads were hidden. */
  readonly set: DumpSet;
  /** The dumps that stayed with all their threads: a thread is judged by those around it, before any is hidden. */
  readonly whole: DumpSet;
  readonly hidden: Hidden;
}

export const NOTHING_HIDDEN: Hidden = { dumps: 0, threads: 0, by: [] };

/** Keeps the dumps and threads that a filter names. */
export function filterDumps(set: DumpSet, filter: DumpFilter): Filtered {
  const by = new Set<FilterName>();
  const keepsDump = dumpTest(set, filter, by);
  const keeps = threadTest(set, filter, by);
  const dumps = set.dumps.filter(keepsDump);
  const shown = dumps.map((dump) => {
    const threads = keeps === null ? dump.threads : dump.threads.filter(keeps);
    return threads.length === dump.threads.length ? dump : { ...dump, threads };
  });
  if (by.size === 0) return { set, whole: set, hidden: NOTHING_HIDDEN };
  // no thread anywhere: there is nothing to show, of no dump
  const left = threadsOf(shown) > 0 ? shown : [];
  return {
    set: { ...set, dumps: left },
    whole: { ...set, dumps: left.length === 0 ? [] : dumps },
    hidden: {
      dumps: set.dumps.length - left.length,
      threads: threadsOf(set.dumps) - threadsOf(left),
      by: FILTER_NAMES.filter((name) => by.has(name)),
    },
  };
}

/** Whether a filter keeps a thread; null where it names no threads. For what has to see all threads before it hides some. */
export function keepsThread(set: Tables, filter: DumpFilter): ((thread: Thread) => boolean) | null {
  return threadTest(set, filter, new Set());
}

function threadsOf(dumps: readonly Dump[]): number {
  return dumps.reduce((sum, dump) => sum + dump.threads.length, 0);
}

function dumpTest(set: DumpSet, filter: DumpFilter, by: Set<FilterName>): (dump: Dump) => boolean {
  const newest = set.dumps.reduce<number | null>((max, { time }) => (time === null || (max !== null && max >= time) ? max : time), null);
  const since = filter.since?.(newest) ?? null;
  const until = filter.until?.(newest) ?? null;
  const hides = (dump: Dump): FilterName | null => {
    if (filter.pids && (dump.pid === null || !filter.pids.includes(dump.pid))) return 'pid';
    if (filter.formats && !filter.formats.includes(dump.format)) return 'format';
    if (filter.since && (dump.time === null || since === null || dump.time < since)) return 'since';
    if (filter.until && (dump.time === null || until === null || dump.time > until)) return 'until';
    return null;
  };
  return (dump) => {
    const name = hides(dump);
    if (name !== null) by.add(name);
    return name === null;
  };
}

function threadTest(set: Tables, filter: DumpFilter, by: Set<FilterName>): ((thread: Thread) => boolean) | null {
  const only = filter.filter?.length ? new Finder(set, filter.filter) : null;
  const not = filter.exclude?.length ? new Finder(set, filter.exclude) : null;
  const origins = filter.appOnly ? new Origins(set.frames, filter.roots) : null;
  if (only === null && not === null && origins === null) return null;
  const hides = (thread: Thread): FilterName | null => {
    if (not?.finds(thread)) return 'exclude';
    if (only !== null && !only.finds(thread)) return 'filter';
    if (origins !== null && !set.stacks.frames(thread.stack).some((frame) => origins.isApplication(frame))) return 'app-only';
    return null;
  };
  return (thread) => {
    const name = hides(thread);
    if (name !== null) by.add(name);
    return name === null;
  };
}

/** Looks for patterns in threads; each distinct frame and stack is looked at once. */
class Finder {
  readonly #set: Tables;
  readonly #patterns: readonly Pattern[];
  readonly #frames: (boolean | undefined)[] = [];
  readonly #stacks = new Map<StackIndex, boolean>();

  constructor(set: Tables, patterns: readonly Pattern[]) {
    this.#set = set;
    this.#patterns = patterns;
  }

  finds(thread: Thread): boolean {
    if ((thread.name !== null && this.#inText(thread.name)) || (thread.id !== null && this.#inText(thread.id))) return true;
    if (thread.nativeFrames.some((frame) => this.#inText(frame.symbol ?? '') || this.#inText(frame.module ?? ''))) return true;
    let found = this.#stacks.get(thread.stack);
    if (found === undefined) {
      found = this.#set.stacks.frames(thread.stack).some((frame) => (this.#frames[frame] ??= this.#inFrame(frame)));
      this.#stacks.set(thread.stack, found);
    }
    return found;
  }

  #inFrame(row: number): boolean {
    const { frames } = this.#set;
    const fn = frames.functionOf(row);
    if (fn !== null && this.#inText(fn)) return true;
    // code that was compiled is found by its source as well
    return [{ file: frames.fileOf(row), line: frames.lineOf(row) }, frames.originalOf(row)].some(
      (place) => place !== null && this.#inPlace(place.file, place.line),
    );
  }

  #inPlace(file: string | null, line: number | null): boolean {
    if (file === null) return false;
    const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    return [file, name].some((path) => this.#inText(path) || (line !== null && this.#inText(`${path}:${line}`)));
  }

  #inText(text: string): boolean {
    return text !== '' && this.#patterns.some((pattern) => pattern.matches(text));
  }
}
