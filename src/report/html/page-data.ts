/**
 * The document that a page carries: all its views are made of it. Rows of tables are integers; a table is an object of
 * columns of one length. "As steps": each number is what has to be added to the one before (the first, to 0). Texts are stored once, in {@link PageData.strings}, already safe to show (see `visible`).
 */
export interface PageData {
  /** Version of standstill that made the page. */
  readonly version: string;
  readonly verdict: PageVerdict;
  /** Row 0 is the empty text. */
  readonly strings: readonly string[];
  readonly frames: PageFrames;
  /** Stacks as a tree from the outermost call inwards: most share their outer frames, so it is a small part of all stacks. */
  readonly calls: PageCalls;
  /** Per stack: its innermost call, a row of {@link PageData.calls}, as steps. Row 0 is the empty stack (-1). */
  readonly stacks: readonly number[];
  /** Who a thread is: rows are the same in all dumps that give it the same id, name and kind. */
  readonly people: PagePeople;
  readonly states: readonly PageState[];
  /** Oldest first. Of more dumps than a page can hold, the newest. */
  readonly dumps: readonly PageDump[];
  readonly series: readonly PageSeries[];
  /** Of all series, each series' most suspicious first. */
  readonly threads: readonly PageThread[];
  readonly groups: readonly PageGroup[];
  /** In the order in which they were read. */
  readonly sources: readonly PageSource[];
  /** Source around frames, where it was at hand. */
  readonly excerpts: readonly PageExcerpt[];
  /** Address of an editor with `{file}`, `{line}` and `{column}`, or null. */
  readonly editor: string | null;
  readonly left: PageLeft;
}

/** What was left out of a page: it is for people, and a browser has to open it. */
export interface PageLeft {
  readonly dumps: number;
  readonly threads: number;
  /** What filters hid, in words. */
  readonly hidden: string | null;
}

export type PageVerdict = 'stuck' | 'suspect' | 'inconclusive' | 'clear';
export type PageThreadVerdict = 'stuck' | 'suspect' | 'idle' | 'progressing' | 'unknown';

/** Order of {@link PageFrames.origin}. */
export const ORIGINS = ['application', 'library', 'standard', 'runtime'] as const;

/** Strings are rows of {@link PageData.strings}; -1 is "not given". Places are those in the source, where a source map told them. */
export interface PageFrames {
  readonly function: readonly number[];
  readonly file: readonly number[];
  readonly line: readonly number[];
  readonly column: readonly number[];
  /** Place in {@link ORIGINS}. */
  readonly origin: readonly number[];
  /** Place in compiled code, by row, of frames whose place is another. */
  readonly compiled: Readonly<Record<number, string>>;
}

export interface PageCalls {
  /** How many rows above the caller stands; 0: none. Calls of one stack follow one another, so it is mostly 1. */
  readonly caller: readonly number[];
  readonly frame: readonly number[];
}

export interface PagePeople {
  /** Strings, or -1. */
  readonly id: readonly number[];
  readonly name: readonly number[];
  /** Place in {@link THREAD_KINDS}. */
  readonly kind: readonly number[];
  /** -1 cannot be told, 0 no, 1 yes. */
  readonly main: readonly number[];
}

export const THREAD_KINDS = ['thread', 'task', 'greenlet'] as const;

/** What a dump says of a thread beside its stack; few distinct ones. */
export interface PageState {
  readonly current?: true;
  readonly truncated?: 'marked' | 'likely';
  readonly activity?: 'running' | 'idle' | 'unknown';
  readonly marks?: readonly string[];
  readonly notes?: readonly string[];
}

export interface PageDump {
  /** Place in {@link PageData.sources}. */
  readonly source: number;
  readonly line: number;
  readonly format: string;
  readonly runtime: 'python' | 'node';
  readonly kind: 'snapshot' | 'error';
  /** Milliseconds since 1970, or null. */
  readonly time: number | null;
  /** Where the time is from, in words. */
  readonly timeText: string;
  readonly pid: number | null;
  readonly origin: string | null;
  readonly reason: { readonly kind: string; readonly text: string } | null;
  readonly threadsCut: boolean;
  /** Threads in the order of the text: rows of people as steps, of stacks, and of states. */
  readonly who: readonly number[];
  readonly stack: readonly number[];
  /** Shorter where the last threads have state 0. */
  readonly state: readonly number[];
}

export interface PageSeries {
  readonly name: string;
  readonly verdict: PageVerdict;
  /** Places in {@link PageData.dumps}, oldest first. */
  readonly dumps: readonly number[];
  /** Places in `dumps` where the program had been restarted. */
  readonly restarts: readonly number[];
  /** Seconds from the first to the last dump. */
  readonly span: number | null;
  readonly doubts: readonly string[];
  readonly advice: readonly string[];
  /** Rows of {@link PageData.threads}: from, and up to but without. */
  readonly threads: readonly [number, number];
}

/** What stands in {@link PageThread.moments} when it is not the number of a place. */
export const MOMENT = { idle: -1, blank: -2, absent: -3, unknown: -4 } as const;

export interface PageThread {
  readonly id: string | null;
  readonly ids?: readonly string[];
  readonly name: string | null;
  readonly main?: true;
  readonly verdict: PageThreadVerdict;
  readonly role: 'culprit' | 'victim' | null;
  readonly score: number;
  readonly wait: { readonly kind: string; readonly by: string } | null;
  /** Row of frames. */
  readonly frame: number | null;
  /** Rows of {@link PageData.threads}. */
  readonly blockedBy: readonly number[];
  readonly evidence: readonly string[];
  /** What to do next about a suspicious thread. */
  readonly next: string | null;
  readonly still: number;
  /** How long it has stood still. */
  readonly seconds: number | null;
  /** Weights behind the score, of suspicious threads. */
  readonly signals?: readonly { readonly name: string; readonly weight: number; readonly text: string | null }[];
  /** Variables that the newest dump shows, of suspicious threads. */
  readonly locals?: readonly { readonly depth: number; readonly variables: readonly (readonly [string, string])[] }[];
  readonly native?: readonly { readonly symbol: string | null; readonly module: string | null }[];
  /** Per dump of its series from `first` on: its place in the dump's threads, or -1; as steps. */
  readonly first: number;
  readonly seen: readonly number[];
  /** Per dump of its series. */
  readonly moments: readonly number[];
}

export interface PageGroup {
  readonly kind: 'crashed' | 'application' | 'waiting-for-work' | 'idle' | 'background';
  /** What the threads do, after a rule's label. */
  readonly title: string;
  readonly moves: boolean;
  /** Distinct stacks, that of most threads first. */
  readonly stacks: readonly number[];
  /** Rows of {@link PageData.threads}. */
  readonly threads: readonly number[];
}

export interface PageSource {
  readonly path: string;
  readonly dumps: number;
  readonly warnings: readonly { readonly line: number | null; readonly code: string; readonly message: string }[];
}

export interface PageExcerpt {
  /** Rows of frames that stand in it. */
  readonly frames: readonly number[];
  /** The file that was read. */
  readonly path: string;
  readonly from: number;
  readonly lines: readonly string[];
}

/** Numbers as steps: small ones where a column goes up slowly, which are short as text. */
export function toSteps(numbers: readonly number[]): number[] {
  return numbers.map((number, i) => number - (i === 0 ? 0 : numbers[i - 1]!));
}

export function fromSteps(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => (sum += step));
}
