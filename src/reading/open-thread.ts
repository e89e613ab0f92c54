import type { ThreadHead } from '../../grammars/index.js';
import type { FrameIndex, FrameLocals, NativeFrame, Thread } from '../model/index.js';
import { NONE, type Extras, type ThreadMaker } from './thread-maker.js';

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
  readonly #maker: ThreadMaker;
  #frames = SPARE.pop() ?? new Int32Array(ROOM);
  #depth = 0;
  #repeated = 0;
  #marked = false;
  #notes: string[] | null = null;
  #native: NativeFrame[] | null = null;
  #locals: Map<number, Variable[]> | null = null;

  constructor(head: ThreadHead, muted: boolean, maker: ThreadMaker) {
    this.head = head;
    this.muted = muted;
    this.#maker = maker;
    if (head.notes !== undefined && head.notes.length > 0) this.#notes = [...head.notes];
  }

  get depth(): number {
    return this.#depth;
  }

  get empty(): boolean {
    return this.#depth === 0 && this.#native === null && this.#notes === null;
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
    this.#marked = true;
  }

  /** The thread as the model has it. `before`: the same thread of an earlier dump, which is kept when nothing has changed. */
  close(before: Thread | undefined): Thread {
    const frames = this.#frames;
    const depth = this.#depth;
    if (!this.#recentFirst) frames.subarray(0, depth).reverse();
    const plain = this.#notes === null && this.#native === null && this.#locals === null;
    const thread = this.#maker.make(this.head, frames, depth, before, this.#marked, plain ? undefined : this.#extras());
    if (SPARE.length < MOST_SPARE && frames.length <= MOST_SPARE_ROOM) SPARE.push(frames);
    this.#frames = NO_ROOM;
    return thread;
  }

  #extras(): Extras {
    return {
      nativeFrames: this.#native === null ? NONE : this.#recentFirst ? this.#native : this.#native.toReversed(),
      locals: this.#locals === null ? NONE : this.#localsOf(this.#locals),
      notes: this.#notes ?? NONE,
    };
  }

  get #recentFirst(): boolean {
    return this.#maker.isRecentFirst(this.head);
  }

  #localsOf(locals: ReadonlyMap<number, readonly Variable[]>): FrameLocals[] {
    const found = [...locals].map(([at, variables]) => ({ depth: this.#recentFirst ? at : this.#depth - 1 - at, variables }));
    return found.sort((a, b) => a.depth - b.depth);
  }
}
