import { DUMP_COLUMNS, THREAD_COLUMNS, threadOfRow } from '../columns.js';
import { SEVERITIES, isSighting, type Batch, type DumpRecord, type StackRecord, type ThreadRecord } from '../records.js';

/** What the column `worse` holds. */
const MOST_WORSE = 255;

/** The columns of a thread, for {@link threadOf}; of the verdict there is its severity. */
export const THREAD = THREAD_COLUMNS.map(({ field, column }) => (field === 'verdict' ? 'severity' : column)).join(', ');
/** The columns of a dump, for {@link dumpOfRow}. */
export const DUMP = DUMP_COLUMNS.map(({ column }) => column).join(', ');

export type Row = Readonly<Record<string, unknown>>;

/** A thread without frames has an empty fingerprint: what a table is sorted by is not NULL. */
export function threadOf(row: Row): ThreadRecord {
  return threadOfRow({ ...row, fingerprint: row['fingerprint'] === '' ? null : row['fingerprint'] });
}

/** One thread of a dump that is seen at a hang. */
export interface Seen {
  readonly place: number;
  readonly severity: number;
  readonly fingerprint: string;
}

export function seenIn(threads: DumpRecord['threads']): Seen[] {
  const seen: Seen[] = [];
  for (const [place, thread] of threads.entries())
    if (isSighting(thread)) seen.push({ place, severity: SEVERITIES.indexOf(thread.verdict), fingerprint: thread.fingerprint! });
  return seen;
}

/** A line for the table `dumps`. @param worse grows each time that it is judged */
export function dumpLine(dump: DumpRecord, worse = 1, judged?: readonly Seen[]): string {
  // by the table of columns it would take five times as long
  const { key, timeFrom, threads, ...rest } = dump;
  const seen = judged ?? seenIn(threads);
  const named = `"dump":"${key}","time_from":${JSON.stringify(timeFrom)},"worse":${Math.min(worse, MOST_WORSE)}`;
  const hung = `"sightings.place":${list(seen, 'place')},"sightings.severity":${list(seen, 'severity')},"sightings.fingerprint":${list(seen, 'fingerprint')}`;
  return `${JSON.stringify(rest).slice(0, -1)},${named},${hung}}`;
}

function list(seen: readonly Seen[], field: keyof Seen): string {
  return seen.length === 0 ? '[]' : JSON.stringify(seen.map((one) => one[field]));
}

/**
 * Lines for the table `threads`. What all threads of a dump share, and what comes again and again, is written once.
 *
 * @param wanted leave out other threads
 */
export function* threadLines(dumps: readonly DumpRecord[], wanted?: (dump: DumpRecord, place: number) => boolean): Generator<string> {
  const spots = new Map<string, string>();
  for (const dump of dumps) {
    const { key, incident, build, host, labels, at } = dump;
    const shared = JSON.stringify({ dump: key, at, incident, build, host, labels }).slice(1);
    for (const [place, thread] of dump.threads.entries()) {
      if (wanted && !wanted(dump, place)) continue;
      const { id, name, stack, fingerprint, verdict, wait } = thread;
      const spot = `${stack}\n${fingerprint}\n${verdict}\n${wait}\n${thread.line}\n${thread.score}\n${thread.role}\n${thread.kind}\n${thread.waitBy}\n${thread.function}\n${thread.file}`;
      let text = spots.get(spot);
      if (text === undefined) spots.set(spot, (text = spotText(thread)));
      yield `{"place":${place},"thread_id":${id === null ? 'null' : JSON.stringify(id)},"name":${name === null ? 'null' : JSON.stringify(name)},${text},${shared}`;
    }
  }
}

function spotText({
  verdict,
  kind,
  role,
  score,
  wait,
  waitBy: wait_by,
  fingerprint,
  function: fn,
  file,
  line,
  stack,
}: ThreadRecord): string {
  const severity = SEVERITIES.indexOf(verdict);
  const finding = isSighting({ verdict, fingerprint }) ? 1 : 0;
  const worse = SEVERITIES.length - severity;
  const what = {
    finding,
    fingerprint: fingerprint ?? '',
    severity,
    verdict,
    worse,
    kind,
    role,
    score,
    wait,
    wait_by,
    function: fn,
    file,
    line,
    stack,
  };
  return JSON.stringify(what).slice(1, -1);
}

export function* stackLines(stacks: Batch['stacks']): Generator<string> {
  for (const { key: stack, depth, frames } of stacks) yield JSON.stringify({ stack, depth, frames: JSON.stringify(frames) });
}

export function* runLines(runs: Batch['runs']): Generator<string> {
  for (const { build, host, labels, at } of runs)
    yield JSON.stringify({ build, host, labels, at, key: JSON.stringify([build, host, labels]) });
}

export interface StackRow {
  readonly stack: string;
  readonly depth: number;
  readonly frames: string;
}

export function stackOf({ stack, depth, frames }: StackRow): StackRecord {
  return { key: stack, depth, frames: JSON.parse(frames) as StackRecord['frames'] };
}

/** Keys that are looked up at once; a statement is a quarter of a megabyte at most. */
export const KEYS_AT_ONCE = 2000;

export function* portions<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}
