/** How a process of a run says that it can be dumped: `PID.ready` in the run's folder, written when its handler is installed. */
import fs from 'node:fs';
import path from 'node:path';
import type { ProcessInfo } from './process.js';

/** What a start-up module left of a process. */
export interface Ready {
  readonly runtime: 'python' | 'node';
  /** The signal that its handler takes. Python writes its stacks into `dump`; Node opens its inspector. */
  readonly signal: NodeJS.Signals;
  /** The file that the stacks go to; null where no file is written on the signal. */
  readonly dump: string | null;
  /** The number under which the process has that file open. */
  readonly fd: number | null;
  /** The number of the signal on which asyncio's tasks are written there too; null where it takes none. */
  readonly tasks: number | null;
  /** The program file that ran then: a process may have become another program since. */
  readonly executable: string | null;
}

/** Files of a process in the folder of a run. */
export const readySuffixes = ['.ready', '.dump', '.waiting'] as const;

/** A program that ends is gone within this; one that is still there is in a function that it runs at its end. Milliseconds. */
const ENDING_MS = 2000;

/** Linux' signals with names end at 31, the C library's own at 33; the last is 64 (signal(7)). */
const LAST_NAMED = 33;
const LAST = 64;
/** More than the file ever holds. */
const MOST_BYTES = 1 << 14;

/**
 * What a process of a run says of itself, or null.
 *
 * @param folder of the run
 */
export function readyOf(folder: string, { ownPid, executable }: Pick<ProcessInfo, 'ownPid' | 'executable'>): Ready | null {
  const text = smallFile(path.join(folder, `${ownPid}.ready`), MOST_BYTES);
  if (text === null) return null;
  const said = parse(text);
  if (said === null) return null;
  const { runtime, signal, dump, fd, tasks, executable: was, ending } = said;
  if (typeof ending === 'number' && Date.now() - ending < ENDING_MS) return null;
  if ((runtime !== 'python' && runtime !== 'node') || typeof signal !== 'string' || !/^SIG[A-Z0-9]{1,8}$/.test(signal)) return null;
  if (typeof was === 'string' && executable !== null && was !== executable) return null;
  // the program shares the folder and may write there what it likes: no other file is ever read
  const own = path.join(folder, `${ownPid}.dump`);
  return {
    runtime,
    signal: signal as NodeJS.Signals,
    dump: dump === own ? own : null,
    fd: typeof fd === 'number' ? fd : null,
    // no signal with a name: what those do is known, and none of them writes tasks
    tasks: typeof tasks === 'number' && Number.isInteger(tasks) && tasks > LAST_NAMED && tasks <= LAST ? tasks : null,
    executable: typeof was === 'string' ? was : null,
  };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A regular file of at most so many bytes; null for anything else. */
export function smallFile(file: string, most: number): string | null {
  let handle: number | undefined;
  try {
    // a FIFO would hold whoever opens it
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOFOLLOW);
    const stat = fs.fstatSync(handle);
    return stat.isFile() && stat.size <= most ? fs.readFileSync(handle, 'utf8') : null;
  } catch {
    return null;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}
