import {
  DumpDiffs,
  Origins,
  countStatuses,
  type DiffOptions,
  type DumpDiff,
  type DumpPair,
  type ThreadChange,
  type ThreadStatus,
} from '../analysis/index.js';
import type { Dump, DumpSet, FrameIndex } from '../model/index.js';
import { frameJson, isoTime } from './documents.js';
import { documentHead, type JsonOptions } from './json.js';
import { jsonText } from './json-text.js';

export interface DiffJsonOptions extends DiffOptions, JsonOptions {
  /** Statuses to list; default all. */
  readonly only?: readonly ThreadStatus[];
}

/** Text kept before it is handed on. */
const PIECE = 1 << 16;

/** The document of `diff --json` (its schema: `schemas/diff.schema.json`), in pieces. */
export function* diffJson(set: DumpSet, pairs: readonly DumpPair[], options: DiffJsonOptions = {}): Generator<string> {
  const writer = new Writer(set, options);
  let text = `{${documentHead(options)},"sources":${jsonText(set.sources)},\n"dumps":[`;
  for (const [index, dump] of set.dumps.entries()) text += (index ? ',\n' : '\n') + dumpJson(dump, index);
  text += '],\n"pairs":[';
  for (const [i, pair] of pairs.entries()) {
    const diff = writer.diffs.of(pair);
    text += `${i ? ',\n' : '\n'}${writer.pairHead(diff)},"threads":[`;
    let first = true;
    for (const change of diff.threads) {
      if (options.only !== undefined && !options.only.includes(change.status)) continue;
      text += (first ? '\n' : ',\n') + writer.change(diff, change);
      first = false;
      if (text.length > PIECE) {
        yield text;
        text = '';
      }
    }
    text += '],"unseen":[' + diff.unseen.map((change) => writer.refs(diff, change)).join(',') + ']}';
  }
  yield `${text}]}\n`;
}

class Writer {
  readonly diffs: DumpDiffs;
  readonly #set: DumpSet;
  readonly #origins: Origins;
  readonly #appOnly: boolean;
  readonly #frames: (string | undefined)[] = [];

  constructor(set: DumpSet, options: DiffJsonOptions) {
    this.#set = set;
    this.diffs = new DumpDiffs(set, options);
    this.#origins = new Origins(set.frames, options.roots);
    this.#appOnly = options.appOnly ?? false;
  }

  pairHead(diff: DumpDiff): string {
    const { old, new: fresh, sameProcess, movedFiles } = diff;
    return jsonText({
      old,
      new: fresh,
      sameProcess,
      counts: countStatuses([diff]),
      movedFiles: Array.from(movedFiles, ([from, to]) => ({ old: from, new: to })),
    }).slice(0, -1);
  }

  change(diff: DumpDiff, change: ThreadChange): string {
    const frames: string[] = [];
    for (const { op, frame, old } of this.diffs.framesOf(diff, change)) {
      if (this.#appOnly && !this.#origins.isApplication(frame)) continue;
      const oldLine = op === 'line' && old !== null ? `,"oldLine":${this.#set.frames.lineOf(old) ?? 'null'}` : '';
      frames.push(`{"op":"${op}","frame":${this.#frame(frame)}${oldLine}}`);
    }
    return `{"status":"${change.status}",${this.refs(diff, change).slice(1, -1)},"frames":[${frames.join(',')}]}`;
  }

  /** `{"old":…,"new":…}`. */
  refs(diff: DumpDiff, change: ThreadChange): string {
    const ref = (dump: number, place: number | null): { thread: number; id: string | null; name: string | null } | null => {
      if (place === null) return null;
      const { id, name } = this.#set.dumps[dump]!.threads[place]!;
      return { thread: place, id, name };
    };
    return jsonText({ old: ref(diff.old, change.old), new: ref(diff.new, change.new) });
  }

  #frame(row: FrameIndex): string {
    return (this.#frames[row] ??= jsonText(frameJson(this.#set, row, this.#origins)));
  }
}

function dumpJson(
  { source, line, format, runtime, kind, time, timeFrom, timeZone, pid, origin, threads, threadsCut }: Dump,
  index: number,
): string {
  return jsonText({
    index,
    source,
    line,
    format,
    runtime,
    kind,
    time: isoTime(time),
    timeFrom,
    timeZone,
    pid,
    origin,
    threads: threads.length,
    threadsCut,
  });
}
