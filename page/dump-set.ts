import {
  FrameTable,
  StackTable,
  type Dump,
  type DumpSet,
  type Frame,
  type FrameIndex,
  type StackIndex,
  type Thread,
} from '../src/model/index.js';
import type { Series } from '../src/analysis/series.js';
import { THREAD_KINDS, type PageDump } from '../src/report/html/page-data.js';
import type { Model } from './model.js';

/** The page's dumps as the library has them, so that its own comparison runs here and says what the command says. */
export class PageDumpSet {
  readonly set: DumpSet;
  readonly series: readonly Series[];
  readonly #model: Model;
  readonly #frames = new FrameTable();
  readonly #stacks = new StackTable();
  readonly #frameRows: FrameIndex[];
  readonly #stackRows: (StackIndex | undefined)[] = [];
  /** Per frame of the tables: a row of the page. Frames that the comparison adds have none. */
  readonly #pageRows = new Map<FrameIndex, number>();

  constructor(model: Model) {
    this.#model = model;
    const { data } = model;
    this.#frameRows = data.frames.function.map((fn, row) => {
      const file = data.frames.file[row]!;
      const frame: Frame = {
        function: fn === -1 ? null : model.text(fn),
        file: file === -1 ? null : model.text(file),
        line: model.lineOf(row),
        column: model.columnOf(row),
      };
      const index = this.#frames.intern(frame);
      if (!this.#pageRows.has(index)) this.#pageRows.set(index, row);
      return index;
    });
    this.set = {
      frames: this.#frames,
      stacks: this.#stacks,
      sources: data.sources.map(({ path, dumps, warnings }) => ({
        path,
        dumps,
        warnings,
        bytes: 0,
        lines: 0,
        accounts: { dumps: 0, known: 0 },
        asides: [],
        asideCount: 0,
      })),
      unlistedSources: 0,
      dumps: data.dumps.map((dump) => this.#dump(dump)),
    };
    this.series = data.series.map(({ dumps, restarts, span, doubts }, s) => ({ id: `p${s + 1}`, dumps, restarts, span, doubts }));
  }

  /** The page's row of a frame; -1 where it has none. */
  pageFrame(frame: FrameIndex): number {
    return this.#pageRows.get(frame) ?? -1;
  }

  #dump({ source, line, format, runtime, kind, time, pid, origin, reason, threadsCut, who, stack, state }: PageDump): Dump {
    const { people, states, sources } = this.#model.data;
    const orNull = (row: number): string | null => (row === -1 ? null : this.#model.text(row));
    const threads = who.map((person, t): Thread => {
      const { current, truncated, activity, notes } = states[state[t] ?? 0]!;
      const main = people.main[person]!;
      return {
        id: orNull(people.id[person]!),
        name: orNull(people.name[person]!),
        kind: THREAD_KINDS[people.kind[person]!]!,
        current: current ?? false,
        truncated: truncated ?? false,
        stack: this.#stack(stack[t]!),
        nativeFrames: [],
        main: main === -1 ? null : main === 1,
        activity: activity ?? null,
        marks: [],
        locals: [],
        measures: null,
        notes: notes ?? [],
      };
    });
    return {
      source: sources[source]?.path ?? '',
      line,
      format,
      runtime,
      kind,
      time,
      timeFrom: null,
      timeZone: null,
      pid,
      runtimeVersion: null,
      origin,
      // the comparison does not look at it
      reason: reason === null ? null : { kind: 'request', text: reason.text },
      threads,
      threadsCut,
      notes: [],
    };
  }

  #stack(row: number): StackIndex {
    return (this.#stackRows[row] ??= this.#stacks.intern(this.#model.framesOf(row).map((frame) => this.#frameRows[frame]!)));
  }
}
