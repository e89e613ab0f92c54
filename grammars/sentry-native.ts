/**
 * What `captureStackTrace()` of `@sentry-internal/node-native-stacktrace` gives (module.cc, GetStackFrames), printed as JSON:
 * the stacks of all registered threads, also of those that are stuck.
 *
 *     { "main":    { "frames": [ { "function": "parseQuery", "filename": "/srv/app/a.js", "lineno": 19, "colno": 43 }, … ] },
 *       "resizer": { "frames": [ … ] } }
 *
 * Innermost first, `?` for a function without a name. A program may print it within an object of its own; an epoch time in
 * milliseconds beside the stacks is the dump's. (`"stacktrace": { "frames": … }` is a part of Sentry's events, not of this.)
 */
import type { Frame } from '../src/model/index.js';
import type { JsonGrammar, ReportedDump, ReportedThread } from './grammar.js';
import { integer, isObject, list, number, object, text, type Json } from './shared/json-values.js';

function frameOf(value: unknown): Frame {
  const frame = object(value);
  const name = text(frame['function']);
  return {
    function: name === '?' || name === '' ? null : name,
    file: text(frame['filename']) || null,
    line: integer(frame['lineno']),
    column: integer(frame['colno']),
  };
}

function threadOf(key: string, value: Json): ReportedThread {
  const isNumber = /^\d+$/.test(key);
  const frames = list(value['frames']).map(frameOf);
  return {
    id: isNumber ? key : null,
    name: isNumber ? null : key,
    current: false,
    truncated: false,
    main: key === '0' || key === 'main' ? true : null,
    activity: frames.length > 0 ? 'running' : 'idle',
    frames,
    nativeFrames: [],
    notes: [],
    measures: null,
  };
}

const isStack = (value: unknown): value is Json => isObject(value) && Array.isArray(value['frames']);

/** The object whose values are stacks: the value itself, or one of its fields. */
function stacksIn(value: Json): readonly (readonly [string, Json])[] {
  for (const candidate of [value, ...Object.values(value)]) {
    const entries = Object.entries(object(candidate)).filter(
      (entry): entry is [string, Json] => isStack(entry[1]) && entry[0] !== 'stacktrace',
    );
    if (entries.length > 0) return entries;
  }
  return [];
}

const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(2200, 0);

function read(value: unknown, complete: boolean): ReportedDump | null {
  const stacks = stacksIn(object(value));
  if (stacks.length === 0) return null;
  const time = Object.values(object(value))
    .map(number)
    .find((stamp) => stamp !== null && stamp > EARLIEST && stamp < LATEST);
  return {
    kind: 'snapshot',
    time: time == null ? null : Math.trunc(time),
    pid: integer(object(value)['pid']),
    runtimeVersion: null,
    reason: { kind: 'request', text: 'captureStackTrace' },
    threads: stacks.map(([key, stack]) => threadOf(key, stack)),
    notes: [],
    warnings: complete ? [] : [{ code: 'cut-report', message: 'the JSON text ends in the middle' }],
  };
}

export const sentryNative: JsonGrammar = {
  kind: 'json',
  id: 'sentry-native',
  title: "stacks of Sentry's native module",
  runtime: 'node',
  openings: ['"frames"'],
  confirm: /^"frames"\s*:\s*\[\s*\{\s*"(?:function|filename|lineno|colno)"\s*:/,
  // down to the outermost brace: keys with plain values or braces, and nothing else
  within: /\{(?:\s*"[^"\\\n]{0,200}"\s*:\s*(?:\{|"[^"\\\n]{0,200}"\s*,|[-\w.+]{1,40}\s*,))*\s*$/,
  example: '{"main":{"frames":[{"function":"parseQuery","filename":"/srv/app/a.js","lineno":19,"colno":43}]}}',
  how: "require('@sentry-internal/node-native-stacktrace').captureStackTrace()",
  read,
};
