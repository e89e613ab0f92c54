import type { FrameIndex, FrameTable } from '../model/index.js';

/**
 * Whose code a frame is: `application`, the user's own; `library`, installed packages; `standard`, the standard library
 * that comes with the runtime; `runtime`, the runtime's own inside (frozen modules, `node:` internals, builtins).
 */
export type Origin = 'application' | 'library' | 'standard' | 'runtime';

/** A folder and whose code lies in it, for layouts that no rule knows. */
export interface Root {
  /** A path or the end of one, e.g. `/opt/vendor` or `vendor/`. */
  readonly path: string;
  readonly origin: Origin;
}

/** Rules in the order they are tried on the file as printed, with `\` read as `/`. What none matches is application code. */
const RULES: readonly { readonly file: RegExp; readonly origin: Origin }[] = [
  // Python: what the interpreter itself runs
  { file: /^<frozen |^<builtin>|^<shim>|^<__array_function__ internals>$/, origin: 'runtime' },
  // Node: internals, and those of 14 and older, which have neither prefix nor slash (`events.js`, `internal/timers.js`)
  {
    file: /^node:|^internal\/[\w/-]+\.js$|^(?:_?[a-z]+(?:_[a-z]+)*)\.js$|^native$|^<anonymous>$|^wasm-|^index \d+$|^bootstrap_node\.js$/,
    origin: 'runtime',
  },
  // what a bundler adds of its own, by the names of its source maps
  { file: /^webpack:\/\/[^/]*\/webpack\//, origin: 'runtime' },
  { file: /\/(?:site|dist)-packages\/|\.egg\/|\/node_modules\/|^node_modules\//, origin: 'library' },
  {
    file: /\/(?:lib|lib64|lib32|Lib|lib-python|lib_pypy)\/(?:python|pypy)?\d?(?:\.\d+)?t?\/|\/lib-python\/|\/lib_pypy\//,
    origin: 'standard',
  },
  { file: /\/(?:lib|lib64)\/(?:python|pypy)[\d.]*t?\/|(?:^|\/)python\d{2,3}\.zip\//, origin: 'standard' },
  // Windows: C:\Python311\Lib\threading.py, …\Programs\Python\Python311\Lib\
  { file: /\/Python[^/]*\/(?:Lib|lib)\/|^[A-Za-z]:\/(?:[^/]+\/)*Lib\/(?!site-packages)(?:(?!Lib\/)\w+\/)*\w+\.py$/, origin: 'standard' },
];

/** Modules of the standard library that stand on stacks often, for paths that people or tools have shortened (`.../threading.py`, `queue.py`). */
const STANDARD_MODULES =
  /(?:^|^\.\.\.\/|^…\/|^Lib\/)(?:threading|queue|selectors|socket|socketserver|ssl|subprocess|signal|sched|runpy|contextlib|functools|codecs|tempfile|shutil|traceback|(?:asyncio|concurrent\/futures|multiprocessing|logging|http|urllib|importlib|json|unittest|email|xmlrpc|wsgiref|ctypes)\/\w+)\.py$/;

/** Tells whose code frames are; each file is judged once. */
export class Origins {
  readonly #frames: FrameTable;
  readonly #roots: readonly Root[];
  /** By the file's row + 1. */
  readonly #known: (Origin | undefined)[] = [];

  constructor(frames: FrameTable, roots: readonly Root[] = []) {
    this.#frames = frames;
    this.#roots = roots;
  }

  of(frame: FrameIndex): Origin {
    const original = this.#frames.originalOf(frame);
    if (original !== null) return originOf(original.file, this.#roots);
    return (this.#known[this.#frames.fileRowOf(frame) + 1] ??= originOf(this.#frames.fileOf(frame), this.#roots));
  }

  isApplication(frame: FrameIndex): boolean {
    return this.of(frame) === 'application';
  }
}

/** Whose code a file is, by its path as printed. Null (`???`) is the runtime's. */
export function originOf(file: string | null, roots: readonly Root[] = []): Origin {
  if (file === null || file === '') return 'runtime';
  const path = file.replaceAll('\\', '/');
  const root = roots.find((candidate) => path.startsWith(candidate.path) || path.includes(`/${candidate.path.replace(/^\//, '')}`));
  if (root) return root.origin;
  // what dumps as a pseudo frame in 3.13+: File "__init__", line ??? in __init__
  if (path === '__init__') return 'runtime';
  return RULES.find((rule) => rule.file.test(path))?.origin ?? (STANDARD_MODULES.test(path) ? 'standard' : 'application');
}
