import fs from 'node:fs';

/** Whose tests all run in one process. */
const FOLDERS = ['grammars', 'reading', 'analysis', 'report'];

/** The tests of grammars, reading, analysis and of what tells of them: for coverage and mutation testing. */
export const TEST_FILES = fs
  .readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.test.ts') && (name === 'samples.test.ts' || FOLDERS.includes(name.split('/')[0])))
  .sort();
