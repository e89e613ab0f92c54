import fs from 'node:fs';
import path from 'node:path';
import { findStuck, readFiles, type DumpSet, type ReportInput, type WriteOptions } from '../../src/index.js';
import type { ReportWriter } from '../../src/report/index.js';

export const ROOT = path.resolve(import.meta.dirname, '..', '..');

export function inputOf(set: DumpSet, baseline?: ReadonlySet<string>): ReportInput {
  return {
    set,
    whole: set,
    hidden: { dumps: 0, threads: 0, by: [] },
    interrupted: false,
    stuck: findStuck(set),
    judging: {},
    ...(baseline && { baseline }),
    tool: { name: 'standstill', version: '1.2.3' },
    time: Date.UTC(2026, 10, 23, 9, 32),
  };
}

export const optionsOf = (options: Partial<WriteOptions> = {}): WriteOptions => ({
  root: '/checkout',
  locate: () => null,
  editor: null,
  failOn: 'stuck',
  ...options,
});

/** The whole report; a piece of bytes is copied, since it may be written over. */
export function written(writer: ReportWriter, input: ReportInput, options: WriteOptions = optionsOf()): string {
  const pieces = Array.from(writer.write(input, options), (piece) => Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/** Names of the samples with dumps, but for the large one, which is a measure of speed. */
export const SAMPLES: readonly string[] = fs
  .readdirSync(path.join(ROOT, 'samples'))
  .filter((name) => name !== 'large' && fs.existsSync(path.join(ROOT, 'samples', name, 'expected.json')))
  .sort();

/** All files of a sample, read as `report samples/NAME` does. */
export async function sampleInput(name: string): Promise<ReportInput> {
  const folder = path.join(ROOT, 'samples', name);
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'expected.json')
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return inputOf(await readFiles(files));
}
