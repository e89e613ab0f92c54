import type { LineGrammar } from '../../grammars/index.js';
import type { FrameIndex, FrameTable } from '../model/index.js';

/** What the frame at the end of a stack tells. */
export interface StackEnd {
  /** Nothing is missing below it. */
  readonly whole: boolean;
  /** It is that of the main thread. Null: it does not tell. */
  readonly main: boolean | null;
}

export const NO_END: StackEnd = { whole: false, main: null };
const OF_STARTED: StackEnd = { whole: true, main: false };
const OF_MAIN: StackEnd = { whole: true, main: true };
const OF_CUT: StackEnd = { whole: false, main: false };

/** Which frames are those that whole stacks of a format end in. Each frame is judged once. */
export class OutermostFrames {
  readonly #grammar: LineGrammar;
  readonly #frames: FrameTable;
  readonly #known: (StackEnd | undefined)[] = [];

  constructor(grammar: LineGrammar, frames: FrameTable) {
    this.#grammar = grammar;
    this.#frames = frames;
  }

  of(frame: FrameIndex): StackEnd {
    return (this.#known[frame] ??= this.#judge(this.#frames.functionOf(frame)));
  }

  #judge(name: string | null): StackEnd {
    if (name === null) return NO_END;
    const { outermost } = this.#grammar;
    // names may be qualified: Thread._bootstrap
    const whole = outermost.has(name) || outermost.has(name.slice(name.lastIndexOf('.') + 1));
    if (name.endsWith('_bootstrap')) return whole ? OF_STARTED : OF_CUT;
    return whole ? OF_MAIN : NO_END;
  }
}
