import type { DumpShape, LineGrammar, LineToken, ThreadHead } from '../../grammars/index.js';
import type { FrameIndex, LineNumber, NativeFrame, Reason, Tables, Thread, Warning } from '../model/index.js';
import { OpenThread } from './open-thread.js';
import type { RecentThreads } from './recent-threads.js';
import type { Run } from './run.js';
import { ShownIds } from './shown-ids.js';
import type { ThreadMaker } from './thread-maker.js';

/** A line's token with its frames interned, as the line cache keeps it. */
export interface Meaning {
  readonly token: LineToken;
  /** Row of the frame, -1 when the line is none. */
  readonly frame: FrameIndex;
  /** Rows of the frames of a `stack`. */
  readonly frames: readonly FrameIndex[];
  /** It begins as a frame or a head does and is not whole: a console may have broken it. */
  readonly partial: boolean;
  /** A foreign line such as programs write between two dumps. */
  readonly separator: boolean;
}

/** A dump as its lines tell it; when and where it was made is not known here. */
export interface DraftDump {
  readonly line: LineNumber;
  /** Lines that are part of it, and the last of them. */
  readonly lines: number;
  readonly last: LineNumber;
  readonly reason: Reason | null;
  readonly pid: number | null;
  readonly runtimeVersion: string | null;
  readonly threads: readonly Thread[];
  readonly threadsCut: boolean;
  readonly notes: readonly string[];
}

/** What became of a line: part of the dump, foreign but possibly within it, or the first line after the dump. */
export type Fed = 'taken' | 'foreign' | 'ended';

/** Foreign lines in a row that may stand inside a dump (a comment, a log line of another thread) when the dump goes on after them. */
const BRIDGED_LINES = 3;
/** Between a cause and the first thread an exception, a path configuration or log lines may stand. */
const LINES_AFTER_CAUSE = 24;

export interface AssemblerOptions {
  /** An earlier dump of the input had an empty line between threads. */
  readonly blanksKept: boolean;
  /** Foreign text stands before the first line. */
  readonly quoted: boolean;
  readonly warn: (warning: Warning) => void;
  readonly recent: RecentThreads;
  readonly maker: ThreadMaker;
}

/** Whoever caused the dump, where no head says who it is. */
const NAMELESS: ThreadHead = { id: null, name: null, current: true };

/**
 * Puts the lines of one dump together, as the `shape` of its format describes where it begins and ends (a dump has no end
 * mark and is followed directly by the next one or by log lines; its empty lines may be lost). One instance reads one dump;
 * the line that it answers with `ended` belongs to what comes after it.
 */
export class DumpAssembler {
  readonly #grammar: LineGrammar;
  readonly #shape: DumpShape;
  readonly #tables: Tables;
  readonly #warn: (warning: Warning) => void;
  readonly #blanksKept: boolean;
  /** The first line had foreign text before it: a lone head is then more likely a quotation. */
  readonly #quoted: boolean;
  readonly #recent: RecentThreads;
  readonly #maker: ThreadMaker;
  #line: LineNumber;
  #reason: Reason | null = null;
  #pid: number | null = null;
  #version: string | null = null;
  #told = false;
  #remarks: string[] = [];
  #threads: Thread[] = [];
  #thread: OpenThread | null = null;
  /** The part of the thread that is being read. */
  #section: (LineToken & { is: 'section' })['holds'] = 'frames';
  /** The line before, when it is a thread's name if a rule follows. */
  #caption: string | null = null;
  #ids = new ShownIds();
  #hasCurrent = false;
  #hasMain = false;
  #headed = false;
  #threadsCut = false;
  #closed = false;
  #refuted = false;
  #nativeSeen = false;
  /** The C stack of the current thread, which may stand anywhere in the list. */
  #native: NativeFrame[] = [];
  #inNative = false;
  #last: 'start' | 'frame' | 'blank' | 'head' | 'foreign' | 'remark' = 'start';
  #blankSinceFrame = false;
  #foreign = 0;
  #foreignLine: LineNumber = 0;
  #separated = false;
  #sawBlankBetweenThreads = false;
  /** Where two dumps may have been taken for one: a thread id that comes again shows that they were. */
  #seam: { readonly threads: number; readonly line: LineNumber } | null = null;
  #finished: DraftDump[] = [];
  #taken = 0;
  #lastTaken: LineNumber;
  /** Of them those that belong to a finished dump. */
  #given = 0;

  constructor(grammar: LineGrammar, tables: Tables, line: LineNumber, options: AssemblerOptions) {
    this.#grammar = grammar;
    this.#shape = grammar.shape;
    this.#tables = tables;
    this.#line = line;
    this.#lastTaken = line;
    this.#blanksKept = options.blanksKept;
    this.#quoted = options.quoted;
    this.#warn = options.warn;
    this.#recent = options.recent;
    this.#recent.begin();
    this.#maker = options.maker;
  }

  /** An empty line stood between two threads: the input kept its empty lines, so a head without one begins a new dump. */
  get sawBlankBetweenThreads(): boolean {
    return this.#sawBlankBetweenThreads;
  }

  feed(meaning: Meaning, line: LineNumber): Fed {
    const fed = meaning.frame >= 0 ? this.#frame(meaning.frame) : this.#token(meaning, line);
    if (fed === 'taken') {
      this.#taken++;
      this.#lastTaken = line;
    }
    return fed;
  }

  /** Frames of the thread whose head, or frame, was the line before: the same as to {@link feed} them one by one, the last on `line`. */
  frames(rows: Int32Array, from: number, to: number, line: LineNumber): void {
    this.#caption = null;
    this.#inNative = false;
    this.#thread!.addFrames(rows, from, to);
    this.#last = 'frame';
    this.#blankSinceFrame = false;
    this.#taken += to - from;
    this.#lastTaken = line;
  }

  /** Whether {@link frames} may be given: the thread's own frames are read and nothing foreign stands among them. */
  get inFrames(): boolean {
    return this.#thread !== null && !this.#closed && this.#foreign === 0 && this.#section === 'frames' && this.#thread.head !== NAMELESS;
  }

  /** The next line may be the head of a thread that stands as {@link repeated} takes it. */
  get awaitsHead(): boolean {
    return this.#last === 'blank' && this.#begun && this.#foreign === 0 && !this.#closed && !this.#threadsCut && !this.#nativeSeen;
  }

  /** The dump has shown a thread with this id. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * A thread whose lines were read, while {@link awaitsHead}: a head that {@link mayRepeat}, the frames of the run, and an empty line
   * after which another head stands. The same as to {@link feed} them one by one, when {@link afterRepeated} follows.
   *
   * @returns false when the dump has shown a thread with this id: then nothing was taken
   */
  repeated(head: RepeatedHead, run: Run): boolean {
    if (!this.#ids.add(head.id)) return false;
    if (this.#thread !== null) this.#closeThread();
    this.#threads.push(run.thread ?? (run.thread = this.#threadOf(head, run)));
    return true;
  }

  /** Threads were {@link repeated}, on so many lines. */
  afterRepeated(lines: number, last: LineNumber): void {
    this.#headed = true;
    this.#sawBlankBetweenThreads ||= this.#shape.blankBetween;
    this.#section = 'frames';
    this.#caption = null;
    this.#separated = false;
    this.#inNative = false;
    this.#last = 'blank';
    this.#blankSinceFrame = true;
    this.#taken += lines;
    this.#lastTaken = last;
  }

  /** Lines that hold the rest of the one that was fed before. */
  alsoTook(lines: number): void {
    this.#taken += lines;
    this.#lastTaken += lines;
  }

  /** The dump's text has ended. None: it was no dump after all. Two: a seam was found between two of them. */
  finish(): DraftDump[] {
    this.#closeThread();
    if (this.#isDump()) this.#finished.push(this.#draft());
    return this.#finished;
  }

  get #begun(): boolean {
    return this.#thread !== null || this.#threads.length > 0;
  }

  #token(meaning: Meaning, line: LineNumber): Fed {
    const token = meaning.token;
    const caption = this.#caption;
    this.#caption = null;
    switch (token.is) {
      case 'blank':
        this.#last = 'blank';
        this.#blankSinceFrame = true;
        return 'taken';
      case 'thread':
        return this.#head(token, line);
      case 'stack':
        return this.#stack(token, meaning.frames, line);
      case 'cause':
        return this.#cause(token.reason);
      case 'process':
        return this.#process(token);
      case 'native-head':
        return this.#nativeHead();
      case 'caption':
        this.#caption = token.text;
        return this.#other(line, false);
      case 'rule':
        return caption === null ? this.#inThread(() => undefined, meaning, line) : this.#captioned(caption, line);
      case 'refutation':
        if (!this.#refutes()) return this.#other(line, meaning.separator);
        this.#refuted = true;
        return 'ended';
      case 'remark':
        if (this.#closed) return 'ended';
        this.#remarks.push(token.text);
        this.#closed = token.last;
        this.#last = 'remark';
        return 'taken';
      case 'ellipsis':
        return this.#ellipsis() ? 'taken' : this.#other(line, meaning.separator);
      case 'pseudo-frame':
        return this.#pseudoFrame(token) ? 'taken' : this.#other(line, meaning.separator);
      case 'native':
        if (this.#inNative) {
          this.#last = 'remark';
          this.#foreign = 0;
          this.#native.push(token.frame);
          return 'taken';
        }
        return this.#inThread((thread) => thread.native(token.frame), meaning, line);
      case 'repeat':
        return this.#inThread((thread) => thread.repeat(token.times), meaning, line);
      case 'local':
        return this.#inThread(
          (thread) => {
            // outside a section it is a line of source that looks like one
            if (this.#section === 'arguments' || this.#section === 'locals')
              thread.local({ name: token.name, value: token.value, argument: this.#section === 'arguments' });
          },
          meaning,
          line,
        );
      case 'source':
        return this.#inThread(() => undefined, meaning, line);
      case 'section':
        return this.#inThread(() => (this.#section = token.holds), meaning, line);
      default:
        return this.#other(line, meaning.separator);
    }
  }

  #frame(frame: FrameIndex): Fed {
    this.#caption = null;
    if (this.#closed) return 'ended';
    if (this.#thread === null) {
      const { headless, causeIsHead } = this.#shape;
      if (
        this.#threads.length > 0 ||
        (headless === null && !(causeIsHead && this.#reason !== null) && !this.#shape.alsoBegins.includes('frame'))
      )
        return 'ended';
      // the head was lost (grep, a shortened report): the stack of whoever caused the dump
      this.#openThread(NAMELESS, false);
      this.#foreign = 0;
    } else if (this.#thread.head === NAMELESS && this.#shape.headless !== null && this.#beginsAnother(this.#thread, frame)) return 'ended';
    if (this.#foreign > 0) this.#bridge();
    this.#inNative = false;
    if (this.#section !== 'other') {
      this.#section = 'frames';
      this.#thread!.frame(frame);
    }
    this.#last = 'frame';
    this.#blankSinceFrame = false;
    return 'taken';
  }

  /** Stacks without heads that follow each other: by what stands between them, or by the outermost function that comes again. */
  #beginsAnother(thread: OpenThread, frame: FrameIndex): boolean {
    if (thread.depth === 0) return false;
    if (this.#foreign > 0 || this.#blankSinceFrame) return true;
    const { frames } = this.#tables;
    const first = thread.firstFrame;
    const name = frames.functionOf(frame);
    return (
      name !== null &&
      this.#grammar.outermost.has(name) &&
      name === frames.functionOf(first) &&
      frames.fileOf(frame) === frames.fileOf(first)
    );
  }

  #head(token: LineToken & { is: 'thread' }, line: LineNumber): Fed {
    if (token.second === true && this.#thread?.empty === true && this.#last === 'head') return 'taken';
    let muted = false;
    const key = keyOf(token);
    const known = key !== null && !this.#ids.add(key);
    if (this.#begun) {
      if (token.inside === true) muted = known;
      else {
        if (this.#closed || token.alone || this.#threadsCut) return 'ended';
        if ((token.current && this.#hasCurrent) || (token.main === true && this.#hasMain)) return 'ended';
        if (!this.#goesOn(line)) return 'ended';
        if (known && this.#shape.again === 'ignored') muted = true;
        else if (known) {
          if (!this.#splitAtSeam()) return 'ended';
          this.#ids.add(key);
        }
      }
      if (this.#foreign > 0) this.#bridge();
    }
    this.#headed = true;
    if (token.pid !== undefined) this.#pid ??= token.pid;
    this.#begin(token, muted);
    return 'taken';
  }

  /** Whether a head that comes now is one of this dump, by what stands between it and the thread before. */
  #goesOn(line: LineNumber): boolean {
    const { goesOn, blankBetween } = this.#shape;
    if (this.#foreign > 0) {
      const blank = this.#blankSinceFrame;
      if (this.#separated || (goesOn === 'after-blank' && !blank) || (goesOn === 'without-blank' && blank)) return false;
      this.#seam = { threads: this.#threads.length + 1, line };
    } else if (this.#last === 'blank') this.#sawBlankBetweenThreads ||= blankBetween;
    else if (blankBetween && (this.#blanksKept || this.#sawBlankBetweenThreads)) return false;
    return true;
  }

  #begin(head: ThreadHead, muted: boolean): void {
    this.#closeThread();
    this.#openThread(head, muted);
    this.#last = 'head';
    this.#foreign = 0;
    this.#separated = false;
  }

  #stack(token: LineToken & { is: 'stack' }, frames: readonly FrameIndex[], line: LineNumber): Fed {
    const key = keyOf(token);
    const more = this.#shape.again === 'more' && this.#thread !== null && key !== null && keyOf(this.#thread.head) === key;
    if (!more) {
      const fed = this.#head({ ...token, is: 'thread', alone: false }, line);
      if (fed !== 'taken') return fed;
    } else if (this.#foreign > 0) this.#bridge();
    for (const frame of frames) this.#thread!.frame(frame);
    this.#last = 'frame';
    this.#blankSinceFrame = false;
    return 'taken';
  }

  /** The line above was the name of a thread: its rule was found. */
  #captioned(name: string, line: LineNumber): Fed {
    this.#foreign = Math.max(this.#foreign - 1, 0);
    return this.#head({ is: 'thread', id: null, name, current: false, alone: false }, line);
  }

  #cause(reason: Reason): Fed {
    if (this.#reason !== null || this.#begun) return 'ended';
    this.#reason = reason;
    this.#last = 'remark';
    return 'taken';
  }

  #process(token: LineToken & { is: 'process' }): Fed {
    const again = (token.pid !== null && this.#pid !== null) || (token.runtimeVersion !== null && this.#version !== null);
    if (this.#closed || again || this.#begun || (token.begins && (this.#told || this.#reason !== null))) return 'ended';
    this.#told = true;
    this.#pid ??= token.pid;
    this.#version ??= token.runtimeVersion;
    if (token.note !== null) this.#remarks.push(token.note);
    this.#last = 'remark';
    return 'taken';
  }

  #nativeHead(): Fed {
    if (this.#closed || this.#nativeSeen) return 'ended';
    this.#nativeSeen = true;
    this.#inNative = true;
    this.#last = 'remark';
    this.#foreign = 0;
    if (!this.#begun) this.#openThread(NAMELESS, false);
    return 'taken';
  }

  /** A line that belongs to the thread above it, or is foreign where there is none. */
  #inThread(take: (thread: OpenThread) => void, meaning: Meaning, line: LineNumber): Fed {
    if (this.#thread === null || this.#closed) return this.#other(line, meaning.separator);
    if (this.#foreign > 0) this.#bridge();
    take(this.#thread);
    this.#last = 'remark';
    return 'taken';
  }

  #pseudoFrame(token: LineToken & { is: 'pseudo-frame' }): boolean {
    if (this.#thread === null || this.#closed) return false;
    if (token.text === '<freed thread state>' && this.#last === 'blank') this.#threadsCut = true;
    else {
      this.#thread.note(token.text);
      if (token.cutsStack) this.#thread.cut();
    }
    if (this.#foreign > 0) this.#bridge();
    this.#last = 'frame';
    this.#blankSinceFrame = false;
    return true;
  }

  #ellipsis(): boolean {
    if (this.#thread === null || this.#closed) return false;
    if (this.#inNative) return true;
    if (this.#last === 'blank') {
      this.#threadsCut = true;
      return true;
    }
    if (this.#last === 'foreign') return false;
    this.#thread.cut();
    return true;
  }

  #refutes(): boolean {
    return this.#thread?.head === NAMELESS && this.#threads.length === 0 && (this.#last === 'frame' || this.#last === 'remark');
  }

  #other(line: LineNumber, separator: boolean): Fed {
    if (this.#closed) return 'ended';
    const begun = this.#thread !== null;
    if (begun && this.#quoted && this.#threads.length === 0 && this.#thread!.depth === 0 && this.#last === 'head') return 'ended';
    if (this.#shape.sources && this.#last === 'frame' && !separator) {
      // source whose indentation was lost
      this.#last = 'remark';
      return 'foreign';
    }
    if (this.#foreign === 0) this.#foreignLine = line;
    this.#foreign++;
    this.#separated ||= separator;
    this.#last = 'foreign';
    return this.#foreign > (begun ? BRIDGED_LINES : LINES_AFTER_CAUSE) ? 'ended' : 'foreign';
  }

  /** The dump went on after foreign lines. */
  #bridge(): void {
    if (this.#begun) {
      const lines = this.#foreign === 1 ? 'a line' : `${this.#foreign} lines`;
      this.#warn({
        line: this.#foreignLine,
        code: 'line-not-understood',
        message: `${lines} inside a dump that ${this.#foreign === 1 ? 'is' : 'are'} not part of it`,
      });
    }
    this.#foreign = 0;
  }

  #openThread(head: ThreadHead, muted: boolean): void {
    this.#thread = new OpenThread(head, muted, this.#maker);
    this.#section = 'frames';
    this.#inNative = this.#nativeSeen && this.#threads.length === 0 && head.id === null;
    this.#hasCurrent ||= head.current;
    this.#hasMain ||= head.main === true;
    this.#blankSinceFrame = false;
  }

  #closeThread(): void {
    const open = this.#thread;
    if (open === null) return;
    this.#thread = null;
    if (!open.muted) this.#threads.push(this.#keep(open));
  }

  /** The thread as the model has it: the one that was kept of an earlier dump when it has not moved. */
  #keep(open: OpenThread): Thread {
    const { id } = open.head;
    const before = id === null ? undefined : this.#recent.get(id);
    const thread = open.close(before);
    if (id !== null && thread !== before) this.#recent.add(thread);
    return thread;
  }

  /** That of a head and the frames of a run, which the run keeps. */
  #threadOf(head: RepeatedHead, { rows, count, before }: Run): Thread {
    const frames = this.#maker.isRecentFirst(head) ? rows : rows.slice(0, count).reverse();
    return this.#maker.make(head, frames, count, before ?? this.#recent.get(head.id));
  }

  /** A thread id came again, so what was joined at the seam are two dumps. False: there is no seam. */
  #splitAtSeam(): boolean {
    const seam = this.#seam;
    if (seam === null) return false;
    this.#closeThread();
    if (seam.threads >= this.#threads.length + 1 || seam.threads === 0) return false;
    const later = this.#threads.slice(seam.threads);
    this.#threads = this.#threads.slice(0, seam.threads);
    this.#finished.push(this.#draft());
    this.#threads = later;
    this.#line = seam.line;
    this.#reason = null;
    this.#remarks = [];
    this.#native = [];
    this.#nativeSeen = false;
    this.#seam = null;
    this.#ids = new ShownIds();
    for (const key of later.map(keyOf)) if (key !== null) this.#ids.add(key);
    this.#hasCurrent = later.some((thread) => thread.current);
    return true;
  }

  /** A cause alone is a log line; a head alone is a dump only where nothing suggests that it is quoted. */
  #isDump(): boolean {
    const [first] = this.#threads;
    if (first === undefined || this.#refuted) return false;
    if (this.#threads.length > 1 || this.#reason !== null) return true;
    const depth = this.#tables.stacks.depth(first.stack);
    if (this.#shape.headless !== null && keyOf(first) === null && first.current && !this.#headed)
      return depth >= this.#shape.headless && first.truncated === false;
    if (depth > 0 || first.notes.length > 0 || first.nativeFrames.length > 0 || first.kind !== 'thread') return true;
    return this.#nativeSeen ? true : !this.#quoted && first.id !== null;
  }

  #draft(): DraftDump {
    const notes = [...this.#remarks];
    let threads = this.#threads;
    if (this.#native.length > 0) {
      const owner = threads.findIndex((thread) => thread.current);
      if (owner >= 0) threads = threads.with(owner, { ...threads[owner]!, nativeFrames: this.#native });
      else
        notes.push(
          `C stack of a thread that is not listed: ${this.#native.map((frame) => frame.symbol ?? frame.address ?? '?').join(', ')}`,
        );
    }
    const lines = this.#taken - this.#given;
    this.#given = this.#taken;
    return {
      line: this.#line,
      lines,
      last: this.#lastTaken,
      reason: this.#reason,
      pid: this.#pid,
      runtimeVersion: this.#version,
      threads,
      threadsCut: this.#threadsCut,
      notes,
    };
  }
}

export type RepeatedHead = LineToken & { is: 'thread'; id: string };

/** Whether a head says nothing but an id and a name, so that whoever has this id is the same in all dumps of a process. */
export function mayRepeat(head: LineToken & { is: 'thread' }): head is RepeatedHead {
  if (head.alone || head.current || head.main === true || head.inside === true || head.second === true) return false;
  return head.id !== null && head.pid === undefined && (head.notes === undefined || head.notes.length === 0);
}

/** By what a thread is known within a dump: its id, or its name where the format gives no id. */
function keyOf(head: Pick<ThreadHead, 'id' | 'name'>): string | null {
  return head.id ?? (head.name === null ? null : `\0${head.name}`);
}
