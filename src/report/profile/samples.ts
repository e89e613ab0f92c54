import type { SeriesFinding, StuckReport, ThreadFinding } from '../../analysis/index.js';
import type { DumpSet, Seconds, StackIndex } from '../../model/index.js';
import { ProcessNames } from '../process-names.js';
import { visible } from '../terminal.js';

/**
 * Dumps as a profile: each is a sample of every thread that it shows. A sampling profiler looks at fixed intervals; dumps are
 * taken when somebody asks, so a sample stands for the time until the next dump of its process:
 *
 * - the last dump, and the last before a restart, for as long as the dumps are usually apart (the median);
 * - a gap of more than ten medians counts as one: nobody looked meanwhile (yesterday's dumps beside today's);
 * - dumps with one time share the time up to the next one equally;
 * - without times, of any process that has several dumps, each dump of all processes is one sample and nothing is said of time;
 * - a process with one dump: its sample is one second, where others have times.
 */
export interface Profile {
  /** `seconds`: times and weights are seconds. `none`: each sample weighs 1 and they follow one another. */
  readonly unit: 'seconds' | 'none';
  /** When the first dump was taken, where `unit` is seconds and that is known; times count from it. */
  readonly start: number | null;
  readonly processes: readonly ProfiledProcess[];
}

export interface ProfiledProcess {
  readonly name: string;
  readonly pid: number | null;
  /** Per dump of the process, from the start of the profile. */
  readonly times: readonly Seconds[];
  readonly weights: readonly Seconds[];
  /** The most suspicious first. */
  readonly threads: readonly ProfiledThread[];
}

export interface ProfiledThread {
  readonly finding: ThreadFinding;
  /** `worker-3 (0x7f…), stuck`. */
  readonly name: string;
  /** Its stack in each dump of the process that shows it, as places in `times`. */
  readonly samples: readonly { readonly at: number; readonly stack: StackIndex }[];
}

/** Gaps of more medians than this were pauses, not a thread that stood still. */
const LONGEST_GAP = 10;
/** Of a process with one dump, and of dumps that were all taken at one time. */
const USUAL_GAP: Seconds = 1;

/** @param whole the dumps that the findings are of, with all their threads */
export function profileOf(whole: DumpSet, stuck: StuckReport): Profile {
  const all = stuck.series;
  const timesOf = ({ series }: SeriesFinding): (number | null)[] => series.dumps.map((index) => whole.dumps[index]!.time);
  const timed =
    all.some(({ series }) => series.dumps.length > 1) &&
    all.every((one) => one.series.dumps.length < 2 || timesOf(one).every((time) => time !== null));
  const known = all.flatMap((one) => timesOf(one).filter((time) => time !== null));
  const start = timed ? known.reduce((first, time) => Math.min(first, time), Infinity) : null;
  const names = new ProcessNames(
    whole,
    all.map(({ series }) => series),
  );
  return {
    unit: timed ? 'seconds' : 'none',
    start,
    processes: all.map((one, s): ProfiledProcess => {
      const { dumps, restarts } = one.series;
      const times = dumps.map((index, k) => (start === null ? k : ((whole.dumps[index]!.time ?? start) - start) / 1000));
      return {
        name: names.of(s),
        pid: dumps.reduce<number | null>((pid, index) => whole.dumps[index]!.pid ?? pid, null),
        times,
        weights: timed ? weightsOf(times, new Set(restarts)) : dumps.map(() => 1),
        threads: one.threads.map((finding) => ({ finding, name: nameOf(finding), samples: samplesOf(whole, one, finding) })),
      };
    }),
  };
}

/** How long each dump stands for. @param times oldest first */
function weightsOf(times: readonly Seconds[], restarts: ReadonlySet<number>): Seconds[] {
  const gaps = times.slice(1).map((time, k) => Math.max(0, time - times[k]!));
  const some = gaps.filter((gap, k) => gap > 0 && !restarts.has(k + 1)).sort((a, b) => a - b);
  const usual = some[Math.floor(some.length / 2)] ?? USUAL_GAP;
  const weights = times.map((_, k) => {
    const gap = gaps[k];
    return gap === undefined || restarts.has(k + 1) || gap > LONGEST_GAP * usual ? usual : gap;
  });
  // dumps with one time: the last of them holds what all of them share
  for (let k = 0; k < times.length; k++) {
    let last = k;
    while (last + 1 < times.length && times[last + 1] === times[k] && !restarts.has(last + 1)) last++;
    const share = weights[last]! / (last - k + 1);
    for (; k < last; k++) weights[k] = share;
    weights[last] = share;
  }
  return weights;
}

function samplesOf(whole: DumpSet, { series }: SeriesFinding, { history }: ThreadFinding): ProfiledThread['samples'] {
  return history.seen.flatMap((place, i) => {
    if (place < 0) return [];
    const at = history.first + i;
    return { at, stack: whole.dumps[series.dumps[at]!]!.threads[place]!.stack };
  });
}

function nameOf({ history: { ids, name }, verdict }: ThreadFinding): string {
  const id = ids.at(-1) ?? null;
  const who = name === null ? (id ?? 'thread without id') : id === null ? name : `${name} (${id})`;
  return `${visible(who)}, ${verdict}`;
}
