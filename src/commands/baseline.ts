import { Args, Command, Flags } from '@oclif/core';
import { baselineJson } from '../report/index.js';
import { judged } from './judging.js';
import { keepInputs, writeAll, writeFile } from './output.js';
import { INPUT_FLAGS, readInputs, reportUnread } from './reading.js';
import { SOURCE_FLAGS } from './source.js';
import { writeOptions } from './targets.js';
import { toTell } from './telling.js';

export class Baseline extends Command {
  static override summary = 'Write down which places threads hang at, so that report --baseline is silent on them';
  static override description = `The file holds a fingerprint for each place, with words for people. A fingerprint is made of your functions on the stack and what they call: it stays the same when lines shift, on another machine and with other threads (see \`standstill report --baseline\`).

Commit the file; take entries out of it by hand when a hang is fixed.`;

  static override examples = [
    { description: 'What hangs now is known', command: '<%= config.bin %> <%= command.id %> dumps/ --output standstill-baseline.json' },
    {
      description: 'Fail on what is new only',
      command: '<%= config.bin %> report dumps/ --baseline standstill-baseline.json --to junit=hang.xml --fail-on stuck',
    },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    output: Flags.string({ char: 'o', description: 'write to this file (default: standard output)', helpValue: 'FILE' }),
    ...SOURCE_FLAGS,
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Baseline);
    const told = await toTell(await readInputs(argv as string[], flags), { ...flags, redact: false });
    const input = judged(told, this.config.version);
    const pieces = baselineJson(input, writeOptions({}));
    if (flags.output === undefined) await writeAll(pieces);
    else {
      keepInputs([flags.output], told.inputs);
      await writeFile(flags.output, pieces);
    }
    reportUnread(input.set);
  }
}
