import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Problem } from '../problems/problems.js';
import type { ReportWriter } from './writer.js';
import { xml } from './xml.js';

const SEVERITIES = { error: 'error', warning: 'warning', notice: 'info' } as const;

/** Checkstyle's XML: files with errors at lines, read by many review bots and CI plugins. */
export const checkstyle: ReportWriter = {
  id: 'checkstyle',
  title: 'Checkstyle XML, for review bots and plugins',
  extension: 'xml',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const files = new Map<string, Problem[]>();
    for (const problem of problemsOf(input).list) {
      const place = problem.frame === null ? null : texts.place(problem.frame);
      const file = place?.path ?? place?.file ?? '???';
      const known = files.get(file);
      if (known) known.push(problem);
      else files.set(file, [problem]);
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n';
    for (const [file, problems] of files) {
      yield `  <file name="${xml(file)}">\n`;
      for (const problem of problems) {
        const place = problem.frame === null ? null : texts.place(problem.frame);
        const column = place?.column == null ? '' : ` column="${place.column}"`;
        const message = [texts.title(problem), ...texts.reasons(problem)].join('; ');
        yield `    <error line="${place?.line ?? 1}"${column} severity="${SEVERITIES[levelOf(problem, options.failOn)]}" message="${xml(message)}" source="standstill.${problem.verdict}"/>\n`;
      }
      yield '  </file>\n';
    }
    yield '</checkstyle>\n';
  },
};
