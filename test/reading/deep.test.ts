import assert from 'node:assert/strict';
import { analyzeJson, analyzeText, diffText, findStuck, readText, stuckText, successivePairs } from '../../src/index.js';
import { cpuTime } from '../cpu-time.js';

const SCREEN = { colour: false, width: 80 };
const HEADER = JSON.stringify({ event: 'x', nodejsVersion: 'v20.0.0', dumpEventTime: '2026-11-23T03:24:01Z', trigger: 'Signal' });
const numbered = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** How many dumps, threads of the first, and frames of its first. */
type Shape = readonly [dumps: number, threads: number, frames: number];

const DEEP: readonly (readonly [what: string, text: string, shape: Shape])[] = [
  [
    'workers of workers',
    `{"header":${HEADER},"javascriptStack":{"message":"x","stack":["at f (/a.js:1:1)"]},"libuv":[],"workers":[`.repeat(2000) +
      ']}'.repeat(2000),
    [1, 2000, 1],
  ],
  [
    'lists of lists in a report',
    `{"header":${HEADER},"javascriptStack":{"message":"x","stack":["at f (/a.js:1:1)"]},"libuv":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    [1, 1, 1],
  ],
  [
    'tasks below tasks',
    numbered(400, (i) => `${'    '.repeat(i)}└── (T) Task-${i}\n${'    '.repeat(i)}    └──  f${i} /a.py:${i}`),
    [1, 400, 1],
  ],
  [
    'tasks that await tasks',
    numbered(300, (i) => {
      const indent = '   '.repeat(i);
      return `${indent}* Task(name='T${i}', id=0x${i.toString(16)})\n${indent}  + Call stack:\n${indent}  |   File '/a.py', line ${i}, in async f${i}()\n${indent}  + Awaited by:`;
    }),
    [1, 300, 1],
  ],
  [
    'causes of causes',
    `Error: a\n    at f (/a.js:1:1) {\n${numbered(2000, (i) => `  [cause]: Error: c${i}\n      at g${i} (/a.js:${i + 1}:1) {`)}`,
    [2001, 1, 1],
  ],
  [
    'exceptions of exceptions',
    `Traceback (most recent call last):\n  File "/a.py", line 1, in f\n    x\nValueError: 1\n\nDuring handling of the above exception, another exception occurred:\n\n`.repeat(
      5000,
    ),
    [0, 0, 0],
  ],
  [
    'groups of exceptions',
    `  + Exception Group Traceback (most recent call last):\n${numbered(500, (i) => `${'  '.repeat(i)}  |   File "/a.py", line ${i}, in f\n${'  '.repeat(i)}  +-+---------------- 1 ----------------`)}`,
    [0, 0, 0],
  ],
  [
    'one deep stack',
    `Thread 0x0000000000000001 (most recent call first):\n${numbered(20_000, (i) => `  File "/a.py", line ${i} in f${i}`)}`,
    [1, 1, 20_000],
  ],
  [
    'records in records',
    Array.from({ length: 14 }).reduce(
      (text: string) => JSON.stringify({ log: text }),
      'Thread 0x0000000000000001 (most recent call first):',
    ),
    [0, 0, 0],
  ],
];

describe('texts that are as deep or as wide as they like', () => {
  for (const [what, text, [dumps, threads, frames]] of DEEP) {
    it(`are read, judged and told: ${what}`, async () => {
      const begun = cpuTime();
      const set = await readText(`${text}\n`);
      const [first] = set.dumps;
      assert.deepEqual(
        [set.dumps.length, first?.threads.length ?? 0, first === undefined ? 0 : set.stacks.depth(first.threads[0]!.stack)],
        [dumps, threads, frames],
      );
      const report = findStuck(set);
      if (first !== undefined) for (const line of analyzeText(set, SCREEN, { full: true })) assert.ok(line.length <= 80);
      for (const line of stuckText(set, report, SCREEN, { verbose: true })) assert.ok(line.length <= 80);
      assert.doesNotThrow(() => JSON.parse(Buffer.concat([...analyzeJson(set)]).toString()));
      assert.ok(cpuTime() - begun < 10_000);
    });
  }

  it('are told in proportion to their threads, which may stand at as many lines of one function', async () => {
    const set = await readText(
      numbered(10_000, (i) => `Thread 0x${i.toString(16).padStart(16, '0')} (most recent call first):\n  File "/a.py", line ${i} in f\n`),
    );
    const begun = cpuTime();
    assert.ok([...analyzeText(set, SCREEN, { full: true })].length > 30_000);
    assert.ok(cpuTime() - begun < 8000);
  });

  it('are compared, two deep stacks that have little in common', async () => {
    const stack = (shift: number): string =>
      `Thread 0x0000000000000001 (most recent call first):\n${numbered(10_000, (i) => `  File "/a.py", line ${i + shift} in f${(i * 7 + shift) % 10_000}`)}\n\n`;
    const set = await readText(stack(0) + stack(3));
    const begun = cpuTime();
    assert.ok([...diffText(set, successivePairs(set), SCREEN, { verbose: true })].length > 3);
    assert.ok(cpuTime() - begun < 10_000);
  });
});
