import { Flags } from '@oclif/core';
import { parseTimeBound, type DumpFilter, type Pattern, type Root, type TimeBound } from '../analysis/index.js';
import { UserError } from './errors.js';
import { FORMAT_IDS } from './grammars.js';

const repeated = { multiple: true, multipleNonGreedy: true, helpGroup: 'FILTER' } as const;

/** Flags of every command that reads dumps: which of them, and which of their threads, it looks at. */
export const FILTER_FLAGS = {
  filter: Flags.string({
    ...repeated,
    description: 'only threads with a frame, name or id like this: text, a glob (*/orders.py), or re:EXPRESSION',
    helpValue: 'PATTERN',
  }),
  exclude: Flags.string({ ...repeated, description: 'no threads with a frame, name or id like this', helpValue: 'PATTERN' }),
  'app-only': Flags.boolean({ description: 'only threads with application frames, and only these frames', helpGroup: 'FILTER' }),
  since: Flags.string({
    description: 'only dumps since this time: 09:30, 2026-11-23T09:30Z, or 10m (before the newest dump)',
    helpValue: 'TIME',
    helpGroup: 'FILTER',
  }),
  until: Flags.string({ description: 'only dumps until this time', helpValue: 'TIME', helpGroup: 'FILTER' }),
  pid: Flags.integer({ ...repeated, description: 'only dumps of this process', helpValue: 'PID' }),
  format: Flags.option({
    ...repeated,
    options: FORMAT_IDS,
    description: 'only dumps of this format',
    helpValue: 'FORMAT',
  })(),
};

export interface FilterFlags {
  readonly filter?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly 'app-only': boolean;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly pid?: readonly number[] | undefined;
  readonly format?: readonly string[] | undefined;
}

/**
 * The filter that flags describe.
 *
 * @throws UserError `bad-pattern`, `bad-time`
 */
export async function filterOf(flags: FilterFlags, zone: string, roots: readonly Root[]): Promise<DumpFilter> {
  return {
    filter: await patternsOf('filter', flags.filter),
    exclude: await patternsOf('exclude', flags.exclude),
    appOnly: flags['app-only'],
    pids: flags.pid,
    formats: flags.format,
    since: boundOf('since', flags.since, zone),
    until: boundOf('until', flags.until, zone),
    roots,
  };
}

async function patternsOf(flag: string, sources: readonly string[] | undefined): Promise<Pattern[] | undefined> {
  if (sources === undefined) return undefined;
  const { parsePattern } = await import('../analysis/patterns.js');
  return sources.map((source) => {
    try {
      return parsePattern(source);
    } catch (error) {
      throw new UserError('bad-pattern', `--${flag} ${source}: ${(error as Error).message}`, 'text:… takes a pattern as plain text');
    }
  });
}

function boundOf(flag: 'since' | 'until', text: string | undefined, zone: string): TimeBound | undefined {
  if (text === undefined) return undefined;
  const bound = parseTimeBound(text, zone, flag === 'until');
  if (bound === null)
    throw new UserError('bad-time', `--${flag} ${text}: no time`, 'give 09:30, 2026-11-23 09:30, or 10m (before the newest dump)');
  return bound;
}
