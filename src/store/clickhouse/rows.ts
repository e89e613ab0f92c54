import { VERDICTS } from '../../analysis/index.js';
import { HANG_BELOW, SEVERITIES, type Batch, type DumpRecord, type ThreadRecord } from '../records.js';
import type { Scope } from '../store.js';
import { quoted, quotedList } from './client.js';

/** What a scope says of rows of a table with the columns `at`, `build`, `host` and `labels`. */
export function scopeCondition(scope: Scope, severity: boolean): string {
  const parts = [
    ...(scope.builds ? [`build IN ${quotedList(scope.builds)}`] : []),
    ...(scope.hosts ? [`host IN ${quotedList(scope.hosts)}`] : []),
    ...(scope.since === undefined ? [] : [`at >= ${Math.ceil(scope.since)}`]),
    ...(scope.until === undefined ? [] : [`at <= ${Math.floor(scope.until)}`]),
    ...(scope.labels ?? []).map((label) => `has(labels, ${quoted(label)})`),
    ...(severity && scope.verdicts ? [`severity IN (${scope.verdicts.map((verdict) => SEVERITIES.indexOf(verdict)).join(', ')})`] : []),
  ];
  return parts.length === 0 ? '1' : parts.join(' AND ');
}

/** The columns of a thread, for {@link threadOf}. */
export const THREAD = 'thread_id, name, kind, severity, role, score, wait, wait_by, fingerprint, function, file, line, stack';

export interface ThreadRow {
  readonly thread_id: string | null;
  readonly name: string | null;
  readonly kind: ThreadRecord['kind'];
  readonly severity: number;
  readonly role: ThreadRecord['role'];
  readonly score: number | null;
  readonly wait: ThreadRecord['wait'];
  readonly wait_by: string | null;
  readonly fingerprint: string;
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly stack: string | null;
}

export function threadOf(row: ThreadRow): ThreadRecord {
  const { thread_id: id, name, kind, severity, role, score, wait, wait_by: waitBy, function: fn, file, line, stack } = row;
  const verdict = SEVERITIES[severity] ?? 'unknown';
  const fingerprint = row.fingerprint === '' ? null : row.fingerprint;
  return { id, name, kind, verdict, role, score, wait, waitBy, fingerprint, function: fn, file, line, stack };
}

export interface DumpRow {
  readonly dump: string;
  readonly incident: string;
  readonly build: string | null;
  readonly host: string | null;
  readonly labels: readonly string[];
  readonly at: number;
  readonly time: number | null;
  readonly time_from: DumpRecord['timeFrom'];
  readonly added: number;
  readonly source: string;
  readonly line: number;
  readonly format: string;
  readonly runtime: DumpRecord['runtime'];
  readonly kind: DumpRecord['kind'];
  readonly pid: number | null;
  readonly origin: string | null;
  readonly reason: string | null;
  readonly verdict: DumpRecord['verdict'];
}

export function dumpOf(row: DumpRow, threads: readonly ThreadRow[]): DumpRecord {
  const { dump: key, incident, build, host, labels, at, time, time_from: timeFrom, added, ...rest } = row;
  const { source, line, format, runtime, kind, pid, origin, reason, verdict } = rest;
  const where = { key, incident, build, host, labels: [...labels].sort() };
  return {
    ...where,
    at,
    time,
    timeFrom,
    added,
    source,
    line,
    format,
    runtime,
    kind,
    pid,
    origin,
    reason,
    verdict,
    threads: threads.map(threadOf),
  };
}

/** Lines for the table `dumps`. */
export function* dumpLines(dumps: readonly DumpRecord[]): Generator<string> {
  for (const dump of dumps) {
    const worse = VERDICTS.length - VERDICTS.indexOf(dump.verdict);
    yield JSON.stringify({
      ...dump,
      key: undefined,
      threads: undefined,
      timeFrom: undefined,
      dump: dump.key,
      time_from: dump.timeFrom,
      worse,
    });
  }
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
  const finding = severity < HANG_BELOW && fingerprint !== null ? 1 : 0;
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
