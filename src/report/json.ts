import { Origins, StackIds, groupThreads, seriesOf, type Root } from '../analysis/index.js';
import type { Bytes, Dump, DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';

/** Version of the JSON documents. Grows when a field changes its meaning or goes; new fields do not change it. */
export const SCHEMA_VERSION = 1;

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

export interface JsonOptions {
  readonly roots?: readonly Root[];
  /** Reading was interrupted: what was found so far. */
  readonly interrupted?: boolean;
}

/** The document of `analyze --json` (contract: `schemas/analyze.schema.json`), as UTF-8 chunks. */
export function* analyzeJson(set: DumpSet, options: JsonOptions = {}): Generator<Buffer> {
  const out = new Chunks();
  const stacks = new StackTexts(set, new Origins(set.frames, options.roots));
  const ids = new StackIds(set);
  out.text(`{"schemaVersion":${SCHEMA_VERSION},${options.interrupted ? '"interrupted":true,' : ''}"sources":[`);
  for (const [i, source] of set.sources.entries()) {
    out.text((i ? ',\n' : '\n') + JSON.stringify(source));
    yield* out.takeFull();
  }
  out.text('],\n"dumps":[');
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
  for (const [i, group] of groupThreads(set).entries()) {
    out.text(`${i ? ',\n' : '\n'}{"id":"${ids.of(group.stacks[0]!)}","kind":"${group.kind}","frames":`);
    out.bytes(stacks.of(group.stacks[0]!));
    out.text(',"members":[');
    for (const [m, member] of group.members.entries()) out.text(`${m ? ',' : ''}{"dump":${member.dump},"thread":${member.thread}}`);
    out.text(']}');
    yield* out.takeFull();
  }
  out.text('],\n"series":[');
  for (const [i, series] of seriesOf(set).entries()) {
    out.text((i ? ',\n' : '\n') + JSON.stringify({ id: series.id, dumps: series.dumps, spanSeconds: series.span }));
  }
  out.text(']}\n');
  yield* out.take();
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

/** Encoded stacks kept: those of pools and of what does not move come in every dump. When it is full it starts again. */
const STACK_TEXTS_BYTES: Bytes = 16 << 20;

/** The JSON of stacks; frames and stacks that come again are encoded once. */
class StackTexts {
  readonly #set: DumpSet;
  readonly #origins: Origins;
  readonly #frames: (string | undefined)[] = [];
  readonly #stacks = new Map<StackIndex, Buffer>();
  #bytes: Bytes = 0;

  constructor(set: DumpSet, origins: Origins) {
    this.#set = set;
    this.#origins = origins;
  }

  of(stack: StackIndex): Buffer {
    const known = this.#stacks.get(stack);
    if (known !== undefined) return known;
    let text = '[';
    for (const row of this.#set.stacks.frames(stack)) text += (text.length > 1 ? ',' : '') + this.#frame(row);
    const bytes = Buffer.from(`${text}]`, 'utf8');
    if (this.#bytes + bytes.length > STACK_TEXTS_BYTES) {
      this.#stacks.clear();
      this.#bytes = 0;
    }
    this.#stacks.set(stack, bytes);
    this.#bytes += bytes.length;
    return bytes;
  }

  #frame(row: FrameIndex): string {
    const known = this.#frames[row];
    if (known !== undefined) return known;
    const text = JSON.stringify({ ...this.#set.frames.get(row), origin: this.#origins.of(row) });
    if (row < MOST_FRAME_TEXTS) this.#frames[row] = text;
    return text;
  }
}

/** Frames kept encoded: one service's dumps have a few thousand; beyond this they are encoded each time. */
const MOST_FRAME_TEXTS = 1 << 15;
