import { Fingerprints, Origins, VERDICTS, type SeriesFinding, type ThreadFinding, type Verdict } from '../../analysis/index.js';
import type { Dump, FrameIndex, StackIndex, Thread } from '../../model/index.js';
import type { ReportInput } from '../writers/writer.js';

/** A thread and the process that it is of. */
export interface ProblemThread {
  readonly series: SeriesFinding;
  readonly finding: ThreadFinding;
}

interface ProblemBase {
  /** Known problems are told apart by it. */
  readonly fingerprint: string;
  readonly verdict: Exclude<Verdict, 'clear'>;
  /** The frame to look at. */
  readonly frame: FrameIndex | null;
  /** The stack to show; 0: none is known. */
  readonly stack: StackIndex;
}

/** Threads that hang at one place. */
export interface ThreadProblem extends ProblemBase {
  readonly kind: 'threads';
  readonly role: 'culprit' | 'victim';
  /** Most suspicious first, at least one. */
  readonly threads: readonly ProblemThread[];
}

/** A dump that was made because something went wrong, or that cannot tell by itself: one picture shows no standstill. */
export interface DumpProblem extends ProblemBase {
  readonly kind: 'dump';
  readonly verdict: 'inconclusive';
  readonly series: SeriesFinding;
  readonly dump: Dump;
  /** The current thread, else the main one, else the first. */
  readonly thread: Thread | null;
}

/** What a report tells: one entry for each place to hang in, however many threads, dumps and processes show it. */
export type Problem = ThreadProblem | DumpProblem;

export interface Problems {
  /** Worst first; culprits before victims. */
  readonly list: readonly Problem[];
  /** Those beyond {@link MOST_PROBLEMS}. */
  readonly unlisted: number;
  /** Those that the baseline knows, which are not in the list. */
  readonly known: readonly Problem[];
}

/** Whoever has more has one problem with many faces; every consumer's limit is above it. */
const MOST_PROBLEMS = 1000;

const cache = new WeakMap<ReportInput, Problems>();

/** What is wrong, by what was read. The same for all reports of one reading. */
export function problemsOf(input: ReportInput): Problems {
  let known = cache.get(input);
  if (known === undefined) cache.set(input, (known = findProblems(input)));
  return known;
}

/** The verdict of what the baseline does not know. */
export function verdictOf(input: ReportInput): Verdict {
  const { list, known } = problemsOf(input);
  if (known.length === 0) return input.stuck.verdict;
  return VERDICTS.find((verdict) => list.some((problem) => problem.verdict === verdict)) ?? 'clear';
}

function findProblems(input: ReportInput): Problems {
  const origins = new Origins(input.set.frames, input.judging.roots);
  const fingerprints = new Fingerprints(input.set, origins);
  const threads = new Map<string, ThreadProblem & { readonly threads: ProblemThread[] }>();
  const dumps = new Map<string, DumpProblem>();
  for (const series of input.stuck.series) {
    for (const finding of series.threads) {
      const { verdict, role, frame, stack } = finding;
      if (verdict !== 'stuck' && verdict !== 'suspect') continue;
      const fingerprint = fingerprints.of(finding) ?? 'no-stack';
      // one place can be the cause in one process and wait in another
      const key = `${verdict} ${role ?? ''} ${fingerprint}`;
      const known = threads.get(key);
      if (known) known.threads.push({ series, finding });
      else
        threads.set(key, { kind: 'threads', fingerprint, verdict, role: role ?? 'culprit', frame, stack, threads: [{ series, finding }] });
    }
    if (series.verdict === 'inconclusive')
      for (const problem of dumpProblems(input, series, origins, fingerprints))
        if (!dumps.has(problem.fingerprint)) dumps.set(problem.fingerprint, problem);
  }
  for (const { threads: those } of threads.values()) those.sort((a, b) => b.finding.score - a.finding.score);
  const all = [...threads.values(), ...dumps.values()].sort((a, b) => rankOf(a) - rankOf(b) || scoreOf(b) - scoreOf(a));
  const isKnown = ({ fingerprint }: Problem): boolean => input.baseline?.has(fingerprint) ?? false;
  const fresh = all.filter((problem) => !isKnown(problem));
  return { list: fresh.slice(0, MOST_PROBLEMS), unlisted: Math.max(0, fresh.length - MOST_PROBLEMS), known: all.filter(isKnown) };
}

/**
 * Of a process of which nothing can be said: the dumps that were made because of a crash or of a time-out, else the newest
 * picture. Stacks of errors alone are no hang.
 */
export function* dumpProblems(
  input: ReportInput,
  series: SeriesFinding,
  origins: Origins,
  fingerprints: Fingerprints,
): Generator<DumpProblem> {
  const dumps = series.series.dumps.map((index) => input.set.dumps[index]!);
  const made = dumps.filter(({ reason }) => reason?.kind === 'fatal' || reason?.kind === 'timeout');
  const newest = dumps.findLast(({ kind }) => kind === 'snapshot');
  for (const dump of made.length > 0 ? made : newest ? [newest] : []) {
    const thread = dump.threads.find(({ current }) => current) ?? dump.threads.find(({ main }) => main === true) ?? dump.threads[0] ?? null;
    const stack = thread?.stack ?? 0;
    const rows = input.set.stacks.frames(stack);
    const frame = rows.find((row) => origins.isApplication(row)) ?? rows[0] ?? null;
    const place = fingerprints.ofStack(stack) ?? 'no-stack';
    yield { kind: 'dump', fingerprint: place, verdict: 'inconclusive', frame, stack, series, dump, thread };
  }
}

/** Of one verdict culprits stand before victims. */
function rankOf(problem: Problem): number {
  return VERDICTS.indexOf(problem.verdict) * 2 + (problem.kind === 'threads' && problem.role === 'victim' ? 1 : 0);
}

function scoreOf(problem: Problem): number {
  return problem.kind === 'threads' ? problem.threads[0]!.finding.score : 0;
}

/** How bad a problem is, as most formats have it. */
export type Level = 'error' | 'warning' | 'notice';

/**
 * What the caller fails on is an error, other suspicions and crashes are warnings; who waits for a culprit, and what cannot be told, is a
 * notice.
 */
export function levelOf(problem: Problem, failOn: Verdict): Level {
  if (problem.kind === 'threads' && problem.role === 'victim') return 'notice';
  if (VERDICTS.indexOf(problem.verdict) <= VERDICTS.indexOf(failOn)) return 'error';
  if (problem.kind === 'threads') return 'warning';
  return problem.dump.reason?.kind === 'fatal' || problem.dump.reason?.kind === 'timeout' ? 'warning' : 'notice';
}
