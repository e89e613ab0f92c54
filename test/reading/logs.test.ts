import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readFiles, readText, type DumpSet } from '../../src/index.js';

const thread = (id: string, ...fns: string[]): string[] => [
  `Thread 0x${id.padStart(16, '0')} (most recent call first):`,
  ...fns.map((fn, i) => `  File "/srv/app/payments/${fn}.py", line ${i + 1} in ${fn}`),
];
const DUMP = ['Timeout (0:00:30)!', ...thread('b', 'flush', '_bootstrap'), '', ...thread('a', 'wait_for_bank', 'settle', '<module>')];
const depths = (set: DumpSet): number[][] => set.dumps.map((dump) => dump.threads.map((t) => set.stacks.depth(t.stack)));
const functions = (set: DumpSet): (string | null)[][] =>
  set.dumps[0]!.threads.map((t) => Array.from(set.stacks.frames(t.stack), (row) => set.frames.functionOf(row)));
const FUNCTIONS = [
  ['flush', '_bootstrap'],
  ['wait_for_bank', 'settle', '<module>'],
];

describe('a dump on one line', () => {
  it('may be of Node: the stack of an error, or one that V8 printed', async () => {
    const read = async (line: string): Promise<unknown> => {
      const set = await readText(`served in 4 ms\n${line}\nserved in 5 ms\n`);
      return set.dumps.map(({ format, kind, line: at, threads }) => [
        format,
        kind,
        at,
        Array.from(set.stacks.frames(threads[0]!.stack), (row) => set.frames.functionOf(row)),
      ]);
    };
    const frames = '    at a (/srv/a.js:1:2)\\n    at b (/srv/a.js:3:4)\\n    at c (/srv/a.js:5:6)';
    for (const line of [`ERROR Error: none left\\n${frames}`, `{"level":"error","err":"Error: none left\\n${frames}"} 7`])
      assert.deepEqual(await read(line), [['node-error', 'error', 2, ['a', 'b', 'c']]], line);
    assert.deepEqual(await read('----- JavaScript stack trace -----\\n\\n1: readSync (node:fs:736:18)\\n2: /srv/app/a.js:9:39'), [
      ['node-fatal', 'snapshot', 2, ['readSync', null]],
    ]);
  });

  const json = JSON.stringify(DUMP.join('\n'));
  const cases: [string, string][] = [
    ['as a JSON string in a log line', `2024-05-17 09:30:12 ERROR payload=${json} request=17`],
    ['as a string in a JSON string', `{"broken": ${JSON.stringify(json)}`],
    ['as the repr of a Python string', `09:30:12 dump: '${DUMP.join('\\n')}'`],
    ['in a table of a web page', `<tr><td>${DUMP.join('<br>')}</td></tr>`],
    ['in a table, with escaped quotes', `| ${DUMP.join('<br/>').replaceAll('"', '&quot;')} |`],
    ['with the octal escapes of rsyslog', `May 17 09:30:12 web-3 shop: ${DUMP.join('#012')}`],
    ['as a message of JSON records', JSON.stringify({ level: 50, err: { stack: DUMP.join('\n') } })],
    ['with Windows line ends', `x: ${JSON.stringify(DUMP.join('\r\n'))}`],
  ];
  for (const [is, line] of cases) {
    it(`${is} is read`, async () => {
      const set = await readText(`INFO one\n${line}\nINFO two\n`);
      assert.deepEqual(functions(set), FUNCTIONS);
      assert.equal(set.dumps[0]!.line, 2);
      assert.equal(set.dumps[0]!.reason?.text, 'Timeout (0:00:30)!');
      assert.deepEqual(set.sources[0]!.accounts, { dumps: 1, known: 0 });
    });
  }

  it('that only mentions one is none', async () => {
    const set = await readText('INFO msg="Thread 0x00007f0b077fe6c0 (most recent call first):\\nsee the other log\\n"\n');
    assert.equal(set.dumps.length, 0);
  });
});

describe('lines that a console broke at its width', () => {
  for (const width of [52, 60, 80]) {
    it(`of ${width} columns are put together`, async () => {
      const long = DUMP.map((line) => line.replace('/srv/app/', '/srv/app/releases/20240517093012/services/checkout/'));
      const lines = long.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']);
      assert.ok(lines.length > long.length);
      const set = await readText([...lines, 'INFO next', ''].join('\n'));
      assert.deepEqual(functions(set), FUNCTIONS);
      assert.equal(set.sources[0]!.accounts.dumps, lines.length);
    });
  }

  it('are put together also where a name was broken, once the width is known', async () => {
    const lines = [
      DUMP[1]!,
      '  File "/srv/app/releases/20240517093012/serv',
      'ices/payments/flush.py", line 1 in flush',
      '  File "/srv/app/pay/notify.py", line 1 in no',
      'tify',
      DUMP[3]!,
    ];
    assert.deepEqual(functions(await readText(lines.join('\n'))), [['flush', 'notify', '_bootstrap']]);
  });

  it('of 60 columns, blanks at the ends lost', async () => {
    const file = '/srv/app/services/payments/providers/europe/bank.py';
    const lines = [
      'Thread 0x00000000000000aa (most recent call first):',
      `  File "${file}", line 4`,
      '12 in wait_for_bank',
      `  File "${file.slice(0, 40)}`,
      `${file.slice(40)}", line 12 in`,
      'settle',
      '  File "/srv/app/main.py", line 3 in <module>',
    ];
    const set = await readText(lines.join('\n'));
    assert.deepEqual(functions(set), [['wait_for_bank', 'settle', '<module>']]);
    assert.deepEqual(set.frames.get(set.stacks.frameAt(set.dumps[0]!.threads[0]!.stack, 0)).line, 412);
  });

  it('are put together where the text ends with one of them, with a line feed or without', async () => {
    const lines = [
      'Thread 0x00000000000000aa (most recent call first):',
      '  File "/srv/app/services/payments/providers/europe/bank.py", line 12 in',
      'settle',
    ];
    for (const end of ['', '\n', '\r\n']) {
      const set = await readText(lines.join('\n') + end);
      assert.deepEqual(functions(set), [['settle']]);
      assert.equal(set.sources[0]!.accounts.dumps, 3);
    }
  });

  it('are not put together with a line that means something itself', async () => {
    const set = await readText([...DUMP.slice(0, 2), '  File "/srv/app/payments/torn_by_anoth', ...DUMP.slice(2)].join('\n'));
    assert.deepEqual(functions(set), FUNCTIONS);
    assert.equal(set.sources[0]!.warnings[0]!.code, 'line-not-understood');
    assert.equal(set.sources[0]!.warnings[0]!.line, 3);
  });
});

describe('a log that is newest first', () => {
  const stamped = [...DUMP, 'INFO a', ...DUMP].map((line, i) => `2024-05-17T09:30:${String(10 + i)}.000Z ${line}`);
  const reversed = [...stamped].reverse().join('\n');

  it('is read from its end', async () => {
    const set = await readText(reversed);
    assert.deepEqual(depths(set), [
      [2, 3],
      [2, 3],
    ]);
    assert.deepEqual(functions(set), FUNCTIONS);
    assert.equal(set.sources[0]!.warnings[0]!.code, 'newest-first');
    assert.equal(set.dumps[0]!.line, stamped.length);
    assert.equal(new Date(set.dumps[0]!.time!).toISOString(), '2024-05-17T09:30:10.000Z');
  });

  it('is read so from a file too', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-'));
    try {
      fs.writeFileSync(path.join(folder, 'grafana.txt'), reversed);
      assert.deepEqual(functions(await readFiles([path.join(folder, 'grafana.txt')])), FUNCTIONS);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('of a service among others too', async () => {
    const lines = DUMP.map((line) => `shop-1  | ${line}`).reverse();
    assert.deepEqual(functions(await readText(lines.join('\n'))), FUNCTIONS);
  });

  it('is not taken for one because a dump is damaged', async () => {
    const set = await readText([DUMP[2]!, DUMP[3]!, ...DUMP].join('\n'));
    assert.deepEqual(functions(set), FUNCTIONS);
    assert.deepEqual(set.sources[0]!.warnings, []);
  });
});

describe('the lines of an input', () => {
  const TRACEBACK = [
    'Traceback (most recent call last):',
    '  File "/srv/app/orders.py", line 12, in settle',
    '    charge(order)',
    '    ~~~~~~^^^^^^^',
    "KeyError: 'sku'",
  ];

  it('are accounted for: dumps, what is known as something else, and the rest', async () => {
    const set = await readText(['INFO one', ...TRACEBACK, 'INFO two', ...DUMP, 'INFO three', ''].join('\n'));
    const [source] = set.sources;
    assert.equal(source!.lines, 1 + 5 + 1 + DUMP.length + 1);
    assert.deepEqual(source!.accounts, { dumps: DUMP.length, known: 5 });
    assert.deepEqual(source!.asides, [{ line: 2, title: 'Python traceback of an exception', text: "KeyError: 'sku'" }]);
    assert.equal(source!.asideCount, 1);
  });

  it('are accounted for behind envelopes and line by line with those of others', async () => {
    const mine = [...TRACEBACK, ...DUMP].map((line) =>
      JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2024-05-17T09:30:12Z' }),
    );
    const others = mine.map((_, i) => JSON.stringify({ log: `GET ${i}\n`, stream: 'stdout', time: '2024-05-17T09:30:12Z' }));
    const set = await readText(mine.flatMap((line, i) => [line, others[i]!]).join('\n'));
    assert.deepEqual(set.sources[0]!.accounts, { dumps: DUMP.length, known: 5 });
    assert.deepEqual(
      set.sources[0]!.asides.map(({ line, text }) => ({ line, text })),
      [{ line: 1, text: "KeyError: 'sku'" }],
    );
  });

  it('of a traceback end where a dump begins', async () => {
    const set = await readText([...TRACEBACK.slice(0, 3), ...DUMP].join('\n'));
    assert.deepEqual(functions(set), FUNCTIONS);
    assert.equal(set.sources[0]!.accounts.known, 3);
  });

  it('of ten thousand tracebacks are counted, the first are named', async () => {
    const set = await readText(Array.from({ length: 10_000 }, () => TRACEBACK.join('\n')).join('\n'));
    assert.equal(set.sources[0]!.asideCount, 10_000);
    assert.equal(set.sources[0]!.asides.length, 200);
    assert.equal(set.sources[0]!.accounts.known, 50_000);
  });
});

describe('times that lack their year or date', () => {
  it('are the last of their kind before the log was written', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-'));
    const file = path.join(folder, 'syslog');
    const times = async (stamps: string[]): Promise<string[]> => {
      fs.writeFileSync(file, stamps.flatMap((stamp) => DUMP.map((line) => `${stamp}${line}\n`)).join(''));
      fs.utimesSync(file, new Date('2025-01-02T00:10:00Z'), new Date('2025-01-02T00:10:00Z'));
      return (await readFiles([file])).dumps.map((dump) => new Date(dump.time!).toISOString());
    };
    try {
      assert.deepEqual(await times(['Dec 31 23:59:50 web shop[7]: ', 'Jan  1 00:00:20 web shop[7]: ']), [
        '2024-12-31T23:59:50.000Z',
        '2025-01-01T00:00:20.000Z',
      ]);
      assert.deepEqual(await times(['23:59:50  ', '00:00:20  ']), ['2025-01-01T23:59:50.000Z', '2025-01-02T00:00:20.000Z']);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('files of a directory without a dump', () => {
  it('are listed up to a thousand, those that the user named always', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-'));
    try {
      const files = Array.from({ length: 1200 }, (_, i) => path.join(folder, `${i}.log`));
      for (const file of files) fs.writeFileSync(file, 'INFO nothing\n');
      fs.writeFileSync(path.join(folder, 'dump.log'), DUMP.join('\n'));
      const found = await readFiles([...files, path.join(folder, 'dump.log')].map((file) => ({ path: file, named: false })));
      assert.equal(found.sources.length, 1001);
      assert.equal(found.unlistedSources, 200);
      assert.deepEqual(functions(found), FUNCTIONS);
      const named = await readFiles(files);
      assert.equal(named.sources.length, 1200);
      assert.equal(named.unlistedSources, 0);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('hostile logs', () => {
  it('of records nested in records do not go on for ever', async () => {
    let line = DUMP.join('\n');
    for (let i = 0; i < 12; i++) line = JSON.stringify({ msg: line });
    const set = await readText(line);
    assert.ok(set.dumps.length <= 1);
  });

  it('of ten thousand sources, each in a dump, stay bounded', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `svc-${i}  | ${DUMP[1]!}`);
    const set = await readText([...lines, ...lines.map((_, i) => `svc-${i}  | ${DUMP[2]!}`)].join('\n'));
    assert.ok(set.dumps.length > 0);
  });

  it('of a journal hold a dump in one message of several lines, whose length stands before it', async () => {
    const entry = (text: string, pid: number): Buffer => {
      const message = Buffer.from(text);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(message.length));
      const head = '__CURSOR=s\n__REALTIME_TIMESTAMP=1715938212123456\nMESSAGE\n';
      return Buffer.concat([Buffer.from(head), length, message, Buffer.from(`\n_PID=${pid}\n_HOSTNAME=web\n\n`)]);
    };
    const set = await readText(Buffer.concat([entry(DUMP.join('\n'), 7), entry('two\nlines', 8), entry(`${DUMP.join('\n')}\n`, 9)]));
    assert.deepEqual(functions(set), FUNCTIONS);
    assert.deepEqual(functions({ ...set, dumps: set.dumps.slice(1) }), FUNCTIONS);
    assert.deepEqual(
      set.dumps.map(({ pid, time }) => [pid, time]),
      [
        [7, 1715938212123],
        [9, 1715938212123],
      ],
    );
  });

  it('with a journal message longer than it says stay bounded', async () => {
    const length = Buffer.alloc(8, 0xff);
    const entry = Buffer.concat([
      Buffer.from('__CURSOR=s\n__REALTIME_TIMESTAMP=1715938212123456\nMESSAGE\n'),
      length,
      Buffer.from(`${DUMP.join('\n')}\n\n`.repeat(20_000)),
    ]);
    await readText(entry);
  });
});
