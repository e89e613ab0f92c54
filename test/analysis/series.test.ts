import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  ABSENT,
  UNKNOWN,
  oddProcesses,
  readFiles,
  readText,
  seriesOf,
  threadsOverTime,
  type DumpSet,
  type Thread,
} from '../../src/index.js';
import { dumpText, type TextThread } from './dump-text.js';

const main = (id: number, ...frames: string[]): TextThread => ({ id, frames: [...frames, 'main:40', '<module>:50'], main: true });
const worker = (id: number, ...frames: string[]): TextThread => ({ id, frames });

/** A service: a main thread and two workers; `base` makes the ids of one process. */
const service = (base: number, busy = 'fetch:7'): string =>
  dumpText([worker(base + 1, busy, 'work:20'), worker(base + 2, 'get:9', 'work:20'), main(base)]);

/** A line with a time above a dump: files that are written by a test are all of one moment. */
const atSecond = (second: number): string => `2026-11-23 09:30:${second.toFixed(3).padStart(6, '0')} dump\n`;

const dumpsOf = (set: DumpSet): (readonly number[])[] => seriesOf(set).map((series) => series.dumps);

/** Per thread: its ids, and where it stands in each dump (`-` absent, `?` unknown). */
function table(set: DumpSet, which = 0): string[] {
  const series = seriesOf(set)[which]!;
  const threads = threadsOverTime(set, series);
  return threads.histories.map((history) => {
    const places = series.dumps.map((_, k) => {
      const at = threads.at(history, k);
      return at === ABSENT ? '-' : at === UNKNOWN ? '?' : String(at);
    });
    const ids = history.ids.map((id) => id.replace(/0x0+/, '')).join('>');
    return [ids, places.join(' '), ...history.doubts].join(' | ');
  });
}

describe('which dumps are of one process', () => {
  let folder = '';
  const write = (files: Readonly<Record<string, string>>): string[] =>
    Object.entries(files).map(([name, text]) => {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      return file;
    });
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('is told by thread ids where no process id is given', async () => {
    assert.deepEqual(dumpsOf(await readText(service(0x100) + service(0x200) + service(0x100) + service(0x200))), [
      [0, 2],
      [1, 3],
    ]);
  });

  it('is told by process ids where they stand, also in one log', async () => {
    const log = [11, 12, 11, 12].map((pid, i) => service(0x100).replaceAll(/^/gm, `Nov 23 03:41:3${i} host app[${pid}]: `)).join('\n');
    assert.deepEqual(dumpsOf(await readText(`${log}\n`)), [
      [0, 2],
      [1, 3],
    ]);
  });

  it('is not told by ids that forked workers have in common, where each has a log of its own', async () => {
    const at = (second: number): string => `${'INFO ready\n'.repeat(5)}2026-11-23 09:30:0${second} dump\n`;
    const log = (first: number): string => at(first) + service(0x100) + at(first + 5) + service(0x100);
    const set = await readFiles(write({ 'worker-1.log': log(0), 'worker-2.log': log(1), 'worker-3.log': log(2) }));
    assert.equal(dumpsOf(set).length, 3);
    assert.ok(dumpsOf(set).every((dumps) => dumps.length === 2));
  });

  it('goes on in the next file of a log that was rotated', async () => {
    const set = await readFiles(
      write({
        'app.log.1': `2026-11-23 09:30:00 x\n${service(0x100)}2026-11-23 09:30:10 x\n${service(0x100)}`,
        'app.log': `2026-11-23 09:31:00 x\n${service(0x100)}2026-11-23 09:31:10 x\n${service(0x100)}`,
      }),
    );
    assert.deepEqual(dumpsOf(set), [[0, 1, 2, 3]]);
  });

  it('is told by ids for the only process too, whatever its files are named, and for one that begins beside it', async () => {
    const bases = { 'a-1.txt': 0x100, 'a-2.txt': 0x100, 'b-3.txt': 0x100, 'b-4.txt': 0x200, 'b-5.txt': 0x100 };
    const texts = Object.entries(bases).map(([name, base], second) => [name, `${atSecond(second)}${service(base, `fetch:${second}`)}`]);
    const set = await readFiles(write(Object.fromEntries(texts) as Record<string, string>));
    assert.deepEqual(dumpsOf(set), [[0, 1, 2, 4], [3]]);
  });

  it('is told by the place of a dump in which the process had another name, where a list is cut and has too many ids to look up', async () => {
    const pool = (ids: readonly number[], cut = false): string =>
      dumpText(
        ids.map((id) => worker(id, 'get:9', 'work:20')),
        { cut },
      );
    const ids = Array.from({ length: 100 }, (_, i) => 0x1000 + i);
    // of a hundred ids every third is looked up, and these are others now
    const looked = new Set(Array.from({ length: 32 }, (_, i) => Math.round((i * 99) / 31)));
    const moved = ids.map((id, i) => (looked.has(i) ? id + 0x5000 : id));
    const files = write({
      'a-1.txt': atSecond(1) + pool(ids),
      'b-2.txt': atSecond(2) + pool(ids),
      'b-3.txt': atSecond(3) + pool(moved, true),
    });
    assert.deepEqual(dumpsOf(await readFiles(files)), [[0, 1, 2]]);
    assert.deepEqual(dumpsOf(await readFiles([files[0]!, files[2]!])), [[0], [1]]);
  });

  it('is told by the main thread alone where all workers are others, and not by one worker', async () => {
    const dump = (second: number, base: number, mainId: number): string =>
      atSecond(second) + dumpText([...Array.from({ length: 20 }, (_, i) => worker(base + i, 'get:9', 'work:20')), main(mainId)]);
    const told = async (...texts: string[]): Promise<(readonly number[])[]> =>
      dumpsOf(await readFiles(write(Object.fromEntries(texts.map((text, i) => [`a-${i}.txt`, text])))));
    assert.deepEqual(await told(dump(1, 0x1000, 0x100), dump(2, 0x2000, 0x100)), [[0, 1]]);
    assert.deepEqual(await told(dump(1, 0x1000, 0x100), dump(2, 0x2000, 0x200)), [[0], [1]]);
    // one worker has an id that the other process had
    assert.deepEqual(await told(dump(1, 0x1000, 0x100), dump(2, 0x1013, 0x200)), [[0], [1]]);
  });

  it('is none that had other workers at the same moment, though ids and all else agree', async () => {
    const at = (second: number): string => atSecond(second) + service(0x100);
    assert.deepEqual(dumpsOf(await readFiles(write({ 'a-1.txt': at(0), 'a-2.txt': at(0.1) }))), [[0], [1]]);
    assert.deepEqual(dumpsOf(await readFiles(write({ 'a-1.txt': at(0), 'a-2.txt': at(0.9) }))), [[0, 1]]);
  });

  it('does not end a task in a dump that tells of no tasks', async () => {
    const report = JSON.stringify({
      header: { reportVersion: 5, event: 'JavaScript API', trigger: 'GetReport', processId: 11, threadId: 0, nodejsVersion: 'v22.9.0' },
      javascriptStack: { message: 'No stack.', stack: ['Unavailable.'] },
      nativeStack: [],
      asyncFunctions: [{ id: 'async-6', stack: ['at finished (file:///srv/app/jobs.mjs:5:3)'] }],
    });
    const callFrames = [
      { functionName: 'tick', url: 'file:///srv/app/jobs.mjs', location: { scriptId: '1', lineNumber: 8, columnNumber: 0 } },
    ];
    const halted = JSON.stringify({ method: 'Debugger.paused', params: { callFrames, reason: 'other' } });
    const without = report.replace(/,"asyncFunctions":\[.*\]/, '');
    const tablesOf = async (...texts: string[]): Promise<string[]> =>
      table(await readFiles(write(Object.fromEntries(texts.map((text, i) => [`2026112${i}T203658.000Z.pid-11.txt`, `${text}\n`])))));
    assert.deepEqual(await tablesOf(report, halted, report), ['0 | 0 0 0', 'async-6 | 1 ? 1 | unseen']);
    assert.deepEqual(await tablesOf(report, without, halted), ['0 | 0 0 0', 'async-6 | 1 ? ?']);
    // one that tells of others does
    const other = report.replace('async-6', 'async-7');
    assert.deepEqual(await tablesOf(report, other, halted), ['0 | 0 0 0', 'async-7 | - 1 ?', 'async-6 | 1 - -']);
  });

  it('is told by a process id anew where all threads have other ids, unless the lists of threads are cut', async () => {
    const told = async (cut: boolean): Promise<unknown> => {
      const dump = (id: number): string =>
        dumpText(
          cut ? [worker(id, 'fetch:7', 'work:20'), worker(id + 1, 'fetch:7', 'work:20')] : [worker(id, 'fetch:7', 'work:20'), main(id + 1)],
          { cut },
        );
      const log = [dump(0x101), dump(0x201)]
        .map((text) => `Timeout (0:00:30)!\n${text}`.replaceAll(/^/gm, 'Nov 23 03:41:30 host app[11]: '))
        .join('\n');
      return seriesOf(await readText(`${log}\n`)).map(({ dumps, restarts }) => ({ dumps, restarts }));
    };
    assert.deepEqual(await told(false), [
      { dumps: [0], restarts: [] },
      { dumps: [1], restarts: [] },
    ]);
    assert.deepEqual(await told(true), [{ dumps: [0, 1], restarts: [] }]);
  });

  it('goes on in rotated logs that have no times, by their names', async () => {
    const names = { 'app.log': service(0x100), 'app.log.1': service(0x100), 'other.log': service(0x100) };
    const files = write(Object.fromEntries(Object.entries(names).map(([name, text]) => [name, text + text])));
    const packed = path.join(folder, 'app.log.2.gz');
    fs.writeFileSync(packed, gzipSync(service(0x100) + service(0x100)));
    const set = await readFiles([packed, ...files]);
    assert.deepEqual(
      seriesOf(set).map(({ dumps }) => [...new Set(dumps.map((at) => path.basename(set.dumps[at]!.source)))].sort()),
      [['app.log', 'app.log.1', 'app.log.2.gz'], ['other.log']],
    );
  });

  it('parts a forked child from its parent, which has the same thread ids', async () => {
    const child = dumpText([
      {
        id: 0x100,
        main: true,
        frames: ['compress:16', 'work:20'],
      },
    ]).replace(
      /\n$/,
      `
  File "/usr/lib/python3.11/multiprocessing/process.py", line 108 in run
  File "/usr/lib/python3.11/multiprocessing/process.py", line 314 in _bootstrap
  File "/usr/lib/python3.11/multiprocessing/popen_fork.py", line 71 in _launch
  File "/srv/app/app.py", line 40 in main
  File "/srv/app/app.py", line 50 in <module>
`,
    );
    assert.deepEqual(dumpsOf(await readText(service(0x100) + child + service(0x100) + child)), [
      [0, 2],
      [1, 3],
    ]);
  });

  it('puts the pieces of a torn dump to their process', async () => {
    const pieces = `${dumpText([worker(0x101, 'fetch:7', 'work:20')])}INFO a\nINFO b\nINFO c\nINFO d\nINFO e\n${dumpText([main(0x100)])}`;
    const set = await readText(
      `${service(0x100)}INFO a\nINFO b\nINFO c\nINFO d\n${pieces}INFO a\nINFO b\nINFO c\nINFO d\nINFO e\n${service(0x100)}`,
    );
    assert.deepEqual(dumpsOf(set), [[0, 1, 2, 3]]);
    assert.deepEqual(table(set), ['101 | 0 0 ? 0 | unseen', '102 | 1 ? ? 1 | unseen', '100 | 2 ? 0 2 | unseen']);
  });
});

describe('what is doubtful of a restart', () => {
  it('is said with the process ids, where all are known', async () => {
    const set = await readText(service(0x100) + service(0x100) + service(0x900) + service(0x900));
    const doubts = (before: number | null, after: number | null): unknown =>
      seriesOf({ ...set, dumps: set.dumps.map((dump, i) => ({ ...dump, pid: i < 2 ? before : after })) }).map((series) => series.doubts);
    const told = 'new thread ids, threads matched by their stacks';
    assert.deepEqual(
      [doubts(11, 900), doubts(null, null), doubts(null, 900)],
      [[[`restarted once (pid 11, then 900): ${told}`]], [[`restarted once: ${told}`]], [[`restarted once: ${told}`]]],
    );
  });
});

describe('a single stack without an id', () => {
  it('says nothing of the threads of the dump after it', async () => {
    const alone =
      'Stack (most recent call first):\n  File "/srv/app/app.py", line 5 in main\n  File "/srv/app/app.py", line 9 in <module>\n';
    const text = [`Timeout (0:00:30)!\n${service(0x100)}`, alone, `Timeout (0:00:30)!\n${service(0x100)}`].join(
      'INFO a\nINFO b\nINFO c\nINFO d\n',
    );
    const set = await readText(text);
    assert.equal(set.dumps.length, 3);
    const tables = seriesOf(set).map((_, which) => table(set, which));
    assert.deepEqual(tables, [['101 | 0 ? 0 | unseen', '102 | 1 ? 1 | unseen', '100 | 2 ? 2 | unseen', ' | - 0 -']]);
  });
});

describe('a restart', () => {
  it('is bridged where one process follows another with threads alike', async () => {
    const set = await readText(service(0x100) + service(0x100) + service(0x900) + service(0x900));
    const [series, ...others] = seriesOf(set);
    assert.equal(others.length, 0);
    assert.deepEqual([series!.dumps, series!.restarts], [[0, 1, 2, 3], [2]]);
    assert.match(series!.doubts.join(), /restarted once/);
    assert.deepEqual(table(set), ['101>901 | 0 0 0 0 | restart', '102>902 | 1 1 1 1 | restart', '100>900 | 2 2 2 2 | restart']);
  });

  it('is not assumed where processes are alive at one time', async () => {
    const set = await readText(service(0x100) + service(0x900) + service(0x100) + service(0x900));
    assert.deepEqual(
      seriesOf(set).map((series) => series.restarts),
      [[], []],
    );
  });

  it('is not assumed of processes with one dump each: a sweep over workers looks like that', async () => {
    assert.equal(seriesOf(await readText([1, 2, 3, 4, 5].map((n) => service(n * 0x100)).join(''))).length, 5);
  });

  it('is not assumed between programs that have nothing in common', async () => {
    const other = dumpText([worker(0x901, 'x:1', 'serve:2'), worker(0x902, 'x:1', 'serve:2'), { id: 0x900, frames: ['y:1'], main: true }]);
    assert.equal(seriesOf(await readText(service(0x100) + service(0x100) + other + other)).length, 2);
  });
});

describe('threads over a series', () => {
  it('are those with the same id and entry: a thread of another function has been given the id', async () => {
    const before = dumpText([worker(0x101, 'fetch:7', 'work:20'), main(0x100)]);
    const after = dumpText([worker(0x101, 'send:7', 'deliver:20'), main(0x100)]);
    assert.deepEqual(table(await readText(before + before + after)), ['101 | - - 0', '100 | 1 1 1', '101 | 0 0 -']);
  });

  it('end where a dump that shows all threads does not show them, and another with that id is in doubt', async () => {
    const one = dumpText([worker(0x101, 'fetch:7', 'work:20'), main(0x100)]);
    const none = dumpText([main(0x100)]);
    assert.deepEqual(table(await readText(one + one + none + one + one)), [
      '101 | - - - 0 0 | id-reuse',
      '100 | 1 1 0 1 1',
      '101 | 0 0 - - - | id-reuse',
    ]);
  });

  it('are the same where a torn dump has lost the frame of their entry, and no others', async () => {
    const whole = dumpText([worker(0x101, 'fetch:7', 'work:20'), worker(0x102, 'wait:3', 'serve:30'), main(0x100)]);
    const tear = (text: string): string => text.replace('  File "/srv/app/app.py", line 30 in serve\n', '  File "/sr INFO served\n');
    const lost = whole.replace('  File "/srv/app/app.py", line 20 in work\n', '');
    const reused = dumpText([worker(0x101, 'send:7', 'deliver:20'), worker(0x102, 'wait:3', 'serve:30'), main(0x100)]);
    assert.deepEqual(table(await readText(whole + tear(lost))), ['101 | 0 0 | entry-unseen', '102 | 1 1 | entry-unseen', '100 | 2 2']);
    assert.deepEqual(table(await readText(whole + tear(reused))), ['101 | - 0', '102 | 1 1 | entry-unseen', '100 | 2 2', '101 | 0 ?']);
  });

  it('are known by an entry that a later dump shows first, where a stack was cut before', async () => {
    const cut = dumpText([worker(0x101, 'fetch:7', 'work:20'), main(0x100)]).replace(/ {2}File "[^"]*threading.py"[^\n]*\n\n/, '  ...\n\n');
    const whole = dumpText([worker(0x101, 'fetch:7', 'work:20'), main(0x100)]);
    const other = dumpText([worker(0x102, 'fetch:7', 'work:20'), main(0x100)]);
    const none = dumpText([main(0x100)]);
    assert.deepEqual(table(await readText(cut + whole + none + other + other)), [
      '102 | - - - 0 0 | id-reuse',
      '100 | 1 1 0 1 1',
      '101 | 0 0 - - - | entry-unseen | id-reuse',
    ]);
  });

  it('may be alive where the list of threads was cut', async () => {
    const cut = dumpText([worker(0x105, 'get:9', 'work:20'), worker(0x101, 'fetch:7', 'work:20')], { cut: true });
    const whole = dumpText([worker(0x101, 'fetch:7', 'work:20'), main(0x100)]);
    assert.deepEqual(
      table(await readText(whole + cut + whole)),
      ['101 | 0 1 0 | id-reuse', '100 | 1 ? 1 | unseen', '105 | - 0 - '].map((line) => line.trim()),
    );
    // what is in doubt is said once
    assert.equal(table(await readText(whole + cut + whole + cut + whole))[1], '100 | 1 ? 1 ? 1 | unseen');
  });

  it('may be alive where a dump breaks off before its main thread, which stands last', async () => {
    const whole = dumpText([worker(0x101, 'fetch:7', 'work:20'), worker(0x102, 'get:9', 'work:20'), main(0x100)]);
    const broken = dumpText([worker(0x101, 'fetch:7', 'work:20')]);
    assert.deepEqual(table(await readText(whole + broken + whole)), ['101 | 0 0 0', '102 | 1 ? 1 | unseen', '100 | 2 ? 2 | unseen']);
  });

  it('are those that had the id last, where another has been given it at the same place of the list', async () => {
    const first = dumpText([worker(0x101, 'fetch:7', 'work:20'), worker(0x102, 'get:9', 'serve:30'), main(0x100)]);
    const reused = dumpText([worker(0x101, 'send:7', 'deliver:20'), worker(0x102, 'get:9', 'serve:30'), main(0x100)]);
    const moved = dumpText([worker(0x102, 'get:9', 'serve:30'), worker(0x101, 'send:7', 'deliver:20'), main(0x100)]);
    assert.deepEqual(table(await readText(first + reused + moved)), ['102 | 1 1 0', '101 | - 0 1', '100 | 2 2 2', '101 | 0 - -']);
  });

  it('are others after a restart, whatever ids they have', async () => {
    const old = dumpText([worker(0x101, 'fetch:7', 'work:20'), worker(0x102, 'get:9', 'serve:30'), main(0x100)]);
    // shows not all threads, so that any other may be alive
    const cut = dumpText([worker(0x203, 'draw:7', 'paint:20'), main(0x200)], { cut: true });
    const late = dumpText([worker(0x203, 'draw:7', 'paint:20'), worker(0x101, 'fetch:7', 'work:20'), main(0x200)]);
    for (const before of [[old], [old, old.replace('line 7', 'line 8').replace(/Thread 0x0*102/, 'Thread 0x0000000000000104')]]) {
      const set = await readText([...before, cut, late].join(''));
      const dumps = set.dumps.map((_, i) => i);
      assert.equal(dumps.length, before.length + 2);
      const { histories } = threadsOverTime(set, { id: 's', dumps, restarts: [before.length], span: null, doubts: [] });
      const named = histories.filter(({ ids }) => ids.some((id) => id.endsWith('101'))).map(({ first, seen }) => [first, seen.length]);
      assert.deepEqual(named, [
        [before.length + 1, 1],
        [0, before.length],
      ]);
    }
  });

  it('are told apart where a dump shows an id twice, a thread twice, or a task with the id of a thread', async () => {
    const set = await readText(dumpText([worker(0x101, 'fetch:7', 'work:20'), worker(0x102, 'fetch:7', 'work:20'), main(0x100)]));
    const [one, two, last] = set.dumps[0]!.threads as [Thread, Thread, Thread];
    const [twin, task] = [{ ...one }, { ...one, kind: 'task' as const }];
    const over = (...dumps: Thread[][]): string[] => {
      const made: DumpSet = { ...set, dumps: dumps.map((threads) => ({ ...set.dumps[0]!, threads })) };
      const { histories } = threadsOverTime(made, { id: 's', dumps: [...dumps.keys()], restarts: [], span: null, doubts: [] });
      return histories.map(({ ids, first, seen, doubts }) =>
        [ids.join('>').replace(/0x0+/, ''), first, seen.join(' '), ...doubts].join(' | '),
      );
    };
    assert.deepEqual(over([one, twin, last], [one, twin, last]), ['101 | 0 | 0 0', '101 | 0 | 1 1', '100 | 0 | 2 2']);
    assert.deepEqual(over([one, twin, last], [twin, one, last], [last, one, twin], [one, last]), [
      '101 | 2 | 2 0 | id-reuse',
      '100 | 0 | 2 2 0 1',
      '101 | 0 | 1 1 1 | twice | id-reuse',
      '101 | 0 | 0 0 | id-reuse',
    ]);
    const nameless = { ...one, id: null };
    assert.deepEqual(over([nameless, last], [nameless, last]), [' | 0 | 0 0 | no-id', '100 | 0 | 1 1']);
    assert.deepEqual(over([one, two, last], [two, two, last], [two, two, last]), [
      '102 | 1 | 1 0 | twice | id-reuse',
      '102 | 2 | 1',
      '100 | 0 | 2 2 2',
      '102 | 0 | 1 0 | twice | id-reuse',
      '101 | 0 | 0',
    ]);
    assert.deepEqual(over([one, last], [task, last], [one, task, last], [task, one, last]), [
      '101 | 1 | 0 1 0 | id-reuse',
      '101 | 2 | 0 1 | id-reuse',
      '100 | 0 | 1 1 2 2',
      '101 | 0 | 0',
    ]);
  });

  it('that are gone follow those that are there, the last that went first', async () => {
    const all = [0x103, 0x101, 0x102].map((id) => worker(id, 'fetch:7', 'work:20'));
    const [three, one, two] = all as [TextThread, TextThread, TextThread];
    const set = await readText([[one, two, three], [three, two], [two], []].map((some) => dumpText([...some, main(0x100)])).join(''));
    assert.deepEqual(
      table(set).map((line) => line.slice(0, 3)),
      ['100', '102', '103', '101'],
    );
  });

  it('stay near linear where threads come and go in every dump', async () => {
    // each thread in two dumps, and no dump like another
    const dumps = 400;
    let text = '';
    for (let d = 0; d < dumps; d++) {
      const threads = Array.from({ length: 50 }, (_, t) => worker(0x1000 + (d + (t % 2)) * 64 + (t >> 1), 'fetch:7', 'work:20'));
      text += dumpText([...threads, main(0x100)]);
    }
    const set = await readText(text);
    const [series] = seriesOf(set);
    assert.equal(series!.dumps.length, dumps);
    const { histories } = threadsOverTime(set, series!);
    assert.equal(histories.length, 25 * (dumps + 1) + 1);
    assert.ok(histories.reduce((sum, history) => sum + history.seen.length, 0) <= 51 * dumps);
  });
});

describe('processes of one program', () => {
  it('where one stands elsewhere are a finding', async () => {
    const idle = (pid: number): string => service(pid * 0x1000, 'get:9');
    const texts = [11, 12, 13, 14].map(idle);
    texts.push(service(0xf000, 'lock:33'));
    const set = await readText(texts.join(''));
    const odd = oddProcesses(set, seriesOf(set));
    assert.equal(odd.length, 1);
    assert.equal(odd[0]!.series, 4);
    assert.equal(odd[0]!.evidence, '4 of 5 processes stand in get (app.py:9); process p5 stands with 1 of 2 threads in lock (app.py:33)');
  });

  it('where one stands at another line of the same function are a finding', async () => {
    const texts = [11, 12, 13, 14].map((pid) => service(pid * 0x1000, 'get:9'));
    const set = await readText([...texts, service(0xf000, 'get:33')].join(''));
    assert.deepEqual(
      oddProcesses(set, seriesOf(set)).map(({ series, evidence }) => [series, evidence]),
      [[4, '4 of 5 processes stand in get (app.py:9); process p5 stands with 1 of 2 threads in get (app.py:33)']],
    );
  });

  it('are of one program by their main threads, whatever other threads one of them has', async () => {
    const texts = [11, 12, 13, 14].map((pid) => service(pid * 0x1000, 'get:9'));
    const odd = dumpText([
      worker(0xf001, 'lock:33', 'work:20'),
      worker(0xf002, 'get:9', 'work:20'),
      worker(0xf003, 'pause:3', 'watch:8'),
      main(0xf000),
    ]);
    const set = await readText([...texts, odd].join(''));
    assert.deepEqual(
      oddProcesses(set, seriesOf(set)).map(({ series, evidence }) => [series, evidence]),
      [[4, '4 of 5 processes stand in get (app.py:9); process p5 stands with 1 of 2 threads in lock (app.py:33)']],
    );
  });

  it('are none where each does something else', async () => {
    const set = await readText(
      [1, 2, 3, 4, 5].map((n) => service(n * 0x1000, `step${n}:${n}`).replaceAll('in get', `in get${n}`)).join(''),
    );
    assert.deepEqual(oddProcesses(set, seriesOf(set)), []);
  });

  it('do not count where the odd one only passed by', async () => {
    const round = (odd: string): string => [1, 2, 3, 4].map((n) => service(n * 0x1000, n === 4 ? odd : 'get:9')).join('');
    const moving = await readText(round('parse:3') + round('store:8'));
    assert.deepEqual(oddProcesses(moving, seriesOf(moving)), []);
    const stuck = await readText(round('store:8') + round('store:8'));
    assert.equal(oddProcesses(stuck, seriesOf(stuck)).length, 1);
  });
});
