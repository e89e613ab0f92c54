import { ProblemTexts } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Problem } from '../problems/problems.js';
import { count } from '../terminal.js';
import type { ReportInput, ReportWriter, WriteOptions } from './writer.js';

/** A comment on GitHub holds 65,536 characters, one on GitLab a million; a reader far fewer. */
const LONGEST = 60_000;
/** What follows the last problem that has room. */
const RESERVE = 500;
/** Frames of a stack before the reader unfolds another report. */
const MOST_FRAMES = 40;

/** A comment on a pull request or an issue: the answer, then each place with its reasons and its stack, folded. */
export const markdown: ReportWriter = {
  id: 'markdown',
  title: 'a comment for a pull request or an issue',
  extension: 'md',
  *write(input, options) {
    // bots find their last comment by it, and replace it
    yield '<!-- standstill -->\n';
    yield* markdownText(input, options);
  },
};

/** The answer as Markdown, of bounded length. Whatever stands in a dump is in code, where nothing of it acts. */
export function* markdownText(input: ReportInput, options: WriteOptions): Generator<string> {
  const texts = new ProblemTexts(input, options);
  const { list, unlisted, known } = problemsOf(input);
  const head = `### ${capital(texts.summary(list))}\n\n${readText(input)}\n`;
  yield head;
  let room = LONGEST - head.length - RESERVE;
  let written = 0;
  for (const problem of list) {
    const text = problemText(problem, texts, options, room > LONGEST / 2 ? MOST_FRAMES : 10);
    if (text.length > room) break;
    room -= text.length;
    written++;
    yield text;
  }
  const more = list.length - written + unlisted;
  if (more > 0) yield `\nand ${count(more, 'more place')}, for which there is no room here\n`;
  if (known.length > 0) yield `\n${count(known.length, 'place')} that the baseline knows ${known.length === 1 ? 'is' : 'are'} not shown.\n`;
  if (input.interrupted) yield '\nThe reading was interrupted: this is what was found so far.\n';
  yield `\n<sub>standstill ${input.tool.version}</sub>\n`;
}

const LABELS = { error: '**Stuck**', warning: '**Maybe stuck**', notice: 'Waits' } as const;

function problemText(problem: Problem, texts: ProblemTexts, { failOn }: WriteOptions, mostFrames: number): string {
  const place = problem.frame === null ? null : texts.place(problem.frame);
  const at = place === null ? '' : ` in ${code(place.function)}, ${code(texts.spot(problem.frame!))}`;
  const lines: string[] = ['', `${headOf(problem, texts, failOn)}${at}`, ''];
  for (const reason of texts.reasons(problem)) lines.push(`- ${prose(reason)}`);
  const threads = texts.threads(problem);
  if (threads !== '')
    lines.push(
      `- ${problem.kind === 'threads' && problem.threads.length > 1 ? 'threads' : 'thread'}: ${code(threads)}, in ${texts.seen(problem)}`,
    );
  if (problem.stack !== 0) {
    const stack = [...texts.foldedStack(problem.stack, mostFrames)];
    lines.push('', '<details><summary>Stack, most recent call first</summary>', '', ...fenced(stack), '', '</details>');
  }
  return lines.map((line) => `${line}\n`).join('');
}

function headOf(problem: Problem, texts: ProblemTexts, failOn: WriteOptions['failOn']): string {
  if (problem.kind === 'dump') {
    const { reason } = problem.dump;
    return reason === null ? 'Cannot tell: stands' : `${code(texts.reason(reason))}: stood`;
  }
  const threads = count(problem.threads.length, 'thread');
  if (problem.role === 'victim') return `${threads}, waiting for others,`;
  return `${problem.verdict === 'stuck' ? '**Stuck**' : LABELS[levelOf(problem, failOn)]}: ${threads}`;
}

/** What was read: `3 dumps of one process over 60 s`. */
function readText({ set, stuck }: ReportInput): string {
  if (set.dumps.length === 0) return 'Nothing that was read holds a dump.';
  const processes = stuck.series.length === 1 ? 'one process' : `${stuck.series.length} processes`;
  return `By ${count(set.dumps.length, 'stack dump')} of ${processes}, ${count(set.dumps.at(-1)!.threads.length, 'thread')} in the newest.`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Text as a code span: with more backticks around it than stand in it. */
function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') || (text.startsWith(' ') && text.endsWith(' ')) || text === '' ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/**
 * A sentence in which names of the dump stand. Words with a sign that Markdown or a forge could act on (emphasis, links, mentions,
 * numbers of issues) become code: escapes alone do not keep a forge from reading `@name`.
 */
function prose(text: string): string {
  return text
    .split(' ')
    .map((word) => (/^[\p{L}\p{N}.,;:'"()%/+…–-]*$/u.test(word) && !/:\/\/|^www\.|\w:\w|^GH-|[0-9a-f]{7}/i.test(word) ? word : code(word)))
    .join(' ');
}

function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => Array.from(line.matchAll(/`+/g), ([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}
