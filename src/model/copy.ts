import type { Dump, Tables, Thread } from './dump.js';
import type { FrameIndex, StackIndex } from './units.js';

/**
 * Copies dumps from some tables to others, which then hold of the first ones what these dumps need. A thread that several
 * dumps share is one thread in their copies as well.
 */
export class DumpCopier {
  readonly #from: Tables;
  readonly #to: Tables;
  readonly #frames = new Map<FrameIndex, FrameIndex>();
  readonly #stacks = new Map<StackIndex, StackIndex>();
  readonly #threads = new Map<Thread, Thread>();

  constructor(from: Tables, to: Tables) {
    this.#from = from;
    this.#to = to;
  }

  copy(dump: Dump): Dump {
    return { ...dump, threads: dump.threads.map((thread) => this.#thread(thread)) };
  }

  #thread(thread: Thread): Thread {
    let copy = this.#threads.get(thread);
    if (copy === undefined) this.#threads.set(thread, (copy = { ...thread, stack: this.#stack(thread.stack) }));
    return copy;
  }

  #stack(row: StackIndex): StackIndex {
    let copy = this.#stacks.get(row);
    if (copy === undefined) {
      copy = this.#to.stacks.intern(this.#from.stacks.frames(row).map((frame) => this.#frame(frame)));
      this.#stacks.set(row, copy);
    }
    return copy;
  }

  #frame(row: FrameIndex): FrameIndex {
    let copy = this.#frames.get(row);
    if (copy === undefined) {
      const { frames } = this.#to;
      copy = frames.intern(this.#from.frames.get(row));
      const original = this.#from.frames.originalOf(row);
      if (original !== null) frames.setOriginal(copy, original);
      this.#frames.set(row, copy);
    }
    return copy;
  }
}
