import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { readText, type Dump, type DumpSet } from '../../src/index.js';
import { TakeError, dumpThroughInspector, inspectorOf, listeningPorts, lookAt, type InspectorDump } from '../../src/take/index.js';
import { Inspector } from '../../src/take/inspector-session.js';
import { Target, hangingNode, withTarget, type Hang } from '../take/hanging.js';

const INSPECT = ['--inspect=127.0.0.1:0'];

async function dumpOf(target: Target): Promise<InspectorDump> {
  const address = await inspectorOf(target.info);
  assert.ok(address !== null, 'the inspector is found');
  return dumpThroughInspector(address);
}

/** The stacks of a dump as `thread: function < function`, as far as they are the program's. */
async function stacksOf({ text }: InspectorDump): Promise<{ dump: Dump; stacks: string[] }> {
  assert.ok(text !== null);
  const set: DumpSet = await readText(text);
  assert.equal(set.dumps.length, 1);
  const dump = set.dumps[0]!;
  const stacks = dump.threads.map(({ id, name, stack }) => {
    const frames = [...set.stacks.frames(stack)].map((row) => set.frames.get(row));
    const own = frames.filter(({ file }) => file?.endsWith('hang.cjs')).map((frame) => frame.function ?? '-');
    return `${id ?? '?'}${name === null ? '' : ` ${name}`}: ${own.join(' < ')}`;
  });
  return { dump, stacks };
}

(process.platform === 'linux' ? describe : describe.skip)('a dump through the inspector', function () {
  this.timeout(60_000);

  const running: [Hang, RegExp][] = [
    ['js-loop', /^0: js-loop < hangHere/],
    ['regex', /^0: regex < hangHere/],
    ['atomics-wait', /^0: atomics-wait < hangHere/],
    ['microtask', /^0: again/],
  ];
  it('shows where the main thread stands, and lets it go on', async () => {
    await Promise.all(
      running.map(async ([hang, expected]) =>
        withTarget(await hangingNode(hang, { options: INSPECT }), async (target) => {
          const dump = await dumpOf(target);
          assert.deepEqual([dump.kind, dump.threads], ['stacks', [{ id: '0', name: null, state: 'running' }]], hang);
          assert.match((await stacksOf(dump)).stacks[0] ?? '', expected);
          // what it says of values is the program's own business
          assert.doesNotMatch(dump.text ?? '', /scopeChain|"this"/);
          assert.equal((await dumpOf(target)).kind, 'stacks', 'it can be asked again');
          await target.becomes(hang === 'atomics-wait' ? 'S' : 'R');
        }),
      ),
    );
  });

  it('is a report of all threads when the main thread is idle, without the environment', async () => {
    await withTarget(await hangingNode('js-loop', { options: INSPECT, place: 'worker' }), async (target) => {
      const dump = await dumpOf(target);
      assert.deepEqual([dump.kind, dump.threads.map(({ id, state }) => `${id} ${state}`)], ['report', ['0 idle', '1 running']]);
      assert.doesNotMatch(dump.text ?? '', /environmentVariables/);
      const { dump: read, stacks } = await stacksOf(dump);
      assert.equal(read.pid, target.pid);
      assert.deepEqual(stacks.map((stack) => stack.replace(/ < hangHere.*/, '')).sort(), ['0: ', '1: js-loop']);
      target.child.stdin?.write('?\n');
      await target.says('alive');
    });
  });

  it('leaves a thread to the debugger that holds it', async () => {
    await withTarget(await hangingNode('js-loop', { options: INSPECT }), async (target) => {
      const other = await Inspector.connect((await inspectorOf(target.info))!);
      await other.main.call('Debugger.enable');
      let resumed = 0;
      other.main.onEvent((method) => {
        if (method === 'Debugger.resumed') resumed++;
      });
      await other.main.call('Debugger.pause');
      await target.becomes('S');
      const dump = await dumpOf(target);
      assert.match((await stacksOf(dump)).stacks[0] ?? '', /^0: js-loop < hangHere/);
      await sleep(200);
      assert.deepEqual([resumed, target.info.state], [0, 'S']);
      await other.close();
      await target.becomes('R');
    });
  });

  it('says which thread does not answer, and leaves nothing behind in it', async () => {
    const program = `
      setTimeout(() => {
        require('node:child_process').execSync('sleep 5');
        let n = 0;
        const timer = setInterval(() => { if (++n === 3) { console.log('goes on'); clearInterval(timer); } }, 50);
      }, 100);
      console.log('ready')`;
    await withTarget(new Target([process.execPath, ...INSPECT, '-e', program]), async (target) => {
      await target.says('ready');
      await sleep(400);
      assert.deepEqual(await dumpOf(target), { text: null, kind: null, threads: [{ id: '0', name: null, state: 'silent' }] });
      const [status] = (await once(target.child, 'exit')) as [number];
      assert.equal(status, 0);
      assert.match(target.output, /goes on/);
    });
  });

  it('has an address only where a port of the process is an inspector', async () => {
    let asked = 0;
    const server = http.createServer((_, response) => {
      asked++;
      response.end('[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const own = listeningPorts(process.pid) ?? [];
      assert.ok(own.some((found) => found.host === '127.0.0.1' && found.port === port));
      await withTarget(await hangingNode('idle'), async (target) => {
        assert.equal(await inspectorOf(target.info), null);
      });
      assert.equal(await inspectorOf({ ...lookAt(process.pid)!, commandLine: ['node'] }), null);
      assert.equal(asked, 0, 'a server that nobody says is an inspector is not asked');
      await assert.rejects(
        dumpThroughInspector(`ws://127.0.0.1:${port}/x`),
        (error) => error instanceof TakeError && error.code === 'not-taken',
      );
    } finally {
      server.close();
    }
  });
});
