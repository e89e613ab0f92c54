import { Origins, StackIds } from '../../analysis/index.js';
import type { FrameTable } from '../../model/index.js';
import { isoTime } from '../documents.js';
import { threadRows, type ThreadRow } from '../thread-rows.js';
import type { ReportInput, ReportWriter } from './writer.js';

/**
 * A line per thread per dump, for log pipelines and warehouses: an object of plain values, always the same keys in the same
 * order, null where nothing is known (`schemas/ndjson.schema.json`).
 */
export const ndjson: ReportWriter = {
  id: 'ndjson',
  title: 'a JSON object a line, for each thread of each dump',
  extension: 'ndjson',
  *write(input) {
    const columns = new Columns(input);
    for (const row of threadRows(input.set, input.whole, input.stuck)) yield `${JSON.stringify(columns.of(row))}\n`;
  },
};

/** The values of one row. */
class Columns {
  readonly #input: ReportInput;
  readonly #frames: FrameTable;
  readonly #origins: Origins;
  readonly #stacks: StackIds;

  constructor(input: ReportInput) {
    this.#input = input;
    this.#frames = input.set.frames;
    this.#origins = new Origins(this.#frames, input.judging.roots);
    this.#stacks = new StackIds(input.set);
  }

  of({ dumpIndex, dump, threadIndex, thread, series, finding }: ThreadRow) {
    const rows = this.#input.set.stacks.frames(thread.stack);
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
    };
  }
}
