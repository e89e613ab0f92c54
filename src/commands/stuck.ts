import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { filterDumps, findStuck, type StuckReport, type ThreadFinding } from '../analysis/index.js';
import type { DumpSet, Thread } from '../model/index.js';
import { nothingLeft, screenOf, stuckJson, stuckText } from '../report/index.js';
import { UserError } from './errors.js';
import { FAIL_FLAGS, failOn } from './failing.js';
import { filterOf } from './filtering.js';
import { writeAll, writeLines } from './output.js';
import { READING_FLAGS, readInputs, rootsOf, signaturesOf } from './reading.js';
import { SOURCE_FLAGS, sourceOf } from './source.js';

export class Stuck extends Command {
  static override summary = 'Say which threads are stuck, and why: the one to open first stands first';
  static override description = `Compares successive dumps of a process and ranks its threads: stuck, suspect, idle, progressing. It goes by how long a thread stands in one place, by what it waits for, by how deep in its work it is, by what its like do meanwhile, and by who waits for whom. Give it two dumps or more, some seconds apart; three ten seconds apart are a good start.

Wait and idle signatures are data: see \`standstill signatures\`.`;

  static override examples = [
    { description: 'Three dumps of a service that hangs', command: '<%= config.bin %> <%= command.id %> /tmp/2026112309*.log' },
    {
      description: 'Every reason for the verdict on one thread',
      command: '<%= config.bin %> <%= command.id %> --explain 0x00007f4fdaffd6c0 hang.log',
    },
    { description: 'With the source at hand', command: '<%= config.bin %> <%= command.id %> --source ~/work/shop /tmp/2026112309*.log' },
    { description: 'In a CI job', command: '<%= config.bin %> <%= command.id %> --fail-on stuck --json pytest.log > stuck.json' },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    json: Flags.boolean({ description: 'one JSON document (schemas/stuck.schema.json) instead of text' }),
    verbose: Flags.boolean({ char: 'v', description: 'show all processes, places and threads' }),
    explain: Flags.string({
      description: 'show every signal and its weight for a thread, by id or name',
      helpValue: 'THREAD',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...SOURCE_FLAGS,
    ...FAIL_FLAGS,
    color: Flags.option({
      options: ['auto', 'always', 'never'] as const,
      default: 'auto' as const,
      description: 'colour the text',
      helpValue: 'WHEN',
    })(),
    ...READING_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Stuck);
    const roots = rootsOf(flags);
    // a thread is judged by those around it, so threads are hidden after they were judged
    const {
      set,
      hidden: hiddenDumps,
      interrupted,
    } = await readInputs(argv as string[], {
      ...flags,
      filter: undefined,
      exclude: undefined,
      'app-only': false,
    });
    const source = await sourceOf(set, flags.source, roots);
    const report = findStuck(set, { roots, signatures: signaturesOf(flags), ...(source && { source }) });
    const { set: left, hidden } = filterDumps(set, { ...(await filterOf(flags, flags.tz, roots)), since: undefined, until: undefined });
    const shown = hidden.by.length === 0 ? report : shownOf(report, set, left);
    const hides = {
      dumps: hiddenDumps.dumps,
      threads: hiddenDumps.threads + hidden.threads,
      by: [...hiddenDumps.by, ...hidden.by.filter((name) => !hiddenDumps.by.includes(name))],
    };
    const explain = explainOf(report, flags.explain);
    if (flags.json) await writeAll(stuckJson(set, shown, { interrupted, hidden: hides, ...(explain && { explain }) }));
    else if (set.dumps.length === 0) process.stdout.write(`${hides.by.length > 0 ? nothingLeft(hides) : 'no stack dump found'}\n`);
    else {
      const screen = screenOf(process.stdout, flags.color, process.env);
      await writeLines(stuckText(set, shown, screen, { roots, verbose: flags.verbose, hidden: hides, ...(explain && { explain }) }));
    }
    failOn(flags['fail-on'], report.verdict);
  }
}

/** The findings of threads that a filter left in some dump. */
function shownOf(report: StuckReport, set: DumpSet, left: DumpSet): StuckReport {
  const kept = new Set<Thread>(left.dumps.flatMap((dump) => dump.threads));
  const isKept = (dumps: readonly number[], { history }: ThreadFinding): boolean =>
    history.seen.some((place, i) => place >= 0 && kept.has(set.dumps[dumps[history.first + i]!]!.threads[place]!));
  return {
    ...report,
    series: report.series.map((finding) => ({
      ...finding,
      threads: finding.threads.filter((thread) => isKept(finding.series.dumps, thread)),
    })),
  };
}

/** @throws UserError `no-thread` */
function explainOf(report: StuckReport, wanted: readonly string[] | undefined): ((finding: ThreadFinding) => boolean) | undefined {
  if (wanted === undefined || wanted.length === 0) return undefined;
  const plain = (id: string): string => id.toLowerCase().replace(/^0x0*/, '0x');
  const isWanted = ({ history }: ThreadFinding, text: string): boolean =>
    history.name === text || history.ids.some((id) => plain(id) === plain(text));
  for (const text of wanted) {
    if (report.series.some(({ threads }) => threads.some((thread) => isWanted(thread, text)))) continue;
    throw new UserError('no-thread', `--explain ${text}: no dump shows such a thread`, 'give an id as the dumps print it, or a name');
  }
  return (finding) => wanted.some((text) => isWanted(finding, text));
}
