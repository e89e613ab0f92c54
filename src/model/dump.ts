import type { FrameTable } from './frames.js';
import type { StackTable } from './stacks.js';
import type { Bytes, EpochMilliseconds, LineNumber, Seconds, StackIndex } from './units.js';

export type Runtime = 'python' | 'node';

/** Where the time of a dump was found; the order is the order of trust. */
export type TimeSource = 'dump' | 'log' | 'separator' | 'file-name' | 'file-time';

/** Why a dump was made, as far as it says so. */
export interface Reason {
  readonly kind: 'fatal' | 'timeout' | 'signal' | 'request' | 'exception';
  /** The dump's own words, e.g. `Fatal Python error: Aborted`. */
  readonly text: string;
}

/** A C or C++ frame. */
export interface NativeFrame {
  readonly symbol: string | null;
  /** `0x…` as printed. */
  readonly address: string | null;
  /** Path of the binary or library. */
  readonly module: string | null;
}

/** A libuv handle of a Node thread: what its event loop waits for. Other fields of the report stay in `details`. */
export interface LoopHandle {
  readonly type: string;
  readonly active: boolean;
  readonly referenced: boolean;
  readonly address: string | null;
  /** One line for people, e.g. `127.0.0.1:8080 ← 127.0.0.1:51044` or `fires in 1200 ms`. Null where the report gives nothing. */
  readonly details: string | null;
}

/** What a runtime measured of one thread (Node reports). */
export interface ThreadMeasures {
  /** When this thread was looked at: a worker that was busy in native code answers late. */
  readonly time: EpochMilliseconds | null;
  readonly userCpu: Seconds | null;
  readonly kernelCpu: Seconds | null;
  /** Seconds that the event loop was idle since it started. On a main thread it does not move between signal reports. */
  readonly loopIdle: Seconds | null;
  readonly loopActive: boolean | null;
  readonly handles: readonly LoopHandle[];
}

/**
 * What is known of a stack's completeness: `"marked"`, the dump says that it cut it; `"likely"`,
 * it has the runtime's maximal depth or does not end where stacks of its kind end.
 */
export type Truncation = false | 'marked' | 'likely';

/**
 * Where JavaScript stood when a Node thread was looked at: `idle` (in its event loop), `unknown`
 * (this Node version or trigger never says), `running`.
 */
export type ThreadActivity = 'running' | 'idle' | 'unknown';

/**
 * What a dumper says that a thread was doing. It is a guess of the dumper's (from the scheduler's state or the name of the top
 * frame), taken at another moment than the stack, and often wrong: a thread that waits in C is called active, one that runs
 * without the GIL idle. Only `has-gil` is read from the interpreter itself.
 */
export type ThreadMark =
  'idle' | 'active' | 'on-cpu' | 'has-gil' | 'waits-for-gil' | 'drops-gil' | 'collects-garbage' | 'has-exception' | 'ended';

/** Variables of one frame, as the dumper wrote them. */
export interface FrameLocals {
  /** The frame: its place in the stack, 0 for the most recent call. */
  readonly depth: number;
  readonly variables: readonly { readonly name: string; readonly value: string; readonly argument: boolean }[];
}

/** One thread, task or greenlet of a dump. */
export interface Thread {
  /** As printed; equal in forked processes and reused by later threads of a process. */
  readonly id: string | null;
  readonly name: string | null;
  readonly kind: 'thread' | 'task' | 'greenlet';
  /** The dump marks it as the current or crashing thread. Of a signal handler's dump that is the dumper, not the culprit. */
  readonly current: boolean;
  readonly truncated: Truncation;
  /** Managed frames, most recent call first, as a row of {@link Tables.stacks}. */
  readonly stack: StackIndex;
  /** C frames, most recent call first. */
  readonly nativeFrames: readonly NativeFrame[];
  /** The main thread of its process, where it can be told. Null: cannot be told. */
  readonly main: boolean | null;
  readonly activity: ThreadActivity | null;
  readonly marks: readonly ThreadMark[];
  /** Of the frames whose variables the dump shows, most recent first. */
  readonly locals: readonly FrameLocals[];
  readonly measures: ThreadMeasures | null;
  /** What else the dump says of the thread in words (`Garbage-collecting`, a pseudo frame). */
  readonly notes: readonly string[];
}

/** One picture of one process. */
export interface Dump {
  /** Path of the input as given, `-` for standard input. */
  readonly source: string;
  /** Where it starts in the input. */
  readonly line: LineNumber;
  /** Id of the grammar that read it. */
  readonly format: string;
  readonly runtime: Runtime;
  /** `error`: one stack that threw, not a picture of the process, and never evidence of a standstill. */
  readonly kind: 'snapshot' | 'error';
  readonly time: EpochMilliseconds | null;
  readonly timeFrom: TimeSource | null;
  /** `assumed`: the time stood there without a zone. */
  readonly timeZone: 'given' | 'assumed' | null;
  readonly pid: number | null;
  /** Version of the runtime where the dump gives it, e.g. `v20.20.2`. */
  readonly runtimeVersion: string | null;
  /** Name of the collector's source (service, pod, host) in a log, where there is one. */
  readonly origin: string | null;
  readonly reason: Reason | null;
  /** In the order of the text; Node workers depth first after the main thread. */
  readonly threads: readonly Thread[];
  /** The list of threads was cut by the dumper: a thread that is missing may well be alive. */
  readonly threadsCut: boolean;
  /** Other lines of the dump, e.g. `Extension modules: …`, for people. */
  readonly notes: readonly string[];
}

/** Something about an input that the reader of the answer should know. */
export interface Warning {
  /** 1-based line of the input, or null when it concerns the whole of it. */
  readonly line: LineNumber | null;
  /** Stable word for scripts, e.g. `cut-report`. */
  readonly code: string;
  readonly message: string;
}

/** Text of an input that looks like a dump's and is none. */
export interface Aside {
  readonly line: LineNumber;
  /** What it is, e.g. `Python traceback of an exception`. */
  readonly title: string;
  /** Its own last line, e.g. `KeyError: 'sku'`. */
  readonly text: string;
}

/** Where the lines of an input went; the rest is text that was left alone. */
export interface Accounts {
  /** Read as part of a dump. */
  readonly dumps: number;
  /** Known as something else (`asides`). */
  readonly known: number;
}

/** One input and what was found in it. */
export interface Source {
  readonly path: string;
  readonly dumps: number;
  readonly bytes: Bytes;
  readonly lines: number;
  readonly accounts: Accounts;
  /** Texts that look like dumps and are none, the first of them. */
  readonly asides: readonly Aside[];
  /** All of them, also those that are not listed. */
  readonly asideCount: number;
  readonly warnings: readonly Warning[];
}

/** The intern tables that the rows of dumps point into. */
export interface Tables {
  readonly frames: FrameTable;
  readonly stacks: StackTable;
}

/** Everything that was read: the tables, the inputs, and the dumps, oldest first (those without a time in input order). */
export interface DumpSet extends Tables {
  readonly sources: readonly Source[];
  /** Files found in directories that hold no dump and are not in `sources`, which lists the first thousand of them. */
  readonly unlistedSources: number;
  readonly dumps: readonly Dump[];
}
