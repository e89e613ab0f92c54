import assert from 'node:assert/strict';
import { readText } from '../../src/index.js';
import { inWords, ofText } from './dumps.js';

describe("gdb's backtraces of all threads", () => {
  const NODE = `Thread 2 (Thread 0x7ffab466d6c0 (LWP 3151) "node"):
#0  __futex_abstimed_wait_common64 (private=0, cancel=true) at ./nptl/futex-internal.c:57
#1  0x00000000013bbff5 in v8::internal::FutexEmulation::WaitJs32(v8::internal::Isolate*, int, double) ()
#2  0x00007ffa87eaca36 in ?? ()

Thread 1 (Thread 0x7ffab7337b80 (LWP 3143) "node"):
#0  0x00007ffab7426cae in __GI_epoll_pwait (epfd=16, timeout=14298) at ../sysdeps/epoll_pwait.c:40
#1  0x00007f03b7cca4b9 in uv_run () from /usr/lib/libuv.so.1
`;

  it('are one dump of native threads while the threads are new', async () => {
    const [first, second, ...others] = await ofText(`${NODE}\n${NODE}`);
    assert.deepEqual(others, []);
    assert.deepEqual(first?.threads, second?.threads);
    assert.deepEqual(first?.threads, [
      {
        id: '3151',
        name: 'node',
        frames: [],
        native: ['__futex_abstimed_wait_common64', 'v8::internal::FutexEmulation::WaitJs32(v8::internal::Isolate*, int, double)', '-'],
      },
      { id: '3143', name: 'node', frames: [], native: ['__GI_epoll_pwait', 'uv_run /usr/lib/libuv.so.1'] },
    ]);
  });

  it('are of Python where its interpreter is on a stack, and left alone where nothing tells', async () => {
    const stack = (symbol: string): string => `Thread 1 (Thread 0x7f03b92c5740 (LWP 39823)):\n#0  0x00007f03b7cca4b9 in ${symbol} ()\n`;
    assert.deepEqual(
      (await readText(stack('_PyEval_EvalFrameDefault'))).dumps.map(({ runtime }) => runtime),
      ['python'],
    );
    assert.deepEqual(await ofText(stack('waitpid')), []);
    const named = (name: string): string => stack('waitpid').replace('))', `) "${name}")`);
    const runtimes = async (name: string): Promise<string[]> => (await readText(named(name))).dumps.map(({ runtime }) => runtime);
    assert.deepEqual(await runtimes('libuv-worker'), ['node']);
    assert.deepEqual(await runtimes('gunicorn: worke'), ['python']);
    assert.deepEqual(await runtimes('nginx'), []);
  });
});

describe('llnode', () => {
  it('shows frames of JavaScript among those of C++', async () => {
    const [dump, ...others] = await ofText(`* thread #1, name = 'node', stop reason = signal SIGSTOP
    frame #0: 0x00002c81bc8c41b6
(llnode) v8 bt
 * thread #1: tid = 5302, 0x00002c81bc8c41b6, name = 'node', stop reason = signal SIGSTOP
  * frame #0: 0x00002c81bc8c41b6 lookup(this=0x2f1668564f21:<Object: PriceTable>, <Smi: 99>) at /srv/app/spin.js:5:9 fn=0x00002f1668562e71
    frame #1: 0x00000000013940a4 (this=0x2f16685630c9:<Object: Timeout>) at /srv/app/spin.js:19:12 fn=0x00002f1668562fb9
    frame #2: 0x00000000013913f8 <entry>
    frame #3: 0x00000000013708b5 node\`uv__run_timers(loop=0x0000000002cd0aa0) at timer.c:177
    frame #4: 0x00000000009eb1ec node\`node::Start(int, char**) + 684
(llnode) quit
`);
    assert.deepEqual(others, []);
    assert.deepEqual(dump?.threads, [
      {
        id: '5302',
        name: 'node',
        frames: ['lookup /srv/app/spin.js:5:9', '- /srv/app/spin.js:19:12'],
        native: ['<entry>', 'uv__run_timers node', 'node::Start(int, char**) node'],
      },
    ]);
  });
});

describe('segfault-handler', () => {
  it('gives native frames with their objects', async () => {
    const [dump] = await ofText(
      'PID 4310 received SIGSEGV for address: 0x1\n/lib/libc.so.6(+0x3c050)[0x7f680bd5a050]\nnode(_ZN4node5StartEv+0x12f)[0xf50bdf]\nnode[0xf5144d]\nbye\n',
    );
    assert.deepEqual([dump?.kind, dump?.pid, dump?.reason], ['error', 4310, 'fatal: received SIGSEGV for address: 0x1']);
    assert.deepEqual(dump?.threads[0]?.native, ['- /lib/libc.so.6', '_ZN4node5StartEv+0x12f node', '- node']);
  });
});

describe('blocked-at', () => {
  it('gives the stack that scheduled a slow callback, which is no snapshot', async () => {
    const [dump, ...others] = await ofText(`Blocked for 79.2433890004158ms, operation started here: [
  '    at AsyncHook.init (/srv/app/node_modules/blocked-at/index.js:31:11)',
  '    at statDone (/srv/app/cases/blockedat.js:9:36)'
] Immediate
`);
    assert.deepEqual(others, []);
    assert.deepEqual([dump?.kind, dump?.reason], ['error', 'timeout: Blocked for 79.2433890004158ms']);
    assert.deepEqual(dump?.threads[0]?.frames, [
      'AsyncHook.init /srv/app/node_modules/blocked-at/index.js:31:11',
      'statDone /srv/app/cases/blockedat.js:9:36',
    ]);
  });
});

describe("stacks of Sentry's native module", () => {
  const stacks = {
    main: { frames: [{ function: '?', filename: '/srv/app/a.js', lineno: 19, colno: 43 }] },
    3: { frames: [{ function: 'paint', filename: '/srv/app/b.js', lineno: 1, colno: 2 }] },
  };

  it('are threads by name or number, alone or in an object of the program’s own', async () => {
    for (const text of [
      JSON.stringify(stacks),
      JSON.stringify({ at: 1795405231631, stacks }, null, 2),
      `watchdog: ${JSON.stringify({ at: 1795405231631, stacks })}`,
      JSON.stringify({ name: 'shop', note: '', at: 1795405231631, stalled: true, stacks }),
    ]) {
      const set = await readText(text);
      assert.deepEqual(
        inWords(set).map(({ kind, threads }) => [kind, threads.map(({ id, name, frames }) => [id, name, frames])]),
        [
          [
            'snapshot',
            [
              ['3', null, ['paint /srv/app/b.js:1:2']],
              [null, 'main', ['- /srv/app/a.js:19:43']],
            ],
          ],
        ],
        text,
      );
      assert.deepEqual(
        set.dumps[0]?.threads.map(({ main }) => main),
        [null, true],
      );
      if (text.includes('at":')) assert.equal(set.dumps[0].time, 1795405231631);
    }
  });

  it('are not what an event of Sentry calls frames', async () => {
    const event = { exception: { values: [{ type: 'Error', stacktrace: { frames: [{ function: 'a', lineno: 1, filename: 'a.js' }] } }] } };
    assert.deepEqual(await ofText(JSON.stringify(event)), []);
  });
});
