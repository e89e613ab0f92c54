import path from 'node:path';
import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf } from '../problems/problems.js';
import type { ReportWriter } from './writer.js';

const LONGEST_MESSAGE = 4000;

/** Logging commands of Azure Pipelines: issues of the build, at files of the checkout. Notices it has none. */
export const azure: ReportWriter = {
  id: 'azure',
  title: 'issues of Azure Pipelines',
  extension: 'txt',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const { list } = problemsOf(input);
    let notices = 0;
    for (const problem of list) {
      const level = levelOf(problem, options.failOn);
      if (level === 'notice') {
        notices++;
        continue;
      }
      const place = problem.frame === null ? null : texts.place(problem.frame);
      const properties = {
        type: level,
        ...(place?.path == null
          ? {}
          : { sourcepath: path.join(options.root, place.path), linenumber: place.line ?? 1, columnnumber: place.column ?? 1 }),
        code: problem.fingerprint,
      };
      const listed = Object.entries(properties).map(([name, value]) => `${name}=${propertyOf(String(value))};`);
      const body = [...texts.body(problem, 'folded')].join('\n').slice(0, LONGEST_MESSAGE);
      yield `##vso[task.logissue ${listed.join('')}]${dataOf(body)}\n`;
    }
    if (list.length === notices) yield `standstill: ${texts.summary(list)}\n`;
  },
};

/** `%AZP25` is what the agent makes a percent sign of; older ones show it as it is. */
const dataOf = (text: string): string => text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const propertyOf = (text: string): string => dataOf(text).replaceAll(';', '%3B').replaceAll(']', '%5D');
