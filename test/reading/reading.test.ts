import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readText } from '../../src/index.js';
import type { DumpSet } from '../../src/index.js';
import { readBlocksForTest } from './blocks.js';

const shape = (set: DumpSet): number[][] => set.dumps.map((dump) => dump.threads.map((thread) => set.stacks.depth(thread.stack)));
const thread = (id: string, ...fns: string[]): string =>
  [
    `Thread 0x${id.padStart(16, '0')} (most recent call first):`,
    ...fns.map((fn, i) => `  File "/app/${fn}.py", line ${i + 1} in ${fn}`),
  ].join('\n');
const A = thread('a', 'f', 'g', '<module>');
const B = thread('b', 'h', '_bootstrap');
const DUMP = `${B}\n\n${A}\n`;

describe('where dumps begin and end', () => {
  const cases: [string, string, number[][]][] = [
    ['one dump', DUMP, [[2, 3]]],
    [
      'two back to back',
      DUMP + DUMP,
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ['no final line feed', DUMP.trimEnd(), [[2, 3]]],
    ['CRLF', DUMP.replaceAll('\n', '\r\n'), [[2, 3]]],
    ['empty lines lost', DUMP.replaceAll('\n\n', '\n'), [[2, 3]]],
    [
      'empty lines lost, twice: a thread id that comes again begins the next',
      (DUMP + DUMP).replaceAll('\n\n', '\n'),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'log lines between',
      `${DUMP}10:00:01 INFO one\n10:00:02 INFO two\n${DUMP}`,
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'a separator and an empty line between',
      `${DUMP}\n==== again ====\n\n${DUMP}`,
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ['glued to unfinished output', `tests/test_x.py ..Timeout (0:00:01)!\n${DUMP}`, [[2, 3]]],
    [
      'glued right after a dump',
      `${DUMP}tests/test_y.py .Timeout (0:00:01)!\n${DUMP}`,
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'a prefix with a moving time',
      DUMP.trimEnd()
        .split('\n')
        .map((line, i) => `2024-01-02T03:04:0${i % 10}.123Z ${line}`)
        .join('\n'),
      [[2, 3]],
    ],
    [
      'a prefix whose number grows',
      DUMP.trimEnd()
        .split('\n')
        .map((line, i) => `app[${9 + i}]: ${line}`)
        .join('\n'),
      [[2, 3]],
    ],
    [
      'quoted in a mail, blanks trimmed',
      DUMP.trimEnd()
        .split('\n')
        .map((line) => `> ${line}`.trimEnd())
        .join('\n'),
      [[2, 3]],
    ],
    [
      'coloured',
      DUMP.trimEnd()
        .split('\n')
        .map((line) => `\x1b[31m${line}\x1b[0m`)
        .join('\n'),
      [[2, 3]],
    ],
    [
      'a coloured name of a service before each line',
      DUMP.trimEnd()
        .split('\n')
        .map((line) => `\x1b[33mshop_1   |\x1b[0m ${line}`)
        .join('\n'),
      [[2, 3]],
    ],
    ['a comment among the frames', DUMP.replace('  File "/app/g', '   (I think it hangs here)\n  File "/app/g'), [[2, 3]]],
    [
      'a thread without frames',
      `Fatal Python error: Aborted\n\nCurrent thread 0x0000000000000001 (most recent call first):\n<no Python frame>\n`,
      [[0]],
    ],
    ['no thread head, only a cause', 'Windows fatal exception: access violation\n  File "/app/f.py", line 1 in f\n', [[1]]],
    ['a head in the words of an exception', 'ValueError: Thread 0x00007f2b00000000 (most recent call first):\n\nDuring handling\n', []],
    ['a cause in a log', 'ERROR KeyError: Timeout (0:00:05)!\nERROR more\n', []],
  ];
  for (const [name, text, should] of cases) it(name, async () => assert.deepEqual(shape(await readText(text)), should));

  it('gives the same answer however the bytes are cut into blocks', async () => {
    const text = `INFO start\n${DUMP}INFO între\n${B}\n\n${A}\n{"header": {"event": "SIGUSR2", "nodejsVersion": "v20.0.0"}}\n`;
    const should = shape(await readText(text));
    assert.deepEqual(should, [[2, 3], [2, 3], [0]]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 9 }), (sizes) => {
        assert.deepEqual(shape(readBlocksForTest(Buffer.from(text), sizes)), should);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a dump says of itself', () => {
  it('time: the collector’s stamp, then a line above, then the file’s name', async () => {
    const time = async (text: string, path?: string): Promise<[string | null, string | null]> => {
      const [dump] = (await readText(text, path === undefined ? {} : { path })).dumps;
      return [dump!.time === null ? null : new Date(dump!.time).toISOString(), dump!.timeFrom];
    };
    assert.deepEqual(
      await time(
        DUMP.split('\n')
          .map((line) => `2024-01-02T03:04:05Z ${line}`)
          .join('\n'),
      ),
      ['2024-01-02T03:04:05.000Z', 'log'],
    );
    assert.deepEqual(await time(`===== 2024-05-17T09:30:15+02:00 dump#1 =====\n${DUMP}`), ['2024-05-17T07:30:15.000Z', 'separator']);
    assert.deepEqual(await time(`2024-05-17 09:30:12,123 INFO x\n${DUMP}`), ['2024-05-17T09:30:12.123Z', 'log']);
    assert.deepEqual(await time(DUMP, '/tmp/20141112093000.log'), ['2014-11-12T09:30:00.000Z', 'file-name']);
    assert.deepEqual(await time(DUMP), [null, null]);
  });

  it('the time of each of two dumps, from few lines between them', async () => {
    const end = '2024-05-17T09:30:42.000Z';
    for (const between of [
      '2024-05-17 09:30:42,000 INFO x\n',
      '\n2024-05-17 09:30:42,000 INFO x\n\n',
      '2024-05-17 09:30:42,000 INFO x\nTimeout (0:00:30)!\n',
      '===== 2024-05-17 09:30:42 =====\n',
    ]) {
      const { dumps } = await readText(`2024-05-17 09:30:12 INFO x\n${DUMP}${between}${DUMP}`);
      assert.deepEqual(
        dumps.map((dump) => new Date(dump.time!).toISOString()),
        ['2024-05-17T09:30:12.000Z', end],
        between,
      );
    }
  });

  it('a zone that is given for times without one', async () => {
    const [dump] = (await readText(DUMP, { path: '20240717093000.log', zone: 'Europe/Berlin' })).dumps;
    assert.equal(new Date(dump!.time!).toISOString(), '2024-07-17T07:30:00.000Z');
    assert.equal(dump!.timeZone, 'assumed');
  });

  it('a stack that was cut: by the dump’s own mark, by its depth, by where it ends', async () => {
    const set = await readText(
      [
        thread('1', 'f') + '\n  ...',
        thread('2', ...Array.from({ length: 100 }, () => 'r')),
        thread('3', 'f'),
        thread('4', 'f', '<module>'),
      ].join('\n\n'),
    );
    assert.deepEqual(
      set.dumps[0]!.threads.map((t) => t.truncated),
      ['marked', 'likely', 'likely', false],
    );
  });

  it('the C stack is that of the current thread, wherever in the list that stands', async () => {
    const native = `Current thread's C stack trace (most recent call first):\n  Binary file "/lib/libc.so.6", at abort+0xd3 [0x7f1d]\n`;
    const text = `Fatal Python error: Aborted\n\n${B.replace('Thread', 'Current thread')}\n\n${A}\n\n${native}`;
    const [dump] = (await readText(text)).dumps;
    assert.deepEqual(
      dump!.threads.map((t) => t.nativeFrames.map((frame) => frame.symbol)),
      [['abort'], []],
    );
    const [none] = (await readText(`Fatal Python error: Aborted\n\n${DUMP}\n${native}`)).dumps;
    assert.match(none!.notes[0]!, /not listed: abort/);
    const [alone] = (await readText(native)).dumps;
    assert.equal(alone!.threads[0]!.nativeFrames.length, 1);
  });

  it('a thread list that was cut', async () => {
    assert.equal((await readText(`${DUMP}\n...\n`)).dumps[0]!.threadsCut, true);
    assert.equal((await readText(DUMP)).dumps[0]!.threadsCut, false);
  });

  it('whose process is told before each line, or in one of three lines above', async () => {
    const pidOf = async (above: string, before = ''): Promise<number | null> =>
      (await readText(`${above}${DUMP.replaceAll(/^(?=.)/gm, before)}\n`)).dumps[0]!.pid;
    for (const [before, pid] of [
      ['gunicorn app[4321]: ', 4321],
      ['(pid=777) ', 777],
      ['pid: 99 | ', 99],
      ['app[43] ', null],
      ['rapid=77 | ', null],
    ] as const)
      assert.equal(await pidOf('', before), pid, before);
    assert.equal(await pidOf('worker of pid 812 hangs\n'), 812);
    assert.equal(await pidOf('worker of PID=812 hangs\none\ntwo\n'), 812);
    assert.equal(await pidOf('worker of pid 812 hangs\none\ntwo\nthree\n'), null);
    assert.equal(await pidOf('worker of pid 812 hangs\nand of pid: 7\n'), 7);
  });
});

describe('damage', () => {
  it('a report with an object where a text or number stands is read without it', async () => {
    const odd = '{"toString":1,"valueOf":null,"length":-1}';
    const report = (values: Readonly<Record<string, string>>): string => {
      const fields = {
        reportVersion: '3',
        event: '"x"',
        trigger: '"Signal"',
        dumpEventTimeStamp: '"1732332241000"',
        processId: '7',
        threadId: '0',
        nodejsVersion: '"v20.0.0"',
      };
      const header = Object.entries({ ...fields, ...values }).map(([key, value]) => `"${key}":${value}`);
      return `{"header":{${header.join(',')}},"javascriptStack":{"message":"m","stack":["at f (/a.js:1:1)"]}}\n`;
    };
    assert.equal((await readText(report({}))).dumps[0]!.time, 1732332241000);
    for (const key of ['event', 'trigger', 'dumpEventTimeStamp', 'processId', 'threadId'])
      for (const value of [odd, 'true', 'null', '[]', '[[]]', '1e999', '"\\ud800"'])
        assert.equal((await readText(report({ [key]: value }))).dumps.length, 1, `${key}: ${value}`);
  });

  it('a report whose end is missing is read as far as it goes, and says so', async () => {
    const text =
      '{\n  "header": {\n    "event": "SIGUSR2",\n    "nodejsVersion": "v20.0.0",\n    "processId": 7\n  },\n  "javascriptStack": {\n    "message": "Signal",\n    "stack": [\n      "at f (/a.js:1:1)",\n      "at g (/a';
    const set = await readText(text);
    assert.equal(set.dumps[0]!.pid, 7);
    assert.equal(set.sources[0]!.warnings[0]!.code, 'cut-report');
    assert.deepEqual(shape(set)[0]!.length, 1);
  });

  it('a report larger than any block is read whole', async () => {
    const worker = {
      header: { nodejsVersion: 'v20.0.0', threadId: 1 },
      javascriptStack: { stack: ['at f (/a.js:1:1)'] },
      note: 'x'.repeat(10_000),
    };
    const report = {
      header: { event: 'SIGUSR2', nodejsVersion: 'v20.0.0', threadId: 0 },
      workers: Array.from({ length: 300 }, () => worker),
    };
    const set = await readText(`INFO before\n${JSON.stringify(report, null, 2)}\n${DUMP}`);
    assert.deepEqual(set.sources[0]!.warnings, []);
    assert.deepEqual(
      set.dumps.map((dump) => dump.threads.length),
      [301, 2],
    );
  });

  it('survives any bytes', async () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        DUMP,
        A,
        '\n\n',
        '\0\0\0',
        '\x1b[31m',
        '"header"',
        '{"header": {"event":',
        'Timeout (0:00:01)!\n',
        '  ...\n',
        'Thread 0x',
        'Stack (most recent call first',
        '<no Python frame>\n',
        '[[[[{{{{',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), async (parts) => {
        const set = await readText(parts.join(''));
        for (const dump of set.dumps) assert.ok(dump.line >= 1 && dump.threads.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  it('long lines that all differ, more than are remembered', async () => {
    const frame = (n: number): string => `  File "/srv/app.py", line ${n} in f${'x'.repeat(3000)}`;
    const dump = (d: number): string[] => [
      'Timeout (0:00:30)!',
      'Thread 0x00007f0000000010 (most recent call first):',
      ...Array.from({ length: 40 }, (_, i) => frame(40 * d + i)),
      '',
    ];
    const log = 'INFO a line of the log\n'.repeat(30_000);
    const set = await readText(`${log}${Array.from({ length: 60 }, (_, d) => dump(d).join('\n')).join('\nINFO a line\n')}\n`);
    assert.deepEqual(
      set.dumps.map(({ threads }) =>
        threads.map(({ stack }) => [set.stacks.depth(stack), set.frames.lineOf(set.stacks.frameAt(stack, 39))]),
      ),
      Array.from({ length: 60 }, (_, d) => [[40, 40 * d + 39]]),
    );
  });

  it('a line of many megabytes is skipped, and what follows is read', async () => {
    const set = await readText(`${'x'.repeat(5 << 20)}\n${DUMP}`);
    assert.deepEqual(shape(set), [[2, 3]]);
    assert.equal(set.dumps[0]!.line, 2);
  });

  it('names what is no dump of ours', async () => {
    const set = await readText('goroutine 1 [running]:\nmain.main()\n');
    assert.match(set.sources[0]!.warnings[0]!.message, /Go/);
  });
});
