import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findStuck, oddProcesses, readFiles, readText, seriesOf, type DumpSet } from '../../src/index.js';
import { dumpText } from './dump-text.js';

/** A process of one program: a thread that works, one that watches, and its main thread, all with ids of their own. */
const service = (n: number, works: readonly string[] = ['get:9'], watches: readonly string[] = ['poll:3']): string =>
  dumpText([
    { id: n * 0x1000 + 1, frames: [...works, 'work:20'] },
    { id: n * 0x1000 + 2, frames: [...watches, 'watch:8'] },
    { id: n * 0x1000, frames: ['main:40', '<module>:50'], main: true },
  ]);
/** A process of another program. */
const other = (n: number): string => dumpText([{ id: n * 0x1000, frames: ['serve:7', 'start:9'], main: true }]);

const BETWEEN = 'INFO one\nINFO two\nINFO three\nINFO four\n';

/** Five processes, of which the fourth is odd by one thread and the fifth by two. */
const FIVE = [service(1), service(2), service(3), service(4, ['lock:33']), service(5, ['ask:7'], ['flush:6', 'turn:5'])];
/** What is said of them; the names are those of the fourth and the fifth. */
const evidenceOf = (fourth: string, fifth: string): string[] => [
  `4 of 5 processes stand in poll (app.py:3); ${fifth} stands in flush (app.py:6)`,
  `3 of 5 processes stand in get (app.py:9); ${fourth} stands in lock (app.py:33)`,
  `3 of 5 processes stand in get (app.py:9); ${fifth} stands in ask (app.py:7)`,
];

const told = (set: DumpSet): string[] => oddProcesses(set, seriesOf(set)).map(({ evidence }) => evidence);

/** By thread of the set: what is said of the process as the odd one, where it is judged. */
const signals = (set: DumpSet): [id: string | undefined, text: string | null][] =>
  findStuck(set)
    .series.flatMap(({ threads }) => threads)
    .flatMap(({ history, signals: all, evidence }) =>
      all
        .filter(({ name }) => name === 'oddProcess')
        .map(({ text }): [string | undefined, string | null] => {
          assert.ok(evidence.includes(text!));
          return [history.ids[0]?.replace(/^0x0+/, ''), text];
        }),
    )
    .sort(([a], [b]) => (a! < b! ? -1 : 1));

function assertTold(set: DumpSet, fourth: string, fifth: string): void {
  const [flush, lock, ask] = evidenceOf(fourth, fifth);
  assert.deepEqual(told(set), [flush, lock, ask]);
  assert.deepEqual(signals(set), [
    ['4001', lock],
    ['5001', ask],
    ['5002', flush],
  ]);
}

describe('processes that are odd among their like', () => {
  const behind = (prefix: (n: number) => string): string =>
    FIVE.map((text, i) => text.trimEnd().replaceAll(/^/gm, prefix(i + 1))).join('\n');

  it('are called by their process ids, the deeper ones first', async () => {
    assertTold(await readText(behind((n) => `Nov 23 03:41:3${n} host app[${10 + n}]: `)), 'pid 14', 'pid 15');
  });

  it('are called by their places among all that were read where a source has several', async () => {
    assertTold(await readText(FIVE.join('')), 'process p4', 'process p5');
    // that of another program counts as one, and is compared with none
    assertTold(await readText([other(9), ...FIVE].join(BETWEEN)), 'process p5', 'process p6');
    assertTold(await readText([...FIVE.slice(0, 4), other(9), ...FIVE.slice(4)].join(BETWEEN)), 'process p4', 'process p6');
  });

  it('are called by what wrote the lines where a log is of several', async () => {
    assertTold(await readText(behind((n) => `web-${n}  | `)), 'process p4 of web-4', 'process p5 of web-5');
  });

  it('are compared by their newest dumps', async () => {
    const set = await readText([...FIVE, ...FIVE].join(''));
    assert.equal(seriesOf(set).length, 5);
    assertTold(set, 'process p4', 'process p5');
    const before = [service(1, ['lock:33']), ...FIVE.slice(1, 4), service(5)];
    const moved = await readText([...before, ...FIVE].join(''));
    assert.deepEqual(told(moved), [evidenceOf('process p4', '')[1]]);
    assert.deepEqual(signals(moved), [['4001', evidenceOf('process p4', '')[1]]]);
  });

  it('are told of from three processes on, where one place is that of most', async () => {
    const read = async (...texts: readonly string[]): Promise<string[]> => told(await readText(texts.join('')));
    assert.deepEqual(await read(service(1), service(2), service(3, ['lock:33'])), [
      '2 of 3 processes stand in get (app.py:9); process p3 stands in lock (app.py:33)',
    ]);
    assert.deepEqual(await read(service(1), service(2, ['lock:33'])), []);
    assert.deepEqual(await read(service(1), service(2, ['ask:7']), service(3, ['lock:33'])), []);
    const many = (times: number): string[] => Array.from({ length: times }, (_, i) => service(i + 1));
    // two in one place are few among ten, and not among nine
    const two = [service(20, ['lock:33']), service(21, ['lock:33'])];
    assert.deepEqual(await read(...many(8), ...two), [
      '8 of 10 processes stand in get (app.py:9); process p9 stands in lock (app.py:33)',
      '8 of 10 processes stand in get (app.py:9); process p10 stands in lock (app.py:33)',
    ]);
    assert.deepEqual(await read(...many(7), ...two), []);
  });

  it('are told with how many of their threads, those with more first', async () => {
    const pool = (n: number, ...works: readonly string[]): string =>
      dumpText([
        ...works.map((frame, i) => ({ id: n * 0x1000 + 1 + i, frames: [frame, 'work:20'] })),
        { id: n * 0x1000, frames: ['main:40', '<module>:50'], main: true },
      ]);
    const usual = [1, 2, 3].map((n) => pool(n, 'get:9', 'get:9', 'get:9'));
    const odd = [pool(4, 'get:9', 'lock:33', 'get:9'), pool(5, 'ask:7', 'get:9', 'ask:7')];
    const more = pool(6, 'get:9', 'get:9', 'get:9', 'flush:6');
    const set = await readText([...usual, ...odd, more].join(''));
    assert.deepEqual(
      oddProcesses(set, seriesOf(set)).map(({ series, like, threads, ofThreads, usual: { processes }, evidence }) => [
        ...[series, like, threads, ofThreads, processes],
        evidence,
      ]),
      [
        [
          ...[4, [0, 1, 2, 3, 4, 5], 2, 3, 4],
          '4 of 6 processes stand in get (app.py:9); process p5 stands with 2 of 3 threads in ask (app.py:7)',
        ],
        [
          ...[3, [0, 1, 2, 3, 4, 5], 1, 3, 4],
          '4 of 6 processes stand in get (app.py:9); process p4 stands with 1 of 3 threads in lock (app.py:33)',
        ],
      ],
    );
  });

  it('are told in the order of the processes where nothing else sets them apart', async () => {
    const set = await readText([...FIVE.slice(0, 3), service(4, ['get:9'], ['flush:6']), service(5, ['ask:7'])].join(''));
    assert.deepEqual(told(set), [
      '4 of 5 processes stand in poll (app.py:3); process p4 stands in flush (app.py:6)',
      '4 of 5 processes stand in get (app.py:9); process p5 stands in ask (app.py:7)',
    ]);
  });

  it('are not looked for in a dump that does not show all threads', async () => {
    const cut = `${FIVE[4]!}\n...\n`;
    assert.deepEqual(told(await readText([...FIVE.slice(0, 4), cut].join(BETWEEN))), [
      '3 of 4 processes stand in get (app.py:9); process p4 stands in lock (app.py:33)',
    ]);
    assertTold(await readText([...FIVE.slice(0, 4), cut, ...FIVE].join(BETWEEN)), 'process p4', 'process p5');
  });

  describe('in files', () => {
    let folder = '';
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
    afterEach(() => {
      fs.rmSync(folder, { recursive: true });
    });
    /** Their names as dumps have them: the same wherever the folder is. */
    const readAll = async (files: readonly (readonly [name: string, text: string])[]): Promise<DumpSet> => {
      const names = files.map(([name, text], i) => {
        const file = path.join(folder, name);
        fs.writeFileSync(file, text);
        fs.utimesSync(file, 1_700_000_000 + 10 * i, 1_700_000_000 + 10 * i);
        return file;
      });
      const set = await readFiles(names);
      return { ...set, dumps: set.dumps.map((dump) => ({ ...dump, source: path.basename(dump.source) })) };
    };

    it('are called by those where each has one', async () => {
      const letters = ['a.log', 'b.log', 'c.log', 'd.log', 'e.log'] as const;
      assertTold(await readAll(FIVE.map((text, i) => [letters[i]!, text] as const)), 'd.log', 'e.log');
    });

    it('are called by them only where it has no other in it', async () => {
      const set = await readAll([
        ['a.log', FIVE[0]!],
        ['b.log', FIVE[1]!],
        ['c.log', FIVE[2]! + FIVE[3]!],
        ['e.log', FIVE[4]!],
      ]);
      assertTold(set, 'process p4', 'e.log');
    });

    it('are called by the newest of those where each dump has one', async () => {
      const set = await readAll(['old', 'new'].flatMap((age) => FIVE.map((text, i) => [`${'abcde'[i]!}-${age}.log`, text] as const)));
      assert.equal(seriesOf(set).length, 5);
      assertTold(set, 'd-new.log', 'e-new.log');
    });

    it('are called by them though they hold several dumps of it', async () => {
      const set = await readAll(FIVE.map((text, i) => [`${'abcde'[i]!}.log`, text + BETWEEN + text] as const));
      assert.deepEqual(
        seriesOf(set).map(({ dumps }) => dumps.length),
        [2, 2, 2, 2, 2],
      );
      assertTold(set, 'd.log', 'e.log');
    });
  });
});
