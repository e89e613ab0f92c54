import type { DumpSet, FrameIndex } from '../../model/index.js';
import type { WaitKind } from '../signatures/index.js';
import {
  purposeOf,
  relationsOf,
  standingOf,
  type PurposeFact,
  type SourceFacts,
  type Standing,
  type WaitingOn,
  type WaitsFor,
} from '../source/index.js';
import type { Held, Place } from './relations.js';

/** What the source says of one place. */
export interface SourceSays {
  /** What the line waits for, as a word of the vocabulary; null where it says nothing. */
  readonly kind: WaitKind | null;
  /** The call, as written. */
  readonly by: string | null;
  readonly end: 'timed' | 'forever' | null;
  readonly purpose: PurposeFact | null;
  /** Functions that alone could let it go on, while no thread is in one of them. Null: somebody is there, or nobody can tell. */
  readonly nobodyIn: string | null;
  /** Locks that it holds while it waits for something else, with the line where each was taken. */
  readonly keeps: readonly string[];
  /** It waits on a condition without looking in a loop whether that is true already. */
  readonly unchecked: boolean;
  /** It is at no known wait, and goes over this: a collection or range, which ends. */
  readonly goesOver: string | null;
  /** It waits for another one of what it holds. */
  readonly holdsOne: boolean;
  /** Whom it waits for, by what the source says. Null: the source does not know what it waits for. */
  readonly waitsFor: readonly Held[] | null;
}

/** Threads of one place that are looked at: two may wait for each other on equal stacks. */
const PER_PLACE = 2;
/** Threads in all: relations are between pairs. */
const MOST_THREADS = 600;

/** Reads the source of all places of a process, and who holds what another one wants. */
export function sourceSays(set: DumpSet, source: SourceFacts, places: readonly Place[]): Map<Place, SourceSays> {
  const standings: Standing[] = [];
  const placeAt: Place[] = [];
  const firstOf = new Map<Place, number>();
  for (const place of places) {
    if (standings.length >= MOST_THREADS || place.view.innermost === null) continue;
    const standing = standingOf(set, place.view.stack, source);
    if (standing.facts.every((facts) => facts === null)) continue;
    firstOf.set(place, standings.length);
    for (let i = 0; i < Math.min(PER_PLACE, place.tracks.length); i++) {
      standings.push(standing);
      placeAt.push(place);
    }
  }
  const relations = relationsOf(standings, source);
  const edges = new Map<Place, WaitsFor[]>();
  for (const edge of relations.edges) {
    const list = edges.get(placeAt[edge.waiter]!);
    if (list) list.push(edge);
    else edges.set(placeAt[edge.waiter]!, [edge]);
  }
  const says = new Map<Place, SourceSays>();
  for (const [place, index] of firstOf) {
    const standing = standings[index]!;
    const operation = standing.waits?.operation ?? null;
    const waiting = relations.waiting.get(index);
    const kind = operation === null || operation.kind === 'call' || operation.kind === 'unknown' ? null : operation.kind;
    const purpose = purposeOf(standing, place.view.meaning?.wait.kind);
    says.set(place, {
      kind,
      by: operation === null || kind === null ? null : operation.text,
      end: kind === null ? null : operation!.limit.kind === 'none' ? 'forever' : operation!.limit.kind === 'immediate' ? null : 'timed',
      purpose,
      nobodyIn: waiting ? nobodyIn(waiting, purpose) : null,
      keeps: standing.holds.filter(isLock).map((held) => `${held.object.text} (${shortPlace(held)})`),
      unchecked: isUnchecked(standing),
      goesOver: kind === null && place.view.applicationOnTop ? goesOver(standing) : null,
      holdsOne: waiting?.holdsOne ?? false,
      waitsFor: kind === null ? null : heldOf(edges.get(place) ?? [], placeAt),
    });
  }
  return says;
}

function heldOf(edges: readonly WaitsFor[], placeAt: readonly Place[]): Held[] {
  const held = new Map<Place, Held>();
  for (const edge of edges) {
    if (edge.because === 'releases') continue;
    const place = placeAt[edge.holder]!;
    if (held.has(place)) continue;
    const object = edge.object?.text ?? 'it';
    const told = { read: 'read in', inferred: 'inferred from', guessed: 'guessed from' }[edge.certainty];
    const why =
      edge.because === 'runs'
        ? `runs what is waited for at ${edge.wantedAt.file}:${edge.wantedAt.line} (${told} the source)`
        : `holds ${object} since ${edge.heldAt.file}:${edge.heldAt.line}, wanted at ${edge.wantedAt.file}:${edge.wantedAt.line} (${told} the source)`;
    held.set(place, { place, why, strength: edge.certainty === 'guessed' ? 2 : 3 });
  }
  return [...held.values()];
}

function isLock({ object, certainty, by }: Standing['holds'][number]): boolean {
  if (by === 'transaction') return true;
  return certainty !== 'guessed' && (object.kind === 'lock' || object.kind === 'rlock' || object.kind === 'file-lock');
}

/**
 * The functions that alone could let a thread go on, while no other thread is in one. Of a mailbox that says nothing, since
 * its senders come and go; but an answer was to come, and slots are given back by those who have them.
 */
function nobodyIn({ nobody, releasers, kind }: WaitingOn, purpose: PurposeFact | null): string | null {
  if (!nobody || releasers === null) return null;
  const expected = purpose?.purpose === 'answer' || purpose?.purpose === 'inside';
  const slots = kind === 'semaphore' && releasers.every(({ threads }) => threads.length > 0);
  if (!expected && !slots) return null;
  return releasers
    .slice(0, 2)
    .map((one) => `${one.function} (${shortPlace(one)})`)
    .join(' and ');
}

function goesOver({ facts: [top] }: Standing): string | null {
  const loops = top?.loops ?? [];
  return loops.length > 0 && loops.every(({ kind }) => kind === 'bounded') ? loops[0]!.condition : null;
}

/** `condition.wait()` outside of a loop on what is waited for: a notify that came before is lost. */
function isUnchecked({ waits }: Standing): boolean {
  if (waits?.operation.kind !== 'condition' || waits.operation.name !== 'wait' || waits.operation.limit.kind !== 'none') return false;
  return !waits.facts.loops.some(({ kind }) => kind === 'until-true' || kind === 'until-told');
}

/** File without folders, and line. */
function shortPlace({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}:${line}`;
}

/** How the loop that a moving thread never leaves will end: by itself, or only by a condition. Null: the source does not say. */
export function roundsOf(source: SourceFacts | null, around: FrameIndex): { readonly ends: boolean; readonly text: string } | null {
  const loops = source?.of(around)?.loops ?? [];
  const open = loops.find(({ kind, exit }) => kind === 'until-true' || (kind === 'endless' && exit === 'some'));
  if (open) return { ends: false, text: `the loop at line ${open.line}${open.condition === 'True' ? '' : `, while ${open.condition}`}` };
  return loops.length > 0 && loops.every(({ kind }) => kind === 'bounded') ? { ends: true, text: loops[0]!.condition } : null;
}

/** Waits for the next piece of work, for the clock, or for the end of the program. */
export function atRest(says: SourceSays | undefined): boolean {
  const purpose = says?.purpose?.purpose;
  return purpose === 'work' || purpose === 'period' || purpose === 'end';
}
