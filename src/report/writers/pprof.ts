import { gzipSync } from 'node:zlib';
import { Function as PprofFunction, Label, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import type { DumpSet, FrameIndex, StackIndex } from '../../model/index.js';
import { profileOf } from '../profile/samples.js';
import { visible } from '../terminal.js';
import type { ReportInput, ReportWriter } from './writer.js';

/**
 * https://github.com/google/pprof/blob/main/proto/profile.proto, gzipped, for `go tool pprof` and the viewers that read it.
 * A sample for each stack of each thread, with how many dumps show it and, where the dumps have times, for how long; its
 * labels say which thread and process, and what was found of it (`-tagfocus=verdict:stuck`).
 */
export const pprof: ReportWriter = {
  id: 'pprof',
  title: 'a profile for pprof and its like (gzipped protobuf)',
  extension: 'pb.gz',
  binary: true,
  *write(input) {
    yield gzipSync(profile(input).encode());
  },
};

function profile({ whole, stuck }: ReportInput): Profile {
  const { unit, start, processes } = profileOf(whole, stuck);
  const strings = new StringTable();
  const text = (value: string): number => strings.dedup(value);
  const tables = new PprofTables(whole, strings);
  const timed = unit === 'seconds';
  const label = (key: string, value: string | null): Label[] =>
    value === null ? [] : [new Label({ key: text(key), str: text(visible(value)) })];
  const samples: Sample[] = [];
  let last = 0;
  for (const { name, pid, times, weights, threads } of processes) {
    last = Math.max(last, (times.at(-1) ?? 0) + (weights.at(-1) ?? 0));
    for (const { finding, samples: shown } of threads) {
      const sums = new Map<StackIndex, { count: number; seconds: number }>();
      for (const { at, stack } of shown) {
        const sum = sums.get(stack) ?? { count: 0, seconds: 0 };
        sums.set(stack, sum);
        sum.count++;
        sum.seconds += weights[at]!;
      }
      const { history, verdict, wait } = finding;
      const labels = [
        ...label('thread', history.name ?? history.ids.at(-1) ?? 'thread without id'),
        ...label('thread_id', history.ids.at(-1) ?? null),
        ...label('process', processes.length > 1 ? name : null),
        ...(pid === null ? [] : [new Label({ key: text('pid'), num: pid })]),
        ...label('verdict', verdict),
        ...label('wait', wait?.kind ?? null),
      ];
      for (const [stack, { count, seconds }] of sums) {
        if (stack === 0) continue;
        const value = timed ? [count, Math.round(seconds * 1e9)] : [count];
        samples.push(new Sample({ locationId: tables.locations(stack), value, label: labels }));
      }
    }
  }
  const count = new ValueType({ type: text('samples'), unit: text('count') });
  const wall = new ValueType({ type: text('wall'), unit: text('nanoseconds') });
  return new Profile({
    sampleType: timed ? [count, wall] : [count],
    sample: samples,
    location: tables.location,
    function: tables.function,
    stringTable: strings,
    ...(start !== null && { timeNanos: BigInt(Math.round(start)) * 1_000_000n }),
    ...(timed && { durationNanos: Math.round(last * 1e9), defaultSampleType: text('wall') }),
    periodType: count,
    period: 1,
  });
}

/** Frames as pprof has them: a location is a line of a function. Rows count from 1. */
class PprofTables {
  readonly location: Location[] = [];
  readonly function: PprofFunction[] = [];
  readonly #set: DumpSet;
  readonly #strings: StringTable;
  readonly #locations = new Map<FrameIndex, number>();
  readonly #functions = new Map<string, number>();

  constructor(set: DumpSet, strings: StringTable) {
    this.#set = set;
    this.#strings = strings;
  }

  /** The innermost first, as stacks are kept. */
  locations(stack: StackIndex): number[] {
    return Array.from(this.#set.stacks.frames(stack), (frame) => this.#location(frame));
  }

  #location(frame: FrameIndex): number {
    const known = this.#locations.get(frame);
    if (known !== undefined) return known;
    const fn = this.#set.frames.functionOf(frame);
    const { file, line, column } = this.#set.frames.placeOf(frame);
    const id = this.location.length + 1;
    const lines = [new Line({ functionId: this.#function(fn, file), line: line ?? 0, column: column ?? 0 })];
    this.location.push(new Location({ id, line: lines }));
    this.#locations.set(frame, id);
    return id;
  }

  #function(fn: string | null, file: string | null): number {
    const [name, path] = [visible(fn ?? '(anonymous)') || "''", visible(file ?? '')];
    const key = `${name}\n${path}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const id = this.function.length + 1;
    // pprof takes names in angle brackets (`<module>`) for C++ templates and drops them, unless the system's name is another
    this.function.push(
      new PprofFunction({
        id,
        name: this.#strings.dedup(name),
        systemName: this.#strings.dedup(`${path}:${name}`),
        filename: this.#strings.dedup(path),
      }),
    );
    this.#functions.set(key, id);
    return id;
  }
}
