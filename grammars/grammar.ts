import P from 'parsimmon';
import type { Frame, LineNumber, NativeFrame, Reason, Runtime, Thread, ThreadMark, ThreadMeasures, Warning } from '../src/model/index.js';

/**
 * What a grammar is: the meaning of one dump format's text, and nothing else. How lines reach it
 * (blocks, prefixes of log collectors, lines seen before) is the reading layer's business.
 *
 * A new format is one file beside this one, one line in `index.ts`, one sample folder, one test.
 */
export type Grammar = LineGrammar | JsonGrammar | StackGrammar;

interface GrammarHead {
  /** Name of the format in JSON output, e.g. `faulthandler`. Never changes once released. */
  readonly id: string;
  /** The same for people. */
  readonly title: string;
  readonly runtime: Runtime;
  /**
   * How a dump is recognised, as data: ASCII texts of at least seven bytes (the search skips about as many a step as the shortest is long) one of which stands in
   * the first line of every dump. All formats' openings are searched in one pass over the bytes, whatever their number.
   * What follows a found opening on its line must satisfy the grammar, so an opening may be generous.
   */
  readonly openings: readonly string[];
  /** Where an opening stands inside the first line of a dump: what of the format stands before it, at the end of the text. Else nothing. */
  readonly lead?: RegExp;
  /** What the line after the first one must be like; else it is another format's. */
  readonly followedBy?: RegExp;
  /** Lines of a dump, for people. */
  readonly example: string;
  /** How such a dump is made, for people. */
  readonly how: string;
}

/** A format made of lines, each of which has a meaning of its own. */
export interface LineGrammar extends GrammarHead {
  readonly kind: 'lines';
  /** One line, without its end and without a collector's prefix. Must accept every text: what is none of the format's lines is `other`. */
  readonly line: P.Parser<LineToken>;
  /** How a frame or a thread's head begins: by this a line is known that a console broke in two. */
  readonly begins: RegExp;
  /** Functions in which a whole stack ends, i.e. the outermost frames that the runtime starts threads with. */
  readonly outermost: ReadonlySet<string>;
  /** Most frames that the dumper writes for one thread. A stack of that depth is likely cut, mark or not. Infinity: no limit. */
  readonly maxFrames: number;
  /**
   * The signs with which lines of the format begin, where these are not indented. A line that begins with another
   * sign of ASCII is `other`, and no text is made of it. Without this field any sign may begin a line of the format.
   */
  readonly firstSigns?: string;
  /**
   * A head says the same whatever the hexadecimal digits of its thread's id are (`0x…`), but for the id: of heads that differ in
   * nothing else one is parsed.
   */
  readonly idsAlike?: boolean;
  /** Order of the frames of a stack: the most recent call first or last. A head may say otherwise. */
  readonly order: Order;
  /** What its dumps are like: what begins and ends them, and what may stand in them. */
  readonly shape: DumpShape;
}

export type Order = 'recent-first' | 'recent-last';

/**
 * Where dumps of a format begin and end, as data: none has an end mark, so what stands between two heads tells whether they
 * are of one dump.
 */
export interface DumpShape {
  /** An empty line stands between two threads, so in a text that kept its empty lines a head without one begins the next dump. */
  readonly blankBetween: boolean;
  /**
   * Foreign lines (a comment, a log line of another thread) after which another head still belongs to the dump: `after-blank`,
   * when an empty line was among them; `without-blank`, when none was; `any`.
   */
  readonly goesOn: 'after-blank' | 'without-blank' | 'any';
  /** A thread that comes again (by its id, else by its name) begins the next dump, is more of the same, or is named for the second time. */
  readonly again: 'next-dump' | 'more' | 'ignored';
  /** Lines below a frame show its source: a line that is none of the format's stands for one, where it follows a frame. */
  readonly sources: boolean;
  /** Tokens besides `cause`, `thread`, `stack`, `process` and `native-head` that a dump can begin with. */
  readonly alsoBegins: readonly LineToken['is'][];
  /** What belongs to the dump above the line with its opening, nearest first. `required`: without it there is no dump where one of `alsoBegins` would begin it. */
  readonly above: { readonly tokens: readonly LineToken['is'][]; readonly required: boolean };
  /** A stack may stand under the cause without a head. */
  readonly causeIsHead: boolean;
  /** A stack may stand without a head: it is whole, and has this many frames at least. Null: it may not. */
  readonly headless: number | null;
  /** Where the line above is like this, frames without a head are part of another text. */
  readonly notBelow: RegExp | null;
}

/** The shape of most formats. */
export const PLAIN_SHAPE: DumpShape = {
  blankBetween: false,
  goesOn: 'any',
  again: 'next-dump',
  sources: false,
  alsoBegins: [],
  above: { tokens: [], required: false },
  causeIsHead: false,
  headless: null,
  notBelow: null,
};

/** What the head of a thread's stack tells. */
export interface ThreadHead {
  readonly id: string | null;
  readonly name: string | null;
  readonly current: boolean;
  readonly kind?: Thread['kind'];
  readonly marks?: readonly ThreadMark[];
  /** Where the head says so. */
  readonly main?: boolean;
  readonly notes?: readonly string[];
  /** Where it is not the grammar's. */
  readonly order?: Order;
}

/** The meaning of one line of a dump. */
export type LineToken =
  | { readonly is: 'blank' }
  /** Why the dump is made. Begins a dump. */
  | { readonly is: 'cause'; readonly reason: Reason }
  /** The process that is dumped, or more about it. `begins`: no line of the dump stands above it. */
  | {
      readonly is: 'process';
      readonly begins: boolean;
      readonly pid: number | null;
      readonly runtimeVersion: string | null;
      readonly note: string | null;
    }
  /**
   * Head of one thread's stack. `alone`: the dump has this one stack only. `second`: the second line of a head, which begins
   * a thread only where no head without frames stands above it. `inside`: it stands within another thread's part and never
   * begins a dump.
   */
  | (ThreadHead & {
      readonly is: 'thread';
      readonly alone: boolean;
      readonly second?: boolean;
      readonly inside?: boolean;
      readonly pid?: number;
    })
  /** A whole thread on one line, or one frame of a thread that each of its lines names. */
  | (ThreadHead & { readonly is: 'stack'; readonly frames: readonly Frame[] })
  /** A thread's head that is continued on the next line (a line feed inside a thread name). */
  | { readonly is: 'unfinished' }
  /** A line that is a thread's name when a rule follows it. */
  | { readonly is: 'caption'; readonly text: string }
  | { readonly is: 'rule' }
  | { readonly is: 'frame'; readonly frame: Frame }
  /** The frame above came this many times more. */
  | { readonly is: 'repeat'; readonly times: number }
  /** Source of the frame above, or marks under it. */
  | { readonly is: 'source' }
  /** A variable of the frame above; which kind it is, the section above tells. */
  | { readonly is: 'local'; readonly name: string; readonly value: string }
  /** Head of a part of a thread. The frames under `other` are none of its stack. */
  | { readonly is: 'section'; readonly holds: 'frames' | 'arguments' | 'locals' | 'other' }
  /** Head of the C stack of the current thread. */
  | { readonly is: 'native-head' }
  /** A frame in C: of the stack that a native head began, else of the thread, among its other frames. */
  | { readonly is: 'native'; readonly frame: NativeFrame }
  /** The dumper left something out: of a stack when indented or within one, else of the thread list. */
  | { readonly is: 'ellipsis'; readonly indented: boolean }
  /** A line in the place of a frame. `cutsStack`: callers are missing. */
  | { readonly is: 'pseudo-frame'; readonly text: string; readonly cutsStack: boolean }
  /** Another line that belongs to the dump; `last`: nothing of the dump follows it. */
  | { readonly is: 'remark'; readonly text: string; readonly last: boolean }
  /** A line by which what stands above it is no dump: the message of an exception under its traceback. */
  | { readonly is: 'refutation' }
  | { readonly is: 'other' };

/** A format whose dumps are JSON objects, or arrays of them. A JSON reader takes the container, Parsimmon the stack lines in it. */
export interface JsonGrammar extends GrammarHead {
  readonly kind: 'json';
  /** The text from an opening on shows that the object or array is a dump of this format; decided on the first {@link CONFIRM_BYTES} bytes. */
  readonly confirm: RegExp;
  /** The same where a comma stands before the opening, as in objects whose keys were sorted: what stands there is not read. Without it, no dump begins so. */
  readonly confirmLater?: RegExp;
  /** The text from the brace (or, of an array, the bracket) with which the dump begins to the opening; without it, it begins with a brace directly before the opening. */
  readonly within?: RegExp;
  /** An array of the outermost object whose items are read one by one: `reduce` says what is kept of each, and stands in its place for {@link read}. */
  readonly parts?: { readonly key: string; reduce(item: unknown): unknown };
  /** The meaning of the value; `complete` is false when its end is missing. Null: it is none of this format after all. */
  read(value: unknown, complete: boolean): ReportedDump | readonly ReportedDump[] | null;
}

/**
 * A format whose lines mean something only by what stands above them, so that it puts its dumps together itself: most are
 * a few modes (`readByModes` in `shared/modes.ts`) whose lines are Parsimmon parsers.
 */
export interface StackGrammar extends GrammarHead {
  readonly kind: 'stacks';
  /** The text from an opening on shows that a dump may begin; decided on the first {@link CONFIRM_BYTES} bytes, before anything else is done. */
  readonly glance: RegExp;
  /** A reader for one dump (or several that are told together). `above`: the lines above it, nearest first, without prefix. */
  begin(above: readonly string[]): StackReader;
}

/** Puts the lines of a dump together, from its first line on. */
export interface StackReader {
  /**
   * What a line is: part of the dump; foreign, but the dump may go on after it; or the first line after the dump. Lines
   * that are not taken are there to be looked back at by the next dump.
   */
  feed(line: string, number: LineNumber): 'taken' | 'foreign' | 'ended';
  /** The dumps, when their text has ended. */
  finish(): readonly PlacedDump[];
}

/** A dump and where it stands. */
export interface PlacedDump {
  readonly dump: ReportedDump;
  readonly line: LineNumber;
  /** Lines that are part of it. */
  readonly lines: number;
}

/** Text that looks like a dump's and is none: it is counted and named, so that nobody looks for it in vain. */
export interface AsideGrammar {
  readonly kind: 'aside';
  readonly id: string;
  /** What it is, for people. */
  readonly title: string;
  /** As in a grammar of dumps. */
  readonly openings: readonly string[];
  /** A line after the opening's: `inside`, the last one, or none of it any more. Must accept every text. */
  readonly line: P.Parser<'inside' | 'last' | 'outside'>;
}

/** Bytes after an opening that {@link JsonGrammar.confirm} and {@link StackGrammar.glance} may look at. */
export const CONFIRM_BYTES = 512;

/** What a JSON grammar finds: a dump whose frames are not interned yet and whose place in the input is unknown to it. */
export interface ReportedDump {
  /** Where it is not the grammar's own. */
  readonly runtime?: Runtime;
  readonly kind: 'snapshot' | 'error';
  readonly time: number | null;
  /** Instead of it, the time as printed, where it lacks a zone. */
  readonly timeText?: string;
  readonly pid: number | null;
  readonly runtimeVersion: string | null;
  readonly reason: Reason | null;
  readonly threads: readonly ReportedThread[];
  readonly notes: readonly string[];
  readonly warnings: readonly Omit<Warning, 'line'>[];
}

export interface ReportedThread
  extends
    Pick<Thread, 'id' | 'name' | 'current' | 'truncated' | 'main' | 'activity' | 'nativeFrames' | 'notes'>,
    Partial<Pick<Thread, 'kind' | 'marks' | 'locals'>> {
  readonly frames: readonly Frame[];
  readonly measures: ThreadMeasures | null;
}

/**
 * A terminal with several fields: one regular expression, its groups as the result. (`P.regexp` gives one group
 * only, and a combinator per field costs four times as much.) A `.` is any sign, so that a rest of a line is taken at once
 * and not tried in vain from each place where it may begin.
 */
export function fields(pattern: RegExp): P.Parser<readonly (string | undefined)[]> {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace('s', '')}sy`);
  const atBegin = P.makeFailure(0, pattern.source);
  return plainlyMapped((input, at) => {
    sticky.lastIndex = at;
    const match = sticky.exec(input);
    if (match) return P.makeSuccess(sticky.lastIndex, match.slice(1));
    return at === 0 ? atBegin : P.makeFailure(at, pattern.source);
  });
}

/**
 * A parser whose `map` makes a value of its value and nothing else. Parsimmon's own also puts together what would have been accepted
 * in the place of what was, as sets that are sorted, for a message about a failure further on: more work than the expression.
 */
function plainlyMapped<T>(step: (input: string, at: number) => P.Reply<T>): P.Parser<T> {
  const parser = P(step);
  parser.map = <U>(make: (value: T) => U): P.Parser<U> =>
    plainlyMapped((input, at) => {
      const reply = step(input, at);
      return reply.status ? P.makeSuccess(reply.index, make(reply.value)) : reply;
    });
  return parser;
}

/**
 * The first of several parsers that accepts. As `P.alt`, which also collects what each of them would have accepted, for a
 * message about the failure: half the work of reading a line, for a message that nobody sees, since what no line of a
 * format accepts is another text's.
 */
export function firstOf<T>(...parsers: readonly P.Parser<T>[]): P.Parser<T> {
  const steps = parsers as readonly unknown[] as readonly Step<T>[];
  return P((input, at) => {
    for (let i = 0; i < steps.length; i++) {
      const reply = steps[i]!._(input, at);
      if (reply.status) return reply;
    }
    return P.makeFailure(at, 'another line');
  });
}

/** Takes any text as the same. `P.all` with a `map` also puts together, for a message, what would have been accepted in its place. */
export function anything<T>(value: T): P.Parser<T> {
  return P((input) => P.makeSuccess(input.length, value));
}

/** A parser, asked only where the text goes on like the pattern: what many alternatives would refuse one after the other is refused at once. */
export function whereLike<T>(pattern: RegExp, parser: P.Parser<T>): P.Parser<T> {
  const sticky = new RegExp(pattern.source, 'y');
  const step = parser as unknown as Step<T>;
  return P((input, at) => {
    sticky.lastIndex = at;
    return sticky.test(input) ? step._(input, at) : P.makeFailure(at, pattern.source);
  });
}

/**
 * What a parser makes of the whole of a text. As its `parse`, which also keeps, while it fails, where lines begin, by the text as a
 * key of a plain object: with the text `__proto__` it writes into the prototype of all objects (Parsimmon 1.18).
 */
export function attempt<T>(parser: P.Parser<T>, text: string): { readonly status: true; readonly value: T } | { readonly status: false } {
  const reply = (parser as unknown as Step<T>)._(text, 0);
  return reply.status && reply.index === text.length ? { status: true, value: reply.value } : { status: false };
}

/**
 * What a parser makes of a line.
 *
 * @throws Error when it takes less than the line: the parser of a line has to take every text
 */
export function parseLine<T>(parser: P.Parser<T>, line: string): T {
  const reply = (parser as unknown as Step<T>)._(line, 0);
  if (!reply.status || reply.index !== line.length) throw new Error('a line that its grammar does not take');
  return reply.value;
}

/** How Parsimmon's parsers call each other (`_` in its source, 1.18); its types leave it out. */
interface Step<T> {
  _(input: string, at: number): P.Reply<T>;
}
