import { html } from './html.js';
import { json } from './json.js';
import { ndjson } from './ndjson.js';
import type { ReportWriter } from './writer.js';

export type * from './writer.js';

/** All formats of reports. A new one is a file in this folder and a line here. */
export const WRITERS: readonly ReportWriter[] = [json, ndjson, html];
