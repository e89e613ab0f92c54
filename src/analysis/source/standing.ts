import type { StackIndex, Tables } from '../../model/index.js';
import type { FrameFacts, HeldFact, ObjectFact, Operation } from './facts.js';
import type { SourceFacts } from './source-facts.js';

/** Something that a thread holds, and the depth of the frame because of which (0 is the most recent call). */
export interface Held extends HeldFact {
  readonly depth: number;
}

/** What a thread waits for, as its innermost frame with source says it. */
export interface Waits {
  readonly depth: number;
  readonly facts: FrameFacts;
  readonly operation: Operation;
}

/** What the source says of a thread that stands on a stack. */
export interface Standing {
  /** By depth; null where there is no source. */
  readonly facts: readonly (FrameFacts | null)[];
  /** Null: no source, or the line calls nothing that is known to wait. */
  readonly waits: Waits | null;
  readonly holds: readonly Held[];
}

/** Reads a stack: what it waits for, and all that its frames hold meanwhile. */
export function standingOf(tables: Tables, stack: StackIndex, source: SourceFacts): Standing {
  const rows = [...tables.stacks.frames(stack)];
  const facts = rows.map((row) => source.of(row));
  const depth = facts.findIndex((found) => found !== null);
  if (depth === -1) return { facts, waits: null, holds: [] };
  const top = facts[depth]!;
  const callee = depth === 0 ? null : tables.frames.functionOf(rows[depth - 1]!);
  const operation = operationOf(top, callee);
  const waits = operation && { depth, facts: top, operation };
  return { facts, waits, holds: heldBy(facts, waits) };
}

/** Which of a line's operations a thread is in: the one that called the next frame; on top, what waits without leaving a frame. */
function operationOf(facts: FrameFacts, callee: string | null): Operation | null {
  const waiting = facts.operations.filter((operation) => operation.kind !== 'call');
  if (callee === null)
    return (
      waiting.find((operation) => operation.limit.kind !== 'immediate') ?? facts.operations.find(({ gives }) => gives.length > 0) ?? null
    );
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  const called = facts.operations.find((operation) => operation.name === name);
  // `with lock:` calls `__enter__`, a class its `__init__`; decorators and wrappers come under their own name
  return called ?? waiting[0] ?? facts.operations.find(({ gives }) => gives.length > 0) ?? null;
}

function heldBy(facts: readonly (FrameFacts | null)[], waits: Waits | null): Held[] {
  const held: Held[] = [];
  const seen = new Set<string>();
  for (const [depth, frame] of facts.entries()) {
    for (const one of frame?.holds ?? []) {
      // to wait on a condition is to give back its lock
      if (waits?.operation.kind === 'condition' && shareKey(one.object, waits.operation.object)) continue;
      // on top of the stack it is being entered; what is called from its body has it
      if (one.onItsLine && (depth === 0 || (waits?.depth === depth && waits.operation.name === '__enter__'))) continue;
      if (one.earlierRound && one.roundsFrom !== null && roundsOf(facts, depth, one.roundsFrom) === 1) continue;
      const key = `${one.object.keys.join()} ${one.object.text} ${one.file}:${one.line}`;
      if (seen.has(key)) continue;
      seen.add(key);
      held.push({ ...one, depth });
    }
  }
  return held;
}

/** How often a loop over `*args` goes round, by the call in the nearest frame below that calls the function. */
function roundsOf(facts: readonly (FrameFacts | null)[], depth: number, from: number): number | null {
  const name = facts[depth]!.function.split('.').at(-1);
  for (let below = depth + 1; below < facts.length; below++) {
    const frame = facts[below];
    if (!frame) continue;
    const call = frame.operations.find((operation) => operation.name === name);
    return call?.given == null ? null : call.given - from;
  }
  return null;
}

/** Whether two facts may speak of one object. */
function shareKey(a: ObjectFact, b: ObjectFact | null): boolean {
  return b !== null && a.keys.some((key) => b.keys.includes(key));
}
