import { StackTable, type StackIndex, type Tables } from '../model/index.js';

/** Stacks with all positions taken away: two stacks have one shape when they show the same functions of the same files. */
export class Shapes {
  readonly #tables: Tables;
  readonly #shapes = new StackTable();
  readonly #known: (StackIndex | undefined)[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The shape of a stack, as a row of this table; 0 for the empty stack. */
  of(stack: StackIndex): StackIndex {
    return (this.#known[stack] ??= this.#shapes.intern(
      Array.from(this.#tables.stacks.frames(stack), (frame) => this.#tables.frames.withoutPosition(frame)),
    ));
  }

  /** Frame rows without positions, most recent call first. Valid until the next call of `of`. */
  frames(shape: StackIndex): Int32Array {
    return this.#shapes.frames(shape);
  }
}
