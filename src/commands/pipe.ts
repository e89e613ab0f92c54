import process from 'node:process';
import tty from 'node:tty';
import { Command, Flags } from '@oclif/core';
import { NOTHING_HIDDEN, filterDumps, type DumpFilter } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { PassThrough, dumpBox, nothingLeft, screenOf, stuckText, verdictOf, type ReportInput, type Screen } from '../report/index.js';
import { UserError } from './errors.js';
import { FAIL_FLAGS, failOn } from './failing.js';
import { filterOf } from './filtering.js';
import { answering } from './interruption.js';
import { judged } from './judging.js';
import { Output, passThrough } from './passing.js';
import { READING_FLAGS, asWritten, checkZone, rootsOf, signaturesOf } from './reading.js';
import { SOURCE_FLAGS } from './source.js';
import { REPORT_FLAGS, baselineOf, parseTargets, writeOptions, writeReports } from './targets.js';
import { REDACT_FLAGS, redactedOptions, redactorOf, toTell } from './telling.js';

/** Dumps before one in which those of its process are looked for. */
const MOST_BEFORE = 64;

export class Pipe extends Command {
  static override summary = 'Pass the output of a command on, and say after each dump in it what it shows';
  static override description = `Reads standard input and writes it to standard output, byte for byte and as it comes, colours and all. After each stack dump in it stands a short box: the verdict, and the stacks worth a look; at the end the whole verdict, as \`standstill stuck\` gives it. A summary stands only between lines; when the command falls silent, that of a dump is given after a second, so that it is there before a CI service ends a hanging job.

The status of a pipe is that of its last command, so a failing test run would pass: say \`set -o pipefail\` (bash, zsh; "shell: bash" in GitHub Actions does), and the pipe fails when the command does. A run in which no dump appears ends with status 2, as everywhere in standstill: give --allow-empty where that is the normal case. SIGINT ends with status 130, SIGTERM with 143, after what was found was said.`;

  static override examples = [
    {
      description: 'In a CI job: fails when the tests do, or when a thread is stuck',
      command: 'set -o pipefail; pytest 2>&1 | <%= config.bin %> <%= command.id %> --allow-empty --fail-on stuck',
    },
    {
      description: "With the command's own status in hand",
      command: 'pytest 2>&1 | <%= config.bin %> <%= command.id %> --allow-empty; exit ${PIPESTATUS[0]}',
    },
    {
      description: 'With a report for those who come later',
      command: 'npm test 2>&1 | <%= config.bin %> <%= command.id %> --allow-empty --to html=hang.html',
    },
    {
      description: 'The summaries instead of the dumps',
      command: 'python -X faulthandler service.py 2>&1 | <%= config.bin %> <%= command.id %> --quiet-dumps',
    },
  ];

  static override flags = {
    'quiet-dumps': Flags.boolean({
      description: 'show the summary of a dump instead of its text, which is held back while a dump is read',
    }),
    ...REPORT_FLAGS,
    ...REDACT_FLAGS,
    verbose: Flags.boolean({ char: 'v', description: 'at the end, show all processes, places and threads' }),
    ...SOURCE_FLAGS,
    ...FAIL_FLAGS,
    color: Flags.option({
      options: ['auto', 'always', 'never'] as const,
      default: 'auto' as const,
      description: 'colour the summaries; the command passes with its own colours',
      helpValue: 'WHEN',
    })(),
    ...READING_FLAGS,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Pipe);
    if (tty.isatty(0))
      throw new UserError(
        'no-input',
        'nothing is piped in: standard input is a terminal',
        'put it behind a command: pytest 2>&1 | standstill pipe',
      );
    checkZone(flags.tz);
    const roots = rootsOf(flags);
    const filter = await filterOf(flags, flags.tz, roots);
    const redactor = redactorOf(flags);
    const judging = { roots: redactor?.roots(roots) ?? roots, signatures: signaturesOf(flags) };
    const targets = parseTargets(flags.to ?? []);
    const options = writeOptions(flags);
    const baseline = baselineOf(flags.baseline);
    const screen = screenOf(process.stdout, flags.color, process.env);
    const pass = new PassThrough({
      zone: flags.tz,
      quiet: flags['quiet-dumps'],
      passes: ({ dump }, reader) => dump.kind === 'error' || !isShown(reader.upTo(dump, 1), filter),
      summary: ({ dump }, { reader, number, again }) => {
        const set = reader.upTo(dump, MOST_BEFORE);
        const told = (of: DumpSet): DumpSet => redactor?.set(of) ?? of;
        const shown = told(filterDumps(set, filter).set);
        return lines(dumpBox(told(set), redactor?.dump(dump) ?? dump, screen, { ...judging, number, again, shown }));
      },
    });
    const output = new Output();
    const { interrupted } = await passThrough(pass, output);
    if (interrupted === null) answering();
    else process.exitCode = interrupted;
    const found = await asWritten(pass.reader.set, flags);
    if (found.dumps.length === 0 && interrupted === null && !output.left && !flags['allow-empty']) throw noDump(found);
    const filtered = found.dumps.length === 0 ? { set: found, whole: found, hidden: NOTHING_HIDDEN } : filterDumps(found, filter);
    const told = await toTell({ ...filtered, interrupted: interrupted !== null }, flags, redactor);
    const read = judged(told, this.config.version);
    const input = baseline === undefined ? read : { ...read, baseline };
    if (found.dumps.length > 0) await output.write([pass.closing(verdict(input, screen, flags.verbose))]);
    // the verdict was for people, who may have left; the files are for those who come later
    const files = targets.filter(({ file }) => file !== null);
    const others = output.left ? [] : targets.filter(({ file }) => file === null);
    await output.unlessLeft(() => writeReports([...files, ...others], input, redactedOptions(options, redactor), told.inputs));
    if (found.dumps.length > 0) failOn(flags['fail-on'], verdictOf(input));
  }
}

function verdict({ set, stuck, hidden, judging: { roots = [] } }: ReportInput, screen: Screen, verbose: boolean): string {
  if (set.dumps.length === 0) return `\n${nothingLeft(hidden)}\n`;
  return `\n${lines(stuckText(set, stuck, screen, { roots, verbose, hidden }))}`;
}

function isShown(set: DumpSet, filter: DumpFilter): boolean {
  return filterDumps(set, filter).set.dumps.length > 0;
}

function lines(of: Iterable<string>): string {
  return [...of].map((line) => `${line}\n`).join('');
}

function noDump({ sources }: DumpSet): UserError {
  const stranger = sources.flatMap(({ warnings }) => warnings).find(({ code }) => code === 'other-format');
  return new UserError(
    'no-dump',
    'no stack dump in standard input',
    `${stranger ? `${stranger.message}. ` : ''}Where a run without a dump is the normal case, give --allow-empty`,
  );
}
