import process from 'node:process';
import { Flags } from '@oclif/core';
import { Origins, type Root } from '../analysis/index.js';
import { loadPythonParser, readSourceFacts, type SourceFacts } from '../analysis/source/index.js';
import { SourceTree, pythonParserFiles } from '../input/index.js';
import type { DumpSet, StringIndex } from '../model/index.js';
import { visible } from '../report/index.js';

/** `--source`, of every command that judges dumps. */
export const SOURCE_FLAGS = {
  source: Flags.string({
    description:
      'folder with the program: locks, waits and loops are read in Python source there, source maps of compiled JavaScript are used',
    helpValue: 'DIR',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

/**
 * What the source says of the frames, from the folders that the user named and from the very paths that the dumps name.
 * Undefined without source: the parser is loaded only when there is something to parse.
 */
export async function sourceOf(
  set: DumpSet,
  folders: readonly string[] | undefined,
  roots: readonly Root[],
): Promise<SourceFacts | undefined> {
  if (set.dumps.every((dump) => dump.runtime !== 'python')) return undefined;
  const tree = await SourceTree.open(folders ?? []);
  for (const warning of tree.warnings) process.stderr.write(`standstill: --source: ${visible(warning)}\n`);
  const origins = new Origins(set.frames, roots);
  if (!hasSource(set, tree, origins)) return undefined;
  return readSourceFacts(set, tree, await loadPythonParser(pythonParserFiles()), { origins });
}

/** Files that are looked for to tell whether the source is here: of a program that is, the first are found. */
const MOST_ASKED = 2000;

function hasSource(set: DumpSet, tree: SourceTree, origins: Origins): boolean {
  const files = new Set<StringIndex>();
  for (let row = 0; row < set.frames.size; row++) {
    const fileRow = set.frames.fileRowOf(row);
    if (files.has(fileRow) || !origins.isApplication(row)) continue;
    files.add(fileRow);
    if (files.size > MOST_ASKED) return false;
    const file = set.frames.fileOf(row) ?? '';
    if (tree.candidates(file).some(({ path }) => tree.read(path) !== null)) return true;
  }
  return false;
}
