import { Origins, type StackGroup, type ThreadSummary } from '../analysis/index.js';
import type { DumpSet, FrameIndex, StackIndex, Thread } from '../model/index.js';
import type { Overview } from '../analysis/index.js';
import { BELOW, frameText, functionOf, shortPlaceOf, stackLines, type Below, type StackStyle } from './frame-text.js';
import { localsText, marksText } from './marks-text.js';
import type { ProcessNames } from './process-names.js';
import { columns, count, fit, paint, visible, wrap, type Screen } from './terminal.js';
import { threadsThat } from './words.js';

const MOST_NAMES = 3;
const MOST_NATIVE = 6;
/** Reasons given for a verdict; `stuck` gives them all. */
const MOST_REASONS = 3;
/** Places that moving threads are said to be in. */
const MOST_PLACES = 5;
const INDENT = '    ';

/** What texts about groups need beside the group. */
export interface Frame {
  readonly set: DumpSet;
  readonly overview: Overview;
  readonly origins: Origins;
  readonly processes: ProcessNames;
  /** Say of threads which processes they are in. */
  readonly nameProcesses: boolean;
  readonly screen: Screen;
  readonly style: StackStyle;
  readonly verbose: boolean;
}

/** Threads that stand in one place: who they are, whether they stayed, and their stack. */
export function* groupText(frame: Frame, group: StackGroup): Generator<string> {
  const { set, screen, style } = frame;
  yield* groupTitle(frame, group);
  if (group.moves && !style.full) {
    yield* movingLines(frame, group);
    return;
  }
  const shown = style.full ? group.stacks : group.stacks.slice(0, 1);
  const threads = group.threads.map((thread) => threadOf(set, thread));
  // once for all: ten thousand threads may stand at as many lines
  const byStack = new Map<StackIndex, Thread[]>();
  for (const thread of threads) {
    const known = byStack.get(thread.stack);
    if (known === undefined) byStack.set(thread.stack, [thread]);
    else known.push(thread);
  }
  for (const [i, stack] of shown.entries()) {
    const here = byStack.get(stack) ?? [];
    if (i > 0) yield `${INDENT}${paint(screen, 'dim', `the same at other lines, ${count(here.length, 'thread')}:`)}`;
    yield* stackLines(set, frame.origins, stack, screen, INDENT, style, style.full ? variablesOf(here, screen) : undefined);
    const cut = here.find((thread) => thread.truncated !== false);
    if (cut)
      yield `${INDENT}${paint(screen, 'dim', cut.truncated === 'marked' ? '(the dump cut this stack short)' : '(callers are probably missing below)')}`;
  }
  const said = marksText(threads, style.full === true || frame.verbose);
  for (const line of said) yield* wrap(`(${line})`, screen.width - INDENT.length, ' ').map((part) => INDENT + paint(screen, 'dim', part));
  if (group.kind === 'crashed' || style.full) yield* nativeText(frame, threadOf(set, group.threads[0]!));
  yield* reasonsText(frame, group);
}

/** Variables below the frames of a stack that threads share: those of the first one whose variables the dump shows. */
function variablesOf(threads: readonly Thread[], screen: Screen): Below | undefined {
  const shown = threads.find(({ locals }) => locals.length > 0);
  return shown && localsText(shown.locals, screen.width - INDENT.length - BELOW.length);
}

/** A C stack that says where a thread was. In a Node report it is that of the writing of the report. */
export function tellsByNative({ nativeFrames, activity }: Thread): boolean {
  return nativeFrames.length > 0 && activity === null;
}

/** The C stack of a thread, the top of it: of a crash it tells more than the Python stack. */
export function* nativeText({ screen, style }: Frame, thread: Thread): Generator<string> {
  if (!tellsByNative(thread)) return;
  const { nativeFrames } = thread;
  const width = screen.width - INDENT.length;
  const shown = style.full ? nativeFrames : nativeFrames.slice(0, MOST_NATIVE);
  for (const { symbol, address, module } of shown) {
    const where = module === null ? '' : ` in ${module.replace(/^.*[/\\]/, '')}`;
    yield `${INDENT}${paint(screen, 'dim', fit(`C  ${visible(`${symbol ?? address ?? '?'}${where}`)}`, width))}`;
  }
  if (shown.length < nativeFrames.length)
    yield `${INDENT}${paint(screen, 'dim', `… ${count(nativeFrames.length - shown.length, 'more C frame')} (--full)`)}`;
}

export function threadOf(set: DumpSet, { member }: ThreadSummary): Thread {
  return set.dumps[member.dump]!.threads[member.thread]!;
}

export function* groupTitle(frame: Frame, group: StackGroup): Generator<string> {
  const { set, screen, processes, nameProcesses } = frame;
  const threads = group.threads.map((thread) => threadOf(set, thread));
  const main = threads.every((thread) => thread.main === true);
  const label = group.meaning === null || group.moves ? null : labelOf(group);
  const who = threadsThat(threads.length, label, main && threads.length > 1 ? 'main thread' : kindOf(threads));
  const where = nameProcesses ? ` in ${processes.list(group.threads.map(({ series }) => series))}` : '';
  const parts = [`${main ? who.replace(/^1 thread/, '1 thread (main)') : who}${where}`];
  const movement = group.dumper ? 'wrote the dump' : movementOf(frame, group);
  if (movement !== null) parts.push(movement);
  if (group.stacks.length > 1 && !group.moves) parts.push(`at ${group.stacks.length} different lines`);
  const names = namesOf(threads);
  const alarm = labelFor(group);
  const room = screen.width - alarm.length;
  const text = `${parts.join(', ')}${names === '' ? '' : `: ${names}`}`;
  // names may be cut, what is said of them not
  const lines = columns(parts.join(', ')) < room ? [fit(text, room)] : wrap(alarm + text, screen.width, '  ').slice(0, 2);
  const [first = '', ...more] = lines;
  const painted = paint(screen, alarm === 'suspect ' ? 'warning' : 'alarm', alarm);
  yield painted + paint(screen, 'title', lines.length > 1 ? first.slice(alarm.length) : first);
  for (const line of more) yield paint(screen, 'title', line);
}

/** What a group is called out as: only several dumps tell who is stuck. */
function labelFor({ kind, finding, threads }: StackGroup): string {
  if (kind === 'crashed') return 'CRASHED ';
  if (threads.every(({ movement }) => movement === 'single')) return '';
  if (finding.verdict === 'stuck') return finding.role === 'victim' ? 'STUCK behind others: ' : 'STUCK ';
  return finding.verdict === 'suspect' ? 'suspect ' : '';
}

/** Why threads are said to be stuck, and for whom they wait. */
export function* reasonsText({ screen, verbose }: Frame, group: StackGroup): Generator<string> {
  if (labelFor(group) === '' || group.kind === 'crashed') return;
  const { blockedBy, evidence } = group.finding;
  const width = screen.width - INDENT.length;
  if (blockedBy.length > 0) {
    const names = blockedBy.map(({ name, ids }) => visible(name ?? ids.at(-1) ?? '?'));
    yield `${INDENT}${fit(`waits for ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`, width)}`;
  }
  for (const reason of verbose ? evidence : evidence.slice(0, MOST_REASONS))
    for (const line of wrap(`- ${visible(reason)}`, width, '  ')) yield INDENT + line;
}

function labelOf(group: StackGroup): string {
  const { rule, state } = group.meaning!;
  return state.startsWith('idle') ? `idle (${rule.label})` : rule.label;
}

function kindOf(threads: readonly Thread[]): string {
  const kinds = new Set(threads.map((thread) => thread.kind));
  return kinds.size === 1 ? [...kinds][0]! : 'thread';
}

/** `unchanged in every dump`, or null where there is but one to look at. */
function movementOf({ overview }: Frame, { threads, moves }: StackGroup): string | null {
  if (moves) return 'moving';
  if (threads.every(({ movement }) => movement === 'single')) return null;
  if (threads.every(({ movement }) => movement === 'new')) return 'new in the newest dump';
  const still = threads.filter((thread) => thread.still > 1);
  if (still.length === 0) return threads.some(({ movement }) => movement === 'moved') ? 'moved here' : null;
  const least = still.reduce((fewest, thread) => Math.min(fewest, thread.still), Infinity);
  const always = still.every((thread) => thread.still === overview.series[thread.series]!.dumps.length);
  const who = still.length === threads.length ? '' : `${still.length} of them `;
  return `${who}unchanged in ${always ? 'every dump' : `the last ${least} dumps`}`;
}

/** The names or ids of threads, a few of them. */
export function namesOf(threads: readonly Thread[]): string {
  const names = [...new Set(threads.flatMap((thread) => thread.name ?? thread.id ?? []))];
  const shown = names.slice(0, MOST_NAMES).map(visible).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** Moving threads: the places they were seen in, and the callers that all of these have. */
export function* movingLines(frame: Frame, group: StackGroup): Generator<string> {
  const { set, origins, screen } = frame;
  const paths = group.threads.flatMap(({ path }) => path.filter((stack) => stack !== 0));
  const common = commonCallers(set, paths);
  const width = screen.width - INDENT.length;
  const shown = group.threads.length === 1 ? wayOf(frame, group.threads[0]!, common, width) : placesOf(frame, group.threads, common);
  yield `${INDENT}${paint(screen, 'strong', fit(shown, width))}`;
  const frames = Array.from(set.stacks.frames(group.stacks[0]!)).slice(set.stacks.depth(group.stacks[0]!) - common);
  // the callers in common, without the lines at which they stand in one dump or another
  for (const row of frames) if (origins.isApplication(row)) yield `${INDENT}${paint(screen, 'dim', frameText(set, row, width))}`;
}

/** `read_rows (a.py:66) → price_rows (a.py:74)`: where one thread was, the newest place last; files only where there is room. */
function wayOf(frame: Frame, { path }: ThreadSummary, common: number, width: number): string {
  const rows = path.filter((stack) => stack !== 0).map((stack) => spotOf(frame, stack, common));
  const way = rows.filter((row, i) => row !== rows[i - 1]);
  const text = (name: (row: FrameIndex) => string): string =>
    `${way.length > MOST_PLACES ? '… → ' : ''}${way.slice(-MOST_PLACES).map(name).join(' → ')}`;
  const long = text((row) => spotText(frame, row));
  return columns(long) <= width ? long : text((row) => `${functionOf(frame.set, row)}:${frame.set.frames.placeOf(row).line ?? '?'}`);
}

/** `now in read_rows (a.py:66) ×4, price_rows (a.py:74)`: where many threads are. */
function placesOf(frame: Frame, threads: readonly ThreadSummary[], common: number): string {
  const places = counted(threads.map((thread) => spotText(frame, spotOf(frame, threadOf(frame.set, thread).stack, common))));
  return `now in ${places.slice(0, MOST_PLACES).join(', ')}${places.length > MOST_PLACES ? ', …' : ''}`;
}

/** The first call that differs: the outermost application frame above the callers in common, else the outermost of all. */
function spotOf({ set, origins }: Frame, stack: StackIndex, common: number): FrameIndex {
  const frames = Array.from(set.stacks.frames(stack));
  const own = frames.slice(0, frames.length - common);
  return own.findLast((each) => origins.isApplication(each)) ?? own.at(-1) ?? frames[0]!;
}

/** `read_rows (a.py:66)`. */
export function spotText({ set }: Frame, row: FrameIndex): string {
  return `${functionOf(set, row)} (${shortPlaceOf(set, row)})`;
}

/** How many frames, from the outermost on, are the same function in all stacks. */
function commonCallers(set: DumpSet, stacks: readonly StackIndex[]): number {
  const [first, ...others] = stacks as [StackIndex, ...StackIndex[]];
  let common = set.stacks.depth(first);
  for (const stack of others) {
    const depth = set.stacks.depth(stack);
    common = Math.min(common, depth);
    for (let i = 1; i <= common; i++) {
      const [a, b] = [set.stacks.frameAt(first, set.stacks.depth(first) - i), set.stacks.frameAt(stack, depth - i)];
      if (a === b || set.frames.withoutPosition(a) === set.frames.withoutPosition(b)) continue;
      common = i - 1;
      break;
    }
  }
  return common;
}

function counted(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text, n]) => (n === 1 ? text : `${text} ×${n}`));
}
