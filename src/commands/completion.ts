import process from 'node:process';
import { Args, Command } from '@oclif/core';
import { SHELLS, completionScript, type CommandSpec, type FlagSpec, type Shell } from './completion-scripts.js';
import { UserError } from './errors.js';

export class Completion extends Command {
  static override summary = 'Write the completion script of a shell';
  static override description = `The script completes commands, flags and their values.

Where to put it:
  bash   standstill completion bash > ~/.local/share/bash-completion/completions/standstill
  zsh    standstill completion zsh > "\${fpath[1]}/_standstill"
  fish   standstill completion fish > ~/.config/fish/completions/standstill.fish
or for this session: source <(standstill completion bash)`;

  static override examples = [{ description: 'In this session of bash', command: 'source <(<%= config.bin %> <%= command.id %> bash)' }];

  static override args = {
    SHELL: Args.string({ description: 'the shell; without it, that of $SHELL', options: [...SHELLS], ignoreStdin: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const shell = args.SHELL ?? process.env['SHELL']?.replace(/^.*\//, '') ?? '';
    if (!SHELLS.some((known) => known === shell))
      throw new UserError('no-shell', 'which shell?', `name one: ${SHELLS.map((name) => `standstill completion ${name}`).join(', ')}`);
    // the manifest: the same data as the help's
    const commands = this.config.commands.filter((command) => !command.hidden).map(specOf);
    process.stdout.write(completionScript(shell as Shell, commands, 'analyze'));
  }
}

function specOf(command: Command.Loadable): CommandSpec {
  const [first] = Object.values(command.args);
  return {
    name: command.id.replaceAll(':', ' '),
    summary: command.summary ?? '',
    flags: Object.values(command.flags)
      .filter((flag) => !flag.hidden)
      .map((flag): FlagSpec => ({
        name: flag.name,
        char: flag.char ?? null,
        description: flag.summary ?? flag.description ?? '',
        value: flag.type === 'option' ? ([flag.helpValue].flat()[0] ?? 'VALUE') : null,
        options: (flag.type === 'option' ? flag.options : undefined) ?? [],
        multiple: flag.type === 'option' && flag.multiple === true,
      })),
    values: first === undefined ? [] : (first.options ?? null),
  };
}
