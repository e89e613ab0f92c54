/** A series of dumps of one process, written to files. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../input/index.js';
import { TakeError } from './errors.js';
import { openWays, type Plan } from './plan.js';
import { stillRuns } from './process.js';
import type { OpenWay, Taken, WayName } from './ways/way.js';

type Milliseconds = number;

export interface CaptureOptions {
  readonly count: number;
  /** From the beginning of a dump to that of the next. */
  readonly interval: Milliseconds;
  /** A folder for the dumps, made where it is missing; null: a new one in the system's temporary folder. */
  readonly folder: string | null;
  /** Ends the taking; what was taken until then is kept. */
  readonly abort?: AbortSignal;
  /** Is told of each dump, and of each way that failed. */
  readonly onProgress?: (step: CaptureStep) => void;
}

/** `taken`: one more dump; `failed`: a way that did not work after all, and another is tried. */
export type CaptureStep =
  | { readonly kind: 'taken'; readonly number: number; readonly way: WayName; readonly file: string }
  | { readonly kind: 'failed'; readonly number: number; readonly way: WayName; readonly why: string };

export interface CapturedDump {
  readonly file: string;
  readonly way: WayName;
}

export interface Capture {
  readonly folder: string;
  /** Oldest first. */
  readonly dumps: readonly CapturedDump[];
  /** Ways that were tried and gave no dump, each once. */
  readonly failed: readonly { readonly way: WayName; readonly why: string; readonly instead: string }[];
  /** What the dumps lack and what was left, in sentences without full stops, each once. */
  readonly remarks: readonly string[];
}

/**
 * Takes a series. A way that fails is followed by the next of the plan, for each dump anew: a thread may be where the one sees it now, and
 * where the other does later. A signal that was not answered is not sent again.
 *
 * @throws TakeError `no-way` when no way is open; the last way's own when none gave a dump; `not-writable`
 */
export async function takeCapture(plan: Plan, options: CaptureOptions): Promise<Capture> {
  const ways = openWays(plan);
  const { info } = plan.target;
  if (ways.length === 0) throw noWay(plan);
  const folder = folderFor(options.folder);
  const dumps: CapturedDump[] = [];
  const failed = new Map<WayName, { way: WayName; why: string; instead: string; error: TakeError }>();
  const remarks = new Set<string>();
  const spent = new Set<WayName>();
  const used = new Set<OpenWay>();
  let preferred = ways[0]!;
  try {
    for (let number = 1; number <= options.count && !options.abort?.aborted; number++) {
      const begun = Date.now();
      if (!stillRuns(info)) {
        remarks.add(`process ${info.pid} ended after ${dumps.length} of ${options.count} dumps`);
        break;
      }
      const order = [preferred, ...ways.filter((way) => way !== preferred)].filter(({ name }) => !spent.has(name));
      let got = false;
      for (const way of order) {
        if (options.abort?.aborted) break;
        used.add(way);
        try {
          const taken = await way.take(options.abort);
          const file = writeDump(folder, info.pid, begun, taken);
          dumps.push({ file, way: way.name });
          for (const remark of taken.remarks) remarks.add(remark);
          options.onProgress?.({ kind: 'taken', number, way: way.name, file });
          if (number === 1) preferred = way;
          got = true;
          break;
        } catch (error) {
          if (options.abort?.aborted) break;
          if (!(error instanceof TakeError)) throw error;
          if (error.code === 'not-writable') throw error;
          if (error.code === 'unanswered' || error.code === 'not-caught') spent.add(way.name);
          if (!failed.has(way.name)) failed.set(way.name, { way: way.name, why: error.message, instead: error.hint, error });
          options.onProgress?.({ kind: 'failed', number, way: way.name, why: error.message });
        }
      }
      if (!got && (dumps.length === 0 || order.length === 0)) break;
      if (number < options.count)
        await sleep(Math.max(0, begun + options.interval - Date.now()), undefined, {
          ...(options.abort && { signal: options.abort }),
        }).catch(() => undefined);
    }
  } finally {
    for (const way of used) {
      const left = await way.finish?.();
      if (typeof left === 'string') remarks.add(left);
    }
    if (dumps.length === 0 && options.folder === null) fs.rmSync(folder, { recursive: true, force: true });
  }
  const failures = [...failed.values()];
  if (dumps.length === 0 && !options.abort?.aborted) throw noneTaken(plan, failures);
  return { folder, dumps, failed: failures.map(({ way, why, instead }) => ({ way, why, instead })), remarks: [...remarks] };
}

function noneTaken(plan: Plan, failures: readonly { way: WayName; why: string; error: TakeError }[]): TakeError {
  const { info } = plan.target;
  if (!stillRuns(info)) return new TakeError('process-ended', `process ${info.pid} has ended`, 'look for the one that took its place');
  const first = failures[0]!;
  const rest = failures.slice(1).map(({ way, why }) => `; ${way}: ${why}`);
  return new TakeError(first.error.code, `no dump of process ${info.pid}: ${first.way}: ${first.why}${rest.join('')}`, first.error.hint);
}

function noWay({ target, ways }: Plan): TakeError {
  const reasons = ways.flatMap((way) => (way.open ? [] : [`${way.name}: ${way.why}`]));
  const instead = ways.flatMap((way) => (way.open || way.instead === null ? [] : [way.instead]));
  return new TakeError(
    'no-way',
    `process ${target.info.pid} cannot be dumped as it is: ${reasons.join('; ')}`,
    `${instead[0] ?? ''}${instead[0] === undefined ? '' : '; or '}start the program with \`standstill run\``,
  );
}

/** @throws TakeError `not-writable` */
function folderFor(wanted: string | null): string {
  try {
    if (wanted === null) return fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'standstill-capture-'));
    makeFolder(wanted);
    fs.accessSync(wanted, fs.constants.W_OK | fs.constants.X_OK);
    return path.resolve(wanted);
  } catch (error) {
    throw notWritable(wanted ?? os.tmpdir(), error);
  }
}

/** The name tells the time and the process to whoever reads the dump. */
function writeDump(folder: string, pid: number, time: Milliseconds, { text, extension }: Taken): string {
  const stamp = new Date(time).toISOString().replaceAll(/[-:]/g, '');
  const file = path.join(folder, `${stamp}.pid-${pid}.${extension}`);
  try {
    // a dump is nobody else's business; one that is there already is not written over
    fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw notWritable(file, error);
  }
  return file;
}

function notWritable(file: string, error: unknown): TakeError {
  return new TakeError(
    'not-writable',
    `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    'give another folder with --out',
  );
}
