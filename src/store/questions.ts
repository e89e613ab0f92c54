import type { EpochMilliseconds } from '../model/index.js';
import { orderBuilds } from './builds.js';
import { SEVERITIES, type KeptVerdict, type StackRecord } from './records.js';
import {
  StoreError,
  type DayRow,
  type Example,
  type HangHostRow,
  type HangRow,
  type HistoryStore,
  type HostRow,
  type InBuild,
  type Scope,
  type Sighting,
} from './store.js';

/** What the store holds that an answer is of. */
export interface Extent {
  /** Builds that were looked at, hang or not. */
  readonly builds: number;
  readonly dumps: number;
  readonly processes: number;
}

/** One hang, over all that was added. */
export interface Hang {
  readonly fingerprint: string;
  readonly verdict: KeptVerdict;
  /** Processes that hung there. */
  readonly times: number;
  readonly dumps: number;
  readonly builds: number;
  readonly hosts: number;
  readonly firstBuild: string | null;
  readonly lastBuild: string | null;
  readonly first: EpochMilliseconds;
  readonly last: EpochMilliseconds;
  /** One of its newest sightings. */
  readonly example: Example;
}

export interface Listing {
  readonly extent: Extent;
  /** Most often first. */
  readonly hangs: readonly Hang[];
  /** Those beyond the limit. */
  readonly unlisted: number;
}

/** How often something was seen in each build, oldest build first. */
export interface BuildCount {
  readonly build: string;
  readonly times: number;
  /** Dumps of the build, whatever they show. */
  readonly dumps: number;
  readonly processes: number;
}

export interface Shown {
  readonly hang: Hang;
  readonly extent: Extent;
  readonly builds: readonly BuildCount[];
  readonly hosts: readonly HangHostRow[];
  readonly days: readonly DayRow[];
  readonly sightings: readonly Sighting[];
  readonly stack: StackRecord | null;
}

export interface Trend {
  readonly extent: Extent;
  /** All hangs together. */
  readonly builds: readonly (BuildCount & { readonly hangs: number })[];
  readonly days: readonly DayRow[];
  /** Most often first, each with its processes in each of the builds. */
  readonly hangs: readonly { readonly hang: Hang; readonly times: readonly number[] }[];
  readonly unlisted: number;
}

export interface News {
  readonly since: string;
  /** The build before it, null when there is none. */
  readonly before: string | null;
  /** Builds from `since` on. */
  readonly builds: number;
  /** Not seen before. */
  readonly fresh: readonly Hang[];
  /** Seen in the build before, not since. */
  readonly gone: readonly Hang[];
  /** Seen before, not in the build before, and again. */
  readonly back: readonly Hang[];
  /** Seen in the build before and since. */
  readonly still: readonly Hang[];
}

/** Hangs that are listed at most, however many are asked for: an example is looked up for each. */
export const MOST_HANGS = 1000;

/** Which hangs there are, most often first. */
export async function listHangs(store: HistoryStore, scope: Scope, limit: number): Promise<Listing> {
  const [builds, rows] = [await store.builds(scope), await store.hangs(scope)];
  const sorted = [...rows].sort(byTimes);
  const listed = sorted.slice(0, Math.min(limit, MOST_HANGS));
  const order = orderBuilds(builds).map(({ build }) => build);
  return {
    extent: extentOf(builds),
    hangs: await hangsOf(store, scope, listed, order),
    unlisted: sorted.length - listed.length,
  };
}

/**
 * All on one hang.
 *
 * @param text its fingerprint, or the beginning of one that no other begins with
 * @throws StoreError `no-hang`
 */
export async function showHang(store: HistoryStore, scope: Scope, text: string, most: number): Promise<Shown> {
  const fingerprint = await fingerprintOf(store, text);
  const [row] = await store.hangs(scope, [fingerprint]);
  if (row === undefined)
    throw new StoreError('no-hang', `${fingerprint} was not seen in what is asked for`, 'ask for more builds, hosts or days');
  const [all, cells] = [await store.builds(scope), await store.inBuilds(scope, [fingerprint])];
  const builds = orderBuilds(all);
  const [hang] = await hangsOf(
    store,
    scope,
    [row],
    builds.map(({ build }) => build),
    cells,
  );
  const times = new Map(cells.map(({ build, times: here }) => [build, here]));
  const sightings = await store.newest(scope, fingerprint, most);
  const { stack } = hang!.example.thread;
  return {
    hang: hang!,
    extent: extentOf(all),
    builds: builds.map(({ build, dumps, processes }) => ({ build, dumps, processes, times: times.get(build) ?? 0 })),
    hosts: [...(await store.hangByHost(scope, fingerprint))].sort((a, b) => b.times - a.times || compare(a.host, b.host)),
    days: await store.days(scope, fingerprint),
    sightings,
    stack: stack === null ? null : await store.stack(stack),
  };
}

/** @throws StoreError `no-hang` */
async function fingerprintOf(store: HistoryStore, text: string): Promise<string> {
  const hint = 'fingerprints are in: standstill history list';
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{1,16}$/.test(prefix)) throw new StoreError('no-hang', `${text} is no fingerprint`, hint);
  if (prefix.length === 16) return prefix;
  const like = await store.fingerprintsLike(prefix, 2);
  if (like.length === 0) throw new StoreError('no-hang', `no hang ${text} in ${store.place}`, hint);
  if (like.length > 1) throw new StoreError('no-hang', `several fingerprints begin with ${text}`, `give more of it, as ${like[0]!}`);
  return like[0]!;
}

/** How hangs come and go over the builds. */
export async function trendOf(store: HistoryStore, scope: Scope, limit: number): Promise<Trend> {
  const [all, rows] = [await store.builds(scope), await store.hangs(scope)];
  const builds = orderBuilds(all);
  const names = builds.map(({ build }) => build);
  const sorted = [...rows].sort(byTimes);
  const listed = sorted.slice(0, Math.min(limit, MOST_HANGS));
  const cells = await store.inBuilds(
    scope,
    listed.map(({ fingerprint }) => fingerprint),
  );
  const hung = new Map((await store.hungInBuilds(scope)).map((one) => [one.build, one]));
  const times = new Map(cells.map((cell) => [`${cell.fingerprint} ${cell.build}`, cell.times]));
  return {
    extent: extentOf(all),
    builds: builds.map(({ build, dumps, processes }) => {
      const { hangs = 0, times: here = 0 } = hung.get(build) ?? {};
      return { build, dumps, processes, hangs, times: here };
    }),
    days: await store.days(scope),
    hangs: (await hangsOf(store, scope, listed, names, cells)).map((hang) => ({
      hang,
      times: names.map((name) => times.get(`${hang.fingerprint} ${name}`) ?? 0),
    })),
    unlisted: sorted.length - listed.length,
  };
}

/**
 * Which hangs are new since a build, which have gone, which came back.
 *
 * @throws StoreError `no-build`
 */
export async function newsSince(store: HistoryStore, scope: Scope, since: string): Promise<News> {
  const builds = orderBuilds(await store.builds(scope)).map(({ build }) => build);
  const at = builds.indexOf(since);
  if (at === -1) {
    const last = builds.slice(-3).reverse();
    throw new StoreError(
      'no-build',
      `no build ${since} in ${store.place}`,
      last.length === 0 ? 'name builds when adding: standstill history add PATH… --build ID' : `the newest builds are ${last.join(', ')}`,
    );
  }
  const place = new Map(builds.map((build, i) => [build, i]));
  const [rows, cells] = [await store.hangs(scope), await store.inBuilds(scope)];
  const seen = new Map<string, number[]>(rows.map(({ fingerprint }) => [fingerprint, []]));
  for (const { fingerprint, build } of cells) {
    const i = build === null ? undefined : place.get(build);
    if (i !== undefined) seen.get(fingerprint)?.push(i);
  }
  const groups: Record<'fresh' | 'gone' | 'back' | 'still', HangRow[]> = { fresh: [], gone: [], back: [], still: [] };
  for (const row of [...rows].sort(byTimes)) {
    const where = seen.get(row.fingerprint)!;
    const [before, directly, after] = [where.some((i) => i < at), where.includes(at - 1), where.some((i) => i >= at)];
    if (after && !before) groups.fresh.push(row);
    else if (after) groups[directly ? 'still' : 'back'].push(row);
    else if (directly) groups.gone.push(row);
  }
  const hangs = (rows: readonly HangRow[]): Promise<readonly Hang[]> => hangsOf(store, scope, rows.slice(0, MOST_HANGS), builds, cells);
  return {
    since,
    before: builds[at - 1] ?? null,
    builds: builds.length - at,
    fresh: await hangs(groups.fresh),
    gone: await hangs(groups.gone),
    back: await hangs(groups.back),
    still: await hangs(groups.still),
  };
}

export interface Hosts {
  readonly extent: Extent;
  /** Those with most hangs first. */
  readonly hosts: readonly HostRow[];
}

/** Which hosts hang. */
export async function hostsOf(store: HistoryStore, scope: Scope): Promise<Hosts> {
  const hosts = [...(await store.hosts(scope))].sort((a, b) => b.times - a.times || b.processes - a.processes || compare(a.host, b.host));
  return { extent: extentOf(await store.builds(scope)), hosts };
}

/** What a store says of hangs by their fingerprints, for reports that mark what is known. */
export async function knownHangs(store: HistoryStore, fingerprints: readonly string[]): Promise<ReadonlyMap<string, Hang>> {
  const scope: Scope = {};
  const [builds, rows] = [await store.builds(scope), await store.hangs(scope, fingerprints)];
  const order = orderBuilds(builds).map(({ build }) => build);
  const hangs = await hangsOf(store, scope, rows, order);
  return new Map(hangs.map((hang) => [hang.fingerprint, hang]));
}

async function hangsOf(
  store: HistoryStore,
  scope: Scope,
  rows: readonly HangRow[],
  order: readonly string[],
  known?: readonly InBuild[],
): Promise<readonly Hang[]> {
  if (rows.length === 0) return [];
  const examples = new Map((await store.examples(scope, rows)).map((sighting) => [sighting.fingerprint, sighting]));
  const place = new Map(order.map((build, i) => [build, i]));
  const prints = rows.map(({ fingerprint }) => fingerprint);
  const spans = new Map(prints.map((print) => [print, { first: Infinity, last: -1 }]));
  for (const { fingerprint, build } of known ?? (await store.inBuilds(scope, prints))) {
    const [span, i] = [spans.get(fingerprint), build === null ? undefined : place.get(build)];
    if (span === undefined || i === undefined) continue;
    [span.first, span.last] = [Math.min(span.first, i), Math.max(span.last, i)];
  }
  return rows.flatMap(({ severity, ...row }) => {
    const example = examples.get(row.fingerprint);
    // it was taken out between two questions
    if (example === undefined) return [];
    const { first, last } = spans.get(row.fingerprint)!;
    const verdict = SEVERITIES[severity] ?? 'unknown';
    return [{ ...row, verdict, firstBuild: order[first] ?? null, lastBuild: order[last] ?? null, example }];
  });
}

function extentOf(builds: readonly { readonly build: string | null; readonly dumps: number; readonly processes: number }[]): Extent {
  return {
    builds: builds.filter(({ build }) => build !== null).length,
    dumps: builds.reduce((sum, { dumps }) => sum + dumps, 0),
    processes: builds.reduce((sum, { processes }) => sum + processes, 0),
  };
}

/** Most often first; of those the newest; the order does not depend on the store's. */
function byTimes(a: HangRow, b: HangRow): number {
  return b.times - a.times || b.last - a.last || compare(a.fingerprint, b.fingerprint);
}

const compare = (a: string | null, b: string | null): number => (a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1);
