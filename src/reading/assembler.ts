import type { LineGrammar, LineToken } from '../../grammars/index.js';
import type { FrameIndex, LineNumber, NativeFrame, Reason, Tables, Thread, Truncation, Warning } from '../model/index.js';

/** A line's token with its frame interned, as the line cache keeps it. */
export interface Meaning {
  readonly token: LineToken;
  /** Row of the frame, -1 when the line is none. */
  readonly frame: FrameIndex;
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
  /** Each id's thread in the dumps before: one that has not moved is kept once, however often it is dumped. */
  readonly recent: Map<string, Thread>;
}

/** Ids are as many as the threads of a process; a log of many processes starts again. */
const MOST_RECENT = 1 << 16;

interface OpenThread {
  readonly id: string | null;
  readonly name: string | null;
  readonly current: boolean;
  truncated: Truncation;
  notes: string[] | null;
}

/** Shared by the many threads that have none. */
const NONE: readonly never[] = Object.freeze([]);

/**
 * Puts the lines of one dump together, as `formats` describes where it begins and ends (a dump has no end mark and is
 * followed directly by the next one or by log lines; its empty lines may be lost). One instance reads one dump; the line
 * that it answers with `ended` belongs to what comes after it.
 */
export class DumpAssembler {
  readonly #grammar: LineGrammar;
  readonly #tables: Tables;
  readonly #warn: (warning: Warning) => void;
  readonly #blanksKept: boolean;
  /** The first line had foreign text before it: a lone head is then more likely a quotation. */
  readonly #quoted: boolean;
  readonly #recent: Map<string, Thread>;
  #line: LineNumber;
  #reason: Reason | null = null;
  #remarks: string[] = [];
  #threads: Thread[] = [];
  #thread: OpenThread | null = null;
  #frames = new Int32Array(128);
  #depth = 0;
  #ids = new Set<string>();
  #hasCurrent = false;
  #threadsCut = false;
  #closed = false;
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
    this.#tables = tables;
    this.#line = line;
    this.#lastTaken = line;
    this.#blanksKept = options.blanksKept;
    this.#quoted = options.quoted;
    this.#warn = options.warn;
    this.#recent = options.recent;
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

  /** Lines that hold the rest of the one that was fed before. */
  alsoTook(lines: number): void {
    this.#taken += lines;
    this.#lastTaken += lines;
  }

  #token(meaning: Meaning, line: LineNumber): Fed {
    const token = meaning.token;
    switch (token.is) {
      case 'blank':
        this.#last = 'blank';
        this.#blankSinceFrame = true;
        return 'taken';
      case 'thread':
        return this.#head(token, line);
      case 'cause':
        return this.#cause(token.reason);
      case 'native-head':
        return this.#nativeHead();
      case 'native':
        return this.#nativeFrame(token.frame) ? 'taken' : this.#other(line, meaning.separator);
      case 'pseudo-frame':
        return this.#pseudoFrame(token) ? 'taken' : this.#other(line, meaning.separator);
      case 'ellipsis':
        return this.#ellipsis() ? 'taken' : this.#other(line, meaning.separator);
      case 'remark':
        if (this.#closed) return 'ended';
        this.#remarks.push(token.text);
        this.#closed = token.last;
        this.#last = 'remark';
        return 'taken';
      default:
        return this.#other(line, meaning.separator);
    }
  }

  /** The dump's text has ended. None: it was no dump after all. Two: a seam was found between two of them. */
  finish(): DraftDump[] {
    this.#closeThread();
    if (this.#isDump()) this.#finished.push(this.#draft());
    return this.#finished;
  }

  #frame(frame: FrameIndex): Fed {
    if (this.#closed) return 'ended';
    if (this.#thread === null) {
      if (this.#threads.length > 0 || this.#reason === null) return 'ended';
      // the head was lost (grep, a shortened report): the stack of whoever caused the dump
      this.#openThread({ id: null, name: null, current: true });
      this.#foreign = 0;
    }
    if (this.#foreign > 0) this.#bridge();
    this.#inNative = false;
    if (this.#depth === this.#frames.length) {
      const wider = new Int32Array(this.#depth * 2);
      wider.set(this.#frames);
      this.#frames = wider;
    }
    this.#frames[this.#depth++] = frame;
    this.#last = 'frame';
    this.#blankSinceFrame = false;
    return 'taken';
  }

  #head(token: LineToken & { is: 'thread' }, line: LineNumber): Fed {
    if (this.#threads.length > 0 || this.#thread !== null) {
      if (this.#closed || token.alone || this.#threadsCut) return 'ended';
      if (token.current && this.#hasCurrent) return 'ended';
      const before = this.#last;
      if (before === 'foreign') {
        if (!this.#blankSinceFrame || this.#separated) return 'ended';
        this.#seam = { threads: this.#threads.length + 1, line };
      } else if (before === 'blank') {
        if (this.#foreign > 0) {
          if (this.#separated) return 'ended';
          this.#seam = { threads: this.#threads.length + 1, line };
        } else this.#sawBlankBetweenThreads = true;
      } else if (this.#blanksKept || this.#sawBlankBetweenThreads) return 'ended';
      if (token.id !== null && this.#ids.has(token.id) && !this.#splitAtSeam()) return 'ended';
      if (this.#foreign > 0) this.#bridge();
    }
    this.#closeThread();
    this.#openThread(token);
    this.#last = 'head';
    this.#foreign = 0;
    this.#separated = false;
    return 'taken';
  }

  #cause(reason: Reason): Fed {
    if (this.#reason !== null || this.#threads.length > 0 || this.#thread !== null) return 'ended';
    this.#reason = reason;
    this.#last = 'remark';
    return 'taken';
  }

  #nativeHead(): Fed {
    if (this.#closed || this.#nativeSeen) return 'ended';
    this.#nativeSeen = true;
    this.#inNative = true;
    this.#last = 'remark';
    this.#foreign = 0;
    if (this.#thread === null && this.#threads.length === 0) {
      this.#openThread({ id: null, name: null, current: true });
    }
    return 'taken';
  }

  #nativeFrame(frame: NativeFrame): boolean {
    if (!this.#inNative) return false;
    this.#last = 'remark';
    this.#foreign = 0;
    this.#native.push(frame);
    return true;
  }

  #pseudoFrame(token: LineToken & { is: 'pseudo-frame' }): boolean {
    if (this.#thread === null || this.#closed) return false;
    if (token.text === '<freed thread state>' && this.#last === 'blank') this.#threadsCut = true;
    else {
      (this.#thread.notes ??= []).push(token.text);
      if (token.cutsStack) this.#thread.truncated = 'marked';
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
    if (this.#last !== 'frame' && this.#last !== 'head') return false;
    this.#thread.truncated = 'marked';
    return true;
  }

  #other(line: LineNumber, separator: boolean): Fed {
    if (this.#closed) return 'ended';
    const begun = this.#thread !== null;
    if (begun && this.#quoted && this.#threads.length === 0 && this.#depth === 0 && this.#last === 'head') return 'ended';
    if (this.#foreign === 0) this.#foreignLine = line;
    this.#foreign++;
    this.#separated ||= separator;
    this.#last = 'foreign';
    return this.#foreign > (begun ? BRIDGED_LINES : LINES_AFTER_CAUSE) ? 'ended' : 'foreign';
  }

  /** The dump went on after foreign lines. */
  #bridge(): void {
    if (this.#threads.length > 0 || this.#thread !== null) {
      const lines = this.#foreign === 1 ? 'a line' : `${this.#foreign} lines`;
      this.#warn({
        line: this.#foreignLine,
        code: 'line-not-understood',
        message: `${lines} inside a dump that ${this.#foreign === 1 ? 'is' : 'are'} not part of it`,
      });
    }
    this.#foreign = 0;
  }

  #openThread(head: { id: string | null; name: string | null; current: boolean }): void {
    this.#thread = { id: head.id, name: head.name, current: head.current, truncated: false, notes: null };
    this.#depth = 0;
    this.#inNative = this.#nativeSeen && this.#threads.length === 0 && head.id === null;
    if (head.id !== null) this.#ids.add(head.id);
    this.#hasCurrent ||= head.current;
    this.#blankSinceFrame = false;
  }

  #closeThread(): void {
    const open = this.#thread;
    if (open === null) return;
    const outermost = this.#depth > 0 ? this.#tables.frames.functionOf(this.#frames[this.#depth - 1]!) : null;
    let truncated = open.truncated;
    if (
      truncated === false &&
      this.#depth > 0 &&
      (this.#depth >= this.#grammar.maxFrames || outermost === null || !this.#grammar.outermost.has(outermost))
    )
      truncated = 'likely';
    const stack = this.#tables.stacks.intern(this.#frames, this.#depth);
    this.#thread = null;
    this.#depth = 0;
    const before = open.id === null ? undefined : this.#recent.get(open.id);
    if (
      before?.stack === stack &&
      before.name === open.name &&
      before.current === open.current &&
      before.truncated === truncated &&
      open.notes === null &&
      before.notes.length === 0
    ) {
      this.#threads.push(before);
      return;
    }
    const thread: Thread = {
      id: open.id,
      name: open.name,
      kind: 'thread',
      current: open.current,
      truncated,
      stack,
      nativeFrames: NONE,
      main:
        outermost === null || truncated === 'marked'
          ? null
          : outermost.endsWith('_bootstrap')
            ? false
            : this.#grammar.outermost.has(outermost)
              ? true
              : null,
      activity: null,
      measures: null,
      notes: open.notes ?? NONE,
    };
    this.#threads.push(thread);
    if (open.id !== null) {
      if (this.#recent.size > MOST_RECENT) this.#recent.clear();
      this.#recent.set(open.id, thread);
    }
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
    this.#ids = new Set(later.flatMap((thread) => thread.id ?? []));
    this.#hasCurrent = later.some((thread) => thread.current);
    return true;
  }

  /** A cause alone is a log line; a head alone is a dump only where nothing suggests that it is quoted. */
  #isDump(): boolean {
    const [first] = this.#threads;
    if (first === undefined) return false;
    if (this.#threads.length > 1 || this.#reason !== null) return true;
    if (this.#tables.stacks.depth(first.stack) > 0 || first.notes.length > 0) return true;
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
    return { line: this.#line, lines, last: this.#lastTaken, reason: this.#reason, threads, threadsCut: this.#threadsCut, notes };
  }
}
