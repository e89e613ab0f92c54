/**
 * JUnit XML in the dialect that all take: the strict schema of Jenkins' xunit plugin (no `file`, no `properties` in a case), and
 * GitLab's limits (30 MB a file; of two cases with one name the first counts, so names are made unique).
 */
import type { SeriesFinding } from '../../analysis/index.js';
import { isoTime } from '../documents.js';
import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Problem } from '../problems/problems.js';
import type { ReportInput, ReportWriter, WriteOptions } from './writer.js';
import { xml, xmlLines } from './xml.js';

/** Beyond this many characters of stacks only their tops are written: GitLab refuses files over 30 MB. */
const WHOLE_STACKS = 12 << 20;
const TOP_FRAMES = 5;

interface Case {
  readonly name: string;
  readonly problem: Problem | null;
}

export const junit: ReportWriter = {
  id: 'junit',
  title: 'JUnit XML, for Jenkins, GitLab and most other CI services',
  extension: 'xml',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const suites = suitesOf(input, texts);
    const failed = (cases: readonly Case[]): number =>
      cases.filter(({ problem }) => problem !== null && levelOf(problem, options.failOn) === 'error').length;
    const all = suites.flatMap(({ cases }) => cases);
    yield '<?xml version="1.0" encoding="UTF-8"?>\n';
    yield `<testsuites name="standstill" tests="${all.length}" failures="${failed(all)}" errors="0" time="0">\n`;
    let written = 0;
    for (const { name, time, cases } of suites) {
      const skipped = cases.filter(({ problem }) => problem !== null).length - failed(cases);
      const timestamp = time === null ? '' : ` timestamp="${time.slice(0, 19)}"`;
      yield `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${failed(cases)}" errors="0" skipped="${skipped}" time="0"${timestamp}>\n`;
      for (const one of cases) {
        const text = caseXml(one, name, texts, options, written > WHOLE_STACKS ? TOP_FRAMES : undefined);
        written += text.length;
        yield text;
      }
      yield '  </testsuite>\n';
    }
    yield '</testsuites>\n';
  },
};

function caseXml({ name, problem }: Case, suite: string, texts: ProblemTexts, { failOn }: WriteOptions, mostFrames?: number): string {
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="0"`;
  if (problem === null) return `${head}/>\n`;
  const title = xml(texts.title(problem));
  const body = xmlLines(texts.body(problem, mostFrames));
  if (levelOf(problem, failOn) === 'error')
    return `${head}>\n      <failure type="${problem.verdict}" message="${title}">${body}</failure>\n    </testcase>\n`;
  // shown without being counted as failed; what stands in `skipped` itself is read by few
  return `${head}>\n      <skipped message="${title}"/>\n      <system-out>${body}</system-out>\n    </testcase>\n`;
}

interface Suite {
  readonly name: string;
  readonly time: string | null;
  readonly cases: readonly Case[];
}

/** A suite for each process that something is said of, a case for each place. Jenkins fails on a report without any case. */
function suitesOf(input: ReportInput, texts: ProblemTexts): Suite[] {
  const { list } = problemsOf(input);
  const bySeries = new Map<SeriesFinding, Problem[]>();
  for (const problem of list) {
    const series = problem.kind === 'dump' ? problem.series : problem.threads[0]!.series;
    const known = bySeries.get(series);
    if (known) known.push(problem);
    else bySeries.set(series, [problem]);
  }
  const names = new Set<string>();
  if (bySeries.size === 0) return [{ name: 'standstill', time: null, cases: [{ name: texts.summary(list), problem: null }] }];
  return [...bySeries].map(([{ series }, problems]) => {
    const name = input.stuck.series.length === 1 ? 'standstill' : unique(names, `standstill: ${texts.process(series.dumps)}`);
    const inSuite = new Set<string>();
    const cases = problems.map((problem) => ({ name: unique(inSuite, caseName(problem, texts)), problem }));
    return { name, time: isoTime(input.set.dumps[series.dumps.at(-1)!]!.time), cases };
  });
}

/** The same on every run, so that services show a history: no lines, no counts. */
function caseName(problem: Problem, texts: ProblemTexts): string {
  if (problem.frame === null) return texts.title(problem);
  const { function: fn, path, file } = texts.place(problem.frame);
  return `${fn} (${path ?? file ?? '???'})`;
}

function unique(names: Set<string>, name: string): string {
  let free = name;
  for (let i = 2; names.has(free); i++) free = `${name} #${i}`;
  names.add(free);
  return free;
}
