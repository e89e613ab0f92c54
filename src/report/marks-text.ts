/** What a dumper says of threads beside their stacks: its marks, and the variables of their frames. */
import type { FrameLocals, Thread, ThreadMark } from '../model/index.js';
import { count, fit, visible } from './terminal.js';

/** Marks in words. Only who holds the GIL is read from the interpreter itself; the others are the dumper's word. */
const OWNER = ['has-gil', 'holds the GIL', 'hold the GIL'] as const;
const STATES: readonly (readonly [ThreadMark, one: string, many: string])[] = [
  ['waits-for-gil', 'waits for the GIL', 'wait for the GIL'],
  ['drops-gil', 'gives the GIL back', 'give the GIL back'],
  ['collects-garbage', 'collects garbage', 'collect garbage'],
  ['has-exception', 'has an exception', 'have an exception'],
  ['on-cpu', 'is on a CPU', 'are on a CPU'],
  ['ended', 'has ended', 'have ended'],
];

/** Threads that are named; of more the number is said. */
const MOST_NAMED = 3;
/** Variables of one frame that are shown; a module's frame has hundreds. */
const MOST_VARIABLES = 12;

/**
 * The marks of threads that stand in one place, a line for each kind.
 *
 * @param guesses also `active` and `idle`, which say least
 */
export function marksText(threads: readonly Thread[], guesses: boolean): string[] {
  const said = ([mark, one, many]: readonly [ThreadMark, string, string]): string[] => {
    const marked = threads.filter(({ marks }) => marks.includes(mark));
    if (marked.length === 0) return [];
    if (threads.length === 1) return [one];
    const who = marked.length > MOST_NAMED ? `${marked.length} of them` : marked.map(nameOf).join(', ');
    return [`${who} ${marked.length === 1 ? one : many}`];
  };
  const states = STATES.flatMap(said);
  const called = (['active', 'idle'] as const).flatMap((mark) => {
    const marked = threads.filter(({ marks }) => marks.includes(mark)).length;
    return marked === 0 ? [] : threads.length === 1 ? [mark] : [`${marked} ${mark}`];
  });
  return [
    ...said(OWNER),
    ...(states.length === 0 ? [] : [`the dumper says: ${states.join('; ')}`]),
    ...(called.length === 0 || !guesses ? [] : [`called ${called.join(', ')} by the dumper: a guess, and often wrong`]),
  ];
}

const nameOf = ({ name, id }: Thread): string => visible(name ?? id ?? '?');

/**
 * Variables of a thread's frames, as lines to stand below each frame.
 *
 * @returns by the frame's place in the stack
 */
export function localsText(locals: readonly FrameLocals[], width: number): ReadonlyMap<number, readonly string[]> {
  return new Map(
    locals.map(({ depth, variables }) => {
      const lines = variables
        .slice(0, MOST_VARIABLES)
        // only as much of a value as can be seen is looked at: it may be a megabyte
        .map(({ name, value }) => fit(`${visible(name.slice(0, width))} = ${visible(value.slice(0, width))}`, width));
      const more = variables.length - MOST_VARIABLES;
      return [depth, more > 0 ? [...lines, `… ${count(more, 'more variable')} (--json has all)`] : lines] as const;
    }),
  );
}
