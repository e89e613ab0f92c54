import { Fingerprints, Origins, StackIds } from '../../analysis/index.js';
import type { FrameTable } from '../../model/index.js';
import { isoTime } from '../documents.js';
import type { ThreadRow } from '../thread-rows.js';
import type { ReportInput } from './writer.js';

export type Cell = string | number | boolean | null;

/** A name may be as long as the input, and comes in every row; warehouses and spreadsheets have limits a little above this one. */
const LONGEST_CELL = 4096;

/** The columns, in the order that they keep; new ones are added at the end. */
export const THREAD_COLUMNS = [
  'dump',
  'thread',
  'time',
  'source',
  'line',
  'format',
  'runtime',
  'kind',
  'pid',
  'origin',
  'process',
  'process_verdict',
  'thread_id',
  'thread_name',
  'thread_kind',
  'current',
  'verdict',
  'role',
  'score',
  'wait',
  'top_function',
  'top_file',
  'top_line',
  'own_function',
  'own_file',
  'own_line',
  'depth',
  'stack_id',
  'fingerprint',
  'known_times',
  'known_builds',
  'known_hosts',
  'known_since_build',
  'known_since',
] as const;
export type ThreadColumn = (typeof THREAD_COLUMNS)[number];

/** The values of one row. */
export class ThreadColumns {
  readonly #input: ReportInput;
  readonly #frames: FrameTable;
  readonly #origins: Origins;
  readonly #stacks: StackIds;
  readonly #fingerprints: Fingerprints;

  constructor(input: ReportInput) {
    this.#input = input;
    this.#frames = input.set.frames;
    this.#origins = new Origins(this.#frames, input.judging.roots);
    this.#stacks = new StackIds(input.set);
    this.#fingerprints = new Fingerprints(input.set, this.#origins);
  }

  /** The values of a row; texts as they are in the dump, but of bounded length. */
  of(row: ThreadRow): Record<ThreadColumn, Cell> {
    const values: Record<ThreadColumn, Cell> = this.#of(row);
    for (const name of THREAD_COLUMNS) {
      const value = values[name];
      if (typeof value === 'string' && value.length > LONGEST_CELL) values[name] = `${value.slice(0, LONGEST_CELL - 1)}…`;
    }
    return values;
  }

  #of({ dumpIndex, dump, threadIndex, thread, series, finding }: ThreadRow): Record<ThreadColumn, Cell> {
    const rows = this.#input.set.stacks.frames(thread.stack);
    const fingerprint = finding === null ? null : this.#fingerprints.of(finding);
    const [top, own] = [rows[0] ?? null, rows.find((row) => this.#origins.isApplication(row)) ?? null];
    return {
      dump: dumpIndex,
      thread: threadIndex,
      time: isoTime(dump.time),
      source: dump.source,
      line: dump.line,
      format: dump.format,
      runtime: dump.runtime,
      kind: dump.kind,
      pid: dump.pid,
      origin: dump.origin,
      process: series?.series.id ?? null,
      process_verdict: series?.verdict ?? null,
      thread_id: thread.id,
      thread_name: thread.name,
      thread_kind: thread.kind,
      current: thread.current,
      verdict: finding?.verdict ?? null,
      role: finding?.role ?? null,
      score: finding === null ? null : Number(finding.score.toFixed(4)),
      wait: finding?.wait?.kind ?? null,
      top_function: top === null ? null : this.#frames.functionOf(top),
      top_file: top === null ? null : this.#frames.fileOf(top),
      top_line: top === null ? null : this.#frames.lineOf(top),
      own_function: own === null ? null : this.#frames.functionOf(own),
      own_file: own === null ? null : this.#frames.fileOf(own),
      own_line: own === null ? null : this.#frames.lineOf(own),
      depth: rows.length,
      stack_id: thread.stack === 0 ? null : this.#stacks.of(thread.stack),
      fingerprint,
      ...this.#known(finding, fingerprint),
    };
  }

  /** What the history knows of a place where a thread hangs: 0 times where it is new, null where nothing was asked. */
  #known(finding: ThreadRow['finding'], fingerprint: string | null): Record<Extract<ThreadColumn, `known_${string}`>, Cell> {
    const hangs = finding?.verdict === 'stuck' || finding?.verdict === 'suspect';
    const asked = hangs ? this.#input.history : undefined;
    const known = asked?.get(fingerprint ?? '');
    const none = asked === undefined ? null : 0;
    return {
      known_times: known?.times ?? none,
      known_builds: known?.builds ?? none,
      known_hosts: known?.hosts ?? none,
      known_since_build: known?.firstBuild ?? null,
      known_since: known === undefined ? null : isoTime(known.first),
    };
  }
}
