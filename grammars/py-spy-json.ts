/**
 * `py-spy dump --json` (src/dump.rs: print_traces; src/stack_trace.rs: StackTrace and Frame): an array with an object for each
 * thread of one process, indented by two.
 *
 *     [ { "pid": 41000, "thread_id": 140330447914688, "thread_name": "poll-0", "os_thread_id": 41001,
 *         "active": false, "owns_gil": false,
 *         "frames": [ { "name": "wait", "filename": "/usr/lib/python3.11/threading.py", "module": null, "line": 327,
 *                       "locals": [ { "name": "self", "addr": 1402, "arg": true, "repr": "<Condition ...>" } ], … }, … ],
 *         "process_info": { "pid": 41000, "command_line": "python3 jobs.py", "parent": null } }, … ]
 *
 * Most recent call first. `locals` are null without --locals, `process_info` without --subprocesses. A frame of C (--native)
 * has a module; its line is 0, and its name an address, where nothing more is known. `active` is a guess (see `py-spy.ts`).
 */
import type { Frame, FrameLocals, NativeFrame, ThreadMark } from '../src/model/index.js';
import type { JsonGrammar, ReportedDump, ReportedThread } from './grammar.js';
import { integer, isObject, list, object, text, type Json } from './shared/json-values.js';

const positive = (value: unknown): number | null => {
  const number = integer(value);
  return number !== null && number > 0 ? number : null;
};

const isNative = (frame: Json): boolean => text(frame['module']) !== null;

function frameOf(frame: Json): Frame {
  return { function: text(frame['name']), file: text(frame['filename']), line: positive(frame['line']), column: null };
}

function nativeOf(frame: Json): NativeFrame {
  const name = text(frame['name']);
  const isAddress = name !== null && /^0x[0-9a-f]+$/i.test(name);
  const line = positive(frame['line']);
  const place = line === null ? null : text(frame['filename']);
  return {
    symbol: isAddress ? null : name,
    address: isAddress ? name : null,
    module: place === null ? text(frame['module']) : `${place}:${line}`,
  };
}

function localsOf(frames: readonly Json[]): FrameLocals[] {
  return frames.flatMap((frame, depth) => {
    const variables = list(frame['locals'])
      .filter(isObject)
      .map((variable) => ({
        name: text(variable['name']) ?? '?',
        value: text(variable['repr']) ?? '?',
        argument: variable['arg'] === true,
      }));
    return variables.length > 0 ? [{ depth, variables }] : [];
  });
}

function threadOf(thread: Json): ReportedThread {
  const frames = list(thread['frames']).filter(isObject);
  const managed = frames.filter((frame) => !isNative(frame));
  const name = text(thread['thread_name']);
  const id = integer(thread['os_thread_id']) ?? integer(thread['thread_id']);
  const marks: ThreadMark[] = [
    ...(typeof thread['active'] === 'boolean' ? [thread['active'] ? ('active' as const) : ('idle' as const)] : []),
    ...(thread['owns_gil'] === true ? ['has-gil' as const] : []),
  ];
  return {
    id: id === null ? null : String(id),
    name,
    current: false,
    truncated: false,
    // what threading.py starts is no main thread
    main: name === 'MainThread' ? true : text(managed.at(-1)?.['name'])?.endsWith('_bootstrap') === true ? false : null,
    activity: null,
    marks,
    locals: localsOf(managed),
    frames: managed.map(frameOf),
    nativeFrames: frames.filter(isNative).map(nativeOf),
    notes: [],
    measures: null,
  };
}

function read(value: unknown, complete: boolean): ReportedDump[] | null {
  const byProcess = new Map<number | null, Json[]>();
  for (const thread of list(value).filter(isObject)) {
    if (!Array.isArray(thread['frames'])) continue;
    const pid = integer(thread['pid']);
    byProcess.set(pid, [...(byProcess.get(pid) ?? []), thread]);
  }
  if (byProcess.size === 0) return null;
  return [...byProcess].map(([pid, threads], i) => {
    const command = text(object(threads[0]!['process_info'])['command_line']);
    return {
      kind: 'snapshot',
      time: null,
      pid,
      runtimeVersion: null,
      reason: null,
      threads: threads.map(threadOf),
      notes: command === null ? [] : [command],
      warnings: complete || i > 0 ? [] : [{ code: 'cut-report', message: 'the JSON text ends in the middle' }],
    };
  });
}

export const pySpyJson: JsonGrammar = {
  kind: 'json',
  id: 'py-spy-json',
  title: 'py-spy dump --json',
  runtime: 'python',
  openings: ['"thread_name"'],
  within: /\[\s*\{\s*"pid"\s*:\s*\d{1,10}\s*,\s*"thread_id"\s*:\s*\d{1,20}\s*,\s*$/,
  confirm: /^"thread_name"\s*:\s*(?:null|"(?:[^"\\]|\\.){0,200}")\s*,\s*"os_thread_id"\s*:/,
  read,
  example:
    '[{"pid":41000,"thread_id":140330447914688,"thread_name":"poll-0","os_thread_id":41001,"active":false,"owns_gil":false,"frames":[…]}]',
  how: 'py-spy dump --json --pid PID (with --locals, --native)',
};
