import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Flags } from '@oclif/core';
import { GRAMMAR_KIT, type Grammar } from '../../grammars/index.js';
import { GrammarError, addGrammars, knownFormats } from '../reading/index.js';

/** Flags of every command that has to do with formats. All are taken by the command line as a whole, before the flags are read. */
export const GRAMMAR_FLAGS = {
  grammar: Flags.string({
    description: 'module (FILE.mjs) that reads more formats; it is run (see examples/grammar)',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'READING',
  }),
  config: Flags.string({ description: 'read this configuration file and no other', helpValue: 'FILE', helpGroup: 'READING' }),
  'no-config': Flags.boolean({ description: 'read no configuration file', helpGroup: 'READING' }),
};

/** Ids of the formats, as the values that flags and arguments may have; grows by what modules add. */
export const FORMAT_IDS: string[] = knownFormats().map(({ id }) => id);

/** Formats of modules, by id: the module's file. */
const modules = new Map<string, string>();

/** The file of the module that a format comes from; null: it is one of standstill's own. */
export function moduleOf(id: string): string | null {
  return modules.get(id) ?? null;
}

const loaded = new Set<string>();

/**
 * Loads modules of the user's grammars and reads their formats from now on. A module's default export is a grammar, a list
 * of them, or a function that makes these of {@link GRAMMAR_KIT}. They are code: the configuration takes them only from where
 * the user chose them.
 *
 * @param files absolute paths
 * @throws GrammarError
 */
export async function loadGrammars(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    const name = shortest(file);
    const given = await exportOf(file, name);
    const known = new Set(FORMAT_IDS);
    addGrammars((Array.isArray(given) ? given : [given]) as Grammar[], name);
    const added = knownFormats().filter(({ id }) => !known.has(id));
    for (const { id } of added) modules.set(id, file);
    FORMAT_IDS.unshift(...added.map(({ id }) => id));
  }
}

async function exportOf(file: string, name: string): Promise<unknown> {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new GrammarError(name, 'there is no such file');
  if (!stat.isFile()) throw new GrammarError(name, 'not a regular file');
  const failed = (error: unknown): never => {
    throw new GrammarError(name, `cannot be loaded: ${(error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!}`);
  };
  const module = (await import(pathToFileURL(file).href).catch(failed)) as { default?: unknown };
  const { default: given } = module;
  if (given === undefined) throw new GrammarError(name, 'has no default export');
  if (typeof given !== 'function') return given;
  return Promise.resolve()
    .then(() => (given as (kit: typeof GRAMMAR_KIT) => unknown)(GRAMMAR_KIT))
    .catch(failed);
}

/** The path as a user would write it. */
function shortest(file: string): string {
  const relative = path.relative('', file);
  return relative.startsWith('..') ? file : relative;
}
