import path from 'node:path';
import { count, duration, isoTime, plain, plainPath, waitWords } from '../../report/index.js';
import type { KeptVerdict } from '../records.js';
import type { Extent, Hang, Hosts, Listing, News, Shown } from '../questions.js';
import type { Example } from '../store.js';

/** What is said of a build or a host that was not named. */
export const NOT_SAID = '–';

/** `order_service.py:32`; nothing of a dump acts in it. */
export function spotOf({ thread: { file, line } }: Example, whole = false): string {
  if (file === null) return '???';
  return `${plainPath(whole ? file : path.posix.basename(file.replaceAll('\\', '/')))}${line === null ? '' : `:${line}`}`;
}

export function functionOf({ thread }: Example): string {
  return thread.function === null ? '(anonymous)' : plain(thread.function, 200);
}

/** `waits for a lock, in threading.Lock.acquire`; null where it is not known. */
export function waitOf({ thread: { wait, waitBy } }: Example): string | null {
  if (wait === null || wait === 'unknown') return null;
  return `${waitWords(wait)}${waitBy === null || waitBy === wait ? '' : `, in ${plain(waitBy, 200)}`}`;
}

/** A build or a host by its name. */
export function nameOf(name: string | null): string {
  return name === null ? NOT_SAID : plain(name, 100);
}

const VERDICT_WORDS: Partial<Record<KeptVerdict, string>> = { stuck: 'STUCK', suspect: 'suspect', inconclusive: 'unclear' };

/** As tables have it: `STUCK`, `suspect`, `unclear`. */
export function verdictWord(verdict: KeptVerdict): string {
  return VERDICT_WORDS[verdict] ?? verdict;
}

/** `2026-11-23 09:30Z`. */
export function minute(time: number): string {
  return `${isoTime(time)?.slice(0, 16).replace('T', ' ') ?? NOT_SAID}${isoTime(time) === null ? '' : 'Z'}`;
}

/** `60 builds, 180 dumps of 60 processes`. */
function extentText({ builds, dumps, processes }: Extent): string {
  const of = `${count(dumps, 'dump')} of ${count(processes, 'process', 'processes')}`;
  return builds === 0 ? of : `${count(builds, 'build')}, ${of}`;
}

/** `14 times in 14 of 60 builds on 2 hosts, since build 812`. */
export function knownText({ times, builds, hosts, firstBuild, first }: Omit<Hang, 'example' | 'verdict'>, allBuilds: number): string {
  const often = times === 1 ? 'once' : `${times} times`;
  const inBuilds = builds === 0 ? '' : ` in ${builds} of ${count(allBuilds, 'build')}`;
  const onHosts = hosts === 0 ? '' : ` on ${count(hosts, 'host')}`;
  return `${often}${inBuilds}${onHosts}, since ${firstBuild === null ? minute(first) : `build ${nameOf(firstBuild)}`}`;
}

const BARS = '▁▂▃▄▅▆▇█';
/** Bars that a line has room for; of more, neighbours are put together. */
const MOST_BARS = 40;

/** Numbers as a row of bars, oldest first; a dot is none. */
export function bars(values: readonly number[], most = MOST_BARS): string {
  const size = Math.max(1, Math.ceil(values.length / most));
  const sums: number[] = [];
  for (let i = 0; i < values.length; i += size) sums.push(values.slice(i, i + size).reduce((sum, value) => sum + value, 0));
  const top = Math.max(1, ...sums);
  return sums.map((sum) => (sum === 0 ? '·' : BARS[Math.ceil((sum / top) * BARS.length) - 1]!)).join('');
}

/** A clock is said to be ahead from a minute on: machines in step differ by less. */
const LEAST_SKEW = 60_000;

/** `3 hangs in 60 builds, …` */
export function listTitle({
  extent,
  hangs,
  unlisted,
}: Pick<Listing, 'extent' | 'unlisted'> & { readonly hangs: readonly unknown[] }): string {
  const all = hangs.length + unlisted;
  return `${all === 0 ? 'no hang' : count(all, 'hang')} in ${extentText(extent)}`;
}

/** `since build 860: 1 new, …` */
export function newsTitle({ since, builds, fresh, back, gone, still }: News): string {
  const parts = [`${fresh.length} new`, `${back.length} came back`, `${gone.length} gone`, `${still.length} still there`];
  return `since build ${nameOf(since)}${builds > 1 ? ` (${count(builds, 'build')})` : ''}: ${parts.join(', ')}`;
}

/** `2 hosts of 5 with a hang, …` */
export function hostsTitle({ extent, hosts }: Hosts): string {
  const hung = hosts.filter(({ times }) => times > 0).length;
  return `${hung === 0 ? 'no host' : count(hung, 'host')} of ${hosts.length} with a hang, in ${extentText(extent)}`;
}

/** `STUCK acquire shop.py:25: 14 times in …` */
export function showTitle({ hang, extent }: Shown): string {
  return `${verdictWord(hang.verdict)} ${functionOf(hang.example)} ${spotOf(hang.example)}: ${knownText(hang, extent.builds)}`;
}

/** The table of `history hosts`: a column for the clock only where one is ahead. */
export function hostTableOf({ hosts }: Hosts): { readonly head: string[]; readonly rows: (string | number)[][]; readonly skewed: boolean } {
  const skewed = hosts.some(({ ahead }) => ahead >= LEAST_SKEW);
  return {
    head: ['host', 'hung', 'hangs', 'processes', 'dumps', 'builds', 'last', ...(skewed ? ['clock'] : [])],
    rows: hosts.map((row) => [
      nameOf(row.host),
      row.times,
      row.hangs,
      row.processes,
      row.dumps,
      row.builds,
      minute(row.last),
      ...(skewed ? [row.ahead >= LEAST_SKEW ? `${duration(row.ahead / 1000)} ahead` : ''] : []),
    ]),
    skewed,
  };
}
