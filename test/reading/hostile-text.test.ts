import assert from 'node:assert/strict';
import { analyzeText, readText } from '../../src/index.js';
import { visible } from '../../src/report/index.js';
import { cpuTime } from '../cpu-time.js';

const SCREEN = { colour: false, width: 80 };

/** A second is thousand times what these take, and a thousandth of what the square of their length would. */
const within = async (ms: number, work: () => unknown): Promise<void> => {
  const begun = cpuTime();
  await work();
  const took = cpuTime() - begun;
  assert.ok(took < ms, `took ${Math.round(took)} ms`);
};

describe('texts that are names of prototypes', () => {
  it('write into no prototype', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const stack = names.flatMap((name) => [name, `at ${name} (/${name}:1:1)`, `at ${name}`]);
    const header = { event: 'x', nodejsVersion: 'v20.0.0', dumpEventTime: '2026-11-23T03:24:01Z' };
    const report = JSON.stringify({ header, javascriptStack: { message: 'Signal', stack }, workers: [] });
    const keys = `{"header":{"event":"x","nodejsVersion":"v1.0.0","__proto__":{"a":1},"constructor":{"prototype":{"b":2}}},"__proto__":{"c":3}}`;
    const lines = names.map((name) => `Error: ${name}\n    at f (/a.js:1:1)\n    ${name}\n${name}\n`).join('\n');
    for (const text of [report, report.slice(0, -20), keys, keys.slice(0, -1), lines]) await readText(`${text}\n`);
    assert.deepEqual([...Object.keys(Object.prototype), ...Object.keys(Array.prototype), ...Object.keys(Function.prototype)], []);
    assert.deepEqual(Object.keys(Object), []);
  });

  it('nest as deep as they like', async () => {
    for (const deep of ['['.repeat(200_000), '{"workers":['.repeat(100_000), '{"a":'.repeat(200_000)])
      for (const text of [`{"header":{"event":"x","nodejsVersion":"v1.0.0"},"workers":[${deep}`, `[${deep}`])
        assert.ok((await readText(`${text}\n`)).sources.length === 1);
  });
});

describe('texts made to take long', () => {
  it('reads behind a prefix of many numbers, whatever the lines below it hold', async () => {
    const prefix = Array.from({ length: 60 }, (_, i) => i % 10).join(' ');
    const dump = `${prefix} Thread 0x00007f4fdaffd6c0 (most recent call first):\n${prefix}   File "/a.py", line 3 in f\n`;
    await within(2000, async () => {
      const set = await readText(`${dump}${`${'1'.repeat(200)} x\n`.repeat(50)}`);
      assert.equal(set.dumps.length, 1);
    });
  });

  it('shows a name of a mebibyte on as many lines as it needs', async () => {
    for (const sign of ['a', ' ', ':', '\\', '/Lib/', '語', '\u0301']) {
      const name = `x${sign.repeat((1 << 20) / sign.length - 100)}x`;
      const set = await readText(`Thread 0x00007f4fdaffd6c0 (most recent call first):\n  File "/a.py", line 3 in ${name}\n`);
      await within(3000, () =>
        assert.ok([...analyzeText(set, SCREEN, { full: true })].every((line) => line.length <= 80 || sign === '\u0301')),
      );
    }
  });

  it('makes long runs of blanks and signs harmless in one pass', async () => {
    for (const text of [' '.repeat(300_000), `${' '.repeat(300_000)}:`, ': '.repeat(150_000), '#'.repeat(300_000)])
      await within(1000, () => assert.equal(visible(text).length >= text.length, true));
    assert.deepEqual(['::error::', '  ::x', 'a ::b', '#[', '##[x', '##vso['].map(visible), [
      '\\x3a:error::',
      '  \\x3a:x',
      'a ::b',
      '#[',
      '\\x23#[x',
      '\\x23#vso[',
    ]);
  });
});
