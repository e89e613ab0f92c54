import type { Bytes } from '../../model/index.js';
import { LiveReader, begunOpening, type ByteRange, type LiveDump, type LiveOptions } from '../../reading/index.js';
import { TextStyle } from './text-style.js';

export interface PassThroughOptions extends LiveOptions {
  /** The text of a dump is left out where its summary is put. Default false. */
  readonly quiet?: boolean;
  /** Dumps of which nothing is to be said, and whose text stays. Default: error stacks, which are no pictures of a process. */
  readonly passes?: (live: LiveDump, reader: LiveReader) => boolean;
  /** What is said of a dump: whole lines. */
  readonly summary: (live: LiveDump, telling: Telling) => string;
}

/** One of the summaries that a {@link PassThrough} puts in. */
export interface Telling {
  readonly reader: LiveReader;
  /** How many dumps have been told of, with this one. */
  readonly number: number;
  /** It was told before, because the input had gone silent, and something was added to it since. */
  readonly again: boolean;
}

const LF = 0x0a;
const LINE_END = Uint8Array.of(LF);
const NOTHING = new Uint8Array(0);
/** All but what may be the beginning of a dump's first words. */
const CERTAIN = 'certain';

/**
 * Text on its way from a program to its reader, in which summaries of the dumps are put: always between two lines, after the
 * last line of the dump or as soon after it as it is known that the dump has ended. All else passes byte for byte, and at once:
 * the blocks that come in are the blocks that are given out. Only `quiet` holds text back, while it may be a dump's.
 *
 * @example
 * const pass = new PassThrough({ summary: ({ dump }) => `-- ${dump.threads.length} threads\n` });
 * for await (const block of process.stdin) for (const piece of pass.push(block)) process.stdout.write(piece);
 * for (const piece of pass.end()) process.stdout.write(piece);
 */
export class PassThrough {
  readonly reader: LiveReader;
  readonly #quiet: boolean;
  readonly #passes: (live: LiveDump, reader: LiveReader) => boolean;
  readonly #summary: PassThroughOptions['summary'];
  readonly #style = new TextStyle();
  /** Text that was not given out yet; it ends where the input so far does. */
  #held: Uint8Array = NOTHING;
  /** What was given out ends with a line's end, and so does what was taken from the input. */
  #atLineStart = true;
  #inputAtLineStart = true;
  /** Dumps whose summaries wait for a line's end. */
  readonly #due: { readonly live: LiveDump; readonly telling: Telling }[] = [];
  #number = 0;
  /** Dumps that were told, while they were open: by their first line, what they showed then. */
  readonly #told = new Map<number, { readonly shown: string; readonly number: number }>();
  /** What the last look saw, by the same. */
  #seen = new Map<number, string>();
  /** Where the input stood when it was looked at in silence: looking again shows nothing new. */
  #silentAt: Bytes = 0;

  constructor({ quiet = false, passes = isError, summary, ...options }: PassThroughOptions) {
    this.reader = new LiveReader(options);
    this.#passes = passes;
    this.#quiet = quiet;
    this.#summary = summary;
  }

  /** A dump may be open of which nothing was said yet, or text held back: after a while, {@link look}. */
  get worthALook(): boolean {
    return (this.reader.open || this.#held.length > 0) && this.reader.bytes !== this.#silentAt;
  }

  /** What is to be written when a block has come; the block may be used again when all of it was taken. */
  *push(block: Uint8Array): Generator<Uint8Array> {
    // a summary that is due is of dumps with the tables of now
    if (this.#due.length === 0) this.reader.tidy();
    const found = this.reader.push(block);
    yield* this.#give(block, found, this.reader.open ? this.reader.decided : CERTAIN);
    if (!this.reader.open && this.#told.size > 0) this.#told.clear();
  }

  /**
   * What is to be written when time has passed: the summaries of open dumps to which nothing was added since the last look;
   * when the input is silent, of all that are open.
   */
  *look(silent: boolean): Generator<Uint8Array> {
    const open = this.reader.look().filter((live) => !this.#passes(live, this.reader));
    const seen = new Map(open.map((live) => [live.dump.line, this.#shownBy(live)]));
    const settled = open.filter(({ dump: { line } }) => silent || this.#seen.get(line) === seen.get(line));
    this.#seen = seen;
    if (silent) this.#silentAt = this.reader.bytes;
    const growing = open.filter((live) => !settled.includes(live));
    const until = growing.length > 0 ? Math.min(...growing.map(({ extent }) => extent[0]![0])) : silent ? this.reader.bytes : CERTAIN;
    yield* this.#give(NOTHING, settled, until);
  }

  /** What is to be written when the input has ended: all that was held back, and the last summaries. */
  *end(): Generator<Uint8Array> {
    yield* this.#give(NOTHING, this.reader.end(), this.reader.bytes);
    if (this.#due.length > 0) yield* this.#tellDue();
  }

  /** Lines that are to end the output, plain and on lines of their own. */
  closing(text: string): Uint8Array {
    const { leave } = this.#style.around;
    const bytes = Buffer.from(`${this.#atLineStart ? '' : '\n'}${leave}${text}`, 'utf8');
    this.#atLineStart = true;
    return bytes;
  }

  /** Gives out text up to an offset: that of `dumps` is left out where it is to be, and their summaries are put in. */
  *#give(block: Uint8Array, dumps: readonly LiveDump[], until: Bytes | typeof CERTAIN): Generator<Uint8Array> {
    const text = this.#held.length === 0 ? block : block.length === 0 ? this.#held : Buffer.concat([this.#held, block]);
    const base = this.reader.bytes - text.length;
    const told = dumps.filter((live) => !this.#passes(live, this.reader));
    const left = this.#quiet ? told.flatMap(({ extent }) => extent).sort((a, b) => a[0] - b[0]) : [];
    const marks = told
      .filter((live) => this.#told.get(live.dump.line)?.shown !== this.#shownBy(live))
      .map((live) => ({ at: live.extent.at(-1)![1], live }))
      .sort((a, b) => a.at - b.at);
    let at = base;
    const upTo = !this.#quiet
      ? this.reader.bytes
      : Math.max(base, until === CERTAIN ? this.reader.bytes - begunOpening(text) : Math.min(until, this.reader.bytes));
    for (const { at: mark, live } of marks) {
      yield* this.#text(text, base, at, Math.min(Math.max(mark, at), upTo), left);
      at = Math.min(Math.max(mark, at), upTo);
      this.#due.push({ live, telling: this.#tell(live) });
      if (this.#atLineStart || this.#inputAtLineStart) yield* this.#tellDue();
    }
    yield* this.#text(text, base, at, upTo, left);
    const rest = text.subarray(upTo - base);
    // a copy: the block is used again
    this.#held = rest.length === 0 ? NOTHING : new Uint8Array(rest);
  }

  /** The text from one offset to another, without what is left out. */
  *#text(text: Uint8Array, base: Bytes, from: Bytes, to: Bytes, left: readonly ByteRange[]): Generator<Uint8Array> {
    let at = from;
    for (const [begin, end] of left) {
      if (end <= at || begin >= to) continue;
      if (begin > at) yield* this.#pass(text.subarray(at - base, begin - base));
      at = Math.min(end, to);
      this.#inputAtLineStart = text[at - base - 1] === LF;
    }
    if (at < to) yield* this.#pass(text.subarray(at - base, to - base));
  }

  *#pass(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    // the line's end was part of what is left out
    if (this.#inputAtLineStart && !this.#atLineStart) yield LINE_END;
    if (this.#due.length > 0) {
      from = piece.indexOf(LF) + 1;
      if (from > 0) {
        yield this.#noted(piece.subarray(0, from));
        yield* this.#tellDue();
      }
    }
    if (from < piece.length) yield this.#noted(piece.subarray(from));
  }

  #noted(piece: Uint8Array): Uint8Array {
    this.#atLineStart = piece[piece.length - 1] === LF;
    this.#inputAtLineStart = this.#atLineStart;
    this.#style.pass(piece);
    return piece;
  }

  #tell(live: LiveDump): Telling {
    const before = this.#told.get(live.dump.line);
    const number = before?.number ?? ++this.#number;
    this.#told.set(live.dump.line, { shown: this.#shownBy(live), number });
    return { reader: this.reader, number, again: before !== undefined };
  }

  *#tellDue(): Generator<Uint8Array> {
    const { leave, restore } = this.#style.around;
    const texts = this.#due.splice(0).map(({ live, telling }) => this.#summary(live, telling));
    yield Buffer.from(`${this.#atLineStart ? '' : '\n'}${leave}${texts.join('')}${restore}`, 'utf8');
    this.#atLineStart = true;
  }

  /** Two equal ones of one dump: nothing was added to it. In words: the tables may have been made anew in between. */
  #shownBy({ dump: { threads } }: LiveDump): string {
    const { frames, stacks } = this.reader.tables;
    const last = Array.from(stacks.frames(threads.at(-1)?.stack ?? 0), (row) => Object.values(frames.get(row)).join(' '));
    return [threads.length, threads.reduce((sum, { stack }) => sum + stacks.depth(stack), 0), ...last].join('\n');
  }
}

function isError({ dump }: LiveDump): boolean {
  return dump.kind === 'error';
}
