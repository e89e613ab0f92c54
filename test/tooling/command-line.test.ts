import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { resolve } from '../../src/cli.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const BIN = path.join(ROOT, 'bin', 'run.js');

function standstill(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', input: '', ...options });
  return { status, stdout, stderr };
}

describe('the meaning of arguments', () => {
  const cases: [string, ReturnType<typeof resolve>][] = [
    ['analyze a.log', { kind: 'command', id: 'analyze', argv: ['a.log'] }],
    ['a.log b.log', { kind: 'command', id: 'analyze', argv: ['a.log', 'b.log'] }],
    ['package.json', { kind: 'command', id: 'analyze', argv: ['package.json'] }],
    ['LICENSE', { kind: 'command', id: 'analyze', argv: ['LICENSE'] }],
    ['/tmp/dump', { kind: 'command', id: 'analyze', argv: ['/tmp/dump'] }],
    ['-', { kind: 'command', id: 'analyze', argv: ['-'] }],
    ['--json', { kind: 'command', id: 'analyze', argv: ['--json'] }],
    ['--json a.log', { kind: 'command', id: 'analyze', argv: ['--json', 'a.log'] }],
    ['--json analyze a.log', { kind: 'command', id: 'analyze', argv: ['--json', 'a.log'] }],
    ['--color always LICENSE', { kind: 'command', id: 'analyze', argv: ['--color', 'always', 'LICENSE'] }],
    ['-- --json', { kind: 'command', id: 'analyze', argv: ['--', '--json'] }],
    ['-- --help', { kind: 'command', id: 'analyze', argv: ['--', '--help'] }],
    ['--help', { kind: 'help', subject: [] }],
    ['-h', { kind: 'help', subject: [] }],
    ['help', { kind: 'help', subject: [] }],
    ['help analyze', { kind: 'help', subject: ['analyze'] }],
    ['analyze --help', { kind: 'help', subject: ['analyze'] }],
    ['analyze a.log -h', { kind: 'help', subject: ['analyze'] }],
    ['a.log --help', { kind: 'help', subject: ['analyze'] }],
  ];
  for (const [line, meaning] of cases) {
    it(`standstill ${line}`, () => {
      assert.deepEqual(resolve(line.split(' ')), meaning);
    });
  }

  it('finds the command that a mistyped word is nearest to', () => {
    for (const word of ['anlayze', 'analyse', 'analize', 'analyz']) {
      assert.throws(
        () => resolve([word, 'a.log']),
        { code: 'unknown-command', exitCode: 2, hint: 'did you mean "standstill analyze"?' },
        word,
      );
    }
    assert.throws(() => resolve(['help', 'anlayze']), { hint: 'did you mean "standstill analyze"?' });
    assert.throws(() => resolve(['frobnicate']), { hint: 'see "standstill --help" for the commands' });
  });
});

describe('bin/run.js', () => {
  it('says its version in the form of oclif', () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const line = `standstill/${version} ${process.platform}-${process.arch} node-${process.version}\n`;
    for (const flag of ['--version', '-v', '-V']) assert.deepEqual(standstill([flag]), { status: 0, stdout: line, stderr: '' });
  });

  it('has help for all and for each command', () => {
    assert.match(standstill(['--help']).stdout, /^ {2}analyze /m);
    const help = standstill(['help', 'analyze']);
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--json/);
    assert.equal(standstill(['analyze', '--help']).stdout, help.stdout);
  });

  it('answers a mistyped command with status 2 and one word on which was meant', () => {
    assert.deepEqual(standstill(['anlayze', 'a.log']), {
      status: 2,
      stdout: '',
      stderr: 'standstill: there is no command and no file "anlayze"\ndid you mean "standstill analyze"?\n',
    });
  });

  it('answers a wrong flag with status 2, under --json as one document', () => {
    const plain = standstill(['analyze', '--jsno']);
    assert.deepEqual(plain, { status: 2, stdout: '', stderr: 'standstill: Nonexistent flag: --jsno\ndid you mean "--json"?\n' });
    const json = standstill(['analyze', '--jsno', '--json']);
    assert.equal(json.status, 2);
    assert.equal(json.stderr, '');
    assert.deepEqual(JSON.parse(json.stdout), {
      error: { code: 'usage', message: 'Nonexistent flag: --jsno', hint: 'did you mean "--json"?' },
    });
    assert.match(standstill(['analyze', '--frobnicate']).stderr, /\nsee "standstill analyze --help"\n$/);
  });

  it('answers a wrong value of a flag with the one that was meant', () => {
    assert.match(standstill(['analyze', '--color', 'alway']).stderr, /\ndid you mean "--color always"\?\n$/);
    assert.match(standstill(['analyze', '--format=fault']).stderr, /\ndid you mean "--format faulthandler"\?\n$/);
    assert.match(standstill(['analyze', '--color', 'xyz']).stderr, /\nsee "standstill analyze --help"\n$/);
  });

  it('says what to do in a checkout that was never built', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-unbuilt-'));
    try {
      fs.cpSync(path.join(ROOT, 'bin'), path.join(folder, 'bin'), { recursive: true });
      const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'bin', 'run.js'), 'a.log'], { encoding: 'utf8' });
      assert.equal(status, 70);
      assert.match(stderr, /^standstill: this checkout is not built yet: run `npm start`.*\n$/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('bin/run.js with a large answer', () => {
  const THREADS = 20_000;
  let folder: string;
  let file: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-large-'));
    file = path.join(folder, 'dump.log');
    const threads = Array.from(
      { length: THREADS },
      (_, i) =>
        `Thread 0x${(i + 1).toString(16).padStart(16, '0')} (most recent call first):\n  File "/srv/app/worker_${i}.py", line ${i + 1} in run\n`,
    );
    fs.writeFileSync(file, `Timeout (0:00:30)!\n${threads.join('\n')}`);
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** Runs it with a reader that pauses, then reads the rest or leaves. */
  async function slowly(args: readonly string[], leave: boolean) {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = new Promise<number | null>((done) => child.on('close', done));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await sleep(1_000);
    let stdout = '';
    if (leave) child.stdout.destroy();
    else for await (const chunk of child.stdout.setEncoding('utf8')) stdout += chunk as string;
    return { status: await closed, stdout, stderr };
  }

  it('loses nothing when its reader is slow', async () => {
    const { status, stdout } = await slowly(['analyze', '--json', file], false);
    assert.equal(status, 0);
    const { dumps } = JSON.parse(stdout) as { dumps: { threads: unknown[] }[] };
    assert.equal(dumps[0]?.threads.length, THREADS);
  });

  it('says that the disk is full, which is no fault of its own', function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const full = fs.openSync('/dev/full', 'w');
    for (const args of [['analyze', '--json', file], ['analyze', file], ['stuck', file], ['--version']]) {
      const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
      assert.deepEqual(
        [status, stderr],
        [2, 'standstill: standard output cannot be written (ENOSPC)\nsee the disk, or the reader of the pipe\n'],
      );
    }
    fs.closeSync(full);
  });

  it('ends quietly when its reader leaves, as `head` does', async () => {
    for (const args of [['--json', file], [file]]) assert.deepEqual(await slowly(args, true), { status: 0, stdout: '', stderr: '' });
  });
});
