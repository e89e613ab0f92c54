import { DumpCopier, FrameTable, StackTable, type Bytes, type Dump, type Tables, type Thread } from '../model/index.js';

/** A dump counts as so many threads, whatever is in it. */
const THREADS_A_DUMP = 1;
/** Signs of text (a variable's value, a note) that need the memory of a thread. */
const SIGNS_A_THREAD = 150;

/** The newest dumps of an input that never ends. */
export class KeptDumps {
  #dumps: Dump[] = [];
  readonly #most: number;
  #threads = 0;
  #leftOut = 0;

  /** @param mostThreads of all dumps together; what threads bring with them (C frames, variables, handles) counts as further ones */
  constructor(mostThreads: number) {
    this.#most = mostThreads;
  }

  get all(): readonly Dump[] {
    return this.#dumps;
  }

  /** Dumps that were kept once. */
  get leftOut(): number {
    return this.#leftOut;
  }

  add(dump: Dump): void {
    this.#dumps.push(dump);
    this.#threads += weightOf(dump);
  }

  /** Leaves the oldest out, of more than there is room for; never the newest. */
  forget(): void {
    let leave = 0;
    while (this.#threads > this.#most && leave < this.#dumps.length - 1) this.#threads -= weightOf(this.#dumps[leave++]!);
    if (leave === 0) return;
    this.#dumps.splice(0, leave);
    this.#leftOut += leave;
  }

  /** Copies to new tables the newest dumps with which these need no more memory than is said, or the newest alone. */
  moveFrom(tables: Tables, most: Bytes): Tables {
    const to: Tables = { frames: new FrameTable(), stacks: new StackTable() };
    const copier = new DumpCopier(tables, to);
    const kept: Dump[] = [];
    for (let i = this.#dumps.length - 1; i >= 0 && (kept.length === 0 || bytesOf(to) < most); i--) kept.push(copier.copy(this.#dumps[i]!));
    this.#leftOut += this.#dumps.length - kept.length;
    this.#dumps = kept.reverse();
    this.#threads = kept.reduce((sum, dump) => sum + weightOf(dump), 0);
    return to;
  }
}

export function bytesOf({ frames, stacks }: Tables): Bytes {
  return frames.bytes + stacks.bytes;
}

function weightOf({ threads, notes }: Dump): number {
  let weight = THREADS_A_DUMP + ofText(notes);
  for (const thread of threads) weight += 1 + extrasOf(thread);
  return weight;
}

function extrasOf({ nativeFrames, locals, measures, notes }: Thread): number {
  let weight = nativeFrames.length + (measures?.handles.length ?? 0) + ofText(notes);
  for (const { variables } of locals) weight += variables.length + ofText(variables.map(({ value }) => value));
  return weight;
}

function ofText(texts: readonly string[]): number {
  return Math.floor(texts.reduce((signs, { length }) => signs + length, 0) / SIGNS_A_THREAD);
}
