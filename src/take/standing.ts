/** What the kernel tells of where the main thread of a process is. */
import process from 'node:process';
import { openFileOf, readProc, type ProcessInfo } from './process.js';

/**
 * `running`: it has the processor, or waits for it. `reading`: in a blocked read. `polling`: in a wait for events, as in an event
 * loop or for a child process. `locked`: in a futex, as of locks and `Atomics.wait`. `waiting`: in another call. `unknown`: this user may
 * not know.
 */
export type StandingKind = 'running' | 'reading' | 'polling' | 'locked' | 'waiting' | 'unknown';

export interface KernelStanding {
  readonly kind: StandingKind;
  /** In words, to go on a sentence that begins with the thread: `it reads standard input, a pipe`. */
  readonly text: string;
}

/**
 * Whether a signal whose handler does not end system calls for good may come: a thread that runs, waits for events or for a lock goes
 * on as before. A read or another call may fail, and what the program makes of that is not known.
 */
export function mayBeInterrupted(kind: StandingKind): boolean {
  return kind === 'running' || kind === 'polling' || kind === 'locked';
}

type Calls = Readonly<Record<string, StandingKind>>;
/** System calls by number (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h), on the machines that Node runs on. */
const CALLS: Readonly<Partial<Record<NodeJS.Architecture, Calls>>> = {
  x64: {
    0: 'reading',
    17: 'reading',
    19: 'reading',
    295: 'reading',
    7: 'polling',
    271: 'polling',
    232: 'polling',
    281: 'polling',
    23: 'polling',
    270: 'polling',
    202: 'locked',
    35: 'waiting',
    230: 'waiting',
    61: 'waiting',
  },
  arm64: {
    63: 'reading',
    67: 'reading',
    65: 'reading',
    69: 'reading',
    73: 'polling',
    22: 'polling',
    72: 'polling',
    98: 'locked',
    101: 'waiting',
    115: 'waiting',
    260: 'waiting',
  },
};
/** Kernel functions that threads sleep in, where the call itself may not be known (`/proc/PID/wchan`). */
const PLACES: readonly (readonly [RegExp, StandingKind])[] = [
  [/futex/, 'locked'],
  [/poll|select|epoll/, 'polling'],
  [/pipe_read|n_tty_read|wait_woken|anon_pipe_read|unix_stream_read|skb_wait/, 'reading'],
];

/**
 * @param thread the folder of another thread than the main one, `task/TID`
 */
export function kernelStandingOf({ pid, state }: Pick<ProcessInfo, 'pid' | 'state'>, thread = '.'): KernelStanding {
  if (state === 'R') return { kind: 'running', text: 'it runs' };
  const [number, first] = (readProc(pid, `${thread}/syscall`) ?? '').trim().split(' ');
  if (number === 'running') return { kind: 'running', text: 'it runs' };
  const place = (readProc(pid, `${thread}/wchan`) ?? '').trim();
  const byCall = CALLS[process.arch]?.[number ?? ''];
  const kind =
    byCall ??
    PLACES.find(([pattern]) => pattern.test(place))?.[1] ??
    (number !== undefined && /^\d+$/.test(number) ? 'waiting' : 'unknown');
  switch (kind) {
    case 'reading': {
      const fd = byCall === 'reading' && first !== undefined ? Number(first) : null;
      const file = fd === null ? null : openFileOf(pid, fd);
      const what = fd === null ? 'a pipe, terminal or socket' : fd === 0 ? 'standard input' : `file ${fd}`;
      return { kind, text: `it waits in a read of ${what}${file === null ? '' : ` (${file.kind})`}` };
    }
    case 'polling':
      return { kind, text: 'it waits for events' };
    case 'locked':
      return { kind, text: 'it waits for a lock' };
    case 'waiting':
      return { kind, text: place === '' || place === '0' ? 'it waits in a system call' : `it waits in the kernel (${place})` };
    default:
      return { kind, text: 'where it waits cannot be seen' };
  }
}
