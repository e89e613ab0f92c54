import process from 'node:process';
import { Flags } from '@oclif/core';
import { parseTimeBound } from '../../analysis/index.js';
import { problemsOf, screenOf, visible, type KnownHang, type ReportInput } from '../../report/index.js';
import {
  MOST_HANGS,
  historyPage,
  knownHangs,
  type PageParts,
  StoreError,
  openStore,
  type HistoryStore,
  type Scope,
} from '../../store/index.js';
import { UserError } from '../errors.js';
import { GRAMMAR_FLAGS } from '../grammars.js';
import { keepInputs, writeAll, writeFile, writeLines } from '../output.js';
import { checkZone } from '../reading.js';

/** Which store. Not to be set by a configuration file: one that lies in a strange checkout could send dumps anywhere. */
export const STORE_FLAGS = {
  store: Flags.string({
    description: 'the history: a file, or clickhouse://HOST:PORT,…/DATABASE?cluster=NAME (default: STANDSTILL_STORE, else a file of yours)',
    helpValue: 'STORE',
  }),
};

/** How an answer is written. */
export const ANSWER_FLAGS = {
  json: Flags.boolean({ description: 'one JSON document (schemas/history.schema.json) instead of text' }),
  color: Flags.option({
    options: ['auto', 'always', 'never'] as const,
    default: 'auto' as const,
    description: 'colour the text',
    helpValue: 'WHEN',
  })(),
  config: GRAMMAR_FLAGS.config,
  'no-config': GRAMMAR_FLAGS['no-config'],
};

export const PAGE_FLAG = {
  html: Flags.string({ description: 'write the answer as a page for a browser to this file, too', helpValue: 'FILE' }),
};

const repeated = { multiple: true, multipleNonGreedy: true, helpGroup: 'WHICH' } as const;

/** Verdicts that a sighting may have. */
const VERDICTS = ['stuck', 'suspect', 'inconclusive'] as const;

/** Which part of the history; `history new` has another meaning of `--since`. */
export const PLACE_FLAGS = {
  build: Flags.string({ ...repeated, description: 'only of this build', helpValue: 'ID' }),
  host: Flags.string({ ...repeated, description: 'only of this host', helpValue: 'NAME' }),
  label: Flags.string({ ...repeated, description: 'only dumps that were added with this label', helpValue: 'KEY=VALUE' }),
  verdict: Flags.option({
    ...repeated,
    options: VERDICTS,
    description: 'only hangs that were judged so; inconclusive: seen in a single dump, as of a crash or a time-out',
    helpValue: 'VERDICT',
  })(),
};

export const TIME_FLAGS = {
  since: Flags.string({
    description: 'only what happened since this time: 2026-11-23, or 30d (ago)',
    helpValue: 'TIME',
    helpGroup: 'WHICH',
  }),
  until: Flags.string({ description: 'only what happened until this time', helpValue: 'TIME', helpGroup: 'WHICH' }),
  tz: Flags.string({ description: 'zone of these times', helpValue: 'ZONE', default: 'UTC', helpGroup: 'WHICH' }),
};

export const LIMIT_FLAG = {
  limit: Flags.integer({ description: 'list at most this many', helpValue: 'N', default: 20, min: 1, max: MOST_HANGS }),
};

interface ScopeFlags {
  readonly build?: readonly string[] | undefined;
  readonly host?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly verdict?: readonly (typeof VERDICTS)[number][] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly tz?: string;
}

/**
 * The part of the history that flags name.
 *
 * @throws UserError `bad-label`, `bad-time`, `bad-zone`
 */
export function scopeOf({ build, host, label, verdict, since, until, tz = 'UTC' }: ScopeFlags): Scope {
  checkZone(tz);
  const [from, to] = [timeOf('since', since, tz), timeOf('until', until, tz)];
  return {
    ...(build && { builds: build }),
    ...(host && { hosts: host }),
    ...(label && { labels: label.map(checkLabel) }),
    ...(verdict && { verdicts: verdict }),
    ...(from !== undefined && { since: from }),
    ...(to !== undefined && { until: to }),
  };
}

/** @throws UserError `bad-time` */
export function timeOf(flag: string, text: string | undefined, zone: string): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTimeBound(text, zone, flag === 'until')?.(Date.now()) ?? null;
  if (time === null) throw new UserError('bad-time', `--${flag} ${text}: no time`, 'give 2026-11-23, 2026-11-23 09:30, or 30d (ago)');
  return time;
}

/** @throws UserError `bad-label` */
export function checkLabel(label: string): string {
  if (!/^[^=]+=/.test(label)) throw new UserError('bad-label', `--label ${label}: no value`, 'give KEY=VALUE');
  return label;
}

/**
 * Runs a question with the store that is named, and closes it. What the store could not reach is said on standard error.
 *
 * @throws UserError of the store's own
 */
export async function withStore<T>(address: string | undefined, create: boolean, ask: (store: HistoryStore) => Promise<T>): Promise<T> {
  try {
    const named = address ?? (process.env['STANDSTILL_STORE'] || undefined);
    const store = await openStore(named, { env: process.env, platform: process.platform, create });
    try {
      const answer = await ask(store);
      for (const part of store.missing)
        process.stderr.write(`standstill: ${visible(part)} does not answer: what it holds is missing here\n`);
      return answer;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new UserError(error.code, error.message, error.hint);
    throw error;
  }
}

/**
 * What the history knows of the places that a report tells of. Where there is no history yet all is new, and the report is written.
 *
 * @throws UserError of the store's own
 */
export async function knownOf(address: string | undefined, input: ReportInput): Promise<ReadonlyMap<string, KnownHang>> {
  const { list, known } = problemsOf(input);
  const fingerprints = [...new Set([...list, ...known].map(({ fingerprint }) => fingerprint))].filter((text) =>
    /^[0-9a-f]{16}$/.test(text),
  );
  try {
    return await withStore(address, false, (store) => knownHangs(store, fingerprints));
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'no-store') throw error;
    process.stderr.write(`standstill: ${visible(error.message)}\n`);
    return new Map();
  }
}

/** Flags without those that make no sense for a command. */
export function without<Flags extends object, Name extends keyof Flags>(flags: Flags, ...names: readonly Name[]): Omit<Flags, Name> {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !names.includes(name as Name))) as Omit<Flags, Name>;
}

/** Sightings of each hang on a page of many, and hangs on it with all that is known of them. */
export const SIGHTINGS = 5;
export const MOST_SHOWN = 100;

/** Writes the page that `--html` asks for. */
export async function page(
  { html }: { readonly html?: string | undefined },
  command: { readonly config: { readonly version: string } },
  store: HistoryStore,
  parts: () => Promise<Omit<PageParts, 'store' | 'version' | 'missing'>>,
): Promise<void> {
  if (html === undefined) return;
  keepInputs([html], [store.place]);
  const all = await parts();
  await writeFile(html, historyPage({ ...all, store: store.place, version: command.config.version, missing: store.missing }));
}

/** Writes an answer as the flags say. */
export async function answer(
  flags: { readonly json: boolean; readonly color: 'auto' | 'always' | 'never' },
  json: () => string,
  text: (screen: ReturnType<typeof screenOf>) => Iterable<string>,
): Promise<void> {
  if (flags.json) await writeAll([json()]);
  else await writeLines(text(screenOf(process.stdout, flags.color, process.env)));
}
