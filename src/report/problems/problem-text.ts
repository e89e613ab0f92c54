import { Origins, type ThreadHistory, type WaitKind } from '../../analysis/index.js';
import type { FrameIndex, Reason, StackIndex } from '../../model/index.js';
import { moduleOf } from '../frame-text.js';
import { isoTime } from '../documents.js';
import { count, visible } from '../terminal.js';
import { duration } from '../time-text.js';
import type { KnownHang, ReportInput, WriteOptions } from '../writers/writer.js';
import type { Problem } from './problems.js';

/** Frames of one stack in a report; the rest is counted. */
const MOST_FRAMES = 100;
/** Threads that are listed by name; the rest is counted. */
const MOST_THREADS = 20;
/** Modules that are named where frames are folded. */
const MOST_MODULES = 4;
/** A text of a dump may be as long as its input; beyond this nobody reads it and consumers cut or refuse it. */
const LONGEST_TEXT = 300;
/** A path has to stay whole to be of use. */
const LONGEST_PATH = 1000;

const WAITS: Readonly<Record<WaitKind, string>> = {
  lock: 'waits for a lock',
  'lock-file': 'waits for the lock of a file',
  'lock-remote': 'waits for a lock on a server',
  condition: 'waits for a condition',
  event: 'waits for an event',
  semaphore: 'waits for a semaphore',
  barrier: 'waits at a barrier',
  queue: 'waits for an item of a queue',
  'queue-full': 'waits for room in a queue',
  'queue-join': 'waits for a queue to be done',
  future: 'waits for a future',
  join: 'waits for the end of a thread',
  'join-process': 'waits for the end of a process',
  ipc: 'waits for another process to write',
  'ipc-full': 'waits for another process to read',
  'pool-exhausted': 'waits for a free connection of a pool',
  'net-accept': 'waits for a connection',
  'net-connect': 'connects',
  'net-dns': 'waits for a name server',
  'net-tls': 'waits in a TLS handshake',
  'net-read': 'waits for data of the network',
  'net-write': 'waits to send to the network',
  'net-rpc': 'waits for an answer of a service',
  db: 'waits for a database',
  collective: 'waits for the other processes',
  subprocess: 'waits for a subprocess',
  'file-io': 'reads or writes a file',
  'file-watch': 'watches files',
  input: 'waits for input',
  signal: 'waits for a signal',
  sleep: 'sleeps',
  timer: 'waits for a timer',
  select: 'waits for any of several events',
  loop: 'is in an event loop',
  'loop-blocked': 'blocks its event loop',
  import: 'imports a module',
  'import-lock': 'waits for an import of another thread',
  debugger: 'stands in a debugger',
  gc: 'collects garbage',
  cpu: 'computes',
  unknown: 'waits',
};

/** What a wait is, in words: `waits for a lock`. */
export function waitWords(kind: WaitKind): string {
  return WAITS[kind];
}

/** What a history says of a hang: `known since build 812, 14 times on 2 hosts`. */
export function knownWords(known: KnownHang | undefined): string {
  if (known === undefined) return 'new: the history does not know it';
  const since = known.firstBuild === null ? (isoTime(known.first)?.slice(0, 10) ?? '') : `build ${plain(known.firstBuild, 100)}`;
  const hosts = known.hosts === 0 ? '' : ` on ${count(known.hosts, 'host')}`;
  return `known since ${since}, ${known.times === 1 ? 'once' : `${known.times} times`}${hosts}`;
}

/** Text of a dump, harmless and of bounded length. */
export function plain(text: string, most = LONGEST_TEXT): string {
  // cut before it is looked at: a name may be as long as the input
  const cut = text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return visible(cut);
}

/** The same for a path, whose end tells most. */
export function plainPath(path: string): string {
  return visible(path.length > LONGEST_PATH ? `…${path.slice(-LONGEST_PATH).replace(/^[\udc00-\udfff]/, '')}` : path);
}

/** Where a frame is. */
export interface Place {
  readonly function: string;
  /** As printed. */
  readonly file: string | null;
  /** Relative to the checkout, with slashes; null: not in it. */
  readonly path: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** Words on problems. All of it is plain text in which nothing of a dump acts, of bounded length. */
export class ProblemTexts {
  readonly #input: ReportInput;
  readonly #options: WriteOptions;
  readonly #manyProcesses: boolean;
  readonly #origins: Origins;

  constructor(input: ReportInput, options: WriteOptions) {
    this.#input = input;
    this.#options = options;
    this.#origins = new Origins(input.set.frames, input.judging.roots);
    this.#manyProcesses = input.stuck.series.length > 1;
  }

  place(frame: FrameIndex): Place {
    // where a source map told it, the file that people wrote
    const { file, line, column } = this.#input.set.frames.placeOf(frame);
    const fn = this.#input.set.frames.functionOf(frame);
    // a library's queue.py is not the checkout's
    const path = file === null || !this.#origins.isApplication(frame) ? null : this.#options.locate(file);
    return {
      function: plain(fn ?? '(anonymous)') || "''",
      file: file === null ? null : plainPath(file),
      path: path === null ? null : plainPath(path),
      line: line !== null && line > 0 ? line : null,
      column: column !== null && column > 0 ? column : null,
    };
  }

  /** `orders.py:32`, with the path in the checkout where it is there. */
  spot(frame: FrameIndex): string {
    const { path, file, line } = this.place(frame);
    return `${path ?? file ?? '???'}${line === null ? '' : `:${line}`}`;
  }

  /** One line: what hangs where. */
  title(problem: Problem): string {
    const at = problem.frame === null ? '' : ` in ${this.place(problem.frame).function}`;
    if (problem.kind === 'dump') {
      const { reason } = problem.dump;
      if (reason === null) return `cannot tell whether it hangs: stands${at === '' ? ' still' : at}`;
      const test = this.#testOf(problem.stack);
      return `${this.reason(reason)}${test === null ? '' : ` in ${test}`}${at === '' ? '' : `: stood${at}`}`;
    }
    const threads = count(problem.threads.length, 'thread');
    if (problem.role === 'victim') return `${threads} ${problem.threads.length === 1 ? 'waits' : 'wait'} for others${at}`;
    return `${threads} ${problem.verdict === 'stuck' ? 'stuck' : 'may be stuck'}${at}`;
  }

  /** The test that was running: the outermost function of the application that is named like one, below the innermost. */
  #testOf(stack: StackIndex): string | null {
    const { frames, stacks } = this.#input.set;
    const own = stacks.frames(stack).filter((row) => this.#origins.isApplication(row));
    const test = own.slice(1).findLast((row) => /^test/i.test(frames.functionOf(row) ?? ''));
    return test === undefined ? null : this.place(test).function;
  }

  /** The dump's own words on why it was made. */
  reason({ text }: Reason): string {
    return plain(text);
  }

  /** What a problem's threads wait for, in words; null: not known. */
  wait(problem: Problem): string | null {
    if (problem.kind === 'dump') return null;
    const { wait } = problem.threads[0]!.finding;
    return wait === null ? null : `${WAITS[wait.kind]}${wait.by === wait.kind ? '' : `, in ${plain(wait.by)}`}`;
  }

  /** The reasons: what a history knows of it, where one was asked, then what it waits for. */
  reasons(problem: Problem): string[] {
    const { history } = this.#input;
    const known = history === undefined ? [] : [knownWords(history.get(problem.fingerprint))];
    return [...known, ...this.#reasons(problem)];
  }

  #reasons(problem: Problem): string[] {
    if (problem.kind === 'dump') {
      const { advice } = problem.series;
      return problem.dump.reason?.kind === 'fatal' ? [] : advice.map((line) => plain(line, 1000));
    }
    const { finding } = problem.threads[0]!;
    const wait = this.wait(problem);
    const blockers = finding.blockedBy.map((history) => this.name(history));
    return [
      ...(wait === null ? [] : [wait]),
      ...(blockers.length === 0 ? [] : [`waits for ${blockers.join(', ')}`]),
      ...finding.evidence.map((line) => plain(line, 1000)),
    ];
  }

  /** A thread by its name, else its id. */
  name(history: ThreadHistory): string {
    const id = history.ids.at(-1);
    return plain(history.name ?? id ?? 'a thread without a name', 100);
  }

  /** The threads of a problem by name, the rest counted. */
  threads(problem: Problem): string {
    if (problem.kind === 'dump') return problem.thread === null ? '' : plain(problem.thread.name ?? problem.thread.id ?? 'a thread', 100);
    const names = problem.threads
      .slice(0, MOST_THREADS)
      .map(
        ({ series, finding }) => `${this.name(finding.history)}${this.#manyProcesses ? ` of ${this.process(series.series.dumps)}` : ''}`,
      );
    const more = problem.threads.length - names.length;
    return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }

  /** A process by its id or by the log source, else by the input. */
  process(dumps: readonly number[]): string {
    const dump = this.#input.set.dumps[dumps.at(-1)!]!;
    if (dump.origin !== null) return plain(dump.origin, 100);
    if (dump.pid !== null) return `pid ${dump.pid}`;
    return plainPath(dump.source).slice(-100);
  }

  /** `3 dumps over 60 s`. */
  seen(problem: Problem): string {
    const { series } = problem.kind === 'dump' ? problem.series : problem.threads[0]!.series;
    return `${count(series.dumps.length, 'dump')}${series.span === null || series.dumps.length < 2 ? '' : ` over ${duration(series.span)}`}`;
  }

  /** A stack, most recent call first: `wait (/usr/lib/python3.11/threading.py:327)`. */
  *stack(stack: StackIndex, most = MOST_FRAMES): Generator<string> {
    const rows = this.#input.set.stacks.frames(stack).slice(0, most);
    for (const row of rows) yield this.#frame(row);
    const more = this.#input.set.stacks.depth(stack) - rows.length;
    if (more > 0) yield `… ${count(more, 'more frame')}`;
  }

  /** The same for people: the most recent frame and the application's; runs of others are counted, with the names of their modules. */
  *foldedStack(stack: StackIndex, most = MOST_FRAMES): Generator<string> {
    const rows = this.#input.set.stacks.frames(stack);
    let [at, shown] = [0, 0];
    while (at < rows.length && shown < most) {
      let end = at;
      while (end < rows.length && end > 0 && !this.#origins.isApplication(rows[end]!)) end++;
      if (end - at > 1) {
        yield `… ${count(end - at, 'frame')} in ${this.#modules(rows.slice(at, end))}`;
        at = end;
      } else yield this.#frame(rows[at++]!);
      shown++;
    }
    if (at < rows.length) yield `… ${count(rows.length - at, 'more frame')}`;
  }

  #frame(row: FrameIndex): string {
    return `${this.place(row).function} (${this.spot(row)})`;
  }

  #modules(rows: Iterable<FrameIndex>): string {
    const names = new Set<string>();
    for (const row of rows)
      names.add(plain(moduleOf(this.#input.set.frames.fileOf(row)?.slice(-LONGEST_PATH) ?? null).replace(/[./].*$/s, ''), 60));
    const listed = [...names].slice(0, MOST_MODULES).join(', ');
    return names.size > MOST_MODULES ? `${listed}, …` : listed;
  }

  /** All of it, as the lines of a text. */
  *body(problem: Problem, frames: 'folded' | number = MOST_FRAMES): Generator<string> {
    yield `${this.title(problem)}${problem.frame === null ? '' : ` (${this.spot(problem.frame)})`}`;
    for (const reason of this.reasons(problem)) yield `- ${reason}`;
    const threads = this.threads(problem);
    if (threads !== '')
      yield `${problem.kind === 'threads' && problem.threads.length > 1 ? 'threads' : 'thread'}: ${threads} (${this.seen(problem)})`;
    if (problem.stack !== 0) {
      yield 'stack, most recent call first:';
      for (const line of frames === 'folded' ? this.foldedStack(problem.stack) : this.stack(problem.stack, frames)) yield `  ${line}`;
    }
  }

  /** The whole answer in one line. */
  summary(list: readonly Problem[]): string {
    const threadsOf = (verdict: string, role: string): number =>
      list.reduce(
        (sum, problem) =>
          sum + (problem.kind === 'threads' && problem.verdict === verdict && problem.role === role ? problem.threads.length : 0),
        0,
      );
    const [stuck, waiting, suspect] = [
      threadsOf('stuck', 'culprit'),
      threadsOf('stuck', 'victim'),
      threadsOf('suspect', 'culprit') + threadsOf('suspect', 'victim'),
    ];
    const parts = [
      ...(stuck > 0 ? [`${count(stuck, 'thread')} stuck`] : []),
      ...(waiting > 0 ? [`${waiting} waiting for ${stuck === 1 ? 'it' : 'them'}`] : []),
      ...(suspect > 0 ? [`${count(suspect, 'thread')} that may be stuck`] : []),
    ];
    if (parts.length > 0) return parts.join(', ');
    if (this.#input.set.dumps.length === 0) return 'no stack dump was found';
    const made = list.flatMap((problem) => (problem.kind === 'dump' ? (problem.dump.reason?.kind ?? []) : []));
    if (made.includes('fatal')) return 'the process crashed';
    if (made.includes('timeout')) return 'it took too long';
    return list.length > 0 ? 'the dumps cannot tell whether anything hangs' : 'nothing hangs, by these dumps';
  }
}
