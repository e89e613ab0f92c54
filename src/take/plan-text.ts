/** A plan, and what became of it, in words and as values. What a process says of itself is hostile: nothing in it acts on a terminal. */
import path from 'node:path';
import { visible } from '../report/index.js';
import type { Capture, CaptureStep } from './capture.js';
import { openWays, type Plan } from './plan.js';
import { kernelStandingOf } from './standing.js';

/** Arguments can hold whatever; of long ones the beginning tells enough. */
const MOST_COMMAND = 100;

const RUNTIMES = { python: 'Python', node: 'Node' } as const;

/** What of a process is told. */
export interface TellingOptions {
  /** Leave out what names people, machines and values: the arguments. */
  readonly redact?: boolean;
}

/** What the process is, in one line without a full stop. */
export function targetText({ target: { info, runtime, version, program } }: Plan, { redact = false }: TellingOptions = {}): string {
  const [first = info.name, ...rest] = info.commandLine;
  const command = redact ? path.basename(first) : [first, ...rest].join(' ');
  const shown = command.length > MOST_COMMAND ? `${command.slice(0, MOST_COMMAND)}…` : command;
  return `process ${info.pid} is ${RUNTIMES[runtime]}${version === null ? '' : ` ${version}`}${program === null ? '' : ` (${program.title})`}: ${visible(shown)}`;
}

/** The whole plan: what it is, where its main thread stands, and each way with why it would or would not work. */
export function* planText(plan: Plan, options: TellingOptions = {}): Generator<string> {
  yield targetText(plan, options);
  yield `of its main thread the kernel says: ${visible(kernelStandingOf(plan.target.info).text)}`;
  yield '';
  yield* waysText(plan, plan.ways);
  if (openWays(plan).length === 0) yield 'no way is open: start the program with `standstill run`, which prepares it';
}

/** The way that is taken, and why not one of those before it. */
export function* choiceText(plan: Plan): Generator<string> {
  const [chosen] = openWays(plan);
  yield* waysText(plan, chosen === undefined ? plan.ways : plan.ways.slice(0, plan.ways.indexOf(chosen) + 1));
}

function* waysText(plan: Plan, ways: Plan['ways']): Generator<string> {
  const [chosen] = openWays(plan);
  for (const way of ways) {
    if (way.open) yield `${way === chosen ? 'chosen' : 'or'} ${way.name}: ${visible(way.how)}`;
    else yield `not ${way.name}: ${visible(way.why)}${way.instead === null ? '' : ` (${visible(way.instead)})`}`;
  }
}

/** A step of the taking, in one line. */
export function stepText(step: CaptureStep, count: number): string {
  if (step.kind === 'failed') return `dump ${step.number} of ${count}: not by ${step.way}: ${visible(step.why)}`;
  return `dump ${step.number} of ${count}: ${visible(step.file)}`;
}

/** The plan as values for a JSON document (`schemas/capture.schema.json`). */
export function planJson(plan: Plan, { redact = false }: TellingOptions = {}): object {
  const { info, runtime, version, program } = plan.target;
  const [chosen] = openWays(plan);
  return {
    pid: info.pid,
    runtime,
    version,
    program: program === null ? null : { id: program.id, title: program.title },
    commandLine: redact ? info.commandLine.slice(0, 1).map((file) => path.basename(file)) : info.commandLine,
    mainThread: kernelStandingOf(info),
    chosen: chosen?.name ?? null,
    ways: plan.ways.map((way) =>
      way.open ? { name: way.name, open: true, how: way.how } : { name: way.name, open: false, why: way.why, instead: way.instead },
    ),
  };
}

/** The plan and what was taken by it. */
export function captureJson(plan: Plan, { folder, dumps, failed, remarks }: Capture, options: TellingOptions = {}): object {
  return { ...planJson(plan, options), folder, dumps, failed, remarks };
}
