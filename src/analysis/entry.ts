import type { FrameIndex, StackIndex, Tables } from '../model/index.js';

interface FrameRule {
  readonly fn: RegExp;
  readonly file: RegExp;
}

/** Frames that the runtimes put below a thread's own function, by function and the end of the file. */
const PLUMBING: readonly FrameRule[] = [
  { fn: /^(?:_bootstrap|_bootstrap_inner|__bootstrap|__bootstrap_inner|run)$/, file: /(?:^|[/\\])threading\.py$/ },
  { fn: /^(?:_bootstrap|run)$/, file: /[/\\](?:multiprocessing|billiard)[/\\]process\.py$/ },
  { fn: /^(?:_run_module_as_main|_run_code|run_module|run_path|_run_module_code)$/, file: /runpy(?:\.py|>)$/ },
  { fn: /./, file: /^node:internal\/(?:modules|main|process|vm)|^(?:internal\/)?(?:module|modules|bootstrap|main|process)[\w/]*\.js$/ },
];

/** Where a forked child begins: the frames below are its parent's, as they were at the fork. */
const FORKS: readonly FrameRule[] = [
  { fn: /^_bootstrap$/, file: /[/\\](?:multiprocessing|billiard)[/\\]process\.py$/ },
  { fn: /^spawn_worker$/, file: /[/\\]gunicorn[/\\]arbiter\.py$/ },
];

/**
 * Depth (0 is the most recent call) of the function that a thread was started with: the outermost frame that is not the
 * runtime's own start-up code. -1 for an empty stack or one that is nothing else.
 */
export function entryDepth(tables: Tables, stack: StackIndex): number {
  for (let depth = ownDepth(tables, stack) - 1; depth >= 0; depth--) {
    if (!matchesAny(PLUMBING, tables, tables.stacks.frameAt(stack, depth))) return depth;
  }
  return -1;
}

/** Number of frames from the top that are the process's own: a forked child's stack ends where it was forked. */
export function ownDepth(tables: Tables, stack: StackIndex): number {
  const depth = tables.stacks.depth(stack);
  for (let i = 0; i < depth; i++) if (matchesAny(FORKS, tables, tables.stacks.frameAt(stack, i))) return i + 1;
  return depth;
}

function matchesAny(rules: readonly FrameRule[], tables: Tables, frame: FrameIndex): boolean {
  const fn = tables.frames.functionOf(frame) ?? '';
  return rules.some((rule) => rule.fn.test(fn) && rule.file.test(tables.frames.fileOf(frame) ?? ''));
}
