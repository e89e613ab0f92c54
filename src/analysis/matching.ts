import type { FrameIndex, StackIndex, Tables, Thread } from '../model/index.js';
import { Entries } from './entry.js';
import { Shapes } from './shapes.js';

/** Which thread of one dump is which of another. */
export interface Matching {
  /** Per thread of the older dump: its place in the newer one, or -1. */
  readonly newOf: Int32Array;
  /** Per thread of the newer dump: its place in the older one, or -1. */
  readonly oldOf: Int32Array;
}

/**
 * Why two threads with one id are taken for one thread: `sure`, id and entry agree; `entry-unseen`, one of the stacks
 * does not reach down to its entry, so the id alone decides. `no`: the id was given to another thread.
 */
export type Identity = 'sure' | 'entry-unseen' | 'no';

/** Matches the threads of two dumps; made once for all pairs of dumps of one set, because it remembers every stack it has seen. */
export class ThreadMatcher {
  readonly #entries: Entries;
  readonly #shapes: Shapes;
  readonly #loose: LooseStacks;

  constructor(tables: Tables) {
    this.#entries = Entries.in(tables);
    this.#shapes = new Shapes(tables);
    this.#loose = new LooseStacks(tables, this.#shapes, this.#entries);
  }

  /** The function that a thread was started with, as a frame row without position, or null. */
  entryOf(thread: Thread): FrameIndex | null {
    return this.#entries.of(thread.stack);
  }

  /**
   * Whether two threads of one process with the same id are one thread. The id of a thread that ended is given to the
   * next one at once, so the function it was started with, and the name where both dumps give one, must agree too.
   *
   * @param torn lines of one of the dumps were lost, so a stack may lack its outer part without saying so
   */
  identity(before: Thread, after: Thread, torn = false): Identity {
    // the main thread lives as long as its process, and its outermost frame is another one while the interpreter ends
    if (before.main === true && after.main !== false) return 'sure';
    if (before.kind !== after.kind) return 'no';
    if (before.name !== null && after.name !== null && before.name !== after.name) return 'no';
    if (before.stack === 0 || after.stack === 0 || before.truncated !== false || after.truncated !== false) return 'entry-unseen';
    const from = this.entryOf(before);
    const to = this.entryOf(after);
    if (from === to) return 'sure';
    if (torn && (this.#shows(before.stack, to) || this.#shows(after.stack, from))) return 'entry-unseen';
    return 'no';
  }

  /** Threads of one process at two times: by id and entry; those that the dumps give no id, by what they resemble. */
  ofOneProcess(before: readonly Thread[], after: readonly Thread[], torn = false): Matching {
    const pairs = new Pairs(before, after);
    const ids = new Map<string, number>();
    for (const [i, thread] of before.entries()) if (thread.id !== null) ids.set(`${thread.kind} ${thread.id}`, i);
    for (const [j, thread] of after.entries()) {
      if (thread.id === null) continue;
      const i = ids.get(`${thread.kind} ${thread.id}`);
      if (i !== undefined && pairs.newOf[i] === -1 && this.identity(before[i]!, thread, torn) !== 'no') pairs.join(i, j);
    }
    const nameless = (thread: Thread): boolean => thread.id === null;
    this.#byLikeness(
      pairs,
      pairs.freeOld((i) => nameless(before[i]!)),
      pairs.freeNew((j) => nameless(after[j]!)),
    );
    return pairs;
  }

  /**
   * Threads of two processes, or of two runs of one program: the main threads; names that stand once on each side; equal
   * stacks; then those with the longest common part from the outermost frame on, which gives the best total over all
   * threads. Threads that were not started with the same function are never a pair, unless their names say so.
   */
  ofTwoProcesses(before: readonly Thread[], after: readonly Thread[]): Matching {
    const pairs = new Pairs(before, after);
    const [mainBefore, mainAfter] = [before, after].map((threads) => threads.findIndex((thread) => thread.main === true));
    if (mainBefore! >= 0 && mainAfter! >= 0) pairs.join(mainBefore!, mainAfter!);
    const notMain = (thread: Thread): boolean => thread.main !== true || mainBefore! < 0 || mainAfter! < 0;
    this.#byLikeness(
      pairs,
      pairs.freeOld((i) => notMain(before[i]!)),
      pairs.freeNew((j) => notMain(after[j]!)),
    );
    return pairs;
  }

  #byLikeness(pairs: Pairs, olds: number[], news: number[]): void {
    if (olds.length === 0 || news.length === 0) return;
    pairs.byDistinctName(olds, news);
    for (const keyOf of [(thread: Thread) => thread.stack, (thread: Thread) => this.#shapes.of(thread.stack)]) {
      const freeOlds = olds.filter((i) => pairs.newOf[i] === -1 && pairs.before[i]!.stack !== 0);
      const freeNews = news.filter((j) => pairs.oldOf[j] === -1 && pairs.after[j]!.stack !== 0);
      const byKey = groupBy(freeNews, (j) => keyOf(pairs.after[j]!));
      for (const [key, same] of groupBy(freeOlds, (i) => keyOf(pairs.before[i]!))) pairs.joinAll(same, byKey.get(key) ?? []);
    }
    const [restOld, restNew] = [olds.filter((i) => pairs.newOf[i] === -1), news.filter((j) => pairs.oldOf[j] === -1)];
    this.#byCommonCallers(pairs, restOld, restNew);
    pairs.joinFrameless(restOld, restNew);
    // nothing to compare: what the dumps say beside the stack has to do
    for (const activity of [null, 'idle', 'unknown', 'running'] as const) {
      pairs.joinAll(
        restOld.filter((i) => pairs.newOf[i] === -1 && pairs.before[i]!.stack === 0 && pairs.before[i]!.activity === activity),
        restNew.filter((j) => pairs.oldOf[j] === -1 && pairs.after[j]!.stack === 0 && pairs.after[j]!.activity === activity),
      );
    }
  }

  /**
   * Distinct stacks are sorted from the outermost frame on, so that those with a long common part stand together; going
   * through them once, threads are paired in the innermost common caller that has both an old and a new one left.
   */
  #byCommonCallers(pairs: Pairs, olds: readonly number[], news: readonly number[]): void {
    const nodes = new Map<StackIndex, Node>();
    const nodeOf = (thread: Thread): Node => {
      const row = this.#loose.of(thread.stack);
      let node = nodes.get(row);
      if (node === undefined) nodes.set(row, (node = { depth: this.#loose.frames(row).length, row, olds: [], news: [] }));
      return node;
    };
    for (const i of olds) if (pairs.before[i]!.stack !== 0) nodeOf(pairs.before[i]!).olds.push(i);
    for (const j of news) if (pairs.after[j]!.stack !== 0) nodeOf(pairs.after[j]!).news.push(j);
    const sorted = [...nodes.values()].sort((a, b) => this.#loose.compare(a.row, b.row));
    const open: Node[] = [];
    for (const [i, node] of sorted.entries()) {
      this.#close(pairs, open, i === 0 ? 0 : this.#loose.common(sorted[i - 1]!.row, node.row));
      open.push(node);
    }
    this.#close(pairs, open, 0);
  }

  /** Pairs what is in the open nodes deeper than `depth`, and hands what is left to the node above each. */
  #close(pairs: Pairs, open: Node[], depth: number): void {
    while (open.length > 0 && open.at(-1)!.depth > depth) {
      const node = open.pop()!;
      // above the entry there are only frames that all threads have
      if (node.depth <= this.#loose.entryAt(node.row)) continue;
      pairs.joinNode(node);
      if (node.olds.length + node.news.length === 0) continue;
      let above = open.at(-1);
      if (above === undefined || above.depth < depth) open.push((above = { depth, row: node.row, olds: [], news: [] }));
      above.olds = joined(above.olds, node.olds);
      above.news = joined(above.news, node.news);
    }
  }

  #shows(stack: StackIndex, entry: FrameIndex | null): boolean {
    return entry !== null && this.#shapes.frames(this.#shapes.of(stack)).includes(entry);
  }
}

interface Node {
  /** Frames, from the outermost on, that all threads in it have in common. */
  readonly depth: number;
  /** A row of {@link LooseStacks} that begins with them. */
  readonly row: StackIndex;
  olds: number[];
  news: number[];
}

/**
 * A few threads against thousands of the other side are paired without a look at names: each look costs as much as the
 * larger side is long, and a recursion of a thousand depths would be a thousand such looks.
 */
const MANY = 1000;
const FAR_MORE = 16;

/** One list of two; what the longer one holds is not copied. */
function joined(a: number[], b: number[]): number[] {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  for (const item of short) long.push(item);
  return long;
}

/** Pairs in the making. */
class Pairs implements Matching {
  readonly before: readonly Thread[];
  readonly after: readonly Thread[];
  readonly newOf: Int32Array;
  readonly oldOf: Int32Array;

  constructor(before: readonly Thread[], after: readonly Thread[]) {
    this.before = before;
    this.after = after;
    this.newOf = new Int32Array(before.length).fill(-1);
    this.oldOf = new Int32Array(after.length).fill(-1);
  }

  join(old: number, fresh: number): void {
    this.newOf[old] = fresh;
    this.oldOf[fresh] = old;
  }

  freeOld(also: (i: number) => boolean): number[] {
    return free(this.newOf, also);
  }

  freeNew(also: (j: number) => boolean): number[] {
    return free(this.oldOf, also);
  }

  /** Names without digits that stand once on each side, such as `db-writer`, were given by somebody who meant one thread. */
  byDistinctName(olds: readonly number[], news: readonly number[]): void {
    const byName = groupBy(news, (j) => this.after[j]!.name);
    for (const [name, same] of groupBy(olds, (i) => this.before[i]!.name)) {
      const others = byName.get(name);
      if (name !== null && !/\d/.test(name) && same.length === 1 && others?.length === 1) this.join(same[0]!, others[0]!);
    }
  }

  /** A thread without frames has only its id to go by: Node counts its workers in the same order in every run. */
  joinFrameless(olds: readonly number[], news: readonly number[]): void {
    const byId = groupBy(
      news.filter((j) => this.oldOf[j] === -1),
      (j) => this.after[j]!.id,
    );
    for (const i of olds) {
      const { id, stack } = this.before[i]!;
      const j = byId.get(id)?.[0];
      if (id === null || j === undefined || this.newOf[i] !== -1 || this.oldOf[j] !== -1) continue;
      if (stack === 0 || this.after[j]!.stack === 0) this.join(i, j);
    }
  }

  /** Joins what can be joined in a node and leaves the rest, which is all of one side. */
  joinNode(node: Node): void {
    const few = Math.min(node.olds.length, node.news.length);
    if (few === 0) return;
    if (Math.max(node.olds.length, node.news.length) > MANY && Math.max(node.olds.length, node.news.length) > FAR_MORE * few) {
      for (let n = 0; n < few; n++) this.join(node.olds.pop()!, node.news.pop()!);
      return;
    }
    this.joinAll(node.olds, node.news);
    node.olds = node.olds.filter((i) => this.newOf[i] === -1);
    node.news = node.news.filter((j) => this.oldOf[j] === -1);
  }

  /** Joins as many as there are on both sides: those of one id first, of one name, of names that differ in their number, then any. */
  joinAll(olds: readonly number[], news: readonly number[]): void {
    if (olds.length === 0 || news.length === 0) return;
    const keys: readonly ((thread: Thread) => string | null)[] = [
      (thread) => thread.id,
      (thread) => thread.name,
      (thread) => thread.name?.replaceAll(/\d+/g, '#') ?? null,
      () => '',
    ];
    for (const keyOf of keys) {
      const byKey = groupBy(
        news.filter((j) => this.oldOf[j] === -1),
        (j) => keyOf(this.after[j]!),
      );
      if (byKey.size === 0) return;
      const taken = new Map<string, number>();
      for (const i of olds) {
        if (this.newOf[i] !== -1) continue;
        const key = keyOf(this.before[i]!);
        if (key === null) continue;
        const next = taken.get(key) ?? 0;
        const match = byKey.get(key)?.[next];
        if (match === undefined) continue;
        taken.set(key, next + 1);
        this.join(i, match);
      }
    }
  }
}

function free(partner: Int32Array, also: (i: number) => boolean): number[] {
  const list: number[] = [];
  for (let i = 0; i < partner.length; i++) if (partner[i] === -1 && also(i)) list.push(i);
  return list;
}

function groupBy<Key>(list: readonly number[], keyOf: (i: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const i of list) {
    const key = keyOf(i);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return groups;
}

/**
 * Stacks as functions and file names without folders, outermost first: a release in another folder and another Python
 * version leave them as they are.
 */
class LooseStacks {
  readonly #tables: Tables;
  readonly #shapes: Shapes;
  readonly #entries: Entries;
  readonly #frames: (FrameIndex | undefined)[] = [];
  /** Per shape: its loose frames, outermost first. */
  readonly #known: (Int32Array | undefined)[] = [];
  readonly #entryAt: number[] = [];

  constructor(tables: Tables, shapes: Shapes, entries: Entries) {
    this.#tables = tables;
    this.#shapes = shapes;
    this.#entries = entries;
  }

  /** The row of a stack: that of its shape. */
  of(stack: StackIndex): StackIndex {
    const shape = this.#shapes.of(stack);
    if (this.#known[shape] === undefined) {
      const frames = Array.from(this.#shapes.frames(shape));
      this.#known[shape] = Int32Array.from(frames.reverse(), (frame) => this.#frame(frame));
      this.#entryAt[shape] = frames.length - 1 - this.#entries.depthOf(stack);
    }
    return shape;
  }

  frames(row: StackIndex): Int32Array {
    return this.#known[row]!;
  }

  /** Place of the entry, counted from the outermost frame. */
  entryAt(row: StackIndex): number {
    return this.#entryAt[row]!;
  }

  compare(a: StackIndex, b: StackIndex): number {
    const [left, right] = [this.#known[a]!, this.#known[b]!];
    const common = this.common(a, b);
    return (left[common] ?? -1) - (right[common] ?? -1) || a - b;
  }

  /** How many frames two stacks have in common, from the outermost on. */
  common(a: StackIndex, b: StackIndex): number {
    const [left, right] = [this.#known[a]!, this.#known[b]!];
    const most = Math.min(left.length, right.length);
    let i = 0;
    while (i < most && left[i] === right[i]) i++;
    return i;
  }

  #frame(frame: FrameIndex): FrameIndex {
    const { frames } = this.#tables;
    return (this.#frames[frame] ??= frames.intern({
      function: frames.functionOf(frame),
      file: frames.fileOf(frame)?.replace(/^.*[/\\]/, '') ?? null,
      line: null,
      column: null,
    }));
  }
}
