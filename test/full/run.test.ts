import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { nodeVersions } from './node-versions.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = path.join(ROOT, 'bin/run.js');
const PROGRAMS = path.join(ROOT, 'samples/programs');
/** Options of the Node that runs the tests are not those of the programs. */
const ENV = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS'));
const run = (flags: readonly string[], command: readonly string[], cwd = ROOT): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [CLI, 'run', '--no-config', ...flags, '--', ...command], { encoding: 'utf8', input: '', cwd, env: ENV });
/** A hang is told after that, in dumps at least as far apart as the ranking asks for. */
const SOON = ['--after', '2500ms', '--interval', '1600ms', '--kill'];

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const interpreterOf = (file: string): string => (file.endsWith('.py') ? 'python3' : process.execPath);
/** Pythons of this machine, of which the start-up module has to work in all. */
const PYTHONS = ['3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'].map((version) => `python${version}`);

/** What the verdict says of the line that is marked in a program: its place in a stack that is called stuck. */
function assertNamed(stderr: string, file: string): void {
  const lines = fs.readFileSync(path.join(PROGRAMS, 'hanging', file), 'utf8').split('\n');
  const marked = lines.flatMap((line, i) => (line.endsWith('hangs here') ? [i + 1] : []));
  const [from, to] = [marked[0]!, marked.at(-1)!];
  const named = [...stderr.matchAll(/^ {4}\S.* {2}\S*?([\w.]+):(\d+)(?::\d+)?$/gm)].map(([, name, line]) => ({ name, line: Number(line) }));
  assert.ok(
    named.some(({ name, line }) => name === file && line >= from && line <= to),
    `${file}:${from} is not named in\n${stderr}`,
  );
  assert.match(stderr, /^STUCK /m);
}

describe('standstill run: programs that hang', function () {
  this.timeout(120_000);

  for (const file of fs.readdirSync(path.join(PROGRAMS, 'hanging'))) {
    it(`${file}: the line is named, and nothing is left of it`, function () {
      if (!has(interpreterOf(file), '--version')) this.skip();
      const { status, stderr } = run(SOON, [interpreterOf(file), path.join(PROGRAMS, 'hanging', file)]);
      assert.equal(status, 124);
      assertNamed(stderr, file);
      if (file === 'waits_for_child.cjs') assertNamed(stderr, 'endless_pages.cjs');
      assert.equal(spawnSync('pgrep', ['-f', path.join(PROGRAMS, 'hanging', file)]).stdout.toString(), '');
    });
  }

  for (const python of PYTHONS) {
    if (!has(python, '--version')) continue;
    it(`${python}: forked and spawned children`, () => {
      assertNamed(run(SOON, [python, path.join(PROGRAMS, 'hanging/forked_pool.py')]).stderr, 'forked_pool.py');
    });

    it(`${python}: a task on an event loop`, () => {
      assertNamed(run(SOON, [python, path.join(PROGRAMS, 'hanging/silent_supplier.py')]).stderr, 'silent_supplier.py');
    });
  }

  for (const { major, node } of nodeVersions().slice(1)) {
    it(`Node ${major}: the async function that waits`, () => {
      assertNamed(run(SOON, [node, path.join(PROGRAMS, 'hanging/lost_event.mjs')]).stderr, 'lost_event.mjs');
    });
  }

  it('Node: what keeps a process alive in which no function waits', () => {
    const program = "require('node:net').createServer(() => {}).listen(0, '127.0.0.1')";
    const { stderr } = run(SOON, [process.execPath, '-e', program]);
    assert.match(
      stderr.replaceAll(/\s+/g, ' '),
      /no async function was found waiting: .* It is kept alive by: tcp \(listens on 127\.0\.0\.1:\d+\)\./,
    );
  });

  it('--silent: what Node says of the inspector is no output of the command, and it is reported once', () => {
    const program = "console.error('begun'); setTimeout(() => console.error('Debugger attached.'), 8000)";
    const { status, stdout, stderr } = run(['--silent', '1500ms', '--interval', '500ms'], [process.execPath, '-e', program]);
    assert.deepEqual([status, stdout], [0, '']);
    // the second is the program's own word
    assert.equal(stderr.split('Debugger attached.').length, 2, stderr);
    assert.equal(stderr.split('written nothing for').length, 2, stderr);
    assert.match(stderr, /^begun$/m);
  });

  it('node --test: the file that hangs', () => {
    inFolder((folder) => {
      fs.writeFileSync(path.join(folder, 'well.test.cjs'), "require('node:test')('well', () => {})");
      fs.writeFileSync(path.join(folder, 'loop.test.cjs'), "require('node:test')('loop', () => {\n  for (;;) {\n  }\n})");
      const { status, stderr } = run(SOON, [process.execPath, '--test', folder]);
      assert.equal(status, 124);
      assert.match(stderr, /^STUCK [^]*^ {4}.*loop\.test\.cjs:2:/m);
    });
  });

  it('mocha: the test that hangs', () => {
    inFolder((folder) => {
      fs.writeFileSync(path.join(folder, 'loop.cjs'), "describe('all', () => it('loops', () => {\n  while (true) {\n  }\n}))");
      const { stderr } = run(SOON, [
        process.execPath,
        path.join(ROOT, 'node_modules/mocha/bin/mocha.js'),
        '--no-config',
        path.join(folder, 'loop.cjs'),
      ]);
      assert.match(stderr, /^STUCK [^]*loop\.cjs:2:/m);
    });
  });

  it('says why a Python cannot be reached', () => {
    const { stderr } = run(SOON, ['python3', '-Es', '-c', 'import time; time.sleep(100)']);
    assert.match(stderr, /no dump: it runs with -E, which leaves the start-up module out/);
    const other = run(SOON, ['env', '-i', 'PATH=/usr/bin', 'python3', '-c', 'import time; time.sleep(100)']);
    assert.match(other.stderr, /no dump: it was started with another environment/);
  });
});

describe('standstill run: Python servers and test runners', function () {
  this.timeout(120_000);
  const PYTHON = '/usr/bin/python3';
  // CI installs them (.ci/run), so there a test without its module fails; elsewhere they are no part of the project's set-up
  const itWith = (module: string, title: string, test: () => void): void => {
    if (process.env['CI'] !== undefined || has(PYTHON, '-c', `import ${module}`)) it(title, test);
  };
  const TESTS =
    'import threading\n\ndef test_well():\n    pass\n\ndef test_lock():\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()  # line 9\n';

  itWith('pytest', 'pytest: the line of the test', () => {
    inFolder((folder) => {
      fs.writeFileSync(path.join(folder, 'test_hang.py'), TESTS);
      const { status, stderr } = run(SOON, [PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', folder], folder);
      assert.equal(status, 124);
      assert.match(stderr, /^STUCK [^]*test_lock {2}\S*test_hang\.py:9$/m);
    });
  });

  itWith('xdist', 'pytest-xdist: the worker and the line', () => {
    inFolder((folder) => {
      fs.writeFileSync(path.join(folder, 'test_hang.py'), TESTS);
      const flags = ['--after', '4s', '--interval', '1600ms', '--kill'];
      const { status, stderr } = run(flags, [PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', '-n', '2', folder], folder);
      assert.equal(status, 124);
      assert.match(stderr, /^STUCK [^]*test_lock {2}\S*test_hang\.py:9$/m);
    });
  });

  itWith('gunicorn', 'gunicorn: a worker that does not come back from a request', () => {
    inFolder((folder) => {
      fs.writeFileSync(
        path.join(folder, 'shop.py'),
        'import threading\n\ndef app(environ, start):\n    gate = threading.Lock()\n    gate.acquire()\n    gate.acquire()  # line 6\n    return []\n',
      );
      const script = `import socket, subprocess, sys, time
server = subprocess.Popen([sys.executable, '-m', 'gunicorn', '-w', '2', '--bind', 'unix:shop.sock', '--timeout', '100', 'shop:app'])
for _ in range(200):
    try:
        client = socket.socket(socket.AF_UNIX)
        client.connect('shop.sock')
        break
    except OSError:
        time.sleep(0.05)
client.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
server.wait()
`;
      fs.writeFileSync(path.join(folder, 'start.py'), script);
      const { status, stderr } = run(['--after', '4s', '--interval', '1600ms', '--kill'], [PYTHON, 'start.py'], folder);
      assert.equal(status, 124);
      assert.match(stderr, /^STUCK [^]*app {2}\S*shop\.py:6$/m);
    });
  });
});

describe('standstill run: programs that are well', function () {
  this.timeout(300_000);

  for (const file of fs.readdirSync(path.join(PROGRAMS, 'healthy'))) {
    const command = [interpreterOf(file), path.join(PROGRAMS, 'healthy', file)] as const;
    it(`${file}: writes the same and ends the same while dumps are taken`, function () {
      if (!has(command[0], '--version')) this.skip();
      const plain = spawnSync(command[0], command.slice(1), { encoding: 'utf8', input: '', env: ENV });
      const dumped = run(['--after', '250ms', '--interval', '150ms', '--count', '6'], command);
      const status = plain.status ?? 128 + os.constants.signals[plain.signal!];
      assert.deepEqual([dumped.status, dumped.stdout], [status, plain.stdout]);
      // besides what standstill itself has to tell
      assert.ok(plain.stderr.split('\n').every((line) => dumped.stderr.includes(line)));
    });

    it(`${file}: writes the same and ends the same`, function () {
      if (!has(command[0], '--version')) this.skip();
      const plain = spawnSync(command[0], command.slice(1), { encoding: 'utf8', input: '', env: ENV });
      const through = run([], command);
      const status = plain.status ?? 128 + os.constants.signals[plain.signal!];
      assert.deepEqual([through.status, through.stdout, through.stderr], [status, plain.stdout, plain.stderr]);
    });
  }
});

function inFolder<T>(work: (folder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-full-'));
  try {
    return work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
