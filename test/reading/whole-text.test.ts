import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { faulthandler, parseLine } from '../../grammars/index.js';
import type { DumpSet } from '../../src/model/index.js';
import { readText } from '../../src/reading/index.js';
import { makeWorkload } from '../../scripts/workload.mjs';

/** A thread as `id: function file:line …`. */
type Threads = string[];

/** The plain way: the whole text in memory, the grammar asked of each line, nothing remembered. */
function plainly(text: string, prefix: RegExp): Threads {
  const threads: Threads = [];
  let open = false;
  for (const line of text.split('\n')) {
    const token = parseLine(faulthandler.line, line.replace(prefix, '').replace(/\r$/, ''));
    if (token.is === 'thread') threads.push(`${token.id}:`);
    else if (token.is === 'frame' && open) {
      const { function: fn, file, line: number } = token.frame;
      threads.push(`${threads.pop()!} ${fn} ${file}:${number}`);
    }
    open = token.is === 'thread' || (open && token.is === 'frame');
  }
  return threads;
}

function asRead(set: DumpSet): Threads {
  return set.dumps.flatMap(({ threads }) =>
    threads.map(({ id, stack }) => {
      const frames = Array.from(set.stacks.frames(stack), (row) => set.frames.get(row));
      return [`${id}:`, ...frames.map((frame) => `${frame.function} ${frame.file}:${frame.line}`)].join(' ');
    }),
  );
}

describe('the reader that remembers lines and stacks', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  const prefixOf = { log: /^(?!)/, actions: /^\S+Z /, unique: /^(?!)/, wide: /^(?!)/ };
  for (const [kind, prefix] of Object.entries(prefixOf)) {
    it(`reads what the grammar alone reads: ${kind}`, async () => {
      const file = path.join(folder, kind);
      const truth = makeWorkload(kind, file, { size: 1.5, threads: kind === 'wide' ? 700 : 60 });
      const text = fs.readFileSync(file, 'utf8');
      for (const changed of [text, text.replaceAll('\n', '\r\n')]) {
        const set = await readText(changed);
        const read = asRead(set);
        assert.equal(read.length, truth.threads);
        assert.equal(
          set.dumps.reduce((sum, dump) => sum + dump.threads.reduce((frames, { stack }) => frames + set.stacks.depth(stack), 0), 0),
          truth.frames,
        );
        assert.deepEqual(read, plainly(changed, prefix));
      }
    });
  }

  it('forgets no thread and invents none when lines were lost, doubled or moved', async () => {
    const file = path.join(folder, 'torn');
    makeWorkload('log', file, { size: 0.4, threads: 20 });
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    for (let seed = 1; seed <= 40; seed++) {
      // frames only: what a lost head or a lost empty line means is not the grammar's to say
      const torn = [...lines];
      for (let i = 0; i < 30; i++) {
        const at = (seed * 7919 + i * 104729) % torn.length;
        if (!torn[at]!.startsWith('  File')) continue;
        if (i % 3 === 0) torn.splice(at, 1);
        else if (i % 3 === 1) torn.splice(at, 0, torn[at]!);
        else torn[at] = torn[(at * 31) % torn.length]!.startsWith('  File') ? torn[(at * 31) % torn.length]! : torn[at]!;
      }
      const text = torn.join('\n');
      assert.deepEqual(asRead(await readText(text)), plainly(text, /^(?!)/));
    }
  });
});
