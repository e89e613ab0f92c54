import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { ofFile, ofText } from './dumps.js';

const ABORT = fileURLToPath(new URL('../../samples/node-errors/abort.log', import.meta.url));

describe('fatal errors of Node', () => {
  it('have a native and a JavaScript stack', async () => {
    const [dump, ...others] = await ofFile(ABORT);
    assert.deepEqual(others, []);
    assert.equal(dump?.kind, 'error');
    assert.deepEqual(dump.threads[0]?.frames, [
      'giveUp file:///srv/app/checkout.mjs:43:11',
      '- file:///srv/app/checkout.mjs:46:54',
      'listOnTimeout node:internal/timers:581:17',
      'processTimers node:internal/timers:519:7',
    ]);
    assert.equal(dump.threads[0].native.length, 5);
    assert.equal(dump.threads[0].native[1], 'v8::internal::FunctionCallbackArguments::Call(v8::internal::CallHandlerInfo) node');
  });

  it('of Node 10 tell of JavaScript first, in V8’s own form, and may be cut', async () => {
    const [dump, ...others] = await ofText(
      [
        '<--- Last few GCs --->',
        '',
        '[4380:0x261dcf60]      375 ms: Mark-sweep 31.6 (59.9) -> 30.5 (34.1) MB, 25.9 / 0.0 ms',
        '',
        '<--- JS stacktrace --->',
        '',
        '==== JS stack trace =========================================',
        '',
        '    0: ExitFrame [pc: 0x140e819]',
        'Security context: 0x322fe4b008d1 <JSObject>',
        '    1: fill(aka fill) [0x2cbc5037eb89] [/srv/app/oom.js:~4] [pc=0x122f5d44599f](this=0x11fcce9c04b1 <undefined>,10000)',
        '    2: /* anonymous */ [0x2cbc5037ec09] [/srv/app/oom.js:6] [bytecode=0x23bfedf67a...',
        '',
        'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
        ' 1: 0x100039dbf node::Abort() [/usr/local/bin/node]',
        ' 2: 00007FF6594C4F86 uv_loop_fork+79446',
        'Aborted (core dumped)',
      ].join('\n'),
    );
    assert.deepEqual(others, []);
    assert.equal(
      dump?.reason,
      'fatal: FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
    );
    assert.deepEqual(dump.threads[0]?.frames, ['ExitFrame -', 'fill /srv/app/oom.js:4', '- /srv/app/oom.js:6']);
    assert.deepEqual(dump.threads[0].native, ['node::Abort() /usr/local/bin/node', 'uv_loop_fork+79446']);
  });

  it('are assertions, too, of old Nodes and new ones', async () => {
    const native = ' 1: 0xcb5167 node::Assert(node::AssertionInfo const&) [node]\n';
    assert.deepEqual(
      (await ofText(`node[42]: ../src/a.cc:1:void f(): Assertion \`(argc) >= (3)' failed.\n${native}`)).map(({ kind, reason }) => [
        kind,
        reason,
      ]),
      [['error', "fatal: node[42]: ../src/a.cc:1:void f(): Assertion `(argc) >= (3)' failed."]],
    );
    assert.deepEqual(
      (
        await ofText(
          `  #  node[42]: f() at ../src/a.cc:1\n  #  Assertion failed: (argc) >= (3)\n\n----- Native stack trace -----\n\n${native}`,
        )
      ).map(({ reason }) => reason),
      ['fatal: Assertion failed: (argc) >= (3)'],
    );
    assert.deepEqual(await ofText("a.out: x.c:3: main: Assertion `0' failed.\nAborted\n"), []);
  });

  it('of V8 itself tell what it checked', async () => {
    const [dump, ...others] = await ofText(
      [
        '#',
        '# Fatal error in , line 0',
        '# Check failed: object.IsHeapObject().',
        '#',
        '#FailureMessage Object: 0x7ffd12',
        '----- Native stack trace -----',
        '',
        ' 1: 0xcb5167 V8_Fatal(char const*, ...) [node]',
        '2026-11-23 09:32:10 INFO started again',
        '',
      ].join('\n'),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      [dump?.kind, dump?.line, dump?.reason, dump?.threads[0]?.native],
      ['error', 2, 'fatal: Check failed: object.IsHeapObject().', ['V8_Fatal(char const*, ...) node']],
    );
  });

  it('that gdb asked for are snapshots, one for each trace', async () => {
    const trace = '\n----- JavaScript stack trace -----\n\n1: readSync (node:fs:736:18)\n2: /srv/app/a.js:9:39\n\n\n';
    assert.deepEqual(
      (await ofText(trace + trace)).map(({ kind, threads }) => [kind, threads[0]!.frames]),
      [
        ['snapshot', ['readSync node:fs:736:18', '- /srv/app/a.js:9:39']],
        ['snapshot', ['readSync node:fs:736:18', '- /srv/app/a.js:9:39']],
      ],
    );
  });
});
