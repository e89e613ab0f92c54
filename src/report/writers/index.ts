import { azure } from './azure.js';
import { buildkite } from './buildkite.js';
import { checkstyle } from './checkstyle.js';
import { chromeTrace } from './chrome-trace.js';
import { collapsed } from './collapsed.js';
import { csv } from './csv.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { html } from './html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { ndjson } from './ndjson.js';
import { pprof } from './pprof.js';
import { prometheus } from './prometheus.js';
import { sarif } from './sarif.js';
import { speedscope } from './speedscope.js';
import { tap } from './tap.js';
import { teamcity } from './teamcity.js';
import type { ReportWriter } from './writer.js';

export type * from './writer.js';

/** All formats of reports, in the order of `--help`. A new one is a file in this folder and a line here. */
export const WRITERS: readonly ReportWriter[] = [
  html,
  markdown,
  junit,
  sarif,
  github,
  gitlab,
  azure,
  teamcity,
  buildkite,
  checkstyle,
  tap,
  json,
  ndjson,
  csv,
  prometheus,
  speedscope,
  collapsed,
  pprof,
  chromeTrace,
];
