import { StackTable, type FrameIndex, type StackIndex, type Tables } from '../model/index.js';

/** Files that have another path now, as printed: older to newer. */
export type MovedFiles = ReadonlyMap<string, string>;

/**
 * Stacks with all positions taken away: two stacks have one shape when they show the same functions of the same files,
 * those that moved taken at their new place.
 */
export class Shapes {
  readonly #tables: Tables;
  readonly #moved: MovedFiles;
  readonly #frames: (FrameIndex | undefined)[] = [];
  readonly #shapes = new StackTable();
  readonly #known: (StackIndex | undefined)[] = [];

  constructor(tables: Tables, moved: MovedFiles = new Map()) {
    this.#tables = tables;
    this.#moved = moved;
  }

  /** The shape of a stack, as a row of this table; 0 for the empty stack. */
  of(stack: StackIndex): StackIndex {
    return (this.#known[stack] ??= this.#shapes.intern(
      Array.from(this.#tables.stacks.frames(stack), (frame) => (this.#frames[frame] ??= this.#withoutPosition(frame))),
    ));
  }

  /** Frame rows without positions, most recent call first. Valid until the next call of `of`. */
  frames(shape: StackIndex): Int32Array {
    return this.#shapes.frames(shape);
  }

  #withoutPosition(frame: FrameIndex): FrameIndex {
    const { frames } = this.#tables;
    const file = this.#moved.size === 0 ? undefined : this.#moved.get(frames.fileOf(frame) ?? '');
    return file === undefined
      ? frames.withoutPosition(frame)
      : frames.intern({ function: frames.functionOf(frame), file, line: null, column: null });
  }
}
