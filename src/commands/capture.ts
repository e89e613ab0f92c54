import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { findStuck, shownFindings } from '../analysis/index.js';
import { jsonText, nothingLeft, screenOf, stuckJson, stuckText } from '../report/index.js';
import {
  TakeError,
  WAY_NAMES,
  captureJson,
  choiceText,
  parseSignal,
  planCapture,
  planJson,
  planText,
  stepText,
  takeCapture,
  targetText,
} from '../take/index.js';
import { durationFlag } from './durations.js';
import { STATUS, UserError } from './errors.js';
import { failOn } from './failing.js';
import { writeAll, writeLines } from './output.js';
import { READING_FLAGS, readInputs, rootsOf } from './reading.js';
import { ANSWER_FLAGS } from './showing.js';
import { toTell } from './telling.js';

/** Three dumps tell one that moves from one that was met twice; what does not move in ten seconds stands still. */
const DEFAULTS = { count: 3, interval: 5000 };

/** Not oclif's own kind of number, whose error tells neither what was wrong nor that it is no fault of ours. */
const processArg = Args.custom<number>({
  parse: (text) =>
    /^[1-9]\d{0,9}$/.test(text)
      ? Promise.resolve(Number(text))
      : Promise.reject(
          new UserError('bad-pid', `${text.slice(0, 80)}: no number of a process`, 'ps -ef lists them; standstill capture 4711'),
        ),
});

export class Capture extends Command {
  static override summary = 'Take dumps of a running process, and say which threads are stuck';
  static override description = `Looks at a Python or Node process first, chooses a way to its stacks that will work, takes a series of dumps and prints what \`standstill stuck\` says of them. Which way was chosen and why, and what stands in the way of the others, goes to standard error; --plan shows it all and takes nothing.

Ways that send no signal come first: of Node an open inspector (each thread is halted for some milliseconds; of an idle process a diagnostic report), of Python py-spy, pystack, and from CPython 3.14 on sys.remote_exec; gdb last, which looks only. A signal is sent only when --signal names it, or when the makers of the program say that it writes its stacks on it (Node with --report-on-signal, Celery, Salt, Odoo, OpenStack); never one that the process does not catch at that moment, and never one on which programs end. That a process catches a signal is no permission: gunicorn catches QUIT and stops.

Of Node, --signal USR1 opens the inspector, on this machine only, and it stays open. The signal is not sent to a process that waits in a read, which would fail of it. gdb's call into Node (node::DumpJavaScriptBacktrace) is never made: it ends processes that are idle.

Works on Linux, on processes of the same user; as root on all.`;

  static override examples = [
    { description: 'Three dumps, five seconds apart', command: '<%= config.bin %> <%= command.id %> 4711' },
    { description: 'What would be done, and what would not work', command: '<%= config.bin %> <%= command.id %> 4711 --plan' },
    {
      description: 'A Node service that was not started with --inspect',
      command: '<%= config.bin %> <%= command.id %> 4711 --signal USR1',
    },
    {
      description: 'A Python program that calls faulthandler.register(signal.SIGUSR2)',
      command: '<%= config.bin %> <%= command.id %> 4711 --signal USR2 --out dumps',
    },
  ];

  static override args = {
    PID: processArg({ description: 'number of the process', required: true, ignoreStdin: true }),
  };

  static override flags = {
    count: Flags.integer({ description: 'dumps to take', min: 1, max: 1000, default: DEFAULTS.count, helpValue: 'N' }),
    interval: durationFlag({ description: 'time from one dump to the next (default: 5s)' }),
    out: Flags.string({ description: 'put the dumps into this folder (default: a new temporary one)', helpValue: 'DIR' }),
    signal: Flags.string({ description: 'a signal on which the program writes its stacks', helpValue: 'NAME' }),
    way: Flags.option({ options: WAY_NAMES, description: 'take this way and no other', helpValue: 'WAY' })(),
    plan: Flags.boolean({ description: 'say what would be done, and take nothing' }),
    json: Flags.boolean({ description: 'one JSON document (schemas/capture.schema.json) instead of text' }),
    ...ANSWER_FLAGS,
    ...READING_FLAGS,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Capture);
    const tell = (line: string): void => {
      if (!flags.json) process.stderr.write(`standstill: ${line}\n`);
    };
    const plan = await told(async () => {
      const signal = flags.signal === undefined ? undefined : parseSignal(flags.signal);
      return planCapture(args.PID, { signal, way: flags.way });
    });
    if (flags.plan) {
      if (flags.json) await writeAll([`${jsonText({ schemaVersion: 1, capture: planJson(plan, flags) })}\n`]);
      else await writeLines(planText(plan, flags));
      return;
    }
    tell(targetText(plan, flags));
    for (const line of choiceText(plan)) tell(line);
    const { capture, interrupted } = await interruptible((abort) =>
      takeCapture(plan, {
        count: flags.count,
        interval: flags.interval ?? DEFAULTS.interval,
        folder: flags.out ?? null,
        abort,
        onProgress: (step) => tell(stepText(step, flags.count)),
      }),
    );
    for (const remark of capture.remarks) tell(remark);
    if (capture.dumps.length === 0) {
      process.exitCode = STATUS.interrupted;
      return;
    }
    const roots = rootsOf(flags);
    const read = await readInputs(
      capture.dumps.map(({ file }) => file),
      flags,
    );
    const { set, whole, hidden, judging } = await toTell(read, flags);
    const report = findStuck(whole, judging);
    const shown = shownFindings(report, whole, set);
    if (flags.json) {
      await writeAll(
        stuckJson(set, shown, { interrupted: interrupted || read.interrupted, hidden, roots, capture: captureJson(plan, capture, flags) }),
      );
    } else {
      process.stderr.write('\n');
      const screen = screenOf(process.stdout, flags.color, process.env);
      await writeLines(
        set.dumps.length === 0 ? [nothingLeft(hidden)] : stuckText(set, shown, screen, { roots, verbose: flags.verbose, hidden }),
      );
    }
    if (interrupted) process.exitCode = STATUS.interrupted;
    failOn(flags['fail-on'], report.verdict);
  }
}

/** Runs something that Ctrl-C ends early, with what it has by then. */
async function interruptible<T>(take: (abort: AbortSignal) => Promise<T>): Promise<{ capture: T; interrupted: boolean }> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return { capture: await told(() => take(abort.signal)), interrupted: abort.signal.aborted };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** @throws UserError for what stands in the way of a dump */
async function told<T>(take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof TakeError) throw new UserError(error.code, error.message, error.hint);
    throw error;
  }
}
