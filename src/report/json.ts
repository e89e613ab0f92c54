import { Origins, groupThreads, seriesOf, stackId, type Root } from '../analysis/index.js';
import type { Bytes, Dump, DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';

/** Version of the JSON documents. Grows when a field changes its meaning or goes; new fields do not change it. */
export const SCHEMA_VERSION = 1;

const CHUNK_BYTES: Bytes = 256 << 10;

/**
 * Bytes of a document on their way out, in chunks: a document of a thousand dumps is never held as one text. Pieces that
 * come often (frames) are kept encoded and copied.
 */
class Chunks {
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  #full: Buffer[] = [];

  text(text: string): void {
    // at most three bytes a UTF-16 unit
    if (text.length * 3 > CHUNK_BYTES - this.#used) {
      this.bytes(Buffer.from(text, 'utf8'));
      return;
    }
    this.#used += this.#chunk.write(text, this.#used, 'utf8');
  }

  bytes(bytes: Buffer): void {
    if (bytes.length > CHUNK_BYTES - this.#used) {
      this.#flush();
      if (bytes.length > CHUNK_BYTES) {
        this.#full.push(bytes);
        return;
      }
    }
    bytes.copy(this.#chunk, this.#used);
    this.#used += bytes.length;
  }

  /** The chunks that are complete; all of them at the end. */
  *take(end = false): Generator<Buffer> {
    if (end) this.#flush();
    const full = this.#full;
    this.#full = [];
    yield* full;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#used = 0;
  }
}

export interface JsonOptions {
  readonly roots?: readonly Root[];
  /** Reading was interrupted: what was found so far. */
  readonly interrupted?: boolean;
}

/** The document of `analyze --json` (contract: `schemas/analyze.schema.json`), as UTF-8 chunks. */
export function* analyzeJson(set: DumpSet, options: JsonOptions = {}): Generator<Buffer> {
  const out = new Chunks();
  const frames = new FrameTexts(set, new Origins(set.frames, options.roots));
  out.text(`{"schemaVersion":${SCHEMA_VERSION},${options.interrupted ? '"interrupted":true,' : ''}"sources":[`);
  for (const [i, source] of set.sources.entries()) {
    out.text((i ? ',\n' : '\n') + JSON.stringify(source));
    yield* out.take();
  }
  out.text('],\n"dumps":[');
  for (const [index, dump] of set.dumps.entries()) {
    out.text((index ? ',\n' : '\n') + dumpHead(dump, index));
    for (const [t, thread] of dump.threads.entries()) {
      out.text((t ? ',\n' : '\n') + threadHead(thread));
      writeFrames(out, set, frames, thread.stack);
      out.text(threadTail(thread));
      yield* out.take();
    }
    out.text(']}');
  }
  out.text('],\n"groups":[');
  for (const [i, group] of groupThreads(set).entries()) {
    out.text(`${i ? ',\n' : '\n'}{"id":"${stackId(set, group.stacks[0]!)}","kind":"${group.kind}","frames":`);
    writeFrames(out, set, frames, group.stacks[0]!);
    out.text(',"members":[');
    for (const [m, member] of group.members.entries()) out.text(`${m ? ',' : ''}{"dump":${member.dump},"thread":${member.thread}}`);
    out.text(']}');
    yield* out.take();
  }
  out.text('],\n"series":[');
  for (const [i, series] of seriesOf(set).entries()) {
    out.text((i ? ',\n' : '\n') + JSON.stringify({ id: series.id, dumps: series.dumps, spanSeconds: series.span }));
  }
  out.text(']}\n');
  yield* out.take(true);
}

/** A time as the JSON documents write it. */
export function isoTime(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function dumpHead(dump: Dump, index: number): string {
  const { source, line, format, runtime, kind, timeFrom, timeZone, pid, runtimeVersion, origin, reason, threadsCut, notes } = dump;
  const head = { index, source, line, format, runtime, kind, time: isoTime(dump.time), timeFrom, timeZone, pid, runtimeVersion, origin, reason, threadsCut, notes };
  return `${JSON.stringify(head).slice(0, -1)},"threads":[`;
}

function threadHead(thread: Thread): string {
  const { id, name, kind, current, truncated, main, activity } = thread;
  return `${JSON.stringify({ id, name, kind, current, truncated, main, activity }).slice(0, -1)},"frames":`;
}

function threadTail(thread: Thread): string {
  const { nativeFrames, notes, measures } = thread;
  if (nativeFrames.length === 0 && notes.length === 0 && measures === null) return ',"nativeFrames":[],"notes":[]}';
  const rest = { nativeFrames, notes, ...(measures === null ? {} : { measures: { ...measures, time: isoTime(measures.time) } }) };
  return `,${JSON.stringify(rest).slice(1)}`;
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

function writeFrames(out: Chunks, set: DumpSet, frames: FrameTexts, stack: StackIndex): void {
  out.bytes(OPEN);
  const rows = set.stacks.frames(stack);
  for (let i = 0; i < rows.length; i++) {
    if (i) out.bytes(COMMA);
    out.bytes(frames.of(rows[i]!));
  }
  out.bytes(CLOSE);
}

/** Frames kept encoded: one service's dumps have a few thousand; beyond this they are encoded each time. */
const MOST_FRAME_TEXTS = 1 << 16;

/** Each distinct frame's JSON. */
class FrameTexts {
  readonly #set: DumpSet;
  readonly #origins: Origins;
  readonly #texts: (Buffer | undefined)[] = [];

  constructor(set: DumpSet, origins: Origins) {
    this.#set = set;
    this.#origins = origins;
  }

  of(row: FrameIndex): Buffer {
    const known = this.#texts[row];
    if (known !== undefined) return known;
    const text = Buffer.from(JSON.stringify({ ...this.#set.frames.get(row), origin: this.#origins.of(row) }), 'utf8');
    if (row < MOST_FRAME_TEXTS) this.#texts[row] = text;
    return text;
  }
}
