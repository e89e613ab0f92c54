import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { findStuck, shownFindings, type StuckReport, type ThreadFinding } from '../analysis/index.js';
import { nothingLeft, screenOf, stuckJson, stuckText } from '../report/index.js';
import { UserError } from './errors.js';
import { failOn } from './failing.js';
import { writeAll, writeLines } from './output.js';
import { INPUT_FLAGS, readInputs, reportUnread } from './reading.js';
import { ANSWER_FLAGS } from './showing.js';
import { toTell } from './telling.js';

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
    explain: Flags.string({
      description: 'show every signal and its weight for a thread, by id or name',
      helpValue: 'THREAD',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...ANSWER_FLAGS,
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Stuck);
    const { set, whole, hidden, interrupted, judging, redactor } = await toTell(await readInputs(argv as string[], flags), flags);
    const { roots = [] } = judging;
    const report = findStuck(whole, judging);
    const shown = shownFindings(report, whole, set);
    const explain = explainOf(report, redactor === null ? flags.explain : flags.explain?.map((text) => redactor.text(text)));
    if (flags.json) await writeAll(stuckJson(set, shown, { interrupted, hidden, roots, ...(explain && { explain }) }));
    else if (set.dumps.length === 0) process.stdout.write(`${hidden.by.length > 0 ? nothingLeft(hidden) : 'no stack dump found'}\n`);
    else {
      const screen = screenOf(process.stdout, flags.color, process.env);
      await writeLines(stuckText(set, shown, screen, { roots, verbose: flags.verbose, hidden, ...(explain && { explain }) }));
    }
    if (!flags.json) reportUnread(set);
    failOn(flags['fail-on'], report.verdict);
  }
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
