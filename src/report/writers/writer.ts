import type { Hidden, StuckOptions, StuckReport, Verdict } from '../../analysis/index.js';
import type { DumpSet, EpochMilliseconds } from '../../model/index.js';

/** What a history says of a place to hang in. */
export interface KnownHang {
  /** Processes that hung there. */
  readonly times: number;
  readonly builds: number;
  readonly hosts: number;
  /** The first build that shows it; null: no build was named. */
  readonly firstBuild: string | null;
  readonly first: EpochMilliseconds;
}

/** What one reading gave. Every report is written of this and of nothing else. */
export interface ReportInput {
  /** The dumps that the filters left, with their sources and the warnings of these. */
  readonly set: DumpSet;
  /** The same dumps with all their threads, of which the findings were made. The set itself where nothing is hidden. */
  readonly whole: DumpSet;
  readonly hidden: Hidden;
  /** Reading was ended by Ctrl-C: what was found so far. */
  readonly interrupted: boolean;
  /** Series and findings of the threads that the filters left. */
  readonly stuck: StuckReport;
  /** What the findings were made with: roots, signatures, the source of the frames. */
  readonly judging: StuckOptions;
  /** Fingerprints of what is known already and not to be reported again. */
  readonly baseline?: ReadonlySet<string>;
  /** What was known of places before, by fingerprint: findings are marked with it. Absent: no history was asked. */
  readonly history?: ReadonlyMap<string, KnownHang>;
  readonly tool: { readonly name: string; readonly version: string };
  /** When the report is made. */
  readonly time: EpochMilliseconds;
}

/** What the caller asks of a report. */
export interface WriteOptions {
  /** The folder of the checkout, absolute: paths below it are written relative to it, as CI services want them. */
  readonly root: string;
  /** A file as a dump prints it, as a path relative to the root, with slashes; null when it is not in the checkout. */
  readonly locate: (file: string) => string | null;
  /** This verdict and worse ones are errors in formats that have levels (`--fail-on`, default: `stuck`). */
  readonly failOn: Exclude<Verdict, 'clear'>;
  /** Address at which the reader's editor opens a file, with `{file}`, `{line}` and `{column}`; null: none. */
  readonly editor: string | null;
}

/** A text that a CI service takes from a file of its own, beside the report. */
export interface Aside {
  /** The variable of the environment that names the file. It is appended to; without the variable nothing is written. */
  readonly variable: string;
  write(input: ReportInput, options: WriteOptions): Iterable<string | Uint8Array>;
}

/** One format of reports. */
export interface ReportWriter {
  /** As in `--to ID`. */
  readonly id: string;
  /** What it is and who reads it, in a few words. */
  readonly title: string;
  /** Of files in this format, without the dot. */
  readonly extension: string;
  /** Not text: never written to a terminal. */
  readonly binary?: true;
  readonly aside?: Aside;
  /**
   * The report in pieces, text as UTF-8. A piece of bytes may be written over once the next is asked for. What dumps say is
   * hostile: whatever they hold must stay text for whoever reads the report. No dumps at all is a valid, empty report.
   */
  write(input: ReportInput, options: WriteOptions): Iterable<string | Uint8Array>;
}
