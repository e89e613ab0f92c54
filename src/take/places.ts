/** Where a process may write a dump that a signal asks for, and what has come there since. */
import fs from 'node:fs';
import path from 'node:path';
import { allProcesses, openFilesOf, type OpenFile, type ProcessInfo } from './process.js';
import { throughRoot, type Target } from './target.js';

/** Files of folders with more are not looked at. */
const MOST_NAMES = 20_000;
/** Of one file: the dump, and what else is logged meanwhile. */
const MOST_BYTES = 64 * 2 ** 20;

interface Place {
  /** As people know it. */
  readonly label: string;
  /** The path by which it is reached from here. */
  readonly path: string;
  readonly size: number;
}

/** What has come to a place since it was looked at. */
export interface Arrived {
  readonly label: string;
  readonly text: Uint8Array;
}

/**
 * The files that a process has open for writing, those of whoever reads its output through a pipe (`| tee log`), and the folders
 * in which it may make new ones, as they were when they were looked at.
 */
export class DumpPlaces {
  readonly #files: readonly Place[];
  readonly #folders: readonly { readonly path: string; readonly label: string; readonly names: ReadonlySet<string> }[];
  readonly #user: number;

  /** @param more folders besides the temporary and the working one, as the process names them */
  constructor({ info, environment }: Target, more: readonly string[] = []) {
    this.#user = info.user;
    const own = openFilesOf(info.pid) ?? [];
    const files = [...own.filter(isOutput), ...readersOf(own).flatMap(({ pid }) => (openFilesOf(pid) ?? []).filter(isOutput))];
    this.#files = [...new Map(files.map((file) => [identityOf(file.through), file])).entries()].flatMap(
      ([identity, { target, through }]) => (identity === null ? [] : [{ label: target, path: through, size: sizeOf(through) }]),
    );
    const folders = [environment?.get('TMPDIR') ?? '/tmp', info.workingDirectory ?? '/', ...more];
    this.#folders = [...new Set(folders)].flatMap((label) => {
      const folder = throughRoot(info, path.resolve(info.workingDirectory ?? '/', label));
      const names = namesIn(folder);
      return names === null ? [] : [{ path: folder, label, names: new Set(names) }];
    });
  }

  /** Bytes that have come since, everywhere. */
  get grown(): number {
    return this.#grown().reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** What has come since; files that have not changed are not in it. */
  arrived(): Arrived[] {
    return this.#grown().flatMap(({ label, path: file, from, to }) => {
      const text = readPart(file, from, to);
      return text === null ? [] : [{ label, text }];
    });
  }

  #grown(): { label: string; path: string; from: number; to: number }[] {
    const files = this.#files.map(({ label, path: file, size }) => {
      const to = sizeOf(file);
      // a file that was cut short has begun anew
      return { label, path: file, from: to < size ? 0 : size, to };
    });
    const made = this.#folders.flatMap(({ path: folder, label, names }) =>
      (namesIn(folder) ?? [])
        .filter((name) => !names.has(name))
        .flatMap((name) => {
          const file = path.join(folder, name);
          const stat = fs.lstatSync(file, { throwIfNoEntry: false });
          return stat?.isFile() && stat.uid === this.#user ? [{ label: path.join(label, name), path: file, from: 0, to: stat.size }] : [];
        }),
    );
    return [...files, ...made].filter(({ from, to }) => to > from);
  }
}

function isOutput({ kind, writable }: OpenFile): boolean {
  return kind === 'file' && writable;
}

/** The processes that read what a process writes to its standard output or error through a pipe. */
export function readersOf(files: readonly OpenFile[]): ProcessInfo[] {
  const pipes = new Set(files.filter(({ fd, kind }) => (fd === 1 || fd === 2) && kind === 'pipe').map(({ target }) => target));
  if (pipes.size === 0) return [];
  return allProcesses().filter(({ pid }) => (openFilesOf(pid) ?? []).some(({ target, writable }) => !writable && pipes.has(target)));
}

function namesIn(folder: string): string[] | null {
  try {
    const names = fs.readdirSync(folder);
    return names.length > MOST_NAMES ? null : names;
  } catch {
    return null;
  }
}

function identityOf(file: string): string | null {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readPart(file: string, from: number, to: number): Uint8Array | null {
  let handle: number | undefined;
  try {
    // not through a link that was laid meanwhile, and never waiting for a FIFO; /proc/PID/fd/N is a link by its nature
    const follow = file.startsWith('/proc/') ? 0 : fs.constants.O_NOFOLLOW;
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | follow);
    if (!fs.fstatSync(handle).isFile()) return null;
    const bytes = Buffer.alloc(Math.min(to - from, MOST_BYTES));
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, from));
  } catch {
    return null;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}
