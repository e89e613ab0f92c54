import type { DumpSet, FrameIndex } from '../../model/index.js';
import { Origins } from '../origin.js';
import type { FrameFacts } from './facts.js';
import { FactReader } from './frame-facts.js';
import { indexModule, placeOf, type Place, type PyModule } from './module.js';
import { Names } from './names.js';
import { Program, modulePaths } from './program.js';
import type { Parse } from './syntax.js';

/** Where files are looked up; `SourceTree` of the input layer is one. */
export interface SourceLookup {
  /** Files whose path ends like a printed one, longest common end first. */
  candidates(printed: string): { readonly path: string; readonly matched: number }[];
  /** Null: cannot be read. */
  read(path: string): string | null;
}

/** What became of a file that the dumps name. */
export interface SourceFile {
  /** As the dumps print it. */
  readonly printed: string;
  /** The file that was read, or the one that did not fit. */
  readonly path: string | null;
  /**
   * `not-fitting`: the functions of the frames do not stand at their lines, so it is another version than what ran, and
   * nothing of it is used. `unreadable`: there, but too large, too hard to parse, or beyond the limits of one run.
   */
  readonly state: 'used' | 'not-found' | 'not-fitting' | 'unreadable';
  /** Other files that fit as well and say something else. */
  readonly alternatives: readonly string[];
}

export interface SourceOptions {
  readonly origins?: Origins;
  /** Milliseconds for reading and parsing. */
  readonly budget?: number;
}

/**
 * Share of a file's frames (each as often as it stands on a stack) whose function must enclose their line. Not all: torn
 * log lines and CPython 3.13 print a wrong number now and then. A file that was changed misses with most.
 */
const FITTING = 0.9;
/** Frames of one file that are looked at; a large module has some hundred call lines on stacks. */
const MOST_FRAMES = 3_000;
/** Imported files that are read for the locks they make, beside those on stacks. */
const MOST_IMPORTED = 300;
/** Characters parsed in all: some ten seconds of work. */
const MOST_CHARACTERS = 30_000_000;
const BUDGET_MS = 10_000;
/** An imported file without any of these words cannot make what threads wait for. */
const OF_INTEREST =
  /\b(?:R?Lock|Condition|Semaphore|BoundedSemaphore|Event|Barrier|\w*Queue|acquire|contextmanager|\w+Executor|Thread|Popen|Pool|allocate_lock)\b/;

/** The facts of all frames of a set of dumps whose source was found. */
export class SourceFacts {
  readonly files: readonly SourceFile[];
  readonly program: Program;
  readonly names: Names;
  readonly #places: ReadonlyMap<FrameIndex, Place>;
  readonly #facts = new Map<FrameIndex, FrameFacts | null>();
  readonly #reader: FactReader;
  readonly #end: number;

  constructor(files: readonly SourceFile[], modules: readonly PyModule[], places: ReadonlyMap<FrameIndex, Place>, end: number) {
    this.files = files;
    this.program = new Program(modules);
    this.names = new Names(this.program);
    this.#reader = new FactReader(this.program, this.names);
    this.#places = places;
    this.#end = end;
  }

  placeOf(frame: FrameIndex): Place | null {
    return this.#places.get(frame) ?? null;
  }

  /** Null: no source, or it does not fit, or time ran out. */
  of(frame: FrameIndex): FrameFacts | null {
    const known = this.#facts.get(frame);
    if (known !== undefined) return known;
    const place = this.#places.get(frame);
    const facts = place === undefined || performance.now() > this.#end ? null : this.#reader.at(place);
    this.#facts.set(frame, facts);
    return facts;
  }
}

/**
 * Looks up the source of the application's and the libraries' frames, parses each file once, and reads what else the
 * program imports for the locks and queues it makes.
 */
export function readSourceFacts(set: DumpSet, lookup: SourceLookup, parse: Parse, options: SourceOptions = {}): SourceFacts {
  const origins = options.origins ?? new Origins(set.frames);
  const start = performance.now();
  const budget = options.budget ?? BUDGET_MS;
  const library = new Library(lookup, parse, start + budget);
  const files: SourceFile[] = [];
  const places = new Map<FrameIndex, Place>();
  const used = new Map<string, PyModule>();
  for (const [printed, frames] of framesByFile(set, origins)) {
    const found = chosen(printed, frames, set, library);
    files.push(found.file);
    if (found.module === null) continue;
    used.set(found.module.file, found.module);
    for (const [frame, place] of found.places) places.set(frame, place);
  }
  return new SourceFacts(files, withImports([...used.values()], library), places, start + 2 * budget);
}

/** Frames of files that may have source here, with how often each stands on a stack; the files that stand there most come first. */
function framesByFile(set: DumpSet, origins: Origins): [string, Map<FrameIndex, number>][] {
  const stacks = new Map<number, number>();
  for (const { runtime, threads } of set.dumps) {
    if (runtime !== 'python') continue;
    for (const { stack } of threads) stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
  }
  const files = new Map<string, Map<FrameIndex, number>>();
  const totals = new Map<string, number>();
  for (const [stack, times] of stacks) {
    for (const frame of set.stacks.frames(stack)) {
      const origin = origins.of(frame);
      const file = set.frames.fileOf(frame);
      if (file === null || (origin !== 'application' && origin !== 'library')) continue;
      let frames = files.get(file);
      if (frames === undefined) files.set(file, (frames = new Map<FrameIndex, number>()));
      if (frames.size < MOST_FRAMES || frames.has(frame)) frames.set(frame, (frames.get(frame) ?? 0) + times);
      totals.set(file, (totals.get(file) ?? 0) + times);
    }
  }
  return [...files].sort((a, b) => totals.get(b[0])! - totals.get(a[0])!);
}

interface Chosen {
  readonly file: SourceFile;
  readonly module: PyModule | null;
  readonly places: readonly (readonly [FrameIndex, Place])[];
}

/** The candidate with the longest common end of path whose lines fit. */
function chosen(printed: string, frames: ReadonlyMap<FrameIndex, number>, set: DumpSet, library: Library): Chosen {
  const least = leastMatched(printed);
  const candidates = library.lookup.candidates(printed).filter(({ matched }) => matched >= least);
  let state: SourceFile['state'] = 'not-found';
  let path: string | null = null;
  for (const matched of new Set(candidates.map((candidate) => candidate.matched))) {
    const fitting: { module: PyModule; places: [FrameIndex, Place][]; share: number }[] = [];
    for (const candidate of candidates) {
      if (candidate.matched !== matched) continue;
      const module = library.module(candidate.path);
      if (module === null) {
        if (library.exists(candidate.path)) [state, path] = [state === 'not-fitting' ? state : 'unreadable', path ?? candidate.path];
        continue;
      }
      const { places, share } = fit(module, frames, set);
      if (share >= FITTING) fitting.push({ module, places, share });
      else [state, path] = ['not-fitting', path ?? candidate.path];
    }
    const best = fitting.sort((a, b) => b.share - a.share)[0];
    if (best === undefined) continue;
    const others = fitting.filter(({ share, module }) => share === best.share && module.tree.text !== best.module.tree.text);
    return {
      file: { printed, path: best.module.file, state: 'used', alternatives: others.map(({ module }) => module.file) },
      module: best.module,
      places: best.places,
    };
  }
  return { file: { printed, path, state, alternatives: [] }, module: null, places: [] };
}

/** Of an installed package all of the path within `site-packages` must be the same: there are many `client.py`. */
function leastMatched(printed: string): number {
  const inside = /[\\/](?:site|dist)-packages[\\/](.*)$/s.exec(printed)?.[1];
  return inside === undefined ? 1 : inside.split(/[\\/]/).length;
}

function fit(module: PyModule, frames: ReadonlyMap<FrameIndex, number>, set: DumpSet): { places: [FrameIndex, Place][]; share: number } {
  const places: [FrameIndex, Place][] = [];
  let [total, good] = [0, 0];
  for (const [frame, times] of frames) {
    const [fn, line] = [set.frames.functionOf(frame), set.frames.lineOf(frame)];
    if (fn === null || line === null) continue;
    total += times;
    const place = placeOf(module, fn, line);
    if (place === null) continue;
    good += times;
    places.push([frame, place]);
  }
  return { places, share: total === 0 ? 0 : good / total };
}

/** Reads and parses files, each once, as long as there is time. */
class Library {
  readonly lookup: SourceLookup;
  readonly #parse: Parse;
  readonly #end: number;
  readonly #modules = new Map<string, PyModule | null>();
  readonly #texts = new Map<string, string | null>();
  #characters = 0;

  constructor(lookup: SourceLookup, parse: Parse, end: number) {
    this.lookup = lookup;
    this.#parse = parse;
    this.#end = end;
  }

  text(path: string): string | null {
    let text = this.#texts.get(path);
    if (text === undefined) this.#texts.set(path, (text = this.#characters > MOST_CHARACTERS ? null : this.lookup.read(path)));
    return text;
  }

  exists(path: string): boolean {
    return this.text(path) !== null;
  }

  module(path: string): PyModule | null {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = this.text(path);
    let module: PyModule | null = null;
    if (text !== null && performance.now() < this.#end) {
      this.#characters += text.length;
      const tree = this.#parse(text);
      module = tree && indexModule(path, tree);
    }
    this.#modules.set(path, module);
    return module;
  }
}

/** The modules and those they import, as far as these could make something that threads wait for. */
function withImports(modules: readonly PyModule[], library: Library): PyModule[] {
  const all = new Map(modules.map((module) => [module.file, module]));
  const waiting = [...modules];
  for (let module = waiting.shift(); module !== undefined && all.size < modules.length + MOST_IMPORTED; module = waiting.shift()) {
    for (const { module: name, name: member } of module.imports.values()) {
      for (const dotted of member === null ? [name] : [name, name.endsWith('.') ? name + member : `${name}.${member}`]) {
        const path = importedFile(dotted, module, library);
        const text = path === null || all.has(path) ? null : library.text(path);
        const imported = path !== null && text !== null && OF_INTEREST.test(text) ? library.module(path) : null;
        if (imported === null) continue;
        all.set(imported.file, imported);
        waiting.push(imported);
      }
    }
  }
  return [...all.values()];
}

/** Folders above the importing file in which an absolute import may begin. */
const MOST_LEVELS_UP = 4;

function importedFile(dotted: string, from: PyModule, library: Library): string | null {
  for (const wanted of modulePaths(dotted, from.file)) {
    const length = wanted.split('/').length;
    const found = library.lookup.candidates(wanted).filter(({ matched }) => matched >= length);
    // of several (every service has a `config.py`) the nearest
    const nearest = found.sort((a, b) => commonFolders(b.path, from.file) - commonFolders(a.path, from.file))[0];
    if (nearest) return nearest.path;
  }
  if (dotted.startsWith('.')) return null;
  const folders = from.file.split('/').slice(0, -1);
  for (let up = 0; up <= MOST_LEVELS_UP && up < folders.length; up++) {
    for (const wanted of modulePaths(dotted, '')) {
      const path = [...folders.slice(0, folders.length - up), wanted].join('/');
      if (library.exists(path)) return path;
    }
  }
  return null;
}

function commonFolders(a: string, b: string): number {
  const [left, right] = [a.split(/[\\/]/), b.split(/[\\/]/)];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return count;
}
