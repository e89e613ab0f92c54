/**
 * What Linux tells of a running process, read from `/proc` and nothing else: to look at a process never disturbs it.
 * The files are described in proc(5); which of them other users may read is the kernel's decision (ptrace(2), "Ptrace access mode").
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TakeError } from './errors.js';

/** Sets of signals as bits: signal n is bit n − 1. Of a process where the kernel keeps them so, else of its main thread. */
export interface SignalSets {
  /** A handler of the program is installed. What it does is not known: to catch a signal is no permission to send it. */
  readonly caught: bigint;
  readonly ignored: bigint;
  /** Held back by the main thread. */
  readonly blocked: bigint;
}

/** A process as it was when it was looked at. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The user it runs as (effective user id). */
  readonly user: number;
  /** When it was started, in clock ticks since the machine was: with the pid it names one process for ever, though pids are used again. */
  readonly start: number;
  /** The kernel's short name, of at most 15 bytes. */
  readonly name: string;
  /** The state of the main thread, a letter: `R` running, `S` sleeping, `D` in the kernel, `T` stopped, `t` held by a debugger, `Z` ended. */
  readonly state: string;
  readonly threads: number;
  /** The process that traces this one, such as a debugger; 0 for none. */
  readonly tracer: number;
  /** Its pid as it sees it itself; differs from `pid` in a container. */
  readonly ownPid: number;
  readonly signals: SignalSets;
  /** The arguments, the program's name first; empty for a process that has ended or cleared them. */
  readonly commandLine: readonly string[];
  /** Null where this user may not know it. */
  readonly executable: string | null;
  /** Null where this user may not know it. */
  readonly workingDirectory: string | null;
}

/** @throws TakeError `not-linux` where there is no `/proc` */
export function needLinux(): void {
  if (process.platform === 'linux' && fs.existsSync('/proc/self/stat')) return;
  throw new TakeError(
    'not-linux',
    'running processes are looked at through /proc, which this system does not have',
    'take the dumps as `standstill formats` says and read them with `standstill stuck`',
  );
}

/**
 * Looks at a process.
 *
 * @returns null when there is no such process, or it has ended and only waits to be collected
 * @throws TakeError `not-linux`
 */
export function lookAt(pid: number): ProcessInfo | null {
  needLinux();
  const stat = readProc(pid, 'stat');
  const status = readProc(pid, 'status');
  if (stat === null || status === null) return null;
  // the name stands in parentheses and may hold some itself
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const state = fields[0] ?? 'Z';
  if (state === 'Z' || state === 'X') return null;
  const lines = new Map(status.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const field = (name: string): string => lines.get(name) ?? '';
  const set = (name: string): bigint => (/^[0-9a-f]+$/.test(field(name)) ? BigInt(`0x${field(name)}`) : 0n);
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    user: Number(field('Uid').split('\t')[1]),
    start: Number(fields[19]),
    name: stat.slice(stat.indexOf('(') + 1, end),
    state,
    threads: Number(field('Threads')),
    tracer: Number(field('TracerPid')),
    ownPid: Number(field('NSpid').split('\t').at(-1) ?? pid),
    signals: { caught: set('SigCgt'), ignored: set('SigIgn'), blocked: set('SigBlk') },
    commandLine: splitAtNul(readProc(pid, 'cmdline') ?? ''),
    executable: readLink(pid, 'exe'),
    workingDirectory: readLink(pid, 'cwd'),
  };
}

/** Whether the process that was looked at still runs: a pid alone may be another's by now. */
export function stillRuns({ pid, start }: Pick<ProcessInfo, 'pid' | 'start'>): boolean {
  return lookAt(pid)?.start === start;
}

/** The environment it was started with; what it changed since is not seen. Null where this user may not know it. */
export function environmentOf(pid: number): ReadonlyMap<string, string> | null {
  const text = readProc(pid, 'environ');
  if (text === null) return null;
  return new Map(
    splitAtNul(text).flatMap((entry) =>
      entry.includes('=') ? [[entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]] : [],
    ),
  );
}

/**
 * A process and all that descend from it, parents before children. A process whose parent has ended belongs to another by
 * then; whoever starts a tree can tell it by `group` or `session` too (`allProcesses`).
 *
 * @throws TakeError `not-linux`
 */
export function processTree(pid: number): ProcessInfo[] {
  const children = new Map<number, ProcessInfo[]>();
  let root: ProcessInfo | null = null;
  for (const info of allProcesses()) {
    if (info.pid === pid) root = info;
    const siblings = children.get(info.parent);
    if (siblings === undefined) children.set(info.parent, [info]);
    else siblings.push(info);
  }
  const tree: ProcessInfo[] = root === null ? [] : [root];
  // grows while it is walked; a pid stands under one parent only, so it ends
  for (const { pid: parent } of tree) tree.push(...(children.get(parent) ?? []));
  return tree;
}

/** All processes that can be seen, in the order of their pids. */
export function allProcesses(): ProcessInfo[] {
  needLinux();
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((pid) => lookAt(pid) ?? []);
}

/** What an open file of a process is. */
export type OpenFileKind = 'file' | 'pipe' | 'socket' | 'terminal' | 'null' | 'other';

/** An open file of a process. */
export interface OpenFile {
  readonly fd: number;
  readonly kind: OpenFileKind;
  /** As the kernel writes it: a path as the process sees it, `pipe:[123]`, `socket:[123]`, `anon_inode:[eventpoll]`. */
  readonly target: string;
  /** A path by which this process reaches the same file, whatever the other's root directory is. */
  readonly through: string;
  readonly writable: boolean;
}

/** The open files of a process by their number; null where this user may not know them. */
export function openFilesOf(pid: number): OpenFile[] | null {
  let names: string[];
  try {
    names = fs.readdirSync(`/proc/${pid}/fd`);
  } catch {
    return null;
  }
  return names
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((fd) => openFileOf(pid, fd) ?? []);
}

/** One open file of a process; null when there is none of that number, or this user may not know it. */
export function openFileOf(pid: number, fd: number): OpenFile | null {
  const target = readLink(pid, `fd/${fd}`);
  if (target === null) return null;
  const flags = /^flags:\s*0?([0-7]+)/m.exec(readProc(pid, `fdinfo/${fd}`) ?? '')?.[1];
  const through = path.join('/proc', String(pid), 'fd', String(fd));
  // the last two bits are the way it was opened: 0 to read, 1 to write, 2 for both (open(2))
  return { fd, kind: kindOf(target, through), target, through, writable: flags !== undefined && (parseInt(flags, 8) & 3) !== 0 };
}

function kindOf(target: string, through: string): OpenFileKind {
  if (target.startsWith('pipe:')) return 'pipe';
  if (target.startsWith('socket:')) return 'socket';
  if (target === '/dev/null') return 'null';
  if (/^\/dev\/(?:pts\/|tty|console$)/.test(target)) return 'terminal';
  try {
    // to look does not open it
    const stat = fs.statSync(through);
    if (stat.isFile()) return 'file';
    if (stat.isFIFO()) return 'pipe';
  } catch {
    // gone, or of a kind that cannot be looked at
  }
  return 'other';
}

/** More than any of the files that are read whole; `environ` and `cmdline` are the program's own text and may be long. */
const MOST_BYTES = 8 * 2 ** 20;

/** A file of `/proc/PID`; null when it cannot be read, as when the process has ended or is another user's. */
export function readProc(pid: number, name: string): string | null {
  let handle: number | undefined;
  try {
    handle = fs.openSync(`/proc/${pid}/${name}`, 'r');
    const parts: Buffer[] = [];
    // files of /proc have no size, so they are read until they end
    for (let total = 0; total < MOST_BYTES;) {
      const part = Buffer.alloc(64 * 1024);
      const length = fs.readSync(handle, part, 0, part.length, null);
      if (length === 0) break;
      parts.push(part.subarray(0, length));
      total += length;
    }
    return Buffer.concat(parts).toString('utf8');
  } catch {
    return null;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

function readLink(pid: number, name: string): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return null;
  }
}

function splitAtNul(text: string): string[] {
  const parts = text.split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}
