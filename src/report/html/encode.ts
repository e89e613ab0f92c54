import {
  Fingerprints,
  Origins,
  overviewOf,
  shownFindings,
  type Hidden,
  type Moment,
  type Overview,
  type SourceFacts,
  type StackGroup,
  type StuckOptions,
  type StuckReport,
  type ThreadFinding,
  type ThreadHistory,
} from '../../analysis/index.js';
import type { Dump, DumpSet, FrameIndex, Seconds, Thread } from '../../model/index.js';
import { hiddenText } from '../hidden-text.js';
import { knownWords } from '../problems/problem-text.js';
import { nextStep } from '../next-steps.js';
import { ProcessNames } from '../process-names.js';
import { timeText } from '../time-text.js';
import type { KnownHang } from '../writers/writer.js';
import { excerptsOf } from './excerpts.js';
import { MOST_DETAILED, MOST_SAMPLES, MOST_THREADS } from './limits.js';
import {
  MOMENT,
  THREAD_KINDS,
  toSteps,
  type PageData,
  type PageDump,
  type PageGroup,
  type PageSeries,
  type PageState,
  type PageThread,
} from './page-data.js';
import { PageStacks, PageTexts } from './tables.js';

export interface PageOptions extends StuckOptions {
  /** The same dumps with all their threads, which are judged (default: the set). */
  readonly whole?: DumpSet;
  /** What was found in them, where it is known already. */
  readonly stuck?: StuckReport;
  /** What filters hid. */
  readonly hidden?: Hidden;
  readonly source?: SourceFacts;
  /** Address of an editor, with `{file}`, `{line}` and `{column}`. */
  readonly editor?: string | null;
  /** What was known of places to hang in before, by fingerprint: it stands first among the reasons. */
  readonly history?: ReadonlyMap<string, KnownHang>;
  /** Of standstill. */
  readonly version?: string;
}

/** What a page shows of a set of dumps. Time and memory are linear in the samples that it holds. */
export function pageData(set: DumpSet, options: PageOptions = {}): PageData {
  return new Encoder(set, options).encode();
}

class Encoder {
  readonly #whole: DumpSet;
  readonly #set: DumpSet;
  readonly #options: PageOptions;
  readonly #overview: Overview;
  readonly #texts = new PageTexts();
  readonly #stacks: PageStacks;
  /** Threads that filters left; null: all. */
  readonly #shown: ReadonlySet<Thread> | null;
  readonly #people = { id: [] as number[], name: [] as number[], kind: [] as number[], main: [] as number[] };
  readonly #personRows = new Map<string, number>();
  readonly #states: PageState[] = [{}];
  readonly #stateRows = new Map<string, number>([['{}', 0]]);
  /** Per dump of the set: its row, or -1 for one that is left out. */
  readonly #dumpRows: Int32Array;
  /** Per dump of the set: place on the page of each of its threads. Null: the same place. */
  readonly #places: (Int32Array | null)[] = [];
  readonly #threadRows = new Map<ThreadHistory, number>();
  readonly #sources = new Map<string, number>();
  #fingerprints: Fingerprints | undefined;

  constructor(set: DumpSet, options: PageOptions) {
    this.#set = set;
    this.#whole = options.whole ?? set;
    this.#options = options;
    this.#overview = overviewOf(this.#whole, { ...options, ...(options.stuck && { report: options.stuck }), shown: set });
    this.#stacks = new PageStacks(this.#whole, this.#texts, new Origins(this.#whole.frames, options.roots));
    this.#shown = this.#whole === set ? null : new Set(set.dumps.flatMap((dump) => dump.threads));
    this.#dumpRows = keptDumps(set);
  }

  encode(): PageData {
    const report = shownFindings(this.#overview.report, this.#whole, this.#set);
    for (const [i, source] of this.#set.sources.entries()) if (!this.#sources.has(source.path)) this.#sources.set(source.path, i);
    const dumps = this.#set.dumps.flatMap((_, index) => (this.#dumpRows[index]! < 0 ? [] : [this.#dump(index)]));
    const findings = this.#findings(report.series.map(({ threads }) => threads));
    const threads = findings.flatMap((list, s) => list.map((finding) => this.#thread(finding, report.series[s]!.series.dumps)));
    const names = new ProcessNames(this.#whole, this.#overview.series);
    let from = 0;
    const series = report.series.map((found, s): PageSeries => {
      const kept = found.series.dumps.findIndex((index) => this.#dumpRows[index]! >= 0);
      const first = kept === -1 ? found.series.dumps.length : kept;
      const range: [number, number] = [from, (from += findings[s]!.length)];
      return {
        name: names.of(s),
        verdict: found.verdict,
        dumps: found.series.dumps.slice(first).map((index) => this.#dumpRows[index]!),
        restarts: found.series.restarts.flatMap((k) => (k > first ? k - first : [])),
        span: found.series.span,
        doubts: found.series.doubts.map((text) => this.#texts.safe(text)),
        advice: found.advice.map((text) => this.#texts.safe(text)),
        threads: range,
      };
    });
    const groups = this.#overview.groups.flatMap((group) => this.#group(group));
    const all = report.series.reduce((sum, found) => sum + found.threads.length, 0);
    const { hidden, source, editor, version, tell } = this.#options;
    // names in source are not told by those of dumps: where these are redacted, it is not shown
    const excerpts = excerptsOf(
      this.#whole,
      tell === undefined ? source : undefined,
      this.#framesOfInterest(findings),
      this.#stacks,
      this.#texts,
    );
    return {
      version: version ?? '',
      verdict: report.verdict,
      strings: this.#texts.rows,
      frames: this.#stacks.frames,
      calls: this.#stacks.calls,
      stacks: this.#stacks.stacks,
      people: this.#people,
      states: this.#states,
      dumps,
      series,
      threads,
      groups,
      sources: this.#set.sources.map(({ path, dumps: count, warnings }) => ({
        path: this.#texts.safe(path),
        dumps: count,
        warnings: warnings.map(({ line, code, message }) => ({ line, code, message: this.#texts.safe(message) })),
      })),
      excerpts,
      editor: editor ?? null,
      left: {
        dumps: this.#set.dumps.length - dumps.length,
        threads: all - threads.length,
        hidden: hidden === undefined ? null : hiddenText(this.#set, hidden),
      },
    };
  }

  /** The findings that get a row, of each series the most suspicious; their rows are given out here, since they name each other. */
  #findings(series: readonly (readonly ThreadFinding[])[]): ThreadFinding[][] {
    // a thread that only dumps show which are left out has nothing to show
    const shown = series.map((threads, s) => threads.filter(({ history }) => this.#isSeen(history, this.#overview.series[s]!.dumps)));
    const total = shown.reduce((sum, threads) => sum + threads.length, 0);
    const share = Math.min(1, MOST_THREADS / Math.max(1, total));
    const kept = shown.map((threads) => threads.slice(0, Math.ceil(threads.length * share)));
    for (const { history } of kept.flat()) this.#threadRows.set(history, this.#threadRows.size);
    return kept;
  }

  #isSeen({ first, seen }: ThreadHistory, dumps: readonly number[]): boolean {
    return seen.some((place, k) => place >= 0 && this.#dumpRows[dumps[first + k]!]! >= 0);
  }

  /** Those that findings point at, then all of the newest stacks of suspicious threads. */
  *#framesOfInterest(findings: readonly (readonly ThreadFinding[])[]): Generator<FrameIndex> {
    for (const list of findings) for (const { frame } of list) if (frame !== null) yield frame;
    for (const [s, list] of findings.entries()) {
      for (const { history, verdict } of list) {
        if (verdict !== 'stuck' && verdict !== 'suspect') continue;
        const thread = newestOf(this.#whole, this.#overview.series[s]!.dumps, history);
        if (thread !== null) yield* this.#whole.stacks.frames(thread.stack);
      }
    }
  }

  #dump(index: number): PageDump {
    const dump = this.#whole.dumps[index]!;
    const threads = this.#shown === null ? dump.threads : dump.threads.filter((thread) => this.#shown!.has(thread));
    if (threads.length === dump.threads.length) this.#places[index] = null;
    else {
      const places = new Int32Array(dump.threads.length).fill(-1);
      let next = 0;
      for (const [t, thread] of dump.threads.entries()) if (this.#shown!.has(thread)) places[t] = next++;
      this.#places[index] = places;
    }
    const state = threads.map((thread) => this.#state(thread));
    while (state.at(-1) === 0) state.pop();
    return {
      source: this.#sources.get(dump.source) ?? -1,
      line: dump.line,
      format: dump.format,
      runtime: dump.runtime,
      kind: dump.kind,
      time: dump.time,
      timeText: timeText(dump),
      pid: dump.pid,
      origin: dump.origin === null ? null : this.#texts.safe(dump.origin),
      reason: dump.reason === null ? null : { kind: dump.reason.kind, text: this.#texts.safe(dump.reason.text) },
      threadsCut: dump.threadsCut,
      who: toSteps(threads.map((thread) => this.#person(thread))),
      stack: threads.map((thread) => this.#stacks.stack(thread.stack)),
      state,
    };
  }

  #person({ id, name, kind, main }: Thread): number {
    const person = [this.#texts.row(id), this.#texts.row(name), THREAD_KINDS.indexOf(kind), main === null ? -1 : Number(main)] as const;
    const key = person.join(' ');
    const known = this.#personRows.get(key);
    if (known !== undefined) return known;
    const row = this.#people.id.length;
    this.#people.id.push(person[0]);
    this.#people.name.push(person[1]);
    this.#people.kind.push(person[2]);
    this.#people.main.push(person[3]);
    this.#personRows.set(key, row);
    return row;
  }

  #state({ current, truncated, activity, marks, notes }: Thread): number {
    if (!current && truncated === false && activity === null && marks.length === 0 && notes.length === 0) return 0;
    const state: PageState = {
      ...(current && { current }),
      ...(truncated !== false && { truncated }),
      ...(activity !== null && { activity }),
      ...(marks.length > 0 && { marks }),
      ...(notes.length > 0 && { notes: notes.map((note) => this.#texts.safe(note)) }),
    };
    const key = JSON.stringify(state);
    let row = this.#stateRows.get(key);
    if (row === undefined) {
      row = this.#states.length;
      this.#states.push(state);
      this.#stateRows.set(key, row);
    }
    return row;
  }

  #thread(finding: ThreadFinding, dumps: readonly number[]): PageThread {
    const { history, verdict, role, score, wait, frame, blockedBy, evidence, still, moments, signals } = finding;
    const kept = dumps.findIndex((index) => this.#dumpRows[index]! >= 0);
    const left = kept === -1 ? dumps.length : kept;
    const seen = history.seen.map((place, k) => {
      if (place < 0) return -1;
      const places = this.#places[dumps[history.first + k]!];
      return places == null ? place : places[place]!;
    });
    const before = Math.max(0, left - history.first);
    const newest = newestOf(this.#whole, dumps, history);
    const detailed = verdict === 'stuck' || verdict === 'suspect' ? this.#threadRows.get(history)! < MOST_DETAILED : false;
    return {
      id: safeOrNull(this.#texts, history.ids.at(-1) ?? null),
      ...(history.ids.length > 1 && { ids: history.ids.map((id) => this.#texts.safe(id)) }),
      name: safeOrNull(this.#texts, history.name),
      ...(newest?.main === true && { main: true as const }),
      verdict,
      role,
      score: Number(score.toFixed(3)),
      wait: wait === null ? null : { kind: wait.kind, by: this.#texts.safe(wait.by) },
      frame: frame === null ? null : this.#stacks.frame(frame),
      blockedBy: blockedBy.flatMap((other) => this.#threadRows.get(other) ?? []),
      evidence: [...this.#known(finding), ...evidence].map((text) => this.#texts.safe(text)),
      next: nextStep(finding),
      still,
      seconds: stillFor(this.#whole, dumps, history, still),
      ...(detailed &&
        signals.length > 0 && {
          signals: signals.map(({ name, weight, text }) => ({ name, weight, text: safeOrNull(this.#texts, text) })),
        }),
      ...(newest !== null && this.#details(newest, detailed)),
      first: Math.max(0, history.first - left),
      seen: toSteps(seen.slice(before)),
      moments: moments.slice(left).map(momentNumber),
    };
  }

  #known(finding: ThreadFinding): string[] {
    const { history } = this.#options;
    if (history === undefined || (finding.verdict !== 'stuck' && finding.verdict !== 'suspect')) return [];
    this.#fingerprints ??= new Fingerprints(this.#whole, new Origins(this.#whole.frames, this.#options.roots));
    return [knownWords(history.get(this.#fingerprints.of(finding) ?? ''))];
  }

  #details(thread: Thread, detailed: boolean): Pick<PageThread, 'locals' | 'native'> {
    const details: { locals?: PageThread['locals']; native?: PageThread['native'] } = {};
    if (detailed && thread.locals.length > 0)
      details.locals = thread.locals.map(({ depth, variables }) => ({
        depth,
        variables: variables.map(({ name, value }) => [this.#texts.safe(name), this.#texts.safe(value)] as const),
      }));
    // of a crash, native frames may be all there is
    if (thread.nativeFrames.length > 0 && (detailed || thread.current || thread.stack === 0))
      details.native = thread.nativeFrames.slice(0, 60).map(({ symbol, module }) => ({
        symbol: safeOrNull(this.#texts, symbol),
        module: safeOrNull(this.#texts, module),
      }));
    return details as Pick<PageThread, 'locals' | 'native'>;
  }

  #group(group: StackGroup): PageGroup | [] {
    const threads = group.threads.flatMap(({ finding }) => this.#threadRows.get(finding.history) ?? []);
    if (threads.length === 0) return [];
    return {
      kind: group.kind,
      title: this.#texts.safe(group.meaning?.rule.label ?? ''),
      moves: group.moves,
      stacks: group.stacks.slice(0, 8).map((stack) => this.#stacks.stack(stack)),
      threads,
    };
  }
}

/** Rows of the dumps that a page holds; -1 for the oldest ones beyond what it can hold. The newest is always there. */
function keptDumps(set: DumpSet): Int32Array {
  const rows = new Int32Array(set.dumps.length).fill(-1);
  let samples = 0;
  let first = set.dumps.length;
  while (first > 0 && (samples += set.dumps[first - 1]!.threads.length) <= MOST_SAMPLES) first--;
  first = Math.min(first, Math.max(0, set.dumps.length - 1));
  for (let index = first; index < rows.length; index++) rows[index] = index - first;
  return rows;
}

function newestOf(set: DumpSet, dumps: readonly number[], { first, seen }: ThreadHistory): Thread | null {
  const k = seen.findLastIndex((place) => place >= 0);
  return k === -1 ? null : set.dumps[dumps[first + k]!]!.threads[seen[k]!]!;
}

/** From the first to the last of the newest dumps that show it where it stands now. */
function stillFor(set: DumpSet, dumps: readonly number[], { first, seen }: ThreadHistory, still: number): Seconds | null {
  const showing = seen.flatMap((place, k): Dump[] => (place >= 0 ? [set.dumps[dumps[first + k]!]!] : [])).slice(-still);
  const times = showing.flatMap(({ time }) => time ?? []);
  return still < 2 || times.length < 2 ? null : (times.at(-1)! - times[0]!) / 1000;
}

const momentNumber = (moment: Moment): number => (typeof moment === 'number' ? moment : MOMENT[moment]);

const safeOrNull = (texts: PageTexts, text: string | null): string | null => (text === null ? null : texts.safe(text));
