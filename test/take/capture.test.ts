import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findStuck, readFiles } from '../../src/index.js';
import {
  RunFolder,
  TakeError,
  lookAt,
  planCapture,
  planText,
  signalNames,
  takeCapture,
  type CaptureStep,
  type PlanOptions,
  type ProcessInfo,
} from '../../src/take/index.js';
import { knownProgram } from '../../src/take/programs.js';
import { reportOptionsOf } from '../../src/take/ways/signal.js';
import { Target, hangingNode, withTarget } from './hanging.js';

const SOME_PROCESS: ProcessInfo = {
  pid: 4711,
  parent: 1,
  group: 4711,
  session: 4711,
  user: 1000,
  start: 1,
  name: 'python3',
  state: 'S',
  threads: 1,
  tracer: 0,
  ownPid: 4711,
  signals: { caught: 0n, ignored: 0n, blocked: 0n },
  commandLine: [],
  executable: '/usr/bin/python3',
  workingDirectory: '/',
};

/** Every signal that a process can take, by the name of its number. */
const SIGNALS = signalNames((1n << 31n) - 1n).filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP') as NodeJS.Signals[];

async function wayOf(pid: number, options: PlanOptions): Promise<string> {
  const { ways } = await planCapture(pid, options);
  const [way] = ways;
  assert.ok(way !== undefined);
  return way.open ? `open: ${way.how}` : `closed: ${way.why}`;
}

(process.platform === 'linux' ? describe : describe.skip)('taking dumps of a process', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is a series of files that tell the time and the process, in which the stuck thread is found', async () => {
    await withTarget(await hangingNode('js-loop', { options: ['--inspect=127.0.0.1:0'] }), async ({ pid, ...target }) => {
      const plan = await planCapture(pid);
      const steps: CaptureStep[] = [];
      const { dumps, failed, remarks } = await takeCapture(plan, {
        count: 3,
        interval: 300,
        folder: path.join(folder, 'new', 'dumps'),
        onProgress: (step) => steps.push(step),
      });
      assert.deepEqual([failed, remarks, steps.map(({ kind, way }) => `${kind} ${way}`)], [[], [], Array(3).fill('taken inspector')]);
      for (const { file } of dumps) {
        assert.match(path.basename(file), new RegExp(`^\\d{8}T\\d{6}\\.\\d{3}Z\\.pid-${pid}\\.jsonl$`));
        assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      }
      const set = await readFiles(dumps.map(({ file }) => file));
      assert.deepEqual(
        set.dumps.map((dump) => [dump.pid, dump.timeFrom, dump.format]),
        Array(3).fill([pid, 'file-name', 'inspector']),
      );
      const [series] = findStuck(set).series;
      const frame = series?.threads[0]?.frame ?? null;
      assert.equal(frame === null ? null : set.frames.get(frame).function, 'js-loop');
      assert.ok(target.child.exitCode === null);
    });
  });

  it('opens the inspector of a Node process by the signal that was named, and says that it stays open', async () => {
    await withTarget(await hangingNode('idle', { options: ['--inspect-port=127.0.0.1:0'] }), async (target) => {
      assert.match(await wayOf(target.pid, {}), /^closed: its inspector is not open/);
      const { dumps, remarks } = await takeCapture(await planCapture(target.pid, { signal: 'SIGUSR1' }), {
        count: 2,
        interval: 100,
        folder,
      });
      assert.deepEqual(
        dumps.map(({ way, file }) => `${way} ${path.extname(file)}`),
        ['signal .json', 'signal .json'],
      );
      assert.match(remarks.join(), /^the inspector that SIGUSR1 opened listens on 127\.0\.0\.1:\d+ until the process ends/);
      assert.match(await wayOf(target.pid, {}), /^open: its inspector is open/);
    });
  });

  it('goes by the handler that `standstill run` has installed, where it has started the process', async () => {
    const run = new RunFolder();
    try {
      for (const hang of ['js-loop', 'exec-sync'] as const) {
        await withTarget(await hangingNode(hang, { env: run.environment({}) }), async (target) => {
          const { dumps } = await takeCapture(await planCapture(target.pid), { count: 2, interval: 200, folder });
          assert.deepEqual(
            dumps.map(({ way }) => way),
            ['run', 'run'],
          );
          const set = await readFiles(dumps.map(({ file }) => file));
          const functions = [...set.stacks.frames(set.dumps[0]!.threads[0]!.stack)].map((row) => set.frames.get(row).function);
          assert.ok(functions.includes('hangHere'), functions.join());
          assert.ok(target.child.exitCode === null);
        });
      }
    } finally {
      run.remove();
    }
  });

  it('sends nothing to a process whose main thread waits in a read, which a signal would make fail', async () => {
    await withTarget(await hangingNode('read-sync'), async (target) => {
      const plan = await planCapture(target.pid, { signal: 'SIGUSR1', way: 'signal' });
      await assert.rejects(takeCapture(plan, { count: 1, interval: 0, folder }), (error) => {
        assert.ok(error instanceof TakeError);
        assert.equal(error.code, 'no-way');
        assert.match(error.message, /it waits in a read of file 3 .*a signal makes a read fail/);
        return true;
      });
      await sleep(200);
      assert.equal(target.info.state, 'S');
      assert.equal(target.errors, '');
    });
  });

  it('finds the report that Node writes, whatever its folder', async () => {
    const reports = path.join(folder, 'reports');
    fs.mkdirSync(reports);
    const options = ['--report-on-signal', '--report-signal', 'SIGHUP', `--report-directory=${reports}`];
    await withTarget(await hangingNode('idle', { options, cwd: folder }), async (target) => {
      // no signal was named: Node's own option says what it does
      const { dumps, remarks } = await takeCapture(await planCapture(target.pid), {
        count: 1,
        interval: 0,
        folder: path.join(folder, 'dumps'),
      });
      assert.equal(dumps[0]?.way, 'signal');
      assert.match(remarks.join(), /^the process wrote it to .*\/reports\/report\..*\.json$/);
      const set = await readFiles([dumps[0].file]);
      assert.deepEqual([set.dumps[0]?.format, set.dumps[0]?.pid, set.dumps[0]?.reason?.text], ['node-report', target.pid, 'SIGHUP']);
    });
  });

  it('finds a dump in the log that another process writes for it', async () => {
    const log = path.join(folder, 'service.log');
    const program = `
      process.on('SIGUSR2', () => console.log('Thread 0x00007f0000000001 (most recent call first):\\n  File "/srv/app/a.py", line 3 in work\\n'));
      setInterval(() => console.log('busy as usual'), 50);`;
    const file = path.join(folder, 'service.js');
    fs.writeFileSync(file, program);
    await withTarget(new Target(['sh', '-c', `"${process.execPath}" "${file}" | tee "${log}" >/dev/null`]), async ({ pid: shell }) => {
      let pid: number | undefined;
      for (let i = 0; i < 200 && (pid === undefined || !fs.existsSync(log) || fs.statSync(log).size === 0); i++) {
        pid = fs
          .readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8')
          .split(' ')
          .map(Number)
          .find((child) => lookAt(child)?.commandLine[1] === file);
        await sleep(20);
      }
      assert.ok(pid !== undefined);
      const { dumps, remarks } = await takeCapture(await planCapture(pid, { signal: 'SIGUSR2' }), {
        count: 2,
        interval: 50,
        folder: path.join(folder, 'dumps'),
      });
      assert.equal(dumps.length, 2);
      assert.deepEqual(remarks, [`the process wrote it to ${log}`]);
      const { dumps: read } = await readFiles(dumps.map(({ file: dump }) => dump));
      assert.deepEqual(
        read.map(({ format, threads }) => [format, threads.length]),
        [
          ['faulthandler', 1],
          ['faulthandler', 1],
        ],
      );
    });
  });

  it('says where a dump may be that it does not find, and asks no second time', async () => {
    const program = `let n = 0; process.on('SIGUSR2', () => console.log('got', ++n)); setInterval(() => {}, 1000); console.log('ready')`;
    await withTarget(new Target([process.execPath, '-e', program]), async (target) => {
      await target.says('ready');
      const plan = await planCapture(target.pid, { signal: 'SIGUSR2', way: 'signal', patience: 500 });
      await assert.rejects(takeCapture(plan, { count: 3, interval: 50, folder }), (error) => {
        assert.ok(error instanceof TakeError);
        assert.equal(error.code, 'unanswered');
        assert.match(error.hint, /^it is not sent again; its standard error is a/);
        return true;
      });
      await sleep(100);
      assert.equal(target.output, 'ready\ngot 1\n');
    });
  });

  it('never sends a signal that would end a process, whichever the user names', async () => {
    await withTarget(await hangingNode('idle', { options: ['--inspect-port=127.0.0.1:0'] }), async (target) => {
      const open: string[] = [];
      for (const signal of SIGNALS) {
        const plan = await planCapture(target.pid, { signal, way: 'signal', patience: 100 });
        if (plan.ways[0]?.open) open.push(signal);
        await takeCapture(plan, { count: 1, interval: 0, folder }).catch((error: unknown) => assert.ok(error instanceof TakeError, signal));
        assert.ok(lookAt(target.pid) !== null, `${signal} left it alone`);
      }
      // what Node catches for itself and survives
      assert.deepEqual(
        open.filter((signal) => !['SIGUSR1', 'SIGCHLD', 'SIGWINCH', 'SIGPROF'].includes(signal)),
        [],
      );
      assert.equal(target.info.state, 'S');
    });
  });

  it('has nothing for what is neither Python nor Node, is not there, or is itself', async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      assert.ok(child.pid !== undefined);
      for (let i = 0; i < 100 && lookAt(child.pid)?.name !== 'sleep'; i++) await sleep(10);
      const refused = async (pid: number, code: string): Promise<void> => {
        await assert.rejects(planCapture(pid, { signal: 'SIGUSR1' }), (error) => error instanceof TakeError && error.code === code);
      };
      await refused(child.pid, 'no-way');
      await refused(process.pid, 'no-way');
      await refused(2 ** 22 + 1, 'no-process');
      assert.ok(lookAt(child.pid) !== null);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('has a plan in words, in which nothing that a process says of itself acts on the terminal', async () => {
    await withTarget(new Target([process.execPath, '-e', 'setInterval(() => {}, 1000)', '\x1b[2Jcleared']), async (target) => {
      const text = [...planText(await planCapture(target.pid))].join('\n');
      assert.doesNotMatch(text, /\x1b/);
      assert.match(text, new RegExp(`^process ${target.pid} is Node ${process.versions.node}: `));
      assert.match(text, /^not inspector: its inspector is not open \(--signal SIGUSR1 opens it, or start Node with --inspect\)$/m);
      assert.match(text, /^not signal: it was not started with --report-on-signal/m);
      assert.doesNotMatch([...planText(await planCapture(target.pid), { redact: true })].join('\n'), /cleared|setInterval/);
    });
  });
});

describe('what is known of programs', () => {
  const info = (...commandLine: string[]): ProcessInfo => ({ ...SOME_PROCESS, commandLine });
  const dumpsOn = (of: ProcessInfo, parent: ProcessInfo | null = null): string[] =>
    knownProgram(of, parent)?.signals.flatMap(({ signal, does }) => (does === 'dumps' ? [signal] : [])) ?? [];

  it('is the signal on which each writes its stacks, and of no other', () => {
    const celery = info('/usr/bin/python3', '/usr/bin/celery', '-A', 'shop', 'worker');
    const cases: [ProcessInfo, string[]][] = [
      [celery, ['SIGUSR1']],
      [info('python3', '-m', 'celery', '-A', 'shop', 'worker', '-c', '4'), ['SIGUSR1']],
      [info('[celeryd: celery@host:MainProcess] -active- (worker)'), ['SIGUSR1']],
      [info('[celeryd: celery@host:ForkPoolWorker-1]'), []],
      [info('python3', '/usr/bin/celery', '-A', 'shop', 'beat'), []],
      [info('/usr/bin/python3', '/usr/bin/salt-master', '-d'), ['SIGUSR1']],
      [info('python3', '/opt/odoo/odoo-bin', '-c', 'odoo.conf'), ['SIGQUIT']],
      [info('/usr/bin/python3', '/usr/bin/nova-compute'), ['SIGUSR2']],
      [info('gunicorn: worker [shop]'), []],
      [info('/usr/bin/python3', '/srv/nova-compute-report.py'), []],
      [info('/usr/bin/python3', 'app.py', 'celery', 'worker'), []],
    ];
    for (const [of, signals] of cases) assert.deepEqual(dumpsOn(of), signals, of.commandLine.join(' '));
    // a process of its pool has the same arguments; there the signal ends the task
    assert.deepEqual(dumpsOn(celery, celery), []);
    assert.equal(knownProgram(celery, celery)?.id, 'celery-pool');
  });

  it('is of Node what its options say, and not what the program is given', () => {
    const options = (commandLine: string[], NODE_OPTIONS = ''): unknown =>
      reportOptionsOf({ info: info(...commandLine), environment: new Map([['NODE_OPTIONS', NODE_OPTIONS]]) });
    assert.deepEqual(options(['node', '--report-on-signal', 'app.js']), { signal: 'SIGUSR2', folder: null });
    assert.deepEqual(options(['node', '--report-signal', 'SIGHUP', '--report-on-signal', '-r', './x.js', 'app.js']), {
      signal: 'SIGHUP',
      folder: null,
    });
    assert.deepEqual(options(['node', 'app.js'], '--report-on-signal --report-dir=/var/log'), { signal: 'SIGUSR2', folder: '/var/log' });
    assert.equal(options(['node', 'app.js', '--report-on-signal']), null);
    assert.equal(options(['node', '--report-signal=SIGHUP', 'app.js']), null);
  });
});
