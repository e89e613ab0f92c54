import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { Flags } from '@oclif/core';
import { SourceMaps, findInputLists, mapFrames, temporaryDumps } from '../input/index.js';
import type { Bytes, DumpSet, Source, Tables, Warning } from '../model/index.js';
import { isZone, readFiles, type InputFile } from '../reading/index.js';
import {
  NOTHING_HIDDEN,
  Origins,
  SignatureError,
  filterDumps,
  parseSignatures,
  type Hidden,
  type Root,
  type Signature,
} from '../analysis/index.js';
import { unreadOf, visible } from '../report/index.js';
import { readSmall } from './config-file.js';
import { configuration } from './defaults.js';
import { STATUS, UserError } from './errors.js';
import { FILTER_FLAGS, filterOf, type FilterFlags } from './filtering.js';
import { GRAMMAR_FLAGS } from './grammars.js';
import { answering, notAnswering } from './interruption.js';
import { Progress, totalOf } from './progress.js';
import { sizeFlag } from './sizes.js';

/** Flags of every command that reads dumps. */
export const READING_FLAGS = {
  tz: Flags.string({
    description: 'zone of times that stand without one, such as Europe/Berlin or +02:00',
    helpValue: 'ZONE',
    default: 'UTC',
    helpGroup: 'READING',
  }),
  'allow-empty': Flags.boolean({ description: 'end with status 0 and an empty answer when no input holds a dump', helpGroup: 'READING' }),
  'app-root': Flags.string({
    description: 'folder whose files are application code',
    helpValue: 'DIR',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'READING',
  }),
  'library-root': Flags.string({
    description: 'folder whose files are library code',
    helpValue: 'DIR',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'READING',
  }),
  ...FILTER_FLAGS,
  signatures: Flags.string({
    description: 'file of rules that say what stacks wait for, in addition to the built-in ones',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'READING',
  }),
  ...GRAMMAR_FLAGS,
  'no-source-maps': Flags.boolean({
    description: 'show frames of compiled JavaScript as printed; else source maps beside the files or under --source are used',
    helpGroup: 'READING',
  }),
};

/** Flags of commands that read files from their beginnings to their ends. */
export const INPUT_FLAGS = {
  ...READING_FLAGS,
  'max-input': sizeFlag({
    description: 'read no more of an input than this, unpacked (default: 16G of what is compressed, all of what is not)',
    helpGroup: 'READING',
  }),
};

export interface ReadingFlags extends FilterFlags {
  readonly tz: string;
  readonly 'allow-empty': boolean;
  readonly 'app-root'?: readonly string[] | undefined;
  readonly 'library-root'?: readonly string[] | undefined;
  readonly signatures?: readonly string[] | undefined;
  readonly source?: readonly string[] | undefined;
  readonly 'no-source-maps': boolean;
  readonly 'max-input'?: Bytes | undefined;
  readonly json?: boolean | undefined;
}

/** The dumps that the filters left, and whether Ctrl-C ended the reading before all was read. */
export interface ReadResult {
  readonly set: DumpSet;
  /** The same dumps with all their threads: a thread is judged by those around it. */
  readonly whole: DumpSet;
  /** What the filters hid. They may have left no dump: that is an answer, not `no-dump`. */
  readonly hidden: Hidden;
  readonly interrupted: boolean;
}

/** Standard input that is neither a terminal nor /dev/null holds the input when no path is given. */
function stdinHoldsInput(): boolean {
  if (process.stdin.isTTY) return false;
  try {
    const stat = fs.fstatSync(0);
    if (stat.isFIFO() || stat.isSocket()) return true;
    return stat.isFile();
  } catch {
    return false;
  }
}

/** Silence of standard input after which one line says what is waited for. */
const SILENT_MS = 2000;

export interface ReadInputsOptions {
  /** Tables of a reading before, whose dumps are to be compared with these. */
  readonly tables?: Tables;
  /** Leave all threads in the dumps: whoever compares dumps has to see them before the filters hide some. */
  readonly allThreads?: boolean;
}

/**
 * Reads what the user named, and keeps what the filters leave of it.
 *
 * @throws UserError for a bad flag, `no-dump` when no input holds one, and the first input's own code when none could be read.
 */
export async function readInputs(paths: readonly string[], flags: ReadingFlags, options: ReadInputsOptions = {}): Promise<ReadResult> {
  checkZone(flags.tz);
  const { filter: only, exclude, appOnly, ...dumpFilter } = await filterOf(flags, flags.tz, rootsOf(flags));
  const filter = options.allThreads ? dumpFilter : { filter: only, exclude, appOnly, ...dumpFilter };
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  const progress = new Progress(process.stderr, process.stderr.isTTY ? totalOf(paths) : null);
  const fromStdin = paths.length === 0 ? stdinHoldsInput() : paths.includes('-');
  const hint = fromStdin
    ? setTimeout(() => process.stderr.write('standstill: waiting for dumps on standard input (Ctrl-D ends it; see --help)\n'), SILENT_MS)
    : undefined;
  hint?.unref();
  notAnswering();
  process.once('SIGINT', interrupt);
  const walked: Warning[] = [];
  const files = async function* (): AsyncGenerator<readonly InputFile[]> {
    if (paths.length === 0 && fromStdin) {
      yield ['-'];
      return;
    }
    for await (const list of paths.length === 0 ? findInputLists([os.tmpdir()], temporaryDumps()) : findInputLists(paths))
      yield list.flatMap((found) => {
        if (!('warning' in found)) return found;
        walked.push(found.warning);
        return [];
      });
  };
  try {
    const set = await readFiles(files(), {
      zone: flags.tz,
      signal: abort.signal,
      ...(flags['max-input'] !== undefined && { mostBytes: flags['max-input'] }),
      ...(options.tables === undefined ? {} : { tables: options.tables }),
      onProgress: (bytes) => {
        clearTimeout(hint);
        progress.at(bytes);
      },
    });
    const interrupted = abort.signal.aborted;
    if (interrupted) {
      process.exitCode = STATUS.interrupted;
      if (flags.json !== true) process.stderr.write('standstill: interrupted: the answer is of what was read until then\n');
    }
    const all = await asWritten({ ...set, sources: [...set.sources, ...walked.map(unreadInput)] }, flags, options.tables?.frames.size);
    if (all.dumps.length === 0 && !interrupted && !flags['allow-empty']) throw noDump(all, paths, fromStdin);
    return { ...(all.dumps.length === 0 ? { set: all, whole: all, hidden: NOTHING_HIDDEN } : filterDumps(all, filter)), interrupted };
  } finally {
    clearTimeout(hint);
    progress.end();
    process.off('SIGINT', interrupt);
    if (!abort.signal.aborted) answering();
  }
}

/** @throws UserError `bad-zone` */
export function checkZone(zone: string): void {
  if (!isZone(zone))
    throw new UserError('bad-zone', `--tz ${zone}: no such time zone`, 'give an IANA name (Europe/Berlin) or an offset (+02:00)');
}

/**
 * Tells frames of compiled JavaScript where they were written, if that is wanted; what of it failed is an input without content.
 *
 * @param from the first row of the frames that is new
 */
export async function asWritten(set: DumpSet, flags: ReadingFlags, from = 0): Promise<DumpSet> {
  if (flags['no-source-maps'] || set.dumps.every(({ runtime }) => runtime !== 'node')) return set;
  const maps = await SourceMaps.open({ folders: flags.source ?? [] });
  // by the compiled file: libraries are shown as one line, and each would have a map to read
  const origins = new Origins(set.frames, rootsOf(flags));
  await mapFrames(set.frames, maps, from, (row) => origins.isApplication(row));
  const failed = maps.warnings.map((message): Warning => ({ line: null, code: 'bad-source-map', message }));
  return { ...set, sources: [...set.sources, ...failed.map(unreadInput)] };
}

/** A directory that could not be listed, or another file that is no dump, as an input without content. */
function unreadInput(warning: Warning): Source {
  return { path: '', dumps: 0, bytes: 0, lines: 0, accounts: { dumps: 0, known: 0 }, asides: [], asideCount: 0, warnings: [warning] };
}

/** Says on standard error which inputs could not be read; the answer is about the others. */
export function reportUnread(set: DumpSet): void {
  for (const { message } of unreadOf(set)) process.stderr.write(`standstill: ${visible(message)}\n`);
}

/** Folders named by flags and by the configuration, as roots of the analysis. */
export function rootsOf(flags: ReadingFlags): Root[] {
  return [
    ...[...(flags['app-root'] ?? []), ...configuration().appRoots].map((path): Root => ({ path: withSlash(path), origin: 'application' })),
    ...[...(flags['library-root'] ?? []), ...configuration().libraryRoots].map((path): Root => ({
      path: withSlash(path),
      origin: 'library',
    })),
  ];
}

/**
 * The user's own signatures, of flags and of the configuration; of two rules with one id the first is taken.
 *
 * @throws UserError `bad-signatures`
 */
export function signaturesOf(flags: ReadingFlags): Signature[] {
  const rules = new Map<string, Signature>();
  for (const file of [...(flags.signatures ?? []), ...configuration().signatures]) {
    const text = readSmall(file);
    if (text === null) throw new UserError('bad-signatures', `${file}: there is no such file`, 'a file of signatures is expected');
    try {
      for (const rule of parseSignatures(text)) if (!rules.has(rule.id)) rules.set(rule.id, rule);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      throw new UserError(
        'bad-signatures',
        `${file}: ${error.message}`,
        'a rule: id | wait kind | verdict | label, then indented: stack FILE:FUNCTION < …',
      );
    }
  }
  return [...rules.values()];
}

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

const UNREADABLE: ReadonlySet<string> = new Set(['not-found', 'not-readable', 'not-a-regular-file']);

function noDump(set: DumpSet, paths: readonly string[], fromStdin: boolean): UserError {
  const warnings = set.sources.flatMap((source) => source.warnings);
  const unreadable = warnings.find((warning) => UNREADABLE.has(warning.code));
  if (unreadable && set.sources.every((source) => source.warnings.some((warning) => UNREADABLE.has(warning.code)))) {
    return new UserError(unreadable.code, unreadable.message, 'name a file, a directory, or - for standard input');
  }
  const stranger = warnings.find((warning) => warning.code === 'other-format');
  // what was lost may have been the dumps
  const damage = warnings.find((warning) => warning.code !== 'other-format');
  const where =
    paths.length === 0 && !fromStdin
      ? `the dump files in ${os.tmpdir()}`
      : fromStdin && set.sources.length <= 1
        ? 'standard input'
        : set.sources.length === 1
          ? set.sources[0]!.path
          : `${set.sources.length} inputs`;
  const hint = damage
    ? damage.message
    : stranger
      ? stranger.message
      : 'make one with faulthandler (Python) or --report-on-signal (Node); `standstill formats` lists what is read and how to make it';
  return new UserError('no-dump', `no stack dump in ${where}`, hint);
}
