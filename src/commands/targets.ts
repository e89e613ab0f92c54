import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Flags } from '@oclif/core';
import { checkoutLocator } from '../input/index.js';
import {
  BaselineError,
  EDITORS,
  WRITERS,
  editorAddress,
  parseBaseline,
  visible,
  type ReportInput,
  type ReportWriter,
  type WriteOptions,
} from '../report/index.js';
import { readSmall } from './config-file.js';
import { UserError } from './errors.js';
import { nearest } from './nearest.js';
import { appendFile, keepInputs, writeAll, writeFile } from './output.js';

/** Flags of every command that writes reports. */
export const REPORT_FLAGS = {
  to: Flags.string({
    description: `write a report in this format: to FILE, or without it to standard output (${WRITERS.map(({ id }) => id).join(', ')})`,
    helpValue: 'FORMAT[=FILE]',
    multiple: true,
    multipleNonGreedy: true,
  }),
  root: Flags.string({
    description: 'folder of the checkout: files below it are written relative to it (default: the working directory)',
    helpValue: 'DIR',
  }),
  baseline: Flags.string({
    description: 'file of standstill baseline: places that it knows are neither reported nor failed on',
    helpValue: 'FILE',
  }),
  editor: Flags.string({
    description: `of html: link to files in this editor (${Object.keys(EDITORS).join(', ')}, or an address with {file}, {line} and {column})`,
    helpValue: 'EDITOR',
  }),
};

/**
 * The address that `--editor` means; null without it.
 *
 * @throws UserError `bad-editor`
 */
function editorOf(value: string | undefined): string | null {
  if (value === undefined) return null;
  const address = editorAddress(value);
  if (address !== null) return address;
  const near = nearest(value, Object.keys(EDITORS));
  throw new UserError(
    'bad-editor',
    `--editor ${value}: there is no such editor`,
    near === null ? 'give an address such as "vscode://file{file}:{line}:{column}"' : `did you mean "--editor ${near}"?`,
  );
}

/**
 * What flags say of how reports are written.
 *
 * @throws UserError `bad-root`, `bad-editor`
 */
export function writeOptions(flags: {
  readonly root?: string | undefined;
  readonly editor?: string | undefined;
  readonly 'fail-on'?: WriteOptions['failOn'] | undefined;
}): WriteOptions {
  const root = rootOf(flags.root);
  return { root, editor: editorOf(flags.editor), locate: checkoutLocator(root), failOn: flags['fail-on'] ?? 'stuck' };
}

function rootOf(folder: string | undefined): string {
  try {
    const root = fs.realpathSync(folder ?? process.cwd());
    if (fs.statSync(root).isDirectory()) return root;
  } catch {
    // said below
  }
  throw new UserError('bad-root', `--root ${folder ?? ''}: there is no such folder`, 'name the folder of the checkout');
}

/**
 * The fingerprints of `--baseline`; undefined without it.
 *
 * @throws UserError `bad-baseline`
 */
export function baselineOf(file: string | undefined): ReadonlySet<string> | undefined {
  if (file === undefined) return undefined;
  const hint = 'write one with: standstill baseline PATH… --output FILE';
  const text = readSmall(file);
  if (text === null) throw new UserError('bad-baseline', `--baseline ${file}: there is no such file`, hint);
  try {
    return parseBaseline(text);
  } catch (error) {
    if (!(error instanceof BaselineError)) throw error;
    throw new UserError('bad-baseline', `--baseline ${file}: ${error.message}`, hint);
  }
}

/** A report that is asked for. */
export interface Target {
  readonly writer: ReportWriter;
  /** Null: standard output. */
  readonly file: string | null;
}

/**
 * The values of `--to`.
 *
 * @throws UserError `bad-report` for a format that there is none of, two reports at one place, and bytes for a terminal
 */
export function parseTargets(values: readonly string[]): Target[] {
  const targets = values.map(parseTarget);
  const places = new Set<string>();
  for (const { writer, file } of targets) {
    const place = file === null ? 'standard output' : path.resolve(file);
    if (places.has(place))
      throw new UserError(
        'bad-report',
        file === null ? 'two reports for standard output: --to without a file' : `two reports for one file: ${file}`,
        `give one of them a file of its own: --to ${writer.id}=FILE`,
      );
    places.add(place);
    if (file === null && writer.binary && process.stdout.isTTY)
      throw new UserError(
        'bad-report',
        `${writer.id} is no text for a terminal`,
        `name a file: --to ${writer.id}=hang.${writer.extension}`,
      );
  }
  return targets;
}

function parseTarget(value: string): Target {
  const [, id = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(value) ?? [];
  const writer = WRITERS.find((known) => known.id === id);
  if (writer === undefined) {
    const near = nearest(
      id,
      WRITERS.map((known) => known.id),
    );
    throw new UserError(
      'bad-report',
      `--to ${value}: there is no report "${id}"`,
      near === null ? `known reports: ${WRITERS.map((known) => known.id).join(', ')}` : `did you mean "--to ${near}"?`,
    );
  }
  if (file === '') throw new UserError('bad-report', `--to ${value}: no file is named`, `--to ${id} alone writes to standard output`);
  return { writer, file: file === undefined || file === '-' ? null : file };
}

/**
 * Writes all reports of one reading, which was of `inputs`. Files are complete or not there: each is written beside its place and moved. A report that
 * cannot be written does not keep the others from being written.
 *
 * @throws UserError `cannot-write` of the first that failed, `would-overwrite` before anything is written when a report would replace
 *   an input
 */
export async function writeReports(
  targets: readonly Target[],
  input: ReportInput,
  options: WriteOptions,
  inputs: readonly string[],
): Promise<void> {
  keepInputs(
    targets.flatMap(({ file }) => file ?? []),
    inputs,
  );
  const failures: UserError[] = [];
  for (const { writer, file } of targets) {
    try {
      if (file === null) await writeAll(writer.write(input, options));
      else await writeFile(file, writer.write(input, options));
      const beside = writer.aside && process.env[writer.aside.variable];
      if (writer.aside && beside) await appendFile(beside, writer.aside.write(input, options));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
    }
  }
  for (const failure of failures.slice(1)) process.stderr.write(`standstill: ${visible(failure.message)}\n`);
  if (failures[0]) throw failures[0];
}
