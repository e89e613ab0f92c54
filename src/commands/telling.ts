import os from 'node:os';
import { Flags } from '@oclif/core';
import { Redactor, type StuckOptions } from '../analysis/index.js';
import type { WriteOptions } from '../report/index.js';
import { rootsOf, signaturesOf, type ReadResult, type ReadingFlags } from './reading.js';
import { sourceOf } from './source.js';

/** `--redact`, of every command that shows dumps. */
export const REDACT_FLAGS = {
  redact: Flags.boolean({
    description: 'names of users and machines, homes, command lines, addresses and values become aliases: for what is to be posted',
  }),
};

/** What of a reading is told, and what it is judged with. */
export interface Told extends ReadResult {
  readonly judging: StuckOptions;
  /** What the dumps are told by; null: as they are. */
  readonly redactor: Redactor | null;
  /** Paths of the inputs, whatever they are told as. */
  readonly inputs: readonly string[];
}

export function redactorOf(flags: { readonly redact: boolean }): Redactor | null {
  if (!flags.redact) return null;
  return new Redactor({ hosts: [os.hostname()], users: userNames(), homes: [os.homedir()] });
}

/** A user id without an account has no name. */
function userNames(): string[] {
  try {
    return [os.userInfo().username];
  } catch {
    return [];
  }
}

/** What was read, with names or without, and what its threads are judged with. The source is read before names are gone. */
export async function toTell(
  read: ReadResult,
  flags: ReadingFlags & { readonly redact: boolean },
  redactor: Redactor | null = redactorOf(flags),
): Promise<Told> {
  const roots = rootsOf(flags);
  const source = await sourceOf(read.whole, flags.source, roots);
  const judging = { roots, signatures: signaturesOf(flags), ...(source && { source }) };
  const inputs = read.set.sources.map(({ path }) => path);
  if (redactor === null) return { ...read, judging, redactor, inputs };
  const whole = redactor.set(read.whole);
  const set = read.set === read.whole ? whole : redactor.set(read.set);
  const tell = (text: string): string => redactor.text(text);
  return { ...read, set, whole, judging: { ...judging, roots: redactor.roots(roots), tell }, redactor, inputs };
}

/** The options of reports on what a redactor tells: files are looked up by their true names. */
export function redactedOptions(options: WriteOptions, redactor: Redactor | null): WriteOptions {
  if (redactor === null) return options;
  return { ...options, root: redactor.file(options.root), locate: (file) => options.locate(redactor.trueFile(file)) };
}
