import { diffArrays } from 'diff';
import type { FrameIndex, StackIndex, Tables } from '../model/index.js';
import { Shapes, type MovedFiles } from './shapes.js';

/**
 * A step from an older stack to a newer one, most recent call first. `line`: the same function at another line (or
 * column). Frames with `same`, `line` and `added` are the newer stack, those with `same`, `line` and `removed` the older.
 */
export interface FrameOp {
  readonly op: 'same' | 'added' | 'removed' | 'line';
  /** As the newer stack has it; of `removed`, as the older one had it. */
  readonly frame: FrameIndex;
  /** As the older stack had it; null of `added`. */
  readonly old: FrameIndex | null;
}

/**
 * Insertions and removals looked for in the unlike middle of two stacks. Unlike stacks cost the square of it; beyond, the
 * middle is shown as replaced, which is what it then is to a reader. 100 is 0.7 ms.
 */
const MOST_EDITS = 100;

/** Pairs of stacks whose steps are kept: many threads of a dump change alike, few do so hours later. */
const MOST_KEPT = 1 << 12;

/** Compares stacks frame by frame. */
export class FrameDiffs {
  readonly #tables: Tables;
  readonly #shapes: Shapes;
  /** By older, then by newer stack. */
  readonly #known = new Map<StackIndex, Map<StackIndex, readonly FrameOp[]>>();
  #kept = 0;

  constructor(tables: Tables, moved?: MovedFiles) {
    this.#tables = tables;
    this.#shapes = new Shapes(tables, moved);
  }

  /** Whether two stacks are the same functions, whatever their lines. */
  haveOneShape(old: StackIndex, fresh: StackIndex): boolean {
    return this.#shapes.of(old) === this.#shapes.of(fresh);
  }

  /** Of two frames of one function of one file: whether they are at one line and column. */
  isSamePlace(old: FrameIndex, fresh: FrameIndex): boolean {
    const { frames } = this.#tables;
    return old === fresh || (frames.lineOf(old) === frames.lineOf(fresh) && frames.columnOf(old) === frames.columnOf(fresh));
  }

  of(old: StackIndex, fresh: StackIndex): readonly FrameOp[] {
    const known = this.#known.get(old)?.get(fresh);
    if (known !== undefined) return known;
    const ops = this.#compare(old, fresh);
    if (++this.#kept > MOST_KEPT) {
      this.#known.clear();
      this.#kept = 1;
    }
    const ofOld = this.#known.get(old) ?? new Map<StackIndex, readonly FrameOp[]>();
    this.#known.set(old, ofOld.set(fresh, ops));
    return ops;
  }

  #compare(oldStack: StackIndex, newStack: StackIndex): FrameOp[] {
    const [olds, news] = [oldStack, newStack].map((stack) => Array.from(this.#tables.stacks.frames(stack))) as [number[], number[]];
    const [oldShape, newShape] = [oldStack, newStack].map((stack) => {
      const shape = this.#shapes.of(stack);
      return Array.from(this.#shapes.frames(shape));
    }) as [number[], number[]];
    const most = Math.min(olds.length, news.length);
    let head = 0;
    while (head < most && oldShape[head] === newShape[head]) head++;
    let tail = 0;
    while (tail < most - head && oldShape.at(-1 - tail) === newShape.at(-1 - tail)) tail++;
    const ops: FrameOp[] = [];
    let [i, j] = [0, 0];
    const keep = (count: number): void => {
      for (let n = 0; n < count; n++, i++, j++)
        ops.push({ op: this.isSamePlace(olds[i]!, news[j]!) ? 'same' : 'line', frame: news[j]!, old: olds[i]! });
    };
    const remove = (count: number): void => {
      for (let n = 0; n < count; n++, i++) ops.push({ op: 'removed', frame: olds[i]!, old: olds[i]! });
    };
    const add = (count: number): void => {
      for (let n = 0; n < count; n++, j++) ops.push({ op: 'added', frame: news[j]!, old: null });
    };
    keep(head);
    const [oldEnd, newEnd] = [olds.length - tail, news.length - tail];
    const parts =
      head === oldEnd || head === newEnd
        ? undefined
        : diffArrays(oldShape.slice(head, oldEnd), newShape.slice(head, newEnd), { maxEditLength: MOST_EDITS });
    if (parts === undefined) {
      remove(oldEnd - head);
      add(newEnd - head);
    } else {
      for (const { count, added, removed } of parts) {
        if (removed) remove(count);
        else if (added) add(count);
        else keep(count);
      }
    }
    keep(tail);
    return ops;
  }
}
