import type { FrameIndex, StackIndex, StackTable, Tables } from '../model/index.js';

interface FrameRule {
  readonly fn: RegExp;
  readonly file: RegExp;
}

/** Frames that the runtimes put below a thread's own function, by function and the end of the file. */
const PLUMBING: readonly FrameRule[] = [
  { fn: /^(?:_bootstrap|_bootstrap_inner|__bootstrap|__bootstrap_inner|run)$/, file: /(?:^|[/\\])threading\.py$/ },
  { fn: /^(?:_bootstrap|run)$/, file: /(?:^|[/\\])(?:multiprocessing|billiard)[/\\]process\.py$/ },
  // PyPy runs a program from its own application-level code
  { fn: /./, file: /(?:^|[/\\])(?:app_main\.py|lib_pypy[/\\]runpy\.py)$/ },
  { fn: /^(?:_run_module_as_main|_run_code|run_module|run_path|_run_module_code)$/, file: /runpy(?:\.py|>)$/ },
  { fn: /./, file: /^node:internal\/(?:modules|main|process|vm)|^(?:internal\/)?(?:module|modules|bootstrap|main|process)[\w/]*\.js$/ },
];

/**
 * Where a child process begins: multiprocessing's `BaseProcess._bootstrap`, in all its start methods, and that of its like.
 * A forked child keeps its parent's frames below it, which say nothing of what the child was started for.
 */
const CHILD_STARTS: readonly FrameRule[] = [
  { fn: /^_bootstrap$/, file: /(?:^|[/\\])(?:multiprocessing|billiard)[/\\]process\.py$/ },
  { fn: /^spawn_worker$/, file: /(?:^|[/\\])gunicorn[/\\]arbiter\.py$/ },
];

/**
 * Depth (0 is the most recent call) of the function that a thread was started with: the outermost frame that is not the
 * runtime's own start-up code. -1 for an empty stack or one that is nothing else.
 */
export function entryDepth(tables: Tables, stack: StackIndex): number {
  return Entries.in(tables).depthOf(stack);
}

type Part = 'own' | 'plumbing' | 'child-start';

interface PartRule extends FrameRule {
  readonly part: Part;
}

const RULES: readonly PartRule[] = [
  ...CHILD_STARTS.map((rule) => ({ ...rule, part: 'child-start' as const })),
  ...PLUMBING.map((rule) => ({ ...rule, part: 'plumbing' as const })),
];

/** {@link entryDepth} for many stacks: each frame and each stack is judged once, for all who ask. */
export class Entries {
  static readonly #made = new WeakMap<StackTable, Entries>();

  /** Of these tables; always the same. */
  static in(tables: Tables): Entries {
    let entries = Entries.#made.get(tables.stacks);
    if (entries === undefined) Entries.#made.set(tables.stacks, (entries = new Entries({ frames: tables.frames, stacks: tables.stacks })));
    return entries;
  }

  readonly #tables: Tables;
  readonly #parts: (Part | undefined)[] = [];
  /** By the file's row + 1: the rules that may hold in it. */
  readonly #rulesOf: (readonly PartRule[] | undefined)[] = [];
  readonly #depths: (number | undefined)[] = [];
  readonly #owns: (number | undefined)[] = [];
  readonly #rows: (FrameIndex | null | undefined)[] = [];
  #childSeen = false;
  /** Frame rows that were looked at for it. */
  #judged = 0;

  private constructor(tables: Tables) {
    this.#tables = tables;
  }

  depthOf(stack: StackIndex): number {
    return (this.#depths[stack] ??= this.#find(stack));
  }

  /** The function a thread was started with, as a frame row without position, or null. */
  of(stack: StackIndex): FrameIndex | null {
    let row = this.#rows[stack];
    if (row === undefined) {
      const depth = this.depthOf(stack);
      row = depth < 0 ? null : this.#tables.frames.withoutPosition(this.#tables.stacks.frameAt(stack, depth));
      this.#rows[stack] = row;
    }
    return row;
  }

  /** Whether a stack is that of a child process of multiprocessing. */
  isChild(stack: StackIndex): boolean {
    return this.#childDepth(stack) !== -1;
  }

  /** Number of frames from the top that are the process's own: a forked child's end where it began. */
  ownDepth(stack: StackIndex): number {
    return (this.#owns[stack] ??= this.#countOwn(stack));
  }

  #countOwn(stack: StackIndex): number {
    const child = this.#childDepth(stack);
    return child === -1 ? this.#tables.stacks.depth(stack) : child + 1;
  }

  #childDepth(stack: StackIndex): number {
    if (!this.#hasChildren) return -1;
    const { stacks } = this.#tables;
    const depth = stacks.depth(stack);
    for (let i = 0; i < depth; i++) if (this.#part(stacks.frameAt(stack, i)) === 'child-start') return i;
    return -1;
  }

  /** Some frame is where a child process begins: in most inputs none is, and no stack need be searched. */
  get #hasChildren(): boolean {
    const { frames } = this.#tables;
    for (; !this.#childSeen && this.#judged < frames.size; this.#judged++) this.#childSeen = this.#part(this.#judged) === 'child-start';
    return this.#childSeen;
  }

  #find(stack: StackIndex): number {
    const { stacks } = this.#tables;
    // where nobody is a child all frames are the process's own
    for (let depth = (this.#hasChildren ? this.ownDepth(stack) : stacks.depth(stack)) - 1; depth >= 0; depth--)
      if (this.#part(stacks.frameAt(stack, depth)) === 'own') return depth;
    return -1;
  }

  #part(frame: FrameIndex): Part {
    return (this.#parts[frame] ??= this.#partOf(frame));
  }

  #partOf(frame: FrameIndex): Part {
    const { frames } = this.#tables;
    const rules = (this.#rulesOf[frames.fileRowOf(frame) + 1] ??= RULES.filter(({ file }) => file.test(frames.fileOf(frame) ?? '')));
    if (rules.length === 0) return 'own';
    const fn = frames.functionOf(frame) ?? '';
    return rules.find((rule) => rule.fn.test(fn))?.part ?? 'own';
  }
}
