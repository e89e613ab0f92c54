import { groupThreads, type Group, type Grouping, type Origins } from '../analysis/index.js';
import type { Dump, DumpSet } from '../model/index.js';
import { stackLines, type StackStyle } from './frame-text.js';
import { columns, count, fit, paint, visible, type Screen } from './terminal.js';

const INDENT = '    ';
/** Kinds of errors that the folded line names. */
const MOST_NAMED = 3;
const MOST_NATIVE = 6;

/** A stack that threw or crashed, and no picture of its process: a Node report of an exception shows all of it. */
function isErrorStack(dump: Dump): boolean {
  return dump.kind === 'error' && dump.format !== 'node-report' && dump.threads.length === 1;
}

/** Error stacks and what else there is, each as a set of its own. */
export function splitErrors(set: DumpSet): { readonly errors: DumpSet; readonly pictures: DumpSet } {
  return {
    errors: { ...set, dumps: set.dumps.filter(isErrorStack) },
    pictures: { ...set, dumps: set.dumps.filter((dump) => !isErrorStack(dump)) },
  };
}

/** The error stacks beside pictures of a process, in one line: they say nothing of what stands still. */
export function foldedErrors({ dumps }: DumpSet, screen: Screen): string {
  const kinds = new Map<string, number>();
  for (const dump of dumps) kinds.set(kindOf(dump), (kinds.get(kindOf(dump)) ?? 0) + 1);
  const named = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => (n === 1 ? kind : `${n} × ${kind}`));
  const list = named.length > MOST_NAMED ? [...named.slice(0, MOST_NAMED), '…'] : named;
  return paint(screen, 'dim', fit(`${count(dumps.length, 'error stack')} beside them: ${list.join(', ')}`, screen.width));
}

interface ErrorsStyle {
  readonly grouping?: Grouping | undefined;
  /** Groups shown. */
  readonly limit: number;
  /** Show all stacks of a group, which differ in lines. */
  readonly everyLine: boolean;
  readonly style: StackStyle;
}

/** Error stacks grouped and counted, the most frequent first. */
export function* errorStacks(
  set: DumpSet,
  origins: Origins,
  screen: Screen,
  { grouping, limit, everyLine, style }: ErrorsStyle,
): Generator<string> {
  const frameless = set.dumps.flatMap((dump, index) => (dump.threads[0]?.stack === 0 ? [{ dump: index, thread: 0 }] : []));
  const groups: Pick<Group, 'stacks' | 'members'>[] = [
    ...groupThreads(set, grouping),
    ...frameless.map((member) => ({ stacks: [], members: [member] })),
  ].sort((a, b) => b.members.length - a.members.length || a.members[0]!.dump - b.members[0]!.dump);
  for (const { stacks, members } of groups.slice(0, limit)) {
    const dump = set.dumps[members[0]!.dump]!;
    yield '';
    const times = members.length === 1 ? '' : `${members.length} × `;
    // one place may throw and warn
    const others = new Set(members.map((member) => kindOf(set.dumps[member.dump]!)));
    others.delete(kindOf(dump));
    const also = others.size === 0 ? '' : ` (also ${[...others].slice(0, MOST_NAMED).join(', ')}${others.size > MOST_NAMED ? ', …' : ''})`;
    const room = screen.width - columns(times) - columns(also);
    yield fit(
      times + paint(screen, 'title', fit(visible(dump.reason?.text ?? dump.format), room)) + also,
      screen.colour ? Infinity : screen.width,
    );
    for (const [i, stack] of (everyLine || style.full === true ? stacks : stacks.slice(0, 1)).entries()) {
      if (i > 0) yield `${INDENT}${paint(screen, 'dim', 'the same at other lines:')}`;
      yield* stackLines(set, origins, stack, screen, INDENT, style);
    }
    if (stacks.length === 0)
      for (const { symbol, address } of dump.threads[0]!.nativeFrames.slice(0, style.full === true ? Infinity : MOST_NATIVE))
        yield INDENT + paint(screen, 'dim', fit(visible(symbol ?? address ?? '?'), screen.width - INDENT.length));
  }
  if (groups.length > limit) {
    yield '';
    yield paint(screen, 'dim', `… and ${count(groups.length - limit, 'more error')} (--verbose or --limit shows more)`);
  }
}

/** The name of an error, e.g. `TypeError`. */
function kindOf(dump: Dump): string {
  const text = dump.reason?.text ?? dump.format;
  return visible(/^(?:Uncaught )?\[?([\w$.]+)/.exec(text)?.[1] ?? dump.format);
}
