import type { DumpSet, FrameIndex, StackIndex } from '../../model/index.js';
import { Entries } from '../entry.js';
import type { Origins } from '../origin.js';
import { waitEnd, type Signatures, type StackMeaning } from '../signatures/index.js';
import { namesDumper } from './words.js';

/** What one stack says by itself. Worked out when it is asked for: of most stacks of a long series little is. */
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
  /** The library frames above the innermost application frame, or the rule that explains them where it is a wait. */
  readonly top: StackIndex | string;
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

const REPORT_WRITER = /^node:internal\/process\/report$|^internal\/process\/report\.js$/;

/** Judges stacks, each once. */
export class StackViews {
  readonly #judge: Judge;
  readonly #known: (StackView | undefined)[] = [];
  readonly #handlers: boolean;

  /** @param handlers the dumps may have been written by functions of the program */
  constructor(set: DumpSet, origins: Origins, signatures: Signatures, handlers = true) {
    this.#handlers = handlers;
    this.#judge = new Judge(set, origins, signatures);
  }

  /** @param mayBeDumper the thread may have been interrupted to write the dump: its handler's frames are on top */
  of(stack: StackIndex, main: boolean, mayBeDumper: boolean): StackView {
    const dumper = mayBeDumper && this.#handlers;
    const key = stack * 4 + (main ? 2 : 0) + (dumper ? 1 : 0);
    return (this.#known[key] ??= new View(this.#judge, stack, main, dumper));
  }
}

class View implements StackView {
  readonly stack: StackIndex;
  readonly dumperFrames: number;
  readonly #judge: Judge;
  readonly #main: boolean;
  #meaning: StackMeaning | null | undefined;
  #application: readonly number[] | undefined;
  #innermost: FrameIndex | null | undefined;
  #core: StackIndex | undefined;
  #top: StackIndex | string | undefined;
  #boundary: number | undefined;
  #depth: number | undefined;
  #onLoop: boolean | undefined;

  constructor(judge: Judge, whole: StackIndex, main: boolean, dumper: boolean) {
    this.#judge = judge;
    this.#main = main;
    this.dumperFrames = judge.dumperFrames(whole, dumper);
    this.stack = judge.without(whole, this.dumperFrames);
  }

  get meaning(): StackMeaning | null {
    return this.#meaning === undefined ? (this.#meaning = this.#judge.signatures.of(this.stack)) : this.#meaning;
  }

  get application(): readonly number[] {
    return (this.#application ??= this.#judge.application(this.stack));
  }

  get innermost(): FrameIndex | null {
    return this.#innermost === undefined ? (this.#innermost = this.#judge.innermost(this.stack)) : this.#innermost;
  }

  get entry(): FrameIndex | null {
    return this.#judge.entries.of(this.stack);
  }

  get core(): StackIndex {
    return (this.#core ??= this.#judge.core(this.stack));
  }

  get top(): StackIndex | string {
    return (this.#top ??= this.meaning?.state === 'wait' ? this.meaning.rule.id : this.#judge.top(this.stack));
  }

  get inTask(): boolean {
    return this.#taskBoundary !== -1;
  }

  get poolThread(): boolean {
    return this.#judge.isPoolThread(this.stack);
  }

  get perRequest(): boolean {
    return this.#judge.isPerRequest(this.stack);
  }

  get depth(): number {
    return (this.#depth ??= this.#countDepth());
  }

  #countDepth(): number {
    const boundary = this.#taskBoundary;
    if (boundary !== -1) return this.application.filter((depth) => depth < boundary).length;
    return Math.max(0, this.application.length - (this.#main && this.#judge.isOfModule(this.stack) ? 2 : 1));
  }

  get end(): 'timed' | 'forever' | null {
    return waitEnd(this.#judge.set, this.stack);
  }

  get applicationOnTop(): boolean {
    return this.application[0] === 0;
  }

  get onLoop(): boolean {
    return (this.#onLoop ??=
      this.innermost !== null && this.#judge.signatures.modifiers(this.stack).some((rule) => rule.wait === 'loop-blocked'));
  }

  get #taskBoundary(): number {
    return (this.#boundary ??= this.#judge.taskBoundary(this.stack, this.application));
  }
}

/** What stacks say, question by question. */
class Judge {
  readonly set: DumpSet;
  readonly signatures: Signatures;
  readonly entries: Entries;
  readonly #origins: Origins;
  /** Per frame row: its row in a core, -1 for one that is left out. */
  readonly #inCore: (FrameIndex | undefined)[] = [];
  /** By the file's row + 1. */
  readonly #reporter: (boolean | undefined)[] = [];
  #scratch = new Int32Array(64);

  constructor(set: DumpSet, origins: Origins, signatures: Signatures) {
    this.set = set;
    this.#origins = origins;
    this.signatures = signatures;
    this.entries = Entries.in(set);
  }

  without(whole: StackIndex, dumperFrames: number): StackIndex {
    if (dumperFrames === 0) return whole;
    const frames = this.set.stacks.frames(whole).subarray(dumperFrames);
    return this.set.stacks.intern(frames, frames.length);
  }

  /** Depths of the application's frames among the process's own. */
  application(stack: StackIndex): number[] {
    const depths: number[] = [];
    const own = this.entries.ownDepth(stack);
    for (let depth = 0; depth < own; depth++) if (this.#origins.isApplication(this.#at(stack, depth))) depths.push(depth);
    return depths;
  }

  innermost(stack: StackIndex): FrameIndex | null {
    const depth = this.#innermostDepth(stack);
    return depth === -1 ? null : this.#at(stack, depth);
  }

  #innermostDepth(stack: StackIndex): number {
    const own = this.entries.ownDepth(stack);
    for (let depth = 0; depth < own; depth++) if (this.#origins.isApplication(this.#at(stack, depth))) return depth;
    return -1;
  }

  core(stack: StackIndex): StackIndex {
    const first = this.#innermostDepth(stack);
    const own = this.entries.ownDepth(stack);
    if (this.#scratch.length < own) this.#scratch = new Int32Array(own * 2);
    let count = 0;
    for (let depth = Math.max(first, 0); depth < own; depth++) {
      const row = this.#at(stack, depth);
      const inCore = (this.#inCore[row] ??= this.#coreRow(row));
      if (inCore !== -1) this.#scratch[count++] = first === -1 ? row : inCore;
    }
    return this.set.stacks.intern(this.#scratch, count);
  }

  /** The application's frame with its line, a library's without. 3.13's pseudo frames (`File "__init__", line ??? in __init__`) come and go. */
  #coreRow(row: FrameIndex): FrameIndex {
    const { frames } = this.set;
    if (frames.lineOf(row) === null && frames.fileOf(row) === '__init__') return -1;
    return this.#origins.isApplication(row) ? row : frames.withoutPosition(row);
  }

  top(stack: StackIndex): StackIndex {
    const count = Math.max(this.#innermostDepth(stack), 0);
    return this.set.stacks.intern(this.set.stacks.frames(stack), count);
  }

  isPoolThread(stack: StackIndex): boolean {
    const depth = this.entries.depthOf(stack);
    return depth >= 0 && POOL.test(this.#file(this.#at(stack, depth)));
  }

  isPerRequest(stack: StackIndex): boolean {
    const depth = this.entries.depthOf(stack);
    return depth >= 0 && this.#fn(this.#at(stack, depth)) === 'process_request_thread';
  }

  /** Runs a module's own code: its functions are one call deeper than those of a thread. */
  isOfModule(stack: StackIndex): boolean {
    const own = this.entries.ownDepth(stack);
    const entry = this.entries.depthOf(stack);
    return own > 0 && this.#fn(this.#at(stack, entry < 0 ? own - 1 : entry)) === '<module>';
  }

  /** Depth of the outermost library frame from which the application was called, -1 without one. */
  taskBoundary(stack: StackIndex, application: readonly number[]): number {
    const innermost = application[0];
    if (innermost === undefined) return -1;
    for (let depth = this.entries.depthOf(stack); depth > innermost; depth--) {
      const row = this.#at(stack, depth);
      if (this.#origins.isApplication(row) || !this.#origins.isApplication(this.#at(stack, depth - 1))) continue;
      if (!TRANSPARENT.test(this.#file(row))) return depth;
    }
    return -1;
  }

  /**
   * Frames on top that wrote the dump: Node's own report writer and what the inspector evaluated; the function of a Python
   * signal handler, told by its name, or by standing on a library's wait, which calls nobody.
   */
  dumperFrames(stack: StackIndex, dumper: boolean): number {
    if (stack === 0) return 0;
    const top = this.#at(stack, 0);
    const reporter = (this.#reporter[this.set.frames.fileRowOf(top) + 1] ??= REPORT_WRITER.test(this.#file(top)));
    if (!reporter && !dumper) return 0;
    const frames = this.set.stacks.frames(stack);
    if (reporter) {
      let count = 1;
      while (count < frames.length && /<anonymous>/.test(this.#file(frames[count]!)) && /^(?:eval)?$/.test(this.#fn(frames[count]!)))
        count++;
      return count;
    }
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

  #at(stack: StackIndex, depth: number): FrameIndex {
    return this.set.stacks.frameAt(stack, depth);
  }

  #fn(frame: FrameIndex): string {
    return this.set.frames.functionOf(frame) ?? '';
  }

  #file(frame: FrameIndex): string {
    return (this.set.frames.fileOf(frame) ?? '').replaceAll('\\', '/');
  }
}
