import fs from 'node:fs';
import path from 'node:path';
import { findInputs } from './paths.js';
import { readRegularFile } from './regular-file.js';

/** A file that may be the source of what a dump names. */
export interface SourceCandidate {
  /** Where it is on this machine. */
  readonly path: string;
  /** Components of the path, counted from its end, that are the same in the dump. */
  readonly matched: number;
}

/** Larger Python files are generated tables; the largest module of the standard library has 260 KB. */
const MOST_BYTES = 2_000_000;
/** Files of a tree that are indexed: a monorepo's working copy has some 100,000. */
const MOST_FILES = 300_000;
/** A tree is walked for so long at most: `--source /` on a network disk must not hang. 100,000 files take 2 s here. */
const WALK_MS = 10_000;
/** Candidates given for one path: a tree with hundreds of `models.py` has no better answer than its longest matches. */
const MOST_CANDIDATES = 20;

/** Folders that dumps name and that were looked for; a program has some hundred. */
const MOST_FOLDERS = 10_000;

const PYTHON = /\.pyw?$/;

export interface SourceTreeOptions {
  /** Whether a file that lies at the very path a dump names is a candidate too. Default true. */
  readonly pathItself?: boolean;
  readonly walkMs?: number;
  readonly maxFiles?: number;
  /** Names of the files. Default: those of Python. */
  readonly names?: RegExp;
}

/**
 * The files (Python's, unless it says otherwise) of the folders that the user named, found by the end of their path: a dump made in a container says
 * `/srv/app/shop/cart.py`, the checkout has `~/work/shop-service/shop/cart.py`.
 *
 * Only regular files are opened, links to folders are not followed (see `findInputs`), and nothing is opened that is
 * larger than a source file may be.
 */
export class SourceTree {
  /** What the user should know of the folders, e.g. that one could not be read. */
  readonly warnings: readonly string[];
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  readonly #pathItself: boolean;
  readonly #names: RegExp;
  readonly #folders = new Map<string, boolean>();

  private constructor(byName: ReadonlyMap<string, readonly string[]>, warnings: readonly string[], pathItself: boolean, names: RegExp) {
    this.#byName = byName;
    this.#pathItself = pathItself;
    this.#names = names;
    this.warnings = warnings;
  }

  /** Walks the folders. A folder that does not exist or cannot be read is a warning. */
  static async open(folders: readonly string[], options: SourceTreeOptions = {}): Promise<SourceTree> {
    const { pathItself = true, walkMs = WALK_MS, maxFiles = MOST_FILES, names = PYTHON } = options;
    const warnings: string[] = [];
    const byName = new Map<string, string[]>();
    const signal = AbortSignal.timeout(walkMs);
    let files = 0;
    for (const folder of folders) {
      if (!fs.existsSync(folder)) {
        warnings.push(`${folder}: no such folder`);
        continue;
      }
      for await (const found of findInputs([folder], { names, signal })) {
        if ('warning' in found) {
          warnings.push(found.warning.message);
          continue;
        }
        const file = path.resolve(found.path);
        const name = path.basename(file);
        if (!names.test(name)) continue;
        const same = byName.get(name);
        if (same) same.push(file);
        else byName.set(name, [file]);
        if (++files >= maxFiles) break;
      }
      if (files >= maxFiles || signal.aborted) {
        const why = files >= maxFiles ? `more than ${maxFiles} source files` : `listing took more than ${walkMs / 1000} s`;
        warnings.push(`${folder}: ${why}; the rest is not looked at: name the folder of the program itself`);
        break;
      }
    }
    return new SourceTree(byName, warnings, pathItself, names);
  }

  /** Files whose path ends like the one a dump names, those that share the longest end first; in a tie the order of the folders. */
  candidates(printed: string): SourceCandidate[] {
    const itself = this.#pathItself && isLocal(printed) && this.#mayExist(printed);
    if (!itself && this.#byName.size === 0) return [];
    const wanted = components(printed);
    const name = wanted.at(-1);
    if (name === undefined || !this.#names.test(name)) return [];
    const found = (this.#byName.get(name) ?? []).map((file) => ({ path: file, matched: commonEnd(components(file), wanted) }));
    if (itself && !found.some((candidate) => candidate.path === path.resolve(printed)))
      found.push({ path: printed, matched: wanted.length });
    return found.sort((a, b) => b.matched - a.matched).slice(0, MOST_CANDIDATES);
  }

  /** Whether all folders on the way to a file are there: a dump of another machine names files of many that are not. */
  #mayExist(file: string): boolean {
    for (let at = file.indexOf('/', 1); at > 0; at = file.indexOf('/', at + 1)) {
      const folder = file.slice(0, at);
      let there = this.#folders.get(folder);
      if (there === undefined) {
        if (this.#folders.size >= MOST_FOLDERS) return false;
        this.#folders.set(folder, (there = fs.existsSync(folder)));
      }
      if (!there) return false;
    }
    return true;
  }

  /** The text of a candidate with `\n` as its line ends; null when it is no regular file, too large, or unreadable. */
  read(file: string): string | null {
    return readRegularFile(file, MOST_BYTES)?.replace(/\r\n?/g, '\n') ?? null;
  }
}

/** Absolute on this machine, and no share of another host: a dump's text must not make this machine log in anywhere. */
export function isLocal(printed: string): boolean {
  return path.isAbsolute(printed) && !/^[\\/]{2}/.test(printed);
}

export const components = (file: string): string[] => file.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');

export function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}
