import path from 'node:path';
import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { UserError } from './errors.js';
import { nearest } from './nearest.js';

export type FlagValue = boolean | number | string | readonly (number | string)[];

/** A value and where it stands, for messages. */
export interface Setting {
  readonly value: FlagValue;
  readonly where: string;
}

export interface Configuration {
  /** Files that it was read from. */
  readonly files: readonly string[];
  /** Defaults of flags, by flag: for every command that has it. */
  readonly flags: ReadonlyMap<string, Setting>;
  /** Defaults of one command's flags, by command and flag; they go before those of all. */
  readonly commands: ReadonlyMap<string, ReadonlyMap<string, Setting>>;
  /** Folders of application and of library code, in addition to the flags'. */
  readonly appRoots: readonly string[];
  readonly libraryRoots: readonly string[];
  /** Files of signatures, as absolute paths. */
  readonly signatures: readonly string[];
  /** Modules of grammars, as absolute paths. */
  readonly grammars: readonly string[];
  /** What was not honoured, for people. */
  readonly notes: readonly string[];
}

export const NO_CONFIGURATION: Configuration = {
  files: [],
  flags: new Map(),
  commands: new Map(),
  appRoots: [],
  libraryRoots: [],
  signatures: [],
  grammars: [],
  notes: [],
};

/** What a configuration may name: the commands with their flags. */
export type Names = ReadonlyMap<string, readonly string[]>;

const KEYS = ['$schema', 'flags', 'commands', 'appRoots', 'libraryRoots', 'signatures', 'grammars'] as const;

/** Flags that say which file to read cannot stand in it; one that loads code has a key of its own, which is not honoured everywhere. */
const NOT_CONFIGURABLE: ReadonlySet<string> = new Set(['config', 'no-config', 'grammar', 'store', 'help', 'version']);

function treeOf(text: string, errors: ParseError[]): Node | undefined {
  return parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
}

/**
 * A configuration as text.
 *
 * @param inPackageJson it stands under the key `standstill`
 * @param mayLoadCode the user chose this file: modules that it names may be run
 * @throws UserError `bad-config`
 */
export function parseConfiguration(text: string, file: string, names: Names, inPackageJson: boolean, mayLoadCode: boolean): Configuration {
  return new Parser(text, file, names).configuration(inPackageJson, mayLoadCode);
}

class Parser {
  readonly #text: string;
  readonly #file: string;
  readonly #names: Names;

  constructor(text: string, file: string, names: Names) {
    this.#text = text;
    this.#file = file;
    this.#names = names;
  }

  configuration(inPackageJson: boolean, mayLoadCode: boolean): Configuration {
    const errors: ParseError[] = [];
    let tree: Node | undefined;
    try {
      tree = treeOf(this.#text, errors);
    } catch {
      // the parser calls itself for each bracket
      this.#fail(0, 'nested too deeply');
    }
    const [error] = errors;
    if (error)
      this.#fail(
        error.offset,
        `not JSON: ${printParseErrorCode(error.error)
          .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
          .toLowerCase()}`,
      );
    const root = inPackageJson ? propertyOf(tree, 'standstill') : tree;
    if (!isObject(root)) this.#fail(root?.offset ?? 0, 'an object is expected: { "flags": … }');
    const result = {
      files: [this.#file],
      flags: new Map<string, Setting>(),
      commands: new Map<string, ReadonlyMap<string, Setting>>(),
      appRoots: [] as string[],
      libraryRoots: [] as string[],
      signatures: [] as string[],
      grammars: [] as string[],
      notes: [] as string[],
    };
    for (const [key, value] of this.#entries(root, 'an object is expected')) {
      const name = KEYS.find((known) => known === key.value);
      if (name === 'flags') result.flags = this.#flags(value, [...new Set([...this.#names.values()].flat())]);
      else if (name === 'commands') result.commands = this.#commands(value);
      else if (name === 'appRoots' || name === 'libraryRoots') result[name] = this.#texts(value, name);
      else if (name === 'signatures') result.signatures = this.#paths(value, name);
      else if (name === 'grammars') {
        const modules = this.#paths(value, name);
        if (mayLoadCode) result.grammars = modules;
        else
          result.notes.push(
            `${this.#at(key.offset)}: "grammars" loads code: taken only from your own configuration directory or with --config`,
          );
      } else if (name === undefined) this.#unknown(key, KEYS, 'key');
    }
    return result;
  }

  #commands(node: Node): Map<string, ReadonlyMap<string, Setting>> {
    const commands = new Map<string, ReadonlyMap<string, Setting>>();
    for (const [key, value] of this.#entries(node, '"commands" is an object with the names of commands')) {
      const flags = this.#names.get(key.value as string);
      if (flags === undefined) this.#unknown(key, [...this.#names.keys()], 'command');
      commands.set(key.value as string, this.#flags(value, flags));
    }
    return commands;
  }

  #flags(node: Node, known: readonly string[]): Map<string, Setting> {
    const names = known.filter((name) => !NOT_CONFIGURABLE.has(name));
    const flags = new Map<string, Setting>();
    for (const [key, value] of this.#entries(node, 'flags are an object: { "tz": "Europe/Berlin", … }')) {
      const name = (key.value as string).replace(/^--/, '');
      if (!names.includes(name)) this.#unknown({ ...key, value: name }, names, 'flag');
      flags.set(name, { value: this.#flagValue(value, name), where: this.#at(value.offset) });
    }
    return flags;
  }

  #flagValue(node: Node, name: string): FlagValue {
    const value: unknown = getNodeValue(node);
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
    if (Array.isArray(value) && value.every((item) => typeof item === 'number' || typeof item === 'string')) return value;
    return this.#fail(node.offset, `"${name}" takes true, false, a number, a text or a list of these`);
  }

  #texts(node: Node, name: string): string[] {
    const value: unknown = getNodeValue(node);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value as string[];
    return this.#fail(node.offset, `"${name}" is a list of texts`);
  }

  /** Paths are those of the file that names them. */
  #paths(node: Node, name: string): string[] {
    return this.#texts(node, name).map((file) => path.resolve(path.dirname(this.#file), file));
  }

  /** Keys and values of an object; a key that comes twice counts as it stands last. */
  *#entries(node: Node, expected: string): Generator<[Node, Node]> {
    if (!isObject(node)) this.#fail(node.offset, expected);
    for (const { children } of node.children ?? []) if (children?.[0] && children[1]) yield [children[0], children[1]];
  }

  #unknown(key: Node, names: readonly string[], what: string): never {
    const word = String(key.value).slice(0, 60);
    const near = nearest(word, names);
    return this.#fail(
      key.offset,
      `unknown ${what} "${word}"`,
      near === null ? `known ${what}s: ${names.filter((name) => name !== '$schema').join(', ')}` : `did you mean "${near}"?`,
    );
  }

  #at(offset: number): string {
    return `${this.#file}:${this.#text.slice(0, offset).split('\n').length}`;
  }

  #fail(offset: number, message: string, hint = 'correct the file, or do without it: --no-config'): never {
    throw new UserError('bad-config', `${this.#at(offset)}: ${message}`, hint);
  }
}

type ObjectNode = Node & { readonly type: 'object' };

function isObject(node: Node | undefined): node is ObjectNode {
  return node?.type === 'object';
}

function propertyOf(node: Node | undefined, name: string): Node | undefined {
  return node?.children?.findLast((property) => property.children?.[0]?.value === name)?.children?.[1];
}

/** Whether a package.json has something to say to us. Of others nothing is asked, not even that they are JSON. */
export function holdsConfiguration(packageJson: string): boolean {
  try {
    return packageJson.includes('"standstill"') && isObject(propertyOf(treeOf(packageJson, []), 'standstill'));
  } catch {
    return false; // nested deeper than the parser can call itself
  }
}
