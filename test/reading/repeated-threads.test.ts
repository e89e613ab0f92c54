import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RepeatedThreads } from '../../src/reading/repeated-threads.js';
import { read, readByLine, replace } from './by-line.js';

/** A thread of a dump, as the lines that stand there. */
interface Written {
  readonly id: number;
  readonly head: 'plain' | 'current' | 'named';
  readonly frames: readonly number[];
  readonly end: 'blank' | 'none' | 'foreign' | 'ellipsis' | 'two blanks';
}

const frame = (n: number): string => `  File "/srv/app/part${n % 3}.py", line ${n + 1} in step_${n}`;
const headOf = ({ id, head }: Written): string =>
  `${head === 'current' ? 'Current thread' : 'Thread'} 0x00007f00000000${id}0${head === 'named' ? ' [worker]' : ''} (most recent call first):`;
const ENDS = { blank: [''], none: [], foreign: ['INFO a line of the log'], ellipsis: ['  ...', ''], 'two blanks': ['', ''] };

function linesOf(dump: readonly Written[]): string[] {
  return ['Timeout (0:00:30)!', ...dump.flatMap((thread) => [headOf(thread), ...thread.frames.map(frame), ...ENDS[thread.end]])];
}

const thread: fc.Arbitrary<Written> = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  head: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'named', 'current'),
  frames: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 0, maxLength: 5 }),
  end: fc.constantFrom('blank', 'blank', 'blank', 'blank', 'blank', 'blank', 'none', 'foreign', 'ellipsis', 'two blanks'),
});
/** Dumps that resemble each other: those of one process, of which some threads moved, came, or were damaged. */
const dumps = fc
  .tuple(
    fc.uniqueArray(thread, { minLength: 2, maxLength: 6, selector: ({ id }) => id }),
    fc.array(fc.array(fc.option(thread), { maxLength: 6 }), { maxLength: 6 }),
  )
  .map(([first, changes]) => [first, first, first, ...changes.map((change) => first.map((one, i) => change[i] ?? one)), first]);

const LOG = ['INFO one', 'INFO two', 'INFO three', 'INFO four', 'INFO five'];

/** So much text that what follows is read in a kernel. */
const LONG = 'INFO a line of the log that is like all others\n'.repeat(12_000);

/** Stacks of different depths, up to three times as deep as there is room for at first. */
const deeper = (dump: readonly Written[]): Written[] =>
  dump.map((one) => ({ ...one, frames: [...one.frames, ...Array.from({ length: 17 * one.id }, (_, i) => i % 9)] }));

describe('threads that earlier dumps had', () => {
  const stamp = (n: number): string => `2026-11-26T10:00:${String(n % 60).padStart(2, '0')}.${String(n).padStart(6, '0')}Z `;
  const asTheyAre = (dump: readonly Written[]): readonly Written[] => dump;
  for (const [name, prefix, above, change, between = ''] of [
    ['plain', () => '', '', asTheyAre],
    ['behind a time stamp', stamp, '', asTheyAre],
    ['in a long log', () => '', LONG, asTheyAre],
    ['behind a time stamp in a long log', stamp, LONG, asTheyAre],
    ['deep ones in a long log', () => '', LONG, deeper],
    ['deep ones in a log that gets long', () => '', '', deeper, LONG],
  ] as const) {
    it(`are read as line by line: ${name}`, async () => {
      let whole = 0;
      const undo = replace(
        RepeatedThreads.prototype,
        'take',
        (take) =>
          function (this: RepeatedThreads) {
            const lines = take.call(this);
            if (lines > 0) whole++;
            return lines;
          },
      );
      try {
        await fc.assert(
          fc.asyncProperty(dumps, async (series) => {
            const lines = series.flatMap((dump, i) => [
              ...linesOf(change(dump)),
              ...LOG,
              ...(i === 2 && between !== '' ? [between.trimEnd()] : []),
            ]);
            const text = `${above}${lines.map((row, i) => `${prefix(i)}${row}`.trimEnd()).join('\n')}\n`;
            assert.deepEqual(await read(text), await readByLine(text));
          }),
          { numRuns: above + between === '' ? 200 : 60, seed: 7 },
        );
      } finally {
        undo();
      }
      assert.ok(whole > (above + between === '' ? 200 : 60), `${whole} times threads were read as a whole`);
    });
  }
});
