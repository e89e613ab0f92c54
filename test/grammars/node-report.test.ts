import assert from 'node:assert/strict';
import { nodeReport } from '../../grammars/index.js';
import { stackLine } from '../../grammars/shared/v8-frames.js';

describe('Node report: one stack line', () => {
  const lines: [string, string | null, string | null, number | null, number | null][] = [
    ['at boom (/srv/app/a.js:8:26)', 'boom', '/srv/app/a.js', 8, 26],
    ['at /srv/app/a.js:10:51', null, '/srv/app/a.js', 10, 51],
    ['at  (/srv/app/a.js:19:35)', null, '/srv/app/a.js', 19, 35],
    ['at Object.boom [as alias] (/srv/app/a.js:9:1)', 'Object.boom [as alias]', '/srv/app/a.js', 9, 1],
    ['at new Promise (<anonymous>)', 'new Promise', '<anonymous>', null, null],
    ['at async mid (file:///srv/app/x.mjs:2:53)', 'async mid', 'file:///srv/app/x.mjs', 2, 53],
    ['at async /srv/app/a.js:84:9', null, '/srv/app/a.js', 84, 9],
    ['at handler (C:\\app\\src\\server.js:1:23)', 'handler', 'C:\\app\\src\\server.js', 1, 23],
    ['at odd (name) (/srv/app/a.js:1:2)', 'odd (name)', '/srv/app/a.js', 1, 2],
    [
      'at eval (eval at <anonymous> (/srv/app/a.js:38:30), <anonymous>:1:1)',
      'eval',
      'eval at <anonymous> (/srv/app/a.js:38:30), <anonymous>',
      1,
      1,
    ],
    ['at run (wasm://wasm/d96ed7c2:wasm-function[1]:0x28)', 'run', 'wasm://wasm/d96ed7c2:wasm-function[1]:0x28', null, null],
    ['at listOnTimeout (internal/timers.js:549:17)', 'listOnTimeout', 'internal/timers.js', 549, 17],
  ];
  for (const [text, fn, file, line, column] of lines)
    it(`reads ${text}`, () => assert.deepEqual(stackLine.tryParse(text), { function: fn, file, line, column }));

  it('refuses lines of a message', () => {
    for (const text of ['expected 1', 'at least one of them', 'Unavailable.']) assert.equal(stackLine.parse(text).status, false, text);
  });
});

const report = (over: object, stack: object): object => ({
  header: {
    event: 'SIGUSR2',
    trigger: 'Signal',
    dumpEventTimeStamp: '1795404241123',
    processId: 42,
    threadId: 0,
    nodejsVersion: 'v20.20.2',
    ...over,
  },
  javascriptStack: stack,
});
const worker = (id: number, stack: string[], workers: object[] = []): object => ({
  ...report({ threadId: id, event: `Worker thread subreport [w${id}]` }, { message: 'Signal', stack }),
  workers,
});

describe('Node report: the whole', () => {
  it('has async functions that wait as tasks, innermost first', () => {
    const waiting = { id: 'async-7', stack: ['at inner (file:///srv/app/a.mjs:4:27)', 'at file:///srv/app/a.mjs:11:1'] };
    const dump = nodeReport.read({ ...report({}, { message: '' }), asyncFunctions: [waiting, null, { stack: 'none' }] }, true)!;
    assert.deepEqual(
      dump.threads.map(({ id, kind, frames }) => [id, kind, frames.map((frame) => `${frame.function}:${frame.line}`)]),
      [
        ['0', undefined, []],
        ['async-7', 'task', ['inner:4', 'null:11']],
        [null, 'task', []],
      ],
    );
  });

  it('lists workers depth first, with their names', () => {
    const dump = nodeReport.read(
      { ...report({}, { message: '' }), workers: [worker(1, ['at a (/a.js:1:1)'], [worker(3, [])]), worker(2, ['Unavailable.'])] },
      true,
    )!;
    assert.deepEqual(
      dump.threads.map((thread) => [thread.id, thread.name, thread.frames.length, thread.activity]),
      [
        ['0', null, 0, 'unknown'],
        ['1', 'w1', 1, 'running'],
        ['3', 'w3', 0, 'unknown'],
        ['2', 'w2', 0, 'idle'],
      ],
    );
    assert.equal(dump.time, 1795404241123);
    assert.equal(dump.pid, 42);
  });

  it('does not call a worker of Node 14 idle: that version never shows its stack', () => {
    const dump = nodeReport.read({ ...report({ nodejsVersion: 'v14.21.3' }, {}), workers: [worker(1, ['Unavailable.'])] }, true)!;
    assert.equal(dump.threads[1]!.activity, 'unknown');
  });

  it('drops message lines before the frames of an error, even one that looks like a frame', () => {
    const dump = nodeReport.read(
      report(
        { trigger: 'Exception', event: 'Exception' },
        { message: 'Error: a', stack: ['at /fake.ejs:1:1', 'b', 'at f (/a.js:1:1)', 'at g (/a.js:2:1)'] },
      ),
      true,
    )!;
    assert.equal(dump.kind, 'error');
    assert.deepEqual(
      dump.threads[0]!.frames.map((frame) => frame.function),
      ['f', 'g'],
    );
    assert.equal(dump.threads[0]!.truncated, 'likely');
  });

  it('leaves what is no text in a stack', () => {
    const frames = (stack: unknown): unknown =>
      nodeReport.read(report({}, { message: 'Signal', stack }), true)!.threads[0]!.frames.map((frame) => frame.function);
    assert.deepEqual(
      [frames([1, null, 'at f (/a.js:1:1)', {}, 'at g (/a.js:2:1)']), frames('at f (/a.js:1:1)'), frames(null)],
      [['f', 'g'], [], []],
    );
  });

  it('answers null to other JSON, and never throws', () => {
    for (const value of [null, 1, [], {}, { header: 'x' }, { header: [] }]) assert.equal(nodeReport.read(value, true), null);
    assert.ok(nodeReport.read({ header: { nodejsVersion: 'v20.0.0' }, libuv: [null, 3], workers: ['x'], nativeStack: {} }, true));
  });
});
