import path from 'node:path';
import type { ReportedDump } from '../../grammars/index.js';
import type {
  Aside,
  Dump,
  EpochMilliseconds,
  Frame,
  FrameIndex,
  LineNumber,
  StackIndex,
  Tables,
  Thread,
  TimeSource,
  Warning,
} from '../model/index.js';
import type { DumpSink, Surroundings } from './dump-sink.js';
import { NONE } from './thread-maker.js';
import { completed, findTime, findTimeInName, type FoundTime, type ZoneName } from './times.js';

/** Warnings kept for one input: a log torn in ten thousand places is told once and counted. */
const MOST_WARNINGS = 50;
/** Asides that are listed of one input; the others are counted. */
const MOST_ASIDES = 200;

export const NEWEST_FIRST_REFUSED: Warning = {
  line: null,
  code: 'newest-first',
  message: 'the log is newest first, so its stacks stand upside down and were left: turn it around (tac LOG | standstill analyze -)',
};

/** Makes the dumps of one input. */
export class SourceSink implements DumpSink {
  /** What the rows of its dumps are of. */
  tables: Tables;
  readonly #path: string;
  readonly #zone: ZoneName;
  readonly #dumps: Dump[] = [];
  /** Of dumps whose time lacks its year or date: by place in `#dumps`. */
  #partial: Map<number, FoundTime> | null = null;
  readonly #warnings: Warning[] = [];
  #warningsLeftOut = 0;
  #forward = 0;
  #backward = 0;
  #lastLine = 0;
  readonly asides: Aside[] = [];
  asideCount = 0;
  asideLines = 0;
  dumpLines = 0;

  constructor(tables: Tables, file: string, zone: ZoneName) {
    this.tables = tables;
    this.#path = file;
    this.#zone = zone;
  }

  /** Stacks stand below their heads in most dumps of the input, i.e. its last line was written first. */
  get newestFirst(): boolean {
    return this.#backward > this.#forward;
  }

  direction(forward: boolean): void {
    if (forward) this.#forward++;
    else this.#backward++;
  }

  aside(...[grammar, place, text]: Parameters<DumpSink['aside']>): void {
    this.asideCount++;
    this.asideLines += place.lines;
    if (this.asides.length < MOST_ASIDES) this.asides.push({ line: place.line, title: grammar.title, text });
  }

  /** The input was read from its end: places are those of the input as it is. */
  turnAround(lines: number): void {
    this.#lastLine = lines;
  }

  warn(warning: Warning): void {
    if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(warning);
    else this.#warningsLeftOut++;
  }

  warnings(): Warning[] {
    const warnings = this.#warnings.map((warning) => (warning.line === null ? warning : { ...warning, line: this.#lineOf(warning.line) }));
    if (this.#warningsLeftOut === 0) return warnings;
    return [
      ...warnings,
      { line: null, code: 'more-warnings', message: `${this.#warningsLeftOut} more warnings of this input were left out` },
    ];
  }

  lines(...[grammar, draft, around]: Parameters<DumpSink['lines']>): void {
    const found = timeAround(around, this.#zone);
    this.dumpLines += draft.lines;
    if (found?.found.lacks !== undefined) (this.#partial ??= new Map<number, FoundTime>()).set(this.#dumps.length, found.found);
    this.#dumps.push({
      source: this.#path,
      line: draft.line,
      format: grammar.id,
      runtime: grammar.runtime,
      kind: 'snapshot',
      time: found?.found.time ?? null,
      timeFrom: found?.from ?? null,
      timeZone: found?.found.zone ?? null,
      pid: draft.pid ?? pidAround(around),
      runtimeVersion: draft.runtimeVersion,
      origin: around.record?.source ?? null,
      reason: draft.reason,
      threads: draft.threads,
      threadsCut: draft.threadsCut,
      notes: draft.notes,
    });
  }

  report(...[grammar, dump, { line, lines }, around]: Parameters<DumpSink['report']>): void {
    const own = dump.timeText === undefined ? null : findTime(dump.timeText, this.#zone);
    const found = own !== null ? { found: own, from: 'dump' as const } : dump.time === null ? timeAround(around, this.#zone) : null;
    this.dumpLines += lines;
    if (found?.found.lacks !== undefined) (this.#partial ??= new Map<number, FoundTime>()).set(this.#dumps.length, found.found);
    for (const warning of dump.warnings) this.warn({ ...warning, line });
    this.#dumps.push({
      source: this.#path,
      line,
      format: grammar.id,
      runtime: dump.runtime ?? grammar.runtime,
      kind: dump.kind,
      time: dump.time ?? found?.found.time ?? null,
      timeFrom: dump.time === null ? (found?.from ?? null) : 'dump',
      timeZone: dump.time === null ? (found?.found.zone ?? null) : 'given',
      pid: dump.pid ?? pidAround(around),
      runtimeVersion: dump.runtimeVersion,
      origin: around.record?.source ?? null,
      reason: dump.reason,
      threads: this.#intern(dump.threads),
      threadsCut: dump.warnings.some((warning) => warning.code === 'cut-report'),
      notes: dump.notes,
    });
  }

  /** The dumps, with the times and processes that only the file itself tells. */
  finish(modified: EpochMilliseconds | null): Dump[] {
    const name = path.basename(this.#path);
    const pid = /(?:^|[._-])pid[._-]?(\d{1,10})(?!\d)/i.exec(name)?.[1];
    // beside times from the text the file's own would only look like a leap in time
    const untimed = this.#dumps.every((dump) => dump.time === null);
    const named = untimed && this.#path !== '-' ? findTimeInName(name, this.#zone) : null;
    const last = this.#dumps.length - 1;
    return this.#dumps.map((read, i) => {
      const partial = this.#partial?.get(i);
      const line = this.#lineOf(read.line);
      const time = partial === undefined ? read.time : completed(partial, modified ?? Date.now());
      const dump = line === read.line && time === read.time ? read : { ...read, line, time };
      const withPid = dump.pid === null && pid !== undefined ? { ...dump, pid: Number(pid) } : dump;
      if (dump.time !== null) return withPid;
      // a file is named when it is begun and last changed when the last dump was written
      if (named !== null && i === 0) return { ...withPid, time: named.time, timeFrom: 'file-name', timeZone: named.zone };
      if (modified !== null && named === null && untimed && i === last)
        return { ...withPid, time: modified, timeFrom: 'file-time', timeZone: 'given' };
      return withPid;
    });
  }

  /** The dumps since the last time, of an input that is still being written. */
  take(): Dump[] {
    const dumps = this.finish(null);
    this.#dumps.length = 0;
    this.#partial = null;
    return dumps;
  }

  #lineOf(line: LineNumber): LineNumber {
    return this.#lastLine === 0 ? line : this.#lastLine - line + 1;
  }

  #intern(threads: ReportedDump['threads']): Thread[] {
    // thousands of workers stand in the same frames, which are the same objects
    const rows = new Map<Frame, FrameIndex>();
    const rowOf = (frame: Frame): FrameIndex => {
      let row = rows.get(frame);
      if (row === undefined) rows.set(frame, (row = this.tables.frames.intern(frame)));
      return row;
    };
    let stack = new Int32Array(ROOM);
    const stackOf = (frames: readonly Frame[]): StackIndex => {
      const depth = frames.length;
      if (depth > stack.length) stack = new Int32Array(2 * depth);
      for (let i = 0; i < depth; i++) stack[i] = rowOf(frames[i]!);
      return this.tables.stacks.intern(stack, depth);
    };
    // each member by name, as ThreadMaker has them: all threads are then of one form, and none is made of another's copy
    return threads.map((thread) => ({
      id: thread.id,
      name: thread.name,
      kind: thread.kind ?? 'thread',
      current: thread.current,
      truncated: thread.truncated,
      stack: stackOf(thread.frames),
      nativeFrames: thread.nativeFrames,
      main: thread.main,
      activity: thread.activity,
      marks: thread.marks ?? NONE,
      locals: thread.locals ?? NONE,
      measures: thread.measures,
      notes: thread.notes,
    }));
  }
}

/** Frames of a stack that fit without making room. */
const ROOM = 64;

const SEPARATOR_LINE = /^\W*([=\-*#])\1|^\s*#/;

/** The time that stands in the collector's prefix, in a separator line or in the nearest log line above. */
function timeAround(around: Surroundings, zone: ZoneName): { found: FoundTime; from: TimeSource } | null {
  const ofRecord = around.record?.time ?? null;
  if (typeof ofRecord === 'number') return { found: { time: ofRecord, zone: 'given' }, from: 'log' };
  const inRecord = ofRecord === null ? null : findTime(ofRecord, zone);
  if (inRecord) return { found: inRecord, from: 'log' };
  const inPrefix = around.prefix === '' ? null : findTime(around.prefix, zone);
  if (inPrefix) return { found: inPrefix, from: 'log' };
  for (const line of around.above) {
    const found = findTime(line.slice(0, 400), zone);
    if (found) return { found, from: SEPARATOR_LINE.test(line) ? 'separator' : 'log' };
  }
  return null;
}

const PID_IN_PREFIX = /\[(\d{1,10})\]:|\bpid[=: ]\s?(\d{1,10})\b/;
const PID_IN_LINE = /\bpid[=: ]\s?(\d{1,10})\b/i;

function pidAround(around: Surroundings): number | null {
  if (around.record !== null && around.record.pid !== null) return around.record.pid;
  const inPrefix = around.prefix === '' ? null : PID_IN_PREFIX.exec(around.prefix);
  let pid = inPrefix?.[1] ?? inPrefix?.[2];
  for (let i = 0; i < Math.min(around.above.length, 3); i++) pid ??= PID_IN_LINE.exec(around.above[i]!.slice(0, 400))?.[1];
  return pid === undefined ? null : Number(pid);
}

/** Oldest first. A dump without a time keeps its place after the one before it in its input. */
export function oldestFirst(dumps: readonly Dump[]): readonly Dump[] {
  if (areInOrder(dumps)) return dumps;
  const keyed: { dump: Dump; key: EpochMilliseconds }[] = [];
  let source: string | null = null;
  let key = -Infinity;
  for (const dump of dumps) {
    if (dump.source !== source) {
      source = dump.source;
      key = -Infinity;
    }
    if (dump.time !== null) key = Math.max(key, dump.time);
    keyed.push({ dump, key: dump.time ?? key });
  }
  // the dumps before the first known time of an input stand directly before it
  for (let i = keyed.length - 2; i >= 0; i--) {
    const [here, after] = [keyed[i]!, keyed[i + 1]!];
    if (here.key === -Infinity && here.dump.source === after.dump.source) here.key = after.key;
  }
  return keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ dump }) => dump);
}

/** Each has a time, none an earlier one than the dump before it: what files have that are named by time. */
function areInOrder(dumps: readonly Dump[]): boolean {
  let last = -Infinity;
  for (const { time } of dumps) {
    if (time === null || time < last) return false;
    last = time;
  }
  return true;
}
