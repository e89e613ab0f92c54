import type { DumpSet, FrameIndex, StackIndex } from '../../model/index.js';
import { Entries } from '../entry.js';
import type { Origins } from '../origin.js';
import { waitEnd, type Signatures, type StackMeaning } from '../signatures/index.js';
import { namesDumper } from './words.js';

/** What one stack says by itself. */
export interface StackView {
  /** Without the frames of what wrote the dump. */
  readonly stack: StackIndex;
  readonly dumperFrames: number;
  readonly meaning: StackMeaning | null;
  /** Depths of the application's frames, innermost first. */
  readonly application: readonly number[];
  /** Innermost application frame, as a row. */
  readonly innermost: FrameIndex | null;
  /** Function the thread was started with, without position. */
  readonly entry: FrameIndex | null;
  /**
   * From the innermost application frame to the entry: the application's frames with their lines, the library's without.
   * The whole stack where no frame is the application's.
   */
  readonly core: StackIndex;
  /** The library frames above the innermost application frame. */
  readonly top: StackIndex;
  /** A library called the application's function: a request, a task, a callback, a test. */
  readonly inTask: boolean;
  /** Started by an executor or a pool, whose threads are idle inside the library. */
  readonly poolThread: boolean;
  /** Started for one request. */
  readonly perRequest: boolean;
  /** Application frames within the task, or within the function that the thread was started with: 0 is where idle threads stand. */
  readonly depth: number;
  /** Whether the wait on top ends by itself. */
  readonly end: 'timed' | 'forever' | null;
  /** The most recent frame is the application's: a lock, a sleep and a C call leave no frame. */
  readonly applicationOnTop: boolean;
  /** Runs on an asyncio event loop. */
  readonly onLoop: boolean;
}

/** Libraries that call the application back within one step, as a decorator or a command line does: no task begins there. */
const TRANSPARENT =
  /(?:^|\/)(?:contextlib|functools|runpy|threading|socketserver)\.py$|^<frozen |^<builtin>|(?:^|\/)(?:click|typer|fire|absl|importlib|decorator|wrapt|multiprocessing|billiard|django\/core\/management|tenacity|backoff)(?:\/|\.py$)|^node:internal\/(?:modules|main|process|vm|async|timers)|^node:internal\/process/;

/** Files whose functions are the entry of pool threads. */
const POOL =
  /(?:^|\/)(?:concurrent\/futures\/thread|_?concurrent_futures_thread|multiprocessing\/pool|distributed\/threadpoolexecutor|gevent\/threadpool|anyio\/_backends\/_asyncio|twisted\/_threads\/_threadworker|cheroot\/workers\/threadpool|waitress\/task|billiard\/pool|trio\/_core\/_thread_cache|eventlet\/tpool)\.py$/;

/** Calls of the standard library that wait in C and call nobody: a frame above them is a signal handler's. */
const CALLS_NOBODY =
  /\/(?:threading\.py:(?:wait|join|_wait_for_tstate_lock)|selectors\.py:select|queue\.py:get|socket\.py:(?:accept|readinto|getaddrinfo)|ssl\.py:\w+|subprocess\.py:(?:_try_wait|communicate)|multiprocessing\/connection\.py:_recv)$/;

/** Most frames of a handler that lie on top of what the thread did. */
const MOST_DUMPER_FRAMES = 4;

/** Judges stacks, each once. */
export class StackViews {
  readonly #set: DumpSet;
  readonly #origins: Origins;
  readonly #signatures: Signatures;
  readonly #entries: Entries;
  readonly #known = new Map<number, StackView>();

  constructor(set: DumpSet, origins: Origins, signatures: Signatures) {
    this.#set = set;
    this.#origins = origins;
    this.#signatures = signatures;
    this.#entries = new Entries(set);
  }

  /** @param dumper the thread may have been interrupted to write the dump: its handler's frames are on top */
  of(stack: StackIndex, main: boolean, dumper: boolean): StackView {
    const key = stack * 4 + (main ? 2 : 0) + (dumper ? 1 : 0);
    let view = this.#known.get(key);
    if (view === undefined) this.#known.set(key, (view = this.#view(stack, main, dumper)));
    return view;
  }

  #view(whole: StackIndex, main: boolean, dumper: boolean): StackView {
    const dumperFrames = this.#dumperFrames(whole, dumper);
    const stack = dumperFrames === 0 ? whole : this.#set.stacks.intern(Array.from(this.#set.stacks.frames(whole)).slice(dumperFrames));
    const own = this.#entries.ownDepth(stack);
    const frames = Array.from(this.#set.stacks.frames(stack)).slice(0, own);
    const application = frames.flatMap((frame, depth) => (this.#origins.isApplication(frame) ? [depth] : []));
    const innermost = application[0] === undefined ? null : frames[application[0]]!;
    const entryDepth = this.#entries.depthOf(stack);
    const boundary = this.#taskBoundary(frames, application, entryDepth);
    const inTask = boundary !== -1;
    const outer = inTask ? 0 : main && frames.length > 0 && /^<module>$/.test(this.#fn(frames[entryDepth] ?? frames.at(-1)!)) ? 2 : 1;
    const within = inTask ? application.filter((depth) => depth < boundary).length : application.length;
    const coreFrom = application[0] ?? 0;
    return {
      stack,
      dumperFrames,
      meaning: this.#signatures.of(stack),
      application,
      innermost,
      entry: entryDepth < 0 ? null : this.#set.frames.withoutPosition(frames[entryDepth]!),
      core: this.#core(innermost === null ? frames : frames.slice(coreFrom), innermost === null),
      top: this.#set.stacks.intern(frames.slice(0, coreFrom)),
      inTask,
      poolThread: entryDepth >= 0 && POOL.test(this.#file(frames[entryDepth]!)),
      perRequest: entryDepth >= 0 && /^process_request_thread$/.test(this.#fn(frames[entryDepth]!)),
      depth: Math.max(0, within - outer),
      end: waitEnd(this.#set, stack),
      applicationOnTop: application[0] === 0,
      onLoop: innermost !== null && this.#signatures.modifiers(stack).some((rule) => rule.wait === 'loop-blocked'),
    };
  }

  /** Without 3.13's pseudo frames (`File "__init__", line ??? in __init__`), which come and go. */
  #core(frames: readonly FrameIndex[], withLines: boolean): StackIndex {
    const { frames: table, stacks } = this.#set;
    const real = frames.filter((frame) => table.lineOf(frame) !== null || table.fileOf(frame) !== '__init__');
    return stacks.intern(real.map((frame) => (withLines || this.#origins.isApplication(frame) ? frame : table.withoutPosition(frame))));
  }

  /** Depth of the outermost library frame from which the application was called, -1 without one. */
  #taskBoundary(frames: readonly FrameIndex[], application: readonly number[], entryDepth: number): number {
    const innermost = application[0];
    if (innermost === undefined) return -1;
    for (let depth = entryDepth; depth > innermost; depth--) {
      if (this.#origins.isApplication(frames[depth]!) || !this.#origins.isApplication(frames[depth - 1]!)) continue;
      if (!TRANSPARENT.test(this.#file(frames[depth]!))) return depth;
    }
    return -1;
  }

  /**
   * Frames on top that wrote the dump: Node's own report writer and what the inspector evaluated; the function of a Python
   * signal handler, told by its name, or by standing on a library's wait, which calls nobody.
   */
  #dumperFrames(stack: StackIndex, dumper: boolean): number {
    const frames = this.#set.stacks.frames(stack);
    if (frames.length === 0) return 0;
    if (/^node:internal\/process\/report$|^internal\/process\/report\.js$/.test(this.#file(frames[0]!))) {
      let count = 1;
      while (count < frames.length && /<anonymous>/.test(this.#file(frames[count]!)) && /^(?:eval)?$/.test(this.#fn(frames[count]!)))
        count++;
      return count;
    }
    if (!dumper) return 0;
    for (let count = 1; count <= MOST_DUMPER_FRAMES && count < frames.length; count++) {
      if (!this.#origins.isApplication(frames[count - 1]!)) return 0;
      if (this.#origins.isApplication(frames[count]!)) {
        if (namesDumper(this.#fn(frames[count - 1]!)) && !namesDumper(this.#fn(frames[count]!))) return count;
        continue;
      }
      const interrupted = CALLS_NOBODY.test(`${this.#file(frames[count]!)}:${this.#fn(frames[count]!)}`);
      return interrupted || namesDumper(this.#fn(frames[count - 1]!)) ? count : 0;
    }
    return 0;
  }

  #fn(frame: FrameIndex): string {
    return this.#set.frames.functionOf(frame) ?? '';
  }

  #file(frame: FrameIndex): string {
    return (this.#set.frames.fileOf(frame) ?? '').replaceAll('\\', '/');
  }
}
