import type { LineGrammar, ThreadHead } from '../../grammars/index.js';
import { NO_END, type OutermostFrames } from './outermost.js';
import type { FrameIndex, FrameLocals, NativeFrame, StackIndex, Tables, Thread, Truncation } from '../model/index.js';

/** Shared by the many threads that have none. */
const NONE: readonly never[] = Object.freeze([]);

/** Copies of a frame that a recursion is counted with instead of written, in one stack: more than Python allows without being asked to. */
const MOST_REPEATED = 10_000;

/** Room for frames of threads that were closed: a log has a hundred thousand threads, and few of them open at a time. */
const SPARE: Int32Array[] = [];
const MOST_SPARE = 8;
const MOST_SPARE_ROOM = 4096;
/** Frames that fit without making room. */
const ROOM = 128;

const NO_ROOM = new Int32Array(0);

type Variable = FrameLocals['variables'][number];

/** A thread whose lines are being read. Frames come in the order of the text and are put in that of the model at the end. */
export class OpenThread {
  readonly head: ThreadHead;
  /** It was named before in this dump: its lines are read and not kept. */
  readonly muted: boolean;
  readonly #grammar: LineGrammar;
  readonly #tables: Tables;
  readonly #outermost: OutermostFrames;
  #frames = SPARE.pop() ?? new Int32Array(ROOM);
  #depth = 0;
  #repeated = 0;
  #truncated: Truncation = false;
  #notes: string[] | null = null;
  #native: NativeFrame[] | null = null;
  #locals: Map<number, Variable[]> | null = null;

  constructor(head: ThreadHead, muted: boolean, grammar: LineGrammar, tables: Tables, outermost: OutermostFrames) {
    this.head = head;
    this.muted = muted;
    this.#grammar = grammar;
    this.#tables = tables;
    this.#outermost = outermost;
    if (head.notes !== undefined && head.notes.length > 0) this.#notes = [...head.notes];
  }

  get depth(): number {
    return this.#depth;
  }

  get empty(): boolean {
    return this.#depth === 0 && this.#native === null && this.#notes === null;
  }

  get order(): LineGrammar['order'] {
    return this.head.order ?? this.#grammar.order;
  }

  /** The first frame of the text, -1 when there is none yet. */
  get firstFrame(): FrameIndex {
    return this.#depth === 0 ? -1 : this.#frames[0]!;
  }

  frame(frame: FrameIndex): void {
    if (this.#depth === this.#frames.length) {
      const wider = new Int32Array(this.#depth * 2);
      wider.set(this.#frames);
      this.#frames = wider;
    }
    this.#frames[this.#depth++] = frame;
  }

  /** `rows[from, to)`, in the order of the text. */
  addFrames(rows: Int32Array, from: number, to: number): void {
    const depth = this.#depth + to - from;
    if (depth > this.#frames.length) {
      const wider = new Int32Array(depth * 2);
      wider.set(this.#frames);
      this.#frames = wider;
    }
    const frames = this.#frames;
    for (let i = from, at = this.#depth; i < to; i++, at++) frames[at] = rows[i]!;
    this.#depth = depth;
  }

  /** The last frame came so many times more. */
  repeat(times: number): void {
    const last = this.#depth === 0 ? -1 : this.#frames[this.#depth - 1]!;
    const most = Math.min(times, MOST_REPEATED - this.#repeated);
    this.#repeated += most;
    if (last >= 0) for (let i = 0; i < most; i++) this.frame(last);
  }

  native(frame: NativeFrame): void {
    (this.#native ??= []).push(frame);
  }

  local(variable: Variable): void {
    if (this.#depth === 0) return;
    this.#locals ??= new Map();
    const at = this.#depth - 1;
    const known = this.#locals.get(at);
    if (known === undefined) this.#locals.set(at, [variable]);
    else known.push(variable);
  }

  note(text: string): void {
    (this.#notes ??= []).push(text);
  }

  cut(): void {
    this.#truncated = 'marked';
  }

  /** The thread as the model has it. `before`: the same thread of an earlier dump, which is kept when nothing has changed. */
  close(before: Thread | undefined): Thread {
    const { head } = this;
    const depth = this.#depth;
    if (this.order === 'recent-last') this.#frames.subarray(0, depth).reverse();
    const end = depth > 0 ? this.#outermost.of(this.#frames[depth - 1]!) : NO_END;
    const kind = head.kind ?? 'thread';
    const stack = this.#tables.stacks.intern(this.#frames, depth);
    const whole = depth === 0 || kind !== 'thread' || end.whole;
    const truncated = this.#truncated === false && depth > 0 && (depth >= this.#grammar.maxFrames || !whole) ? 'likely' : this.#truncated;
    if (SPARE.length < MOST_SPARE && this.#frames.length <= MOST_SPARE_ROOM) SPARE.push(this.#frames);
    this.#frames = NO_ROOM;
    if (before !== undefined && this.#same(before, stack, truncated)) return before;
    return {
      id: head.id,
      name: head.name,
      kind,
      current: head.current,
      truncated,
      stack,
      nativeFrames: this.#native === null ? NONE : this.order === 'recent-last' ? this.#native.toReversed() : this.#native,
      main: head.main ?? (kind === 'thread' && truncated !== 'marked' ? end.main : null),
      activity: null,
      marks: head.marks ?? NONE,
      locals: this.#locals === null ? NONE : this.#localsOf(this.#locals),
      measures: null,
      notes: this.#notes ?? NONE,
    };
  }

  #same(before: Thread, stack: StackIndex, truncated: Truncation): boolean {
    const { head } = this;
    return (
      before.stack === stack &&
      before.name === head.name &&
      before.current === head.current &&
      before.truncated === truncated &&
      this.#notes === null &&
      before.notes.length === 0 &&
      this.#native === null &&
      before.nativeFrames.length === 0 &&
      this.#locals === null &&
      before.locals.length === 0 &&
      before.kind === (head.kind ?? 'thread') &&
      (before.marks === head.marks || before.marks.join() === (head.marks ?? NONE).join())
    );
  }

  #localsOf(locals: ReadonlyMap<number, readonly Variable[]>): FrameLocals[] {
    const found = [...locals].map(([at, variables]) => ({ depth: this.order === 'recent-last' ? this.#depth - 1 - at : at, variables }));
    return found.sort((a, b) => a.depth - b.depth);
  }
}
