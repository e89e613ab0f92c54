import { WAIT_KINDS } from '../analysis/index.js';
import { SEVERITIES, type DumpRecord, type RunRecord, type StackRecord, type ThreadRecord } from './records.js';

/** What may stand in a field; an import is held to it. */
export type Check = (value: unknown) => boolean;

/** A field of a record: its name in the record and in exports, and as a column of a store. */
export interface Column<Field> {
  readonly field: Field;
  readonly column: string;
  readonly check: Check;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 4096 && !value.includes('\0');
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isTime = (value: unknown): value is number => isWhole(value) && Math.abs(value) <= 8.64e15;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isKey =
  (digits: number) =>
  (value: unknown): value is string =>
    typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
const orNull =
  <T>(check: (value: unknown) => value is T) =>
  (value: unknown): value is T | null =>
    value === null || check(value);
const isTextOrNull = orNull(isText);
const oneOf =
  (...all: readonly unknown[]): Check =>
  (value) =>
    all.includes(value);

type DumpField = Exclude<keyof DumpRecord, 'threads'>;

/** The fields of a dump, in the order of an export; its threads follow. */
export const DUMP_COLUMNS: readonly Column<DumpField>[] = [
  { field: 'key', column: 'dump', check: isKey(32) },
  { field: 'incident', column: 'incident', check: isKey(16) },
  { field: 'build', column: 'build', check: isTextOrNull },
  { field: 'host', column: 'host', check: isTextOrNull },
  { field: 'labels', column: 'labels', check: isTexts },
  { field: 'at', column: 'at', check: isTime },
  { field: 'time', column: 'time', check: orNull(isTime) },
  { field: 'timeFrom', column: 'time_from', check: oneOf(null, 'dump', 'log', 'separator', 'file-name', 'file-time') },
  { field: 'added', column: 'added', check: isTime },
  { field: 'source', column: 'source', check: isText },
  { field: 'line', column: 'line', check: isWhole },
  { field: 'format', column: 'format', check: isText },
  { field: 'runtime', column: 'runtime', check: oneOf('python', 'node') },
  { field: 'kind', column: 'kind', check: oneOf('snapshot', 'error') },
  { field: 'pid', column: 'pid', check: orNull(isWhole) },
  { field: 'origin', column: 'origin', check: isTextOrNull },
  { field: 'reason', column: 'reason', check: isTextOrNull },
  { field: 'verdict', column: 'verdict', check: oneOf('stuck', 'suspect', 'inconclusive', 'clear') },
];

/** The fields of a thread, in the order of an export. */
export const THREAD_COLUMNS: readonly Column<keyof ThreadRecord>[] = [
  { field: 'id', column: 'thread_id', check: isTextOrNull },
  { field: 'name', column: 'name', check: isTextOrNull },
  { field: 'kind', column: 'kind', check: oneOf('thread', 'task', 'greenlet') },
  { field: 'verdict', column: 'verdict', check: oneOf(...SEVERITIES) },
  { field: 'role', column: 'role', check: oneOf(null, 'culprit', 'victim') },
  { field: 'score', column: 'score', check: (value) => value === null || (typeof value === 'number' && value >= 0 && value <= 1) },
  { field: 'wait', column: 'wait', check: oneOf(null, ...WAIT_KINDS) },
  { field: 'waitBy', column: 'wait_by', check: isTextOrNull },
  { field: 'fingerprint', column: 'fingerprint', check: orNull(isKey(16)) },
  { field: 'function', column: 'function', check: isTextOrNull },
  { field: 'file', column: 'file', check: isTextOrNull },
  { field: 'line', column: 'line', check: orNull(isWhole) },
  { field: 'stack', column: 'stack', check: orNull(isKey(16)) },
];

type Row = Readonly<Record<string, unknown>>;

/** The fields of a store's row, `labels` sorted; its threads are the caller's. */
export function dumpOfRow(row: Row, threads: readonly ThreadRecord[]): DumpRecord {
  const fields = Object.fromEntries(DUMP_COLUMNS.map(({ field, column }) => [field, row[column]])) as unknown as DumpRecord;
  return { ...fields, labels: [...fields.labels].sort(), threads };
}

/** The fields of a store's row; the verdict is kept as `severity`. */
export function threadOfRow(row: Row): ThreadRecord {
  const fields = Object.fromEntries(THREAD_COLUMNS.map(({ field, column }) => [field, row[column]]));
  return { ...fields, verdict: SEVERITIES[Number(row['severity'])] ?? 'unknown' } as unknown as ThreadRecord;
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A dump that an import brings, held to the checks, without fields that are not known; null when it is not whole. */
export function checkedDump(value: unknown): DumpRecord | null {
  if (!isRow(value) || !DUMP_COLUMNS.every(({ field, check }) => check(value[field]))) return null;
  const { threads } = value;
  if (!Array.isArray(threads)) return null;
  const kept = (threads as unknown[]).map(checkedThread);
  if (kept.includes(null)) return null;
  const fields = Object.fromEntries(DUMP_COLUMNS.map(({ field }) => [field, value[field]]));
  return { ...fields, threads: kept } as unknown as DumpRecord;
}

function checkedThread(value: unknown): ThreadRecord | null {
  if (!isRow(value) || !THREAD_COLUMNS.every(({ field, check }) => check(value[field]))) return null;
  return Object.fromEntries(THREAD_COLUMNS.map(({ field }) => [field, value[field]])) as unknown as ThreadRecord;
}

/** The same of a run. Those of older versions have no labels. */
export function checkedRun(value: unknown): RunRecord | null {
  if (!isRow(value)) return null;
  const { build, host, labels = [], at } = value;
  return isTextOrNull(build) && isTextOrNull(host) && isTexts(labels) && isTime(at) ? { build, host, labels, at } : null;
}

/** The same of a stack. */
export function checkedStack(value: unknown): StackRecord | null {
  if (!isRow(value)) return null;
  const { key, depth, frames } = value;
  if (!isKey(16)(key) || !isWhole(depth) || depth < 0 || !Array.isArray(frames)) return null;
  const isFrame = (frame: unknown): boolean =>
    Array.isArray(frame) && frame.length === 3 && isTextOrNull(frame[0]) && isTextOrNull(frame[1]) && orNull(isWhole)(frame[2]);
  return frames.every(isFrame) ? { key, depth, frames: frames as StackRecord['frames'] } : null;
}
