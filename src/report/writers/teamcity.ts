import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf } from '../problems/problems.js';
import type { ReportWriter } from './writer.js';

const SEVERITIES = { error: 'ERROR', warning: 'WARNING', notice: 'INFO' } as const;
/** TeamCity cuts what is longer. */
const LONGEST_DESCRIPTION = 4000;

/** Service messages of TeamCity: an inspection for each place, a build problem for each error, and statistics. */
export const teamcity: ReportWriter = {
  id: 'teamcity',
  title: 'build problems, inspections and statistics of TeamCity',
  extension: 'txt',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const { list } = problemsOf(input);
    if (list.length > 0)
      yield message('inspectionType', {
        id: 'standstill',
        name: 'Threads that hang',
        description: 'Threads that stand in one place in successive stack dumps',
        category: 'standstill',
      });
    for (const problem of list) {
      const place = problem.frame === null ? null : texts.place(problem.frame);
      const level = levelOf(problem, options.failOn);
      yield message('inspection', {
        typeId: 'standstill',
        message: [texts.title(problem), ...texts.reasons(problem)].join('; ').slice(0, LONGEST_DESCRIPTION),
        file: place?.path ?? place?.file ?? '???',
        line: String(place?.line ?? 1),
        SEVERITY: SEVERITIES[level],
      });
      if (level !== 'error') continue;
      const description = [...texts.body(problem, 'folded')].join('\n').slice(0, LONGEST_DESCRIPTION);
      yield message('buildProblem', { description, identity: `standstill-${problem.fingerprint}` });
    }
    for (const verdict of ['stuck', 'suspect'] as const) {
      const threads = list.reduce(
        (sum, problem) => sum + (problem.kind === 'threads' && problem.verdict === verdict ? problem.threads.length : 0),
        0,
      );
      yield message('buildStatisticValue', { key: `standstill.${verdict}Threads`, value: String(threads) });
    }
  },
};

function message(name: string, attributes: Readonly<Record<string, string>>): string {
  return `##teamcity[${name} ${Object.entries(attributes)
    .map(([key, value]) => `${key}='${escaped(value)}'`)
    .join(' ')}]\n`;
}

/** With a bar before what ends a value or a message; what is not ASCII as a code, so that no console's encoding matters. */
function escaped(text: string): string {
  return text.replaceAll(/['|[\]\n\r]|[^\x00-\x7f]/g, (sign) => {
    if (sign === '\n') return '|n';
    if (sign === '\r') return '|r';
    return sign.charCodeAt(0) < 0x80 ? `|${sign}` : `|0x${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
