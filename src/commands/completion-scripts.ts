/** Completion scripts for shells, made of the same data as the help. They ask nothing of the program while somebody types. */

export interface CommandSpec {
  /** Words, e.g. `history add`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagSpec[];
  /** Values of the first argument; null: files. */
  readonly values: readonly string[] | null;
}

export interface FlagSpec {
  readonly name: string;
  readonly char: string | null;
  readonly description: string;
  /** What it takes, e.g. `FILE`; null: nothing. */
  readonly value: string | null;
  readonly options: readonly string[];
  readonly multiple: boolean;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script that a shell reads to complete the program's commands, flags and values.
 *
 * @param fallback the command that is meant when none is named
 */
export function completionScript(shell: Shell, commands: readonly CommandSpec[], fallback: string): string {
  return { bash, zsh, fish }[shell](commands, fallback);
}

const takesFile = ({ value }: FlagSpec): boolean => value === 'FILE' || value === 'DIR';
const long = ({ name }: FlagSpec): string => `--${name}`;
const switches = (flag: FlagSpec): string[] => [...(flag.char === null ? [] : [`-${flag.char}`]), long(flag)];
/** A text as one word of any of these shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A `case` of two words that begin with a command's name. */
const beginning = (name: string): string => (name.includes(' ') ? `${quoted(name)})` : `${quoted(`${name} `)}*)`);

function bash(commands: readonly CommandSpec[], fallback: string): string {
  const cases = commands.map((command) => {
    const values = command.flags.filter((flag) => flag.value !== null);
    const listed = values.filter((flag) => flag.options.length > 0);
    const free = values.filter((flag) => flag.options.length === 0).flatMap(switches);
    return [
      `    ${quoted(command.name)})`,
      '      case "$prev" in',
      ...listed.map(
        (flag) => `        ${switches(flag).join('|')}) COMPREPLY=($(compgen -W ${quoted(flag.options.join(' '))} -- "$cur")); return ;;`,
      ),
      // nothing from here: the shell completes files
      ...(free.length === 0 ? [] : [`        ${free.join('|')}) return ;;`]),
      '      esac',
      `      flags=${quoted(command.flags.map(long).join(' '))}`,
      `      words=${quoted(command.values?.join(' ') ?? '')} ;;`,
    ].join('\n');
  });
  return `# bash completion of standstill:  source <(standstill completion bash)
_standstill() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command= flags= words= two
  COMPREPLY=()
  # bash parts --flag=value at the sign
  if [ "$cur" = = ]; then cur=
  elif [ "$prev" = = ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  two="\${COMP_WORDS[1]} \${COMP_WORDS[2]}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "$two" in
${commands.map(({ name }) => `      ${beginning(name)} command=${quoted(name)} ;;`).join('\n')}
    esac
  fi
  case "\${command:-${fallback}}" in
${cases.join('\n')}
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags --help" -- "$cur")) ;;
    *) [ -n "$command" ] || words=${quoted([...commands.map(({ name }) => name), 'help'].join(' '))}
       COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -o bashdefault -o default -F _standstill standstill
`;
}

function zsh(commands: readonly CommandSpec[], fallback: string): string {
  const inBrackets = (text: string): string => text.replaceAll(/[[\]\\:]/g, String.raw`\$&`);
  const argumentsOf = (flag: FlagSpec): string[] => {
    const about = `[${inBrackets(flag.description)}]`;
    const values = takesFile(flag) ? '_files' : flag.options.length > 0 ? `(${flag.options.join(' ')})` : '';
    const value = flag.value === null ? '' : `:${flag.value}:${values}`;
    return switches(flag).map((name) => {
      const joint = flag.value !== null && name.startsWith('--') ? '=' : '';
      return quoted(`${flag.multiple ? '*' : ''}${name}${joint}${about}${value}`);
    });
  };
  const cases = commands.map((command) => {
    const positional = command.values === null ? '*:input:_files' : `1:value:(${command.values.join(' ')})`;
    const all = [...command.flags.flatMap(argumentsOf), quoted('--help[show the help]'), quoted(positional)];
    return `    ${quoted(command.name)}) _arguments -s \\\n      ${all.join(' \\\n      ')} ;;`;
  });
  return `#compdef standstill
# zsh completion of standstill:  source <(standstill completion zsh)
_standstill() {
  local command=
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name.replaceAll(':', '\\:')}:${summary}`)}`).join('\n')}
    'help:Show the help of a command'
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    _files
    return
  fi
  case "$words[2] $words[3]" in
${commands.map(({ name }) => `    ${beginning(name)} command=${quoted(name)} ;;`).join('\n')}
  esac
  # what _arguments counts from is the command's own word
  [[ -n $command ]] && shift words && (( CURRENT-- ))
  case "\${command:-${fallback}}" in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _standstill ]]; then _standstill "$@"; else compdef _standstill standstill; fi
`;
}

function fish(commands: readonly CommandSpec[], fallback: string): string {
  const names = commands.map(({ name }) => name.split(' ', 1)[0]!);
  const lines = commands.flatMap((command) => {
    const [first] = command.name.split(' ', 1);
    const others = names.filter((name) => name !== first).join(' ');
    const when =
      command.name === fallback && others !== '' ? `not __fish_seen_subcommand_from ${others}` : `__fish_seen_subcommand_from ${first!}`;
    return [
      `complete -c standstill -n __fish_use_subcommand -a ${quoted(first!)} -d ${quoted(command.summary)}`,
      ...command.flags.map((flag) => {
        const value =
          flag.value === null
            ? ''
            : takesFile(flag)
              ? ' -r -F'
              : flag.options.length > 0
                ? ` -x -a ${quoted(flag.options.join(' '))}`
                : ' -x';
        return `complete -c standstill -n ${quoted(when)} -l ${flag.name}${flag.char === null ? '' : ` -s ${flag.char}`}${value} -d ${quoted(flag.description)}`;
      }),
      ...(command.values === null ? [] : [`complete -c standstill -n ${quoted(when)} -f -a ${quoted(command.values.join(' '))}`]),
    ];
  });
  return `# fish completion of standstill:  standstill completion fish | source
${lines.join('\n')}
complete -c standstill -l help -d 'show the help'
`;
}
