import type { Dump, DumpSet, Seconds } from '../model/index.js';

/** Dumps that show one process over time. */
export interface Series {
  readonly id: string;
  /** Places in `DumpSet.dumps`, oldest first. */
  readonly dumps: readonly number[];
  /** From the first to the last dump; null when fewer than two of them have a time. */
  readonly span: Seconds | null;
}

/** Two dumps without a process id are of one process when they share this part of the smaller one's thread ids. */
const SHARED_IDS = 0.3;

interface OpenSeries {
  last: Dump;
  /** Thread ids of the last dump. */
  ids: ReadonlySet<string>;
  readonly dumps: number[];
}

/**
 * Which dumps show the same process. A process id decides where both dumps have one; else their thread ids, which live as
 * long as their threads. Dumps that show nothing to compare by (no id on any thread) belong together within one input.
 */
export function seriesOf(set: DumpSet): Series[] {
  const open: OpenSeries[] = [];
  // only series that have something in common with a dump are compared with it: a folder may hold thousands of processes
  const known = new Map<string, number>();
  for (const [index, dump] of set.dumps.entries()) {
    const ids = new Set(dump.threads.flatMap((thread) => thread.id ?? []));
    const traits = [`source ${dump.source}`, ...(dump.pid === null ? [] : [`pid ${dump.pid}`]), ...Array.from(ids, (id) => `thread ${id}`)];
    const candidates = [...new Set(traits.flatMap((trait) => known.get(trait) ?? []))].sort((a, b) => b - a);
    let at = candidates.find((candidate) => sameProcess(open[candidate]!.last, open[candidate]!.ids, dump, ids));
    if (at === undefined) {
      at = open.length;
      open.push({ last: dump, ids, dumps: [] });
    }
    open[at]!.dumps.push(index);
    open[at]!.last = dump;
    open[at]!.ids = ids;
    for (const trait of traits) known.set(trait, at);
  }
  return open.map(({ dumps }, i) => ({ id: `p${i + 1}`, dumps, span: spanOf(dumps.map((index) => set.dumps[index]!)) }));
}

function sameProcess(before: Dump, idsBefore: ReadonlySet<string>, dump: Dump, ids: ReadonlySet<string>): boolean {
  if (before.runtime !== dump.runtime || before.origin !== dump.origin) return false;
  if (before.pid !== null && dump.pid !== null) return before.pid === dump.pid;
  if (ids.size === 0 || idsBefore.size === 0) return before.source === dump.source;
  let shared = 0;
  for (const id of ids) if (idsBefore.has(id)) shared++;
  return shared >= Math.max(1, SHARED_IDS * Math.min(ids.size, idsBefore.size));
}

function spanOf(dumps: readonly Dump[]): Seconds | null {
  const times = dumps.flatMap((dump) => dump.time ?? []);
  return times.length < 2 ? null : (times.at(-1)! - times[0]!) / 1000;
}
