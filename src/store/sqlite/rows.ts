import { threadOfRow } from '../columns.js';
import { SEVERITIES } from '../records.js';
import type { Example, Scope, Sighting } from '../store.js';
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

/** A thread of a sighting; the rows come from `sightings s` and `prints p`. */
export const EXAMPLE = `p.fingerprint AS hang, d.key AS dump, s.place, s.at, ${threadColumns('t')}`;

/** The tables that it needs beside these. */
export const EXAMPLE_JOINS = `
  JOIN dump_rows d ON d.id = s.dump JOIN thread_rows t ON t.dump = s.dump AND t.place = s.place ${threadTables('t')}`;

/** All that is said of a sighting. */
export const SIGHTING = `${EXAMPLE}, i.key AS incident, b.text AS build, h.text AS host, d.time_from, so.text AS source, d.line AS dump_line, d.pid,
  r.text AS reason, (SELECT json_group_array(x.text) FROM dump_labels l JOIN texts x ON x.id = l.label WHERE l.dump = d.id) AS labels`;

export const SIGHTING_TABLES = `sightings s JOIN prints p ON p.id = s.print ${EXAMPLE_JOINS} JOIN incidents i ON i.id = s.incident
  LEFT JOIN texts b ON b.id = s.build LEFT JOIN texts h ON h.id = s.host LEFT JOIN texts so ON so.id = d.source
  LEFT JOIN texts r ON r.id = d.reason`;

/** The columns of a thread, for `threadOfRow`. */
export function threadColumns(alias: string): string {
  return `${alias}.thread_id, n.text AS name, ${alias}.kind, ${alias}.severity, ${alias}.role, ${alias}.score, w.text AS wait, wb.text AS wait_by,
  tp.fingerprint, fn.text AS function, fi.text AS file, nullif(sp.line, 0) AS line, st.key AS stack`;
}

/** The tables of these columns. */
export function threadTables(alias: string): string {
  return `JOIN spots sp ON sp.id = ${alias}.spot LEFT JOIN texts n ON n.id = ${alias}.name LEFT JOIN texts w ON w.id = sp.wait
  LEFT JOIN texts wb ON wb.id = sp.wait_by LEFT JOIN prints tp ON tp.id = sp.print LEFT JOIN texts fn ON fn.id = sp.function
  LEFT JOIN texts fi ON fi.id = sp.file LEFT JOIN stack_rows st ON st.id = sp.stack`;
}

export interface ExampleRow extends Readonly<Record<string, unknown>> {
  readonly hang: string;
  readonly dump: string;
  readonly place: number;
  readonly at: number;
}

export function exampleOf(row: ExampleRow): Example {
  const { hang: fingerprint, dump, place, at } = row;
  return { fingerprint, at, dump, place, thread: threadOfRow(row) };
}

export interface SightingRow extends ExampleRow, Pick<Sighting, 'incident' | 'build' | 'host' | 'source' | 'pid' | 'reason'> {
  readonly time_from: Sighting['timeFrom'];
  readonly dump_line: number;
  readonly labels: string;
}

export function sightingOf(row: SightingRow): Sighting {
  const { incident, build, host, time_from: timeFrom, source, dump_line: line, pid, reason, labels } = row;
  return { ...exampleOf(row), incident, build, host, timeFrom, source, line, pid, reason, labels: (JSON.parse(labels) as string[]).sort() };
}
