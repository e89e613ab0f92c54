import type { FrameIndex, StackIndex } from '../../model/index.js';
import type { Series } from '../series.js';
import type { Wait } from '../signatures/index.js';
import { ABSENT, type ThreadHistory, type ThreadsOverTime } from '../threads-over-time.js';
import type { Signal } from './signals.js';
import type { StackView } from './stack-view.js';
import { placeKey, type Track } from './tracks.js';

export type ThreadVerdict = 'stuck' | 'suspect' | 'idle' | 'progressing' | 'unknown';

/** What is said of one thread. */
export interface ThreadFinding {
  readonly history: ThreadHistory;
  readonly verdict: ThreadVerdict;
  /** Of a stuck or suspect thread. */
  readonly role: 'culprit' | 'victim' | null;
  /** 0 to 1. */
  readonly score: number;
  readonly wait: Wait | null;
  /** Its newest stack, without the frames of what wrote the dump; 0 where no dump shows one. */
  readonly stack: StackIndex;
  /** The application frame to look at. */
  readonly frame: FrameIndex | null;
  /** Threads that it waits for, where it can be told. */
  readonly blockedBy: readonly ThreadHistory[];
  /** In words, the strongest reason first. */
  readonly evidence: readonly string[];
  readonly signals: readonly Signal[];
  /** Newest dumps that it stands in the same place in; 0 for one that is gone. */
  readonly still: number;
  /** Per dump of the series, where it stands. Worked out when it is asked for, so no property of its own: `{ ...finding }` has none. */
  readonly moments: readonly Moment[];
}

export type Judged = Omit<ThreadFinding, 'moments'>;

/** What is said of threads that are alike. */
export type Likes = Omit<Judged, 'history' | 'blockedBy'>;

/**
 * Where a thread stands in one dump: the number of a place, counted per thread in the order in which it came there; or
 * that it waits for work, shows no stack, was not alive, or cannot be told.
 */
export type Moment = number | 'idle' | 'blank' | 'absent' | 'unknown';

/** Where threads stand in each dump of a series. All that a finding needs to know of how it was found. */
export class Moments {
  readonly #dumps: number;
  readonly #over: ThreadsOverTime;

  constructor(series: Series, over: ThreadsOverTime) {
    this.#dumps = series.dumps.length;
    this.#over = over;
  }

  /** @param from the first of the dumps that are told; places are counted from there */
  of(track: Track, from: number): Moment[] {
    const moments: (Moment | null)[] = new Array<null>(this.#dumps - from).fill(null);
    const places = new Map<string, number>();
    // threads come back to where they were
    const known = new Map<StackView, Moment>();
    const { stays } = track;
    for (let i = 0; i < stays.length; i++) {
      const { at, view, thread, count } = stays[i]!;
      if (at + count <= from) continue;
      let moment = known.get(view);
      if (moment === undefined) {
        if (view.stack === 0) moment = thread.activity === 'idle' ? 'idle' : 'blank';
        else if (view.meaning?.state.startsWith('idle') === true) moment = 'idle';
        else {
          const key = placeKey(view);
          moment = places.get(key) ?? places.size;
          places.set(key, moment);
        }
        if (view.stack !== 0) known.set(view, moment);
      }
      if (count === 1) moments[at - from] = moment;
      else moments.fill(moment, Math.max(at - from, 0), at - from + count);
    }
    for (let i = 0; i < moments.length; i++) moments[i] ??= this.blank(track.history, from + i);
    return moments as Moment[];
  }

  /** What a thread is in a dump that shows nothing of what it does. */
  blank(history: ThreadHistory, dump: number): Moment {
    const place = this.#over.at(history, dump);
    return place >= 0 ? 'blank' : place === ABSENT ? 'absent' : 'unknown';
  }
}

/** A finding whose moments are worked out when they are asked for. */
export class Finding implements ThreadFinding {
  readonly history: ThreadHistory;
  readonly verdict: ThreadVerdict;
  readonly role: 'culprit' | 'victim' | null;
  readonly score: number;
  readonly wait: Wait | null;
  readonly stack: StackIndex;
  readonly frame: FrameIndex | null;
  readonly blockedBy: readonly ThreadHistory[];
  readonly evidence: readonly string[];
  readonly signals: readonly Signal[];
  readonly still: number;
  readonly #all: Moments;
  readonly #track: Track;
  #moments: readonly Moment[] | null = null;

  constructor(track: Track, likes: Likes, blockedBy: readonly ThreadHistory[], all: Moments) {
    this.history = track.history;
    this.verdict = likes.verdict;
    this.role = likes.role;
    this.score = likes.score;
    this.wait = likes.wait;
    this.stack = likes.stack;
    this.frame = likes.frame;
    this.blockedBy = blockedBy;
    this.evidence = likes.evidence;
    this.signals = likes.signals;
    this.still = likes.still;
    this.#all = all;
    this.#track = track;
  }

  get moments(): readonly Moment[] {
    return (this.#moments ??= this.#all.of(this.#track, 0));
  }

  momentsSince(from: number): readonly Moment[] {
    return this.#all.of(this.#track, from);
  }
}

/** The moments of a thread from a dump of its series on, with places counted from there: of a long series few have to be looked at. */
export function momentsSince(finding: ThreadFinding, from: number): readonly Moment[] {
  if (finding instanceof Finding) return finding.momentsSince(from);
  const places = new Map<number, number>();
  return finding.moments.slice(from).map((moment) => {
    if (typeof moment !== 'number') return moment;
    const place = places.get(moment) ?? places.size;
    places.set(moment, place);
    return place;
  });
}
