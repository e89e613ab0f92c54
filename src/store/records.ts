import type { ThreadVerdict, Verdict, WaitKind } from '../analysis/index.js';
import type { EpochMilliseconds, Runtime, Thread, TimeSource } from '../model/index.js';

/**
 * What is said of a thread in one dump. `inconclusive` is the thread to look at in a dump that was made because of a crash or a time-out,
 * where there is no other dump to tell by. A single dump that was made for no such reason shows no hang.
 */
export type KeptVerdict = ThreadVerdict | 'inconclusive';

/**
 * The verdicts, worst first; their places are the severities that stores keep, so an order is never changed, only added to. The
 * first three make a thread a sighting of a hang.
 */
export const SEVERITIES: readonly KeptVerdict[] = ['stuck', 'suspect', 'inconclusive', 'unknown', 'progressing', 'idle'];

/** Severities below this are sightings of a hang; all questions but `query` are about these. */
export const HANG_BELOW = 3;

/** One thread in one dump. Texts are of bounded length, without lone surrogates and without NUL. */
export interface ThreadRecord {
  readonly id: string | null;
  readonly name: string | null;
  readonly kind: Thread['kind'];
  readonly verdict: KeptVerdict;
  readonly role: 'culprit' | 'victim' | null;
  /** 0 to 1; null where the thread was not ranked. */
  readonly score: number | null;
  readonly wait: WaitKind | null;
  /** The rule that says so. */
  readonly waitBy: string | null;
  /** The place to hang in (`Fingerprints`); null without frames. */
  readonly fingerprint: string | null;
  /** The frame to look at. */
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** Key of the {@link StackRecord}; null without frames. */
  readonly stack: string | null;
}

/** Whether a thread is seen at a hang. */
export function isSighting({ verdict, fingerprint }: Pick<ThreadRecord, 'verdict' | 'fingerprint'>): boolean {
  return fingerprint !== null && SEVERITIES.indexOf(verdict) < HANG_BELOW;
}

/** One dump, with what was said of it and of its threads when it was added. */
export interface DumpRecord {
  /** Its identity, 32 hexadecimal digits: equal for equal content of one build and host. */
  readonly key: string;
  /** The process over time that it was judged in, 16 digits: all dumps of one hang have the same. */
  readonly incident: string;
  readonly build: string | null;
  readonly host: string | null;
  /** `KEY=VALUE`, sorted. */
  readonly labels: readonly string[];
  /**
   * When it happened, as far as is known: its time, or the time of adding when it has none or one that is later (the clock of its
   * host is ahead then).
   */
  readonly at: EpochMilliseconds;
  /** As the dump or what stands around it says. */
  readonly time: EpochMilliseconds | null;
  readonly timeFrom: TimeSource | null;
  readonly added: EpochMilliseconds;
  readonly source: string;
  readonly line: number;
  readonly format: string;
  readonly runtime: Runtime;
  readonly kind: 'snapshot' | 'error';
  readonly pid: number | null;
  readonly origin: string | null;
  readonly reason: string | null;
  /** Of its process. */
  readonly verdict: Verdict;
  readonly threads: readonly ThreadRecord[];
}

/** A stack as it is kept: the frames that were called most recently, as `[function, file, line]`. */
export interface StackRecord {
  /** 16 hexadecimal digits. */
  readonly key: string;
  /** Frames of the whole stack. */
  readonly depth: number;
  readonly frames: readonly (readonly [string | null, string | null, number | null])[];
}

/** That something was looked at, hang or not: what "14 of 60 builds" is counted against. */
export interface RunRecord {
  readonly build: string | null;
  readonly host: string | null;
  /** `KEY=VALUE`. */
  readonly labels: readonly string[];
  readonly at: EpochMilliseconds;
}

/** What one `history add` brings. */
export interface Batch {
  readonly runs: readonly RunRecord[];
  readonly stacks: readonly StackRecord[];
  readonly dumps: readonly DumpRecord[];
}

/** Frames of a stack that are kept; deeper ones are recursions, and the bottom says where the thread began at most. */
export const MOST_FRAMES = 128;
/** Names and paths beyond this are not written by people. */
const LONGEST_TEXT = 1000;

/** Text as a store keeps it: a store's driver may cut text at NUL, and UTF-8 has no lone surrogates. */
export function keptText(text: string): string {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
  return cut.replaceAll(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

/** The same, of a path, whose end tells most. */
export function keptPath(path: string): string {
  return keptText(path.length > LONGEST_TEXT ? `…${path.slice(1 - LONGEST_TEXT)}` : path);
}
