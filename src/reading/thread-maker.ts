import type { LineGrammar, ThreadHead } from '../../grammars/index.js';
import type { StackIndex, Tables, Thread, Truncation } from '../model/index.js';
import { NO_END, OutermostFrames } from './outermost.js';

/** What few threads have beside a head and frames. */
export type Extras = Pick<Thread, 'nativeFrames' | 'locals' | 'notes'>;

/** Shared by the many threads that have none. */
export const NONE: readonly never[] = Object.freeze([]);
const NO_EXTRAS: Extras = { nativeFrames: NONE, locals: NONE, notes: NONE };

/** Makes the threads of a format, as the model has them, of what their lines told. */
export class ThreadMaker {
  readonly #grammar: LineGrammar;
  readonly #tables: Tables;
  readonly #outermost: OutermostFrames;

  constructor(grammar: LineGrammar, tables: Tables) {
    this.#grammar = grammar;
    this.#tables = tables;
    this.#outermost = new OutermostFrames(grammar, tables.frames);
  }

  /**
   * @param frames most recent call first, as many as `depth`
   * @param marked the dump says that it cut the stack
   * @param before the same thread of an earlier dump, which is kept when nothing has changed
   */
  make(
    head: ThreadHead,
    frames: Int32Array,
    depth: number,
    before: Thread | undefined,
    marked = false,
    extras: Extras = NO_EXTRAS,
  ): Thread {
    const end = depth > 0 ? this.#outermost.of(frames[depth - 1]!) : NO_END;
    const kind = head.kind ?? 'thread';
    const stack = this.#tables.stacks.intern(frames, depth);
    const whole = depth === 0 || kind !== 'thread' || end.whole;
    const truncated = marked ? 'marked' : depth > 0 && (depth >= this.#grammar.maxFrames || !whole) ? 'likely' : false;
    if (before !== undefined && extras === NO_EXTRAS && isSame(before, head, stack, truncated)) return before;
    return {
      id: head.id,
      name: head.name,
      kind,
      current: head.current,
      truncated,
      stack,
      nativeFrames: extras.nativeFrames,
      main: head.main ?? (kind === 'thread' && !marked ? end.main : null),
      activity: null,
      marks: head.marks ?? NONE,
      locals: extras.locals,
      measures: null,
      notes: extras.notes,
    };
  }

  /** Whether the dump's text has the most recent call of this thread first. */
  isRecentFirst(head: ThreadHead): boolean {
    return (head.order ?? this.#grammar.order) === 'recent-first';
  }
}

/** Whether a thread is that of a head, a stack and nothing else. */
function isSame(before: Thread, head: ThreadHead, stack: StackIndex, truncated: Truncation): boolean {
  return (
    before.stack === stack &&
    before.name === head.name &&
    before.current === head.current &&
    before.truncated === truncated &&
    before.notes.length === 0 &&
    before.nativeFrames.length === 0 &&
    before.locals.length === 0 &&
    before.kind === (head.kind ?? 'thread') &&
    (before.marks === head.marks || before.marks.join() === (head.marks ?? NONE).join())
  );
}
