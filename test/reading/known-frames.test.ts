import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readText, type DumpSet } from '../../src/index.js';
import { LineCache } from '../../src/reading/line-cache.js';
import { SAMPLE_FILES } from '../sample-files.js';
import { readBlocksForTest } from './blocks.js';
import { byLine, dumpsOf, read, readByLine, replace } from './by-line.js';

const frame = (n: number): string => `  File "/srv/app/part${n % 7}.py", line ${n + 1} in step_${n}`;
/** What stands among frames besides them: foreign, damaged, or of no length. */
const OTHERS = [
  'INFO a line of the log',
  '  ...',
  '',
  '  File "/srv/app/part',
  'Thread',
  '  File "/srv/app/\xe9.py", line 7 in \xe9tape',
  '   ',
];

/** So much text that what follows is read in a kernel, in one block. */
const LONG = 'INFO a line of the log that is like all others\n'.repeat(12_000);

const PREFIXES: Readonly<Record<string, (line: number) => string>> = {
  none: () => '',
  'that of GitHub Actions': (line) => `2026-11-26T10:00:${String(line % 60).padStart(2, '0')}.${String(line).padStart(7, '0')}Z `,
  'with a number that grows': (line) => `(${line}) `,
};

interface Stack {
  /** Null: a thread that no dump has shown. */
  readonly id: number | null;
  readonly from: number;
  readonly depth: number;
  /** Frames that are others than those below the one above it: which, and how far it goes on from. */
  readonly turns: readonly (readonly [number, number])[];
  readonly other: readonly [number, string] | null;
}

function framesOf({ from, depth, turns, other }: Stack): string[] {
  const lines: string[] = [];
  for (let i = 0, n = from; i < depth; i++, n++) {
    n += turns.find(([at]) => at === i)?.[1] ?? 0;
    lines.push(frame(n % 40));
  }
  if (other !== null) lines.splice(other[0] % (depth + 1), 0, other[1]);
  return lines;
}

const stack: fc.Arbitrary<Stack> = fc.record({
  id: fc.option(fc.nat(4)),
  from: fc.constantFrom(0, 0, 0, 10, 20),
  depth: fc.oneof({ weight: 20, arbitrary: fc.nat(12) }, fc.constantFrom(511, 512, 513, 700, 1030)),
  turns: fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 5 })), { maxLength: 2 }),
  other: fc.option(fc.tuple(fc.nat(12), fc.constantFrom(...OTHERS)), { freq: 5 }),
});
const dumps = fc.array(fc.uniqueArray(stack, { minLength: 1, maxLength: 6, selector: ({ id }) => id ?? {} }), {
  minLength: 2,
  maxLength: 8,
});

/** All lines, of threads of which those without an id have another one each. */
function linesOf(series: readonly (readonly Stack[])[]): string[] {
  let heads = 0;
  return series.flatMap((threads) =>
    [
      'Timeout (0:00:30)!',
      ...threads.flatMap((one) => {
        const id = one.id === null ? 0x1000 + heads++ : one.id + 1;
        return [`Thread 0x${id.toString(16).padStart(16, '0')} (most recent call first):`, ...framesOf(one), ''];
      }),
    ]
      .slice(0, threads[0]!.id === null ? -1 : undefined)
      .concat(['INFO one', 'INFO two', 'INFO three', 'INFO four']),
  );
}

async function assertReadAsByLine(text: string, sizes: readonly number[], name?: string): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  const all = dumpsOf(readBlocksForTest(bytes, sizes));
  assert.deepEqual(all, await byLine(() => dumpsOf(readBlocksForTest(bytes, sizes))), name);
}

describe('frames whose lines are known', () => {
  /** Calls that found so many frames. */
  let found: number[] = [];
  let undo: () => void;
  before(() => {
    undo = replace(
      LineCache.prototype,
      'frames',
      (frames) =>
        function (this: LineCache<unknown>, ...given) {
          const count = frames.apply(this, given);
          found.push(count);
          return count;
        },
    );
  });
  after(() => {
    undo();
  });
  beforeEach(() => {
    found = [];
  });

  for (const [name, prefix] of Object.entries(PREFIXES)) {
    for (const feed of ['\n', '\r\n']) {
      it(`are read as line by line, behind a prefix: ${name}, ${feed === '\n' ? 'LF' : 'CRLF'}`, async () => {
        const sizes = fc.constantFrom([1 << 20], [LONG.length, 300], [LONG.length, 5000, 37]);
        const bare = fc.nat(60);
        await fc.assert(
          fc.asyncProperty(dumps, sizes, bare, async (series, blocks, without) => {
            const lines = linesOf(series).map((line, i) => `${i === without + 1 ? '' : prefix(i + 990)}${line}${feed}`);
            await assertReadAsByLine(LONG + lines.join(''), blocks);
          }),
          { numRuns: 25, seed: 7 },
        );
        assert.ok(found.filter((count) => count > 0).length > 200, 'known frames were read');
        assert.ok(found.filter((count) => count === 512).length > 0, 'as many as are read at once');
      });
    }
  }

  it('are read as line by line in every sample that comes again and again', async () => {
    const between = `\n${'INFO a line of the log\n'.repeat(30)}`;
    for (const { name, bytes } of SAMPLE_FILES) {
      if (bytes.length > 1 << 17) continue;
      const once = bytes.toString('latin1');
      // below heads that are new as well: ids end otherwise
      const texts = ['', '$1a$2', '$1b$2', ''].map((other) =>
        other === '' ? once : once.replaceAll(/(0x[0-9a-f]+)[0-9a-f]([0-9a-f])/g, other),
      );
      await assertReadAsByLine(LONG + texts.map((text) => between + text).join(''), [1 << 20], name);
    }
    assert.ok(found.filter((count) => count > 0).length > 300, 'known frames were read');
  });

  it('are read as line by line in stacks that are deeper than is remembered of a thread', async () => {
    const deep = (changed: number): string[] => Array.from({ length: 4200 }, (_, i) => frame(i === changed ? 50 : i % 40));
    const lines = [0, 0, 0, 3000, 4090, 4150, 0].flatMap((changed) => [
      'Timeout (0:00:30)!',
      ...['01', '02', '03'].flatMap((id) => [`Thread 0x00000000000000${id} (most recent call first):`, ...deep(changed), '']),
      ...[1, 2, 3, 4].map((n) => `INFO ${n}`),
    ]);
    await assertReadAsByLine(`${LONG}${lines.join('\n')}\n`, [1 << 20]);
    assert.ok(found.filter((count) => count === 512).length > 0, 'as many as are read at once');
  });

  it('are read as line by line where the lines kept start again among them', async () => {
    // of every twelve frames one is new; some heads come again, so that what stood below them is forgotten, too
    const lines: string[] = [];
    for (let thread = 0, fresh = 0; fresh < 80_000; thread++) {
      if (thread % 50 === 0) lines.push('INFO one', 'INFO two', 'INFO three', 'INFO four', 'Timeout (0:00:30)!');
      const id = thread % 50 < 25 ? 1 + (thread % 50) : 1000 + thread;
      lines.push(`Thread 0x${id.toString(16).padStart(16, '0')} (most recent call first):`);
      const depth = 5 + (thread % 11);
      for (let i = 0; i < depth; i++) lines.push(frame((thread * 7919 + i * i) % 3 === 0 ? 100 + fresh++ : i));
      lines.push('');
    }
    await assertReadAsByLine(`${lines.join('\n')}\n`, [1 << 19, 100_000, 70_001]);
    assert.ok(found.some((count) => count > 0));
  });

  /** What a text gives behind so much that it is read in a kernel: the same as line by line. */
  async function readInKernel(lines: readonly string[]): Promise<DumpSet> {
    const text = `${LONG}${lines.join('\n')}\n`;
    assert.deepEqual(await read(text), await readByLine(text));
    found = [];
    const set = await readText(text);
    assert.ok(
      found.some((count) => count > 0),
      'known frames were read',
    );
    return set;
  }
  const head = (id: number): string => `Thread 0x${id.toString(16).padStart(16, '0')} (most recent call first):`;
  const BETWEEN = ['', 'INFO one', 'INFO two', 'INFO three', 'INFO four'];
  const functions = (set: DumpSet): (string | null)[][][] =>
    set.dumps.map(({ threads }) =>
      threads.map(({ stack: one }) => Array.from(set.stacks.frames(one), (row) => set.frames.functionOf(row))),
    );

  it('are put together with the rest of their names where a console broke lines of the dump', async () => {
    const broken = [
      '  File "/srv/app/releases/20240517093012/serv',
      'ices/payments/flush.py", line 1 in flush',
      '  File "/srv/app/main.py", line 3 in step',
      '  File "/srv/app/pay/notify.py", line 1 in no',
      'tify',
      '  File "/srv/app/main.py", line 9 in <module>',
    ];
    // there the same line is whole, and the threads stand so again and again
    const whole = [broken[2]!, broken[3]!, broken[5]!];
    const dump = [1, 2, 3].flatMap((id) => [head(id), ...broken, '']);
    const others = ['Timeout (0:00:30)!', head(7), ...whole, '', head(8), ...whole, ...BETWEEN];
    const set = await readInKernel([
      ...['Timeout (0:00:30)!', ...dump, ...BETWEEN, ...others, ...others, ...others],
      ...['Timeout (0:00:30)!', ...dump, head(7), ...broken.slice(2), '', head(8), ...broken.slice(2)],
    ]);
    const names = ['flush', 'step', 'notify', '<module>'];
    const bare = ['step', 'no', '<module>'];
    assert.deepEqual(functions(set), [
      [names, names, names],
      [bare, bare],
      [bare, bare],
      [bare, bare],
      [names, names, names, names.slice(1), names.slice(1)],
    ]);
  });

  it('lose the control sequences of a terminal, those too that stand in one another', async () => {
    const nested = '  File "/srv/app/app.py", line 3 in settle\x1b\x1b[0m[0m';
    const frames = [frame(1), '  File "/srv/app/app.py", line 4 in \x1b[1mpay\x1b[0m', frame(2)];
    const set = await readInKernel([
      'Timeout (0:00:30)!',
      ...[head(1), ...frames, '', head(2), frame(3), nested, frame(4), ''],
      ...[head(3), ...frames, frame(1)],
      ...BETWEEN,
      // its first line is coloured, and known lines stand in another order than before
      '\x1b[31mTimeout (0:00:30)!\x1b[0m',
      ...[head(4), frame(1), nested, frame(2), '', head(5), ...frames, frame(4)],
    ]);
    assert.deepEqual(functions(set)[1], [
      ['step_1', 'settle', 'step_2'],
      ['step_1', 'pay', 'step_2', 'step_4'],
    ]);
  });

  it('go on behind foreign lines that stand among them, which are told of', async () => {
    const frames = [frame(1), frame(2), frame(3), frame(4)];
    const torn = (id: number, at: number, ...lines: readonly string[]): string[] => [head(id), ...frames.toSpliced(at, 0, ...lines), ''];
    const set = await readInKernel([
      ...['Timeout (0:00:30)!', ...torn(1, 0), ...torn(2, 0), ...BETWEEN],
      ...['Timeout (0:00:30)!', ...torn(3, 2, 'INFO a'), ...torn(1, 0, 'INFO b', '', 'INFO c'), ...torn(4, 0)],
      ...[...torn(5, 4, '', 'INFO d', ''), ...torn(2, 1, 'INFO e'), ...torn(6, 0)],
    ]);
    const names = ['step_1', 'step_2', 'step_3', 'step_4'];
    assert.deepEqual(functions(set), [
      [names, names],
      [names, names, names, names, names, names],
    ]);
    const first = set.dumps[1]!.line;
    assert.deepEqual(
      set.sources[0]!.warnings.map(({ line, message }) => [line! - first, message]),
      [
        [4, 'a line inside a dump that is not part of it'],
        [9, '2 lines inside a dump that are not part of it'],
        [29, 'a line inside a dump that is not part of it'],
        [34, 'a line inside a dump that is not part of it'],
      ],
    );
  });

  it('are none of what stands above the next dump, which may tell its time and its process', async () => {
    const telling = '  File "/srv/releases/2024-05-17T09:30:12Z/pid=17/app.py", line 7 in run';
    const frames = [frame(1), telling, frame(2)];
    const dumpOf = (...ids: readonly number[]): string[] => [
      'Timeout (0:00:30)!',
      ...ids.flatMap((id, i) => [...(i > 0 ? [''] : []), head(id), ...frames]),
    ];
    const set = await readInKernel([
      ...dumpOf(1, 2),
      ...BETWEEN,
      // below heads that are new, below known ones, and with an empty line before the next one
      ...dumpOf(3, 4),
      ...dumpOf(5),
      ...dumpOf(1, 2),
      ...dumpOf(1, 2),
      '',
      ...dumpOf(6),
      '',
      ...dumpOf(1, 3),
      'INFO at 2024-05-18T09:30:12Z of pid 18',
      ...BETWEEN.slice(0, 2),
      ...dumpOf(1),
    ]);
    assert.deepEqual(
      set.dumps.map(({ threads, time, pid }) => [threads.length, time, pid]),
      [...[2, 2, 1, 2, 2, 1, 2].map((threads) => [threads, null, null]), [1, Date.UTC(2024, 4, 18, 9, 30, 12), 18]],
    );
    // one that has no other beginning than a thread that comes again
    const bare = dumpOf(1, 2, 3).slice(1);
    const again = await readInKernel([...dumpOf(1, 2, 3), '', ...bare, '', ...bare, '', ...bare]);
    assert.deepEqual(
      again.dumps.map(({ threads, time, pid }) => [threads.length, time, pid]),
      [3, 3, 3, 3].map((threads) => [threads, null, null]),
    );
    // two dumps that are taken for one until an id comes again
    const seamed = await readInKernel([
      ...dumpOf(1, 2),
      ...BETWEEN,
      ...[head(1), ...frames, '', head(6), ...frames, '', 'INFO a line of the log'],
      ...[head(3), ...frames, '', head(1), ...frames, '', head(6), ...frames],
    ]);
    assert.deepEqual(
      seamed.dumps.map(({ threads, time, pid }) => [threads.length, time, pid]),
      [2, 2, 3].map((threads) => [threads, null, null]),
    );
  });
});
