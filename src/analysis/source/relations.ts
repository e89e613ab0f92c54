import type { ObjectFact } from './facts.js';
import { RELEASING_METHODS, type WaitingFor } from './kinds.js';
import { weaker, type Certainty } from './names.js';
import type { SourceFacts } from './source-facts.js';
import type { Held, Standing } from './standing.js';
import { childOf } from './syntax.js';

/** One thread waits for another, by what the source says of both. Threads are places in the list that was given. */
export interface WaitsFor {
  readonly waiter: number;
  readonly holder: number;
  /**
   * `holds`: it holds what the other wants; `runs`: it runs what the other joins or wants the result of; `releases`: it
   * stands in a function that could let the other go on (sets the event, fills the queue).
   */
  readonly because: 'holds' | 'runs' | 'releases';
  readonly object: ObjectFact | null;
  readonly wantedAt: { readonly file: string; readonly line: number };
  /** Where it was taken, or where the holder stands. */
  readonly heldAt: { readonly file: string; readonly line: number };
  /** `guessed` where the two may speak of two objects of one class. */
  readonly certainty: Certainty;
}

/** Threads that wait for each other round a circle; one thread that waits for itself is a circle too. */
export interface Cycle {
  readonly threads: readonly number[];
  readonly edges: readonly WaitsFor[];
  readonly certainty: Certainty;
}

/** A function of the program that lets waiters go on, and the threads that are in it. */
export interface Releaser {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly threads: readonly number[];
}

/** What one thread waits on, and what the source knows of the other side of it. */
export interface WaitingOn {
  readonly thread: number;
  readonly kind: WaitingFor | 'call';
  readonly object: ObjectFact | null;
  /** Threads that are known to hold it. */
  readonly holders: readonly number[];
  /** All threads that wait on the same, this one too. */
  readonly waiters: readonly number[];
  /** Null where the object is not known, so that nobody can say. */
  readonly releasers: readonly Releaser[] | null;
  /** It holds one of what it waits for another of (a pool's connection, a semaphore's slot). */
  readonly holdsOne: boolean;
  /** There are functions that could let it go on, and no thread but those that wait is in one. */
  readonly nobody: boolean;
  /** It gives up after a time, or does not wait at all. */
  readonly limited: boolean;
}

export interface Relations {
  readonly edges: readonly WaitsFor[];
  readonly cycles: readonly Cycle[];
  /** Of threads that wait on something. */
  readonly waiting: ReadonlyMap<number, WaitingOn>;
  /** By thread: those that it waits for in the end, along all edges of which it is the begin; in a cycle the cycle's others. */
  rootsOf(thread: number): readonly number[];
}

/** More edges say nothing more: 300 threads that hold and want locks of one class have 90,000. */
const MOST_EDGES = 20_000;
/** What is waited for by taking it. */
const TAKEN: ReadonlySet<WaitingFor | 'call'> = new Set([
  'lock',
  'semaphore',
  'lock-file',
  'lock-remote',
  'unknown',
  'call',
  'db',
  'queue',
]);
/** Ways of holding by which a transaction may be open. */
const OPEN: ReadonlySet<Held['by']> = new Set(['transaction', 'with', 'checkout']);

/**
 * Who waits for whom among the threads of one dump. Each thread's place in `standings` is its name here.
 *
 * Holders are found by where a lock is kept (module and name, class and attribute), since a dump has no addresses. Where
 * there are several objects of a class, an edge is a guess, and says so.
 */
export function relationsOf(standings: readonly Standing[], source: SourceFacts): Relations {
  const edges: WaitsFor[] = [];
  const waiting = new Map<number, WaitingOn>();
  const heldUnder = new Map<string, { thread: number; held: Held }[]>();
  const waitersUnder = new Map<string, number[]>();
  for (const [thread, { holds, waits }] of standings.entries()) {
    for (const held of holds) for (const key of held.object.keys) pushTo(heldUnder, key, { thread, held });
    for (const key of wantedKeys(waits)) pushTo(waitersUnder, key, thread);
  }
  const inFunction = threadsInFunctions(standings);
  const started = threadsStartedWith(standings);
  const releasers = new Map<string, readonly Releaser[]>();
  for (const [thread, standing] of standings.entries()) {
    const { waits } = standing;
    if (waits === null) continue;
    const { operation, facts } = waits;
    const keys = wantedKeys(waits);
    const wantedAt = { file: facts.file, line: facts.line };
    const holders = new Set<number>();
    let holdsOne = false;
    if (TAKEN.has(operation.kind)) {
      for (const { thread: holder, held } of keys.flatMap((key) => heldUnder.get(key) ?? [])) {
        if (holder === thread) {
          holdsOne ||= operation.kind !== 'lock' && operation.kind !== 'db';
          if (operation.kind !== 'lock' || !waitsForItself(held, operation.object)) continue;
        }
        // statements of a database wait for an open transaction, not for each other
        if (operation.kind === 'db' && (standings[holder]!.waits?.operation.kind === 'db' || !OPEN.has(held.by))) continue;
        if (holders.has(holder) || edges.length >= MOST_EDGES) continue;
        holders.add(holder);
        edges.push({
          waiter: thread,
          holder,
          because: 'holds',
          object: held.object,
          wantedAt,
          heldAt: { file: held.file, line: held.line },
          certainty: edgeCertainty(held, operation.object, operation.certainty),
        });
      }
    }
    for (const fn of operation.runs) {
      // a function that also others call: those that were started with it run it
      for (const holder of started.get(fn) ?? inFunction.get(fn) ?? []) {
        if (holder === thread || edges.length >= MOST_EDGES) continue;
        const at = standings[holder]!.facts.find((frame) => frame !== null)!;
        edges.push({
          waiter: thread,
          holder,
          because: 'runs',
          object: operation.object,
          wantedAt,
          heldAt: { file: at.file, line: at.line },
          certainty: 'inferred',
        });
      }
    }
    const known = releasersOf(operation.kind, operation.object, source, inFunction, releasers);
    for (const releaser of known ?? []) {
      for (const holder of releaser.threads) {
        if (holder === thread || edges.length >= MOST_EDGES || operation.kind === 'lock' || operation.kind === 'semaphore') continue;
        edges.push({
          waiter: thread,
          holder,
          because: 'releases',
          object: operation.object,
          wantedAt,
          heldAt: { file: releaser.file, line: releaser.line },
          certainty: 'inferred',
        });
      }
    }
    const waiters = [...new Set(keys.flatMap((key) => waitersUnder.get(key) ?? []))];
    waiting.set(thread, {
      thread,
      kind: operation.kind,
      object: operation.object,
      holders: [...holders],
      waiters,
      releasers: known,
      holdsOne,
      nobody: isNobodyThere(known, waiters),
      limited: operation.limit.kind !== 'none',
    });
  }
  const strong = edges.filter(({ because }) => because !== 'releases');
  const out = adjacency(strong);
  const components = stronglyConnected(standings.length, out);
  return { edges, cycles: cyclesIn(components, strong), waiting, rootsOf: (thread) => rootsFrom(thread, out, components) };
}

/** The keys of what a thread wants: the lock itself, or what the call gives (`engine.connect()`). */
function wantedKeys(waits: Standing['waits']): readonly string[] {
  if (waits === null) return [];
  const { operation } = waits;
  // who takes an item that others are to put back waits for those who have one
  if (operation.kind === 'call' || operation.kind === 'unknown' || operation.kind === 'queue') return operation.gives;
  return operation.object?.keys ?? [];
}

/** A lock that is not reentrant is waited for by its own holder when there is one such object, or it goes by the same words. */
function waitsForItself(held: Held, wanted: ObjectFact | null): boolean {
  if (wanted === null || held.earlierRound || held.object.kind !== 'lock') return false;
  return held.object.instances === 'one' || (held.object.text === wanted.text && held.object.instances !== 'several');
}

function edgeCertainty(held: Held, wanted: ObjectFact | null, certainty: Certainty): Certainty {
  const several = held.object.instances === 'several' || wanted?.instances === 'several';
  return several ? 'guessed' : weaker(weaker(held.certainty, certainty), held.object.instances === 'one' ? 'read' : 'inferred');
}

function threadsInFunctions(standings: readonly Standing[]): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const [thread, { facts }] of standings.entries()) {
    for (const frame of facts) {
      if (frame === null) continue;
      for (const key of [frame.function, `${frame.file}:${frame.function}`]) {
        const threads = found.get(key);
        if (threads) threads.add(thread);
        else found.set(key, new Set([thread]));
      }
    }
  }
  return new Map([...found].map(([key, threads]) => [key, [...threads]]));
}

/** By the outermost function with source: the thread's own, or that of the task a library was given. */
function threadsStartedWith(standings: readonly Standing[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [thread, { facts }] of standings.entries()) {
    const outermost = facts.findLast((frame) => frame !== null);
    if (outermost) pushTo(found, outermost.function, thread);
  }
  return found;
}

/** A module's own code runs on the main thread, and may always go on. */
function isNobodyThere(releasers: readonly Releaser[] | null, waiters: readonly number[]): boolean {
  if (releasers === null || releasers.length === 0) return false;
  return !releasers.some(({ function: fn, threads }) => fn === '<module>' || threads.some((thread) => !waiters.includes(thread)));
}

/** Where the program lets go on who waits for this object: `ready.set()`, `jobs.put(…)`. */
function releasersOf(
  kind: WaitingFor | 'call',
  object: ObjectFact | null,
  source: SourceFacts,
  inFunction: ReadonlyMap<string, readonly number[]>,
  known: Map<string, readonly Releaser[]>,
): readonly Releaser[] | null {
  const methods = kind === 'call' ? undefined : RELEASING_METHODS[kind];
  if (methods === undefined || object === null || object.keys.length === 0) return null;
  const key = `${kind} ${object.keys.join(' ')}`;
  const before = known.get(key);
  if (before) return before;
  const found = new Map<string, Releaser>();
  for (const method of methods) {
    for (const { node, module, within } of source.program.callsNamed(method)) {
      const called = childOf(node, 'function');
      const receiver = called?.kind === 'attribute' ? childOf(called, 'object') : undefined;
      const value = receiver && source.names.valueOf(receiver, module, within);
      if (!value?.keys.some((one) => object.keys.includes(one))) continue;
      const name = within?.qualified ?? '<module>';
      const id = `${module.file}:${name}`;
      if (!found.has(id)) found.set(id, { function: name, file: module.file, line: node.line, threads: inFunction.get(id) ?? [] });
    }
  }
  const releasers = [...found.values()];
  known.set(key, releasers);
  return releasers;
}

type Adjacency = ReadonlyMap<number, readonly number[]>;

function adjacency(edges: readonly WaitsFor[]): Adjacency {
  const out = new Map<number, number[]>();
  for (const { waiter, holder } of edges) pushTo(out, waiter, holder);
  return out;
}

/** Tarjan's components, without recursion: component number by thread. */
function stronglyConnected(count: number, out: Adjacency): readonly number[] {
  const component = new Array<number>(count).fill(-1);
  const index = new Array<number>(count).fill(-1);
  const low = new Array<number>(count).fill(0);
  const stack: number[] = [];
  const onStack = new Array<boolean>(count).fill(false);
  let [next, components] = [0, 0];
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const work = [{ at: root, edge: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1)!;
      const { at } = frame;
      if (frame.edge === 0) {
        index[at] = low[at] = next++;
        stack.push(at);
        onStack[at] = true;
      }
      const to = out.get(at)?.[frame.edge++];
      if (to !== undefined) {
        if (index[to] === -1) work.push({ at: to, edge: 0 });
        else if (onStack[to]) low[at] = Math.min(low[at]!, index[to]!);
        continue;
      }
      if (low[at] === index[at]) {
        for (let member = -1; member !== at;) {
          member = stack.pop()!;
          onStack[member] = false;
          component[member] = components;
        }
        components++;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low[parent.at] = Math.min(low[parent.at]!, low[at]!);
    }
  }
  return component;
}

function cyclesIn(component: readonly number[], edges: readonly WaitsFor[]): Cycle[] {
  const within = new Map<number, WaitsFor[]>();
  for (const edge of edges) if (component[edge.waiter] === component[edge.holder]) pushTo(within, component[edge.waiter]!, edge);
  return [...within.values()].map((inside) => {
    const round = shortestRound(inside);
    const threads = [...new Set(inside.flatMap(({ waiter, holder }) => [waiter, holder]))].sort((a, b) => a - b);
    return { threads, edges: round, certainty: round.reduce<Certainty>((all, edge) => weaker(all, edge.certainty), 'read') };
  });
}

/** One way round a component, to be told to people. */
function shortestRound(edges: readonly WaitsFor[]): WaitsFor[] {
  const start = edges[0]!.waiter;
  const by = new Map<number, WaitsFor>();
  const waiting = [start];
  const out = new Map<number, WaitsFor[]>();
  for (const edge of edges) pushTo(out, edge.waiter, edge);
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    for (const edge of out.get(at) ?? []) {
      if (edge.holder === start) {
        const round = [edge];
        for (let back = at; back !== start;) {
          const step = by.get(back)!;
          round.unshift(step);
          back = step.waiter;
        }
        return round;
      }
      if (by.has(edge.holder)) continue;
      by.set(edge.holder, edge);
      waiting.push(edge.holder);
    }
  }
  return [];
}

function rootsFrom(thread: number, out: Adjacency, component: readonly number[]): number[] {
  const roots: number[] = [];
  const seen = new Set([thread]);
  const waiting = [thread];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    const next = out.get(at) ?? [];
    const ends = next.every((to) => component[to] === component[at]);
    if (ends && at !== thread) roots.push(at);
    for (const to of next) {
      if (seen.has(to)) continue;
      seen.add(to);
      waiting.push(to);
    }
  }
  return roots;
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
