import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { faulthandler } from '../../grammars/faulthandler.js';
import { GRAMMARS } from '../../grammars/index.js';
import { readFiles, readText } from '../../src/index.js';

interface Size {
  readonly lines: number;
  readonly threads: number;
  readonly files: number;
  readonly depth: number;
  readonly dumps: number;
}
const SMALL: Size = { lines: 200, threads: 20, files: 2, depth: 10, dumps: 6 };

/** Text of one file: dumps with log lines before each; a thread in seven moves, all have stacks of their own. */
function textOf({ lines, threads, depth, dumps }: Size): string {
  const log = Array.from({ length: lines }, (_, i) => `2026-11-23 09:30:00 INFO request ${i} served\n`).join('');
  const dump = (d: number): string =>
    Array.from({ length: threads }, (_, t) => {
      const step = t % 7 === 0 ? d : 0;
      const frames = Array.from({ length: depth }, (_, f) => `  File "/srv/app/m${t}.py", line ${f * 100 + step} in f${f}\n`);
      return `Thread 0x${(0x7f0000000000 + t * 4096).toString(16).padStart(16, '0')} (most recent call first):\n${frames.join('')}`;
    }).join('\n');
  return Array.from({ length: dumps }, (_, d) => `${log}${dump(d)}\n`).join('');
}

/** How often the grammar is asked for the meaning of a line. */
async function parses(size: Size): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-work-'));
  const line = faulthandler.line as unknown as { _: (text: string, at: number) => unknown };
  const asked = line._;
  let count = 0;
  line._ = (text, at) => {
    count++;
    return asked(text, at);
  };
  try {
    const text = textOf(size);
    const files = Array.from({ length: size.files }, (_, i) => path.join(folder, `${i}.log`));
    for (const file of files) fs.writeFileSync(file, text);
    const set = await readFiles(files);
    assert.deepEqual([set.dumps.length, set.dumps[0]!.threads.length], [size.files * size.dumps, size.threads]);
    return count;
  } finally {
    line._ = asked;
    fs.rmSync(folder, { recursive: true });
  }
}

describe('the work of reading', () => {
  /**
   * Lines that differ, of all that stand in the text: each asks the grammar once while the cache holds it. Heads of threads differ in
   * their ids, for which nothing is asked again.
   */
  const different = ({ threads, depth, dumps }: Size): number => threads * depth + Math.ceil(threads / 7) * depth * (dumps - 1);

  for (const what of Object.keys(SMALL) as (keyof Size)[]) {
    it(`is in proportion to the lines that differ, with twice the ${what}`, async () => {
      const twice = { ...SMALL, [what]: SMALL[what] * 2 };
      for (const size of [SMALL, twice]) {
        const [asked, least] = [await parses(size), different(size)];
        // beside the lines themselves: what stands at the beginning and end of each dump
        const around = size.files * size.dumps * 8;
        assert.ok(asked >= least && asked <= least * 1.1 + around, `asked ${asked} times for ${least} lines that differ`);
      }
    });
  }
});

describe('a line that is full of openings', () => {
  /** Characters of lines that grammars are asked of, and records that are parsed as JSON. */
  async function asked(line: string): Promise<number> {
    let characters = 0;
    const restore: (() => void)[] = [];
    for (const grammar of GRAMMARS) {
      if (grammar.kind !== 'lines') continue;
      const parser = grammar.line as unknown as { _: (text: string, at: number) => unknown };
      const given = parser._;
      parser._ = (text, at) => {
        characters += text.length;
        return given(text, at);
      };
      restore.push(() => (parser._ = given));
    }
    const parse = JSON.parse;
    JSON.parse = (text: string, ...rest) => {
      characters += text.length;
      return parse(text, ...rest) as unknown;
    };
    restore.push(() => (JSON.parse = parse));
    try {
      await readText(`INFO begin\n${line}\nINFO end\n`);
      return characters;
    } finally {
      for (const undo of restore.reverse()) undo();
    }
  }

  for (const opening of [
    'Thread 0x1 ',
    '  File "',
    '  File "a", line 1 in ',
    '{"header":',
    '{"frames":[',
    '\\nThread 0x1 (most recent call first):',
  ]) {
    it(`is not read again for each of them: ${opening}`, async () => {
      const [once, twice] = [await asked(opening.repeat(4000)), await asked(opening.repeat(8000))];
      assert.ok(twice <= 100 * 8000 * opening.length, `${twice} characters`);
      assert.ok(twice <= 2.5 * Math.max(once, 8000 * opening.length), `${once}, then ${twice} characters`);
    });
  }

  it('is looked at in a dump that stands behind a few of them', async () => {
    const dump = 'Thread 0x00007f0b077fe6c0 (most recent call first):\\n  File \\"/srv/app/a.py\\", line 3 in work\\n';
    for (const times of [0, 3, 12]) assert.equal((await readText(`${'Thread 0x1 '.repeat(times)}msg="${dump}"\n`)).dumps.length, 1);
    // a short line has no more than are looked at
    assert.equal((await readText(`${'Thread 0x1 '.repeat(40)}msg="${dump}"\n`)).dumps.length, 1);
  });
});
