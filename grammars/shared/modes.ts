/**
 * Formats whose lines mean something only by what stands above them: a format is a few modes, each a parser of one line.
 * What puts the lines together is the same for all of them and stands here.
 */
import P from 'parsimmon';
import { firstOf, parseLine } from '../grammar.js';
import type { Frame, LineNumber, NativeFrame, Reason, Runtime, ThreadMeasures } from '../../src/model/index.js';
import type { PlacedDump, ReportedDump, ReportedThread, StackReader } from '../grammar.js';

/** The meaning of one line in a mode. `mode`: how the lines after it are read. */
export type ModeToken = (
  | { readonly is: 'blank' }
  /** Something that is told once in a dump, such as its title or one of its parts: told again, it begins the next dump. */
  | { readonly is: 'part'; readonly part: string; readonly begins?: boolean; readonly about?: About }
  | { readonly is: 'about'; readonly about: About }
  /** Head of a thread's stack. An id that the dump has already begins the next one. */
  | { readonly is: 'thread'; readonly id: string | null; readonly name: string | null; readonly current: boolean; readonly part?: string }
  /** `innermost`: it says that it is the first of its stack, so a second one begins the next dump. */
  | { readonly is: 'frame'; readonly frame: Frame; readonly innermost?: boolean }
  | { readonly is: 'native'; readonly frame: NativeFrame }
  /** The stack was shortened here. */
  | { readonly is: 'cut'; readonly note: string | null }
  /** Another line of the dump. `last`: nothing of the dump follows it. */
  | { readonly is: 'inside'; readonly last?: boolean }
  | { readonly is: 'other' }
) & { readonly mode?: string };

/** What lines tell of the dump as a whole. Later lines add to it and change nothing. */
export interface About {
  readonly reason?: Reason;
  readonly time?: number;
  /** As printed, where it lacks a zone. */
  readonly timeText?: string;
  readonly pid?: number;
  readonly runtimeVersion?: string;
  readonly measures?: Partial<ThreadMeasures>;
  readonly activity?: ReportedThread['activity'];
}

export interface Modes {
  /** Name of a mode → what its lines mean. Parsers must accept every text. The first mode is that of the first line. */
  readonly modes: Readonly<Record<string, P.Parser<ModeToken>>>;
  /** Foreign lines in a row, and empty ones, after which the dump has ended. */
  readonly bridged: number;
  readonly blanks: number;
  /** What the parts that were found make of it; null: it was none after all. */
  readonly conclude: (
    found: Found,
  ) => (Pick<ReportedDump, 'kind'> & { readonly runtime?: Runtime; readonly notes?: readonly string[] }) | null;
}

/** What was found of one dump. */
export interface Found {
  readonly about: About;
  readonly parts: ReadonlySet<string>;
  readonly threads: readonly ReportedThread[];
}

/** Readers for a format of modes. */
export function readByModes(format: Modes): () => StackReader {
  const meanings = new Map<string, ModeToken>();
  const tokenOf = (mode: string, line: string): ModeToken => {
    const key = `${mode}\n${line}`;
    let token = meanings.get(key);
    if (token === undefined) {
      token = parseLine(format.modes[mode]!, line);
      if (meanings.size >= MOST_MEANINGS) meanings.clear();
      meanings.set(key, token);
    }
    return token;
  };
  return () => new ModeReader(format, tokenOf);
}

/** Distinct lines whose meaning is kept: dumps of one process repeat each other. */
const MOST_MEANINGS = 4096;
const NO_MEASURES: ThreadMeasures = { time: null, userCpu: null, kernelCpu: null, loopIdle: null, loopActive: null, handles: [] };

interface OpenThread {
  readonly id: string | null;
  readonly name: string | null;
  readonly current: boolean;
  cut: boolean;
  readonly frames: Frame[];
  readonly native: NativeFrame[];
  readonly notes: string[];
}

class ModeReader implements StackReader {
  readonly #format: Modes;
  readonly #tokenOf: (mode: string, line: string) => ModeToken;
  #mode: string;
  #about: About = {};
  readonly #parts = new Set<string>();
  readonly #threads: OpenThread[] = [];
  #first: LineNumber = 0;
  #lines = 0;
  #foreign = 0;
  #blanks = 0;
  #closed = false;

  constructor(format: Modes, tokenOf: (mode: string, line: string) => ModeToken) {
    this.#format = format;
    this.#tokenOf = tokenOf;
    this.#mode = Object.keys(format.modes)[0]!;
  }

  feed(line: string, number: LineNumber): 'taken' | 'foreign' | 'ended' {
    if (this.#closed) return 'ended';
    const token = this.#tokenOf(this.#mode, line);
    if (this.#lines === 0 && (token.is === 'other' || token.is === 'blank')) return 'ended';
    if (token.is === 'blank') return ++this.#blanks > this.#format.blanks ? 'ended' : 'foreign';
    if (token.is === 'other') return ++this.#foreign > this.#format.bridged ? 'ended' : 'foreign';
    if (token.is === 'part') {
      if (this.#parts.has(token.part) || (token.begins === true && this.#parts.size > 0)) return 'ended';
      this.#parts.add(token.part);
    }
    if (token.is === 'thread') {
      if (token.part !== undefined && this.#parts.has(token.part)) return 'ended';
      if (token.id !== null && this.#threads.some(({ id }) => id === token.id)) return 'ended';
      if (token.part !== undefined) this.#parts.add(token.part);
    }
    if (token.is === 'frame' && token.innermost === true && (this.#threads.at(-1)?.frames.length ?? 0) > 0) return 'ended';
    this.#take(token);
    if (this.#lines === 0) this.#first = number;
    this.#lines++;
    this.#foreign = 0;
    this.#blanks = 0;
    this.#mode = token.mode ?? this.#mode;
    return 'taken';
  }

  #take(token: ModeToken): void {
    switch (token.is) {
      case 'thread':
        this.#open(token);
        break;
      case 'frame':
        this.#thread().frames.push(token.frame);
        break;
      case 'native':
        this.#thread().native.push(token.frame);
        break;
      case 'cut':
        this.#thread().cut = true;
        if (token.note !== null) this.#thread().notes.push(token.note);
        break;
      case 'part':
      case 'about':
        if (token.about) this.#learn(token.about);
        break;
      case 'inside':
        this.#closed = token.last === true;
    }
  }

  #learn(about: About): void {
    const measures = { ...about.measures, ...this.#about.measures };
    const handles = [...(this.#about.measures?.handles ?? []), ...(about.measures?.handles ?? [])];
    this.#about = {
      ...about,
      ...this.#about,
      ...(about.measures === undefined ? {} : { measures: { ...measures, ...(handles.length > 0 ? { handles } : {}) } }),
    };
  }

  #thread(): OpenThread {
    return this.#threads.at(-1) ?? this.#open({ id: null, name: null, current: false });
  }

  #open({ id, name, current }: Pick<OpenThread, 'id' | 'name' | 'current'>): OpenThread {
    const thread = { id, name, current, cut: false, frames: [], native: [], notes: [] };
    this.#threads.push(thread);
    return thread;
  }

  finish(): PlacedDump[] {
    const { reason, time, timeText, pid, runtimeVersion, measures, activity } = this.#about;
    const threads = this.#threads.map((thread): ReportedThread => ({
      id: thread.id,
      name: thread.name,
      current: thread.current,
      truncated: thread.cut ? 'marked' : false,
      main: null,
      activity: activity ?? (thread.frames.length > 0 ? 'running' : null),
      frames: thread.frames,
      nativeFrames: thread.native,
      notes: thread.notes,
      measures: measures === undefined ? null : { ...NO_MEASURES, ...measures },
    }));
    const conclusion = this.#lines === 0 ? null : this.#format.conclude({ about: this.#about, parts: this.#parts, threads });
    if (conclusion === null) return [];
    const dump: ReportedDump = {
      kind: conclusion.kind,
      ...(conclusion.runtime === undefined ? {} : { runtime: conclusion.runtime }),
      time: time ?? null,
      ...(timeText === undefined ? {} : { timeText }),
      pid: pid ?? null,
      runtimeVersion: runtimeVersion ?? null,
      reason: reason ?? null,
      threads: threads.length > 0 ? threads : [NO_STACK],
      notes: conclusion.notes ?? [],
      warnings: [],
    };
    return [{ dump, line: this.#first, lines: this.#lines }];
  }
}

/** The thread of a dump that shows no frame. */
const NO_STACK: ReportedThread = {
  id: null,
  name: null,
  current: false,
  truncated: false,
  main: null,
  activity: 'unknown',
  frames: [],
  nativeFrames: [],
  notes: [],
  measures: null,
};

// --- lines that formats share --------------------------------------------------------------------------------------

const every: P.Parser<string> = P.all;

/** Parsers in the order of trial; a line that none of them takes whole is `other`, an empty one `blank`. */
export function lineOf(...parsers: readonly P.Parser<ModeToken>[]): P.Parser<ModeToken> {
  const blank = P.regexp(/\s*/).skip(P.eof).result<ModeToken>({ is: 'blank' });
  return firstOf(blank, ...parsers.map((parser) => parser.skip(P.eof)), every.result<ModeToken>({ is: 'other' }));
}
