import os from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Args, Command } from '@oclif/core';
import { NOTHING_HIDDEN, filterDumps } from '../analysis/index.js';
import { findInputs, temporaryDumps } from '../input/index.js';
import type { Dump, DumpSet } from '../model/index.js';
import { nothingLeft, screenOf, stuckText, verdictOf, watchLine, watchScreen, type ReportInput } from '../report/index.js';
import { WatchedDumps } from '../take/index.js';
import { durationFlag } from './durations.js';
import { UserError } from './errors.js';
import { failOn } from './failing.js';
import { filterOf } from './filtering.js';
import { judged } from './judging.js';
import { writeLines } from './output.js';
import { Output } from './passing.js';
import { READING_FLAGS, asWritten, checkZone, rootsOf } from './reading.js';
import { ANSWER_FLAGS } from './showing.js';
import { REPORT_FLAGS, baselineOf, parseTargets, writeOptions, writeReports } from './targets.js';
import { redactedOptions, redactorOf, toTell } from './telling.js';

/** Between two looks. A look at a directory of a thousand files takes some ten milliseconds. */
const LOOK_MS = 500;

/**
 * Screen codes of every terminal since the VT100: the other screen, no cursor, no wrapping of lines that a narrow terminal has no room for,
 * since they would push the first ones out; and back.
 */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

interface Shown {
  readonly input: ReportInput;
  readonly inputs: readonly string[];
}

export class Watch extends Command {
  static override summary = 'Wait for dumps, and show what is stuck as it develops';
  static override description = `Watches directories in which dumps appear, and logs that dumps are written into; without a path, this user's dumps in the temporary directory, as analyze reads them. On a terminal the answer of \`standstill stuck\` is drawn anew when a dump has come; in a pipe each dump is one line: its time, the verdict on its process, where to look. Files that are replaced, shortened or packed are read anew; what was seen of files that are gone is kept.

Ctrl-C ends it with the whole answer and, with --to, reports; the status is then 0, 2 when no dump came.`;

  static override examples = [
    { description: 'Dumps that a service writes', command: '<%= config.bin %> <%= command.id %> /var/lib/shop/dumps' },
    { description: 'A log that is written into', command: '<%= config.bin %> <%= command.id %> /var/log/shop.log' },
    {
      description: 'Into a log of its own, until it is told to end',
      command: '<%= config.bin %> <%= command.id %> dumps --to html=hang.html >> stuck.log',
    },
  ];

  static override args = { PATH: Args.string({ description: 'directory or file', ignoreStdin: true }) };
  static override strict = false;

  static override flags = {
    interval: durationFlag({ description: 'time between two looks (default: 500ms)' }),
    ...REPORT_FLAGS,
    ...ANSWER_FLAGS,
    ...READING_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Watch);
    const paths = argv as string[];
    if (paths.includes('-')) throw new UserError('bad-path', '-: standard input cannot be watched', 'pass it through: … | standstill pipe');
    checkZone(flags.tz);
    const filter = await filterOf(flags, flags.tz, rootsOf(flags));
    const redactor = redactorOf(flags);
    const targets = parseTargets(flags.to ?? []);
    const options = writeOptions(flags);
    const baseline = baselineOf(flags.baseline);
    const find = paths.length === 0 ? { find: () => findInputs([os.tmpdir()], temporaryDumps()) } : {};
    const watched = new WatchedDumps(paths, { zone: flags.tz, ...find });
    const end = new Ending();
    const output = new Output();
    const terminal = process.stdout.isTTY;
    const label = paths.length === 0 ? os.tmpdir() : paths.join(' ');
    let shown: Shown | null = null;

    const judge = async (): Promise<Shown> => {
      const all = await asWritten(watched.set, flags);
      const filtered = all.dumps.length === 0 ? { set: all, whole: all, hidden: NOTHING_HIDDEN } : filterDumps(all, filter);
      const told = await toTell({ ...filtered, interrupted: false }, flags, redactor);
      return { input: judged(told, this.config.version), inputs: told.inputs };
    };
    const draw = async (): Promise<void> => {
      if (shown === null) return;
      const screen = screenOf(process.stdout, flags.color, process.env);
      const { set, stuck, hidden, judging } = shown.input;
      const view = { roots: judging.roots ?? [], verbose: flags.verbose, hidden, watched: redactor?.file(label) ?? label };
      const lines = watchScreen(set, stuck, screen, process.stdout.rows || 24, view);
      await output.write([Buffer.from(`\x1b[H${lines.map((line) => `${line}\x1b[K\r\n`).join('')}\x1b[J`)]);
    };
    const redraw = (): void => void draw();

    if (terminal) process.stdout.on('resize', redraw);
    if (terminal) await output.write([Buffer.from(ENTER)]);
    try {
      const known = new Set<string>();
      while (end.signal === null && !output.left) {
        const { changed } = await watched.look();
        if (changed || shown === null) {
          shown = await judge();
          const news = newDumps(shown.input.set, known);
          if (terminal) await draw();
          else for (const dump of news) await output.write([Buffer.from(`${watchLine(shown.input.set, shown.input.stuck, dump)}\n`)]);
        }
        await end.wait(flags.interval ?? LOOK_MS);
      }
    } finally {
      if (terminal) {
        process.stdout.off('resize', redraw);
        await output.write([Buffer.from(LEAVE)]);
      }
      end.ignore();
    }
    // a dump may have been written since the last look
    await watched.look();
    const { input, inputs } = await judge();
    if (!output.left)
      await output.unlessLeft(() => writeLines(conclusion(input, screenOf(process.stdout, flags.color, process.env), flags.verbose)));
    const files = targets.filter(({ file }) => file !== null || !output.left);
    const whole = baseline === undefined ? input : { ...input, baseline };
    await output.unlessLeft(() => writeReports(files, whole, redactedOptions(options, redactor), inputs));
    if (end.signal === 'SIGTERM') process.exitCode = 143;
    else if (input.set.dumps.length === 0 && hiddenNothing(input) && !flags['allow-empty'])
      throw new UserError('no-dump', `no dump came: ${label}`, 'where that is the normal case, give --allow-empty');
    failOn(flags['fail-on'], verdictOf(whole));
  }
}

/** The dumps that were not there before. A dump that was seen while it was written is the same when it is whole. */
function newDumps(set: DumpSet, known: Set<string>): Dump[] {
  return set.dumps.filter((dump) => {
    const key = `${dump.source}\0${dump.line}\0${dump.format}`;
    if (dump.kind === 'error' || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function* conclusion(
  { set, stuck, hidden, judging }: ReportInput,
  screen: ReturnType<typeof screenOf>,
  verbose: boolean,
): Generator<string> {
  if (set.dumps.length > 0) yield* stuckText(set, stuck, screen, { roots: judging.roots ?? [], verbose, hidden });
  else if (hidden.by.length > 0) yield nothingLeft(hidden);
}

const hiddenNothing = ({ hidden }: ReportInput): boolean => hidden.by.length === 0;

/** Waits for the signal to end. */
class Ending {
  signal: NodeJS.Signals | null = null;
  readonly #abort = new AbortController();
  readonly #take = (signal: NodeJS.Signals): void => {
    this.signal ??= signal;
    this.#abort.abort();
    // a second one ends the process as it does elsewhere
    this.ignore();
  };

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#take);
  }

  async wait(time: number): Promise<void> {
    await sleep(time, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  ignore(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#take);
  }
}
