import type { Model } from './model.js';
import type { PageThreadVerdict } from '../src/report/html/page-data.js';

export const VERDICTS: readonly PageThreadVerdict[] = ['stuck', 'suspect', 'unknown', 'progressing', 'idle'];

/** What the reader looks for: words that a thread, or a frame it stands in, must have, and the verdicts to show. */
export class Filter {
  readonly #model: Model;
  readonly #listeners: (() => void)[] = [];
  #query = '';
  #verdicts: ReadonlySet<PageThreadVerdict> = new Set();
  /** Per thread: shown. Null: all. */
  #mask: Uint8Array | null = null;
  /** Per frame: matches a word. Null where nothing is looked for. */
  #frames: Uint8Array | null = null;
  #shown: number;

  constructor(model: Model) {
    this.#model = model;
    this.#shown = model.data.threads.length;
  }

  get query(): string {
    return this.#query;
  }

  /** Empty: all. */
  get verdicts(): ReadonlySet<PageThreadVerdict> {
    return this.#verdicts;
  }

  get active(): boolean {
    return this.#mask !== null;
  }

  /** Threads that are left. */
  get shown(): number {
    return this.#shown;
  }

  has(thread: number): boolean {
    return this.#mask === null || this.#mask[thread] === 1;
  }

  /** Whether a frame is one that the words name. */
  marks(frame: number): boolean {
    return this.#frames !== null && this.#frames[frame] === 1;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(query: string, verdicts: ReadonlySet<PageThreadVerdict> = this.#verdicts): void {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    this.#query = query;
    this.#verdicts = verdicts;
    this.#frames = words.length === 0 ? null : this.#matchFrames(words);
    this.#mask = words.length === 0 && verdicts.size === 0 ? null : this.#match(words);
    this.#shown = this.#mask === null ? this.#model.data.threads.length : this.#mask.reduce((sum, one) => sum + one, 0);
    for (const listener of this.#listeners) listener();
  }

  #matchFrames(words: readonly string[]): Uint8Array {
    const { frames } = this.#model.data;
    const mask = new Uint8Array(frames.line.length);
    for (let frame = 0; frame < mask.length; frame++) {
      const text = `${this.#model.functionOf(frame)} ${this.#model.placeOf(frame)}`.toLowerCase();
      if (words.some((word) => text.includes(word))) mask[frame] = 1;
    }
    return mask;
  }

  /** Every word must stand in the thread's name, id, verdict or wait, or in one frame of its stacks. */
  #match(words: readonly string[]): Uint8Array {
    const { threads, stacks } = this.#model.data;
    const ofStack = words.map((word) => this.#stacksWith(word));
    const mask = new Uint8Array(threads.length);
    const seen = new Uint8Array(stacks.length);
    for (const [t, thread] of threads.entries()) {
      if (this.#verdicts.size > 0 && !this.#verdicts.has(thread.verdict)) continue;
      const text =
        `${thread.name ?? ''} ${thread.id ?? ''} ${thread.verdict} ${thread.role ?? ''} ${thread.wait?.kind ?? ''} ${thread.wait?.by ?? ''}`.toLowerCase();
      const rest = words.flatMap((word, w) => (text.includes(word) ? [] : [w]));
      if (rest.length > 0) {
        const own = new Set<number>();
        for (let k = thread.first; k < thread.first + thread.seen.length; k++) {
          const stack = this.#model.stackAt(t, k);
          if (stack > 0 && seen[stack] !== 1) {
            own.add(stack);
            seen[stack] = 1;
          }
        }
        for (const stack of own) seen[stack] = 0;
        if (!rest.every((w) => [...own].some((stack) => ofStack[w]![stack] === 1))) continue;
      }
      mask[t] = 1;
    }
    return mask;
  }

  #stacksWith(word: string): Uint8Array {
    const { calls, stacks } = this.#model.data;
    const frames = this.#matchFrames([word]);
    const ofCall = new Uint8Array(calls.caller.length);
    // a caller stands above all that it calls
    for (let call = 0; call < ofCall.length; call++) {
      const caller = calls.caller[call]!;
      ofCall[call] = frames[calls.frame[call]!] === 1 || (caller !== -1 && ofCall[caller] === 1) ? 1 : 0;
    }
    return Uint8Array.from(stacks, (call) => (call === -1 ? 0 : ofCall[call]!));
  }
}
