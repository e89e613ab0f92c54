import { createHash } from 'node:crypto';
import { Fingerprints, Origins, type SeriesFinding, type ThreadFinding } from '../analysis/index.js';
import type { Dump, DumpSet, EpochMilliseconds, FrameIndex, StackIndex, Thread } from '../model/index.js';
import { dumpProblems, threadRows, type ReportInput } from '../report/index.js';
import {
  MOST_FRAMES,
  keptPath,
  keptText,
  type Batch,
  type DumpRecord,
  type KeptVerdict,
  type StackRecord,
  type ThreadRecord,
} from './records.js';

/** What the caller knows of where dumps come from. */
export interface Provenance {
  readonly build: string | null;
  /** Null: each dump's own source in a collector's log, where it has one. */
  readonly host: string | null;
  /** `KEY=VALUE`. */
  readonly labels: readonly string[];
  /** When it is added; in a test, a time that stays. */
  readonly added: EpochMilliseconds;
  /**
   * The dumps as they were read, where the input tells them without names: aliases change with what is read together, identities must
   * not. The source of a log is no host then.
   */
  readonly original?: DumpSet;
}

/** Grows when equal dumps get another identity than before. */
const IDENTITY_VERSION = 1;

/**
 * What a store is told of one reading: every dump with all its threads (filters of threads do not reach it), and that this build was
 * looked at, also where there is no dump at all.
 */
export function collect(input: ReportInput, provenance: Provenance): Batch {
  return new Collector(input, provenance).collect();
}

class Collector {
  readonly #input: ReportInput;
  readonly #provenance: Provenance;
  readonly #origins: Origins;
  readonly #fingerprints: Fingerprints;
  readonly #stacks = new Map<StackIndex, StackRecord>();

  constructor(input: ReportInput, provenance: Provenance) {
    this.#input = input;
    this.#provenance = provenance;
    this.#origins = new Origins(input.whole.frames, input.judging.roots);
    this.#fingerprints = new Fingerprints(input.whole, this.#origins);
  }

  collect(): Batch {
    const { whole, stuck } = this.#input;
    const { build, host, labels, added } = this.#provenance;
    const keys = this.#keys();
    const places = new Places(stuck.series);
    const incidents = new Map<SeriesFinding, string>();
    const unclear = new Set<Thread>();
    for (const finding of stuck.series) {
      incidents.set(finding, keys[finding.series.dumps[0]!]!.slice(0, 16));
      if (finding.verdict !== 'inconclusive') continue;
      for (const problem of dumpProblems(this.#input, finding, this.#origins, this.#fingerprints))
        if (problem.thread !== null && ['fatal', 'timeout'].includes(problem.dump.reason?.kind ?? '')) unclear.add(problem.thread);
    }
    const threads = whole.dumps.map((): ThreadRecord[] => []);
    for (const { dumpIndex, thread, finding } of threadRows(whole, whole, stuck))
      threads[dumpIndex]!.push(this.#thread(thread, finding, finding !== null && places.stands(finding, dumpIndex), unclear.has(thread)));
    const dumps = whole.dumps.map((dump, i) => this.#dump(dump, keys[i]!, places.seriesOf[i] ?? null, incidents, threads[i]!));
    const hosts = new Set([...dumps.map((dump) => dump.host), ...(dumps.length === 0 ? [host] : [])]);
    return {
      runs: [...hosts].map((one) => ({
        build: build === null ? null : keptText(build),
        host: one,
        labels: labels.map(keptText).sort(),
        at: added,
      })),
      stacks: [...this.#stacks.values()],
      dumps,
    };
  }

  #dump(
    dump: Dump,
    key: string,
    series: SeriesFinding | null,
    incidents: ReadonlyMap<SeriesFinding, string>,
    threads: readonly ThreadRecord[],
  ): DumpRecord {
    const { build, labels, added } = this.#provenance;
    return {
      key,
      incident: (series === null ? undefined : incidents.get(series)) ?? key.slice(0, 16),
      build: build === null ? null : keptText(build),
      host: this.#hostOf(dump),
      labels: labels.map(keptText).sort(),
      at: dump.time === null || dump.time > added ? added : dump.time,
      time: dump.time,
      timeFrom: dump.timeFrom,
      added,
      source: keptPath(dump.source),
      line: dump.line,
      format: keptText(dump.format),
      runtime: dump.runtime,
      kind: dump.kind,
      pid: dump.pid,
      origin: dump.origin === null ? null : keptText(dump.origin),
      reason: dump.reason === null ? null : keptText(dump.reason.text),
      verdict: series?.verdict ?? 'inconclusive',
      threads,
    };
  }

  #hostOf({ origin }: Dump): string | null {
    const { host, original } = this.#provenance;
    if (host !== null) return keptText(host);
    return origin === null || original !== undefined ? null : keptText(origin);
  }

  #thread(thread: Thread, finding: ThreadFinding | null, there: boolean, unclear: boolean): ThreadRecord {
    const { frames } = this.#input.whole;
    const ranked = there ? finding : null;
    const fingerprint = ranked === null ? this.#fingerprints.ofStack(thread.stack) : this.#fingerprints.of(ranked);
    const frame = ranked?.frame ?? this.#ownFrame(thread.stack);
    const place = frame === null ? null : frames.placeOf(frame);
    return {
      id: textOrNull(thread.id),
      name: textOrNull(thread.name),
      kind: thread.kind,
      verdict: verdictOf(finding, there, unclear),
      role: ranked?.role ?? null,
      score: ranked === null ? null : Number(ranked.score.toFixed(4)),
      wait: ranked?.wait?.kind ?? null,
      waitBy: ranked?.wait === undefined || ranked.wait === null ? null : keptText(ranked.wait.by),
      fingerprint,
      function: frame === null ? null : textOrNull(frames.functionOf(frame)),
      file: place === null || place.file === null ? null : keptPath(place.file),
      line: place?.line ?? null,
      stack: thread.stack === 0 ? null : this.#stack(thread.stack).key,
    };
  }

  #ownFrame(stack: StackIndex): FrameIndex | null {
    const rows = this.#input.whole.stacks.frames(stack);
    return rows.find((row) => this.#origins.isApplication(row)) ?? rows[0] ?? null;
  }

  #stack(stack: StackIndex): StackRecord {
    let known = this.#stacks.get(stack);
    if (known === undefined) {
      const { frames, stacks } = this.#input.whole;
      const rows = Array.from(stacks.frames(stack));
      const kept = rows.slice(0, MOST_FRAMES).map((row) => {
        const { file, line } = frames.placeOf(row);
        return [textOrNull(frames.functionOf(row)), file === null ? null : keptPath(file), line] as const;
      });
      const key = createHash('sha256')
        .update(JSON.stringify([rows.length, kept]))
        .digest('hex')
        .slice(0, 16);
      this.#stacks.set(stack, (known = { key, depth: rows.length, frames: kept }));
    }
    return known;
  }

  /**
   * The identity of each dump: what it says, not where it lies. Its time counts where it was written down (not a file's time, which a
   * copy changes); equal dumps of one input are one after the other the first, the second, …, since a process that hangs writes the
   * same again.
   */
  #keys(): string[] {
    const { build, host, original: set = this.#input.whole } = this.#provenance;
    const frames: (string | undefined)[] = [];
    // as printed: a source map at hand today may be missing tomorrow
    const frameOf = (row: FrameIndex): string => (frames[row] ??= `${JSON.stringify(set.frames.get(row))}\n`);
    const times = new Map<string, number>();
    return set.dumps.map((dump) => {
      const { format, kind, runtimeVersion, pid, origin, reason, time, timeFrom, threads } = dump;
      const when = timeFrom === null || timeFrom === 'file-time' ? null : time;
      const hash = createHash('sha256');
      const say = (value: unknown): unknown => hash.update(`${JSON.stringify(value)}\n`, 'utf8');
      say(['standstill dump', IDENTITY_VERSION, build, host ?? origin]);
      say([format, kind, runtimeVersion, pid, origin, reason?.text ?? null, when]);
      for (const { id, name, stack, nativeFrames } of threads) {
        say([id, name, nativeFrames.map(({ symbol, address }) => [symbol, address])]);
        for (const row of set.stacks.frames(stack)) hash.update(frameOf(row), 'utf8');
      }
      const content = hash.digest('hex');
      const here = `${content} ${dump.source}`;
      const before = times.get(here) ?? 0;
      times.set(here, before + 1);
      return before === 0 ? content.slice(0, 32) : createHash('sha256').update(`${content} ${before}`).digest('hex').slice(0, 32);
    });
  }
}

/** Where the dumps of a set stand in their series. */
class Places {
  readonly seriesOf: SeriesFinding[] = [];
  readonly #placeOf: number[] = [];
  /** Place in the series from which on a thread stands where its finding says. */
  readonly #since = new WeakMap<ThreadFinding, number>();

  constructor(all: readonly SeriesFinding[]) {
    for (const series of all) {
      for (const [place, dump] of series.series.dumps.entries()) {
        this.seriesOf[dump] = series;
        this.#placeOf[dump] = place;
      }
    }
  }

  /** Whether a thread stands in this dump where its finding says. One that goes round in a loop is in it always. */
  stands(finding: ThreadFinding, dump: number): boolean {
    let since = this.#since.get(finding);
    if (since === undefined) this.#since.set(finding, (since = sinceWhen(finding)));
    return this.#placeOf[dump]! >= since;
  }
}

function sinceWhen({ history: { first, seen }, still, signals }: ThreadFinding): number {
  if (signals.some(({ name }) => name === 'loops')) return first;
  let left = Math.max(still, 1);
  let k = seen.length;
  while (k > 0 && left > 0) if (seen[--k]! >= 0) left--;
  return first + k;
}

function verdictOf(finding: ThreadFinding | null, there: boolean, unclear: boolean): KeptVerdict {
  const verdict = finding?.verdict ?? 'unknown';
  const bad = verdict === 'stuck' || verdict === 'suspect';
  if (bad && there) return verdict;
  if (unclear) return 'inconclusive';
  return bad ? 'progressing' : verdict;
}

const textOrNull = (text: string | null): string | null => (text === null ? null : keptText(text));
