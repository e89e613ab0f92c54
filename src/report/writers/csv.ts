import { visible } from '../terminal.js';
import { threadRows } from '../thread-rows.js';
import { THREAD_COLUMNS, ThreadColumns, type Cell } from './thread-columns.js';
import type { ReportWriter } from './writer.js';

/** The columns of `ndjson` as RFC 4180 has them, with a head. */
export const csv: ReportWriter = {
  id: 'csv',
  title: 'a line for each thread of each dump, for spreadsheets',
  extension: 'csv',
  *write(input) {
    const columns = new ThreadColumns(input);
    yield `${THREAD_COLUMNS.join(',')}\r\n`;
    for (const row of threadRows(input.set, input.whole, input.stuck)) {
      const values = columns.of(row);
      yield `${THREAD_COLUMNS.map((name) => cell(values[name])).join(',')}\r\n`;
    }
  },
};

/** A text that spreadsheets would take for a formula gets an apostrophe before it, as they do themselves. */
function cell(value: Cell): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = visible(value);
  const safe = /^\s*[=+\-@|%]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
