import type { Thread } from '../model/index.js';

/** Ids are as many as the threads of a process; a log of many processes starts again. */
const MOST_RECENT = 1 << 16;

/** Each id's thread in the dumps before: one that has not moved is kept once, however often it is dumped. */
export class RecentThreads {
  readonly #byId = new Map<string, Thread>();
  /** Those of the dump that is being read: only the next one asks for them, and most of a hundred thousand are never asked for. */
  #newest: Thread[] = [];

  /** Another dump begins. */
  begin(): void {
    for (const thread of this.#newest) {
      if (this.#byId.size > MOST_RECENT) this.#byId.clear();
      this.#byId.set(thread.id!, thread);
    }
    this.#newest = [];
  }

  get(id: string): Thread | undefined {
    return this.#byId.get(id);
  }

  /** A thread with an id that is not the one {@link get} tells of it. */
  add(thread: Thread): void {
    this.#newest.push(thread);
  }
}
