import { Analyze } from './analyze.js';
import { Baseline } from './baseline.js';
import { Completion } from './completion.js';
import { Diff } from './diff.js';
import { Formats } from './formats.js';
import { Pipe } from './pipe.js';
import { Report } from './report.js';
import { Signatures } from './signatures.js';
import { Stuck } from './stuck.js';

/** All commands, by the name they are called with. */
export const COMMANDS = {
  analyze: Analyze,
  baseline: Baseline,
  completion: Completion,
  diff: Diff,
  formats: Formats,
  pipe: Pipe,
  report: Report,
  signatures: Signatures,
  stuck: Stuck,
};
