import P from 'parsimmon';
import type { Frame, NativeFrame, Reason, Runtime, Thread, ThreadMeasures, Warning } from '../src/model/index.js';

/**
 * What a grammar is: the meaning of one dump format's text, and nothing else. How lines reach it
 * (blocks, prefixes of log collectors, lines seen before) is the reading layer's business.
 *
 * A new format is one file beside this one, one line in `index.ts`, one sample folder, one test.
 */
export type Grammar = LineGrammar | JsonGrammar;

interface GrammarHead {
  /** Name of the format in JSON output, e.g. `faulthandler`. Never changes once released. */
  readonly id: string;
  /** The same for people. */
  readonly title: string;
  readonly runtime: Runtime;
  /**
   * How a dump is recognised, as data: ASCII texts of at least eight bytes (the search skips about as many a step as the shortest is long) one of which stands in
   * the first line of every dump. All formats' openings are searched in one pass over the bytes, whatever their number.
   * What follows a found opening on its line must satisfy the grammar, so an opening may be generous.
   */
  readonly openings: readonly string[];
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
  /** Most frames that the dumper writes for one thread. A stack of that depth is likely cut, mark or not. */
  readonly maxFrames: number;
}

/** The meaning of one line of a dump. */
export type LineToken =
  | { readonly is: 'blank' }
  /** Why the dump is made. Begins a dump. */
  | { readonly is: 'cause'; readonly reason: Reason }
  /** Head of one thread's stack. `alone`: the dump has this one stack only. */
  | { readonly is: 'thread'; readonly id: string | null; readonly name: string | null; readonly current: boolean; readonly alone: boolean }
  /** A thread's head that is continued on the next line (a line feed inside a thread name). */
  | { readonly is: 'unfinished' }
  | { readonly is: 'frame'; readonly frame: Frame }
  /** Head of the C stack of the current thread. */
  | { readonly is: 'native-head' }
  | { readonly is: 'native'; readonly frame: NativeFrame }
  /** The dumper left something out: of a stack when indented or within one, else of the thread list. */
  | { readonly is: 'ellipsis'; readonly indented: boolean }
  /** A line in the place of a frame. `cutsStack`: callers are missing. */
  | { readonly is: 'pseudo-frame'; readonly text: string; readonly cutsStack: boolean }
  /** Another line that belongs to the dump; `last`: nothing of the dump follows it. */
  | { readonly is: 'remark'; readonly text: string; readonly last: boolean }
  | { readonly is: 'other' };

/** A format whose dumps are JSON objects. A JSON reader takes the container, Parsimmon the stack lines in it. */
export interface JsonGrammar extends GrammarHead {
  readonly kind: 'json';
  /** The text from an opening on shows that the object is a dump of this format; decided on the first {@link CONFIRM_BYTES} bytes. */
  readonly confirm: RegExp;
  /** The meaning of the object; `complete` is false when its end is missing. Null: it is none of this format after all. */
  read(value: unknown, complete: boolean): ReportedDump | null;
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

/** Bytes after an opening of a JSON format that {@link JsonGrammar.confirm} may look at. */
export const CONFIRM_BYTES = 512;

/** What a JSON grammar finds: a dump whose frames are not interned yet and whose place in the input is unknown to it. */
export interface ReportedDump {
  readonly kind: 'snapshot' | 'error';
  readonly time: number | null;
  readonly pid: number | null;
  readonly runtimeVersion: string | null;
  readonly reason: Reason | null;
  readonly threads: readonly ReportedThread[];
  readonly notes: readonly string[];
  readonly warnings: readonly Omit<Warning, 'line'>[];
}

export interface ReportedThread extends Pick<
  Thread,
  'id' | 'name' | 'current' | 'truncated' | 'main' | 'activity' | 'nativeFrames' | 'notes'
> {
  readonly frames: readonly Frame[];
  readonly measures: ThreadMeasures | null;
}

/**
 * A terminal with several fields: one regular expression, its groups as the result. (`P.regexp` gives one group
 * only, and a combinator per field costs four times as much.)
 */
export function fields(pattern: RegExp): P.Parser<readonly (string | undefined)[]> {
  const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
  return P((input, at) => {
    sticky.lastIndex = at;
    const match = sticky.exec(input);
    return match ? P.makeSuccess(sticky.lastIndex, match.slice(1)) : P.makeFailure(at, pattern.source);
  });
}
