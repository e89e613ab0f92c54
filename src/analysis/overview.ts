import { StackTable, type Dump, type DumpSet, type StackIndex, type Thread } from '../model/index.js';
import { Entries } from './entry.js';
import type { Grouping, Member } from './groups.js';
import { oddProcesses, type OddProcess } from './odd-processes.js';
import { Origins } from './origin.js';
import type { Series } from './series.js';
import { Signatures, libraryPath, type StackMeaning, type WaitKind } from './signatures/index.js';
import { findStuck, type StuckOptions, type StuckReport, type ThreadFinding } from './stuck/index.js';

/**
 * Where a thread is over the dumps of its process: `single`, one dump shows it and there is no other to compare with;
 * `still`, every dump that shows it shows the same stack; `moved`; `new`, only the newest dump shows it; `gone`, the newest
 * dump does not show it.
 */
export type Movement = 'single' | 'still' | 'moved' | 'new' | 'gone';

/** One thread over the dumps of its process. */
export interface ThreadSummary {
  /** Place in {@link Overview.series}. */
  readonly series: number;
  /** In the newest dump that shows it. */
  readonly member: Member;
  readonly movement: Movement;
  /** How many of the newest dumps, without a gap, show this very stack. */
  readonly still: number;
  /** Its stacks, oldest first, each as long as it stayed. */
  readonly path: readonly StackIndex[];
  readonly finding: ThreadFinding;
}

/**
 * Threads that stand in the same place, or that move and were started with the same function.
 *
 * `crashed`, an error came from them; `application`, application frames on the stack; `waiting-for-work`, a library's loop
 * that waits by design, called by the application; `idle`, the same without application frames; `background`, other threads
 * without application frames.
 */
export interface StackGroup {
  readonly kind: 'crashed' | 'application' | 'waiting-for-work' | 'idle' | 'background';
  /** Distinct stacks of the newest dumps, that of most threads first. */
  readonly stacks: readonly StackIndex[];
  readonly threads: readonly ThreadSummary[];
  readonly moves: boolean;
  /** Of the first stack. */
  readonly meaning: StackMeaning | null;
  /** They were writing the dump. */
  readonly dumper: boolean;
  /** What is said of them, where several dumps say something: of the most suspicious one. */
  readonly finding: ThreadFinding;
}

/** All threads of a set, grouped over dumps and processes, those worth a look first. */
export interface Overview {
  readonly report: StuckReport;
  readonly series: readonly Series[];
  readonly groups: readonly StackGroup[];
  /** Threads of which no frame is known. */
  readonly frameless: readonly ThreadSummary[];
  readonly gone: readonly ThreadSummary[];
  /** Processes that stand where their like do not. */
  readonly odd: readonly OddProcess[];
}

export interface OverviewOptions extends StuckOptions {
  /** `similar` (default): the same functions at whatever lines; `exact`; `none`: each thread by itself. */
  readonly grouping?: Grouping;
  /** What was found in the dumps, where it was asked for already. */
  readonly report?: StuckReport;
  /** The threads to show, those of the set that filters left. All are judged, since a thread is judged by those around it. */
  readonly shown?: DumpSet;
}

/** What the dumps show, thread by thread and group by group. */
export function overviewOf(set: DumpSet, options: OverviewOptions = {}): Overview {
  return new Builder(set, options).build();
}

class Builder {
  readonly #set: DumpSet;
  readonly #grouping: Grouping;
  readonly #origins: Origins;
  readonly #signatures: Signatures;
  readonly #entries: Entries;
  readonly #looseStacks = new StackTable();
  readonly #loose: (StackIndex | undefined)[] = [];

  readonly #report: StuckReport;
  readonly #shown: ReadonlySet<Thread> | null;

  constructor(set: DumpSet, options: OverviewOptions) {
    const { roots, signatures, grouping, shown } = options;
    this.#set = set;
    this.#report = options.report ?? findStuck(set, options);
    this.#shown = shown === undefined || shown === set ? null : new Set(shown.dumps.flatMap((dump) => dump.threads));
    this.#grouping = grouping ?? 'similar';
    this.#origins = new Origins(set.frames, roots);
    this.#signatures = new Signatures(set, this.#origins, signatures);
    this.#entries = Entries.in(set);
  }

  build(): Overview {
    const series = this.#report.series.map((found) => found.series);
    const threads = this.#report.series
      .flatMap((found, index) => found.threads.map((finding) => this.#summary(index, found.series, finding)))
      .filter((thread) => this.#shown?.has(this.#threadOf(thread)) ?? true)
      // where nothing tells one from another, the dump's own order
      .sort((a, b) => a.series - b.series || a.member.dump - b.member.dump || a.member.thread - b.member.thread);
    const [gone, alive] = [threads.filter(({ movement }) => movement === 'gone'), threads.filter(({ movement }) => movement !== 'gone')];
    return {
      report: this.#report,
      series,
      groups: this.#ordered(this.#groups(alive.filter((thread) => this.#threadOf(thread).stack !== 0))),
      frameless: alive.filter((thread) => this.#threadOf(thread).stack === 0),
      gone,
      // two Pythons may stand in different lines of one idle pool
      odd: oddProcesses(this.#set, series, this.#origins).filter(
        (odd) => !this.#isIdleMember(odd.thread) || !this.#isIdleMember(odd.usual.thread),
      ),
    };
  }

  #threadOf({ member }: ThreadSummary): Thread {
    return this.#set.dumps[member.dump]!.threads[member.thread]!;
  }

  #summary(index: number, series: Series, finding: ThreadFinding): ThreadSummary {
    const { history } = finding;
    const path: StackIndex[] = [];
    let seen = 0;
    let still = 0;
    let before = -1;
    let member: Member = { dump: -1, thread: -1 };
    for (let i = 0; i < history.seen.length; i++) {
      const thread = history.seen[i]!;
      if (thread < 0) continue;
      const dump = series.dumps[history.first + i]!;
      const { stack } = this.#set.dumps[dump]!.threads[thread]!;
      still = stack === before ? still + 1 : 1;
      if (still === 1) path.push(stack);
      before = stack;
      seen++;
      // its place is the newest
      if (i === history.seen.length - 1) member = { dump, thread };
    }
    const last = history.first + history.seen.length === series.dumps.length;
    const movement = series.dumps.length === 1 ? 'single' : !last ? 'gone' : seen === 1 ? 'new' : path.length === 1 ? 'still' : 'moved';
    return { series: index, member, movement, still, path, finding };
  }

  #groups(threads: readonly ThreadSummary[]): StackGroup[] {
    const byKey = new Map<string, ThreadSummary[]>();
    for (const [i, thread] of threads.entries()) {
      const key = this.#keyOf(thread, i);
      const group = byKey.get(key);
      if (group === undefined) byKey.set(key, [thread]);
      else group.push(thread);
    }
    return [...byKey.values()].map((members) => this.#group(members));
  }

  #keyOf(thread: ThreadSummary, index: number): string {
    if (this.#grouping === 'none') return String(index);
    const { stack } = this.#threadOf(thread);
    if (isSuspicious(thread)) return `${thread.finding.verdict} ${thread.finding.role ?? ''} ${this.#placeOf(stack)}`;
    // those that stay behind in their loop differ from those that come by
    if (this.#moves(thread)) {
      const entry = this.#entries.of(stack);
      if (entry !== null) return `moves ${entry}`;
    }
    return this.#placeOf(stack);
  }

  #placeOf(stack: StackIndex): string {
    return this.#grouping === 'exact' ? `exact ${stack}` : `similar ${this.#looseOf(stack)}`;
  }

  /** The shape of a stack, whatever Python or place its libraries are of: one program may run on several. */
  #looseOf(stack: StackIndex): StackIndex {
    return (this.#loose[stack] ??= this.#looseStacks.intern(
      Array.from(this.#set.stacks.frames(stack), (row) => {
        const plain = this.#set.frames.withoutPosition(row);
        if (this.#origins.isApplication(row)) return plain;
        const file = this.#set.frames.fileOf(row);
        return this.#set.frames.intern({ ...this.#set.frames.get(plain), file: file === null ? null : libraryPath(file) });
      }),
    ));
  }

  /** Elsewhere in the newest dump than in the one before; an idle thread is where it always comes back to. */
  #moves(thread: ThreadSummary): boolean {
    return thread.movement === 'moved' && thread.still === 1 && !isSuspicious(thread) && !this.#isIdle(this.#threadOf(thread).stack);
  }

  #isIdle(stack: StackIndex): boolean {
    return this.#signatures.of(stack)?.state.startsWith('idle') ?? false;
  }

  #isIdleMember({ dump, thread }: Member): boolean {
    return this.#isIdle(this.#set.dumps[dump]!.threads[thread]!.stack);
  }

  #group(threads: readonly ThreadSummary[]): StackGroup {
    const counts = new Map<StackIndex, number>();
    for (const thread of threads) {
      const { stack } = this.#threadOf(thread);
      counts.set(stack, (counts.get(stack) ?? 0) + 1);
    }
    const stacks = [...counts].sort((a, b) => b[1] - a[1]).map(([stack]) => stack);
    const moves = threads.every((thread) => this.#moves(thread));
    const crashed = threads.some((thread) => this.#threadOf(thread).current && isCrash(this.#set.dumps[thread.member.dump]!));
    const isOwn = (stack: StackIndex): boolean => this.#applicationDepths(stack).length > 0;
    const application = moves ? threads.some(({ path }) => path.some(isOwn)) : stacks.some(isOwn);
    const idle = stacks.every((stack) => this.#isIdle(stack));
    const suspicious = threads.some(isSuspicious);
    const [worst] = [...threads].sort((a, b) => b.finding.score - a.finding.score);
    return {
      kind: crashed
        ? 'crashed'
        : suspicious
          ? 'application'
          : application
            ? idle
              ? 'waiting-for-work'
              : 'application'
            : idle
              ? 'idle'
              : 'background',
      stacks,
      threads,
      moves,
      meaning: this.#signatures.of(stacks[0]!),
      finding: worst!.finding,
      dumper: threads.every(({ member }) => wroteDump(this.#set.dumps[member.dump]!, member.thread)),
    };
  }

  /** Depths of the application's frames, innermost first. */
  #applicationDepths(stack: StackIndex): number[] {
    const { stacks } = this.#set;
    const depths: number[] = [];
    for (let i = 0; i < stacks.depth(stack); i++) if (this.#origins.isApplication(stacks.frameAt(stack, i))) depths.push(i);
    return depths;
  }

  /** Those worth a look first. */
  #ordered(groups: readonly StackGroup[]): StackGroup[] {
    const keyed = groups.map((group) => ({
      group,
      rank: KINDS.indexOf(group.kind),
      suspicion: suspicion(group),
      interest: this.#interest(group),
      depth: this.#depth(group),
    }));
    keyed.sort(
      (a, b) =>
        a.rank - b.rank ||
        b.suspicion - a.suspicion ||
        b.interest - a.interest ||
        b.group.threads.length - a.group.threads.length ||
        b.depth - a.depth,
    );
    return keyed.map(({ group }) => group);
  }

  /**
   * How much a stack is worth a look. Not moving and standing deeper than where the thread was started tell most; a lock, a
   * sleep and a C call leave no frame, so an application line on top may be any of them. The thread that wrote the dump
   * (a signal handler's, a watchdog's) never moves either, and never matters.
   */
  #interest(group: StackGroup): number {
    const still = group.threads.some(({ movement }) => movement === 'still') ? 2 : group.threads.some((thread) => thread.still > 1) ? 1 : 0;
    const alarming = group.meaning?.state === 'wait' && RARELY_BY_DESIGN.has(group.meaning.wait.kind) ? 4 : 0;
    const top = this.#applicationDepths(group.stacks[0]!)[0] === 0 ? 1 : 0;
    return still + alarming + (this.#depth(group) > 0 ? 2 : 0) + top - (group.dumper ? 5 : 0);
  }

  /** Application frames inside the function that the thread was started with: idle workers have none. */
  #depth({ stacks }: StackGroup): number {
    const entry = this.#entries.depthOf(stacks[0]!);
    return this.#applicationDepths(stacks[0]!).filter((depth) => depth < entry).length;
  }
}

function isSuspicious({ finding, movement }: ThreadSummary): boolean {
  return movement !== 'single' && (finding.verdict === 'stuck' || finding.verdict === 'suspect');
}

/** Stuck ones first, of these the culprits, of these the most suspicious. One dump of a process says nothing of this. */
function suspicion({ threads, finding }: StackGroup): number {
  if (!threads.some(isSuspicious)) return 0;
  return (finding.verdict === 'stuck' ? 4 : 2) + (finding.role === 'victim' ? 0 : 1) + finding.score;
}

/** Waits that threads without work are not found in: more than depth and place, they tell where to look in a single dump. */
const RARELY_BY_DESIGN: ReadonlySet<WaitKind> = new Set([
  'lock',
  'lock-file',
  'lock-remote',
  'import-lock',
  'pool-exhausted',
  'queue-full',
  'barrier',
  'collective',
]);

const KINDS: readonly StackGroup['kind'][] = ['crashed', 'application', 'waiting-for-work', 'idle', 'background'];

/** The thread that a dump of a living process marks as current is the one that was writing it. */
function wroteDump(dump: Dump, thread: number): boolean {
  return dump.threads.length > 1 && dump.reason === null && dump.threads[thread]!.current;
}

function isCrash(dump: Dump): boolean {
  return dump.kind === 'error' || dump.reason?.kind === 'fatal' || dump.reason?.kind === 'exception';
}
