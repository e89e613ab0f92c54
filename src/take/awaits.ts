/**
 * Where the async functions of an idle Node process wait. They stand on no stack; V8 keeps each as an object that knows the line at
 * which it goes on. Those objects are found in a heap snapshot, and who waits for whom by the promises between them, as V8 itself walks
 * them for the async part of an error's stack (src/execution/isolate.cc, CaptureAsyncStackTrace). A snapshot holds the thread
 * while it is made, and takes memory in proportion to the heap, so it is made of small heaps only.
 *
 * What nothing can ever wake is not found: it is garbage, and is collected.
 */
import type { Params, ThreadSession } from './inspector-session.js';

type Milliseconds = number;

/** A second of standstill for each twenty megabytes or so; then a process that is just idle would notice. */
const MOST_HEAP = 48 * 2 ** 20;
const SNAPSHOT_MS: Milliseconds = 20_000;
const ASK_MS: Milliseconds = 3000;
/** Async functions that are asked where they wait. */
const MOST_WAITING = 300;
const MOST_FRAMES = 60;
/** Objects between an async function and the one that waits for it: a promise, its reaction and closure for each `then` and `Promise.all`. */
const MOST_STEPS = 200;

/** An async function that waits, and those that wait for it, the most recent call first, as entries of a report's stack. */
export interface AsyncStack {
  readonly id: string;
  readonly stack: readonly string[];
}

/**
 * Looks for async functions that wait.
 *
 * @param main of a process that the preload has prepared
 * @param scripts names of the scripts by their ids, as `Debugger.scriptParsed` told them
 * @returns null where the heap is too large for it, or the process does not answer
 */
export async function asyncStacks(main: ThreadSession, scripts: ReadonlyMap<string, string>): Promise<AsyncStack[] | null> {
  const used = (await main.call('Runtime.getHeapUsage', {}, ASK_MS))?.['usedSize'];
  if (typeof used !== 'number' || used > MOST_HEAP) return null;
  const parts: string[] = [];
  main.onEvent((method, params) => {
    if (method === 'HeapProfiler.addHeapSnapshotChunk') parts.push(String(params['chunk']));
  });
  if ((await main.call('HeapProfiler.takeHeapSnapshot', { reportProgress: false }, SNAPSHOT_MS)) === null) return null;
  const heap = new Heap(JSON.parse(parts.join('')) as HeapSnapshot);
  const waiting = heap.asyncFunctions();
  const callers = new Map(waiting.map((node) => [node, heap.callerOf(node)]));
  const places = new Map<number, AsyncPlace | null>();
  for (const node of waiting.slice(0, MOST_WAITING)) places.set(node, await placeOf(main, heap, node, scripts));
  const waitedFor = new Set(callers.values());
  return waiting.flatMap((node) => {
    // one that another is waited for by is told below that one
    const own = places.get(node);
    if (waitedFor.has(node) || !own) return [];
    const stack: string[] = [];
    const seen = new Set<number>();
    for (let at: number | null | undefined = node; typeof at === 'number' && !seen.has(at); at = callers.get(at)) {
      seen.add(at);
      const place = places.get(at);
      if (place && stack.length < MOST_FRAMES) stack.push(place.text);
    }
    return stack.every((entry) => /[( ]node:/.test(entry)) ? [] : [{ id: `async-${own.number}`, stack }];
  });
}

interface AsyncPlace {
  /** The same in all dumps of the process. */
  readonly number: number;
  /** Name and place, as in a report. */
  readonly text: string;
}

/** The preload's own function (`start-up/preload.cjs`). */
const NUMBER = "function () { return process[Symbol.for('standstill.id')](this); }";

/** Null where it is no async function that waits, or has ended since. */
async function placeOf(main: ThreadSession, heap: Heap, node: number, scripts: ReadonlyMap<string, string>): Promise<AsyncPlace | null> {
  const found = await main.call('HeapProfiler.getObjectByHeapObjectId', { objectId: String(heap.idOf(node)) }, ASK_MS);
  const { objectId } = (found?.['result'] ?? {}) as { objectId?: unknown };
  if (typeof objectId !== 'string') return null;
  const answer = await main.call('Runtime.getProperties', { objectId, ownProperties: true }, ASK_MS);
  const numbered = await main.call(
    'Runtime.callFunctionOn',
    { objectId, functionDeclaration: NUMBER, returnByValue: true, silent: true },
    ASK_MS,
  );
  await main.call('Runtime.releaseObject', { objectId }, ASK_MS);
  const internal = (answer?.['internalProperties'] ?? []) as readonly { name: string; value?: { value?: unknown } }[];
  const of = (name: string): unknown => internal.find((property) => property.name === name)?.value?.value;
  if (of('[[GeneratorState]]') !== 'suspended') return null;
  const { scriptId, lineNumber, columnNumber } = (of('[[GeneratorLocation]]') ?? {}) as Params;
  const file = scripts.get(String(scriptId));
  if (file === undefined || file === '' || typeof lineNumber !== 'number' || typeof columnNumber !== 'number') return null;
  // the protocol counts from 0
  const place = `${file}:${lineNumber + 1}:${columnNumber + 1}`;
  const number = ((numbered?.['result'] ?? {}) as Params)['value'];
  const name = heap.functionOf(node);
  return typeof number === 'number' ? { number, text: name === '' ? `at ${place}` : `at ${name} (${place})` } : null;
}

/** As V8 writes it (src/profiler/heap-snapshot-generator.cc, HeapSnapshotJSONSerializer): rows of numbers, one after the other. */
interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

interface Edge {
  /** Null: it has a number only, as the fields of what is no object of JavaScript. */
  readonly name: string | null;
  readonly to: number;
}

/** A snapshot whose nodes are told by their number in it. */
class Heap {
  readonly #snapshot: HeapSnapshot;
  readonly #nodeSize: number;
  readonly #edgeSize: number;
  readonly #field: Readonly<Record<'type' | 'name' | 'id' | 'edge_count', number>>;
  /** Per node, where its edges begin. */
  readonly #first: Uint32Array;
  /** Kinds of edges that have a number in place of a name. */
  readonly #numbered: ReadonlySet<number>;
  readonly #weak: number;

  constructor(snapshot: HeapSnapshot) {
    const { node_fields: fields, edge_fields: edgeFields, edge_types: edgeTypes } = snapshot.snapshot.meta;
    this.#snapshot = snapshot;
    this.#nodeSize = fields.length;
    this.#edgeSize = edgeFields.length;
    const at = (name: string): number => fields.indexOf(name);
    this.#field = { type: at('type'), name: at('name'), id: at('id'), edge_count: at('edge_count') };
    this.#numbered = new Set(['element', 'hidden'].map((type) => edgeTypes[0].indexOf(type)));
    this.#weak = edgeTypes[0].indexOf('weak');
    this.#first = new Uint32Array(snapshot.nodes.length / this.#nodeSize);
    let first = 0;
    for (let node = 0; node < this.#first.length; node++) {
      this.#first[node] = first;
      first += this.#of(node, 'edge_count') * this.#edgeSize;
    }
  }

  idOf(node: number): number {
    return this.#of(node, 'id');
  }

  functionOf(node: number): string {
    const found = this.#edges(node).find(({ name }) => name === 'function');
    return found === undefined ? '' : this.#name(found.to);
  }

  /** The objects of async functions, and of async generators that somebody waits for. */
  asyncFunctions(): number[] {
    const found: number[] = [];
    for (let node = 0; node < this.#first.length; node++)
      if (this.#isGenerator(node) && this.#promisesOf(node).length > 0) found.push(node);
    return found;
  }

  /** The async function that waits for what this one promises, through `then` and `Promise.all` too. */
  callerOf(node: number): number | null {
    const seen = new Set<number>([node]);
    const next = [...this.#promisesOf(node)];
    for (let at = next.shift(); at !== undefined && seen.size < MOST_STEPS; at = next.shift()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (this.#isGenerator(at)) return at;
      next.push(...this.#onwards(at));
    }
    return null;
  }

  /** From a promise to what is done when it is settled. Variables of the program's closures lead anywhere, and are not followed. */
  #onwards(node: number): number[] {
    const edges = this.#edges(node);
    const named = (name: string): number[] => edges.filter((edge) => edge.name === name).map(({ to }) => to);
    const numbered = edges.filter(({ name }) => name === null).map(({ to }) => to);
    switch (this.#name(node)) {
      case 'Promise':
        return named('reactions_or_result').filter((to) => this.#name(to) === 'system / PromiseReaction');
      case 'system / PromiseReaction':
        return numbered.filter((to) => this.#type(to) === 'closure' || ONWARDS.has(this.#name(to)));
      case 'system / PromiseCapability':
        return numbered.filter((to) => this.#name(to) === 'Promise');
      case 'system / Context':
        return [...named('extension').filter((to) => this.#isGenerator(to)), ...numbered.filter((to) => ONWARDS.has(this.#name(to)))];
      default:
        return this.#type(node) === 'closure' ? named('context') : [];
    }
  }

  #promisesOf(node: number): number[] {
    const held = this.#edges(node)
      .filter(({ name }) => name === null)
      .map(({ to }) => to);
    const requests = held.filter((to) => this.#name(to) === 'system / AsyncGeneratorRequest').flatMap((to) => this.#edges(to));
    return [...held, ...requests.map(({ to }) => to)].filter((to) => this.#name(to) === 'Promise');
  }

  #isGenerator(node: number): boolean {
    if (this.#type(node) !== 'object') return false;
    let [hasFunction, hasRegisters] = [false, false];
    for (const { name } of this.#edges(node)) {
      hasFunction ||= name === 'function';
      hasRegisters ||= name === 'parameters_and_registers';
    }
    return hasFunction && hasRegisters;
  }

  #edges(node: number): Edge[] {
    const { edges, strings } = this.#snapshot;
    const first = this.#first[node]!;
    const found: Edge[] = [];
    for (let at = first; at < first + this.#of(node, 'edge_count') * this.#edgeSize; at += this.#edgeSize) {
      const kind = edges[at]!;
      if (kind === this.#weak) continue;
      found.push({ name: this.#numbered.has(kind) ? null : (strings[edges[at + 1]!] ?? ''), to: edges[at + 2]! / this.#nodeSize });
    }
    return found;
  }

  #name(node: number): string {
    return this.#snapshot.strings[this.#of(node, 'name')] ?? '';
  }

  #type(node: number): string | undefined {
    return this.#snapshot.snapshot.meta.node_types[0][this.#of(node, 'type')];
  }

  #of(node: number, field: 'type' | 'name' | 'id' | 'edge_count'): number {
    return this.#snapshot.nodes[node * this.#nodeSize + this.#field[field]]!;
  }
}

const ONWARDS: ReadonlySet<string> = new Set(['Promise', 'system / PromiseReaction', 'system / PromiseCapability']);
