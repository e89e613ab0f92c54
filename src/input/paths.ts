import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Warning } from '../model/index.js';
import { Turns } from './blocks.js';
import { STANDARD_INPUT } from './bytes.js';
import { reasonOf, systemCode } from './errors.js';
import { placeOf } from './odd-names.js';

/** Other people's code and version control: large, and never a place for dumps. */
const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** Directories below a temporary directory in which dumps are looked for without being asked: itself and its children. */
const DEFAULT_DEPTH = 2;

/**
 * Names that a dump is likely to have: logs and redirected output, rotated or packed, Node's
 * `report.<date>.<time>.<pid>.<tid>.<seq>.json`. Packed archives (`.tar.gz`) are not logs.
 */
const DUMP_NAME =
  /^(?!.*\.tar\.)(?:report\..*\.json|.*\.(?:log|txt|out|err|dump|trace|stderr))(?:[.-]\d+)*(?:\.(?:gz|zst|xz|bz2))?$|^(?!.*\.tar\.).*\.(?:gz|zst|xz|bz2)$/i;

export interface FindOptions {
  /** Levels of directories: 1 is a directory's own files. Default: all. */
  readonly maxDepth?: number;
  /** Only files and directories of this user, and no symbolic links: for directories that anybody may write to. */
  readonly ownedBy?: number;
  /** Names of files to take from directories. Default: all. */
  readonly names?: RegExp;
  readonly signal?: AbortSignal;
}

/**
 * An input (`named`: the user gave it, it was not found in a directory; `listed`: its directory says that it is a regular file), or why a
 * directory could not be read.
 */
export type FoundInput = { readonly path: string; readonly named: boolean; readonly listed?: boolean } | { readonly warning: Warning };

/**
 * The inputs that paths stand for: files and `-` as given (also what does not exist or is no regular file: whoever
 * opens it says so), directories as the regular files in them, deeply, each directory in the order of names with
 * numbers counted (`app.log.2` before `app.log.10`). Nothing is opened. A file is given once, however many
 * paths lead to it.
 *
 * Symbolic links in directories: to a file outside, it is taken; to one inside, it is met anyway; to a directory, it
 * is not followed, so there are no loops.
 */
export async function* findInputs(paths: readonly string[], options: FindOptions = {}): AsyncGenerator<FoundInput> {
  for await (const list of findInputLists(paths, options)) yield* list;
}

/** {@link findInputs}, some at a time: of ten thousand files each step of a stream would cost as much as opening one. */
export async function* findInputLists(paths: readonly string[], options: FindOptions = {}): AsyncGenerator<readonly FoundInput[]> {
  const inputs = paths.map((given) => {
    if (given === STANDARD_INPUT) return { given, real: given, isDirectory: false };
    return { given, real: realPath(given), isDirectory: statOrNull(given)?.isDirectory() ?? false };
  });
  const walk = new Walk(options, new Set(inputs.filter((input) => !input.isDirectory).map((input) => input.real)));
  const seen = new Set<string>();
  for (const { given, real, isDirectory } of inputs) {
    if (seen.has(real)) continue;
    seen.add(real);
    if (isDirectory) yield* walk.lists(given, real);
    else yield [{ path: given, named: true }];
  }
}

const LONGEST_LIST = 256;

/**
 * What to take from the temporary directory when no path is given: this user's files in it and its children that are named like dumps.
 * Other users' files are left, since anybody may put anything there.
 */
export function temporaryDumps(): FindOptions {
  const uid = process.getuid?.();
  return { maxDepth: DEFAULT_DEPTH, names: DUMP_NAME, ...(uid === undefined ? {} : { ownedBy: uid }) };
}

interface Entry {
  readonly name: string;
  readonly order: string;
  readonly kind: 'file' | 'directory' | 'link';
}

/** A directory on the way, with the separator behind it: its sorted entries and the next one. */
interface Level {
  readonly path: string;
  readonly real: string;
  readonly entries: readonly Entry[];
  next: number;
}

class Walk {
  readonly #options: FindOptions;
  /** Real paths of files that the user named. */
  readonly #named: ReadonlySet<string>;
  /** Real paths of roots, and of what links led to. */
  readonly #roots = new Set<string>();
  readonly #linked = new Set<string>();

  constructor(options: FindOptions, named: ReadonlySet<string>) {
    this.#options = options;
    this.#named = named;
  }

  async *lists(root: string, real: string): AsyncGenerator<readonly FoundInput[]> {
    const { maxDepth = Infinity, signal } = this.#options;
    if ([...this.#roots].some((other) => isInside(real, other))) return;
    const turns = new Turns();
    // A stack and not a recursion: how deep directories go is not ours to say.
    const levels: Level[] = [];
    let list: FoundInput[] = [...this.#enter(root, real, levels)];
    for (let level = levels.at(-1); level !== undefined && signal?.aborted !== true; level = levels.at(-1)) {
      const entry = level.entries[level.next++];
      if (entry === undefined) {
        levels.pop();
        continue;
      }
      if (list.length >= LONGEST_LIST) {
        yield list;
        list = [];
      }
      if (turns.due) await turns.take();
      const at = level.path + entry.name;
      const realAt = level.real + entry.name;
      if (entry.kind === 'directory') {
        if (levels.length < maxDepth && !this.#roots.has(realAt) && this.#isOurs(realAt)) list.push(...this.#enter(at, realAt, levels));
      } else if (this.#isTaken(entry, realAt, real)) list.push({ path: at, named: false, listed: entry.kind === 'file' });
    }
    this.#roots.add(real);
    if (list.length > 0) yield list;
  }

  *#enter(directory: string, real: string, levels: Level[]): Generator<FoundInput> {
    try {
      levels.push({ path: before(directory), real: before(real), entries: this.#read(real), next: 0 });
    } catch (error) {
      // It was there a moment ago; temporary directories come and go.
      if (levels.length > 0 && systemCode(error) === 'ENOENT') return;
      const reason = systemCode(error) === 'EACCES' ? 'permission denied' : reasonOf(error);
      yield { warning: { line: null, code: 'unreadable-directory', message: `${directory}: cannot be listed: ${reason}` } };
    }
  }

  /** Only what may be read is kept, so that 200,000 other files cost nothing. */
  #read(directory: string): Entry[] {
    const { names, ownedBy } = this.#options;
    const entries: Entry[] = [];
    const handle = fs.opendirSync(placeOf(directory), { bufferSize: 1024 });
    try {
      for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
        if (entry.isDirectory()) {
          if (!SKIPPED_DIRECTORIES.has(entry.name)) entries.push(entryOf(entry.name, 'directory'));
        } else if (names === undefined || names.test(entry.name)) {
          if (entry.isFile()) entries.push(entryOf(entry.name, 'file'));
          else if (entry.isSymbolicLink() && ownedBy === undefined) entries.push(entryOf(entry.name, 'link'));
        }
      }
    } finally {
      handle.closeSync();
    }
    return entries.sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  #isTaken(entry: Entry, file: string, root: string): boolean {
    if (entry.kind === 'file') return !this.#named.has(file) && this.#isOurs(file);
    if (!statOrNull(file)?.isFile()) return false;
    const target = realPath(file);
    if (isInside(target, root) || this.#named.has(target) || this.#linked.has(target)) return false;
    this.#linked.add(target);
    return true;
  }

  #isOurs(file: string): boolean {
    if (this.#options.ownedBy === undefined) return true;
    try {
      return fs.lstatSync(placeOf(file)).uid === this.#options.ownedBy;
    } catch {
      return false;
    }
  }
}

const entryOf = (name: string, kind: Entry['kind']): Entry => ({ name, order: orderOf(name), kind });

/** What stands before the name of an entry of a directory, in a path without needless parts. */
const before = (directory: string): string => path.join(directory, '_').slice(0, -1);

function isInside(file: string, directory: string): boolean {
  return file === directory || file.startsWith(directory.endsWith(path.sep) ? directory : directory + path.sep);
}

function statOrNull(file: string): fs.Stats | null {
  try {
    return fs.statSync(placeOf(file));
  } catch {
    return null;
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/**
 * A text that stands where its name is to stand: names are ordered by code units, runs of digits by their value, the same on every machine,
 * whatever its language. Those that are equal but for zeros (`a01`, `a1`) come in any order, but always the same.
 */
export function orderOf(name: string): string {
  // the longer of two runs is the greater one, once its zeros are taken off; how long it is counts as a digit does
  const key = name.replace(/\d+/g, (run) => {
    const digits = run.replace(/^0+(?=.)/, '');
    return `0${String.fromCharCode(digits.length)}${digits}`;
  });
  return `${key}\0${name}`;
}
