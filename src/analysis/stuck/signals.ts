import type { DumpSet, FrameIndex, Seconds } from '../../model/index.js';
import type { SourceFacts } from '../source/index.js';
import { isHeldNow, isInPool, isPassable, type Passage, type Place } from './relations.js';
import type { StackView } from './stack-view.js';
import { newestRows, type Track } from './tracks.js';
import { KIND_WEIGHTS, LEAST_FOR_GROWTH, LEAST_STILL, LONG, RULE_WEIGHTS, SPINS_AT, STRONG_KIND, type Weights } from './weights.js';
import { atRest, roundsOf } from './with-source.js';
import { namesRetry, namesWaitForOne, namesWaitForWork } from './words.js';

/** One reason for or against, with what it weighs and, where it is worth a sentence, its words. */
export interface Signal {
  readonly name: keyof Weights;
  readonly weight: number;
  readonly text: string | null;
}

/** What the signals of one thread are taken from beside the thread itself. */
export interface Surroundings {
  readonly set: DumpSet;
  readonly weights: Weights;
  readonly places: readonly Place[];
  readonly passages: ReadonlyMap<FrameIndex, Passage>;
  /** Threads that live, by the function they were started with. */
  readonly siblings: ReadonlyMap<FrameIndex, Siblings>;
  /** That live. */
  readonly threads: number;
  /** Places that are not where threads wait for work. */
  readonly active: readonly Place[];
  /** Threads at each innermost application frame, per dump. */
  readonly crowds: ReadonlyMap<FrameIndex, readonly number[]>;
  /** What is known of it already: per innermost frame, whether its crowd grows; per place, what holds for all its threads. */
  readonly growing: Map<FrameIndex, boolean>;
  readonly known: Map<Place, OfPlace>;
  readonly isIdle: (place: Place) => boolean;
  /** From the first to the last dump in which a thread stands where it stands, where they have times. */
  readonly stillFor: (track: Track) => Seconds | null;
  readonly source: SourceFacts | null;
  /** The main thread waits for its threads to end. */
  readonly batch: boolean;
  /** The program was to end, and did not. */
  readonly hung: boolean;
  /** Threads that waited for results of a pool went on. */
  readonly poolServes: () => boolean;
}

/** Threads that were started with one function. */
export interface Siblings {
  readonly threads: number;
  /** Where they stand; of very many places some. */
  readonly places: readonly Place[];
  /** How many stand at each innermost application frame. */
  readonly crowds: ReadonlyMap<FrameIndex | null, number>;
  /** How many moved lately. */
  readonly moving: number;
  readonly loops: readonly Track[];
  /** All are inside tasks and none moved lately. */
  readonly busy: boolean;
  /** Of the places those where a thread may stand that waits for work. */
  restful: readonly Place[] | undefined;
}

/** Places of siblings that a thread is compared with. */
const MOST_COMPARED = 200;

/** Sums up the threads that were started with one function. */
export function siblingsOf(tracks: readonly Track[]): Siblings {
  const crowds = new Map<FrameIndex | null, number>();
  const places = new Set<Place>();
  let busy = true;
  for (let i = 0; i < tracks.length; i++) {
    const track = tracks[i]!;
    const place = track.place!;
    crowds.set(place.view.innermost, (crowds.get(place.view.innermost) ?? 0) + 1);
    if (places.size < MOST_COMPARED) places.add(place);
    busy &&= place.view.inTask && track.still > 1;
  }
  return {
    threads: tracks.length,
    places: [...places],
    crowds,
    moving: tracks.filter(hasMoved).length,
    loops: tracks.filter((track) => track.loop !== null).slice(0, MOST_COMPARED),
    busy,
    restful: undefined,
  };
}

const hasMoved = (track: Track): boolean => track.still === 1 && track.rows > 1;

/** Adds up the signals of one thread. */
export class Signals {
  readonly list: Signal[] = [];
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** Those of a part that says the same of every thread of a place: worked out for the first of them. */
  addAll(signals: readonly Signal[]): void {
    for (const signal of signals) this.list.push(signal);
  }

  add(name: keyof Weights, text: string | null = null, times = 1): void {
    const weight = this.#weights[name] * times;
    if (weight !== 0) this.list.push({ name, weight, text });
  }

  drop(names: ReadonlySet<keyof Weights>): void {
    const kept = this.list.filter(({ name }) => !names.has(name));
    this.list.splice(0, this.list.length, ...kept);
  }

  /** 0 to 1. */
  get score(): number {
    return 1 / (1 + Math.exp(-this.list.reduce((sum, signal) => sum + signal.weight, 0)));
  }
}

/** How much a wait tells by itself. */
export function kindWeight(place: Place): number {
  if (place.view.meaning === null && place.says?.kind != null) return KIND_WEIGHTS[place.says.kind] ?? 0;
  return kindWeightOf(place.view);
}

function kindWeightOf({ meaning }: StackView): number {
  if (meaning === null) return 0;
  return RULE_WEIGHTS[meaning.rule.id] ?? KIND_WEIGHTS[meaning.wait.kind] ?? 0;
}

/** What is the same for all threads of a place; a place may have a hundred thousand. */
export interface OfPlace {
  readonly names: readonly Signal[];
  readonly relations: readonly Signal[];
  /** Threads at rest elsewhere that were started with the same function. */
  readonly idleSiblings: number;
}

function ofPlace(place: Place, around: Surroundings): OfPlace {
  let known = around.known.get(place);
  if (known === undefined) {
    const listOf = (fill: (signals: Signals) => void): readonly Signal[] => {
      const signals = new Signals(around.weights);
      fill(signals);
      return signals.list;
    };
    const siblings = place.view.entry === null ? undefined : around.siblings.get(place.view.entry);
    known = {
      names: listOf((signals) => {
        ofNames(signals, place, around.set);
      }),
      relations: listOf((signals) => {
        ofRelations(signals, place, around);
        ofSolitude(signals, place, around);
      }),
      idleSiblings: restfulOf(siblings, around).reduce(
        (sum, other) => sum + (standsIdle(other, place, around) ? other.tracks.length : 0),
        0,
      ),
    };
    around.known.set(place, known);
  }
  return known;
}

/** All signals of a thread that is not idle by its signature. */
export function signalsOf(track: Track, place: Place, around: Surroundings): Signals {
  const signals = new Signals(around.weights);
  const { view } = place;
  signals.add('prior');
  const loops = track.loop !== null && track.still < LEAST_STILL + 1;
  if (loops) {
    ofLoop(signals, track, place, around);
    ofHang(signals, place, around);
    return signals;
  }
  ofPersistence(signals, track, place, around);
  const seconds = around.stillFor(track);
  if (view.depth > 0 && seconds !== null && seconds >= LONG) signals.add('long', `stays there for ${Math.round(seconds)} s at least`);
  if (view.depth > 0 && track.history.doubts.includes('restart')) signals.add('restarted', 'still there after a restart of the process');
  ofCpu(signals, track);
  if (!signals.list.some((signal) => signal.name === 'spinning') || view.depth > 0)
    ofDepth(signals, view.depth, place, { main: track.main, inTask: view.inTask });
  ofWait(signals, track, place);
  ofPurpose(signals, place);
  // a pattern that never matches stands in such a loop too, so this counts less than a thread that is seen to move
  if (place.says?.goesOver != null) signals.add('roundsEnd', `by the source it goes over ${place.says.goesOver}, which ends`, 0.7);
  const known = ofPlace(place, around);
  signals.addAll(known.names);
  ofSiblings(signals, track, place, around);
  ofPassage(signals, track, place, around);
  signals.addAll(known.relations);
  const mayWork = view.meaning === null || WORKS.has(view.meaning.wait.kind);
  if (around.batch && !track.main && mayWork && kindWeight(place) < 1 && !signals.list.some((signal) => signal.name === 'siblingsIdle'))
    signals.add('batch', 'the main thread waits for the end of its threads, so this may be a long job');
  if (view.innermost !== null && hasFinalizer(place, around.set))
    signals.add('finalizer', 'a finalizer interrupted other code of the same thread');
  ofHang(signals, place, around);
  return signals;
}

/** What speaks for a thread of a service at rest; a program that hangs is none. */
const OF_SERVICES: ReadonlySet<keyof Weights> = new Set(['depth0', 'mainShallow', 'batch']);

function ofHang(signals: Signals, { view }: Place, { hung }: Surroundings): void {
  if (!hung || view.innermost === null) return;
  signals.drop(OF_SERVICES);
  signals.add('hung', 'the program was to end or to go on, and its own code is here');
}

/** Waits in which something may be done elsewhere, however long it takes. */
const WORKS: ReadonlySet<string> = new Set(['cpu', 'subprocess', 'net-read', 'db', 'file-io', 'unknown', 'import', 'join-process', 'ipc']);

function ofPersistence(signals: Signals, track: Track, place: Place, around: Surroundings): void {
  // who comes to a line where more and more threads stand will stay as well
  if (track.still <= 2 && place.longest > 2 && isGrowing(place, around)) return;
  if (track.still <= 2) signals.add('still2', null, track.still < LEAST_STILL ? 2 : 1);
  else if (track.still >= 4) signals.add('still4');
}

/** @param depth calls inside the function that the thread was started with, or inside the task */
function ofDepth(
  signals: Signals,
  depth: number,
  place: Place,
  { main, inTask }: { readonly main: boolean; readonly inTask: boolean },
): void {
  const { view } = place;
  const held = place.heldBy.some((other) => other.says?.waitsFor?.some((told) => told.place === place) === true && !waitsForEnd(other));
  if (view.innermost === null || (depth === 0 && (strong(place) || held || inWork(place)))) {
    if (!inWork(place)) signals.add('depth0', null, strong(place) || held ? 0.3 : 1);
    return;
  }
  if (depth === 0) signals.add('depth0', 'in the function it was started with, where threads wait for work');
  else if (depth === 1) signals.add('depth1', inTask ? null : '1 call inside its work');
  else signals.add(depth === 2 ? 'depth2' : 'depth3', `${depth} calls inside its work`);
  if (inTask) signals.add('inTask', 'in the middle of a task: a library called this function');
  else if (main && depth === 0) signals.add('mainShallow');
  else if (main && depth > 1) signals.add('mainDeep', 'the main thread is deep in its work');
  if (view.onLoop) signals.add('onLoop', 'it runs on an event loop, so everything else on that loop waits');
}

/** Deep in its work, or by the source, a thread does not wait for work. A sleep is no wait for anything. */
function notForWork(place: Place): boolean {
  if (place.says?.kind === 'sleep') return place.says.purpose?.purpose === 'poll';
  return place.view.depth > 1 || inWork(place);
}

function ofWait(signals: Signals, track: Track, place: Place): void {
  const { view } = place;
  // in JavaScript a line of the application runs, unless it is Atomics.wait
  const runsJavaScript = track.cpu !== null && track.cpu.share > 0.05;
  const told = view.meaning === null ? place.says : undefined;
  if (told?.kind != null) {
    const weight = kindWeight(place) * (kindWeight(place) < 0 && notForWork(place) ? (told.kind === 'sleep' ? 0.5 : 0) : 1);
    signals.add('kind', `the source says that it waits: ${told.by ?? told.kind}`, weight);
  } else if (view.meaning === null) {
    if (!view.applicationOnTop) signals.add('libraryTop');
    else if (view.depth > 0 && !runsJavaScript)
      signals.add('opaque', 'the line itself waits or computes: a lock, a read and a call into C leave no frame');
  } else {
    // deep in its work a thread does not wait for work
    const weight = kindWeight(place) * (kindWeight(place) < 0 && view.meaning.state === 'wait' && notForWork(place) ? 0 : 1);
    const why =
      weight > 0.5
        ? `${view.meaning.rule.label}, which rarely lasts by design`
        : weight < -0.3
          ? `${view.meaning.rule.label}, as threads without work do`
          : null;
    signals.add('kind', why, weight);
  }
  const end = view.end ?? place.says?.end ?? null;
  if (end === 'forever') signals.add('forever', view.depth > 0 ? 'the wait has no timeout' : null);
  else if (end === 'timed' && kindWeight(place) <= 0 && place.says?.purpose?.purpose !== 'poll')
    signals.add('timed', 'the wait has a timeout, so it began more than once or will end');
}

/** Innermost application functions whose names are looked at. */
const NAMES = 3;

/** The source says that a wait belongs to work that was begun. */
function inWork(place: Place): boolean {
  const purpose = place.says?.purpose?.purpose;
  return (purpose === 'answer' || purpose === 'inside' || purpose === 'poll') && !waitsForEnd(place);
}

/** Waits for other threads to end or to answer: it is as stuck as they are. */
function waitsForEnd(place: Place): boolean {
  const kind = place.view.meaning?.wait.kind ?? place.says?.kind;
  return kind === 'join' || kind === 'future' || kind === 'queue-join';
}

function ofPurpose(signals: Signals, place: Place): void {
  const { says } = place;
  if (says?.purpose == null || waitsForEnd(place)) return;
  const { purpose, facts, line, text } = says.purpose;
  const where = `${facts.file}:${line}`;
  if (purpose === 'work') signals.add('purposeRest', `by the source it waits for the next piece of work, in the loop at ${where}`);
  else if (purpose === 'period') signals.add('purposeRest', `by the source it sleeps between two rounds of the loop at ${where}`);
  else if (purpose === 'end') signals.add('purposeRest', `by the source it waits until it is told to end (${where})`);
  else if (purpose === 'answer')
    signals.add('purposeAnswer', `by the source it waits for an answer: it asked with ${text} at ${where}`, says.purpose.tight ? 0.3 : 1);
  else if (purpose === 'poll') signals.add('purposePoll', `by the source it tries again until it succeeds: ${text}, at ${where}`);
  else if (purpose === 'inside') signals.add('purposeInside', `by the source it is in the middle of a round of the loop at ${where}`);
  else signals.add('purposeOnce', `by the source no loop leads here: it happens once`);
  if (atRest(says)) return;
  if (says.nobodyIn !== null && (says.end ?? 'forever') === 'forever')
    signals.add('nobodyThere', `by the source only ${says.nobodyIn} can let it go on, and no other thread is there`);
  if (says.unchecked) signals.add('unchecked', 'by the source it does not look in a loop whether the condition is true already');
  if (says.keeps.length > 0 && says.kind !== 'sleep')
    signals.add('keeps', `by the source it holds ${says.keeps.slice(0, 2).join(' and ')} meanwhile`);
  if (says.holdsOne) signals.add('holds', 'by the source it holds one of what it waits for another of');
}

function ofNames(signals: Signals, place: Place, set: DumpSet): void {
  const names = place.view.application
    .slice(0, NAMES)
    .map((depth) => set.frames.functionOf(set.stacks.frameAt(place.view.stack, depth)) ?? '');
  const retry = names.find((name) => namesRetry(name));
  const one = names.find((name) => namesWaitForOne(name));
  if (one !== undefined && place.view.depth > 0) signals.add('wordsOne', `the name of ${one} says that it waits for one certain thing`);
  const idle = names.findIndex((name) => namesWaitForWork(name));
  if (retry !== undefined) signals.add('wordsRetry', `the name of ${retry} says that it tries again`);
  // names stand in for what the source says
  else if (idle !== -1 && !strong(place) && !inWork(place))
    signals.add('wordsIdle', `the name of ${names[idle]!} says that it waits for work`, 1 - 0.2 * idle);
}

/** A wait that is rarely by design is not made harmless by names and neighbours. */
function strong(place: Place): boolean {
  return kindWeight(place) >= STRONG_KIND;
}

function ofSiblings(signals: Signals, track: Track, place: Place, around: Surroundings): void {
  const { view } = place;
  const all = view.entry === null || track.main ? undefined : around.siblings.get(view.entry);
  const growing = isGrowing(place, around);
  if (growing) {
    const counts = around.crowds.get(view.innermost!)!;
    signals.add('growing', `more and more threads stand at this line: ${counts.filter((count) => count > 0).join(', ')}`);
  }
  if (!all || all.threads < 2) return;
  const others = all.threads - 1;
  const idle = ofPlace(place, around).idleSiblings;
  const alike = all.crowds.get(view.innermost)! - 1;
  if (idle > 0) {
    const text = `${idle} of ${others} other threads started with the same function wait for work elsewhere`;
    signals.add('siblingsIdle', text, view.poolThread ? 0.3 : 1);
  } else if (
    place.says?.nobodyIn == null &&
    !growing &&
    !strong(place) &&
    !inWork(place) &&
    place.waitsFor.length === 0 &&
    alike >= 2 &&
    alike === others &&
    !(isInPool(place) && view.meaning === null)
  ) {
    signals.add(
      'siblingsAlike',
      `all ${all.threads} threads started with the same function stand at this line`,
      view.applicationOnTop ? 0.5 : 1,
    );
  }
  if (view.perRequest && !strong(place))
    signals.add('perRequest', 'its server starts a thread for each request, and ids are used again at once: it may be several threads');
  if (all.moving > (hasMoved(track) ? 1 : 0)) signals.add('siblingsMove', 'threads started with the same function move meanwhile');
  if (!isInPool(place)) return;
  if (around.poolServes()) signals.add('served', 'threads that wait for results of the pool go on, so it works');
  else if (all.busy) signals.add('poolFull', `all ${all.threads} threads of the pool are inside their tasks and none moves`);
}

/** It alone does not wait for work; or it alone came another way to a line where others wait for work. */
function ofSolitude(signals: Signals, place: Place, around: Surroundings): void {
  const { view } = place;
  if (place.tracks.length > 1 || view.depth === 0 || (kindWeight(place) < 0 && view.depth < 2 && !inWork(place))) return;
  if (around.active.every((other) => other === place)) {
    const others = around.threads - 1;
    if (others >= 3) signals.add('onlyOne', 'it is the only thread that is not where threads wait for work');
    return;
  }
  const odd = around.active.some(
    (other) => other.tracks.length >= 3 && other.view.innermost === view.innermost && other.view.entry !== view.entry,
  );
  if (odd) signals.add('oddOne', 'other threads wait at the same line, but came there another way');
}

/** Idle, or in the function it was started with, in a wait that may be for work. */
export function isRestful(place: Place, isIdle: (place: Place) => boolean): boolean {
  return (
    isIdle(place) ||
    atRest(place.says) ||
    (place.view.depth === 0 && !inWork(place) && !place.view.inTask && !strong(place) && place.still >= LEAST_STILL)
  );
}

/** Those places of siblings of which {@link standsIdle} may hold, whoever asks. */
function restfulOf(siblings: Siblings | undefined, around: Surroundings): readonly Place[] {
  if (siblings === undefined) return [];
  return (siblings.restful ??= siblings.places.filter(
    (place) => around.isIdle(place) || atRest(place.says) || (place.still >= LEAST_STILL && kindWeight(place) <= 0),
  ));
}

/** A sibling at rest: idle by signature, or nearer to its start, where a thread like it waits for work. */
function standsIdle(place: Place, mine: Place, { set, isIdle }: Surroundings): boolean {
  if (place === mine || place.view.innermost === mine.view.innermost) return false;
  if (isIdle(place) || atRest(place.says)) return true;
  if (place.view.depth >= mine.view.depth || place.still < LEAST_STILL || kindWeight(place) > 0) return false;
  const { innermost } = place.view;
  return place.view.depth === 0 || (innermost !== null && namesWaitForWork(set.frames.functionOf(innermost) ?? ''));
}

/** More and more threads come to stand at the line. */
export function isGrowing({ view }: Place, around: Surroundings): boolean {
  if (view.innermost === null) return false;
  let known = around.growing.get(view.innermost);
  if (known === undefined) around.growing.set(view.innermost, (known = grows(around.crowds.get(view.innermost) ?? [])));
  return known;
}

function grows(counts: readonly number[]): boolean {
  const [first, last] = [counts.find((count) => count > 0) ?? 0, counts.at(-1) ?? 0];
  const rising = counts.every((count, i) => i === 0 || count >= counts[i - 1]!);
  return counts.length >= LEAST_FOR_GROWTH && rising && last >= first + 3 && last >= first * 1.5;
}

function ofPassage(signals: Signals, track: Track, place: Place, around: Surroundings): void {
  const passage = place.view.innermost === null ? undefined : around.passages.get(place.view.innermost);
  if (!passage || !isPassable({ ...place, still: track.still }, around.passages) || isHeldNow(place)) return;
  signals.add('passable', `threads passed this line ${passage.left === 1 ? 'once' : `${passage.left} times`} while the dumps were taken`);
}

function ofRelations(signals: Signals, place: Place, around: Surroundings): void {
  // that the main thread waits for the end of others is no sign
  const counts = (other: Place): boolean =>
    other !== place &&
    other.view.meaning?.wait.kind !== 'barrier' &&
    (other.view.onLoop || !(waitsForEnd(other) && other.tracks.every((track) => track.main)));
  const waiting = place.heldBy.filter(counts);
  const waiters = waiting.reduce((sum, other) => sum + other.tracks.length, 0);
  const guessed = waiting.every((other) => other.waitsFor.every(({ place: holder, strength }) => holder !== place || strength === 1));
  if (place.inCycle) {
    const why = place.waitsFor.find(({ place: holder }) => holder.inCycle)?.why;
    signals.add('cycle', `it waits for a thread that waits for it${why === undefined ? '' : `, which ${why}`}`);
  } else if (waiters > 0) {
    const why = waiting.flatMap((other) => other.waitsFor).find(({ place: holder, strength }) => holder === place && strength > 1)?.why;
    const text = `${waiters} ${waiters === 1 ? 'thread waits' : 'threads wait'} for what it ${guessed ? 'may hold' : 'holds or does'}${why === undefined ? '' : `: it ${why}`}`;
    signals.add('holds', text, guessed ? 0.6 : 1);
  }
  if (place.inCycle || place.waitsFor.length === 0) return;
  const kind = place.view.meaning?.wait.kind;
  // a task that sleeps or goes over a collection goes on by itself
  const goesOn = ({ says }: Place): boolean => (says?.kind === 'sleep' && says.purpose?.purpose !== 'poll') || says?.goesOver != null;
  const moving = place.waitsFor.filter(({ place: holder }) => holder.moving || goesOn(holder));
  const stuck = place.waitsFor.filter(({ place: holder }) => holder.still >= LEAST_STILL && !around.isIdle(holder));
  if (kind === 'barrier') signals.add('waitsForMoving', 'a thread started with the same function has not come to the barrier yet');
  else if (moving.length > 0) signals.add('waitsForMoving', 'the thread that is past this line moves');
  else if (stuck.length > 0 && !waitsForEnd(place)) {
    const weak = stuck.every(({ strength }) => strength === 1);
    signals.add(
      'waitsForStuck',
      weak ? 'a thread that may be past this line stands still' : 'the thread that is past this line stands still',
      weak ? 0.6 : 1,
    );
  }
}

function ofCpu(signals: Signals, track: Track): void {
  const { cpu } = track;
  if (cpu === null) return;
  if (cpu.loopIdle !== null && cpu.loopIdle >= 0.05) signals.add('loopTurns', 'its event loop was idle in between, so it left this place');
  const bounded = track.newest.view.meaning !== null && kindWeightOf(track.newest.view) < -1;
  if (cpu.share >= SPINS_AT && (cpu.loopIdle ?? 0) < 0.05 && !bounded && track.newest.thread.stack !== 0)
    signals.add(
      'spinning',
      `used ${Math.round(cpu.share * 100)} % of a CPU over ${Math.round(cpu.span)} s while its event loop did not turn`,
    );
  else if (cpu.share < 0.05 && cpu.loopIdle !== null && cpu.loopIdle < 0.05 && track.newest.thread.stack !== 0)
    signals.add('loopNeverTurned', 'its event loop did not turn, and it used no CPU');
}

function ofLoop(signals: Signals, track: Track, place: Place, around: Surroundings): void {
  const loop = track.loop!;
  signals.add('loops', `goes round ${loop.places} places within one function in ${loop.rows} dumps`);
  ofDepth(signals, Math.max(0, loop.depth), place, { main: track.main, inTask: false });
  const rounds = roundsOf(around.source, loop.around);
  if (rounds) {
    if (rounds.ends) signals.add('roundsEnd', `by the source it goes over ${rounds.text}, which ends`);
    else signals.add('roundsOpen', `by the source only a condition ends ${rounds.text}`);
  }
  const names = newestRows(track.stays, loop.rows).flatMap(({ view }) =>
    view.application.slice(0, 2).map((depth) => around.set.frames.functionOf(around.set.stacks.frameAt(view.stack, depth)) ?? ''),
  );
  const retry = names.find((name) => namesRetry(name));
  if (retry !== undefined) signals.add('wordsRetry', `the name of ${retry} says that it tries again`, 2);
  const siblings = place.view.entry === null ? undefined : around.siblings.get(place.view.entry);
  if (restfulOf(siblings, around).some((other) => standsIdle(other, place, around)))
    signals.add('siblingsIdle', 'threads started with the same function wait for work elsewhere', place.view.inTask ? 0.3 : 1);
  const { frames } = around.set;
  const function1 = frames.withoutPosition(loop.around);
  const together = (siblings?.loops ?? []).filter((other) => other !== track && frames.withoutPosition(other.loop!.around) === function1);
  if (together.length > 0) signals.add('loopTogether', 'other threads go round the same lines');
  if (together.some((other) => inLockstep(track, other)))
    signals.add('loopLockstep', 'one of them is at the same place in every dump, so they react to each other');
  if (place.heldBy.some((other) => other !== place && other.still >= LEAST_STILL && !waitsForEnd(other)))
    signals.add('loopHolds', 'threads wait at a line that it is past');
  if (place.says?.purpose?.purpose === 'poll') ofPurpose(signals, place);
  ofCpu(signals, track);
}

/** At the same place in every dump that is looked at, and never at a barrier, where that is the purpose. */
function inLockstep(one: Track, other: Track): boolean {
  const [a, b] = [newestRows(one.stays, one.loop!.rows), newestRows(other.stays, other.loop!.rows)];
  if (a.length !== b.length) return false;
  return a.every((row, i) => row.at === b[i]!.at && row.view.core === b[i]!.view.core && row.view.meaning?.wait.kind !== 'barrier');
}

function hasFinalizer(place: Place, set: DumpSet): boolean {
  return place.view.application.some((depth, i) => i > 0 && set.frames.isIn(set.stacks.frameAt(place.view.stack, depth), '__del__'));
}
