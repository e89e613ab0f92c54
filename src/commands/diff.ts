import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { DumpDiffs, THREAD_STATUSES, countStatuses, keepsThread, successivePairs, type DumpPair } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { diffJson, diffText, nothingLeft, screenOf, type DiffTextOptions } from '../report/index.js';
import { STATUS, UserError } from './errors.js';
import { filterOf } from './filtering.js';
import { writeAll, writeLines } from './output.js';
import { INPUT_FLAGS, readInputs, reportUnread, rootsOf, type ReadResult, type ReadingFlags } from './reading.js';
import { COLOR_FLAGS } from './showing.js';
import { REDACT_FLAGS, redactorOf } from './telling.js';

export class Diff extends Command {
  static override summary = 'Say what changed between stack dumps: which threads moved, appeared, vanished';
  static override description = `With two inputs the last dump of OLD is compared with the last of NEW. With one input, or more than two, each dump is compared with the one before it of its process.

Threads of one process are matched by their ids, and by the function they were started with, since ids are used again. Threads of two processes, or of two runs ("yesterday's dump against today's"), are matched by name and by what their stacks have in common.`;

  static override examples = [
    { description: 'What is different today?', command: '<%= config.bin %> <%= command.id %> yesterday.log today.log' },
    { description: 'Step by step through all dumps of a folder', command: '<%= config.bin %> <%= command.id %> /var/tmp/reports/' },
    {
      description: 'After a release, whose lines are others',
      command: '<%= config.bin %> <%= command.id %> --ignore-lines old.log new.log',
    },
    {
      description: 'In a script: is anything different?',
      command: '<%= config.bin %> <%= command.id %> --exit-code --stat old.log new.log',
    },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input: OLD, then NEW, or all dumps in one', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    json: Flags.boolean({ description: 'one JSON document (schemas/diff.schema.json) instead of text' }),
    'exit-code': Flags.boolean({ description: 'end with status 1 when a thread moved, appeared or vanished' }),
    only: Flags.option({
      options: THREAD_STATUSES,
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      description: 'only threads of which this is true, such as appeared,vanished',
      helpValue: 'STATUS',
    })(),
    'ignore-lines': Flags.boolean({ description: 'a thread in the same functions is unchanged, at whatever lines' }),
    stat: Flags.boolean({ description: 'count the threads, show no stacks' }),
    layout: Flags.option({
      options: ['auto', 'unified', 'side-by-side'] as const,
      default: 'auto' as const,
      description: 'older and newer frames in one column or in two; auto: two where the terminal is wide enough',
      helpValue: 'HOW',
    })(),
    verbose: Flags.boolean({ char: 'v', description: 'show all pairs of dumps, all groups and all frames' }),
    ...COLOR_FLAGS,
    ...REDACT_FLAGS,
    source: Flags.string({
      description: 'folder with the program: source maps of compiled JavaScript are used',
      helpValue: 'DIR',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Diff);
    const { set: found, hidden, interrupted, pairs } = await read(argv as string[], flags);
    const redactor = redactorOf(flags);
    const set = redactor?.set(found) ?? found;
    const roots = rootsOf(flags);
    const only = flags.only;
    const keeps = keepsThread(found, await filterOf(flags, flags.tz, roots));
    const options: DiffTextOptions = {
      roots: redactor?.roots(roots) ?? roots,
      ignoreLines: flags['ignore-lines'],
      keeps: keeps && redactor ? (thread) => keeps(redactor.trueThread(thread)) : keeps,
      appOnly: flags['app-only'],
      ...(only === undefined ? {} : { only }),
    };
    if (flags.json) {
      await writeAll(diffJson(set, pairs, { ...options, interrupted, hidden }));
    } else if (set.dumps.length === 0) {
      process.stdout.write(`${hidden.by.length > 0 ? nothingLeft(hidden) : 'no stack dump found'}\n`);
    } else {
      const screen = screenOf(process.stdout, flags.color, process.env);
      await writeLines(diffText(set, pairs, screen, { ...options, layout: flags.layout, stat: flags.stat, verbose: flags.verbose }));
      reportUnread(set);
    }
    if (flags['exit-code'] && !interrupted && differs(set, pairs, options)) process.exitCode = STATUS.failedOn;
  }
}

/** The dumps and which of them to compare. */
async function read(paths: readonly string[], flags: ReadingFlags): Promise<ReadResult & { readonly pairs: readonly DumpPair[] }> {
  const [oldPath, newPath, ...more] = paths;
  if (oldPath === undefined || newPath === undefined || more.length > 0) {
    const result = await readInputs(paths, flags, { allThreads: true });
    return { ...result, pairs: successivePairs(result.set) };
  }
  if (oldPath === '-' && newPath === '-') {
    throw new UserError('bad-usage', 'both inputs are standard input', 'name a file for one of them, or give - alone');
  }
  // one after the other, so that each has its own last dump, and one without a dump is named
  const before = await readInputs([oldPath], flags, { allThreads: true });
  const after = await readInputs([newPath], flags, { allThreads: true, tables: before.set });
  const dumps = [...before.set.dumps, ...after.set.dumps];
  const set: DumpSet = { ...after.set, sources: [...before.set.sources, ...after.set.sources], dumps };
  const pairs =
    before.set.dumps.length > 0 && after.set.dumps.length > 0 ? [{ old: before.set.dumps.length - 1, new: dumps.length - 1 }] : [];
  const hidden = {
    dumps: before.hidden.dumps + after.hidden.dumps,
    threads: before.hidden.threads + after.hidden.threads,
    by: [...new Set([...before.hidden.by, ...after.hidden.by])],
  };
  return { set, whole: set, hidden, interrupted: before.interrupted || after.interrupted, pairs };
}

function differs(set: DumpSet, pairs: readonly DumpPair[], options: DiffTextOptions): boolean {
  const diffs = new DumpDiffs(set, options);
  const looked = THREAD_STATUSES.filter((status) => status !== 'unchanged' && (options.only?.includes(status) ?? true));
  return pairs.some((pair) => {
    const counts = countStatuses([diffs.of(pair)]);
    return looked.some((status) => counts[status] > 0);
  });
}
