import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { findStuck } from '../analysis/index.js';
import { analyzeJsonInPlace, analyzeText, nothingLeft, screenOf } from '../report/index.js';
import { FAIL_FLAGS, failOn } from './failing.js';
import { writeAll, writeLines } from './output.js';
import { INPUT_FLAGS, readInputs, reportUnread } from './reading.js';
import { COLOR_FLAGS } from './showing.js';
import { SOURCE_FLAGS } from './source.js';
import { REDACT_FLAGS, toTell } from './telling.js';

export class Analyze extends Command {
  static override summary = 'Say what stack dumps show: which process, which threads, where each of them stands';
  static override description = `Reads the stack dumps of Python and Node, of whatever tool (see the command formats), from files, from directories and from standard input, amid any other text, compressed or not. Stacks that are the same are shown once; your own frames stand out, those of libraries are folded.

Without PATH it reads standard input, or, when that is a terminal, the dump files in the temporary directory.

How to get dumps from Python:
  faulthandler.register(signal.SIGUSR1), then kill -USR1 PID
  faulthandler.dump_traceback_later(60, repeat=True)
and from Node:
  node --report-on-signal app.js, then kill -USR2 PID`;

  static override examples = [
    { description: 'What does the dump say?', command: '<%= config.bin %> <%= command.id %> /tmp/20261123093000.log' },
    { description: 'All reports of one process, oldest first', command: '<%= config.bin %> <%= command.id %> /var/tmp/reports/' },
    {
      description: 'A CI log with "Timeout (0:05:00)!" somewhere in it',
      command: 'curl -s "$LOG_URL" | <%= config.bin %> <%= command.id %> -',
    },
    { description: 'For scripts', command: '<%= config.bin %> <%= command.id %> --json hang.log.gz > hang.json' },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    json: Flags.boolean({ description: 'one JSON document (schemas/analyze.schema.json) instead of text' }),
    verbose: Flags.boolean({ char: 'v', description: 'show all stacks, dumps and warnings, and what became of the lines of the input' }),
    full: Flags.boolean({ description: 'whole stacks, every frame', exclusive: ['json'] }),
    threads: Flags.boolean({ description: 'by thread instead of by stack', exclusive: ['json', 'tree', 'group'] }),
    tree: Flags.boolean({ description: 'all stacks as one tree, outermost call first', exclusive: ['json', 'threads', 'group'] }),
    group: Flags.option({
      options: ['similar', 'exact', 'none'] as const,
      default: 'similar' as const,
      description: 'which threads are shown as one: the same functions at whatever lines, the same lines, none',
      helpValue: 'HOW',
    })(),
    limit: Flags.integer({
      min: 1,
      description: 'stacks, threads or lines of the tree that are shown',
      helpValue: 'N',
      exclusive: ['json'],
    }),
    ...COLOR_FLAGS,
    ...FAIL_FLAGS,
    ...REDACT_FLAGS,
    ...SOURCE_FLAGS,
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Analyze);
    const { set, whole, hidden, interrupted, judging } = await toTell(await readInputs(argv as string[], flags), flags);
    if (flags['fail-on'] !== undefined) failOn(flags['fail-on'], findStuck(whole, judging).verdict);
    if (flags.json) {
      await writeAll(
        analyzeJsonInPlace(set, { ...judging, interrupted, hidden, whole, grouping: flags.group, appOnly: flags['app-only'] }),
      );
      return;
    }
    if (set.dumps.length === 0) {
      process.stdout.write(`${hidden.by.length > 0 ? nothingLeft(hidden) : 'no stack dump found'}\n`);
    } else {
      await writeLines(
        analyzeText(whole, screenOf(process.stdout, flags.color, process.env), {
          ...judging,
          hidden,
          shown: set,
          verbose: flags.verbose,
          full: flags.full,
          appOnly: flags['app-only'],
          grouping: flags.group,
          view: flags.threads ? 'threads' : flags.tree ? 'tree' : 'stacks',
          limit: flags.limit,
        }),
      );
    }
    reportUnread(set);
  }
}
