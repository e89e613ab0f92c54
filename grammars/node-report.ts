/**
 * Node's diagnostic report (`--report-on-signal`, `process.report`, `--report-uncaught-exception`, …), Node 11.8 and
 * later, report versions none and 1 to 5: src/node_report.cc.
 *
 *     {
 *       "header": { "reportVersion": 3, "event": "SIGUSR2", "trigger": "Signal", "dumpEventTime": "2026-11-23T03:24:01Z",
 *                   "dumpEventTimeStamp": "1795404241123", "processId": 4214, "threadId": 0, "nodejsVersion": "v20.20.2", … },
 *       "javascriptStack": { "message": "Signal", "stack": [ "at lookup (/srv/app/pool.js:8:5)", … ], "errorProperties": {} },
 *       "nativeStack": [ { "pc": "0x…", "symbol": "node::…  [node]" } ],
 *       "uvthreadResourceUsage": { "userCpuSeconds": 0.05, … },
 *       "libuv": [ { "type": "tcp", "is_active": true, … }, …, { "type": "loop", "loopIdleTimeSeconds": 3.1 } ],
 *       "workers": [ { whole report of a worker, with workers of its own } ],
 *       "asyncFunctions": [ { "id": "async-73385", "stack": [ "at ask (/srv/app/shop.js:5:3)", … ] } ],     by `standstill run`: where
 *                                                       async functions wait, and those that wait for them
 *       … }
 *
 * Who fills `javascriptStack` decides what it means:
 *
 *     main thread, signal      no stack ever: the signal is handled in the event loop. Says nothing of what is stuck.
 *     worker, running          "Signal", V8 frames without receiver or `new`, at most 10
 *     worker, not running      "No stack." / ["Unavailable."]: idle from Node 16 on; up to 14 it always says that
 *     API or exception         first line of `err.stack`, then its other lines, the last one lost (the splitter wants a final
 *                              line feed): the outermost frame is missing, and further lines of the message stand among the frames
 *
 * `dumpEventTime` is local time that claims to be UTC; `dumpEventTimeStamp` is right. Environment variables, command line
 * and endpoints hold secrets: only the ports and addresses of handles are kept, for the evidence.
 *
 * A report whose end is missing was cut by a hang or a full disk: main writes the workers' parts as they answer, so one
 * buffer of about 8 KiB and no more means that a worker never answered, i.e. that it sits in native code.
 */
import type { Frame, LoopHandle, NativeFrame, Reason } from '../src/model/index.js';
import { attempt, type JsonGrammar, type ReportedDump, type ReportedThread } from './grammar.js';
import { integer, isObject, list, number, object, text, type Json } from './shared/json-values.js';
import { nativeFrame, stackLine } from './shared/v8-frames.js';

// --- stack lines ---------------------------------------------------------------------------------------------------

const isText = (value: unknown): value is string => typeof value === 'string';
const isEmitted = (entry: string): boolean => entry.startsWith("Emitted '") && entry.endsWith(' at:') && entry.includes("' event on ");

/**
 * The frames among the entries of `javascriptStack.stack`. The entries before the first frame may be lines of the
 * message, even ones that look like frames: all up to the last entry that is none are dropped. After an `Emitted 'error'
 * event` entry stand the frames of the place that emitted the event, which is further out than where the error was made.
 */
function framesOf(entries: readonly unknown[]): Frame[] {
  const frames: Frame[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (!isText(entry)) continue;
    const frame = frameOf(entry);
    if (frame === null) frames.length = 0;
    else if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

/** The frame of an entry; null for one that is none; undefined for one that is to be left out. Thousands of workers stand at the same places. */
function frameOf(entry: string): Frame | null | undefined {
  let frame = KNOWN.get(entry);
  if (frame === undefined && !isEmitted(entry)) {
    const result = attempt(stackLine, entry);
    frame = result.status ? result.value : null;
    if (KNOWN.size === MOST_KNOWN) KNOWN.clear();
    if (entry.length <= LONGEST_KNOWN) KNOWN.set(entry, frame);
  }
  return frame;
}

const KNOWN = new Map<string, Frame | null>();
const MOST_KNOWN = 2048;
const LONGEST_KNOWN = 512;

// --- the container -------------------------------------------------------------------------------------------------

/** Epoch milliseconds stand as a string of digits. */
function stamp(header: Json): number | null {
  const given = header['dumpEventTimeStamp'];
  // an object may have a toString that is no function
  const value = typeof given === 'string' || typeof given === 'number' ? Number(given) : NaN;
  return Number.isFinite(value) && value > 0 ? Math.trunc(value) : null;
}

const TRIGGERS: Readonly<Record<string, Reason['kind']>> = {
  Signal: 'signal',
  API: 'request',
  GetReport: 'request',
  Exception: 'exception',
  FatalError: 'fatal',
  OOMError: 'fatal',
};

function reasonOf(header: Json, message: string | null): Reason | null {
  const trigger = text(header['trigger']);
  if (trigger === null) return null;
  const kind = TRIGGERS[trigger] ?? 'request';
  const event = text(header['event']) ?? '';
  return { kind, text: kind === 'exception' ? `${event || trigger}: ${message ?? ''}` : event || trigger };
}

function endpoint(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return null;
  const host = text(value['host']) ?? text(value['ip4']) ?? text(value['ip6']) ?? '';
  return `${host}:${number(value['port']) ?? '?'}`;
}

function handleDetails(handle: Json): string | null {
  const local = endpoint(handle['localEndpoint']);
  const remote = endpoint(handle['remoteEndpoint']);
  if (local !== null || remote !== null) return remote === null ? `listens on ${local}` : `${local ?? '?'} to ${remote}`;
  if (handle['type'] === 'timer')
    return handle['expired'] === true ? 'expired' : `fires in ${number(handle['firesInMsFromNow']) ?? '?'} ms`;
  const pid = number(handle['pid']);
  if (pid !== null) return `pid ${pid}`;
  return text(handle['signal']) ?? text(handle['filename']) ?? null;
}

function handlesOf(report: Json): LoopHandle[] {
  const handles: LoopHandle[] = [];
  const given = list(report['libuv']);
  for (let i = 0; i < given.length; i++) {
    const handle = given[i];
    if (!isObject(handle) || handle['type'] === 'loop') continue;
    handles.push({
      type: text(handle['type']) ?? 'unknown',
      active: handle['is_active'] === true,
      referenced: handle['is_referenced'] === true,
      address: text(handle['address']),
      details: handleDetails(handle),
    });
  }
  return handles;
}

function nativeFramesOf(report: Json): NativeFrame[] {
  return list(report['nativeStack'])
    .filter(isObject)
    .map((frame) => nativeFrame(text(frame['pc']), text(frame['symbol']) ?? ''));
}

const V8_DEFAULT_LIMIT = 10; // Error.stackTraceLimit, and the fixed limit of worker sub-reports
const IDLE_IS_SAID_SINCE = 16; // Node 14 and older print "No stack." for workers that spin, too

function threadOf(report: Json, isMain: boolean, nodeMajor: number | null): ReportedThread {
  const header = object(report['header']);
  const stack = object(report['javascriptStack']);
  const entries = list(stack['stack']);
  const frames = framesOf(entries);
  const fromError =
    /^(?:API|GetReport|Exception)$/.test(text(header['trigger']) ?? '') && text(stack['message']) !== text(header['trigger']);
  const usage = object(report['uvthreadResourceUsage']);
  const loop = object(list(report['libuv']).findLast((handle) => isObject(handle) && handle['type'] === 'loop'));
  const idle = !isMain && entries.find(isText) === 'Unavailable.' && nodeMajor !== null && nodeMajor >= IDLE_IS_SAID_SINCE;
  const id = integer(header['threadId']);
  return {
    id: id === null ? null : String(id),
    name: /^Worker thread subreport \[(.*)\]$/s.exec(text(header['event']) ?? '')?.[1] ?? null,
    current: false,
    truncated: frames.length > 0 && (fromError || frames.length >= V8_DEFAULT_LIMIT) ? 'likely' : false,
    main: isMain,
    activity: frames.length > 0 ? 'running' : idle ? 'idle' : 'unknown',
    frames,
    nativeFrames: nativeFramesOf(report),
    notes: [],
    measures: {
      time: stamp(header),
      userCpu: number(usage['userCpuSeconds']),
      kernelCpu: number(usage['kernelCpuSeconds']),
      loopIdle: number(loop['loopIdleTimeSeconds']),
      loopActive: typeof loop['is_active'] === 'boolean' ? loop['is_active'] : null,
      handles: handlesOf(report),
    },
  };
}

/** The report's own thread, then the workers', depth first. Iterative: nesting is as deep as the input says. */
function threadsOf(report: Json, nodeMajor: number | null, top: boolean): ReportedThread[] {
  const threads: ReportedThread[] = [];
  const open: { readonly report: Json | Worker; readonly top: boolean }[] = [{ report, top }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.report instanceof Worker) {
      for (const thread of next.report.threads) threads.push(thread);
      continue;
    }
    const id = integer(object(next.report['header'])['threadId']);
    threads.push(threadOf(next.report, next.top && (id === null || id === 0), nodeMajor));
    const workers = list(next.report['workers']);
    for (let i = workers.length - 1; i >= 0; i--) {
      const worker = workers[i];
      if (isObject(worker)) open.push({ report: worker, top: false });
    }
  }
  return threads;
}

/** A worker's report that was read before the whole. Thousands of them fill a report that is tens of megabytes long. */
class Worker {
  readonly threads: readonly ReportedThread[];

  constructor(threads: readonly ReportedThread[]) {
    this.threads = threads;
  }
}

function reduceWorker(item: unknown): unknown {
  const major = majorOf(object(object(item)['header']));
  // a worker's header has the version, as that of the whole; without it, that one is to come
  return isObject(item) && major !== null ? new Worker(threadsOf(item, major, false)) : item;
}

function majorOf(header: Json): number | null {
  const major = /^v(\d+)\./.exec(text(header['nodejsVersion']) ?? '')?.[1];
  return major === undefined ? null : Number(major);
}

/** No other thread of the process is like them: each has an id of its own, and neither processor time nor an event loop. */
function asyncFunctionsOf(report: Json): ReportedThread[] {
  return list(report['asyncFunctions'])
    .filter(isObject)
    .map((waiting) => ({
      id: text(waiting['id']),
      name: null,
      kind: 'task',
      current: false,
      truncated: false,
      main: false,
      activity: null,
      frames: framesOf(list(waiting['stack'])),
      nativeFrames: [],
      notes: [],
      measures: null,
    }));
}

const CUT =
  'the report ends in the middle: its writer was stopped or hangs, which happens when a worker sits in native code and never answers';

function read(value: unknown, complete: boolean): ReportedDump | null {
  const report = object(value);
  const header = object(report['header']);
  const version = text(header['nodejsVersion']);
  if (version === null && header['dumpEventTime'] === undefined) return null;
  const message = text(object(report['javascriptStack'])['message']);
  const reason = reasonOf(header, message);
  return {
    kind: reason?.kind === 'exception' || reason?.kind === 'fatal' ? 'error' : 'snapshot',
    time: stamp(header),
    pid: integer(header['processId']),
    runtimeVersion: version,
    reason,
    threads: [...threadsOf(report, majorOf(header), true), ...asyncFunctionsOf(report)],
    notes: [],
    warnings: complete ? [] : [{ code: 'cut-report', message: CUT }],
  };
}

export const nodeReport = {
  kind: 'json',
  id: 'node-report',
  title: 'Node.js diagnostic report',
  runtime: 'node',
  // Node begins with the header; where keys were ordered, `libuv` begins it (by length), or the environment stands before the
  // header (by name), which nobody asks for. In the header `arch` or `cwd` come first then
  openings: ['"header"', '"libuv"'],
  confirm:
    /^(?:"libuv"\s*:\s*\[\s*(?:\{|\]|$)|"header"\s*:\s*\{\s*(?:"(?:reportVersion|event|trigger|filename|dumpEventTime|dumpEventTimeStamp|processId)"|"(?:arch|cwd)"\s*:\s*"|$))/,
  confirmLater:
    /^"header"\s*:\s*\{\s*"(?:arch"\s*:\s*"\w+"\s*,\s*"(?:commandLine|componentVersions)"|cwd"\s*:\s*"[^"\n]*"\s*,\s*"arch"|(?:reportVersion|dumpEventTime|dumpEventTimeStamp|nodejsVersion)")/,
  parts: { key: 'workers', reduce: reduceWorker },
  read,
  example: '{"header":{"reportVersion":3,"event":"SIGUSR2","trigger":"Signal"',
  how: 'node --report-on-signal APP, then kill -USR2 PID; process.report.writeReport()',
} satisfies JsonGrammar;
