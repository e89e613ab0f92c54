/**
 * Workflow commands of GitHub Actions, which become annotations, and the summary of the step. The runner's own limits
 * (actions/runner, ActionCommandManager and the file commands): 10 annotations of each level a step, 4,096 characters a message; a
 * summary over 1,024 KiB is dropped whole.
 */
import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Level, type Problem } from '../problems/problems.js';
import { markdownText } from './markdown.js';
import type { ReportWriter } from './writer.js';

const MOST_ANNOTATIONS = 10;
const LONGEST_MESSAGE = 4000;

export const github: ReportWriter = {
  id: 'github',
  title: 'annotations of GitHub Actions, and the summary of the step',
  extension: 'txt',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const { list, unlisted } = problemsOf(input);
    if (list.length === 0) {
      yield `standstill: ${texts.summary(list)}\n`;
      return;
    }
    const shown: Record<Level, number> = { error: 0, warning: 0, notice: 0 };
    let left = unlisted;
    for (const problem of list) {
      const level = levelOf(problem, options.failOn);
      // the last notice says how many there are more
      if (shown[level] >= (level === 'notice' ? MOST_ANNOTATIONS - 1 : MOST_ANNOTATIONS)) {
        left++;
        continue;
      }
      shown[level]++;
      yield annotation(level, problem, texts);
    }
    if (left > 0) yield `::notice title=standstill::and ${left} more, which GitHub would not show; see the summary or another report\n`;
  },
  aside: {
    variable: 'GITHUB_STEP_SUMMARY',
    write: (input, options) => markdownText(input, options),
  },
};

function annotation(level: Level, problem: Problem, texts: ProblemTexts): string {
  const place = problem.frame === null ? null : texts.place(problem.frame);
  const properties = {
    // a path that is not in the checkout would be shown on no line
    ...(place?.path == null ? {} : { file: place.path, line: place.line ?? 1, ...(place.column !== null && { col: place.column }) }),
    title: texts.title(problem),
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${propertyOf(String(value))}`);
  const lines = [...texts.body(problem, 'folded')];
  return `::${level} ${listed.join(',')}::${dataOf(cut(lines.join('\n'), LONGEST_MESSAGE))}\n`;
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most).replace(/\n[^\n]*$/, '')}\n…`);

const dataOf = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const propertyOf = (text: string): string => dataOf(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
