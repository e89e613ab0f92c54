import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { errorFrame } from '../../grammars/shared/v8-frames.js';
import { ofFile, ofText } from './dumps.js';

const SAMPLE = fileURLToPath(new URL('../../samples/node-errors/checkout.log', import.meta.url));

describe('a frame of an error in free text', () => {
  const READ: readonly (readonly [string, string | null, string | null, number | null, number | null])[] = [
    ['    at rows (/srv/app/a.js:1:2) {', 'rows', '/srv/app/a.js', 1, 2],
    ['      at check (open.test.js:5:55),', 'check', 'open.test.js', 5, 55],
    ['    at eval (generated/template.js:1:1)', 'eval', 'generated/template.js', 1, 1],
    ['    at C:\\Program Files\\app (x86)\\server.js:1:9', null, 'C:\\Program Files\\app (x86)\\server.js', 1, 9],
    ['    at odd (name) [as x] at y (/srv/app/a.js:52:55)', 'odd (name) [as x] at y', '/srv/app/a.js', 52, 55],
    ['    at async Promise.all (index 0)', 'async Promise.all', 'index 0', null, null],
    ['    at run (wasm://wasm/2b56e19e:wasm-function[1]:0x28)', 'run', 'wasm://wasm/2b56e19e:wasm-function[1]:0x28', null, null],
    ['    at [eval] (:3:9)', '[eval]', null, 3, 9],
    ['    at rows (/srv/app/a.js:1:2) {  ', 'rows', '/srv/app/a.js', 1, 2],
    ['    at rows (/srv/app/a.js:1:2)  ', 'rows', '/srv/app/a.js', 1, 2],
  ];
  for (const [text, fn, file, line, column] of READ)
    it(`reads ${text}`, () => assert.deepEqual(errorFrame.tryParse(text), { function: fn, file, line, column }));

  for (const text of [
    '    at com.shop.Cart.total(Cart.java:12)',
    '             at ./src/main.rs:2:5',
    '   at Shop.Cart.Total() in C:\\Cart.cs:line 12',
    '    at noon',
  ])
    it(`leaves ${text.trim()} to its own language`, () => assert.equal(errorFrame.parse(text).status, false));
});

describe('errors and traces of Node', () => {
  it('are one dump for each stack: warnings, traces, records of a logger, errors of an error, an uncaught one and its cause', async () => {
    const dumps = await ofFile(SAMPLE);
    assert.deepEqual(
      dumps.map(({ kind, reason, threads }) => [kind, reason, threads[0]!.frames.length]),
      [
        ['error', 'request: Trace: audit: order 17', 5],
        ['error', 'exception: PaymentError: order 18 was not charged', 6],
        ['error', 'exception: PaymentError: order 19 was not charged', 6],
        ['error', 'exception: RangeError: nothing left in Bremen', 3],
        ['error', 'exception: RangeError: nothing left in Ulm', 3],
        ['error', 'exception: CacheWarning: the cache is cold', 4],
        ['error', 'exception: PaymentError: order 20 was not charged', 2],
        ['error', 'exception: Error: connect ECONNREFUSED 127.0.0.1:5432', 3],
      ],
    );
    assert.deepEqual(dumps[1]!.pid, 4211);
  });

  it('go on after a line of another process, and through a function name of two lines', async () => {
    const [dump, ...others] = await ofText(
      [
        'Error: odd',
        '    at a (/srv/a.js:1:2)',
        '    at line1',
        'at fake thing (/srv/b.js:3:4)',
        '2026-11-23 09:32:10 INFO served in 4 ms',
        '    at c (/srv/c.js:5:6)',
        '',
      ].join('\n'),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(dump?.threads[0]?.frames, ['a /srv/a.js:1:2', 'line1\nat fake thing /srv/b.js:3:4', 'c /srv/c.js:5:6']);
  });

  it('are told by where they were thrown or told of, where no error is named', async () => {
    const reasons = async (head: string): Promise<unknown> =>
      (await ofText(`${head}\n    at f (/srv/a.js:1:2)\n    at g (/srv/a.js:3:4)\n`)).map(({ reason }) => reason);
    assert.deepEqual(
      [
        await reasons("Emitted 'close' event at:"),
        await reasons('Thrown at:'),
        await reasons("RangeError: x\nEmitted 'error' event at:"),
        await reasons('Uncaught RangeError [ERR_X]: none left'),
      ],
      [
        ["exception: Emitted 'close' event at:"],
        ['exception: Thrown at:'],
        ["exception: Emitted 'error' event at:"],
        ['exception: RangeError [ERR_X]: none left'],
      ],
    );
  });

  it('have their causes below them as errors of their own, whatever their classes are called', async () => {
    const caused = async (by: string): Promise<unknown> =>
      (
        await ofText(`Error: a\n    at f (/srv/a.js:1:2) {\n  ${by} NoStock: none left\n      at g (/srv/a.js:3:4)\n}\nserved in 4 ms\n`)
      ).map(({ line, reason, threads }) => [line, reason, threads[0]!.frames]);
    const outer = [2, 'exception: Error: a', ['f /srv/a.js:1:2']];
    for (const by of ['[cause]:', 'cause:', '[errors]:'])
      assert.deepEqual(await caused(by), [outer, [4, `exception: ${by} NoStock: none left`, ['g /srv/a.js:3:4']]]);
  });

  it('are bridged over two lines of others, and no more', async () => {
    const between = async (lines: number): Promise<unknown> =>
      (await ofText(`Error: odd\n    at a (/srv/a.js:1:2)\n${'served in 4 ms\n'.repeat(lines)}    at b (/srv/a.js:3:4)\n`)).map(
        ({ threads }) => threads[0]!.frames,
      );
    const [a, b] = ['a /srv/a.js:1:2', 'b /srv/a.js:3:4'];
    assert.deepEqual([await between(1), await between(2), await between(3)], [[[a, b]], [[a, b]], [[a], [b]]]);
  });

  it('of a rejected promise are one, whether the message has several lines or no frame follows it', async () => {
    const [framed, ...others] = await ofText(
      '(node:4324) UnhandledPromiseRejectionWarning: Error: first\nsecond line\nthird\n    at a (/srv/a.js:1:2)\nafter\n',
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      [framed?.line, framed?.pid, framed?.reason, framed?.threads[0]?.frames],
      [4, 4324, 'exception: UnhandledPromiseRejectionWarning: Error: first', ['a /srv/a.js:1:2']],
    );
    const far = `(node:4324) UnhandledPromiseRejectionWarning: first\n${'more of it\n'.repeat(9)}    at a (/srv/a.js:1:2)\n`;
    assert.deepEqual(
      (await ofText(far)).map(({ line, threads }) => [line, threads[0]!.frames]),
      [
        [1, []],
        [11, ['a /srv/a.js:1:2']],
      ],
    );
  });

  it('keep the elision of frames that the cause has as a mark of the cut', async () => {
    const [dump] = await ofText(
      'Error: x\n    at a (/srv/a.js:1:2)\n    ... 7 lines matching cause stack trace ...\n    at b (/srv/a.js:3:4)\n',
    );
    assert.deepEqual(dump?.threads[0]?.frames, ['a /srv/a.js:1:2', 'b /srv/a.js:3:4']);
  });

  it('are read through colours that stand inside the paths', async () => {
    const [dump] = await ofText(
      'Error: x\n    at rows \u001B[90m(/srv/app/\u001B[39mcases/colors.js:3:72\u001B[90m)\u001B[39m\n\u001B[90m    at node:internal/main/run_main_module:28:49\u001B[39m {\n  code: 1\n}\n',
    );
    assert.deepEqual(dump?.threads[0]?.frames, ['rows /srv/app/cases/colors.js:3:72', '- node:internal/main/run_main_module:28:49']);
  });

  it('are snapshots where a watchdog says that the thread is blocked', async () => {
    const [dump] = await ofText(
      '# main thread blocked, pid 4372, 2026-11-23T03:40:34.803Z\n    at lookup (file:///srv/app/hang/spin.js:8:5)\n',
    );
    assert.equal(dump?.kind, 'snapshot');
    assert.equal(dump.pid, 4372);
  });

  it('are found without frames by what Node prints around them', async () => {
    const thrown =
      '/srv/app/a.js:2\nthrow "out of stock"\n^\nout of stock\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n\nNode.js v20.20.2\n';
    assert.deepEqual(
      (await ofText(thrown)).map(({ reason, threads }) => [reason, threads[0]!.frames.length]),
      [['exception: out of stock', 0]],
    );
    assert.deepEqual(await ofText('we run\nNode.js v20.20.2\n'), []);
  });

  it('of --abort-on-uncaught-exception have frames without `at`', async () => {
    const [dump] = await ofText(
      'Uncaught TypeError: no\n\nFROM\nOrderService.price (/srv/app/a.js:6:49)\n/srv/app/a.js:5:70\nArray.reduce (<anonymous>)\nbye\n',
    );
    assert.deepEqual(dump?.threads[0]?.frames, [
      'OrderService.price /srv/app/a.js:6:49',
      '- /srv/app/a.js:5:70',
      'Array.reduce <anonymous>',
    ]);
  });

  it('inside a diagnostic report are the report', async () => {
    const report = fileURLToPath(new URL('../../samples/node-exception/', import.meta.url));
    const { readdirSync } = await import('node:fs');
    const dumps = await ofFile(report + readdirSync(report).find((name) => name.startsWith('report.'))!);
    assert.deepEqual(
      dumps.map(({ format }) => format),
      ['node-report'],
    );
  });

  it('take linear time on lines made to hurt', async () => {
    const hostile = [
      'Error: x',
      '    at a (/srv/a.js:1:2)',
      `    at ${' (/'.repeat(200_000)}`,
      `    at ${'a.js:1 ('.repeat(100_000)}:1:2)`,
      `    at ${'('.repeat(300_000)}:1:2`,
    ].join('\n');
    const begun = process.cpuUsage();
    await ofText(hostile);
    assert.ok(process.cpuUsage(begun).user < 3_000_000);
  });
});
