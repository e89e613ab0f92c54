import { Args, Command, Flags } from '@oclif/core';
import { UserError } from './errors.js';
import { nearest } from './nearest.js';
import { writeAll } from './output.js';
import { recipes } from './recipe-files.js';

export class Recipe extends Command {
  static override summary = 'Show the shortest right way to make a program dumpable';
  static override description = `What has to stand where so that a program answers when it hangs, and how it is asked: for languages, frameworks, test runners, containers, service managers and CI services. Markdown with blocks to take over; without a name, the list.

Without any of it: \`standstill run -- COMMAND\` makes Python and Node dumpable with no change to the program.`;

  static override examples = [
    { description: 'For a web server', command: '<%= config.bin %> <%= command.id %> gunicorn' },
    { description: 'All there are', command: '<%= config.bin %> <%= command.id %> --list' },
    { description: 'The file alone, to begin with', command: '<%= config.bin %> <%= command.id %> systemd --code > shop.service' },
  ];

  static override args = { NAME: Args.string({ description: 'of the list', ignoreStdin: true }) };

  static override flags = {
    list: Flags.boolean({ description: 'the names, with what each is for' }),
    code: Flags.boolean({ description: 'the first block of code alone' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Recipe);
    const all = recipes();
    if (args.NAME === undefined || flags.list) {
      const width = Math.max(...all.map(({ name }) => name.length));
      await writeAll(all.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`));
      return;
    }
    const wanted = args.NAME.toLowerCase();
    const recipe = all.find(({ name }) => name === wanted);
    if (recipe === undefined) {
      const near = nearest(
        wanted,
        all.map(({ name }) => name),
      );
      throw new UserError(
        'no-recipe',
        `there is no recipe "${args.NAME}"`,
        near === null ? `there are: ${all.map(({ name }) => name).join(', ')}` : `did you mean "standstill recipe ${near}"?`,
      );
    }
    await writeAll([flags.code ? firstBlock(recipe.text) : recipe.text]);
  }
}

function firstBlock(text: string): string {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.startsWith('```'));
  const end = lines.indexOf('```', begin + 1);
  return begin === -1 || end === -1
    ? ''
    : lines
        .slice(begin + 1, end)
        .map((line) => `${line}\n`)
        .join('');
}
