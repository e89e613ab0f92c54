import type { DumpSet, FrameIndex, Seconds } from '../../model/index.js';
import { Origins, type Root } from '../origin.js';
import type { Member } from '../groups.js';
import { oddProcesses } from '../odd-processes.js';
import { retoldFinding } from '../redact/findings.js';
import { seriesOf, type Series } from '../series.js';
import type { SourceFacts } from '../source/index.js';
import { Signatures, type Signature, type Wait } from '../signatures/index.js';
import { ThreadFollower, type ThreadHistory, type ThreadsOverTime } from '../threads-over-time.js';
import { passagesOf, placesOf, Relations, type Passage, type Place } from './relations.js';
import { isGrowing, isRestful, kindWeight, siblingsOf, signalsOf, type Signals, type Signal, type Surroundings } from './signals.js';
import { StackViews, type StackView } from './stack-view.js';
import { atRest, sourceSays, type SourceSays } from './with-source.js';
import { adviceOf } from './advice.js';
import { Finding, Moments, type Likes, type ThreadFinding, type ThreadVerdict } from './finding.js';
import { withVictims } from './victims.js';
import { tracksOf, type Track } from './tracks.js';
import {
  IDLE_BELOW,
  LEAST_FOR_GROWTH,
  LEAST_STAY,
  LEAST_STILL,
  MOST_BLOCKERS,
  STRONG_KIND,
  STUCK_AT,
  SUSPECT_AT,
  WEIGHTS,
  type Weights,
} from './weights.js';
import { namesWaitForWork } from './words.js';

export type Verdict = 'stuck' | 'suspect' | 'inconclusive' | 'clear';
/** What the dumps say as a whole. */
export interface StuckReport {
  /** The first of "stuck", "suspect", "inconclusive", "clear" that any process has. */
  readonly verdict: Verdict;
  readonly series: readonly SeriesFinding[];
}

/** What is said of one process. */
export interface SeriesFinding {
  readonly series: Series;
  readonly verdict: Verdict;
  /** Most suspicious first. */
  readonly threads: readonly ThreadFinding[];
  /** Why nothing can be said, and what to collect next. Empty where there is an answer. */
  readonly advice: readonly string[];
}

export interface StuckOptions {
  readonly roots?: readonly Root[];
  /** Rules beside the built-in ones. */
  readonly signatures?: readonly Signature[];
  /** What the source says of the frames, where it is at hand. */
  readonly source?: SourceFacts;
  readonly weights?: Weights;
  /** The program was to end, or to write something, and did not: then its threads are not taken for those of a service at rest. Default false. */
  readonly hung?: boolean;
  /** A function of the program may have written the dumps, and stand on top of what it interrupted. Default true. */
  readonly handlers?: boolean;
  /** What reasons are told as, where not as they are: they may quote source. */
  readonly tell?: (text: string) => string;
}

/** Worst first. */
export const VERDICTS: readonly Verdict[] = ['stuck', 'suspect', 'inconclusive', 'clear'];

/** Which threads are stuck, for each process that the dumps show. */
export function findStuck(set: DumpSet, options: StuckOptions = {}): StuckReport {
  const origins = new Origins(set.frames, options.roots);
  const signatures = new Signatures(set, origins, options.signatures);
  const views = new StackViews(set, origins, signatures, options.handlers ?? true);
  const follower = new ThreadFollower(set);
  const weights = options.weights ?? WEIGHTS;
  const all = seriesOf(set);
  const odd = new Map<number, Oddity[]>();
  for (const { series, thread, evidence } of oddProcesses(set, all, origins)) {
    const list = odd.get(series);
    if (list) list.push({ thread, evidence });
    else odd.set(series, [{ thread, evidence }]);
  }
  const series = all.map((one, i) => {
    const found = new Finder(
      set,
      one,
      follower,
      views,
      signatures,
      weights,
      odd.get(i) ?? NOT_ODD,
      options.source ?? null,
      options.hung ?? false,
    ).find();
    return options.tell === undefined ? found : retoldFinding(found, options.tell);
  });
  return { verdict: VERDICTS.find((verdict) => series.some((found) => found.verdict === verdict)) ?? 'inconclusive', series };
}

/** A thread in which this process differs from its like. */
interface Oddity {
  readonly thread: Member;
  readonly evidence: string;
}

const NOT_ODD: readonly Oddity[] = [];

class Finder {
  readonly #set: DumpSet;
  readonly #series: Series;
  readonly #signatures: Signatures;
  readonly #weights: Weights;
  readonly #tracks: readonly Track[];
  readonly #places: readonly Place[];
  readonly #idle = new Map<Place, boolean>();
  readonly #joins = new Map<Place, boolean>();
  #crowds: Map<FrameIndex | null, Place[]> | null = null;
  readonly #likes = new Map<StackView, Map<string | number, Likes>>();
  readonly #blockers = new Map<Place, readonly ThreadHistory[]>();
  readonly #over: ThreadsOverTime;
  readonly #moments: Moments;
  readonly #odd: readonly Oddity[];
  readonly #source: SourceFacts | null;
  readonly #hung: boolean;

  constructor(
    set: DumpSet,
    series: Series,
    follower: ThreadFollower,
    views: StackViews,
    signatures: Signatures,
    weights: Weights,
    odd: readonly Oddity[],
    source: SourceFacts | null,
    hung: boolean,
  ) {
    this.#set = set;
    this.#odd = odd;
    this.#source = source;
    this.#hung = hung;
    this.#series = series;
    this.#signatures = signatures;
    this.#weights = weights;
    this.#over = follower.follow(this.#series);
    this.#moments = new Moments(series, this.#over);
    this.#tracks = tracksOf(set, this.#series, this.#over, views, hung);
    this.#places = placesOf(this.#tracks);
    if (source !== null) for (const [place, says] of sourceSays(set, source, this.#places)) place.says = says;
  }

  find(): SeriesFinding {
    const passages = passagesOf(this.#tracks);
    new Relations(this.#set, this.#places, passages, (place) => this.#isIdle(place) || atRest(place.says)).connect();
    const around = this.#surroundings(passages);
    const judged = this.#tracks.map((track) => this.#judge(track, around));
    const threads: ThreadFinding[] = withVictims(judged).map((finding, i) =>
      finding instanceof Finding ? finding : this.#findingOf(this.#tracks[i]!, finding, finding.blockedBy),
    );
    let shown = 0;
    const { histories } = this.#over;
    for (let i = 0; i < histories.length; i++) {
      const history = histories[i]!;
      // tracks are in the order of the histories
      if (this.#tracks[shown]?.history === history) shown++;
      else threads.push({ ...SILENT, history, moments: this.#series.dumps.map((_, at) => this.#moments.blank(history, at)) });
    }
    threads.sort((a, b) => b.score - a.score);
    const advice = adviceOf(this.#set, this.#series, threads, (frame) => (this.#source?.of(frame) ?? null) !== null);
    const verdict = threads.some((thread) => thread.verdict === 'stuck')
      ? 'stuck'
      : threads.some((thread) => thread.verdict === 'suspect')
        ? 'suspect'
        : advice.length > 0
          ? 'inconclusive'
          : 'clear';
    return { series: this.#series, verdict, threads, advice: verdict === 'stuck' ? [] : advice };
  }

  #surroundings(passages: ReadonlyMap<FrameIndex, Passage>): Surroundings {
    const siblings = new Map<FrameIndex, Track[]>();
    const tracks = this.#tracks;
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      const { entry } = track.newest.view;
      if (!track.alive || entry === null) continue;
      const list = siblings.get(entry);
      if (list) list.push(track);
      else siblings.set(entry, [track]);
    }
    let served: boolean | null = null;
    return {
      set: this.#set,
      weights: this.#weights,
      places: this.#places,
      passages,
      siblings: new Map([...siblings].map(([entry, tracks]) => [entry, siblingsOf(tracks)])),
      active: this.#places.filter((place) => !isRestful(place, (other) => this.#isIdle(other))).slice(0, MOST_ACTIVE),
      threads: this.#places.reduce((sum, { tracks }) => sum + tracks.length, 0),
      crowds: this.#crowdsOver(passages),
      growing: new Map(),
      known: new Map(),
      isIdle: (place) => this.#isIdle(place),
      stillFor: (track) => this.#stillFor(track),
      source: this.#source,
      poolServes: () => (served ??= this.#serves(passages)),
      hung: this.#hung,
      batch: this.#tracks.some(
        (track) => track.main && track.alive && WAITS_FOR_END.has(track.newest.view.meaning?.wait.kind ?? 'unknown'),
      ),
    };
  }

  /** Threads that waited for results of a pool went on. */
  #serves(passages: ReadonlyMap<FrameIndex, Passage>): boolean {
    const passed = (view: StackView): boolean =>
      this.#signatures.mayMean(view.stack, 'future') &&
      view.innermost !== null &&
      (passages.get(view.innermost)?.left ?? 0) > 1 &&
      view.meaning?.wait.kind === 'future';
    return passages.size > 0 && this.#tracks.some(({ stays }) => stays.some(({ view }) => passed(view)));
  }

  /** How many stand at each innermost application frame, per dump. Empty where so few dumps tell nothing of that. */
  #crowdsOver(passages: ReadonlyMap<FrameIndex, Passage>): Map<FrameIndex, number[]> {
    const crowds = new Map<FrameIndex, number[]>();
    const dumps = this.#series.dumps.length;
    if (dumps < LEAST_FOR_GROWTH && passages.size === 0) return crowds;
    for (const { view } of this.#places) if (view.innermost !== null) crowds.set(view.innermost, new Array<number>(dumps).fill(0));
    for (const track of this.#tracks) addToCrowds(track, crowds);
    return crowds;
  }

  #isIdle(place: Place): boolean {
    let known = this.#idle.get(place);
    if (known === undefined) this.#idle.set(place, (known = this.#judgeIdle(place)));
    return known;
  }

  #judgeIdle(place: Place): boolean {
    const { view, tracks } = place;
    if (view.meaning !== null && view.meaning.state.startsWith('idle')) return true;
    if (view.stack === 0) return true;
    return this.#signatures.isBackground(view.stack, tracks[0]!.main) && kindWeight(place) < STRONG_KIND;
  }

  #judge(track: Track, around: Surroundings): Finding {
    const row = track.newest;
    const { place } = track;
    if (place === null)
      return this.#findingOf(track, {
        ...this.#plain(track, place),
        verdict: 'progressing',
        score: 0,
        evidence: ['it ended while the dumps were taken'],
        still: 0,
      });
    if (row.thread.stack === 0 && row.view.stack === 0)
      return this.#findingOf(track, { ...this.#plain(track, place), ...ofBlank(track), frame: null });
    const found = this.#judgeLikes(track, place, around, this.#stillFor(track));
    const blockers = this.#blockersOf(place);
    return this.#findingOf(
      track,
      found,
      blockers.length === 0 ? blockers : blockers.filter((other) => other !== track.history).slice(0, MOST_BLOCKERS),
    );
  }

  /** What can be said of any thread. */
  #plain(track: Track, place: Place | null): Likes {
    const { view } = track.newest;
    return {
      stack: view.stack,
      wait: waitOf(view.meaning, place?.says),
      role: null,
      verdict: 'unknown',
      score: 0,
      frame: view.innermost,
      evidence: [],
      signals: [],
      still: track.still,
    };
  }

  #joinsIdleOnly(place: Place): boolean {
    let joins = this.#joins.get(place);
    if (joins === undefined) this.#joins.set(place, (joins = this.#joinsIdle(place)));
    return joins;
  }

  /** Threads that stand in one place, for as long and with nothing else of their own, are judged once: a process may have a hundred thousand. */
  #judgeLikes(track: Track, place: Place, around: Surroundings, seconds: Seconds | null): Likes {
    if (track.loop !== null || track.cpu !== null || this.#odd.length > 0) return this.#judgeOne(track, place, around, seconds);
    const { view } = track.newest;
    const restarted = track.history.doubts.includes('restart');
    const own = (track.main ? 2 : 0) + (restarted ? 1 : 0);
    const key = track.rows === 1 ? own : `${track.still} ${track.rows} ${seconds} ${own}`;
    let likes = this.#likes.get(view);
    if (likes === undefined) this.#likes.set(view, (likes = new Map<string | number, Likes>()));
    let known = likes.get(key);
    if (known === undefined) likes.set(key, (known = this.#judgeOne(track, place, around, seconds)));
    return known;
  }

  #judgeOne(track: Track, place: Place, around: Surroundings, seconds: Seconds | null): Likes {
    const row = track.newest;
    const here =
      track.rows === 1
        ? 'in the one dump that shows it'
        : `same place in ${track.still} of ${track.rows} dumps${seconds === null ? '' : ` over ${Number(seconds.toFixed(1))} s`}`;
    if (this.#isIdle(place)) {
      const label = row.view.meaning?.rule.label ?? 'a thread of a library or of the runtime';
      return { ...this.#plain(track, place), verdict: 'idle', score: 0.02, evidence: [label, here] };
    }
    if (this.#joinsIdleOnly(place)) {
      const evidence = ['waits for the end of threads that are idle themselves', here];
      return { ...this.#plain(track, place), verdict: 'idle', score: 0.05, evidence };
    }
    const signals = signalsOf(track, place, around);
    const odd = this.#odd.find(({ thread }) => this.#isIn(track, thread));
    if (odd) signals.add('oddProcess', odd.evidence);
    const { score } = signals;
    const loops = signals.list.some((signal) => signal.name === 'loops');
    const joined = place.longest > LEAST_STILL && isGrowing(place, around);
    const enough = (loops || track.still >= LEAST_STILL || joined) && (seconds === null || joined || seconds >= LEAST_STAY);
    const verdict = this.#verdictOf(signals, enough, track, place);
    const suspicious = verdict === 'stuck' || verdict === 'suspect';
    const victim = suspicious && !place.inCycle && !place.view.onLoop && this.#isVictim(place);
    return {
      stack: row.view.stack,
      wait: waitOf(row.view.meaning, place.says),
      verdict,
      role: suspicious ? (victim ? 'victim' : 'culprit') : null,
      score: victim ? Math.min(score, 0.95) * 0.9 : score,
      frame: loops ? track.loop!.around : suspicious ? this.#ownFrame(place) : row.view.innermost,
      evidence: [...evidenceOf(signals.list, suspicious), here],
      signals: signals.list,
      still: track.still,
    };
  }

  /** Threads that a place waits for: one more than are named, since a thread does not wait for itself. */
  #blockersOf(place: Place): readonly ThreadHistory[] {
    if (place.waitsFor.length === 0) return NOBODY;
    let known = this.#blockers.get(place);
    if (known === undefined) {
      const found = new Set<ThreadHistory>();
      for (const { place: holder } of place.waitsFor)
        for (const { history } of holder.tracks) if (found.size <= MOST_BLOCKERS) found.add(history);
      this.#blockers.set(place, (known = [...found]));
    }
    return known;
  }

  #verdictOf(signals: Signals, enough: boolean, track: Track, place: Place): ThreadVerdict {
    const { score } = signals;
    // whoever goes on where others go on, or waits for one who does, is slow
    const goesOn = signals.list.find(
      ({ name }) => name === 'passable' || name === 'served' || name === 'waitsForMoving' || name === 'loopTurns',
    );
    if (goesOn !== undefined) return track.still === 1 ? 'progressing' : 'unknown';
    if (enough && score >= STUCK_AT) return 'stuck';
    if (track.still < LEAST_STILL && !enough && track.rows > 1) return 'progressing';
    if (score >= SUSPECT_AT) return 'suspect';
    const { view } = place;
    const fn = view.innermost === null ? '' : (this.#set.frames.functionOf(view.innermost) ?? '');
    if (score < IDLE_BELOW && (kindWeight(place) < 0 || namesWaitForWork(fn) || view.depth === 0) && track.still >= LEAST_STILL)
      return 'idle';
    return 'unknown';
  }

  /** The innermost application frame that is not where many others wait for work: a helper that all share tells nothing. */
  #ownFrame(place: Place): FrameIndex | null {
    const rows = place.view.application.map((depth) => this.#set.stacks.frameAt(place.view.stack, depth));
    const crowds = (this.#crowdsAt().get(place.view.innermost) ?? []).filter((other) => other !== place);
    if (crowds.length === 0) return rows[0] ?? place.view.innermost;
    const shared = new Set(crowds.flatMap(({ view }) => view.application.map((depth) => this.#set.stacks.frameAt(view.stack, depth))));
    return rows.find((row) => !shared.has(row)) ?? place.view.innermost;
  }

  /** Where many wait, by their innermost application frames. */
  #crowdsAt(): ReadonlyMap<FrameIndex | null, readonly Place[]> {
    if (this.#crowds === null) {
      this.#crowds = new Map();
      for (const place of this.#places) {
        if (place.tracks.length < SHARED_BY) continue;
        const { innermost } = place.view;
        const there = this.#crowds.get(innermost);
        if (there === undefined) this.#crowds.set(innermost, [place]);
        else there.push(place);
      }
    }
    return this.#crowds;
  }

  /** Waits at the line of others that stand still past it, and is no nearer to the cause. */
  #isVictim(place: Place): boolean {
    return place.waitsFor.some(({ place: holder }) => holder !== place && !this.#isIdle(holder));
  }

  /** Joins threads of which none does anything: so a service's main thread waits for its end. */
  #joinsIdle(place: Place): boolean {
    const { view } = place;
    if (this.#hung || view.meaning?.wait.kind !== 'join' || view.depth > 1 || view.inTask) return false;
    return this.#places.every(
      (other) =>
        other === place ||
        this.#isIdle(other) ||
        atRest(other.says) ||
        (other.view.depth === 0 && !other.view.inTask && kindWeight(other) <= 0),
    );
  }

  #isIn(track: Track, member: Member): boolean {
    const at = this.#series.dumps.indexOf(member.dump);
    return at !== -1 && this.#over.at(track.history, at) === member.thread;
  }

  #findingOf(track: Track, likes: Likes, blockedBy: readonly ThreadHistory[] = NOBODY): Finding {
    return new Finding(track, likes, blockedBy, this.#moments);
  }

  #stillFor(track: Track): Seconds | null {
    const { stays, still } = track;
    if (still < 2) return null;
    let first: number | null = null;
    let last: number | null = null;
    let times = 0;
    let left = still;
    for (let i = stays.length - 1; i >= 0 && left > 0; i--) {
      const { at, count } = stays[i]!;
      for (let k = at + count - 1; k >= at && left > 0; k--, left--) {
        const { time } = this.#set.dumps[this.#series.dumps[k]!]!;
        if (time === null) continue;
        times++;
        last ??= time;
        first = time;
      }
    }
    return times < 2 ? null : (last! - first!) / 1000;
  }
}

const NOBODY: readonly ThreadHistory[] = [];

/** A thread, where it stands in each dump, among those that stand there. */
function addToCrowds({ stays }: Track, crowds: ReadonlyMap<FrameIndex, number[]>): void {
  let last: StackView | null = null;
  let crowd: number[] | undefined;
  for (let i = 0; i < stays.length; i++) {
    const { at, view, count } = stays[i]!;
    if (view !== last) {
      last = view;
      const { innermost } = view;
      crowd = innermost === null ? undefined : crowds.get(innermost);
    }
    if (crowd !== undefined) for (let k = at; k < at + count; k++) crowd[k]!++;
  }
}

/** A line at which this many other threads of one kind stand is a helper of theirs. */
const SHARED_BY = 3;
/** Places compared to tell the one that is apart. */
const MOST_ACTIVE = 200;
const WAITS_FOR_END: ReadonlySet<string> = new Set(['join', 'future', 'queue-join']);

function waitOf(meaning: { readonly wait: Wait } | null, says: SourceSays | undefined): Wait | null {
  if (meaning !== null) return meaning.wait;
  return says?.kind == null ? null : { kind: says.kind, by: says.by ?? says.kind };
}

/** A thread that the dumps list without a stack. */
const SILENT = {
  verdict: 'unknown',
  role: null,
  score: 0.01,
  wait: null,
  stack: 0,
  frame: null,
  blockedBy: [],
  evidence: ['no dump shows its stack'],
  signals: [],
  still: 0,
} as const;

function ofBlank(track: Track): { verdict: ThreadVerdict; score: number; evidence: string[] } {
  const { thread } = track.newest;
  if (thread.activity === 'idle') return { verdict: 'idle', score: 0.01, evidence: ['in its event loop, which waits'] };
  if (thread.measures !== null)
    return { verdict: 'unknown', score: 0.01, evidence: ['Node shows no stack of a thread that is in its event loop'] };
  return { verdict: 'unknown', score: 0.01, evidence: ['no stack'] };
}

const MOST_REASONS = 4;

/** The strongest reasons in words; those against only where there are none for it. */
function evidenceOf(signals: readonly Signal[], suspicious: boolean): string[] {
  const told = signals.filter((signal) => signal.text !== null && (suspicious ? signal.weight > 0 : true));
  told.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  if (told.length > MOST_REASONS) told.length = MOST_REASONS;
  return told.map((signal) => signal.text!);
}
