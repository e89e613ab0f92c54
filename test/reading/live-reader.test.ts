import assert from 'node:assert/strict';
import { LiveReader, readText, type LiveDump } from '../../src/index.js';
import type { Dump, Tables } from '../../src/index.js';
import { SAMPLE_FILES, sampleFile } from '../sample-files.js';

const told = ({ line, format, kind, time, pid, reason, threads }: Dump): unknown => ({ line, format, kind, time, pid, reason, threads });
/** Of two readings that have tables of their own. */
const inShort = (dump: Dump): unknown => ({
  ...(told(dump) as object),
  threads: dump.threads.map(({ id, name, truncated }) => ({ id, name, truncated })),
});
const inFull = (dump: Dump, { frames, stacks }: Tables): unknown => ({
  ...dump,
  threads: dump.threads.map(({ stack, ...thread }) => ({ ...thread, frames: Array.from(stacks.frames(stack), (row) => frames.get(row)) })),
});
const pushed = (reader: LiveReader, bytes: Buffer, size: number): LiveDump[] => {
  const found: LiveDump[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)));
  return found;
};
const textOf = (bytes: Buffer, { extent }: LiveDump): Buffer => Buffer.concat(extent.map(([from, to]) => bytes.subarray(from, to)));

const DUMP = sampleFile('classic-recipe/20261123093000.log').toString('latin1');
const other = (n: number): string =>
  Array.from({ length: n }, (_, i) => `2026-11-23 09:30:${i % 60} INFO [http-${i}] GET /orders/${i} 200\n`).join('');

describe('an input that is still being written', () => {
  for (const { name, bytes } of SAMPLE_FILES.filter((file) => file.bytes.length < 60_000)) {
    it(`has the dumps of the whole text, however it comes: ${name}`, async () => {
      const whole = await readText(bytes);
      for (const size of [bytes.length > 20_000 ? 1999 : 37, 65536]) {
        const reader = new LiveReader();
        pushed(reader, bytes, size);
        reader.end();
        assert.deepEqual(reader.set.dumps.map(inShort), whole.dumps.map(inShort), `in blocks of ${size}`);
        assert.deepEqual(reader.set.sources, whole.sources);
      }
    });

    it(`has them also when its tables are made anew for each block: ${name}`, async () => {
      const whole = await readText(bytes);
      const expected = whole.dumps.map((dump) => inFull(dump, whole));
      for (const size of [bytes.length > 20_000 ? 1999 : 37, 4000]) {
        const reader = new LiveReader({ mostTables: 1 });
        const found: unknown[] = [];
        let anew = 0;
        const note = (lives: readonly LiveDump[]): unknown => found.push(...lives.map(({ dump }) => inFull(dump, reader.tables)));
        for (let at = 0; at < bytes.length; at += size) {
          if (reader.tidy()) anew++;
          note(reader.push(bytes.subarray(at, at + size)));
        }
        note(reader.end());
        assert.ok(anew > 0);
        const byLine = (dumps: unknown[]): unknown[] => (dumps as { line: number }[]).sort((a, b) => a.line - b.line);
        if (!reader.set.sources.some(({ warnings }) => warnings.some(({ code }) => code === 'newest-first')))
          assert.deepEqual(byLine(found), byLine(expected), `in blocks of ${size}`);
        const [source] = reader.set.sources;
        const warnings = source!.warnings.filter(({ code }) => code !== 'dumps-left-out');
        assert.deepEqual([{ ...source, dumps: whole.dumps.length, warnings }], whole.sources);
      }
    });

    it(`says where each dump stands: what is cut out there is that dump and nothing else: ${name}`, async () => {
      const reader = new LiveReader();
      const found = [...pushed(reader, bytes, 1000), ...reader.end()];
      for (const live of found.filter(({ dump }) => dump.kind === 'snapshot')) {
        const { dumps } = await readText(textOf(bytes, live));
        assert.deepEqual(
          dumps.map(({ threads }) => threads.length),
          [live.dump.threads.length],
        );
      }
    });

    it(`shows at any moment what reading the text so far shows: ${name}`, async () => {
      const reader = new LiveReader();
      const step = Math.ceil(bytes.length / 9);
      for (let at = 0; at < bytes.length; at += step) {
        reader.push(bytes.subarray(at, at + step));
        const open = reader.look();
        const now = [...reader.set.dumps, ...open.map(({ dump }) => dump)];
        const { dumps } = await readText(bytes.subarray(0, at + step));
        assert.deepEqual(now.map(inShort), dumps.map(inShort));
        assert.deepEqual(
          reader.look().map(({ dump }) => told(dump)),
          open.map(({ dump }) => told(dump)),
          'asking changes nothing',
        );
      }
    });
  }

  it('has the dump of a source that fell silent while others go on, when much of theirs has passed', () => {
    const reader = new LiveReader();
    const compose = (service: string, text: string): string => text.replaceAll(/^/gm, `${service}  | `).replace(/[^\n]*$/, '');
    reader.push(Buffer.from(compose('shop-1', DUMP)));
    const found: LiveDump[] = [];
    for (let i = 0; i < 150; i++) found.push(...reader.push(Buffer.from(compose('web-1 ', other(600)))));
    assert.deepEqual(
      found.map(({ dump }) => [dump.origin, dump.threads.length]),
      [['shop-1', 8]],
    );
    assert.equal(reader.open, false);
  });

  it('leaves what the program had begun to write before a dump out of it', () => {
    const begun = 'tests/test_orders.py ...';
    const bytes = Buffer.from(`${begun}${DUMP}done\n`);
    const reader = new LiveReader();
    const [live] = [...reader.push(bytes), ...reader.end()] as [LiveDump];
    assert.equal(live.extent[0]![0], begun.length);
    const prefixed = Buffer.from(DUMP.replaceAll(/^(?=.)/gm, '[job 17] '));
    const again = new LiveReader();
    const [whole] = [...again.push(prefixed), ...again.end()] as [LiveDump];
    assert.equal(whole.extent[0]![0], 0);
  });

  it('says where a dump stands behind much other text, whole or in blocks', () => {
    const before = other(20_000);
    const bytes = Buffer.from(`${before}${DUMP}${before}${DUMP}done\n`);
    assert.ok(bytes.length > 2 << 20);
    for (const size of [bytes.length, 100_000]) {
      const reader = new LiveReader();
      const found = [...pushed(reader, bytes, size), ...reader.end()];
      assert.deepEqual(
        found.map(({ dump, extent }) => [dump.line, extent[0]![0]]),
        [
          [20_001, before.length],
          [40_000 + DUMP.split('\n').length, 2 * before.length + DUMP.length],
        ],
        `in blocks of ${size}`,
      );
    }
  });

  it('leaves a log that is newest first, and says how to turn it around', () => {
    const reader = new LiveReader();
    reader.push(Buffer.from(`${DUMP.trimEnd().split('\n').reverse().join('\n')}\n`));
    reader.end();
    const { dumps, sources } = reader.set;
    assert.deepEqual(dumps, []);
    assert.deepEqual(
      sources[0]!.warnings.map(({ line, code, message }) => [line, code, message]),
      [
        [
          null,
          'newest-first',
          'the log is newest first, so its stacks stand upside down and were left: turn it around (tac LOG | standstill analyze -)',
        ],
      ],
    );
  });

  it('shows at which line a dump stands that is not at its end yet, behind much other text', () => {
    const reader = new LiveReader();
    const before = other(3_000);
    for (let round = 0; round < 8; round++) reader.push(Buffer.from(before));
    reader.push(Buffer.from(DUMP.slice(0, -200)));
    assert.deepEqual(
      reader.look().map(({ dump, extent }) => [dump.line, extent[0]![0]]),
      [[24_001, 8 * before.length]],
    );
  });

  it('gives a dump with those before it, also when it is not kept any more', () => {
    const reader = new LiveReader({ mostThreads: 45 });
    const found: Dump[] = [];
    for (let i = 0; i < 9; i++) found.push(...reader.push(Buffer.from(DUMP)).map(({ dump }) => dump));
    found.push(...reader.end().map(({ dump }) => dump));
    assert.equal(found.length, 9);
    const kept = reader.set.dumps;
    assert.deepEqual(kept, found.slice(-5));
    assert.deepEqual(reader.upTo(found[8]!, 3).dumps, found.slice(6));
    assert.deepEqual(reader.upTo(found[8]!, 1).dumps, [found[8]]);
    assert.deepEqual(reader.upTo(found[4]!, 3).dumps, [found[4]]);
    // not kept: it is the newest of all, as far as is known
    assert.deepEqual(reader.upTo(found[0]!, 2).dumps.length, 2);
    assert.ok(reader.upTo(found[0]!, 2).dumps.includes(found[0]!));
  });

  it('keeps the newest of more dumps than it has room for, and says so', () => {
    const reader = new LiveReader({ mostThreads: 100 });
    for (let i = 0; i < 30; i++) reader.push(Buffer.from(DUMP));
    reader.end();
    const { dumps, sources } = reader.set;
    assert.equal(dumps.length, 11);
    assert.ok(sources[0]!.warnings.some(({ code }) => code === 'dumps-left-out'));
  });
});
