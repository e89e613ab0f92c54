import { Fingerprints, Origins, type Hidden, type Root, type StuckReport, type ThreadFinding } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { SCHEMA_VERSION, isoTime, unreadOf } from './documents.js';
import { seriesFindingJson } from './series-json.js';
import { jsonText } from './json-text.js';

export interface StuckJsonOptions {
  readonly interrupted?: boolean;
  readonly hidden?: Hidden;
  readonly roots?: readonly Root[];
  /** Threads whose signals are listed, as `--explain` does. */
  readonly explain?: (finding: ThreadFinding) => boolean;
  /** How the dumps were taken, as `capture` tells. */
  readonly capture?: object;
}

/** The document of `stuck --json` (its schema: `schemas/stuck.schema.json`), in pieces. */
export function* stuckJson(set: DumpSet, report: StuckReport, options: StuckJsonOptions = {}): Generator<string> {
  const { interrupted, hidden, explain, roots, capture } = options;
  const fingerprints = new Fingerprints(set, new Origins(set.frames, roots));
  yield `{"schemaVersion":${SCHEMA_VERSION},${interrupted ? '"interrupted":true,' : ''}`;
  if (capture !== undefined) yield `"capture":${jsonText(capture)},\n`;
  const unread = unreadOf(set);
  if (unread.length > 0) yield `"unread":${jsonText(unread)},\n`;
  yield `${hidden && hidden.by.length > 0 ? `"hidden":${jsonText(hidden)},` : ''}"verdict":"${report.verdict}","dumps":[`;
  for (const [index, { source, line, time, pid }] of set.dumps.entries())
    yield `${index ? ',' : ''}\n${jsonText({ index, source, line, time: isoTime(time), pid })}`;
  yield '],\n"series":[';
  for (const [i, series] of report.series.entries()) yield* seriesFindingJson(set, series, i, fingerprints, explain);
  yield ']}\n';
}
