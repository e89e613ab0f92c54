/** Runs a command, and takes dumps of it when it hangs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, type Child } from './child.js';
import { endTree } from './end-tree.js';
import { isThere } from './members.js';
import { needLinux } from './process.js';
import { RunFolder } from './run-folder.js';
import { takeSeries, type TakenSeries } from './series.js';

type Milliseconds = number;

/** What made a run take dumps: it ran longer, or wrote nothing for longer, than it should. */
export type Occasion = { readonly kind: 'after' | 'silent'; readonly time: Milliseconds };

export interface RunOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** When the command has run for so long, dumps are taken; null: never for that reason. */
  readonly after: Milliseconds | null;
  /** When nothing was written for so long, dumps are taken, once for each silence; null: the output is not looked at. */
  readonly silent: Milliseconds | null;
  readonly count: number;
  readonly interval: Milliseconds;
  /** End the command and all it started after the dumps. */
  readonly kill: boolean;
  /** Called before dumps are taken. */
  readonly onHang?: (occasion: Occasion) => void;
  /** Told what was taken; the command is ended after that. */
  readonly onTaken: (series: TakenSeries, occasion: Occasion) => Promise<void>;
}

/** The status of a command that was ended for its time, as timeout(1) has it. */
export const ENDED_STATUS = 124;

/** Two looks at the clock are at least this far apart, so that the time in which the machine slept or the job was stopped does not count. */
const MOST_TICK: Milliseconds = 1000;
const LEAST_TICK: Milliseconds = 20;
/** Files of processes that have ended are removed this often. */
const SWEEP: Milliseconds = 60_000;

/**
 * Runs a command as if it had been started without this, prepared so that it can be dumped, and takes a series of all its
 * processes when it hangs.
 *
 * @returns its status: its own, 128 and the signal's number, or {@link ENDED_STATUS}
 * @throws TakeError `not-found`, `not-started`, `not-linux`
 */
export async function runCommand(command: readonly [string, ...string[]], options: RunOptions): Promise<number> {
  needLinux();
  const folder = new RunFolder();
  try {
    const child = await startChild(command, {
      environment: folder.environment(options.environment),
      watched: options.silent !== null,
    });
    return await watched(child, folder, options);
  } finally {
    folder.remove();
  }
}

async function watched(child: Child, folder: RunFolder, options: RunOptions): Promise<number> {
  const ended = new AbortController();
  const whole = child.ended.then((value) => {
    ended.abort();
    return value;
  });
  for await (const occasion of hangs(child, folder, options, ended.signal)) {
    options.onHang?.(occasion);
    const { count, interval } = options;
    child.dumping = true;
    const series = await takeSeries({ root: child.pid, folder: folder.path, count, interval, abort: ended.signal });
    child.dumping = false;
    await options.onTaken(series, occasion);
    // it may have come to its end while it was looked at: then it did not hang
    if (!options.kill || hasEnded(ended.signal)) continue;
    await endTree(child.pid, folder.path);
    await whole;
    return ENDED_STATUS;
  }
  return whole;
}

/** Asked anew each time: it changes while something is waited for. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** When the command hangs; ends with it. */
async function* hangs(
  child: Child,
  folder: RunFolder,
  { after, silent }: RunOptions,
  ended: AbortSignal,
): AsyncGenerator<Occasion, void, undefined> {
  const tick = Math.max(LEAST_TICK, Math.min(MOST_TICK, (after ?? Infinity) / 20, (silent ?? Infinity) / 20));
  let [ran, quiet, last, swept] = [0, 0, Date.now(), 0];
  let [toldAfter, toldSilent] = [false, false];
  while (!ended.aborted) {
    await sleep(tick, undefined, { signal: ended }).catch(() => undefined);
    if (hasEnded(ended)) return;
    const step = Math.min(Date.now() - last, 2 * tick);
    last = Date.now();
    ran += step;
    if (child.silence !== null && child.silence <= step) [quiet, toldSilent] = [0, false];
    else quiet += step;
    swept += step;
    if (swept > SWEEP) {
      swept = 0;
      folder.sweep(isThere);
    }
    if (after !== null && !toldAfter && ran >= after) {
      toldAfter = true;
      yield { kind: 'after', time: after };
      last = Date.now();
    }
    if (silent !== null && !toldSilent && quiet >= silent) {
      toldSilent = true;
      yield { kind: 'silent', time: silent };
      last = Date.now();
    }
  }
}
