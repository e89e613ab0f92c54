import { MOMENT, fromSteps, type PageData, type PageExcerpt, type PageSeries, type PageThread } from '../src/report/html/page-data.js';

/** Rows of the tables of {@link PageData}. */
type FrameRow = number;
type StackRow = number;
type CallRow = number;
type ThreadRow = number;

/** A run of dumps in which a thread shows one stack. */
export interface Stay {
  /** Places in the series' dumps. */
  readonly from: number;
  readonly to: number;
  readonly stack: StackRow;
}

/** The data with its columns as numbers, not as steps. */
function decoded(data: PageData): PageData {
  return {
    ...data,
    calls: { ...data.calls, caller: data.calls.caller.map((rows, call) => (rows === 0 ? -1 : call - rows)) },
    stacks: fromSteps(data.stacks),
    dumps: data.dumps.map((dump) => ({ ...dump, who: fromSteps(dump.who) })),
    threads: data.threads.map((thread) => ({ ...thread, seen: fromSteps(thread.seen) })),
  };
}

/** The page's data with what all views ask of it. */
export class Model {
  readonly data: PageData;
  /** Per frame: the excerpt it stands in. */
  readonly #excerpts = new Map<FrameRow, PageExcerpt>();
  readonly #seriesOf: Uint32Array;
  readonly #blocks = new Map<ThreadRow, ThreadRow[]>();

  constructor(data: PageData) {
    this.data = decoded(data);
    for (const excerpt of data.excerpts) for (const frame of excerpt.frames) this.#excerpts.set(frame, excerpt);
    this.#seriesOf = new Uint32Array(data.threads.length);
    for (const [s, { threads }] of data.series.entries()) this.#seriesOf.fill(s, threads[0], threads[1]);
    for (const [t, { blockedBy }] of data.threads.entries()) {
      for (const other of blockedBy) {
        const list = this.#blocks.get(other);
        if (list) list.push(t);
        else this.#blocks.set(other, [t]);
      }
    }
  }

  text(row: number): string {
    return this.data.strings[row] ?? '';
  }

  functionOf(frame: FrameRow): string {
    const row = this.data.frames.function[frame]!;
    return row === -1 ? '(anonymous)' : this.text(row) || "''";
  }

  /** As printed; null where the dump gives none. */
  fileOf(frame: FrameRow): string | null {
    const row = this.data.frames.file[frame]!;
    return row === -1 ? null : this.text(row);
  }

  lineOf(frame: FrameRow): number | null {
    const line = this.data.frames.line[frame]!;
    return line === -1 ? null : line;
  }

  columnOf(frame: FrameRow): number | null {
    const column = this.data.frames.column[frame]!;
    return column === -1 ? null : column;
  }

  /** `file:line`. */
  placeOf(frame: FrameRow): string {
    const line = this.lineOf(frame);
    const column = this.columnOf(frame);
    return `${this.fileOf(frame) ?? '???'}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}`;
  }

  /** The same with the file's name only. */
  shortPlaceOf(frame: FrameRow): string {
    return this.placeOf(frame).replace(/^.*[/\\]/, '');
  }

  isApplication(frame: FrameRow): boolean {
    return this.data.frames.origin[frame] === 0;
  }

  excerptOf(frame: FrameRow): PageExcerpt | null {
    return this.#excerpts.get(frame) ?? null;
  }

  /** Frames of a stack, most recent call first. */
  framesOf(stack: StackRow): FrameRow[] {
    const frames: FrameRow[] = [];
    for (let call: CallRow = this.data.stacks[stack] ?? -1; call !== -1; call = this.data.calls.caller[call]!)
      frames.push(this.data.calls.frame[call]!);
    return frames;
  }

  thread(row: ThreadRow): PageThread {
    return this.data.threads[row]!;
  }

  seriesRow(thread: ThreadRow): number {
    return this.#seriesOf[thread]!;
  }

  seriesOf(thread: ThreadRow): PageSeries {
    return this.data.series[this.#seriesOf[thread]!]!;
  }

  /** Threads that wait for this one. */
  blocks(thread: ThreadRow): readonly ThreadRow[] {
    return this.#blocks.get(thread) ?? [];
  }

  /** Name, else id. */
  nameOf(thread: ThreadRow): string {
    const { id, name, main } = this.thread(thread);
    return (name ?? id ?? 'a thread without id') + (main === true && name !== 'MainThread' ? ' (main)' : '');
  }

  /** Name and id. */
  fullNameOf(thread: ThreadRow): string {
    const { id, name } = this.thread(thread);
    return name === null || id === null ? this.nameOf(thread) : `${name} (${id})`;
  }

  /** The stack of a thread in a dump of its series; -1: the dump does not show it. */
  stackAt(thread: ThreadRow, k: number): StackRow {
    const { first, seen } = this.thread(thread);
    const place = seen[k - first] ?? -1;
    return place < 0 ? -1 : this.data.dumps[this.seriesOf(thread).dumps[k]!]!.stack[place]!;
  }

  /** What a dump says of a thread beside its stack. */
  stateAt(thread: ThreadRow, k: number): PageData['states'][number] {
    const { first, seen } = this.thread(thread);
    const place = seen[k - first] ?? -1;
    const dump = this.data.dumps[this.seriesOf(thread).dumps[k]!]!;
    return place < 0 ? {} : this.data.states[dump.state[place] ?? 0]!;
  }

  /** The newest dump of its series that shows a thread. */
  newest(thread: ThreadRow): number {
    const { first, seen } = this.thread(thread);
    return first + seen.findLastIndex((place) => place >= 0);
  }

  newestStack(thread: ThreadRow): StackRow {
    return this.stackAt(thread, this.newest(thread));
  }

  /** Where a thread was, oldest first: runs of dumps with one stack; those that do not show it are left out. */
  stays(thread: ThreadRow): Stay[] {
    const stays: { from: number; to: number; stack: StackRow }[] = [];
    const { first, seen } = this.thread(thread);
    for (let k = first; k < first + seen.length; k++) {
      const stack = this.stackAt(thread, k);
      if (stack === -1) continue;
      const last = stays.at(-1);
      if (last?.stack === stack && last.to === k - 1) last.to = k;
      else stays.push({ from: k, to: k, stack });
    }
    return stays;
  }

  /** The application frame that says where a stack is, else its innermost frame; -1 for an empty stack. */
  spotOf(stack: StackRow): FrameRow {
    let innermost = -1;
    for (let call: CallRow = this.data.stacks[stack] ?? -1; call !== -1; call = this.data.calls.caller[call]!) {
      const frame = this.data.calls.frame[call]!;
      if (this.isApplication(frame)) return frame;
      if (innermost === -1) innermost = frame;
    }
    return innermost;
  }

  /** The frame that a thread is shown by. */
  lookAt(thread: ThreadRow): FrameRow {
    const { frame } = this.thread(thread);
    if (frame !== null) return frame;
    const stack = this.newestStack(thread);
    return stack < 0 ? -1 : this.spotOf(stack);
  }

  /** `await_confirmation order_service.py:32`, or what is known where there is no frame. */
  spotText(frame: FrameRow): string {
    return frame === -1 ? 'no stack' : `${this.functionOf(frame)} ${this.shortPlaceOf(frame)}`;
  }

  /** A dump as people call it: its number, and its time where it has one. */
  dumpName(dump: number): string {
    const clock = this.clock(dump);
    return `dump ${dump + 1}${clock === '' ? '' : `, ${clock}`}`;
  }

  /** `09:30:00`, or nothing. */
  clock(dump: number): string {
    const { time } = this.data.dumps[dump]!;
    return time === null ? '' : new Date(time).toISOString().slice(11, 19);
  }

  /** What a thread did in a dump, in words. */
  momentText(thread: ThreadRow, k: number): string {
    const moment = this.thread(thread).moments[k] ?? MOMENT.unknown;
    if (moment === MOMENT.absent) return 'not there';
    if (moment === MOMENT.unknown) return 'not shown by this dump';
    const stack = this.stackAt(thread, k);
    const spot = stack <= 0 ? 'no stack' : this.spotText(this.spotOf(stack));
    if (moment === MOMENT.idle) return `idle, ${spot}`;
    return moment >= 0 && this.thread(thread).moments[k - 1] === moment ? `same place, ${spot}` : spot;
  }
}
