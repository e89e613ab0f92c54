import { threadRows } from '../thread-rows.js';
import { ThreadColumns } from './thread-columns.js';
import type { ReportWriter } from './writer.js';
import { jsonText } from '../json-text.js';

/**
 * A line per thread per dump, for log pipelines and warehouses: an object of plain values, always the same keys in the same
 * order, null where nothing is known (`schemas/ndjson.schema.json`).
 */
export const ndjson: ReportWriter = {
  id: 'ndjson',
  title: 'a JSON object a line, for each thread of each dump',
  extension: 'ndjson',
  *write(input) {
    const columns = new ThreadColumns(input);
    for (const row of threadRows(input.set, input.whole, input.stuck)) yield `${jsonText(columns.of(row))}\n`;
  },
};
