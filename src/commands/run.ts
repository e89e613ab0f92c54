import path from 'node:path';
import process from 'node:process';
import { Command, Flags } from '@oclif/core';
import { filterDumps, NOTHING_HIDDEN } from '../analysis/index.js';
import {
  aliveText,
  duration,
  nothingLeft,
  screenOf,
  stuckText,
  takenText,
  verdictOf,
  type ReportInput,
  type Screen,
} from '../report/index.js';
import { TakeError, readTaken, runCommand, type Occasion, type TakenProcess, type TakenSeries } from '../take/index.js';
import { durationFlag } from './durations.js';
import { UserError } from './errors.js';
import { filterOf } from './filtering.js';
import { GRAMMAR_FLAGS } from './grammars.js';
import { judged } from './judging.js';
import { writeFile } from './output.js';
import { READING_FLAGS, asWritten, rootsOf } from './reading.js';
import { VERDICT_FLAGS } from './showing.js';
import { REPORT_FLAGS, baselineOf, parseTargets, writeOptions, writeReports } from './targets.js';
import { redactedOptions, toTell } from './telling.js';

/** Flags of reading that mean something for dumps whose format, process and time are known. */
const JUDGING_FLAGS = {
  'app-root': READING_FLAGS['app-root'],
  'library-root': READING_FLAGS['library-root'],
  filter: READING_FLAGS.filter,
  exclude: READING_FLAGS.exclude,
  'app-only': READING_FLAGS['app-only'],
  signatures: READING_FLAGS.signatures,
  'no-source-maps': READING_FLAGS['no-source-maps'],
  ...GRAMMAR_FLAGS,
};

/** Ten seconds tell a thread that stands still from one that is slow, three dumps one that moves from one that was met twice. */
const DEFAULTS = { after: 5 * 60_000, interval: 10_000, count: 3 };

export class Run extends Command {
  static override summary = 'Run a command, take dumps when it hangs, and say who is stuck';
  static override description = `Runs a test or a service so that it can be dumped, without a change to its code. When it is still there after --after, or wrote nothing for --silent, the stacks of all its Python and Node processes are taken several times, and what they show goes to standard error, as \`standstill stuck\` prints it. With --kill the command and all it started are ended then (SIGTERM, ten seconds later SIGKILL), with status 124 as timeout(1) has it; else it goes on, and is reported once.

The command has the input, output and terminal of this one, gets the signals, and its status is passed on (128 and the signal's number where one ended it). --silent has to look at the output, which then goes through a pipe: the command does not see a terminal.

Python is reached by a start-up module (PYTHONPATH) that has faulthandler answer to SIGURG, a signal that does nothing where nobody waits for it, and its main thread tell the tasks of asyncio on another one; Node by a preload (NODE_OPTIONS), and its inspector is opened on a port of this machine while a dump is taken. Children and forked processes are prepared too. Not reached: Python with -I, -E or -S, programs that are started with an empty environment (sudo, env -i, tox without pass_env), Node before 12. Dumps are taken on Linux.`;

  static override examples = [
    { description: 'A test run that hangs now and then', command: '<%= config.bin %> <%= command.id %> --after 10m --kill -- pytest -n 4' },
    {
      description: 'In a CI job, with a report as an artifact',
      command: '<%= config.bin %> <%= command.id %> --silent 3m --kill --to junit=hang.xml --out dumps -- npm test',
    },
    {
      description: 'A service that stops answering after a while',
      command: '<%= config.bin %> <%= command.id %> --silent 2m --to html=hang.html -- gunicorn shop.wsgi',
    },
  ];

  static override args = {};
  static override strict = false;
  static override usage = '<%= command.id %> [FLAGS] -- COMMAND [ARGUMENT…]';

  static override flags = {
    after: durationFlag({
      description: 'take dumps when the command has run for so long (default: 5m, with --silent none)',
    }),
    silent: durationFlag({ description: 'take dumps when the command has written nothing for so long' }),
    count: Flags.integer({ description: 'dumps of each process', min: 1, max: 100, default: DEFAULTS.count, helpValue: 'N' }),
    interval: durationFlag({ description: 'time from one dump to the next (default: 10s)' }),
    kill: Flags.boolean({ description: 'after the dumps, end the command and all it started, with status 124' }),
    out: Flags.string({ description: 'keep the dumps in this folder', helpValue: 'DIR' }),
    ...REPORT_FLAGS,
    ...VERDICT_FLAGS,
    ...JUDGING_FLAGS,
  };

  override async run(): Promise<void> {
    const { own, command } = split(this.argv);
    const { flags: given, argv } = await this.parse(Run, own);
    const stray = argv[0] as string | undefined;
    if (stray !== undefined || command === null)
      throw new UserError(
        'no-command',
        stray === undefined ? 'no command is given' : `${stray}: is it the command? It has to stand behind --`,
        'as in: standstill run --after 5m -- pytest -x',
      );
    const flags = { ...given, tz: 'UTC', 'allow-empty': true };
    const filter = await filterOf(flags, 'UTC', rootsOf(flags));
    const targets = parseTargets(flags.to ?? []);
    const options = writeOptions(flags);
    const baseline = baselineOf(flags.baseline);
    const screen = screenOf(process.stderr, flags.color, process.env);
    const tell = (lines: Iterable<string>): void => {
      process.stderr.write([...lines].map((line) => `${line}\n`).join(''));
    };
    const report = async (series: TakenSeries): Promise<void> => {
      if (flags.out !== undefined) for (const { name, text } of series.dumps) await writeFile(path.join(flags.out, name), [text]);
      // what a command line holds is left out of what is to be posted
      const named = flags.redact ? series.processes.map(withoutArguments) : series.processes;
      tell(takenText(named, screen));
      const all = await asWritten(await readTaken(series.dumps), flags);
      const filtered = all.dumps.length === 0 ? { set: all, whole: all, hidden: NOTHING_HIDDEN } : filterDumps(all, filter);
      const told = await toTell({ ...filtered, interrupted: false }, flags);
      const read = judged(told, this.config.version, { hung: true, handlers: false });
      tell(['', ...verdict(read, screen, flags.verbose), '']);
      // addresses are named there, and whoever is stuck is the better answer
      if (!flags.redact && verdictOf(read) !== 'stuck') tell(aliveText(read.set, screen));
      if (all.dumps.length > 0)
        await writeReports(targets, baseline === undefined ? read : { ...read, baseline }, redactedOptions(options, told.redactor), []);
    };
    try {
      process.exitCode = await runCommand(command, {
        environment: process.env,
        after: flags.after ?? (flags.silent === undefined ? DEFAULTS.after : null),
        silent: flags.silent ?? null,
        count: flags.count,
        interval: flags.interval ?? DEFAULTS.interval,
        kill: flags.kill,
        onHang: (occasion) => tell(['', `standstill: ${begun(occasion)}; taking ${flags.count} dumps`]),
        onTaken: async (series) => {
          try {
            await report(series);
          } catch (error) {
            // the command goes on, or has to be ended, whatever becomes of a report
            if (!(error instanceof UserError)) throw error;
            tell([`standstill: ${error.message}`, error.hint]);
          }
        },
      });
    } catch (error) {
      if (!(error instanceof TakeError)) throw error;
      const status = { 'not-found': 127, 'not-started': 126 }[error.code as string];
      throw new UserError(error.code, error.message, error.hint, status);
    }
  }
}

function withoutArguments(one: TakenProcess): TakenProcess {
  return { ...one, commandLine: one.commandLine.slice(0, 1).map((program) => path.basename(program)) };
}

function begun({ kind, time }: Occasion): string {
  return kind === 'after'
    ? `the command is still there after ${duration(time / 1000)}`
    : `the command has written nothing for ${duration(time / 1000)}`;
}

/** This command's own arguments, and what stands behind `--`. */
function split(argv: readonly string[]): { own: string[]; command: readonly [string, ...string[]] | null } {
  const at = argv.indexOf('--');
  if (at === -1) return { own: [...argv], command: null };
  const [program, ...args] = argv.slice(at + 1);
  return { own: argv.slice(0, at), command: program === undefined ? null : [program, ...args] };
}

function* verdict({ set, stuck, hidden, judging: { roots = [] } }: ReportInput, screen: Screen, verbose: boolean): Generator<string> {
  if (set.dumps.length > 0) yield* stuckText(set, stuck, screen, { roots, verbose, hidden });
  else yield hidden.by.length > 0 ? nothingLeft(hidden) : 'no dump could be taken';
}
