import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleFile } from '../sample-files.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUN = path.join(ROOT, 'bin/run.js');
const pipe = (input: string | Buffer, ...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [RUN, 'pipe', '--no-config', ...args], {
    input,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });

const DUMP = sampleFile('classic-recipe/20261123093000.log').toString('latin1');

/** A run of `pipe` whose input is given by the test. */
class Live {
  readonly child: ChildProcess;
  text = '';
  #wake: (() => void) | null = null;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [RUN, 'pipe', '--no-config', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin!.on('error', () => undefined);
    this.child.stdout!.on('data', (data: Buffer) => {
      this.text += data.toString('utf8');
      this.#wake?.();
    });
  }

  write(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Resolves when the output holds a text; the test's own time limit is the only one. */
  async shows(wanted: string | RegExp): Promise<void> {
    while (typeof wanted === 'string' ? !this.text.includes(wanted) : !wanted.test(this.text))
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    const closed = new Promise<number | null>((resolve) => this.child.once('close', resolve));
    if (signal === undefined) this.child.stdin!.end();
    else this.child.kill(signal);
    return closed;
  }
}

describe('standstill pipe', function () {
  this.timeout(120_000);

  it('passes on what comes, and says after each dump and at the end what it shows', () => {
    const log = [0, 30, 100].map((s) => sampleFile(`classic-recipe/20261123093${String(s).padStart(3, '0')}.log`).toString('latin1'));
    const { stdout, stderr, status } = pipe(Buffer.from(log.map((dump, i) => `# ${i}\n${dump}`).join(''), 'latin1'));
    assert.equal(
      stdout
        .replaceAll(/^[\xe2].*\n/gm, '')
        .slice(0, stdout.lastIndexOf('\nSUSPECT'))
        .includes(`# 0\n${log[0]}# 1\n${log[1]}# 2\n${log[2]}`),
      true,
    );
    const text = Buffer.from(stdout, 'latin1').toString('utf8');
    assert.equal(text.match(/^╭─ standstill: dump \d · 8 threads/gm)?.length, 3);
    assert.match(text, /^│ SUSPECT: nothing certain; look at await_confirmation \(order_service\.py:32\)/m);
    assert.match(text, /\n\nSUSPECT {2}nothing certain: look at await_confirmation, /);
    assert.deepEqual([stderr, status], ['', 0]);
  });

  it('passes bytes that are no text, and a text of many blocks', () => {
    const bytes = Buffer.alloc(3_000_000, 0);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7919 + (i >> 8)) & 0xff;
    const { stdout, status } = pipe(bytes, '--allow-empty');
    assert.ok(Buffer.from(stdout, 'latin1').equals(bytes));
    assert.equal(status, 0);
  });

  it('passes a file as it passes a pipe', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-pipe-'));
    try {
      const file = path.join(folder, 'log');
      fs.writeFileSync(file, `one\n${DUMP}`, 'latin1');
      const fd = fs.openSync(file, 'r');
      const { stdout } = spawnSync(process.execPath, [RUN, 'pipe', '--no-config'], { stdio: [fd, 'pipe', 'pipe'], encoding: 'latin1' });
      fs.closeSync(fd);
      assert.equal(stdout, pipe(Buffer.from(`one\n${DUMP}`, 'latin1')).stdout);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('ends with status 2 and one line when no dump came, and with 0 where that was allowed', () => {
    const none = pipe('all tests passed\n');
    assert.deepEqual([none.stdout, none.status], ['all tests passed\n', 2]);
    assert.match(none.stderr, /^standstill: no stack dump in standard input\n.*--allow-empty\n$/);
    const allowed = pipe('all tests passed\n', '--allow-empty', '--fail-on', 'inconclusive');
    assert.deepEqual([allowed.stdout, allowed.stderr, allowed.status], ['all tests passed\n', '', 0]);
  });

  it('ends with status 1 for what the caller wants to fail on', () => {
    const log = ['3000', '3030', '3100'].map((time) => sampleFile(`classic-recipe/2026112309${time}.log`));
    assert.equal(pipe(Buffer.concat(log), '--fail-on', 'suspect').status, 1);
    assert.equal(pipe(Buffer.concat(log), '--fail-on', 'stuck').status, 0);
  });

  it('shows summaries instead of dumps', () => {
    const { stdout } = pipe(`one\n${DUMP}two\nthree\nfour\nfive\n`, '--quiet-dumps');
    const text = Buffer.from(stdout, 'latin1').toString('utf8');
    assert.match(text, /^one\n╭─ standstill: dump 1 .*\n(?:│ .*\n)+╰.*\ntwo\nthree\nfour\nfive\n\nINCONCLUSIVE/);
  });

  it('takes filters: a dump of which nothing is left passes in silence', () => {
    const none = pipe(DUMP, '--filter', 'no_such_function');
    assert.equal(none.stdout, `${DUMP}\nnothing left to show: --filter hides all 8 threads of 1 dump\n`);
    assert.ok(
      !Buffer.from(pipe(DUMP, '--filter', 'heartbeat').stdout, 'latin1')
        .toString('utf8')
        .includes('await_confirmation  '),
    );
  });

  it('says at once what was piped, and of a dump when the command is silent', async () => {
    const live = new Live();
    live.write('starting\n');
    await live.shows('starting\n');
    live.write(DUMP);
    await live.shows(/╰─+╯\n$/);
    live.write('going on\n');
    await live.shows('going on\n');
    assert.equal(await live.end(), 0);
    assert.equal(live.text.match(/standstill: dump/g)?.length, 1);
  });

  it('has said what it found when it is told to end, though the command that it listens to does not', async () => {
    const cases = [
      ['SIGTERM', 143],
      ['SIGINT', 130],
      ['SIGHUP', 129],
    ] as const;
    const runs = cases.map(async ([signal, status]) => {
      const live = new Live('--fail-on', 'inconclusive');
      live.write(`${DUMP}collecting ...`);
      await live.shows('collecting ...');
      assert.equal(await live.end(signal), status, signal);
      assert.match(live.text, /collecting \.\.\.\n╭─ standstill: dump 1 [^]*╯\n\nINCONCLUSIVE/, signal);
    });
    await Promise.all(runs);
  });

  it('passes the last words of the command after Ctrl-C, and ends at once at the second', async () => {
    const live = new Live();
    live.write('running\n');
    await live.shows('running\n');
    live.child.kill('SIGINT');
    live.write('KeyboardInterrupt\n');
    // what comes after the signal is read no sooner than the signal is
    await live.shows('KeyboardInterrupt\n');
    assert.equal(await live.end(), 130);
    assert.equal(live.text, 'running\nKeyboardInterrupt\n');
    const busy = new Live();
    busy.write(DUMP);
    await busy.shows('_bootstrap');
    const talk = setInterval(() => busy.write('still here\n'), 20);
    busy.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await busy.end('SIGINT'), 130);
    clearInterval(talk);
    assert.match(busy.text, /\n\nINCONCLUSIVE/);
  });

  it('ends quietly when its reader leaves, and so ends the command before it', () => {
    const script = 'yes | "$0" "$1" pipe --no-config --allow-empty | head -c 100000 | wc -c; echo "${PIPESTATUS[1]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, RUN], { encoding: 'utf8' });
    assert.deepEqual([stdout.split(/\s+/).filter(Boolean), stderr], [['100000', '0'], '']);
  });

  it('says when its output cannot be written', function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const full = fs.openSync('/dev/full', 'w');
    const { stderr, status } = spawnSync(process.execPath, [RUN, 'pipe', '--no-config', '--allow-empty'], {
      input: 'one\n',
      stdio: ['pipe', full, 'pipe'],
      encoding: 'utf8',
    });
    fs.closeSync(full);
    assert.match(stderr, /^standstill: standard output cannot be written: .*ENOSPC/);
    assert.equal(status, 2);
  });

  it('holds the command back when its own reader is slow, instead of the text in memory', async () => {
    const live = spawn(process.execPath, [RUN, 'pipe', '--no-config', '--allow-empty'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const block = Buffer.alloc(1 << 20, 'x');
    let taken = 0;
    const writing = setInterval(() => {
      if (!live.stdin.writableNeedDrain) {
        live.stdin.write(block);
        taken++;
      }
    }, 2);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.ok(taken < 4, `${taken} MiB were taken though nothing was read`);
    clearInterval(writing);
    live.stdin.end();
    let length = 0;
    for await (const data of live.stdout) length += (data as Buffer).length;
    assert.equal(length, taken << 20);
  });

  it('reads no files, and says what to do', () => {
    const { stderr, status } = pipe('', 'some.log');
    assert.match(stderr, /^standstill: .*some\.log/);
    assert.equal(status, 2);
  });
});
