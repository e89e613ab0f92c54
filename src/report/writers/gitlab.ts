import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Problem } from '../problems/problems.js';
import type { ReportWriter } from './writer.js';
import { jsonText } from '../json-text.js';

const SEVERITIES = { error: 'critical', warning: 'major', notice: 'info' } as const;

/**
 * GitLab's Code Quality report. Its reader stops at the first entry that it cannot read, so each has all it wants: a path without
 * `./` or `/` before it, a line, a fingerprint of its own (equal ones are one to it).
 */
export const gitlab: ReportWriter = {
  id: 'gitlab',
  title: 'GitLab Code Quality',
  extension: 'json',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const fingerprints = new Set<string>();
    yield '[';
    for (const [i, problem] of problemsOf(input).list.entries()) {
      const place = problem.frame === null ? null : texts.place(problem.frame);
      let fingerprint = problem.fingerprint;
      while (fingerprints.has(fingerprint)) fingerprint += '-';
      fingerprints.add(fingerprint);
      const entry = {
        description: [texts.title(problem), ...texts.reasons(problem)].join('; '),
        check_name: checkName(problem),
        fingerprint,
        severity: SEVERITIES[levelOf(problem, options.failOn)],
        location: { path: place?.path ?? relative(place?.file ?? ''), lines: { begin: place?.line ?? 1 } },
      };
      yield `${i ? ',' : ''}\n${jsonText(entry)}`;
    }
    yield '\n]\n';
  },
};

function checkName(problem: Problem): string {
  return `standstill/${problem.kind === 'threads' ? `${problem.verdict}-${problem.role}` : 'dump'}`;
}

/** A path that is not in the checkout, as one that GitLab takes. */
function relative(file: string): string {
  return file.replaceAll('\\', '/').replace(/^(?:[A-Za-z]:|\.{0,2}\/|file:)+/, '') || 'unknown';
}
