import type { DumpSet, FrameIndex } from '../../model/index.js';
import type { Track } from './tracks.js';
import type { StackView } from './stack-view.js';
import { placeKey, samePlace } from './tracks.js';
import { LEAST_STILL } from './weights.js';
import type { SourceSays } from './with-source.js';
import { namesWaitForWork } from './words.js';

/** Threads that stand in the same place in the newest dump. What holds for one holds for all. */
export interface Place {
  readonly view: StackView;
  readonly tracks: readonly Track[];
  /** Fewest newest dumps that one of them has stayed in, and most. */
  readonly still: number;
  readonly longest: number;
  /** They moved lately. */
  readonly moving: boolean;
  /** What the source says, where it is at hand. */
  says: SourceSays | undefined;
  /** Whom they wait for, where it can be told, and why. */
  waitsFor: readonly Held[];
  heldBy: Place[];
  /** On a cycle of who waits for whom. */
  inCycle: boolean;
}

/** Who holds what a place waits for. */
export interface Held {
  readonly place: Place;
  readonly why: string;
  /** 3: seen past the line. 2: came through the same file, or is known from the kind of wait. 1: a guess. */
  readonly strength: 1 | 2 | 3;
}

/** Threads compared for who is past whose line: a process with more distinct stacks is looked at in part. */
const MOST_COMPARED = 100;

/** Groups the threads that live by where they stand, and tells each of its place. */
export function placesOf(tracks: readonly Track[]): Place[] {
  const places = new Map<string, Track[]>();
  const byView = new Map<StackView, Track[]>();
  for (let i = 0; i < tracks.length; i++) {
    const track = tracks[i]!;
    if (!track.alive) continue;
    const { view } = track.newest;
    let members = byView.get(view);
    if (members === undefined) {
      const key = placeKey(view);
      members = places.get(key);
      if (members === undefined) places.set(key, (members = [track]));
      else members.push(track);
      byView.set(view, members);
    } else members.push(track);
  }
  return Array.from(places.values(), placeOf);
}

function placeOf(tracks: readonly Track[]): Place {
  let still = Infinity;
  let longest = 0;
  for (let i = 0; i < tracks.length; i++) {
    still = Math.min(still, tracks[i]!.still);
    longest = Math.max(longest, tracks[i]!.still);
  }
  const place: Place = {
    view: tracks[0]!.newest.view,
    tracks,
    still,
    longest,
    moving: tracks.every((track) => track.still === 1 && track.rows > 1),
    says: undefined,
    waitsFor: NOBODY,
    heldBy: [],
    inCycle: false,
  };
  for (let i = 0; i < tracks.length; i++) tracks[i]!.place = place;
  return place;
}

const NOBODY: readonly Held[] = [];

/** Waits for something that another thread may hold. */
const LOCK_LIKE: ReadonlySet<string> = new Set(['lock', 'semaphore', 'db', 'lock-file', 'pool-exhausted']);

interface Passing {
  readonly place: Place;
  readonly frame: FrameIndex;
  /** Depth among the place's application frames: 0 is the innermost. */
  readonly depth: number;
}

function passingsOf(set: DumpSet, places: readonly Place[]): Map<string, Passing[]> {
  const byFile = new Map<string, Passing[]>();
  for (const place of places) {
    // every thread of a program comes through the functions that threads begin with
    const within = place.view.application.slice(0, place.view.depth + 1);
    for (let i = 0; i < within.length; i++) {
      const frame = set.stacks.frameAt(place.view.stack, within[i]!);
      const file = set.frames.fileOf(frame) ?? '';
      const list = byFile.get(file);
      if (!list) byFile.set(file, [{ place, frame, depth: i }]);
      else if (list.length < MOST_COMPARED) list.push({ place, frame, depth: i });
    }
  }
  return byFile;
}

/** Finds out who waits for whom, from where the others stand. */
export class Relations {
  readonly #set: DumpSet;
  readonly #places: readonly Place[];
  readonly #isIdle: (place: Place) => boolean;
  readonly #passages: ReadonlyMap<FrameIndex, Passage>;
  /** Application frames of all places, by file; null: nobody has asked yet. */
  #byFile: ReadonlyMap<string, readonly Passing[]> | null = null;

  constructor(set: DumpSet, places: readonly Place[], passages: ReadonlyMap<FrameIndex, Passage>, isIdle: (place: Place) => boolean) {
    this.#set = set;
    this.#passages = passages;
    this.#places = places;
    this.#isIdle = isIdle;
  }

  /** Fills in who waits for whom. */
  connect(): void {
    for (const place of this.#places) {
      if (this.#isIdle(place) || place.still < LEAST_STILL || (isPassable(place, this.#passages) && !isHeldNow(place))) continue;
      const told = place.says?.waitsFor?.filter(({ place: holder }) => !this.#isIdle(holder));
      // where the source knows what is waited for, and it is no lock or its holder is known, there is nothing to guess
      place.waitsFor =
        told && (told.length > 0 || !LOCK_LIKE.has(place.says!.kind!)) && place.view.meaning === null ? told : this.#holdersOf(place);
      if (told && told.length > 0 && place.waitsFor !== told)
        place.waitsFor = [...told, ...place.waitsFor.filter(({ place: holder }) => !told.some((one) => one.place === holder))];
      for (const { place: holder } of place.waitsFor) if (!holder.heldBy.includes(place)) holder.heldBy.push(place);
    }
    markCycles(this.#places);
  }

  #holdersOf(place: Place): Held[] {
    const { view } = place;
    const kind = view.meaning?.wait.kind;
    const rule = view.meaning?.rule.id;
    if (rule === 'py.logging.lock') {
      const inHandler = (other: Place): boolean =>
        this.#isInside(other, /\/logging\/(?:__init__|handlers)\.py$/, /^(?:emit|flush|handle)$/);
      return this.#others(place, (other) => inHandler(other) && other.view.meaning?.rule.id !== rule, 'is inside a logging handler', 3);
    }
    if (kind === 'import-lock') return this.#others(place, (other) => this.#imports(other), 'imports a module and has not finished', 3);
    if (kind === 'future') return this.#others(place, (other) => isInPool(other), 'runs a task of a pool', 2, true);
    if (kind === 'barrier') {
      const party = (other: Place): boolean => other.view.entry === view.entry && other.view.meaning?.wait.kind !== kind;
      return this.#others(place, party, 'was started with the same function and has not come to the barrier', 2);
    }
    if (kind === 'pool-exhausted') return this.#holdersOfPool(place);
    const lockLike = (view.applicationOnTop && view.depth > 0) || kind === 'lock' || kind === 'semaphore';
    if (!lockLike || view.innermost === null || namesWaitForWork(this.#set.frames.functionOf(view.innermost) ?? '')) return [];
    if (this.#reenters(place))
      return [{ place, why: 'came back to the same file through other code, so it may hold it itself', strength: 2 }];
    return this.#past(place);
  }

  #holdersOfPool(place: Place): Held[] {
    const { view } = place;
    const past = this.#past(place).filter(({ strength }) => strength === 3);
    if (past.length > 0) return past;
    const waits = (other: Place): boolean => other.view.meaning?.wait.kind === 'pool-exhausted';
    const on = (other: Place): boolean => other.view.innermost === view.innermost && !waits(other);
    const same = this.#others(place, on, 'went on from the same line, so it has one of the pool', 3);
    if (same.length > 0) return same;
    const deepest = this.#places.reduce((depth, other) => (waits(other) ? Math.max(depth, other.view.depth) : depth), 0);
    if (deepest < 2) return [];
    const nested = (other: Place): boolean => waits(other) && other.view.depth === deepest;
    return this.#others(place, nested, 'asks again further inside its task, so it has one already', 2, true);
  }

  #others(place: Place, test: (other: Place) => boolean, why: string, strength: 2 | 3, self = false): Held[] {
    return this.#places
      .filter((other) => (self || other !== place) && !this.#isIdle(other) && test(other))
      .map((holder) => ({ place: holder, why, strength }));
  }

  /** Those that are past the line a place waits at: further down in the same function, or called on from the same file. */
  #past(place: Place): Held[] {
    const { frames } = this.#set;
    const line = place.view.innermost!;
    const fn = frames.withoutPosition(line);
    let best: Held[] = [];
    this.#byFile ??= passingsOf(this.#set, this.#places);
    for (const other of this.#byFile.get(frames.fileOf(line) ?? '') ?? []) {
      if (other.place === place || this.#isIdle(other.place)) continue;
      const strength = this.#strength(place, other, fn, line);
      if (strength === 0 || strength < (best[0]?.strength ?? 0)) continue;
      if (strength > (best[0]?.strength ?? 0)) best = [];
      if (best.some((found) => found.place === other.place)) continue;
      const where = `${frames.functionOf(other.frame) ?? '?'}:${frames.placeOf(other.frame).line ?? '?'}`;
      best.push({
        place: other.place,
        why: strength === 3 ? `is past it, at ${where}` : `came through ${where} of the same file`,
        strength,
      });
    }
    return best;
  }

  #strength(place: Place, other: Passing, fn: FrameIndex, line: FrameIndex): 0 | 1 | 2 | 3 {
    const { frames } = this.#set;
    if (frames.withoutPosition(other.frame) === fn) return (frames.lineOf(other.frame) ?? 0) > (frames.lineOf(line) ?? 0) ? 3 : 0;
    const inner = other.place.view.innermost!;
    if (inner === line) return other.depth > 0 && this.#reenters(other.place) ? 2 : 0;
    const file = frames.fileOf(line);
    if (other.depth > 0 && frames.fileOf(inner) !== file) return 2;
    if (other.place.tracks.length > 1 || other.place.view.depth === 0) return 0;
    // several wait, one of the same file is further inside; or the file's own thread stands in it
    if (place.tracks.length > 1 && other.place.view.depth > place.view.depth) return 1;
    return this.#isOwnThread(other.place, file) && !this.#isOwnThread(place, file) ? 1 : 0;
  }

  /** All its application frames are of one file. */
  #isOwnThread({ view }: Place, file: string | null): boolean {
    const { frames, stacks } = this.#set;
    return view.application.every((depth) => frames.fileOf(stacks.frameAt(view.stack, depth)) === file);
  }

  /** Application frames of the waiting line's file lie on both sides of another file's, or a finalizer came in between. */
  #reenters({ view }: Place): boolean {
    const { frames, stacks } = this.#set;
    const chain = view.application.map((depth) => stacks.frameAt(view.stack, depth));
    const file = frames.fileOf(chain[0]!);
    let left = false;
    for (const frame of chain.slice(1)) {
      if (frames.isIn(frame, '__del__')) return true;
      if (frames.fileOf(frame) !== file) left = true;
      else if (left) return true;
    }
    return false;
  }

  #isInside({ view }: Place, file: RegExp, fn: RegExp): boolean {
    const { frames, stacks } = this.#set;
    return stacks
      .frames(view.stack)
      .some((frame) => fn.test(frames.functionOf(frame) ?? '') && file.test((frames.fileOf(frame) ?? '').replaceAll('\\', '/')));
  }

  #imports({ view }: Place): boolean {
    const { frames, stacks } = this.#set;
    const rows = stacks.frames(view.stack);
    return rows.some(
      (frame, i) =>
        frames.isIn(frame, '<module>') && i + 1 < rows.length && (frames.fileOf(rows[i + 1]!) ?? '').startsWith('<frozen importlib'),
    );
  }
}

/** In a task of an executor or a pool. */
export function isInPool({ view }: Place): boolean {
  return view.inTask && view.poolThread;
}

/** Marks the places on cycles: those that can be reached from themselves (Tarjan's strongly connected components). */
function markCycles(places: readonly Place[]): void {
  if (!places.some((place) => strongEdges(place).length > 0)) return;
  const index = new Map<Place, number>();
  const low = new Map<Place, number>();
  const stack: Place[] = [];
  const onStack = new Set<Place>();
  for (const root of places) {
    if (index.has(root)) continue;
    const work: { place: Place; next: number }[] = [{ place: root, next: 0 }];
    while (work.length > 0) {
      const top = work.at(-1)!;
      const { place } = top;
      if (top.next === 0) {
        index.set(place, index.size);
        low.set(place, index.get(place)!);
        stack.push(place);
        onStack.add(place);
      }
      const edge = strongEdges(place)[top.next++];
      if (edge) {
        if (!index.has(edge.place)) work.push({ place: edge.place, next: 0 });
        else if (onStack.has(edge.place)) low.set(place, Math.min(low.get(place)!, index.get(edge.place)!));
        continue;
      }
      work.pop();
      const below = work.at(-1);
      if (below) low.set(below.place, Math.min(low.get(below.place)!, low.get(place)!));
      if (low.get(place) !== index.get(place)) continue;
      const component: Place[] = [];
      for (let member = stack.pop()!; ; member = stack.pop()!) {
        onStack.delete(member);
        component.push(member);
        if (member === place) break;
      }
      if (component.length > 1 || strongEdges(place).some((found) => found.place === place))
        for (const member of component) member.inCycle = true;
    }
  }
}

/** A guess makes no cycle. */
const strongEdges = (place: Place): readonly Held[] => place.waitsFor.filter(({ strength }) => strength > 1);

/** How often threads passed a line in these dumps, and how long they stayed at it before. */
export interface Passage {
  left: number;
  longest: number;
}

/** Threads passed this line lately, and those that stand there have not stood much longer than they did. */
export function isPassable(place: Place, passages: ReadonlyMap<FrameIndex, Passage>): boolean {
  const passage = place.view.innermost === null ? undefined : passages.get(place.view.innermost);
  return passage !== undefined && place.still <= LONGER * passage.longest + 1;
}

/** By the source a thread that stands still has the very lock: that others passed the line before does not matter. */
export function isHeldNow({ says }: Place): boolean {
  if (says?.kind !== 'lock' && says?.kind !== 'lock-file') return false;
  return says.waitsFor?.some(({ place: holder, strength }) => strength === 3 && holder.still >= LEAST_STILL) === true;
}

/** A thread that stays more than this many times as long as those before it is another case. */
const LONGER = 2;

/** Per innermost application frame: the threads that left it. */
export function passagesOf(tracks: readonly Track[]): Map<FrameIndex, Passage> {
  const passages = new Map<FrameIndex, Passage>();
  for (let i = 0; i < tracks.length; i++) {
    const track = tracks[i]!;
    // one that is still where it is in the only dump of it has left nothing
    if (track.rows > 1 || !track.alive) addPassages(track, passages);
  }
  return passages;
}

function addPassages({ stays, alive }: Track, passages: Map<FrameIndex, Passage>): void {
  const last = stays.length - 1;
  let stayed = 0;
  for (let i = 0; i <= last; i++) {
    const { view, count } = stays[i]!;
    stayed += count;
    if (i < last) {
      const next = stays[i + 1]!.view;
      if (view === next || samePlace(view, next)) continue;
    }
    const frame = view.innermost;
    if (frame !== null && (i < last || !alive)) {
      const passage = passages.get(frame);
      if (passage === undefined) passages.set(frame, { left: 1, longest: stayed });
      else {
        passage.left++;
        passage.longest = Math.max(passage.longest, stayed);
      }
    }
    stayed = 0;
  }
}
