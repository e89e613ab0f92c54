/**
 * How V8 and Node write one frame of a stack; the formats of whole stacks are in files of their own. Lines and columns are
 * 1-based unless it says otherwise. In V8's own words: `callee (script:line:column)`, or the place alone where the
 * function has no name.
 *
 *     at Repo.load (/srv/app/a.js:8:26)                      Error.stack: deps/v8/src/objects/call-site-info.cc
 *     at async Promise.all (index 0)
 *     at eval (eval at <anonymous> (/srv/app/a.js:38:30), <anonymous>:1:1)
 *     at  (/srv/app/a.js:19:35)                              reports of workers: src/node_report.cc, PrintJavaScriptStack
 *     at [eval] (:3:9)                                       a script without a name: src/node_errors.cc, PrintStackTrace
 *     1: spawnSync (node:child_process:877:24)               src/debug_utils.cc, DumpJavaScriptBacktrace
 *     5: /srv/app/a.js:5:39
 *     OrderService.price (/srv/app/a.js:6:49)                V8's PrintCurrentStackTrace
 *     0: [pc=0x2b046d66c7c6] lookup (/srv/app/a.js:8:5)      node-report 1 and 2
 *     #0 lookup hang/spin.js:8:4                             node inspect: column from 0
 *     2: post [0x2b25e90de1a9] [/srv/app/a.js:~2] [pc=0x…](this=…)   V8's JavaScriptFrame::Print: no column, `~`: optimised
 */
import P from 'parsimmon';
import type { Frame, NativeFrame } from '../../src/model/index.js';
import { attempt, fields, firstOf } from '../grammar.js';

type Place = Pick<Frame, 'file' | 'line' | 'column'>;

const at = (file: string | undefined, line: number | null, column: number | null): Place => ({
  file: file === '' ? null : (file ?? null),
  line,
  column,
});

/** The part of a frame in parentheses, or the whole of a frame without a name. */
const place = firstOf<Place>(
  fields(/(.*):(\d+):(\d+)$/s).map(([file, line, column]) => at(file, Number(line), Number(column))),
  fields(/(\/.*|file:.*|node:.*|[\w.-]+\.[cm]?[jt]s|<anonymous\w*>|evalmachine\.<anonymous>):(\d+)$/s).map(([file, line]) =>
    at(file, Number(line), null),
  ),
  fields(/(<anonymous>|native|unknown location|index \d+|wasm:.*|.*wasm-function\[.*)$/s).map(([file]) => at(file, null, null)),
);

// Names may hold ` (`: a parenthesis opens a place only before something that a place can begin with.
const PLACE_AHEAD = String.raw`(?=\/|[A-Za-z]:[\\/]|file:|node:|wasm:|data:|eval at |https?:|webpack|<anonymous>|native\)|unknown location|index \d|\[|REPL|evalmachine\.|internal\/|:\d|[^()\s]+\.[cm]?[jt]sx?:\d)`;

const withPlace = (name: string | undefined, location: string): P.Parser<Frame> => {
  const found = attempt(place, location);
  return found.status ? P.succeed({ function: name === undefined || name === '' ? null : name, ...found.value }) : P.fail('a place');
};

/** The rest of the line, when it ends as `test` says: what follows it may then search the line for a beginning without doing so in vain for each. */
export const ending = (test: RegExp): P.Parser<unknown> =>
  P.lookahead(
    P((input, from) =>
      test.test(input.slice(Math.max(from, input.length - LONGEST_END)))
        ? P.makeSuccess(input.length, '')
        : P.makeFailure(from, test.source),
    ),
  );
const LONGEST_END = 64;

/** `NAME (PLACE)`, where NAME may be empty. */
const named = firstOf<Frame>(
  ending(/\)\s*$/)
    .then(fields(new RegExp(String.raw`(.*?) \(${PLACE_AHEAD}(.*)$`)))
    .chain(([name, rest]) => withPlace(name, rest!.trimEnd().slice(0, -1))),
  ending(/:\d+:\d+\)\s*$/)
    .then(fields(/(.+)\)\s*$/))
    .chain(([text]) => {
      // the last bracket behind which there is a place
      const at = text!.lastIndexOf(' (', text!.search(/:\d+:\d+$/) - 3);
      return at < 1 ? P.fail('a place') : withPlace(text!.slice(0, at), text!.slice(at + 2));
    }),
);

const unnamed = fields(/(?:async )?(.*\S|)\s*$/s).chain(([location]) => withPlace(undefined, location!));

/** `at NAME (PLACE)` or `at PLACE`; in worker reports an anonymous function is `at  (PLACE)`, with two blanks. */
export const stackLine: P.Parser<Frame> = P.regexp(/\s*at /).then(firstOf(named, unnamed));

/** Sources that are not V8's: other runtimes write `at PLACE`, too (Rust's backtraces stand one a line below their functions). */
const OTHER_LANGUAGES = /\.(?:rs|py|rb|go|java|kt|scala|cs|php|dart|swift|cc|cpp|c|h|ex|exs|erl|hs|zig|ml)$/;

/** A frame of an error's stack in free text. `{` or `,` at its end belong to the object that is printed around it. */
export const errorFrame: P.Parser<Frame> = P.regexp(/ *at (?:.*?\S)(?=(?: \{|,)?\s*$)/s, 0)
  .skip(P.regexp(/(?: \{|,)?\s*/))
  .skip(P.eof)
  .chain((line) => {
    const found = attempt(stackLine, line);
    if (!found.status || (found.value.file !== null && OTHER_LANGUAGES.test(found.value.file))) return P.fail('a frame of V8');
    return P.succeed(found.value);
  });

/** `PLACE` alone, which must be one that a file or the runtime has. */
const plain = ending(/:\d+:\d+$/)
  .then(fields(/((?:\/|[A-Za-z]:[\\/]|file:|node:|\[|REPL|evalmachine\.|<|internal\/|[\w./@+-]+\.[cm]?[jt]sx?:).*)$/s))
  .chain(([location]) => withPlace(undefined, location!));

/** V8's PrintCurrentStackTrace, without number or indent. */
export const plainFrame: P.Parser<Frame> = P.lookahead(/\S/).then(firstOf(named, plain));

/** `N: NAME (PLACE)`, `N: PLACE`. */
export const numberedFrame: P.Parser<Frame> = P.regexp(/ *\d+: (?!0x)/).then(firstOf(named, plain));

/** node-report's `N: [pc=0x…] …`; a frame of a script without a name may be `at [eval] (:1:1)`. */
export const addressedFrame: P.Parser<Frame> = P.regexp(/ *\d+: \[pc=0x[0-9a-f]+\] (?:at )?/).then(firstOf(named, unnamed));

/**
 * `node inspect`'s `#N NAME FILE:LINE:COLUMN`, the column from 0. Names and paths may hold blanks; the path begins behind the
 * first blank that something like a path follows.
 */
export const inspectFrame: P.Parser<Frame> = fields(
  /#\d+ (\S.*?|) ?((?<= )(?:\/|[A-Za-z]:[\\/]|file:|node:|\.{1,2}[\\/]|[^\s\\/]+[\\/]|[^\s\\/:]+:\d).*|(?<= ):\d.*)$/,
).chain(([name, location]) => {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(location!) ?? [];
  if (line === undefined) return P.fail('a place');
  return P.succeed<Frame>({
    function: name === '(anonymous)' || name === '' ? null : name!,
    file: file || null,
    line: Number(line),
    column: Number(column) + 1,
  });
});

/** A frame as V8 prints it with objects: `N: [kind] NAME(aka OTHER) [0xaddr] [SCRIPT:LINE] …`. */
export const printedFrame: P.Parser<Frame> = firstOf(
  fields(
    / *\d+: (ExitFrame|BuiltinExitFrame|StubFrame|InternalFrame|EntryFrame|ConstructFrame|ConstructEntryFrame|ArgumentsAdaptorFrame|ApiCallbackExitFrame|WasmToJsFrame|JsToWasmFrame|WASM|[A-Za-z]+Frame)\b.*$/s,
  ).map(([kind]) => ({
    function: kind!,
    file: null,
    line: null,
    column: null,
  })),
  fields(
    / *\d+: (?:builtin exit frame: )?(?:\[[^\]]*\] )?(\/\* anonymous \*\/|new [^\s([]+|[^([]+?)(?:\(aka .*?\))? ?(?=[([]|$)(.*)$/s,
  ).map(([name, rest]) => {
    const [, file, line] = /\[([^[\]]*?):~?(\d+)(?:\]|\.\.\.)/.exec(rest!) ?? [];
    return {
      function: name === '/* anonymous */' ? null : name!.trim(),
      file: file ?? null,
      line: line === undefined ? null : Number(line),
      column: null,
    };
  }),
);

/** What stands behind the address of a native frame: `symbol [object]`, each of which may be missing. */
export function nativeFrame(address: string | null, text: string): NativeFrame {
  const [, symbol, module] = /^(.*?) ?(?:\[([^[\]]*)\])?$/s.exec(text.trim()) ?? [];
  return { symbol: symbol || null, address, module: module ?? null };
}

/** ` 1: 0xd3a3c0 symbol [node]`, on Windows ` 2: 00007FF6594C4F86 symbol+1`: src/debug_utils.cc, DumpNativeBacktrace. */
export const numberedNativeFrame: P.Parser<NativeFrame> = fields(/ *\d+: (0x[0-9a-f]+|[0-9A-F]{16}|[0-9A-F]{8})(?: (.*))?$/s).map(
  ([address, rest]) => nativeFrame(address!, rest ?? ''),
);

/** node-report's ` 0: [pc=0x7fa3cd273359] symbol [object]`. */
export const addressedNativeFrame: P.Parser<NativeFrame> = fields(/ *\d+: \[pc=(0x[0-9a-f]+)\] ?(.*)$/s).map(([address, rest]) =>
  nativeFrame(address!, rest!),
);
