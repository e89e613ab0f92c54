import { htmlPage } from '../html/index.js';
import type { ReportWriter } from './writer.js';

export const html: ReportWriter = {
  id: 'html',
  title: 'one page for people, in a file that needs no network',
  extension: 'html',
  write: ({ set, whole, hidden, stuck, judging, tool, history }, { editor }) =>
    htmlPage(set, { ...judging, whole, hidden, stuck, version: tool.version, editor, ...(history && { history }) }),
};
