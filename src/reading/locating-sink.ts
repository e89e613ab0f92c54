import type { LineNumber, Warning } from '../model/index.js';
import type { DumpSink, LineRange, Surroundings } from './dump-sink.js';
import type { SourceSink } from './source-sink.js';

/** Where a dump stands in its input. */
export interface Standing {
  /** Its own lines. */
  readonly rows: readonly LineRange[];
  /** What its first line begins with and is not its own, unless it comes again. */
  readonly prefix: string;
}

/** Notes where the dumps stand that it hands on, of a reader that was given an input from some line on. */
export class LocatingSink implements DumpSink {
  readonly inner: SourceSink;
  /** Lines of the input above those that the reader counts. */
  readonly above: number;
  /** Of the dumps that `inner` holds, in the same order. */
  readonly places: Standing[] = [];
  /** What comes was told before. */
  muted = false;

  constructor(inner: SourceSink, above = 0) {
    this.inner = inner;
    this.above = above;
  }

  lines(...[grammar, draft, around, rows]: Parameters<DumpSink['lines']>): void {
    if (this.muted) return;
    const { above } = this;
    this.inner.lines(grammar, above === 0 ? draft : { ...draft, line: draft.line + above, last: draft.last + above }, around, rows);
    this.#note(draft.line, rows(), around);
  }

  report(...[grammar, dump, place, around, rows]: Parameters<DumpSink['report']>): void {
    if (this.muted) return;
    this.inner.report(grammar, dump, { ...place, line: place.line + this.above }, around, rows);
    this.#note(place.line, rows(), around);
  }

  aside(...[grammar, place, text]: Parameters<DumpSink['aside']>): void {
    if (!this.muted) this.inner.aside(grammar, { ...place, line: place.line + this.above }, text);
  }

  warn(warning: Warning): void {
    if (!this.muted) this.inner.warn(warning.line === null ? warning : { ...warning, line: warning.line + this.above });
  }

  direction(forward: boolean): void {
    if (!this.muted) this.inner.direction(forward);
  }

  #note(line: LineNumber, rows: readonly LineRange[], { prefix, record }: Surroundings): void {
    const own: readonly LineRange[] = rows.length > 0 ? rows : [[line, line]];
    this.places.push({
      rows: own.map(([first, last]): LineRange => [first + this.above, last + this.above]),
      // in a collector's record the prefix is the collector's
      prefix: record === null && /[^\0\s]/.test(prefix) ? prefix : '',
    });
  }
}
