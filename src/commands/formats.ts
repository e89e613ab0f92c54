import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { knownFormats } from '../reading/index.js';
import { formatText, formatsJson, formatsText, screenOf, type ListedFormat } from '../report/index.js';
import { FORMAT_IDS, GRAMMAR_FLAGS, moduleOf } from './grammars.js';
import { writeAll, writeLines } from './output.js';
import { COLOR_FLAGS } from './showing.js';

export class Formats extends Command {
  static override summary = 'List the formats of dumps that are read, what each looks like and how to make one';
  static override description = `All of them are read by every command, in any text and without a flag. --grammar, or the key "grammars" of your own configuration, adds formats of yours: a module of a few lines, see examples/grammar.`;

  static override examples = [
    { description: 'Which dumps can I bring?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'What does a dump of py-spy look like?', command: '<%= config.bin %> <%= command.id %> py-spy' },
    { description: 'Is my own format known?', command: '<%= config.bin %> <%= command.id %> --grammar acme.mjs acme' },
  ];

  static override args = {
    ID: Args.string({ description: 'this format, whole', options: FORMAT_IDS, ignoreStdin: true }),
  };

  static override flags = {
    json: Flags.boolean({ description: 'one JSON document (schemas/formats.schema.json) instead of text' }),
    ...COLOR_FLAGS,
    ...GRAMMAR_FLAGS,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Formats);
    const listed = knownFormats()
      .filter(({ id }) => args.ID === undefined || id === args.ID)
      .map((grammar): ListedFormat => ({ grammar, module: moduleOf(grammar.id) }));
    if (flags.json) await writeAll([formatsJson(listed)]);
    else {
      const screen = screenOf(process.stdout, flags.color, process.env);
      await writeLines(args.ID === undefined ? formatsText(listed, screen) : formatText(listed[0]!, screen));
    }
  }
}
