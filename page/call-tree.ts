import type { Model } from './model.js';

/**
 * Calls with how many samples stand in them, as a tree in rows: children of a row are `children[start[row] … start[row + 1])`,
 * the heaviest first. A sample is a thread in a dump. Row 0 is the root, all samples.
 */
export interface CallTree {
  /** A frame that the row stands for; -1 for the root. */
  readonly frame: Int32Array;
  readonly parent: Int32Array;
  readonly total: Float64Array;
  /** Samples whose innermost call it is. */
  readonly self: Float64Array;
  readonly start: Int32Array;
  readonly children: Int32Array;
  readonly depth: Int32Array;
}

/**
 * @param samples per stack: how many samples have it
 * @param merged one row for a function, whatever lines it stands at
 */
export function callTree(model: Model, samples: Float64Array, merged: boolean): CallTree {
  const { calls, stacks } = model.data;
  const size = calls.caller.length;
  // rows of the tree are calls, shifted by the root; merging gives several calls one row
  const rowOf = new Int32Array(size);
  const frame: number[] = [-1];
  const parent: number[] = [-1];
  const known = new Map<string, number>();
  const functions = merged ? functionRows(model) : null;
  for (let call = 0; call < size; call++) {
    const up = calls.caller[call] === -1 ? 0 : rowOf[calls.caller[call]!]!;
    const own = calls.frame[call]!;
    if (functions === null) {
      rowOf[call] = frame.length;
      frame.push(own);
      parent.push(up);
      continue;
    }
    const key = `${up} ${functions[own]!}`;
    let row = known.get(key);
    if (row === undefined) {
      known.set(key, (row = frame.length));
      frame.push(own);
      parent.push(up);
    }
    rowOf[call] = row;
  }
  const [total, self] = [new Float64Array(frame.length), new Float64Array(frame.length)];
  for (const [stack, n] of samples.entries()) {
    const call = stacks[stack]!;
    if (n === 0 || call === -1) continue;
    self[rowOf[call]!]! += n;
  }
  // a caller stands before all that it calls
  for (let row = frame.length - 1; row >= 0; row--) {
    total[row]! += self[row]!;
    if (row > 0) total[parent[row]!]! += total[row]!;
  }
  const depth = new Int32Array(frame.length);
  const counts = new Int32Array(frame.length + 1);
  for (let row = 1; row < frame.length; row++) {
    depth[row] = depth[parent[row]!]! + 1;
    if (total[row]! > 0) counts[parent[row]! + 1]!++;
  }
  for (let row = 0; row < frame.length; row++) counts[row + 1]! += counts[row]!;
  const start = counts.slice();
  const next = counts.slice();
  const children = new Int32Array(start[frame.length]!);
  for (let row = 1; row < frame.length; row++) if (total[row]! > 0) children[next[parent[row]!]!++] = row;
  for (let row = 0; row < frame.length; row++) {
    if (start[row + 1]! - start[row]! > 1) children.subarray(start[row], start[row + 1]).sort((a, b) => total[b]! - total[a]! || a - b);
  }
  return { frame: Int32Array.from(frame), parent: Int32Array.from(parent), total, self, start, children, depth };
}

/** Per frame: a number for its function and file. */
function functionRows(model: Model): Int32Array {
  const { frames } = model.data;
  const known = new Map<string, number>();
  return Int32Array.from(frames.function, (fn, row) => {
    const key = `${fn} ${frames.file[row]!}`;
    let number = known.get(key);
    if (number === undefined) known.set(key, (number = known.size));
    return number;
  });
}

export interface Heavy {
  readonly frame: number;
  readonly self: number;
  readonly total: number;
}

/** Functions by the samples that stand in them; recursion counts once. */
export function heaviest(model: Model, tree: CallTree, most: number): Heavy[] {
  const functions = functionRows(model);
  const sums = new Map<number, { frame: number; self: number; total: number }>();
  const open = new Map<number, number>();
  const visit: number[] = [0];
  // going down and up again: a negative number is a row that is left
  while (visit.length > 0) {
    const row = visit.pop()!;
    if (row < 0) {
      const fn = functions[tree.frame[-row]!]!;
      open.set(fn, open.get(fn)! - 1);
      continue;
    }
    if (row > 0) {
      const fn = functions[tree.frame[row]!]!;
      const sum = sums.get(fn) ?? { frame: tree.frame[row]!, self: 0, total: 0 };
      sums.set(fn, sum);
      sum.self += tree.self[row]!;
      const above = open.get(fn) ?? 0;
      if (above === 0) sum.total += tree.total[row]!;
      open.set(fn, above + 1);
      visit.push(-row);
    }
    for (let i = tree.start[row]!; i < tree.start[row + 1]!; i++) visit.push(tree.children[i]!);
  }
  return [...sums.values()].sort((a, b) => b.self - a.self || b.total - a.total).slice(0, most);
}
