/**
 * Grammars that are not ours: looked at before they are used, and kept from taking the reader down. What is missing and can
 * be meant in one way only is filled in; what is wrong is said with the grammar's name, and is no fault of standstill.
 */
import P from 'parsimmon';
import {
  PLAIN_SHAPE,
  attempt,
  type Grammar,
  type JsonGrammar,
  type LineGrammar,
  type LineToken,
  type PlacedDump,
  type ReportedDump,
  type ReportedThread,
  type StackGrammar,
} from '../../grammars/index.js';
import type { Frame, NativeFrame } from '../model/index.js';

/** A grammar that cannot be used, or that failed while it read. */
export class GrammarError extends Error {
  readonly code = 'bad-grammar';
  readonly hint = 'examples/grammar/README.md says what a module of grammars exports';

  /** @param name of the grammar's module, for people */
  constructor(name: string, message: string) {
    super(`${name}: ${message}`);
    this.name = 'GrammarError';
  }
}

/** The search for openings skips about as many bytes a step as the shortest of all formats is long, so a short one slows down all reading. */
const LEAST_OPENING = 7;

type Given = Readonly<Record<string, unknown>>;

/**
 * The grammar that a value is, made safe to be used.
 *
 * @param name of where it comes from, for messages
 * @throws GrammarError
 */
export function ownGrammar(value: unknown, name: string): Grammar {
  const fail = (message: string): never => {
    throw new GrammarError(name, message);
  };
  if (!isGiven(value)) return fail(`a grammar is an object, not ${kindOf(value)}`);
  const { id } = value;
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,60}$/.test(id)) return fail('"id" is a short word of a-z, 0-9, ".", "_" and "-"');
  const want = <T>(key: string, is: (part: unknown) => part is T, what: string): T => {
    const part = value[key];
    return is(part) ? part : fail(`${id}: "${key}" is ${what}, not ${kindOf(part)}`);
  };
  const may = <T>(key: string, is: (part: unknown) => part is T, what: string): T | undefined =>
    value[key] === undefined ? undefined : want(key, is, what);
  const openings = want('openings', isTexts, 'a list of texts');
  if (openings.length === 0) fail(`${id}: "openings" is empty: by what is a dump found?`);
  for (const opening of openings) {
    if (!/^[\x20-\x7e]*$/.test(opening) || opening.length < LEAST_OPENING)
      fail(`${id}: the opening ${JSON.stringify(opening)} is not ${LEAST_OPENING} signs of ASCII or more`);
  }
  const [lead, followedBy] = [may('lead', isRegExp, 'a regular expression'), may('followedBy', isRegExp, 'a regular expression')];
  const head = {
    id,
    title: want('title', isText, 'a text'),
    runtime: want('runtime', isOneOf('python', 'node'), '"python" or "node"'),
    openings,
    example: want('example', isText, 'a text: what a dump looks like'),
    how: want('how', isText, 'a text: how a dump is made'),
    ...(lead && { lead: stateless(lead) }),
    ...(followedBy && { followedBy: stateless(followedBy) }),
  };
  const guard = guardOf(name, id);
  const kind = want('kind', isOneOf('lines', 'json', 'stacks'), '"lines", "json" or "stacks"');
  if (kind === 'json') {
    const read = want('read', isFunction, 'a function');
    const within = may('within', isRegExp, 'a regular expression');
    const confirmLater = may('confirmLater', isRegExp, 'a regular expression');
    return {
      ...head,
      kind,
      confirm: stateless(want('confirm', isRegExp, 'a regular expression')),
      ...(within && { within: stateless(within) }),
      ...(confirmLater && { confirmLater: stateless(confirmLater) }),
      read: (json, complete) =>
        guard('read', () => {
          const found = read.call(value, json, complete);
          return found === null || found === undefined ? null : Array.isArray(found) ? found.map(dumpOf) : dumpOf(found);
        }),
    } satisfies JsonGrammar;
  }
  if (kind === 'stacks') {
    const begin = want('begin', isFunction, 'a function');
    return {
      ...head,
      kind,
      glance: stateless(want('glance', isRegExp, 'a regular expression')),
      begin: (above) => {
        const reader = guard('begin', () => asGiven(begin.call(value, above), 'a reader'));
        const [feed, finish] = [reader['feed'], reader['finish']];
        if (!isFunction(feed) || !isFunction(finish)) return fail(`${id}: "begin" gives a reader with "feed" and "finish"`);
        return {
          feed: (line, number) =>
            guard('feed', () => {
              const fed = feed.call(reader, line, number);
              if (isOneOf('taken', 'foreign', 'ended')(fed)) return fed;
              throw new TypeError(`"taken", "foreign" or "ended", not ${kindOf(fed)}`);
            }),
          finish: () => guard('finish', () => placedOf(finish.call(reader))),
        };
      },
    } satisfies StackGrammar;
  }
  const firstSigns = may('firstSigns', isText, 'a text');
  const parser = want('line', isParser, 'a parser of Parsimmon');
  const shape = may('shape', isGiven, 'an object') ?? {};
  for (const key of Object.keys(shape))
    if (!Object.hasOwn(PLAIN_SHAPE, key)) fail(`${id}: there is no "${key}" in a shape: ${Object.keys(PLAIN_SHAPE).join(', ')}`);
  return {
    ...head,
    kind,
    // it has to take every text: what it does not take is none of its lines
    line: P((text, at) =>
      P.makeSuccess(
        text.length,
        guard('line', () => {
          // one that is not Parsimmon's has its own way
          const result = '_' in parser ? attempt(parser, text.slice(at)) : parser.parse(text.slice(at));
          return result.status ? tokenOf(result.value) : OTHER;
        }),
      ),
    ),
    begins: stateless(may('begins', isRegExp, 'a regular expression') ?? /(?!)/),
    outermost: new Set(want('outermost', isNames, 'a set of functions')),
    maxFrames: may('maxFrames', isNumber, 'a number') ?? Infinity,
    ...(firstSigns !== undefined && { firstSigns }),
    idsAlike: may('idsAlike', isBoolean, 'true or false') ?? false,
    order: want('order', isOneOf('recent-first', 'recent-last'), '"recent-first" or "recent-last"'),
    shape: { ...PLAIN_SHAPE, ...shape },
  } satisfies LineGrammar;
}

const OTHER: LineToken = { is: 'other' };

/** Runs a part of a grammar; what it throws is said to be its own. */
function guardOf(name: string, id: string): <T>(part: string, run: () => T) => T {
  return (part, run) => {
    try {
      return run();
    } catch (error) {
      throw new GrammarError(name, `${id}: "${part}" failed: ${oneLine(error)}`);
    }
  };
}

/** The first line of an error: that of a module that cannot be parsed has several. */
function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

// --- what a grammar gives: missing parts are "not given", others must be of their type ----------------------------------

const TOKENS: ReadonlySet<unknown> = new Set<LineToken['is']>([
  'blank',
  'cause',
  'process',
  'thread',
  'stack',
  'unfinished',
  'caption',
  'rule',
  'frame',
  'repeat',
  'source',
  'local',
  'section',
  'native-head',
  'native',
  'ellipsis',
  'pseudo-frame',
  'remark',
  'refutation',
  'other',
]);

function tokenOf(value: unknown): LineToken {
  const token = asGiven(value, 'a token');
  if (!TOKENS.has(token['is'])) throw new TypeError(`there is no token ${JSON.stringify(token['is'])}`);
  switch (token['is'] as LineToken['is']) {
    case 'frame':
      return { is: 'frame', frame: frameOf(token['frame']) };
    case 'native':
      return { is: 'native', frame: nativeOf(token['frame']) };
    case 'stack':
      return { ...threadHead(token), is: 'stack', frames: asList(token['frames'], 'frames').map(frameOf) };
    case 'thread':
      return { ...token, ...threadHead(token), is: 'thread', alone: token['alone'] === true };
    case 'process':
      return {
        is: 'process',
        begins: token['begins'] === true,
        pid: numberOf(token['pid'], 'pid'),
        runtimeVersion: textOf(token['runtimeVersion'], 'runtimeVersion'),
        note: textOf(token['note'], 'note'),
      };
    case 'cause':
      return { is: 'cause', reason: reasonOf(token['reason'])! };
    default:
      return token as unknown as LineToken;
  }
}

function threadHead(token: Given): object & { id: string | null; name: string | null; current: boolean } {
  const { marks, notes } = token;
  return {
    ...token,
    id: textOf(token['id'], 'id'),
    name: textOf(token['name'], 'name'),
    current: token['current'] === true,
    ...(marks === undefined ? {} : { marks: asTexts(marks, 'marks') }),
    ...(notes === undefined ? {} : { notes: asTexts(notes, 'notes') }),
  };
}

function frameOf(value: unknown): Frame {
  const frame = asGiven(value, 'a frame');
  return {
    function: textOf(frame['function'], 'function'),
    file: textOf(frame['file'], 'file'),
    line: numberOf(frame['line'], 'line'),
    column: numberOf(frame['column'], 'column'),
  };
}

function nativeOf(value: unknown): NativeFrame {
  const frame = asGiven(value, 'a frame');
  return {
    symbol: textOf(frame['symbol'], 'symbol'),
    address: textOf(frame['address'], 'address'),
    module: textOf(frame['module'], 'module'),
  };
}

const isReasonKind = isOneOf('fatal', 'timeout', 'signal', 'request', 'exception');

function reasonOf(value: unknown): ReportedDump['reason'] {
  if (value === null || value === undefined) return null;
  const { kind, text } = asGiven(value, 'a reason');
  if (!isReasonKind(kind)) throw new TypeError(`the kind of a reason is fatal, timeout, signal, request or exception, not ${kindOf(kind)}`);
  return { kind, text: textOf(text, 'text') ?? kind };
}

function dumpOf(value: unknown): ReportedDump {
  const dump = asGiven(value, 'a dump');
  const { runtime, kind, timeText, warnings } = dump;
  return {
    ...(isOneOf('python', 'node')(runtime) ? { runtime } : {}),
    kind: kind === 'error' ? 'error' : 'snapshot',
    time: numberOf(dump['time'], 'time'),
    ...(typeof timeText === 'string' ? { timeText } : {}),
    pid: numberOf(dump['pid'], 'pid'),
    runtimeVersion: textOf(dump['runtimeVersion'], 'runtimeVersion'),
    reason: reasonOf(dump['reason']),
    threads: asList(dump['threads'], 'threads').map(reportedThreadOf),
    notes: asTexts(dump['notes'] ?? [], 'notes'),
    warnings: asList(warnings ?? [], 'warnings').map((warning) => {
      const { code, message } = asGiven(warning, 'a warning');
      return { code: textOf(code, 'code') ?? 'note', message: textOf(message, 'message') ?? '' };
    }),
  };
}

function reportedThreadOf(value: unknown): ReportedThread {
  const thread = asGiven(value, 'a thread');
  const { truncated, main, activity, kind, marks, locals, measures } = thread;
  return {
    id: textOf(thread['id'], 'id'),
    name: textOf(thread['name'], 'name'),
    current: thread['current'] === true,
    truncated: isOneOf('marked', 'likely')(truncated) ? truncated : false,
    main: typeof main === 'boolean' ? main : null,
    activity: isOneOf('running', 'idle', 'unknown')(activity) ? activity : null,
    ...(isOneOf('thread', 'task', 'greenlet')(kind) ? { kind } : {}),
    ...(marks === undefined ? {} : { marks: asTexts(marks, 'marks') as ReportedThread['marks'] & {} }),
    ...(locals === undefined ? {} : { locals: asList(locals, 'locals') as ReportedThread['locals'] & {} }),
    frames: asList(thread['frames'], 'frames').map(frameOf),
    nativeFrames: asList(thread['nativeFrames'] ?? [], 'nativeFrames').map(nativeOf),
    notes: asTexts(thread['notes'] ?? [], 'notes'),
    measures: isGiven(measures) ? { ...NO_MEASURES, ...measures } : null,
  };
}

const NO_MEASURES = { time: null, userCpu: null, kernelCpu: null, loopIdle: null, loopActive: null, handles: [] };

function placedOf(value: unknown): PlacedDump[] {
  return asList(value, 'dumps').map((item) => {
    const { dump, line, lines } = asGiven(item, 'a placed dump');
    return { dump: dumpOf(dump), line: numberOf(line, 'line') ?? 1, lines: numberOf(lines, 'lines') ?? 0 };
  });
}

// --- types ----------------------------------------------------------------------------------------------------------

const isGiven = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => typeof value === 'number' && value > 0;
const isRegExp = (value: unknown): value is RegExp => value instanceof RegExp;
const isFunction = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function';
/** Of whatever copy of Parsimmon, so not by its class. */
const isParser = (value: unknown): value is P.Parser<unknown> => isGiven(value) && isFunction(value['parse']);

function isOneOf<const T extends string>(...words: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => words.some((word) => word === value);
}

/** A set of names; a list is one as well. */
function isNames(value: unknown): value is Iterable<string> {
  return isTexts(value instanceof Set ? [...(value as Set<unknown>)] : value);
}

function asGiven(value: unknown, what: string): Given {
  if (isGiven(value)) return value;
  throw new TypeError(`${what} is an object, not ${kindOf(value)}`);
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`"${what}" is a list, not ${kindOf(value)}`);
}

function asTexts(value: unknown, what: string): readonly string[] {
  if (isTexts(value)) return value;
  throw new TypeError(`"${what}" is a list of texts, not ${kindOf(value)}`);
}

function textOf(value: unknown, what: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  throw new TypeError(`"${what}" is a text or null, not ${kindOf(value)}`);
}

function numberOf(value: unknown, what: string): number | null {
  if (value === null || value === undefined) return null;
  if (Number.isSafeInteger(value)) return value as number;
  throw new TypeError(`"${what}" is a whole number or null, not ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
}

/** Without the flags by which an expression remembers where it was. */
function stateless(expression: RegExp): RegExp {
  return /[gy]/.test(expression.flags) ? new RegExp(expression.source, expression.flags.replaceAll(/[gy]/g, '')) : expression;
}
