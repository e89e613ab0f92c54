import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf } from '../problems/problems.js';
import type { ReportWriter } from './writer.js';
import { jsonText } from '../json-text.js';

/**
 * TAP, version 13: a test a place, with diagnostics in YAML. Of version 14 only its escapes are used, since perl's prove knows 13
 * alone.
 */
export const tap: ReportWriter = {
  id: 'tap',
  title: 'Test Anything Protocol',
  extension: 'tap',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const { list } = problemsOf(input);
    yield `TAP version 13\n1..${Math.max(list.length, 1)}\n`;
    if (list.length === 0) yield `ok 1 - ${words(texts.summary(list))}\n`;
    for (const [i, problem] of list.entries()) {
      const title = words(`${texts.title(problem)}${problem.frame === null ? '' : ` (${texts.spot(problem.frame)})`}`);
      if (levelOf(problem, options.failOn) === 'error') yield `not ok ${i + 1} - ${title}\n`;
      else yield `ok ${i + 1} - ${title} # SKIP ${problem.verdict}\n`;
      const place = problem.frame === null ? null : texts.place(problem.frame);
      yield yaml({
        verdict: problem.verdict,
        fingerprint: problem.fingerprint,
        file: place?.path ?? place?.file ?? null,
        line: place?.line ?? null,
        threads: texts.threads(problem),
        reasons: texts.reasons(problem),
        stack: problem.stack === 0 ? [] : [...texts.stack(problem.stack)],
      });
    }
  },
};

const words = (text: string): string => text.replaceAll(/[\\#]/g, '\\$&');

/** What JSON writes is YAML, too. Lists stand a line an item. */
function yaml(fields: Readonly<Record<string, string | number | null | readonly string[]>>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0
      ? [`${name}:`, ...value.map((item: string) => `  - ${listItem(item)}`)]
      : [`${name}: ${jsonText(value)}`],
  );
  return ['---', ...lines, '...'].map((line) => `  ${line}\n`).join('');
}

/** A word with a colon at the beginning (`std::thread`) would be a key to prove's reader, quoted or not. */
const listItem = (text: string): string => jsonText(text).replace(/^\S+/, (word) => word.replaceAll(':', String.raw`\x3a`));
