/** What a process is: its runtime, the program, and where it belongs. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TakeError } from './errors.js';
import { environmentOf, lookAt, readProc, type ProcessInfo } from './process.js';
import { knownProgram, type KnownProgram } from './programs.js';

/** A process that is to be dumped. */
export interface Target {
  readonly info: ProcessInfo;
  readonly runtime: 'python' | 'node';
  /** Of Python as `3.11`, of Node as `20.20.2`; null where it cannot be known. */
  readonly version: string | null;
  readonly program: KnownProgram | null;
  /** The environment that it was started with; null where that may not be known. */
  readonly environment: ReadonlyMap<string, string> | null;
}

const PYTHON = /^(?:python|pypy)(\d+(?:\.\d+)?)?[a-z]*$/;
const LIBRARY = /\/lib(?:python|pypy)(\d+\.\d+)[a-z]*(?:-c)?\.so/;

/**
 * Looks at a process and finds out what it is.
 *
 * @throws TakeError `not-linux`, `no-process`, `not-permitted` for another user's, `no-way` for one that is neither Python nor Node
 */
export function targetOf(pid: number): Target {
  const info = lookAt(pid);
  if (info === null) throw new TakeError('no-process', `there is no process ${pid}`, 'look for its number with ps or pgrep');
  if (pid === process.pid) throw new TakeError('no-way', `process ${pid} is standstill itself`, 'name the one that hangs');
  const own = process.geteuid?.();
  if (own !== 0 && info.user !== own) {
    throw new TakeError('not-permitted', `process ${pid} is another user's (id ${info.user})`, 'run as that user, or with sudo');
  }
  const runtime = runtimeOf(info);
  if (runtime === null) {
    throw new TakeError(
      'no-way',
      `process ${pid} (${nameOf(info)}) is neither Python nor Node`,
      'name the process that runs the program; of a wrapper such as npm or a shell that is a child: `pgrep -P ' + String(pid) + '`',
    );
  }
  return {
    info,
    ...runtime,
    program: runtime.runtime === 'python' ? knownProgram(info, lookAt(info.parent)) : null,
    environment: environmentOf(pid),
  };
}

/** The program's name, for people. */
export function nameOf({ executable, name }: ProcessInfo): string {
  return executable === null ? name : path.basename(executable.replace(/ \(deleted\)$/, ''));
}

function runtimeOf(info: ProcessInfo): { runtime: 'python' | 'node'; version: string | null } | null {
  const file = nameOf(info);
  if (/^(?:node|nodejs)[\d.]*$/.test(file)) return { runtime: 'node', version: nodeVersion(info) };
  const python = PYTHON.exec(file);
  // a program with Python in it, such as uWSGI, and a Python of another name
  const library = LIBRARY.exec(readProc(info.pid, 'maps') ?? '');
  if (python === null && library === null) return null;
  const named = python?.[1]?.includes('.') ? python[1] : undefined;
  return { runtime: 'python', version: named ?? library?.[1] ?? null };
}

/** How long a program may take to say its version. */
const VERSION_MS = 3000;

/** Node's file does not tell its version, so it is asked; only where nobody but root and this user can have put another program there. */
function nodeVersion(info: ProcessInfo): string | null {
  const { executable } = info;
  if (executable === null || throughRoot(info, executable) !== executable) return null;
  const stat = fs.statSync(executable, { throwIfNoEntry: false });
  if (!stat?.isFile() || (stat.uid !== 0 && stat.uid !== process.geteuid?.()) || (stat.mode & 0o022) !== 0) return null;
  const { stdout } = spawnSync(executable, ['--version'], {
    encoding: 'utf8',
    env: {},
    timeout: VERSION_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
}

/** A file or folder of the process as this one reaches it: it may have another root directory. */
export function throughRoot({ pid }: Pick<ProcessInfo, 'pid'>, file: string): string {
  try {
    if (fs.readlinkSync(`/proc/${pid}/root`) === '/') return file;
  } catch {
    return file;
  }
  return path.join(`/proc/${pid}/root`, file);
}
