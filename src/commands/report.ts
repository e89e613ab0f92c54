import { Args, Command, Flags } from '@oclif/core';
import { WRITERS, verdictOf } from '../report/index.js';
import { UserError } from './errors.js';
import { FAIL_FLAGS, failOn } from './failing.js';
import { STORE_FLAGS, knownOf } from './history/flags.js';
import { judged } from './judging.js';
import { INPUT_FLAGS, readInputs, reportUnread } from './reading.js';
import { SOURCE_FLAGS } from './source.js';
import { REPORT_FLAGS, baselineOf, parseTargets, writeOptions, writeReports } from './targets.js';
import { REDACT_FLAGS, redactedOptions, toTell } from './telling.js';

export class Report extends Command {
  static override summary = 'Write reports for CI services, for tools and for people, several of one reading';
  static override description = `Reads dumps as analyze and stuck do, and writes what they say in the formats that others read:

${WRITERS.map(({ id, title }) => `  ${id.padEnd(13)} ${title}`).join('\n')}

A file is complete or not there; folders are made. With --fail-on the command ends with status 1 after everything is written.`;

  static override examples = [
    { description: 'A comment for the pull request', command: '<%= config.bin %> <%= command.id %> pytest.log --to markdown' },
    { description: 'In a job of GitHub Actions', command: '<%= config.bin %> <%= command.id %> pytest.log --to github --allow-empty' },
    {
      description: 'One reading, several reports',
      command: '<%= config.bin %> <%= command.id %> dumps/ --to junit=hang.xml --to sarif=hang.sarif --fail-on stuck',
    },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    ...REPORT_FLAGS,
    history: Flags.boolean({
      description: 'mark what the history knows: since when, how often, on how many hosts (add the dumps to it afterwards)',
    }),
    ...STORE_FLAGS,
    ...REDACT_FLAGS,
    ...FAIL_FLAGS,
    ...SOURCE_FLAGS,
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Report);
    if (flags.to === undefined || flags.to.length === 0)
      throw new UserError('bad-report', 'no report is named', `--to FORMAT[=FILE], of ${WRITERS.map(({ id }) => id).join(', ')}`);
    const targets = parseTargets(flags.to);
    const options = writeOptions(flags);
    const baseline = baselineOf(flags.baseline);
    const told = await toTell(await readInputs(argv as string[], flags), flags);
    const read = judged(told, this.config.version);
    const history = flags.history ? await knownOf(flags.store, read) : undefined;
    const input = { ...read, ...(baseline && { baseline }), ...(history && { history }) };
    await writeReports(targets, input, redactedOptions(options, told.redactor), told.inputs);
    reportUnread(input.set);
    failOn(flags['fail-on'], verdictOf(input));
  }
}
