/**
 * Stacks of errors and traces in free text: uncaught and logged errors, warnings, console.trace, `Thrown at:`, test
 * runners. V8 makes the frames (deps/v8/src/execution/messages.cc, ErrorUtils::ToString and CallSiteInfo), Node what is
 * around them (lib/internal/util/inspect.js, formatError; src/node_errors.cc, PrintException). Node 0.10 to 26.
 *
 *     /srv/app/a.js:5                                     of an uncaught error only
 *     function report() { … }
 *                         ^
 *
 *     Error: cannot build report                          the message, of any number of lines
 *         at report (/srv/app/a.js:5:56)                  a frame
 *             -> /srv/app/a.ts:7:3                        Node 12 with source maps: the same frame's source
 *         ... 5 lines matching cause stack trace ...      frames that the cause has, too
 *         at node:internal/main/run_main_module:28:49 {
 *       code: 'E_QUERY',                                  properties
 *       [cause]: QueryError: SELECT failed                another stack
 *           at query (/srv/app/a.js:4:57)
 *     }
 *
 *     Node.js v20.20.2                                    of an uncaught error, Node 17 and later
 *
 * Every run of frames is a stack of its own, i.e. one dump with one thread: a cause, each error of an AggregateError, the
 * place where an event was emitted. It is recognised by its first frame, and its message is what stands above. An uncaught
 * error without frames is recognised by what Node prints around it.
 *
 *     Uncaught TypeError: …                               --abort-on-uncaught-exception: frames without `at`
 *
 *     FROM
 *     OrderService.price (/srv/app/a.js:6:49)
 *
 * A watchdog prints such a stack, too, but of a thread that is blocked now: a line above that says so makes it a snapshot.
 */
import P from 'parsimmon';
import type { Frame, LineNumber, Reason } from '../src/model/index.js';
import { attempt, fields, firstOf, parseLine, type PlacedDump, type ReportedDump, type StackGrammar, type StackReader } from './grammar.js';
import { errorFrame, plainFrame } from './shared/v8-frames.js';

// --- lines ---------------------------------------------------------------------------------------------------------

type Line =
  | { readonly is: 'frame'; readonly frame: Frame; readonly opens: boolean }
  /** The first of two lines: the name of a function may hold a line feed. */
  | { readonly is: 'half' }
  | { readonly is: 'elision'; readonly text: string }
  | { readonly is: 'mapped' }
  | { readonly is: 'property' }
  | { readonly is: 'version'; readonly version: string }
  /** It begins the message of another stack. */
  | { readonly is: 'message' }
  | { readonly is: 'blank' }
  | { readonly is: 'other' };

const line: P.Parser<Line> = firstOf<Line>(
  P.regexp(/\s*/).skip(P.eof).result({ is: 'blank' }),
  P((text, from) => (text.endsWith('{') ? P.makeSuccess(from, true) : P.makeSuccess(from, false))).chain((opens) =>
    errorFrame.map((frame): Line => ({ is: 'frame', frame, opens })),
  ),
  fields(/ *(\.\.\. \d+ lines matching cause stack trace \.\.\.)\s*$/).map(([text]) => ({ is: 'elision', text: text! })),
  P.regexp(/ +-> \S.*:\d+:\d+$/).result({ is: 'mapped' }),
  fields(/Node\.js (v\d+\.\d+\.\d\S*)$/).map(([version]) => ({ is: 'version', version: version! })),
  P.regexp(/ *\[?(?:cause|errors)\]?: .*$|.*\bat:$|(?:.*[\s(:>])?(?:[A-Z]\w*)?(?:Error|Exception|Warning|Trace)\b.*$/s).result({
    is: 'message',
  }),
  P.regexp(/ *(?:[\])}]+,?|(?:\[[^\]]+\]|'(?:[^'\\]|\\.)*'|[\w$]+): .*)$/s).result({ is: 'property' }),
  P.regexp(/ {2,}at .*$/s).result({ is: 'half' }),
  P.all.result<Line>({ is: 'other' }),
);

// --- what stands around a stack ------------------------------------------------------------------------------------

const NAMED =
  /(?:^|[\s(:>])((?:\w+\.)*(?:[A-Z]\w*)?(?:Error|Exception|Warning|Trace|Rejection)\b(?: \[[\w$]+\])?(?::.*|$)|KEYBOARD_INTERRUPT.*)/s;
const EVENT = /(?:^|[\s(:>])((?:Thrown(?= at:$)|Emitted ).*)$/s;
const LOOP = /\b(?:thread|event loop|loop)\b/i;
const STANDS = /\b(?:blocked|stuck|stalled|unresponsive|not respond\w*|hangs?|hung)\b/i;

/** The part of a line that names an error, or null. */
function namedIn(text: string): string | null {
  const event = text.endsWith(' at:') ? EVENT.exec(text) : null;
  const named = NAMED.exec(text);
  const first = event !== null && (named === null || event.index < named.index) ? event : named;
  return first?.[1] ?? null;
}

/** Whether a line says that a thread or loop is blocked. */
function tellsOfBlock(text: string): boolean {
  const loop = LOOP.exec(text);
  if (loop === null) return false;
  const blocked = /\bblocked /i.exec(text);
  return STANDS.test(text.slice(loop.index)) || (blocked !== null && LOOP.test(text.slice(blocked.index)));
}

const LONGEST_MESSAGE = 400;

interface Message {
  readonly reason: Reason | null;
  readonly kind: 'error' | 'snapshot';
  readonly pid: number | null;
}

/** What the lines above a stack, nearest first, say of it: the nearest line that names an error, else the nearest of all. */
function messageOf(above: readonly string[]): Message {
  const lines = above.map((text) => text.trim());
  const nearest = lines.findIndex((text) => text !== '');
  if (nearest < 0) return { reason: null, kind: 'error', pid: null };
  const index = lines.findIndex((text, i) => i >= nearest && namedIn(text) !== null);
  const text = lines[index < 0 ? nearest : index]!;
  const pid = /\(node:(\d+)\)|\bpid[ =:]{1,2}(\d+)/i.exec(text);
  const blocked = index !== nearest && tellsOfBlock(lines[nearest]!);
  const own = blocked ? lines[nearest]! : index < 0 ? text : (namedIn(text) ?? text);
  return {
    reason: { kind: blocked ? 'timeout' : /^Trace\b/.test(own) ? 'request' : 'exception', text: own.slice(0, LONGEST_MESSAGE) },
    kind: blocked ? 'snapshot' : 'error',
    pid: pid === null ? null : Number(pid[1] ?? pid[2]),
  };
}

function dumpOf(message: Message, frames: readonly Frame[], elided: readonly string[], runtimeVersion: string | null): ReportedDump {
  return {
    kind: message.kind,
    time: null,
    pid: message.pid,
    runtimeVersion,
    reason: message.reason,
    threads: [
      {
        id: null,
        name: null,
        current: false,
        truncated: elided.length > 0 ? 'marked' : frames.length >= DEFAULT_LIMIT ? 'likely' : false,
        main: null,
        activity: frames.length > 0 ? 'running' : 'unknown',
        frames,
        nativeFrames: [],
        notes: elided,
        measures: null,
      },
    ],
    notes: [],
    warnings: [],
  };
}

/** Error.stackTraceLimit, unless a program sets another. */
const DEFAULT_LIMIT = 10;
/** Foreign lines (another process') between two frames of a stack. */
const BRIDGED_LINES = 2;
const BLANKS = 3;

// --- readers -------------------------------------------------------------------------------------------------------

/** A run of frames, and the properties and version below it. */
class RunReader implements StackReader {
  readonly #message: Message;
  readonly #frames: Frame[] = [];
  readonly #elided: string[] = [];
  #version: string | null = null;
  #first: LineNumber = 0;
  #lines = 0;
  #half: string | null = null;
  #foreign = 0;
  #blanks = 0;
  /** Properties are being printed below the stack: the run is over. */
  #inProperties = false;
  #closed = false;

  constructor(above: readonly string[]) {
    this.#message = messageOf(above);
  }

  feed(text: string, number: LineNumber): 'taken' | 'foreign' | 'ended' {
    if (this.#closed) return 'ended';
    const half = this.#half;
    this.#half = null;
    const token = parseLine(line, half === null ? text : `${half}\n${text}`);
    if (this.#lines === 0 && token.is !== 'frame') return 'ended';
    if (half !== null && token.is !== 'frame') return 'ended';
    switch (token.is) {
      case 'frame':
        if (this.#inProperties || this.#blanks > 0) return 'ended';
        this.#frames.push(token.frame);
        this.#inProperties = token.opens;
        break;
      case 'half':
        if (this.#inProperties || this.#blanks > 0 || this.#foreign > 0) return 'ended';
        this.#half = text;
        break;
      case 'elision':
        this.#elided.push(token.text);
        break;
      case 'mapped':
        break;
      case 'property':
        if (!this.#inProperties && !/^\s*[\])}]/.test(text)) return this.#bridge();
        this.#inProperties = true;
        break;
      case 'version':
        this.#version = token.version;
        this.#closed = true;
        break;
      case 'message':
        return 'ended';
      case 'blank':
        return ++this.#blanks > BLANKS ? 'ended' : 'foreign';
      default:
        return this.#blanks > 0 || this.#inProperties ? 'ended' : this.#bridge();
    }
    if (this.#lines === 0) this.#first = number;
    this.#lines++;
    this.#foreign = 0;
    return 'taken';
  }

  #bridge(): 'foreign' | 'ended' {
    return ++this.#foreign > BRIDGED_LINES ? 'ended' : 'foreign';
  }

  finish(): PlacedDump[] {
    if (this.#frames.length === 0) return [];
    return [{ dump: dumpOf(this.#message, this.#frames, this.#elided, this.#version), line: this.#first, lines: this.#lines }];
  }
}

/** `Uncaught …`, an empty line, `FROM`, then frames without `at`. */
class AbortReader implements StackReader {
  readonly #frames: Frame[] = [];
  #head = '';
  #first: LineNumber = 0;
  #state: 'head' | 'blank' | 'from' | 'frames' = 'head';

  feed(text: string, number: LineNumber): 'taken' | 'foreign' | 'ended' {
    switch (this.#state) {
      case 'head':
        this.#head = text.trim();
        this.#first = number;
        this.#state = 'blank';
        return 'foreign';
      case 'blank':
        this.#state = 'from';
        return text.trim() === '' ? 'foreign' : 'ended';
      case 'from':
        this.#state = 'frames';
        return text.trim() === 'FROM' ? 'taken' : 'ended';
      default: {
        const frame = attempt(plainFrame, text);
        if (!frame.status) return 'ended';
        this.#frames.push(frame.value);
        return 'taken';
      }
    }
  }

  finish(): PlacedDump[] {
    if (this.#frames.length === 0) return [];
    const message: Message = { reason: { kind: 'fatal', text: this.#head.slice(0, LONGEST_MESSAGE) }, kind: 'error', pid: null };
    return [{ dump: dumpOf(message, this.#frames, [], null), line: this.#first, lines: this.#frames.length + 3 }];
  }
}

/** An error without frames, known by a line that Node prints with an uncaught one. */
class FramelessReader implements StackReader {
  readonly #above: readonly string[];
  #found: { message: Message; line: LineNumber; version: string | null } | null = null;

  constructor(above: readonly string[]) {
    this.#above = above;
  }

  feed(text: string, number: LineNumber): 'taken' | 'ended' {
    if (this.#found !== null) return 'ended';
    const message = this.#messageOf(text);
    if (message === null) return 'ended';
    this.#found = { message, line: number, version: /^Node\.js v\S+$/.test(text) ? text.slice('Node.js '.length) : null };
    return 'taken';
  }

  #messageOf(text: string): Message | null {
    if (UNSETTLED.test(text))
      return { reason: { kind: 'exception', text: text.trim().slice(0, LONGEST_MESSAGE) }, kind: 'error', pid: null };
    if (!ENDS.test(text)) return null;
    // a picture of the source with a caret below it, then the error
    const caret = this.#above.findIndex((line) => /^\s*\^+\s*$/.test(line));
    if (caret <= 0 || !/^\S.*:\d+$/.test(this.#above[caret + 2] ?? '')) return null;
    const own = this.#above.slice(0, caret).findLast((line) => line.trim() !== '');
    return own === undefined
      ? null
      : { reason: { kind: 'exception', text: own.trim().slice(0, LONGEST_MESSAGE) }, kind: 'error', pid: null };
  }

  finish(): PlacedDump[] {
    return this.#found === null
      ? []
      : [{ dump: dumpOf(this.#found.message, [], [], this.#found.version), line: this.#found.line, lines: 1 }];
  }
}

const UNSETTLED = /^Warning: Detected unsettled top-level await at /;
const ENDS = /^(?:Node\.js v\d+\.\d+\.\d\S*|\(Use `node --trace-uncaught .*)$/s;

/** `(node:4324) UnhandledPromiseRejectionWarning: …` of Node 6 to 14: without a frame below it, it is the whole of an error. */
class RejectionReader implements StackReader {
  #text: string | null = null;
  #line: LineNumber = 0;
  #lines = 0;

  feed(text: string, number: LineNumber): 'foreign' | 'ended' {
    if (this.#text === null) {
      // Node's own comment on the warning before
      if (/Warning: Unhandled promise rejection\./.test(text)) return 'ended';
      this.#text = text.trim();
      this.#line = number;
      return 'foreign';
    }
    if (parseLine(line, text).is === 'frame') {
      this.#text = null;
      return 'ended';
    }
    return /^\(node:\d+\)|^\s*$/.test(text) || ++this.#lines > MESSAGE_LINES ? 'ended' : 'foreign';
  }

  finish(): PlacedDump[] {
    return this.#text === null ? [] : [{ dump: dumpOf(messageOf([this.#text]), [], [], null), line: this.#line, lines: 1 }];
  }
}

/** Lines of a message that are waited for before an error is taken to have no frames. */
const MESSAGE_LINES = 8;

/** Decides by the first line which of them reads. */
class ErrorReader implements StackReader {
  readonly #above: readonly string[];
  #reader: StackReader | null = null;

  constructor(above: readonly string[]) {
    this.#above = above;
  }

  feed(text: string, number: LineNumber): 'taken' | 'foreign' | 'ended' {
    this.#reader ??= this.#choose(text);
    return this.#reader.feed(text, number);
  }

  #choose(text: string): StackReader {
    if (/^\s*(?:\S.*\s)?Uncaught /.test(text)) return new AbortReader();
    if (/UnhandledPromiseRejectionWarning: /.test(text)) return new RejectionReader();
    if (UNSETTLED.test(text) || ENDS.test(text)) return new FramelessReader(this.#above);
    return new RunReader(this.#above);
  }

  finish(): readonly PlacedDump[] {
    return this.#reader?.finish() ?? [];
  }
}

export const nodeError: StackGrammar = {
  kind: 'stacks',
  id: 'node-error',
  title: 'Node.js error or trace',
  runtime: 'node',
  openings: [
    '    at ',
    'Uncaught ',
    'UnhandledPromiseRejectionWarning: ',
    'Node.js v',
    '(Use `node --trace-uncaught',
    'Warning: Detected unsettled top-level await',
  ],
  glance:
    /^(?: {4}at [^\n]*(?::\d+:\d+|<anonymous>|native\)|\(index \d+\)|<anonymous_script>:\d+)|Uncaught [^\n]*\r?\n[^\n]{0,200}\r?\n[^\n]{0,200}FROM|UnhandledPromiseRejectionWarning: (?!Unhandled promise rejection\.)|Node\.js v\d+\.\d+\.\d+\S*\s*(?:\n|$)|\(Use `node|Warning: Detected)/,
  lead: /\([^()\s]+:\d+\) $/,
  begin: (above) => new ErrorReader(above),
  example: '    at handle (/srv/app/orders.js:8:66)',
  how: 'node --trace-warnings --trace-uncaught; console.trace(); any error that is logged with its stack',
};
