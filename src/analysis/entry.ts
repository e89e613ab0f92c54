import type { FrameIndex, StackIndex, Tables } from '../model/index.js';

/** Frames that the runtimes put below a thread's own function, by function and the end of the file. */
const PLUMBING: readonly { readonly fn: RegExp; readonly file: RegExp }[] = [
  { fn: /^(?:_bootstrap|_bootstrap_inner|__bootstrap|__bootstrap_inner|run)$/, file: /(?:^|[/\\])threading\.py$/ },
  { fn: /^(?:_run_module_as_main|_run_code|run_module|run_path|_run_module_code)$/, file: /runpy(?:\.py|>)$/ },
  { fn: /./, file: /^node:internal\/(?:modules|main|process|vm)|^(?:internal\/)?(?:module|modules|bootstrap|main|process)[\w/]*\.js$/ },
];

/**
 * Depth (0 is the most recent call) of the function that a thread was started with: the outermost frame that is not the
 * runtime's own start-up code. -1 for an empty stack or one that is nothing else.
 */
export function entryDepth(tables: Tables, stack: StackIndex): number {
  for (let depth = tables.stacks.depth(stack) - 1; depth >= 0; depth--) {
    if (!isPlumbing(tables, tables.stacks.frameAt(stack, depth))) return depth;
  }
  return -1;
}

function isPlumbing(tables: Tables, frame: FrameIndex): boolean {
  const [fn, file] = [tables.frames.functionOf(frame) ?? '', tables.frames.fileOf(frame) ?? ''];
  return PLUMBING.some((rule) => rule.fn.test(fn) && rule.file.test(file));
}
