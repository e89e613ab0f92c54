import type { AsideGrammar, JsonGrammar, LineGrammar, ReportedDump, StackGrammar } from '../../grammars/index.js';
import type { LineNumber, Warning } from '../model/index.js';
import type { DraftDump } from './assembler.js';
import type { RecordOrigin } from './unwrap.js';

/** What stood around a dump in its input: where its time and process may be told. */
export interface Surroundings {
  /** What a log collector put before the dump's first line. */
  readonly prefix: string;
  /** The lines above it, nearest first, down to the end of the dump before. */
  readonly above: readonly string[];
  /** What the log's records told of its first line, where they were unwrapped. */
  readonly record: RecordOrigin | null;
}

/** Where something stands in an input. */
export interface Place {
  readonly line: LineNumber;
  /** Lines that it takes, with none of those that stand between them. */
  readonly lines: number;
}

/** Lines of an input, the first and the last of them. */
export type LineRange = readonly [first: LineNumber, last: LineNumber];

/** The lines of a dump in its input, in order, without those that stand between them and are none of its own. Asked at once or never. */
export type Rows = () => readonly LineRange[];

/** Receives the dumps of one input in the order of the text. */
export interface DumpSink {
  lines(grammar: LineGrammar, draft: DraftDump, around: Surroundings, rows: Rows): void;
  report(grammar: JsonGrammar | StackGrammar, dump: ReportedDump, place: Place, around: Surroundings, rows: Rows): void;
  /** A text that looks like a dump and is none; `text` is its last line. */
  aside(grammar: AsideGrammar, place: Place, text: string): void;
  warn(warning: Warning): void;
  /** A stack was seen whose frames stand below its head, as they should, or above it: the log is newest first. */
  direction(forward: boolean): void;
}

/** Nothing is known of it. */
export const NOWHERE: Surroundings = { prefix: '', above: [], record: null };

/** The lines from `first` to `last` without some of them, which stand in order. */
export function rowsOf(first: LineNumber, last: LineNumber, without: readonly LineNumber[]): LineRange[] {
  const rows: LineRange[] = [];
  let from = first;
  for (const line of without) {
    if (line < from || line > last) continue;
    if (line > from) rows.push([from, line - 1]);
    from = line + 1;
  }
  if (from <= last) rows.push([from, last]);
  return rows;
}
