/** Which processes belong to a run. */
import fs from 'node:fs';
import path from 'node:path';
import { allProcesses, environmentOf, type ProcessInfo } from './process.js';
import { RUN_VARIABLE } from './run-folder.js';

/**
 * The processes of a run, parents before children: the command, all that descend from it, and those that were started with the
 * run's folder in their environment, whose parents may have ended. A run within the run is part of it.
 *
 * @param root the command's pid
 * @param folder of the run
 * @throws TakeError `not-linux`
 */
export function membersOf(root: number, folder: string): ProcessInfo[] {
  const all = allProcesses();
  const children = new Map<number, ProcessInfo[]>();
  for (const info of all) {
    const siblings = children.get(info.parent);
    if (siblings === undefined) children.set(info.parent, [info]);
    else siblings.push(info);
  }
  const members = new Set<ProcessInfo>(all.filter(({ pid }) => pid === root));
  const gather = (): void => {
    // grows while it is walked
    for (const { pid } of members) for (const child of children.get(pid) ?? []) members.add(child);
  };
  gather();
  for (const info of all) {
    // whoever starts the run has no such variable, and nobody else knows the folder's name
    if (members.has(info) || environmentOf(info.pid)?.get(RUN_VARIABLE) !== folder) continue;
    members.add(info);
    gather();
  }
  return [...members];
}

/** What kind of program a process is, by its file and arguments; null: neither Python nor Node. */
export function runtimeOf({
  executable,
  commandLine,
  name,
}: Pick<ProcessInfo, 'executable' | 'commandLine' | 'name'>): 'python' | 'node' | null {
  const names = [executable, commandLine[0] ?? null, name].map((file) =>
    file === null ? '' : path.basename(file.replace(/ \(deleted\)$/, '')),
  );
  if (names.some((file) => /^(?:python|pypy)[\d.]*[a-z]*$/.test(file))) return 'python';
  if (names.some((file) => /^(?:node|nodejs)[\d.]*$/.test(file))) return 'node';
  return null;
}

/** Options of Python, as letters, before the program's name: those without a value, and those whose value is the rest or the next argument. */
const FLAGS = /^-([bBdEhiIOPqRsSuvVx]+)?(?:[WX]|$)/;

/**
 * Why a Python or Node program of a run has told nothing of itself, as half a sentence.
 */
export function whyUnprepared(info: ProcessInfo, folder: string, runtime: 'python' | 'node'): string {
  if (runtime === 'python') {
    const flag = pythonFlags(info.commandLine).find((letter) => 'IES'.includes(letter));
    if (flag !== undefined) return `it runs with -${flag}, which leaves the start-up module out`;
  }
  const environment = environmentOf(info.pid);
  if (environment === null) return 'it is another user’s';
  const own = environment.get(RUN_VARIABLE);
  if (own === undefined) return 'it was started with another environment (env -i, sudo, tox without pass_env)';
  const [variable, part] = runtime === 'python' ? (['PYTHONPATH', 'python'] as const) : (['NODE_OPTIONS', 'node'] as const);
  if (!(environment.get(variable) ?? '').includes(path.join(own, part))) return `it was started with another ${variable}`;
  if (own !== folder) return 'it belongs to another run of standstill';
  return runtime === 'python'
    ? 'its start-up module did not get through: it is still starting, or older than 3.5'
    : 'it is still starting, or cannot write the run’s folder';
}

/** The letters of the options that a Python was started with. */
function pythonFlags(commandLine: readonly string[]): string[] {
  const letters: string[] = [];
  for (let i = 1; i < commandLine.length; i++) {
    const arg = commandLine[i]!;
    if (!/^-[A-Za-z]/.test(arg)) break;
    letters.push(...((FLAGS.exec(arg)?.[1] ?? '').match(/./g) ?? []));
    // -c and -m take the rest
    if (/[cm]/.test(arg.replace(/[WX].*$/s, ''))) break;
    if (/^-[a-zA-Z]*[WX]$/.test(arg)) i++;
  }
  return letters;
}

/** Whether there is a process of this number. */
export function isThere(pid: number): boolean {
  return fs.existsSync(`/proc/${pid}`);
}
