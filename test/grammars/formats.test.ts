import assert from 'node:assert/strict';
import fs from 'node:fs';
import P from 'parsimmon';
import { GRAMMARS, parseLine, type LineGrammar, type LineToken } from '../../grammars/index.js';
import { readText } from '../../src/index.js';
import type { Dump, DumpSet } from '../../src/index.js';
import { cpuTime } from '../cpu-time.js';

const lineGrammars = GRAMMARS.filter((grammar): grammar is LineGrammar => grammar.kind === 'lines');
const sample = (name: string): string => fs.readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8');
const stackOf = (set: DumpSet, dump: Dump, thread: number): string[] =>
  Array.from(set.stacks.frames(dump.threads[thread]!.stack), (row) => {
    const { function: fn, line } = set.frames.get(row);
    return `${fn}:${line}`;
  });
const read = async (name: string): Promise<{ set: DumpSet; dump: Dump }> => {
  const set = await readText(sample(name));
  return { set, dump: set.dumps[0]! };
};

describe('every format', () => {
  it('says what it looks like and how it is made', () => {
    for (const { example, how, openings, id } of GRAMMARS) {
      assert.ok(how.length > 10, id);
      assert.ok(
        openings.some((opening) => example.includes(opening)),
        `${id}: an opening stands in its example`,
      );
    }
  });

  it('takes every line whole: a parser that does not is a mistake', () => {
    const short = P.string('frame').result<LineToken>({ is: 'other' });
    assert.deepEqual(parseLine(short, 'frame'), { is: 'other' });
    for (const line of ['frames', 'fram', ''])
      assert.throws(() => parseLine(short, line), { message: 'a line that its grammar does not take' });
  });

  it('reads a long line in no time, whatever stands in it', () => {
    const pieces = [
      ' ',
      '\t',
      '(',
      ' (',
      ') [',
      '", line 1, in ',
      ' -> a',
      '~',
      ' ~',
      '=',
      ' filename = x',
      'Thread',
      '│',
      ': ',
      "'",
      '<',
      '\\',
    ];
    const starts = [
      '',
      '  File "',
      'Thread ',
      '# Thread: ',
      '~ Stack of ',
      'thread_id = ',
      '12 0x1 ',
      'Traceback for thread 1 (',
      'Stack for <',
      '------ Thread #1 ',
      'a:1 in f',
      '    f',
      'Fatal Python error: ',
      'Windows fatal exception: ',
      'Extension modules: ',
    ];
    for (const { line, id } of lineGrammars) {
      for (const start of starts) {
        for (const piece of pieces) {
          const text = `${start}${piece.repeat(100_000 / piece.length)}x`;
          const begun = cpuTime();
          line.tryParse(text);
          assert.ok(cpuTime() - begun < 1000, `${id}: ${start}${piece}…`);
        }
      }
    }
  }).timeout(120_000);
});

describe('every format that puts its lines together itself', () => {
  it('reads a long line in no time, whatever stands in it', async () => {
    const pieces = [' ', ' (', '() at a', '(this=', ' (/', ':1:1', '(a:1:1)', ' from a', '[', ') at ', ' {'];
    const starts = ['', '    at ', ' frame #1: 0x1 ', '1: ', '1: [pc=0x1] ', '#0 ', '#1  0x1 in '];
    for (const { example, id } of GRAMMARS.filter(({ kind }) => kind === 'stacks')) {
      for (const start of starts) {
        for (const piece of pieces) {
          const begun = cpuTime();
          await readText(`${example}\n${start}${piece.repeat(40_000 / piece.length)}x)\n`);
          assert.ok(cpuTime() - begun < 600, `${id}: ${start}${piece}…`);
        }
      }
    }
  }).timeout(120_000);
});

describe('Python formats', () => {
  it('have the most recent call first, whatever order the dump has', async () => {
    const tops: [string, number, string][] = [
      ['current-frames/hash.txt', 1, 'refuel:24'],
      ['current-frames/manhole.txt', 1, 'refuel:24'],
      ['celery-cry/cry.txt', 0, 'refuel:24'],
      ['pystack/remote.txt', 0, 'total:14'],
      ['pytest-timeout/thread.txt', 0, 'restock:20'],
      ['sampling-dump/all.txt', 0, 'Packer.run:8'],
      ['gdb-py-bt/apply-all.txt', 0, 'bake:12'],
      ['gdb-py-bt/full.txt', 0, 'bake:12'],
      ['asyncio-tasks/graph.txt', 0, 'Pages.load:31'],
      ['asyncio-pstree/pstree.txt', 2, 'sleep:716'],
      ['asyncio-ps/ps.txt', 1, 'Sheep.count:null'],
      ['uwsgi-tracebacker/harakiri.log', 0, 'search:21'],
      ['gevent-run-info/run-info.txt', 2, 'wait_for:9'],
    ];
    for (const [file, thread, top] of tops) {
      const { set, dump } = await read(file);
      const stacks = dump.threads.map((_, i) => stackOf(set, dump, i)[0]);
      assert.ok(stacks.includes(top), `${file}: ${stacks.join(', ')} has ${top} (thread ${thread})`);
    }
  });

  it('name and number threads as printed', async () => {
    const should: [string, (string | null)[][]][] = [
      ['pystack/remote.txt', [['801', 'shopd'], ['800', 'shopd'], ['802', null]]],
      ['pytest-timeout/thread.txt', [['139801228801728', 'restock'], ['139801262401344', 'MainThread']]],
      ['sampling-dump/all.txt', [['612', null], ['610', null], ['139910231243280', null]]],
      ['gdb-py-bt/apply-all.txt', [['515', 'oven'], ['511', 'oven']]],
      ['asyncio-tasks/tasks.txt', [[null, 'read-0'], [null, 'read-1']]],
      ['asyncio-tasks/graph.txt', [['0x7f11c0de4710', 'load-3'], ['0x7f11c0de4a10', 'Task-1']]],
      ['asyncio-ps/ps.txt', [['0x7fa1c0de4f50', 'Task-1'], ['0x7fa1c0de5130', 'count-sheep-in-the-meadow'], ['0x7fa1c0de5d50', 'wait']]],
      ['uwsgi-tracebacker/harakiri.log', [['MainThread', 'MainThread'], ['uWSGIWorker1Core0', 'uWSGIWorker1Core0']]],
    ]; // prettier-ignore
    for (const [file, threads] of should) {
      const { dump } = await read(file);
      assert.deepEqual(
        dump.threads.map(({ id, name }) => [id, name]),
        threads,
        file,
      );
    }
  });

  it('mark threads, tasks and greenlets as what they are', async () => {
    const kinds = async (file: string): Promise<string[]> => (await read(file)).dump.threads.map(({ kind }) => kind);
    assert.deepEqual(await kinds('asyncio-ps/ps.txt'), ['task', 'task', 'task']);
    assert.deepEqual(await kinds('asyncio-pstree/pstree.txt'), ['task', 'task', 'task']);
    assert.deepEqual(await kinds('sampling-dump/all.txt'), ['thread', 'thread', 'task']);
    assert.deepEqual(await kinds('gevent-run-info/run-info.txt'), ['thread', 'greenlet', 'greenlet']);
    const { dump } = await read('sampling-dump/all.txt');
    assert.deepEqual([dump.pid, dump.threads[0]!.marks, dump.threads[1]!.marks], [610, ['has-gil', 'on-cpu'], ['idle']]);
    assert.deepEqual(
      (await read('pystack/remote.txt')).dump.threads.map(({ marks }) => marks),
      [['has-gil'], ['waits-for-gil', 'collects-garbage'], []],
    );
  });

  it('keep locals and frames in C of pystack', async () => {
    const { dump } = await read('pystack/remote.txt');
    assert.deepEqual(dump.threads[0]!.nativeFrames, [{ symbol: 'math_fsum', address: null, module: '/usr/bin/python3.12' }]);
    assert.deepEqual(dump.threads[0]!.locals, [
      {
        depth: 0,
        variables: [
          { name: 'cart', value: "['tea', 'milk']", argument: true },
          { name: 'rate', value: '0.19', argument: false },
        ],
      },
    ]);
  });

  it('are found in a JSON string, behind a collector and with trimmed lines', async () => {
    for (const file of [
      'current-frames/hash.txt',
      'pystack/remote.txt',
      'pytest-timeout/thread.txt',
      'sampling-dump/all.txt',
      'gdb-py-bt/apply-all.txt',
    ]) {
      const text = sample(file);
      const should = (await read(file)).dump.threads.length;
      const inputs = {
        json: `${JSON.stringify({ time: '2026-11-23T09:30:00Z', msg: text })}\n`,
        compose: text.replaceAll(/^/gm, 'shop-1  | '),
        crlf: text.replaceAll('\n', '\r\n'),
      };
      for (const [what, input] of Object.entries(inputs)) {
        const { dumps } = await readText(input);
        assert.deepEqual(
          dumps.map((dump) => dump.threads.length),
          [should],
          `${file} ${what}`,
        );
      }
    }
  });
});

describe('frames without a head', () => {
  const FRAMES = '  File "/srv/app/a.py", line 3, in <module>\n    f()\n  File "/srv/app/a.py", line 9, in f\n    g()\n';
  const count = async (text: string): Promise<number> => (await readText(text)).dumps.length;

  it('are a stack that was printed', async () => {
    assert.equal(await count(FRAMES), 1);
    assert.equal(await count(`${FRAMES}${FRAMES}`), 2);
    assert.equal(await count(`started\n${FRAMES}all well\n${FRAMES}`), 2);
  });

  it('are none where they are the rest of a traceback, one frame, or a part of something else', async () => {
    assert.equal(await count(`${FRAMES}ValueError: no such price\n`), 0);
    assert.equal(await count(`Traceback (most recent call last):\n${FRAMES}shop.errors.Gone: x\n`), 0);
    assert.equal(await count('  File "/srv/app/a.py", line 3, in <module>\n'), 0);
    assert.equal(await count(`Lock holder is at:\n${FRAMES}`), 0);
    assert.equal(await count(`Object created at (most recent call last):\n${FRAMES}`), 0);
    assert.equal(await count('  File "/srv/app/a.py", line 9, in f\n    g()\n  File "/srv/app/a.py", line 11, in g\n'), 0);
  });
});
