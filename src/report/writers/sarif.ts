/**
 * SARIF 2.1.0 (OASIS). GitHub's code scanning takes 25,000 results, 1,000 locations of each and 10,000 steps of a thread flow, and
 * shows `codeFlows` but no `stacks`; editors show both. `partialFingerprints` tell one alert from another over time.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FrameIndex, StackIndex } from '../../model/index.js';
import { isoTime } from '../documents.js';
import { ProblemTexts, plain, plainPath } from '../problems/problem-text.js';
import { levelOf, problemsOf, type Problem, type ProblemThread } from '../problems/problems.js';
import type { ReportInput, ReportWriter, WriteOptions } from './writer.js';
import { jsonText } from '../json-text.js';

const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const;

/** Of one result. */
const MOST_FLOWS = 10;
const MOST_STACKS = 10;
const MOST_FRAMES = 100;
/** Beyond this many characters results have no more stacks: GitHub refuses files over 10 MB, packed. */
const WHOLE_STACKS = 12 << 20;

const RULES = [
  { id: 'stuck-thread', level: 'error', text: 'A thread stands in one place where it should go on.' },
  { id: 'suspect-thread', level: 'warning', text: 'A thread may be stuck.' },
  { id: 'waiting-thread', level: 'note', text: 'A thread waits for another that is stuck.' },
  { id: 'timed-out', level: 'warning', text: 'A stack dump was made because a time-out passed or the process crashed.' },
  { id: 'unclear', level: 'note', text: 'The stack dumps cannot tell whether the process hangs.' },
] as const;

export const sarif: ReportWriter = {
  id: 'sarif',
  title: 'SARIF 2.1.0, for code scanning and editors',
  extension: 'sarif',
  *write(input, options) {
    const results = new Results(input, options);
    const head = {
      tool: {
        driver: {
          name: input.tool.name,
          version: input.tool.version,
          rules: RULES.map(({ id, level, text }) => ({
            id,
            shortDescription: { text },
            defaultConfiguration: { level },
            properties: { tags: ['hang'], 'problem.severity': level === 'note' ? 'recommendation' : level },
          })),
        },
      },
      automationDetails: { id: 'standstill/' },
      originalUriBaseIds: { SRCROOT: { uri: pathToFileURL(`${options.root}${path.sep}`).href } },
      columnKind: 'utf16CodeUnits',
      invocations: [{ executionSuccessful: !input.interrupted, toolExecutionNotifications: notificationsOf(input) }],
    };
    yield `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[${jsonText(head).slice(0, -1)},"results":[`;
    let written = 0;
    for (const [i, problem] of problemsOf(input).list.entries()) {
      const text = `${i ? ',' : ''}\n${jsonText(results.of(problem, written < WHOLE_STACKS))}`;
      written += text.length;
      yield text;
    }
    yield ']}]}\n';
  },
};

/** Warnings of the inputs; of very many the first. */
const MOST_NOTIFICATIONS = 100;

function notificationsOf({ set }: ReportInput): object[] {
  const all = set.sources.flatMap(({ path: source, warnings }) =>
    warnings.slice(0, MOST_NOTIFICATIONS).map((warning) => ({ source, warning })),
  );
  return all.slice(0, MOST_NOTIFICATIONS).map(({ source, warning }) => ({
    level: 'warning',
    descriptor: { id: warning.code },
    message: { text: `${plainPath(source)}${warning.line === null ? '' : `:${warning.line}`}: ${plain(warning.message, 1000)}` },
  }));
}

class Results {
  readonly #input: ReportInput;
  readonly #options: WriteOptions;
  readonly #texts: ProblemTexts;

  constructor(input: ReportInput, options: WriteOptions) {
    this.#input = input;
    this.#options = options;
    this.#texts = new ProblemTexts(input, options);
  }

  of(problem: Problem, withStacks: boolean): object {
    const ruleIndex = RULES.findIndex(({ id }) => id === ruleOf(problem));
    const [reasons, threads] = [this.#texts.reasons(problem), this.#texts.threads(problem)];
    const text = [
      this.#texts.title(problem),
      ...reasons,
      ...(threads === '' ? [] : [`Threads: ${threads} (${this.#texts.seen(problem)})`]),
    ];
    return {
      ruleId: RULES[ruleIndex]!.id,
      ruleIndex,
      level: LEVELS[levelOf(problem, this.#options.failOn)],
      message: { text: `${text.join('. ')}.` },
      locations: [problem.frame === null ? this.#dumpLocation(problem) : this.#location(problem.frame)],
      partialFingerprints: { 'standstillPlace/v1': problem.fingerprint },
      ...(withStacks && problem.stack !== 0 && { stacks: this.#stacks(problem), codeFlows: this.#codeFlows(problem) }),
    };
  }

  /** One for each dump that shows the thread, the newest first. */
  #stacks(problem: Problem): object[] {
    if (problem.kind === 'dump') return [this.#stack(problem.stack, this.#texts.title(problem), problem.thread?.id ?? null)];
    const [{ series, finding }] = problem.threads as [ProblemThread];
    const stacks: object[] = [];
    for (let k = finding.history.seen.length - 1; k >= 0 && stacks.length < MOST_STACKS; k--) {
      const index = series.series.dumps[finding.history.first + k]!;
      const dump = this.#input.whole.dumps[index]!;
      const thread = dump.threads[finding.history.seen[k]!];
      if (thread === undefined || thread.stack === 0) continue;
      const time = isoTime(dump.time);
      stacks.push(this.#stack(thread.stack, `dump ${index + 1}${time === null ? '' : `, ${time}`}`, thread.id));
    }
    return stacks;
  }

  #stack(stack: StackIndex, text: string, id: string | null): object {
    const threadId = id !== null && /^(?:0x0*[0-9a-f]{1,13}|\d{1,15})$/i.test(id) ? Number(id) : null;
    const rows = this.#input.set.stacks.frames(stack).slice(0, MOST_FRAMES);
    return {
      message: { text },
      frames: Array.from(rows, (row) => ({ location: this.#location(row), ...(threadId !== null && { threadId }) })),
    };
  }

  /** The way from a thread's begin to where it stands, for each thread. */
  #codeFlows(problem: Problem): object[] {
    const flows =
      problem.kind === 'dump'
        ? [{ id: 'thread', stack: problem.stack }]
        : problem.threads.slice(0, MOST_FLOWS).map(({ finding }) => ({ id: this.#texts.name(finding.history), stack: finding.stack }));
    const threadFlows = flows
      .filter(({ stack }) => stack !== 0)
      .map(({ id, stack }) => ({
        id,
        locations: Array.from(this.#input.set.stacks.frames(stack).slice(0, MOST_FRAMES), (row) => ({
          location: this.#location(row),
        })).reverse(),
      }));
    return threadFlows.length === 0 ? [] : [{ threadFlows }];
  }

  #location(frame: FrameIndex): object {
    const { function: fn, file, path: inCheckout, line, column } = this.#texts.place(frame);
    const region = line === null ? {} : { region: { startLine: line, ...(column !== null && { startColumn: column }) } };
    return {
      physicalLocation: {
        artifactLocation: inCheckout === null ? { uri: uriOf(file ?? 'unknown') } : { uri: encoded(inCheckout), uriBaseId: 'SRCROOT' },
        ...region,
      },
      logicalLocations: [{ name: fn, kind: 'function' }],
      message: { text: fn },
    };
  }

  /** Without a frame the dump itself is the place. */
  #dumpLocation(problem: Problem): object {
    const index = problem.kind === 'dump' ? null : problem.threads[0]!.series.series.dumps.at(-1)!;
    const dump = problem.kind === 'dump' ? problem.dump : this.#input.set.dumps[index!]!;
    return { physicalLocation: { artifactLocation: { uri: uriOf(plainPath(dump.source)) }, region: { startLine: dump.line } } };
  }
}

function ruleOf(problem: Problem): (typeof RULES)[number]['id'] {
  if (problem.kind === 'dump')
    return problem.dump.reason?.kind === 'timeout' || problem.dump.reason?.kind === 'fatal' ? 'timed-out' : 'unclear';
  return problem.role === 'victim' ? 'waiting-thread' : problem.verdict === 'stuck' ? 'stuck-thread' : 'suspect-thread';
}

const encoded = (file: string): string => file.split('/').map(encodeURIComponent).join('/');

/** A file that is not in the checkout, as a URI: absolute ones as files, others as they are. */
function uriOf(file: string): string {
  const slashed = file.replace(/^file:\/\/(?=\/)/, '').replaceAll('\\', '/');
  if (slashed.startsWith('/')) return `file://${encoded(slashed)}`;
  if (/^[A-Za-z]:\//.test(slashed)) return `file:///${slashed.slice(0, 2)}${encoded(slashed.slice(2))}`;
  return encoded(slashed);
}
