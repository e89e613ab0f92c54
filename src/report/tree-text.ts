import type { FrameIndex, StackIndex } from '../model/index.js';
import { foldedText, frameText } from './frame-text.js';
import { threadOf, type Frame } from './group-text.js';
import { count, fit, paint } from './terminal.js';

interface Node {
  readonly frame: FrameIndex;
  threads: number;
  /** Threads whose most recent call this is. */
  ends: number;
  readonly calls: Map<FrameIndex, Node>;
}

/** Levels that are indented; deeper branches stand below each other. */
const MOST_INDENTS = 12;

/** All stacks of the newest dumps as one tree, outermost call first; callers that threads have in common stand once. */
export function* treeText(frame: Frame, limit: number): Generator<string> {
  const { set, overview, screen } = frame;
  const counts = new Map<StackIndex, number>();
  for (const group of overview.groups)
    for (const thread of group.threads) {
      const { stack } = threadOf(set, thread);
      counts.set(stack, (counts.get(stack) ?? 0) + 1);
    }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  yield '';
  yield paint(
    screen,
    'title',
    fit(`${count(total, 'thread')} of the newest dump${overview.series.length > 1 ? 's' : ''}, outermost call first`, screen.width),
  );
  const lines = treeLines(frame, treeOf(frame, counts), Math.max(3, String(total).length));
  let shown = 0;
  for (const line of lines) {
    if (++shown > limit) {
      yield paint(screen, 'dim', '… (--limit shows more)');
      return;
    }
    yield line;
  }
}

function treeOf({ set, origins, style }: Frame, counts: ReadonlyMap<StackIndex, number>): Map<FrameIndex, Node> {
  const roots = new Map<FrameIndex, Node>();
  for (const [stack, n] of counts) {
    const all = Array.from(set.stacks.frames(stack)).reverse();
    const frames = style.appOnly ? all.filter((row) => origins.isApplication(row)) : all;
    let level = roots;
    let last: Node | null = null;
    for (const row of frames) {
      let node = level.get(row);
      if (node === undefined) level.set(row, (node = { frame: row, threads: 0, ends: 0, calls: new Map() }));
      node.threads += n;
      level = node.calls;
      last = node;
    }
    if (last !== null) last.ends += n;
  }
  return roots;
}

/** Lines of a tree, without recursion: stacks may be as deep as their writer likes. */
function* treeLines({ set, origins, screen, style }: Frame, roots: ReadonlyMap<FrameIndex, Node>, digits: number): Generator<string> {
  const open: { node: Node; level: number }[] = [];
  const push = (nodes: Iterable<Node>, level: number): void => {
    for (const node of [...nodes].sort((a, b) => a.threads - b.threads)) open.push({ node, level });
  };
  push(roots.values(), 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    let { node } = next;
    const { level } = next;
    const indent = ' '.repeat(2 * Math.min(level, MOST_INDENTS));
    const head = (threads: number): string => `${String(threads).padStart(digits + 2)}  ${indent}`;
    const width = screen.width - head(0).length;
    const { threads } = node;
    // a run of frames that all these threads have is one block; library frames in it are folded
    let folded: FrameIndex[] = [];
    let first = true;
    const line = (text: string, application: boolean): string => {
      const begun = first ? head(threads) : ' '.repeat(head(0).length);
      first = false;
      return begun + paint(screen, application ? 'strong' : 'dim', fit(text, width));
    };
    for (;;) {
      const application = origins.isApplication(node.frame);
      const last = node.calls.size !== 1 || node.ends > 0;
      // the most recent call tells what the thread is doing
      const tip = node.calls.size === 0;
      if (application || style.full || (tip && folded.length === 0)) {
        if (folded.length > 0) yield line(foldedText(set, folded), false);
        folded = [];
        yield line(frameText(set, node.frame, width), application);
      } else {
        folded.push(node.frame);
      }
      if (last) {
        if (folded.length > 0)
          yield tip && folded.length > 1 ? line(foldedText(set, folded.slice(0, -1)), false) : line(foldedText(set, folded), false);
        if (tip && folded.length > 1) yield line(frameText(set, folded.at(-1)!, width), false);
        break;
      }
      node = node.calls.values().next().value!;
    }
    if (node.ends > 0 && node.calls.size > 0)
      yield `${String(node.ends).padStart(digits + 2)}  ${indent}  ${paint(screen, 'dim', '(here)')}`;
    push(node.calls.values(), level + 1);
  }
}
