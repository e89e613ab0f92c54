import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { makeWorkload } from '../../scripts/workload.mjs';
import type { DumpSet } from '../../src/model/index.js';
import { readFiles, readText } from '../../src/reading/index.js';

describe('a large file, whose blocks are read where they stay', () => {
  let folder: string;
  let text: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
    const file = path.join(folder, 'made');
    makeWorkload('actions', file, { size: 4, threads: 60 });
    const made = fs.readFileSync(file, 'utf8');
    const middle = made.indexOf('\n', made.length / 2) + 1;
    // a line that fits into no buffer, and one that makes it grow
    text = `${made.slice(0, middle)}${'long '.repeat(500_000)}\n${made.slice(middle)}${'x'.repeat(900_000)}\n${made.slice(0, middle)}`;
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  const told = ({ sources, dumps, stacks, frames }: DumpSet): unknown => [
    sources.map(({ lines, bytes, accounts, warnings }) => ({ lines, bytes, accounts, warnings })),
    // one input after the other, or both at once: times say nothing of that
    dumps
      .toSorted((a, b) => a.line - b.line)
      .map(({ line, time, threads }) => [
        line,
        time,
        threads.map((thread) => [
          thread.id,
          ...Array.from(stacks.frames(thread.stack), (row) => `${frames.functionOf(row)}:${frames.lineOf(row)}`),
        ]),
      ]),
  ];

  for (const [name, bytesOf] of [
    ['as it is', (given: string) => Buffer.from(given)],
    ['packed', (given: string) => zlib.gzipSync(given)],
    ['packed twice', (given: string) => zlib.gzipSync(zlib.gzipSync(given))],
    ['in UTF-16', (given: string) => Buffer.from(`\ufeff${given}`, 'utf16le')],
  ] as const) {
    it(`gives what its text gives: ${name}`, async () => {
      const file = path.join(folder, 'log');
      fs.writeFileSync(file, bytesOf(text));
      const expected = await readText(text, { path: file });
      assert.ok(expected.dumps.length > 10);
      assert.deepEqual(told(await readFiles([file, file])), told(mergeTwice(expected)));
    });
  }
});

/** The same input twice. */
function mergeTwice(set: DumpSet): DumpSet {
  return { ...set, sources: [...set.sources, ...set.sources], dumps: set.dumps.flatMap((dump) => [dump, dump]) };
}
