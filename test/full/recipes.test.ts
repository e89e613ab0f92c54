import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFiles, readText } from '../../src/index.js';
import { recipes } from '../../src/commands/recipe-files.js';

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
/** The blocks of code of a recipe in one language. */
function code(name: string, language: string): string[] {
  const { text } = recipes().find((recipe) => recipe.name === name)!;
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block!);
}

describe('what the recipes say', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-recipe-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** Starts a program that prints a line, sends it a signal twice, and returns what it wrote to standard error. */
  const dumped = async (
    program: string,
    args: readonly string[],
    signal: NodeJS.Signals,
    env: Record<string, string> = {},
  ): Promise<string> => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    let text = '';
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    for (let i = 0; i < 2; i++) {
      child.kill(signal);
      await sleep(700);
    }
    assert.deepEqual([child.exitCode, child.signalCode], [null, null], text);
    child.kill('SIGKILL');
    return text;
  };

  it('is shell, Python, YAML that can be read', function () {
    if (!has('python3', '--version') || !has('sh', '-c', ':')) this.skip();
    for (const { name } of recipes()) {
      for (const block of code(name, 'sh')) assert.equal(spawnSync('sh', ['-n'], { input: block }).status, 0, name);
      for (const block of code(name, 'python'))
        assert.equal(spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: block }).status, 0, name);
      if (!has('/usr/bin/python3', '-c', 'import yaml')) continue;
      for (const block of code(name, 'yaml'))
        assert.equal(
          spawnSync('/usr/bin/python3', ['-c', 'import sys, yaml; assert yaml.safe_load(sys.stdin)'], { input: block }).status,
          0,
          name,
        );
    }
  });

  it('python: a dump for each signal', async function () {
    if (!has('python3', '--version')) this.skip();
    const program = `${code('python', 'python')[0]!}\nimport time\nprint(1, flush=True)\nwhile True: pass\n`;
    assert.equal((await readText(await dumped('python3', ['-c', program], 'SIGURG'))).dumps.length, 2);
  });

  it('asyncio: threads and tasks for each signal', async function () {
    if (!has('python3', '--version')) this.skip();
    const program = `${code('asyncio', 'python')[0]!}
    print(1, flush=True)
    await asyncio.gather(asyncio.sleep(100), asyncio.sleep(200))
asyncio.run(main())\n`;
    const { dumps } = await readText(await dumped('python3', ['-c', program], 'SIGURG'));
    assert.deepEqual(
      [dumps.filter(({ format }) => format === 'faulthandler').length, dumps.filter(({ format }) => format === 'asyncio-tasks').length],
      [2, 2],
    );
  });

  it('node: a report for each signal', async () => {
    const options = /NODE_OPTIONS="([^"]*)"/.exec(code('node', 'sh')[0]!)![1]!.replace('/tmp', folder);
    await dumped(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], 'SIGUSR2', { NODE_OPTIONS: options });
    const reports = fs.readdirSync(folder).map((name) => path.join(folder, name));
    assert.equal((await readFiles(reports)).dumps.length, 2);
  });

  it('pytest: a dump of a test that takes too long', function () {
    if (!has('/usr/bin/python3', '-c', 'import pytest')) this.skip();
    fs.writeFileSync(path.join(folder, 'pytest.ini'), code('pytest', 'ini')[0]!.replace('60', '1'));
    fs.writeFileSync(path.join(folder, 'test_slow.py'), 'import time\ndef test_slow():\n    time.sleep(2)\n');
    const { stderr, status } = spawnSync('/usr/bin/python3', ['-m', 'pytest', '-p', 'no:cacheprovider'], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stderr, /^Timeout \(0:00:01\)!\n[^]*line 3 in test_slow/m);
  });

  it('gunicorn: workers answer to the signal, the master is not harmed, and a worker that is ended says where it was', async function () {
    if (!has('/usr/bin/python3', '-c', 'import gunicorn')) this.skip();
    fs.writeFileSync(path.join(folder, 'gunicorn.conf.py'), code('gunicorn', 'python')[0]!);
    fs.writeFileSync(path.join(folder, 'shop.py'), 'import time\ndef app(environ, start):\n    time.sleep(100)\n');
    const args = ['-m', 'gunicorn', '--bind', 'unix:shop.sock', '--timeout', '2', 'shop:app'];
    const server = spawn('/usr/bin/python3', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    server.stderr.on('data', (data: Buffer) => (text += data.toString()));
    while (!text.includes('Booting worker')) await sleep(50);
    await sleep(700);
    const children = fs.readFileSync(`/proc/${server.pid!}/task/${server.pid!}/children`, 'utf8').trim().split(' ').map(Number);
    for (const pid of [server.pid!, ...children]) process.kill(pid, 'SIGURG');
    await sleep(500);
    assert.match(text, /most recent call first/);
    const { connect } = await import('node:net');
    const client = connect(path.join(folder, 'shop.sock'), () => client.write('GET / HTTP/1.0\r\n\r\n')).on('error', () => undefined);
    for (let i = 0; i < 100 && !text.includes('Fatal Python error: Aborted'); i++) await sleep(100);
    assert.match(text, /Fatal Python error: Aborted\n[^]*shop\.py", line 3 in app/);
    assert.equal(server.exitCode, null);
    client.destroy();
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
  });

  it('systemd: a unit that systemd knows', function () {
    if (!has('systemd-analyze', '--version')) this.skip();
    const unit = path.join(folder, 'shop.service');
    fs.writeFileSync(unit, code('systemd', 'ini')[0]!);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /shop\.service:\d+: /);
  });
});
