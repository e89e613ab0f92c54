import { pathToFileURL } from 'node:url';
import { GRAMMARS, type Grammar } from '../../grammars/index.js';
import { addGrammars } from '../reading/index.js';
import { UserError } from './errors.js';

/** Shorter texts are found everywhere, and the search skips as many bytes as the shortest is long. */
const LEAST_OPENING = 8;

const loaded = new Set<string>();

/**
 * Loads modules of the user's grammars and reads their formats from now on. A module's default export is a grammar or a list
 * of them. They are code: the configuration takes them only from where the user chose them.
 *
 * @throws UserError `bad-grammar`
 */
export async function loadGrammars(modules: readonly string[]): Promise<void> {
  for (const module of modules) {
    if (loaded.has(module)) continue;
    loaded.add(module);
    const fail = (message: string): never => {
      throw new UserError(
        'bad-grammar',
        `${module}: ${message}`,
        'a module of "grammars" exports a grammar as its default (see grammars/grammar.ts)',
      );
    };
    let given: unknown;
    try {
      given = ((await import(pathToFileURL(module).href)) as { default?: unknown }).default;
    } catch (error) {
      fail(`cannot be loaded: ${(error as Error).message.split('\n', 1)[0]!}`);
    }
    const grammars = Array.isArray(given) ? (given as unknown[]) : [given];
    for (const grammar of grammars) {
      if (!isGrammar(grammar)) fail('exports no grammar');
      else if (GRAMMARS.some(({ id }) => id === grammar.id)) fail(`there is a format "${grammar.id}" already`);
    }
    addGrammars(grammars as Grammar[]);
  }
}

function isGrammar(value: unknown): value is Grammar {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, openings, line, shape, read, confirm } = value as Record<string, unknown>;
  if (typeof id !== 'string' || !Array.isArray(openings) || openings.length === 0) return false;
  if (!openings.every((text) => typeof text === 'string' && text.length >= LEAST_OPENING && /^[\x20-\x7e]*$/.test(text))) return false;
  if (kind === 'json') return typeof read === 'function' && confirm instanceof RegExp;
  return kind === 'lines' && [line, shape].every((part) => typeof part === 'object' && part !== null);
}
