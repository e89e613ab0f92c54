import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { makeWorkload } from '../../scripts/workload.mjs';
import { FrameTable, StackTable, type DumpSet } from '../../src/model/index.js';
import { readFiles, readText, type InputFile } from '../../src/reading/index.js';
import { Meanings } from '../../src/reading/meanings.js';
import { SourceSink } from '../../src/reading/source-sink.js';
import { TextReader } from '../../src/reading/text-reader.js';

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

describe('many files', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
    makeWorkload('files', path.join(folder, 'files'), { count: 200 });
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('give what they give one by one, though what is worth it for many is done before the first', async () => {
    const names = fs.readdirSync(path.join(folder, 'files')).sort();
    const files = names.map((name) => path.join(folder, 'files', name));
    const threads = (set: DumpSet): unknown =>
      set.dumps.map(({ source, line, time, threads }) => [source, line, time, threads.map(({ id }) => id)]);
    const stacks = ({ dumps, stacks, frames }: DumpSet): unknown =>
      dumps.map((dump) =>
        dump.threads.map(({ stack }) => Array.from(stacks.frames(stack), (row) => `${frames.functionOf(row)}:${frames.lineOf(row)}`)),
      );
    const list: readonly InputFile[] = files.map((file) => ({ path: file, named: false, listed: true }));
    // as folders are listed
    const listed = await readFiles(Readable.from([list]));
    assert.equal(listed.dumps.length, 200);
    const single = await readFiles(files);
    assert.deepEqual(threads(listed), threads(single));
    assert.deepEqual(stacks(listed), stacks(single));
  });

  it('are read in the memory of the kernel from the first one on where they are many', () => {
    const tables = { frames: new FrameTable(), stacks: new StackTable() };
    const reader = new TextReader(new Meanings(tables), new SourceSink(tables, '-', 'UTC'));
    reader.expect(4096);
    assert.equal(reader.room, null);
    reader.expect(1 << 20);
    assert.notEqual(reader.room, null);
  });
});
