import type { BuildRow } from './store.js';

/**
 * Builds in the order in which they were made, oldest first, those without a name left out.
 *
 * Names that differ in numbers alone (`812`, `v2.10.0`, `nightly-2026-11-23`) are in the order of these numbers, which no clock can
 * disturb. Others (commit hashes, or names of several kinds) are in the order of the earliest time that is known of them.
 */
export function orderBuilds(rows: readonly BuildRow[]): readonly (BuildRow & { readonly build: string })[] {
  const named = rows.flatMap((row) => (row.build === null ? [] : [{ ...row, build: row.build }]));
  const shapes = new Set(named.map(({ build }) => build.replaceAll(/\d+/g, '#')));
  const numbered = shapes.size === 1 && shapes.values().next().value!.includes('#');
  return named.sort((a, b) => (numbered ? 0 : a.first - b.first) || byNumbers(a.build, b.build));
}

function byNumbers(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (const [i, number] of left.entries()) {
    const other = right[i] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const numbersOf = (text: string): bigint[] => Array.from(text.matchAll(/\d+/g), ([digits]) => BigInt(digits));
