import type { ThreadRecord } from '../records.js';
import { SEVERITIES } from '../records.js';
import type { Sighting, Scope } from '../store.js';
import type { Value } from './engine.js';

/** A condition with the values of its question marks. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Texts by number; 0 and what is unknown is the empty set for `IN`. */
const numbersOf = (texts: readonly string[]): string => `(SELECT id FROM texts WHERE text IN (${texts.map(() => '?').join(', ')}))`;

/**
 * What a scope says of rows of `alias` with the columns `at`, `build`, `host` and the given column of the dump's number.
 *
 * @param severity the rows have a severity
 */
export function scopeCondition(scope: Scope, alias: string, dump: string, severity: boolean): Condition {
  const parts: string[] = [];
  const values: Value[] = [];
  const say = (sql: string, ...more: Value[]): void => {
    parts.push(sql);
    values.push(...more);
  };
  if (scope.builds) say(`${alias}.build IN ${numbersOf(scope.builds)}`, ...scope.builds);
  if (scope.hosts) say(`${alias}.host IN ${numbersOf(scope.hosts)}`, ...scope.hosts);
  if (scope.since !== undefined) say(`${alias}.at >= ?`, scope.since);
  if (scope.until !== undefined) say(`${alias}.at <= ?`, scope.until);
  for (const label of scope.labels ?? [])
    say(`EXISTS (SELECT 1 FROM dump_labels l JOIN texts x ON x.id = l.label WHERE l.dump = ${alias}.${dump} AND x.text = ?)`, label);
  if (severity && scope.verdicts) say(`${alias}.severity IN (${scope.verdicts.map((verdict) => SEVERITIES.indexOf(verdict)).join(', ')})`);
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values };
}

/** What a scope says of `run_rows r`. */
export function runCondition({ labels = [], ...scope }: Scope): Condition {
  const { sql, values } = scopeCondition(scope, 'r', 'build', false);
  const has =
    'EXISTS (SELECT 1 FROM run_labels l JOIN texts x ON x.id = l.label WHERE l.build = r.build AND l.host = r.host AND x.text = ?)';
  return { sql: [sql, ...labels.map(() => has)].join(' AND '), values: [...values, ...labels] };
}

/** All that is said of a sighting; the rows come from `sightings s`. */
export const SIGHTING = `
  p.fingerprint, d.key AS dump, s.place, i.key AS incident, b.text AS build, h.text AS host, s.at, d.time_from, so.text AS source, d.line,
  d.pid, r.text AS reason,
  (SELECT json_group_array(x.text) FROM dump_labels l JOIN texts x ON x.id = l.label WHERE l.dump = d.id) AS labels,
  ${threadColumns('t')}`;

/** The tables that it needs beside `sightings s` and `prints p`. */
export const SIGHTING_JOINS = `
  JOIN dump_rows d ON d.id = s.dump JOIN incidents i ON i.id = s.incident
  JOIN thread_rows t ON t.dump = s.dump AND t.place = s.place LEFT JOIN texts b ON b.id = s.build LEFT JOIN texts h ON h.id = s.host
  LEFT JOIN texts so ON so.id = d.source LEFT JOIN texts r ON r.id = d.reason ${threadTables('t')}`;

export const SIGHTING_TABLES = `sightings s JOIN prints p ON p.id = s.print ${SIGHTING_JOINS}`;

/** The columns of a thread, for {@link threadOf}. */
export function threadColumns(alias: string): string {
  return `${alias}.thread_id, n.text AS name, ${alias}.kind, ${alias}.severity, ${alias}.role, ${alias}.score, w.text AS wait, wb.text AS wait_by,
  tp.fingerprint AS thread_print, fn.text AS function, fi.text AS file, nullif(sp.line, 0) AS thread_line, st.key AS stack`;
}

/** The tables of these columns. */
export function threadTables(alias: string): string {
  return `JOIN spots sp ON sp.id = ${alias}.spot LEFT JOIN texts n ON n.id = ${alias}.name LEFT JOIN texts w ON w.id = sp.wait
  LEFT JOIN texts wb ON wb.id = sp.wait_by LEFT JOIN prints tp ON tp.id = sp.print LEFT JOIN texts fn ON fn.id = sp.function
  LEFT JOIN texts fi ON fi.id = sp.file LEFT JOIN stack_rows st ON st.id = sp.stack`;
}

export interface ThreadRow {
  readonly thread_id: string | null;
  readonly name: string | null;
  readonly kind: ThreadRecord['kind'];
  readonly severity: number;
  readonly role: ThreadRecord['role'];
  readonly score: number | null;
  readonly wait: ThreadRecord['wait'];
  readonly wait_by: string | null;
  readonly thread_print: string | null;
  readonly function: string | null;
  readonly file: string | null;
  readonly thread_line: number | null;
  readonly stack: string | null;
}

export function threadOf(row: ThreadRow): ThreadRecord {
  return {
    id: row.thread_id,
    name: row.name,
    kind: row.kind,
    verdict: SEVERITIES[row.severity] ?? 'unknown',
    role: row.role,
    score: row.score,
    wait: row.wait,
    waitBy: row.wait_by,
    fingerprint: row.thread_print,
    function: row.function,
    file: row.file,
    line: row.thread_line,
    stack: row.stack,
  };
}

export interface SightingRow extends ThreadRow, Omit<Sighting, 'thread' | 'labels' | 'timeFrom'> {
  readonly time_from: Sighting['timeFrom'];
  readonly labels: string;
}

export function sightingOf(row: SightingRow): Sighting {
  const { fingerprint, dump, place, incident, build, host, at, time_from, source, line, pid, reason, labels } = row;
  const sorted = (JSON.parse(labels) as string[]).sort();
  return {
    fingerprint,
    dump,
    place,
    incident,
    build,
    host,
    at,
    timeFrom: time_from,
    source,
    line,
    pid,
    reason,
    labels: sorted,
    thread: threadOf(row),
  };
}
