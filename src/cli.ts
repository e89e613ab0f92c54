/**
 * The command line as a whole: which command the arguments mean, running it, and what is said when it fails.
 * Bundled into `dist/cli/standstill.cjs`, which `bin/run.js` loads. What commands do is in `commands/`.
 *
 * oclif parses flags and writes help; its `execute` and `run` are not used (lost output, process.exit, and three times
 * the start-up: they look for plugins, which there are none of).
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';

import { Config, Help, type Command, type Interfaces } from '@oclif/core';

import { readConfiguration } from './commands/config-file.js';
import type { Names } from './commands/config-text.js';
import { configure } from './commands/defaults.js';
import { loadGrammars } from './commands/grammars.js';
import { COMMANDS } from './commands/index.js';
import { nearest } from './commands/nearest.js';
import { jsonText, visible } from './report/index.js';

export { COMMANDS };

/** The exit statuses that are given here; the others are the commands' own. */
const STATUS = { usage: 2, fault: 70 } as const;

/** What a path without a command before it means. */
const DEFAULT_COMMAND = 'analyze';

/**
 * What an error may say about itself. Any error with an `exitCode` or a `hint` (null too) is meant for the user, and
 * its message is printed as it is. Errors without are faults of this tool.
 */
interface ForUser {
  /** The status to end with; 2 when absent. */
  exitCode?: number;
  /** A name for scripts, such as `no-dump`. */
  code?: string;
  /** What to do about it. */
  hint?: string | null;
}

/** An error as it is shown: as lines on standard error, or with `--json` as one document on standard output. */
interface Report {
  status: number;
  code: string;
  message: string;
  hint: string | null;
}

type CommandClass = Command.Class;

const commands: Readonly<Record<string, CommandClass>> = COMMANDS;

/** A wrong call of the command, noticed before any command runs. */
class UsageError extends Error {
  readonly exitCode = STATUS.usage;
  readonly code: string;
  readonly hint: string;

  constructor(message: string, code: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Runs the command line and sets `process.exitCode`; never rejects and never ends the process.
 *
 * @param argv the arguments after the program's name, such as `['analyze', 'dump.log', '--json']`
 */
export async function main(argv: string[]): Promise<void> {
  const fail = (error: unknown): Promise<void> => report(explain(error, argv), argv);
  // Errors that are thrown outside the command's promise (in a stream's event): the same words, not Node's stack.
  const outside = (error: unknown): void => {
    void fail(error).finally(() => process.exit());
  };
  process.on('uncaughtException', outside).on('unhandledRejection', outside);
  try {
    await run(argv);
  } catch (error) {
    await fail(error);
  } finally {
    process.off('uncaughtException', outside).off('unhandledRejection', outside);
  }
}

async function run(argv: string[]): Promise<void> {
  const call = resolve(argv);
  if (call.kind === 'help') {
    const config = await loadConfig();
    const help = new Help(config, config.pjson.oclif.helpOptions);
    await help.showHelp(call.subject);
    return;
  }
  const command = commands[call.id];
  if (!command) throw new Error(`no command ${call.id}`);
  command.id = call.id;
  const config = await loadConfig();
  if ('config' in flagsOf(command)) await applyConfiguration(call.id, command, call.argv, config.configDir);
  await command.run(call.argv, config);
}

/**
 * What is settled before a command reads its flags: the configuration file's defaults, and grammars, whose formats are values of
 * flags. Also says what of the file was not honoured, where there is somebody to read it.
 */
async function applyConfiguration(id: string, command: CommandClass, argv: readonly string[], userDirectory: string): Promise<void> {
  const own = beforeSeparator(argv);
  const grammars = valuesOf('grammar', own).map((file) => path.resolve(file));
  const explicit = valuesOf('config', own).at(-1);
  // without a value: oclif says so
  if (own.includes('--no-config') || explicit === '') {
    await loadGrammars(grammars);
    return;
  }
  const names: Names = new Map(Object.entries(commands).map(([name, known]) => [name.replaceAll(':', ' '), Object.keys(flagsOf(known))]));
  const configuration = readConfiguration({ cwd: process.cwd(), userDirectory, explicit }, names);
  await loadGrammars([...grammars, ...configuration.grammars]);
  await configure(id, command, configuration);
  if (!own.includes('--json')) for (const note of configuration.notes) process.stderr.write(`standstill: ${oneLine(note)}\n`);
}

/** The values of a flag as they stand in the arguments; the empty text where one is missing. */
function valuesOf(flag: string, argv: readonly string[]): string[] {
  return argv.flatMap((arg, i) =>
    arg === `--${flag}` ? [argv[i + 1] ?? ''] : arg.startsWith(`--${flag}=`) ? [arg.slice(`--${flag}=`.length)] : [],
  );
}

function beforeSeparator(argv: readonly string[]): readonly string[] {
  const separator = argv.indexOf('--');
  return separator === -1 ? argv : argv.slice(0, separator);
}

function flagsOf(command: CommandClass | undefined): Record<string, Interfaces.Flag<unknown>> {
  return { ...command?.baseFlags, ...command?.flags };
}

type Call = { kind: 'help'; subject: string[] } | { kind: 'command'; id: string; argv: string[] };

/**
 * What the arguments mean:
 *
 * - `help [COMMAND]`, `--help` or `-h` before any `--`, and nothing at all on a terminal: help;
 * - a command's name first (or after flags that `analyze` knows): that command;
 * - a path, `-` or flags alone: `analyze`;
 * - any other word: a mistyped command.
 *
 * @throws UsageError
 */
export function resolve(argv: readonly string[]): Call {
  const own = beforeSeparator(argv);
  if (own[0] === 'help') return { kind: 'help', subject: subject(own.slice(1)) };

  const at = firstWord(own);
  const word = at === -1 ? undefined : own[at];
  const found = word === undefined ? undefined : findCommand(own.slice(at));
  const wantsHelp = own.includes('--help') || (own.includes('-h') && !hasShortH(found?.id ?? DEFAULT_COMMAND));
  if (wantsHelp)
    return { kind: 'help', subject: found || word === undefined ? (found?.id.split(':') ?? []) : [isTopic(word) ? word : DEFAULT_COMMAND] };
  if (found) return { kind: 'command', id: found.id, argv: [...argv.slice(0, at), ...argv.slice(at + found.words)] };
  if (word !== undefined && isTopic(word)) return { kind: 'help', subject: [word] };
  if (argv.length === 0 && process.stdin.isTTY) return { kind: 'help', subject: [] };
  if (word === undefined || looksLikePath(word)) return { kind: 'command', id: DEFAULT_COMMAND, argv: [...argv] };
  throw unknownCommand(word);
}

/** The words after `help`, when they name a command or topic. */
function subject(words: readonly string[]): string[] {
  const names = words.filter((word) => !word.startsWith('-'));
  const [first] = names;
  if (first === undefined) return [];
  const found = findCommand(names);
  if (found) return found.id.split(':');
  if (isTopic(first)) return [first];
  throw unknownCommand(first);
}

/** Index of the first argument that is neither a flag nor the value of one (by the default command's flags), or -1. */
function firstWord(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? '';
    if (arg === '-' || !arg.startsWith('-')) return i;
    if (takesValue(arg)) i++;
  }
  return -1;
}

function takesValue(arg: string): boolean {
  if (arg.includes('=')) return false;
  return Object.entries(flagsOf(commands[DEFAULT_COMMAND])).some(
    ([name, flag]) => flag.type === 'option' && (arg === `--${name}` || (flag.char !== undefined && arg === `-${flag.char}`)),
  );
}

function hasShortH(id: string): boolean {
  return Object.values(flagsOf(commands[id])).some((flag) => flag.char === 'h');
}

/** The command whose name the words begin with, the longest name first: `history add` is the id `history:add`. */
function findCommand(words: readonly string[]): { id: string; words: number } | undefined {
  const ids = aliases();
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    const id = ids.get(words.slice(0, count).join(':'));
    if (id !== undefined) return { id, words: count };
  }
  return undefined;
}

function aliases(): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [id, command] of Object.entries(commands)) {
    ids.set(id, id);
    for (const alias of [...command.aliases, ...command.hiddenAliases]) ids.set(alias.replaceAll(' ', ':'), id);
  }
  return ids;
}

function isTopic(word: string): boolean {
  return Object.keys(commands).some((id) => id.startsWith(`${word}:`));
}

function looksLikePath(word: string): boolean {
  return word === '-' || /[/\\.\ufffd]/.test(word) || statOf(word) !== null;
}

/** Null also for what can be no name, as one of a thousand letters. */
function statOf(file: string): fs.Stats | null {
  try {
    return fs.lstatSync(file);
  } catch {
    return null;
  }
}

function unknownCommand(word: string): UsageError {
  const names = Object.entries(commands).flatMap(([id, command]) => (command.hidden ? [] : [id.replaceAll(':', ' ')]));
  const near = nearest(word, [...names, 'help']);
  return new UsageError(
    `there is no command and no file "${word}"`,
    'unknown-command',
    near === null ? 'see "standstill --help" for the commands' : `did you mean "standstill ${near}"?`,
  );
}

/** The package's folder: the nearest one above this file with a package.json, whether this is the source or a build. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('no package.json above the program');
    folder = parent;
  }
  return folder;
}

/** oclif's configuration, without its search for plugins. */
async function loadConfig(): Promise<Config> {
  const root = packageRoot();
  const pjson = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as Interfaces.PJSON;
  const config = await Config.load({ root, pjson, userPlugins: false, devPlugins: false, logger: SILENT });
  // a command that is run with it asks again
  return Object.assign(config, { logger: SILENT });
}

/** oclif's own notes, for who works on oclif: to load what writes them is a twentieth of the start-up. */
const silent = (): void => undefined;
const SILENT: NonNullable<Interfaces.Options['logger']> = {
  namespace: 'oclif',
  child: () => SILENT,
  debug: silent,
  error: silent,
  info: silent,
  trace: silent,
  warn: silent,
};

/** What to say about an error, and the status to end with. */
function explain(error: unknown, argv: readonly string[]): Report {
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as Partial<Error> &
    ForUser & { oclif?: { exit?: number }; path?: string; syscall?: string; flags?: readonly string[] };
  const message = thrown.message ?? '';
  // oclif's own: wrong flags (`Parser` errors), `this.error`, and `this.exit`, which says nothing.
  if (thrown.oclif) {
    const status = thrown.oclif.exit ?? STATUS.usage;
    if (thrown.code === 'EEXIT') return { status, code: 'exit', message: '', hint: null };
    const said = message.replace(/^The following errors? occurred:$/m, '').replace(/^See more help with.*$/m, '');
    return {
      status,
      code: thrown.code ?? 'usage',
      message: oneLine(said),
      hint: thrown.hint ?? meant(said, thrown.flags ?? [], argv) ?? `see "standstill ${helpFor(argv)}--help"`,
    };
  }
  if (thrown.exitCode !== undefined || thrown.hint !== undefined) {
    return {
      status: thrown.exitCode ?? STATUS.usage,
      code: thrown.code ?? 'error',
      message: oneLine(ofFlag(message)),
      hint: thrown.hint ?? null,
    };
  }
  // The system's word on a file: its message holds the path and nothing of the content.
  if (thrown.syscall !== undefined && thrown.path !== undefined) {
    return { status: STATUS.usage, code: (thrown.code ?? 'io').toLowerCase(), message: oneLine(message), hint: null };
  }
  return fault(error, argv);
}

/** oclif's words around what a flag's own reader says of its value: `--after soon: no time`. */
function ofFlag(message: string): string {
  return message.replace(/^Parsing (--[\w-]+)\s+/, '$1 ').replace(/^See more help with.*$/m, '');
}

/** One printable line: an error's text may hold line breaks, and a file's name even sequences that steer a terminal or a CI service. */
function oneLine(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return visible(lines.join('; '));
}

/** What was meant by a mistyped flag or a flag's mistyped value, as a question; null when nothing is near. */
function meant(message: string, unknown: readonly string[], argv: readonly string[]): string | null {
  const value = /^Expected --([^\s=]+)=(.*) to be one of: (.*)$/s.exec(message);
  if (value) {
    const near = nearest(value[2]!, value[3]!.split(', '));
    return near === null ? null : `did you mean "--${value[1]!} ${near}"?`;
  }
  const argument = /^Expected (\S*) to be one of: (.*)$/s.exec(message);
  const near = argument && nearest(argument[1]!, argument[2]!.split(', '));
  if (near) return `did you mean "${near}"?`;
  const flags = Object.keys(flagsOf(commands[commandOf(argv)]));
  const found = unknown.flatMap((flag) => nearest(flag.replace(/^--/, '').replace(/=.*$/s, ''), flags) ?? []);
  return found.length === 0 ? null : `did you mean ${found.map((flag) => `"--${flag}"`).join(', ')}?`;
}

function helpFor(argv: readonly string[]): string {
  return `${commandOf(argv).replaceAll(':', ' ')} `;
}

function commandOf(argv: readonly string[]): string {
  const at = firstWord(argv);
  return (at === -1 ? undefined : findCommand(argv.slice(at)))?.id ?? DEFAULT_COMMAND;
}

/** `at load (file:///srv/standstill/dist/x.js:1:2)` → `at load (x.js:1:2)`. */
function withoutFolders(frame: string): string {
  const bare = frame.replace(/\)$/, '');
  const place = bare.slice(Math.max(bare.lastIndexOf(' '), bare.lastIndexOf('(')) + 1);
  const name = place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
  return name === place ? frame : `${bare.slice(0, bare.length - place.length).replace(/\($/, '')}(${name})`;
}

/**
 * A fault of this tool. The message of the error is left out, because it may quote the input (JSON.parse does); the
 * error's kind, the places in this tool and the sizes of the inputs are enough to find most faults.
 */
function fault(error: unknown, argv: readonly string[]): Report {
  const { version } = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const name = error instanceof Error ? error.name : typeof error;
  // After the message, whose own lines may look like frames: it is dumps that are read here.
  const { stack = '', message = '' } = error instanceof Error ? error : {};
  const frames = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  const places = frames.slice(0, 5).map((line) => withoutFolders(line.trim()));
  const told = process.env.STANDSTILL_DEBUG ? `; ${oneLine(message)}` : '';
  return {
    status: STATUS.fault,
    code: 'internal',
    message: `a fault of standstill itself (${name}; standstill ${version}, Node ${process.version}, ${process.platform}-${process.arch}; ${shapes(argv)}${told})${places.length > 0 ? ` ${places.join(' ')}` : ''}`,
    hint: 'please report this line; it holds nothing of your input',
  };
}

/** Flags by name, inputs by size: the shape of a call without a word of its content. */
function shapes(argv: readonly string[]): string {
  const shape = argv.map((arg) => {
    if (commands[arg] || arg === '-') return arg;
    if (arg.startsWith('-')) return arg.replace(/=.*$/s, '=…');
    const stat = statOf(arg);
    if (stat === null) return '…';
    return stat.isFile() ? `<file of ${stat.size} bytes>` : stat.isDirectory() ? '<directory>' : '<special file>';
  });
  return shape.length === 0 ? 'no arguments' : shape.join(' ');
}

async function report({ status, code, message: said, hint: advice }: Report, argv: readonly string[]): Promise<void> {
  process.exitCode = status;
  if (said === '') return;
  const flags = beforeSeparator(argv);
  const json = flags.includes('--json');
  // what is told of an input may be posted as the answer would have been
  const redactor = flags.includes('--redact') ? (await import('./commands/telling.js')).redactorOf({ redact: true }) : null;
  const message = redactor?.text(said) ?? said;
  const hint = advice === null ? null : (redactor?.text(advice) ?? advice);
  if (json) process.stdout.write(`${jsonText({ error: { code, message, hint } }, 2)}\n`);
  else process.stderr.write(`standstill: ${message}\n${hint === null ? '' : `${visible(hint)}\n`}`);
}
