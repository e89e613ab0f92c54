/**
 * Programs whose behaviour on a signal is written down by those who make them. That a process catches a signal says nothing of
 * what it does then; this table does, and nothing else but the user's word lets a signal be sent.
 */
import path from 'node:path';
import type { ProcessInfo } from './process.js';

export interface KnownSignal {
  readonly signal: NodeJS.Signals;
  /** `dumps`: writes the stacks of its threads and goes on. `ends`: stops the program, or part of it. */
  readonly does: 'dumps' | 'ends';
}

export interface KnownProgram {
  readonly id: string;
  readonly title: string;
  readonly signals: readonly KnownSignal[];
  /** Where its makers say so. */
  readonly source: string;
  /** Whether a process is it; `parent` is the process that started it, null where that is gone. */
  readonly is: (info: ProcessInfo, parent: ProcessInfo | null) => boolean;
}

/** Names of the program and of the script that it runs, the module of `-m` too, without folders. */
function namesOf({ commandLine }: ProcessInfo): string[] {
  const module = commandLine.indexOf('-m');
  return [commandLine[0], commandLine[1], module === -1 ? undefined : commandLine[module + 1]].flatMap((arg) =>
    arg === undefined ? [] : [path.basename(arg)],
  );
}

/** Programs that show what they are in place of their arguments put it all in the first one. */
const titleOf = ({ commandLine }: ProcessInfo): string => commandLine[0] ?? '';

const isCelery = (info: ProcessInfo): boolean =>
  titleOf(info).startsWith('[celeryd: ') || (namesOf(info).includes('celery') && info.commandLine.includes('worker'));

const ENDS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT'];
const ends = (signals: readonly NodeJS.Signals[]): KnownSignal[] => signals.map((signal) => ({ signal, does: 'ends' }));

export const KNOWN_PROGRAMS: readonly KnownProgram[] = [
  {
    id: 'celery',
    title: 'Celery worker (main process)',
    signals: [{ signal: 'SIGUSR1', does: 'dumps' }, ...ends(ENDS)],
    source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html#process-signals',
    // its pool's processes take SIGUSR1 for the soft time limit of their task, which ends the task
    is: (info, parent) => isCelery(info) && !/ForkPoolWorker|PoolWorker/.test(titleOf(info)) && !(parent !== null && isCelery(parent)),
  },
  {
    id: 'celery-pool',
    title: 'Celery pool process',
    signals: ends([...ENDS, 'SIGUSR1']),
    source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits',
    is: (info, parent) => isCelery(info) && (/ForkPoolWorker|PoolWorker/.test(titleOf(info)) || (parent !== null && isCelery(parent))),
  },
  {
    id: 'salt',
    title: 'Salt',
    signals: [{ signal: 'SIGUSR1', does: 'dumps' }, ...ends(ENDS)],
    source: 'https://docs.saltproject.io/en/latest/topics/troubleshooting/master.html#live-python-debug-output',
    is: (info) => namesOf(info).some((name) => /^salt-(?:master|minion|syndic|api)$/.test(name)),
  },
  {
    id: 'odoo',
    title: 'Odoo',
    signals: [{ signal: 'SIGQUIT', does: 'dumps' }, ...ends(['SIGINT', 'SIGTERM'])],
    source: 'https://github.com/odoo/odoo/blob/17.0/odoo/service/server.py (dumpstacks)',
    is: (info) =>
      titleOf(info).startsWith('odoo: ') || namesOf(info).some((name) => /^(?:odoo|odoo-bin|odoo\.py|openerp-server)$/.test(name)),
  },
  {
    id: 'openstack',
    title: 'OpenStack service (Guru Meditation Report)',
    signals: [{ signal: 'SIGUSR2', does: 'dumps' }, ...ends(ENDS)],
    source: 'https://docs.openstack.org/oslo.reports/latest/user/usage.html; https://docs.openstack.org/cinder/latest/contributor/gmr.html',
    is: (info) => namesOf(info).some((name) => /^(?:cinder|manila|nova|octavia|watcher)-[a-z-]+$/.test(name)),
  },
  {
    id: 'gunicorn',
    title: 'gunicorn',
    signals: ends([...ENDS, 'SIGABRT', 'SIGWINCH']),
    source: 'https://docs.gunicorn.org/en/stable/signals.html',
    is: (info) => titleOf(info).startsWith('gunicorn: ') || namesOf(info).includes('gunicorn'),
  },
];

/** The program of the table that a process is, or null. */
export function knownProgram(info: ProcessInfo, parent: ProcessInfo | null): KnownProgram | null {
  return KNOWN_PROGRAMS.find(({ is }) => is(info, parent)) ?? null;
}

/** Signals that end a program even when it catches them: they come with a fault, or ask it to go. */
const FATAL_EVEN_IF_CAUGHT: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'faulthandler prints the stacks on it and then lets the process die',
  SIGBUS: 'faulthandler prints the stacks on it and then lets the process die',
  SIGFPE: 'faulthandler prints the stacks on it and then lets the process die',
  SIGILL: 'faulthandler prints the stacks on it and then lets the process die',
  SIGSEGV: 'faulthandler prints the stacks on it and then lets the process die; Node catches it for WebAssembly',
  SIGSYS: 'it tells of a fault',
  SIGTRAP: 'it belongs to debuggers',
  SIGINT: 'Python and Node catch it to end, also when the program has no handler',
  SIGTERM: 'Node catches it to end, also when the program has no handler',
};

/** Why a signal would end a process though it is caught, as half a sentence; null when nothing says so. */
export function endsOn(signal: NodeJS.Signals, program: KnownProgram | null): string | null {
  const always = FATAL_EVEN_IF_CAUGHT[signal];
  if (always !== undefined) return always;
  const known = program?.signals.find((entry) => entry.signal === signal && entry.does === 'ends');
  return known === undefined ? null : `${program!.title} stops on it (${program!.source})`;
}
