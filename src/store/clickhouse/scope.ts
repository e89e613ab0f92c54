import { SEVERITIES } from '../records.js';
import type { Scope } from '../store.js';
import { quoted, quotedList } from './client.js';

/** Where a question reads: a table, and the condition of its rows. */
export interface Source {
  readonly from: string;
  readonly where: string;
}

/** Dumps of a scope, with what all of them have in common: build, host, labels and times. A dump may come twice. */
export function dumpsOf(scope: Scope): Source {
  return { from: table(scope) === 'dumps_by' ? 'dumps_by' : 'dumps', where: condition(scope) };
}

/**
 * Sightings of a scope, with their `fingerprint`, `severity` and `place`. One may come twice.
 *
 * Of a build or a host what hung in its dumps is read (`FINAL`: as it was judged last), else the threads that hang.
 */
export function sightingsOf(scope: Scope, fingerprints?: readonly string[]): Source {
  const severity = scope.verdicts ? ` AND severity IN (${scope.verdicts.map((verdict) => SEVERITIES.indexOf(verdict)).join(', ')})` : '';
  const these = fingerprints === undefined ? '' : ` AND fingerprint IN ${quotedList(fingerprints)}`;
  if (table(scope) === 'dumps_by')
    return {
      from: 'dumps_by FINAL ARRAY JOIN sightings.fingerprint AS fingerprint, sightings.severity AS severity, sightings.place AS place',
      where: `${condition(scope)}${these}${severity}`,
    };
  return { from: 'threads', where: `finding = 1${these} AND ${conditionOf(scope)}${severity}` };
}

function table({ builds, hosts }: Scope): 'dumps' | 'dumps_by' {
  return builds === undefined && hosts === undefined ? 'dumps' : 'dumps_by';
}

/** Of a table that stands by builds and by hosts: one of them, and the other as a condition. */
function condition(scope: Scope): string {
  const { builds, hosts } = scope;
  if (builds) return `axis = 'build' AND name IN ${quotedList(builds)} AND ${conditionOf({ ...scope, builds: undefined })}`;
  if (hosts) return `axis = 'host' AND name IN ${quotedList(hosts)} AND ${conditionOf({ ...scope, hosts: undefined })}`;
  return conditionOf(scope);
}

/** What a scope says of rows of a table with the columns `at`, `build`, `host` and `labels`. */
export function conditionOf({ builds, hosts, since, until, labels = [] }: { readonly [K in keyof Scope]: Scope[K] | undefined }): string {
  const parts = [
    ...(builds ? [`build IN ${quotedList(builds)}`] : []),
    ...(hosts ? [`host IN ${quotedList(hosts)}`] : []),
    ...(since === undefined ? [] : [`at >= ${Math.ceil(since)}`]),
    ...(until === undefined ? [] : [`at <= ${Math.floor(until)}`]),
    ...labels.map((label) => `has(labels, ${quoted(label)})`),
  ];
  return parts.length === 0 ? '1' : parts.join(' AND ');
}
