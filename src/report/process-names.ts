import path from 'node:path';
import type { Series } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { visible } from './terminal.js';

/** Names in a list before the rest is counted. */
const MOST_NAMES = 8;

/** `worker.log.1.gz` keeps its number, which tells it from others. */
function withoutEndings(name: string): string {
  const parts = name.split('.');
  const end = parts.findLastIndex((part) => !/^(?:log|txt|json|gz|zst|xz|bz2|dump|out|err)$/.test(part));
  return parts.slice(0, end + 1).join('.');
}

/** What to call the processes of a set: by the source in the log, else the process id, else the input's name, whichever tells them apart. */
export class ProcessNames {
  readonly #names: readonly string[];

  constructor(set: DumpSet, series: readonly Series[]) {
    const newest = series.map(({ dumps }) => set.dumps[dumps.at(-1)!]!);
    const candidates = [
      newest.map(({ origin }) => origin),
      newest.map(({ pid }) => (pid === null ? null : `pid ${pid}`)),
      newest.map(({ source }) => withoutEndings(path.basename(source))),
      newest.map(({ source }) => path.basename(source)),
    ];
    const distinct = candidates.find((names) => names.every((name) => name !== null) && new Set(names).size === names.length);
    this.#names = (distinct ?? series.map(({ id }) => `process ${id.replace(/^p/, '')}`)).map((name) => visible(name ?? ''));
  }

  get size(): number {
    return this.#names.length;
  }

  of(series: number): string {
    return listed([this.#names[series] ?? '?']);
  }

  /** `ranks 0–2, 4`, `pids 17, 23`, `all 8 processes`. */
  list(series: Iterable<number>): string {
    const which = [...new Set(series)].sort((a, b) => a - b);
    if (which.length === this.size && this.size > 2) return `all ${this.size} processes`;
    return listed(which.map((index) => this.#names[index] ?? '?'));
  }
}

/** Names as a list; those that differ in a number at their end only are drawn together, but not what is a version. */
function listed(names: readonly string[]): string {
  const byPrefix = new Map<string, number[]>();
  for (const name of names) {
    const [, prefix = name, number] = /^(.*?)(?:0|([1-9]\d{0,14}))?$/.exec(name) ?? [];
    const numbered = number !== undefined || /(?<!\d)0$/.test(name);
    const key = numbered && !prefix.endsWith('.') ? prefix : name;
    const numbers = byPrefix.get(key) ?? [];
    if (key !== name || (numbered && prefix === name)) numbers.push(Number(number ?? 0));
    byPrefix.set(key, numbers);
  }
  const parts = [...byPrefix].flatMap(([prefix, numbers]) =>
    numbers.length === 0 ? [prefix] : [`${headOf(prefix, numbers.length)}${ranges(numbers)}`],
  );
  const shown = parts.slice(0, MOST_NAMES).join(', ');
  return parts.length > MOST_NAMES ? `${shown} and ${parts.length - MOST_NAMES} more` : shown;
}

/** `rank` → `rank ` or `ranks `; what ends in another sign than a letter stays: `worker-`. */
function headOf(prefix: string, numbers: number): string {
  const [, word] = /([A-Za-z]) ?$/.exec(prefix) ?? [];
  if (word === undefined) return prefix;
  return `${prefix.trimEnd()}${numbers > 1 && /^[A-Za-z ]+$/.test(prefix) ? 's' : ''} `;
}

function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const number of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  const shown = runs
    .slice(0, MOST_NAMES)
    .map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`));
  return `${shown.join(', ')}${runs.length > MOST_NAMES ? ' …' : ''}`;
}
