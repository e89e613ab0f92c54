import { analyzeJsonInPlace } from '../json.js';
import type { ReportWriter } from './writer.js';

/** The document of `analyze --json`: dumps, groups, series with their findings. */
export const json: ReportWriter = {
  id: 'json',
  title: 'the document of analyze --json',
  extension: 'json',
  write: ({ set, whole, hidden, interrupted, judging, stuck, history }) =>
    analyzeJsonInPlace(set, { ...judging, whole, hidden, interrupted, stuck, ...(history && { history }) }),
};
