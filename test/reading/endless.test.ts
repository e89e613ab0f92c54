import assert from 'node:assert/strict';
import { LiveReader, PassThrough, analyzeText, stuckText, findStuck, type DumpSet } from '../../src/index.js';
import { DumpCopier, FrameTable, StackTable } from '../../src/model/index.js';
import { SAMPLES, sampleInput } from '../report/report-input.js';
import { SAMPLE_FILES, sampleFile } from '../sample-files.js';

const THREADS = 12;
const FRAMES = 10;
const MOST_TABLES = 60_000;
const MOST_THREADS = 240;

/** The dump of a number; its stacks are its own, or those of all others. */
const dump = (number: number, unique: boolean): string =>
  Array.from({ length: THREADS }, (_, t) => {
    const id = (0x7f0000000000 + (unique ? number * THREADS + t : t) * 4096).toString(16).padStart(16, '0');
    const frames = Array.from({ length: FRAMES }, (_, f) => `  File "/srv/m${f}.py", line ${f} in f${unique ? number : 0}_${t}_${f}\n`);
    return `${t === 0 ? 'Timeout (0:00:30)!\n' : '\n'}Thread 0x${id} (most recent call first):\n${frames.join('')}`;
  }).join('');
const log = (number: number): string => `2026-11-23 09:30:00 INFO request ${number} served\n`.repeat(20);
const error = (number: number): string =>
  `Error: order ${number}\n    at work${number} (/srv/app.js:${number + 1}:7)\n    at main (/srv/app.js:1:1)\n`;
const composed = (service: string, text: string): string => text.replaceAll(/^(?=.)/gm, `${service}  | `);

const SHAPES: Readonly<Record<string, (number: number) => string>> = {
  'of stacks that are all different': (number) => log(number) + dump(number, true),
  'of stacks that are all different, with nothing between the dumps': (number) => dump(number, true),
  'of the same stacks again and again': (number) => log(number) + dump(number, false),
  'of errors': (number) => error(number) + log(number),
};

/** Two services, one of which is always in a dump. */
const interleaved = (number: number): string => {
  const [one, other] = [composed('shop-1', dump(number, true)), composed('web-1 ', dump(number, true))].map((text) => text.split('\n'));
  const half = one!.length >> 1;
  const parts = [one!.slice(0, half), other!.slice(half, -1), one!.slice(half, -1), other!.slice(0, half)];
  return parts.map((lines) => `${lines.join('\n')}\n`).join('');
};

/** The most that was held at once while so many dumps passed. */
function held(
  shape: (number: number) => string,
  dumps: number,
  block = 4000,
  mostTables = MOST_TABLES,
): { tables: number; dumps: number; found: number } {
  const reader = new LiveReader({ mostTables, mostThreads: MOST_THREADS });
  const most = { tables: 0, dumps: 0, found: 0 };
  for (let number = 0; number < dumps; number++) {
    const bytes = Buffer.from(shape(number));
    for (let at = 0; at < bytes.length; at += block) {
      reader.tidy();
      most.found += reader.push(bytes.subarray(at, at + block)).length;
      const { frames, stacks, dumps: kept } = { ...reader.tables, ...reader.set };
      most.tables = Math.max(most.tables, frames.bytes + stacks.bytes);
      most.dumps = Math.max(most.dumps, kept.length);
    }
  }
  most.found += reader.end().length;
  return most;
}

describe('an input without an end', () => {
  for (const [name, shape] of Object.entries(SHAPES))
    it(`takes no more memory when it is four times as long: ${name}`, () => {
      const [once, fourfold] = [held(shape, 150), held(shape, 600)];
      assert.ok(once.found >= 150 && fourfold.found >= 4 * once.found - 4, 'all dumps were found');
      for (const { tables, dumps } of [once, fourfold]) {
        assert.ok(tables < 2 * MOST_TABLES, `tables of ${tables} bytes`);
        assert.ok(dumps <= MOST_THREADS / 2, `${dumps} dumps`);
      }
    });

  it('takes no more memory when it never comes to rest, because one service or another is always in a dump', () => {
    // its text is kept up to 4 MiB, which is half of this input
    const most = 3 << 20;
    const { tables, found } = held(interleaved, 640, 1 << 18, most);
    assert.ok(found >= 1280, `${found} dumps`);
    assert.ok(tables < 3 * most, `tables of ${tables} bytes`);
  });

  it('is told of by what is in its dumps, not by their number: what threads bring with them counts', () => {
    const text = sampleFile('node-log/pool.log');
    const kept = (mostThreads: number): number => {
      const reader = new LiveReader({ mostThreads });
      for (let i = 0; i < 5; i++) reader.push(text);
      reader.end();
      return reader.set.dumps.length;
    };
    // fifteen dumps of three threads, with some eleven native frames each, and handles
    assert.deepEqual([kept(10_000), kept(15 * (3 + 1)), kept(1)], [15, 1, 1]);
  });

  it('passes as it does with all tables kept, with the same summaries', () => {
    const passed = (bytes: Buffer, mostTables: number): string => {
      const pass = new PassThrough({
        mostTables,
        summary: ({ dump: { threads } }, { number, again }) => `@@${number} ${again} ${threads.length}\n`,
      });
      const pieces: Uint8Array[] = [];
      const add = (some: Iterable<Uint8Array>): void => {
        for (const piece of some) pieces.push(Buffer.from(piece));
      };
      for (let at = 0; at < bytes.length; at += 700) {
        add(pass.push(bytes.subarray(at, at + 700)));
        if (at % 2100 === 0) add(pass.look(at % 4200 === 0));
      }
      add(pass.end());
      return Buffer.concat(pieces).toString('latin1');
    };
    for (const { name, bytes } of SAMPLE_FILES.filter((file) => file.bytes.length < 60_000))
      assert.equal(passed(bytes, 1), passed(bytes, Infinity), name);
  });

  it('has dumps that mean the same after they were copied to other tables', async () => {
    const screen = { colour: false, width: 100 };
    for (const name of SAMPLES) {
      const { set } = await sampleInput(name);
      // rows of the new tables are others
      const tables = { frames: new FrameTable(), stacks: new StackTable() };
      const copier = new DumpCopier(set, tables);
      const dumps = [...set.dumps]
        .reverse()
        .map((each) => copier.copy(each))
        .reverse();
      const copied: DumpSet = { ...set, ...tables, dumps };
      for (const tell of [
        (of: DumpSet) => [...analyzeText(of, screen, { verbose: true, full: true })],
        (of: DumpSet) => [...stuckText(of, findStuck(of), screen, { verbose: true })],
      ])
        assert.deepEqual(tell(copied), tell(set), name);
    }
  });
});
