/** Several dumps, some time apart, of all processes of a run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochMilliseconds } from '../model/index.js';
import { TakeError } from './errors.js';
import { membersOf, runtimeOf, whyUnprepared } from './members.js';
import { closeInspectors, dumpNode, type OpenInspectors } from './node-dump.js';
import { environmentOf, type ProcessInfo } from './process.js';
import { dumpPython } from './python-dump.js';
import { readyOf } from './ready.js';
import { RUN_VARIABLE } from './run-folder.js';

/** A dump as the process gave it. */
export interface TakenDump {
  readonly pid: number;
  readonly time: EpochMilliseconds;
  readonly text: Uint8Array;
  /** A file name that tells the time and the process to whoever reads the dump: `20261126T110000.123Z.pid-4711.txt`. */
  readonly name: string;
}

/** A process of the run, and what was had of it. */
export interface TakenProcess {
  readonly pid: number;
  readonly parent: number;
  /** The arguments, the program's name first. */
  readonly commandLine: readonly string[];
  /** Null: neither Python nor Node. */
  readonly runtime: 'python' | 'node' | null;
  readonly dumps: number;
  /** Why there are not more, as half a sentence; null where nothing is lacking. */
  readonly why: string | null;
}

export interface TakenSeries {
  /** Oldest first. */
  readonly dumps: readonly TakenDump[];
  /** Parents before children. */
  readonly processes: readonly TakenProcess[];
}

export interface SeriesOptions {
  /** The command's pid. */
  readonly root: number;
  /** Folder of the run. */
  readonly folder: string;
  readonly count: number;
  /** From the beginning of a dump to that of the next. */
  readonly interval: EpochMilliseconds;
  /** Ends the taking; what was taken until then is returned. */
  readonly abort?: AbortSignal;
}

/** Processes of a run that are dumped; of more the first are. */
const MOST_PROCESSES = 200;
/** Processes that are dumped at the same time: what is compared should be of one moment, and the machine is busy as it is. */
const AT_ONCE = 16;

interface Account {
  info: ProcessInfo;
  dumps: number;
  why: string | null;
}

/**
 * Takes a series of the processes of a run. Nothing is sent to a process that did not say what it does with it.
 *
 * @throws TakeError `not-linux`
 */
export async function takeSeries({ root, folder, count, interval, abort }: SeriesOptions): Promise<TakenSeries> {
  const accounts = new Map<string, Account>();
  const dumps: TakenDump[] = [];
  const opened: OpenInspectors = new Map();
  for (let round = 0; round < count && !abort?.aborted; round++) {
    const begun = Date.now();
    const members = membersOf(root, folder);
    for (const info of members) {
      const key = `${info.pid} ${info.start}`;
      const known = accounts.get(key);
      if (known === undefined) accounts.set(key, { info, dumps: 0, why: null });
      else known.info = info;
    }
    if (members.length === 0) break;
    const queue = members.slice(0, MOST_PROCESSES);
    const work = async (): Promise<void> => {
      for (let info = queue.shift(); info !== undefined; info = queue.shift()) {
        const account = accounts.get(`${info.pid} ${info.start}`)!;
        try {
          const taken = await dumpOf(info, folder, opened, abort);
          if (typeof taken === 'string') account.why ??= taken;
          else {
            account.dumps++;
            dumps.push(taken);
          }
        } catch (error) {
          if (abort?.aborted) return;
          if (!(error instanceof TakeError)) throw error;
          account.why = error.message;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (round < count - 1)
      await sleep(Math.max(0, begun + interval - Date.now()), undefined, abort ? { signal: abort } : {}).catch(() => undefined);
  }
  await closeInspectors(opened);
  return {
    dumps: dumps.sort((a, b) => a.time - b.time),
    processes: [...accounts.values()].map(({ info, dumps: had, why }) => ({
      pid: info.pid,
      parent: info.parent,
      commandLine: info.commandLine,
      runtime: runtimeOf(info),
      dumps: had,
      why: had === 0 ? why : null,
    })),
  };
}

/** @returns a dump, or why there is none */
async function dumpOf(
  info: ProcessInfo,
  folder: string,
  opened: OpenInspectors,
  abort: AbortSignal | undefined,
): Promise<TakenDump | string> {
  const own = environmentOf(info.pid)?.get(RUN_VARIABLE) ?? folder;
  const ready = readyOf(own, info);
  const runtime = runtimeOf(info);
  if (ready === null) return runtime === null ? 'neither Python nor Node' : whyUnprepared(info, folder, runtime);
  const time = Date.now();
  const text = ready.runtime === 'python' ? await dumpPython(info, ready, abort) : await dumpNode(info, ready, own, opened);
  return { pid: info.pid, time, text, name: nameOf(info.pid, time) };
}

function nameOf(pid: number, time: EpochMilliseconds): string {
  return `${new Date(time).toISOString().replaceAll(/[-:]/g, '')}.pid-${pid}.txt`;
}
