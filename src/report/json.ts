import {
  Fingerprints,
  Origins,
  StackIds,
  findStuck,
  groupThreads,
  shownFindings,
  type Grouping,
  type Hidden,
  type StuckOptions,
  type StuckReport,
} from '../analysis/index.js';
import type { Bytes, Dump, DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';
import { SCHEMA_VERSION, frameJson, isoTime } from './documents.js';
import { seriesFindingJson } from './series-json.js';
import type { KnownHang } from './writers/writer.js';
import { jsonText } from './json-text.js';

const CHUNK_BYTES: Bytes = 256 << 10;

/**
 * Bytes of a document on their way out: a document of a thousand dumps is never held as one text. One chunk is used
 * again and again, so a chunk that was taken is valid until the next one is asked for.
 */
class Chunks {
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used: Bytes = 0;
  /** What did not fit behind the chunk's content, in order. */
  #more: Buffer[] = [];

  text(text: string): void {
    // at most three bytes a UTF-16 unit
    if (this.#more.length === 0 && text.length * 3 <= CHUNK_BYTES - this.#used) this.#used += this.#chunk.write(text, this.#used, 'utf8');
    else this.bytes(Buffer.from(text, 'utf8'));
  }

  bytes(bytes: Buffer): void {
    if (this.#more.length > 0 || bytes.length > CHUNK_BYTES - this.#used) this.#more.push(bytes);
    else {
      bytes.copy(this.#chunk, this.#used);
      this.#used += bytes.length;
    }
  }

  /** The chunk, when it is full. To be called after every row, so that little has to wait behind it. */
  *takeFull(): Generator<Buffer> {
    if (this.#more.length > 0) yield* this.take();
  }

  *take(): Generator<Buffer> {
    yield this.#chunk.subarray(0, this.#used);
    this.#used = 0;
    const more = this.#more;
    this.#more = [];
    for (const bytes of more) {
      if (bytes.length <= CHUNK_BYTES - this.#used) this.bytes(bytes);
      else {
        if (this.#used > 0) yield this.#chunk.subarray(0, this.#used);
        this.#used = 0;
        if (bytes.length > CHUNK_BYTES) yield bytes;
        else this.bytes(bytes);
      }
    }
  }
}

export interface JsonOptions extends StuckOptions {
  /** Reading was interrupted: what was found so far. */
  readonly interrupted?: boolean;
  /** What filters hid, and the dumps with all their threads, which are judged (default: the set). */
  readonly hidden?: Hidden;
  readonly whole?: DumpSet;
  /** Findings of the threads that the filters left, where they are known already. */
  readonly stuck?: StuckReport;
  readonly grouping?: Grouping;
  /** What was known of places to hang in before, by fingerprint. */
  readonly history?: ReadonlyMap<string, KnownHang>;
  /** Stacks without the frames of libraries and runtimes. */
  readonly appOnly?: boolean;
}

/** The head that all documents share: version, and what may be missing in them. */
export function documentHead({ interrupted, hidden }: JsonOptions): string {
  const parts = [`"schemaVersion":${SCHEMA_VERSION}`];
  if (interrupted) parts.push('"interrupted":true');
  if (hidden !== undefined && hidden.by.length > 0) parts.push(`"hidden":${jsonText(hidden)}`);
  return parts.join(',');
}

/** The document of `analyze --json` (its schema: `schemas/analyze.schema.json`), as UTF-8 chunks. */
export function* analyzeJson(set: DumpSet, options: JsonOptions = {}): Generator<Buffer> {
  for (const chunk of analyzeJsonInPlace(set, options)) yield Buffer.from(chunk);
}

/** The same for a writer that is done with a chunk when it asks for the next: a chunk's memory is used again. */
export function* analyzeJsonInPlace(set: DumpSet, options: JsonOptions = {}): Generator<Buffer> {
  const out = new Chunks();
  const stacks = new StackTexts(set, new Origins(set.frames, options.roots), options.appOnly ?? false);
  const ids = new StackIds(set);
  out.text(`{${documentHead(options)},"sources":[`);
  for (const [i, source] of set.sources.entries()) {
    out.text((i ? ',\n' : '\n') + jsonText(source));
    yield* out.takeFull();
  }
  out.text(`],${set.unlistedSources > 0 ? `\n"unlistedSources":${set.unlistedSources},` : ''}\n"dumps":[`);
  for (const [index, dump] of set.dumps.entries()) {
    out.text((index ? ',\n' : '\n') + dumpHead(dump, index));
    for (const [t, thread] of dump.threads.entries()) {
      out.text((t ? ',\n' : '\n') + threadHead(thread));
      out.bytes(stacks.of(thread.stack));
      out.text(threadTail(thread));
      yield* out.takeFull();
    }
    out.text(']}');
  }
  out.text('],\n"groups":[');
  for (const [i, group] of groupThreads(set, options.grouping).entries()) {
    out.text(`${i ? ',\n' : '\n'}{"id":"${ids.of(group.stacks[0]!)}","kind":"${group.kind}","frames":`);
    out.bytes(stacks.of(group.stacks[0]!));
    out.text(',"members":[');
    for (const [m, member] of group.members.entries()) out.text(`${m ? ',' : ''}{"dump":${member.dump},"thread":${member.thread}}`);
    out.text(']}');
    yield* out.takeFull();
  }
  out.text('],\n"series":[');
  const { whole = set, stuck = shownFindings(findStuck(whole, options), whole, set) } = options;
  const fingerprints = new Fingerprints(set, stacks.origins);
  for (const [i, series] of stuck.series.entries()) {
    for (const text of seriesFindingJson(set, series, i, fingerprints, undefined, options.history)) {
      out.text(text);
      yield* out.takeFull();
    }
  }
  out.text(']}\n');
  yield* out.take();
}

function dumpHead(dump: Dump, index: number): string {
  const { source, line, format, runtime, kind, timeFrom, timeZone, pid, runtimeVersion, origin, reason, threadsCut, notes } = dump;
  const head = {
    index,
    source,
    line,
    format,
    runtime,
    kind,
    time: isoTime(dump.time),
    timeFrom,
    timeZone,
    pid,
    runtimeVersion,
    origin,
    reason,
    threadsCut,
    notes,
  };
  return `${jsonText(head).slice(0, -1)},"threads":[`;
}

function threadHead(thread: Thread): string {
  const { id, name, kind, current, truncated, main, activity } = thread;
  const cut = truncated === false ? 'false' : `"${truncated}"`;
  return `{"id":${jsonText(id)},"name":${jsonText(name)},"kind":"${kind}","current":${current},"truncated":${cut},"main":${main},"activity":${activity === null ? 'null' : `"${activity}"`},"frames":`;
}

function threadTail(thread: Thread): string {
  const { nativeFrames, notes, marks, locals, measures } = thread;
  if (nativeFrames.length === 0 && notes.length === 0 && marks.length === 0 && locals.length === 0 && measures === null)
    return ',"nativeFrames":[],"notes":[]}';
  const said = { ...(marks.length === 0 ? {} : { marks }), ...(locals.length === 0 ? {} : { locals }) };
  const rest = { nativeFrames, notes, ...said, ...(measures === null ? {} : { measures: { ...measures, time: isoTime(measures.time) } }) };
  return `,${jsonText(rest).slice(1)}`;
}

/** Encoded stacks kept, in each of two generations. Those of pools and of what does not move come in every dump, so they stay. */
const GENERATION_BYTES: Bytes = 6 << 20;
/** Frames kept encoded: one service's dumps have a few thousand; beyond this they are encoded each time. */
const MOST_FRAME_TEXTS = 1 << 15;

interface Generation {
  readonly arena: Buffer;
  used: Bytes;
  readonly stacks: Map<StackIndex, Buffer>;
}

const generation = (): Generation => ({ arena: Buffer.allocUnsafeSlow(GENERATION_BYTES), used: 0, stacks: new Map() });

/** The JSON of stacks; frames and stacks that come again are encoded once, within bounded memory. */
class StackTexts {
  readonly #set: DumpSet;
  readonly origins: Origins;
  readonly #appOnly: boolean;
  readonly #frames: (Buffer | undefined)[] = [];
  #young = generation();
  #old = generation();

  constructor(set: DumpSet, origins: Origins, appOnly: boolean) {
    this.#set = set;
    this.origins = origins;
    this.#appOnly = appOnly;
  }

  /** Valid until the next call. */
  of(stack: StackIndex): Buffer {
    const known = this.#young.stacks.get(stack);
    if (known !== undefined) return known;
    const older = this.#old.stacks.get(stack);
    if (older !== undefined) return this.#keep(stack, older.length, (to) => older.copy(to));
    const rows = this.#set.stacks.frames(stack);
    const frames = Array.from(this.#appOnly ? rows.filter((row) => this.origins.isApplication(row)) : rows, (row) => this.#frame(row));
    const length = frames.reduce((sum, frame) => sum + frame.length, 0) + Math.max(frames.length - 1, 0) + 2;
    return this.#keep(stack, length, (to) => {
      let at = 0;
      to[at++] = 0x5b;
      for (const [i, frame] of frames.entries()) {
        if (i > 0) to[at++] = 0x2c;
        at += frame.copy(to, at);
      }
      to[at] = 0x5d;
    });
  }

  #keep(stack: StackIndex, length: Bytes, write: (to: Buffer) => void): Buffer {
    if (length > GENERATION_BYTES) {
      const alone = Buffer.allocUnsafe(length);
      write(alone);
      return alone;
    }
    if (this.#young.used + length > GENERATION_BYTES) {
      const emptied = this.#old;
      emptied.stacks.clear();
      emptied.used = 0;
      this.#old = this.#young;
      this.#young = emptied;
    }
    const text = this.#young.arena.subarray(this.#young.used, this.#young.used + length);
    write(text);
    this.#young.used += length;
    this.#young.stacks.set(stack, text);
    return text;
  }

  #frame(row: FrameIndex): Buffer {
    const known = this.#frames[row];
    if (known !== undefined) return known;
    const text = Buffer.from(jsonText(frameJson(this.#set, row, this.origins)), 'utf8');
    if (row < MOST_FRAME_TEXTS) this.#frames[row] = text;
    return text;
  }
}
