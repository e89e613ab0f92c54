import type { EpochMilliseconds, TimeSource } from '../model/index.js';
import type { Batch, DumpRecord, KeptVerdict, RunRecord, StackRecord, ThreadRecord } from './records.js';

/** Something that the caller can do something about: the store is not there, full, of another version, … */
export class StoreError extends Error {
  /** Stable word for scripts, e.g. `no-store`. */
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.hint = hint;
  }
}

/** Which part of a history a question is about; what is absent does not limit it. */
export interface Scope {
  readonly builds?: readonly string[];
  readonly hosts?: readonly string[];
  /** `KEY=VALUE`: dumps with all of them. */
  readonly labels?: readonly string[];
  /** By `DumpRecord.at`, both inclusive. */
  readonly since?: EpochMilliseconds;
  readonly until?: EpochMilliseconds;
  /** Sightings with one of these verdicts. */
  readonly verdicts?: readonly KeptVerdict[];
}

/** How many processes hung at one place in one build. Null: no build was named. */
export interface InBuild {
  readonly fingerprint: string;
  readonly build: string | null;
  readonly times: number;
}

/** What hung in one build: different places, and at each of them the processes. */
export interface HungInBuild {
  readonly build: string | null;
  readonly hangs: number;
  readonly times: number;
}

/** Sums over the sightings of one hang. */
export interface HangRow {
  readonly fingerprint: string;
  /** Worst that was said. */
  readonly severity: number;
  /** Processes that hung there, each over all its dumps. */
  readonly times: number;
  readonly dumps: number;
  readonly builds: number;
  readonly hosts: number;
  readonly first: EpochMilliseconds;
  readonly last: EpochMilliseconds;
}

export interface HangHostRow {
  readonly host: string | null;
  readonly times: number;
  readonly dumps: number;
  readonly first: EpochMilliseconds;
  readonly last: EpochMilliseconds;
}

/** A day in UTC, as its number since 1970. */
export interface DayRow {
  readonly day: number;
  readonly times: number;
  readonly hangs: number;
}

/** What a store holds of one build, hang or not. */
export interface BuildRow {
  readonly build: string | null;
  /** Earliest time that is known of it. */
  readonly first: EpochMilliseconds;
  readonly last: EpochMilliseconds;
  readonly dumps: number;
  /** Processes that the dumps are of. */
  readonly processes: number;
}

export interface HostRow {
  readonly host: string | null;
  readonly builds: number;
  readonly dumps: number;
  readonly processes: number;
  readonly first: EpochMilliseconds;
  readonly last: EpochMilliseconds;
  /** By how much its dumps' times were later than the time of adding, at most; its clock is ahead by that at least. 0: never. */
  readonly ahead: number;
  /** Different places to hang in, and processes that hung, of these dumps. */
  readonly hangs: number;
  readonly times: number;
}

/** One thread in one dump that was seen at a hang. */
export interface Sighting {
  readonly fingerprint: string;
  readonly dump: string;
  /** Place in the threads of the dump. */
  readonly place: number;
  readonly incident: string;
  readonly build: string | null;
  readonly host: string | null;
  readonly at: EpochMilliseconds;
  readonly timeFrom: TimeSource | null;
  readonly source: string;
  readonly line: number;
  readonly pid: number | null;
  readonly reason: string | null;
  readonly labels: readonly string[];
  readonly thread: ThreadRecord;
}

/** A sighting without what is said of its dump. */
export type Example = Pick<Sighting, 'fingerprint' | 'dump' | 'place' | 'at' | 'thread'>;

export interface Added {
  /** Dumps that were not there. */
  readonly dumps: number;
  readonly threads: number;
  /** Dumps that were. */
  readonly known: number;
  /** Of those that were: dumps of which more is known now, since they were added with more dumps of their process. */
  readonly more: number;
  /** Dumps that wait on this machine until the store can be reached. */
  readonly kept: number;
}

export interface Pruned {
  readonly dumps: number;
  readonly threads: number;
}

/** The columns and rows of a question in the store's own language. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There are more rows than were asked for. */
  readonly cut: boolean;
}

/** Everything that a store holds, in an order in which it can be added again. */
export type Item = { readonly run: RunRecord } | { readonly stack: StackRecord } | { readonly dump: DumpRecord };

/** What a store is asked: sums and finds. What they mean (which build came first, what is new) is worked out in `questions.ts`, the same for all. */
export interface Questions {
  /** In no order. */
  builds(scope: Scope): Promise<readonly BuildRow[]>;
  hosts(scope: Scope): Promise<readonly HostRow[]>;
  /** @param fingerprints only these */
  hangs(scope: Scope, fingerprints?: readonly string[]): Promise<readonly HangRow[]>;
  /** In no order. There are many of them: those that are not shown are not asked for. */
  inBuilds(scope: Scope, fingerprints?: readonly string[]): Promise<readonly InBuild[]>;
  hungInBuilds(scope: Scope): Promise<readonly HungInBuild[]>;
  hangByHost(scope: Scope, fingerprint: string): Promise<readonly HangHostRow[]>;
  /** Days with a sighting, oldest first. */
  days(scope: Scope, fingerprint?: string): Promise<readonly DayRow[]>;
  /** Fingerprints with a sighting that begin like this, at most `most`, in their order. */
  fingerprintsLike(prefix: string, most: number): Promise<readonly string[]>;
  /** The newest sightings of a hang, newest first; of equal time by dump and place. */
  newest(scope: Scope, fingerprint: string, most: number): Promise<readonly Sighting[]>;
  /** One of the newest sightings of each hang, the same every time. */
  examples(scope: Scope, hangs: readonly HangRow[]): Promise<readonly Example[]>;
  stack(key: string): Promise<StackRecord | null>;
}

/** Where hangs are remembered. Every method may throw {@link StoreError}. */
export interface HistoryStore extends Questions {
  /** For people: a file, an address without credentials. */
  readonly place: string;
  /** Parts of the store that did not answer: everything said since is without what they hold. */
  readonly missing: readonly string[];
  /** Dumps that wait on this machine to be sent. */
  readonly waiting: number;

  /** Adds what is not there yet; when it resolves, it is kept. A dump that is there stays; a worse verdict on one of its threads is added. */
  add(batch: Batch): Promise<Added>;
  /** @throws StoreError `bad-query` */
  query(sql: string, most: number): Promise<Answer>;
  /** Removes dumps of before a time (by `at`), of a build or of both, and what nothing refers to any more. */
  prune(what: { readonly before?: EpochMilliseconds; readonly builds?: readonly string[] }, dry: boolean): Promise<Pruned>;
  export(): AsyncIterable<Item>;
  close(): Promise<void>;
}
