/* eslint-disable @typescript-eslint/require-await -- the interface is for stores that wait */
import { VERDICTS } from '../../src/analysis/index.js';
import {
  HANG_BELOW,
  SEVERITIES,
  type Added,
  type Answer,
  type Batch,
  type BuildRow,
  type DumpRecord,
  type Example,
  type HangRow,
  type HistoryStore,
  type Item,
  type Pruned,
  type RunRecord,
  type Scope,
  type Sighting,
  type StackRecord,
  type ThreadRecord,
} from '../../src/store/index.js';

/** A store that keeps lists and searches them: too slow for any use, and too simple to be wrong. Others are held to it. */
export class NaiveStore implements HistoryStore {
  readonly place = 'memory';
  readonly missing = [];
  readonly waiting = 0;
  readonly #dumps = new Map<string, DumpRecord>();
  readonly #stacks = new Map<string, StackRecord>();
  readonly #runs = new Map<string, RunRecord>();

  async add({ runs, stacks, dumps }: Batch): Promise<Added> {
    for (const run of runs) {
      const known = this.#runs.get(JSON.stringify([run.build, run.host])) ?? run;
      const labels = [...new Set([...known.labels, ...run.labels])].sort();
      this.#runs.set(JSON.stringify([run.build, run.host]), { ...run, labels, at: Math.min(run.at, known.at) });
    }
    for (const stack of stacks) if (!this.#stacks.has(stack.key)) this.#stacks.set(stack.key, stack);
    const sum = { dumps: 0, threads: 0, known: 0, more: 0, kept: 0 };
    for (const dump of dumps) {
      const known = this.#dumps.get(dump.key);
      if (known === undefined) {
        this.#dumps.set(dump.key, dump);
        sum.dumps++;
        sum.threads += dump.threads.length;
        continue;
      }
      sum.known++;
      const threads = known.threads.map((thread, i) => {
        const [before, now] = [SEVERITIES.indexOf(thread.verdict), SEVERITIES.indexOf(dump.threads[i]!.verdict)];
        return now < before && now < HANG_BELOW ? { ...thread, ...dump.threads[i]! } : thread;
      });
      const changed = threads.some((thread, i) => thread !== known.threads[i]);
      const verdict = changed && VERDICTS.indexOf(dump.verdict) < VERDICTS.indexOf(known.verdict) ? dump.verdict : known.verdict;
      if (changed) sum.more++;
      this.#dumps.set(dump.key, { ...known, verdict, threads });
    }
    return sum;
  }

  async builds(scope: Scope): Promise<readonly BuildRow[]> {
    const rows = groupBy(this.#inScope(scope), ({ build }) => build).map(([build, dumps]) => ({
      build,
      ...span(dumps),
      dumps: dumps.length,
      processes: distinct(dumps, ({ incident }) => incident),
    }));
    for (const [build, runs] of groupBy(
      [...this.#runs.values()].filter((run) => isIn(scope, run)),
      (run) => run.build,
    ))
      if (!rows.some((row) => row.build === build)) rows.push({ build, ...span(runs), dumps: 0, processes: 0 });
    return rows;
  }

  async hosts(scope: Scope) {
    const all = this.#sightings(scope);
    return groupBy(this.#inScope(scope), ({ host }) => host).map(([host, dumps]) => ({
      host,
      builds: distinct(dumps, ({ build }) => build),
      dumps: dumps.length,
      processes: distinct(dumps, ({ incident }) => incident),
      ...span(dumps),
      ahead: Math.max(0, ...dumps.map(({ time, added }) => (time ?? 0) - added)),
      hangs: distinct(
        all.filter((one) => one.host === host),
        ({ fingerprint }) => fingerprint,
      ),
      times: distinct(
        all.filter((one) => one.host === host),
        ({ incident }) => incident,
      ),
    }));
  }

  async hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]> {
    return groupBy(this.#sightings(scope, fingerprints), ({ fingerprint }) => fingerprint).map(([fingerprint, all]) => ({
      fingerprint,
      severity: Math.min(...all.map(({ thread }) => SEVERITIES.indexOf(thread.verdict))),
      ...counted(all),
      builds: distinct(all, ({ build }) => build),
      hosts: distinct(all, ({ host }) => host),
      ...span(all),
    }));
  }

  async inBuilds(scope: Scope, fingerprints?: readonly string[]) {
    return groupBy(this.#sightings(scope, fingerprints), ({ fingerprint }) => fingerprint).flatMap(([fingerprint, these]) =>
      groupBy(these, ({ build }) => build).map(([build, some]) => ({
        fingerprint,
        build,
        times: distinct(some, ({ incident }) => incident),
      })),
    );
  }

  async hungInBuilds(scope: Scope) {
    return groupBy(await this.inBuilds(scope), ({ build }) => build).map(([build, cells]) => ({
      build,
      hangs: cells.length,
      times: cells.reduce((sum, { times }) => sum + times, 0),
    }));
  }

  async hangByHost(scope: Scope, fingerprint: string) {
    return groupBy(this.#sightings(scope, [fingerprint]), ({ host }) => host).map(([host, all]) => ({
      host,
      ...counted(all),
      ...span(all),
    }));
  }

  async days(scope: Scope, fingerprint?: string) {
    const all = this.#sightings(scope, fingerprint === undefined ? undefined : [fingerprint]);
    return groupBy(all, ({ at }) => Math.floor(at / 86_400_000))
      .map(([day, these]) => ({
        day,
        times: distinct(these, ({ incident }) => incident),
        hangs: distinct(these, (one) => one.fingerprint),
      }))
      .sort((a, b) => a.day - b.day);
  }

  async fingerprintsLike(prefix: string, most: number): Promise<readonly string[]> {
    const all = new Set(this.#sightings({}).map(({ fingerprint }) => fingerprint));
    return [...all]
      .filter((one) => one.startsWith(prefix))
      .sort()
      .slice(0, most);
  }

  async newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]> {
    return this.#sightings(scope, [fingerprint])
      .sort((a, b) => b.at - a.at || (a.dump < b.dump ? -1 : a.dump > b.dump ? 1 : a.place - b.place))
      .slice(0, most);
  }

  async examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Example[]> {
    const newest = await Promise.all(hangs.map((hang) => this.newest(scope, hang.fingerprint, 1)));
    return newest.flat().map(({ fingerprint, at, dump, place, thread }) => ({ fingerprint, at, dump, place, thread }));
  }

  async stack(key: string): Promise<StackRecord | null> {
    return this.#stacks.get(key) ?? null;
  }

  query(): Promise<Answer> {
    throw new Error('no language');
  }

  async prune({ before, builds }: { before?: number; builds?: readonly string[] }, dry: boolean): Promise<Pruned> {
    const scope = { ...(before !== undefined && { until: before - 1 }), ...(builds && { builds }) };
    const dumps = this.#inScope(scope);
    if (!dry) {
      for (const { key } of dumps) this.#dumps.delete(key);
      const kept = [...this.#dumps.values()];
      const referred = (all: readonly DumpRecord[]) => new Set(all.flatMap(({ threads }) => threads.map(({ stack }) => stack)));
      for (const stack of referred(dumps)) if (stack !== null && !referred(kept).has(stack)) this.#stacks.delete(stack);
      for (const [key, run] of this.#runs)
        if (isIn(scope, run) && !kept.some(({ build, host }) => build === run.build && host === run.host)) this.#runs.delete(key);
    }
    return { dumps: dumps.length, threads: dumps.reduce((sum, { threads }) => sum + threads.length, 0) };
  }

  async *export(): AsyncGenerator<Item> {
    for (const run of this.#runs.values()) yield { run };
    for (const stack of this.#stacks.values()) yield { stack };
    for (const dump of this.#dumps.values()) yield { dump };
  }

  async close(): Promise<void> {
    // nothing is open
  }

  #inScope(scope: Scope): DumpRecord[] {
    return [...this.#dumps.values()].filter((dump) => isIn(scope, dump));
  }

  #sightings(scope: Scope, fingerprints?: readonly string[]): (Sighting & { thread: ThreadRecord })[] {
    return this.#inScope(scope).flatMap((dump) =>
      dump.threads.flatMap((thread, place) => {
        const { fingerprint, verdict } = thread;
        if (fingerprint === null || SEVERITIES.indexOf(verdict) >= HANG_BELOW) return [];
        if (fingerprints && !fingerprints.includes(fingerprint)) return [];
        if (scope.verdicts && !scope.verdicts.includes(verdict)) return [];
        const { key, incident, build, host, at, timeFrom, source, line, pid, reason, labels } = dump;
        return [{ fingerprint, dump: key, place, incident, build, host, at, timeFrom, source, line, pid, reason, labels, thread }];
      }),
    );
  }
}

function isIn(scope: Scope, one: { build: string | null; host: string | null; at: number; labels: readonly string[] }): boolean {
  return (
    (!scope.builds || (one.build !== null && scope.builds.includes(one.build))) &&
    (!scope.hosts || (one.host !== null && scope.hosts.includes(one.host))) &&
    (scope.since === undefined || one.at >= scope.since) &&
    (scope.until === undefined || one.at <= scope.until) &&
    (scope.labels ?? []).every((label) => one.labels.includes(label))
  );
}

function groupBy<T, K>(list: readonly T[], keyOf: (one: T) => K): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups];
}

const distinct = <T>(list: readonly T[], of: (one: T) => string | null): number => new Set(list.flatMap((one) => of(one) ?? [])).size;
const span = (list: readonly { at: number }[]) => ({
  first: Math.min(...list.map(({ at }) => at)),
  last: Math.max(...list.map(({ at }) => at)),
});
const counted = (list: readonly Sighting[]) => ({
  times: distinct(list, ({ incident }) => incident),
  dumps: distinct(list, ({ dump }) => dump),
});
