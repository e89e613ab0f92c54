import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { findStuck } from '../../src/index.js';
import { watchScreen } from '../../src/report/index.js';
import { WatchedDumps } from '../../src/take/index.js';
import { sampleFile } from '../sample-files.js';

const CLI = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const DUMPS = ['3000', '3030', '3100'].map((time) => ({
  name: `2026112309${time}.log`,
  text: sampleFile(`classic-recipe/2026112309${time}.log`),
}));

describe('what is watched', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-watch-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('finds dumps that come as files, and calls them by their process', async () => {
    const watched = new WatchedDumps([folder]);
    assert.deepEqual(await watched.look(), { changed: false });
    for (const { name, text } of DUMPS) {
      fs.writeFileSync(path.join(folder, name), text);
      await watched.look();
    }
    assert.deepEqual(await watched.look(), { changed: true });
    assert.deepEqual(await watched.look(), { changed: false });
    const report = findStuck(watched.set);
    assert.deepEqual([watched.set.dumps.length, report.verdict, report.series.length], [3, 'stuck', 1]);
  });

  it('reads a log on as it grows, at any byte, and anew when it is replaced, shortened or packed', async () => {
    const log = path.join(folder, 'stacks.log');
    const text = sampleFile('deadlock/stacks.log');
    const watched = new WatchedDumps([log]);
    fs.writeFileSync(log, '');
    await watched.look();
    for (let at = 0; at < text.length; at += 1000) {
      fs.appendFileSync(log, text.subarray(at, at + 1000));
      await watched.look();
    }
    await watched.look();
    const threads = (): number[] => watched.set.dumps.map((dump) => dump.threads.length);
    const whole = threads();
    assert.equal(whole.length, 3);
    fs.renameSync(log, `${log}.1`);
    fs.writeFileSync(log, text.subarray(0, text.indexOf('\nThread', 2000)));
    await watched.look();
    await watched.look();
    assert.equal(threads().length, 1);
    fs.writeFileSync(log, gzipSync(text));
    await watched.look();
    await watched.look();
    assert.deepEqual(threads(), whole);
  });

  it('opens neither a FIFO nor what is no text, and keeps what was seen of files that are gone', async () => {
    fs.writeFileSync(path.join(folder, DUMPS[0]!.name), DUMPS[0]!.text);
    fs.writeFileSync(path.join(folder, 'core'), Buffer.alloc(100_000, 7));
    const { spawnSync } = await import('node:child_process');
    spawnSync('mkfifo', [path.join(folder, 'pipe.log')]);
    const watched = new WatchedDumps([folder]);
    await watched.look();
    fs.rmSync(path.join(folder, DUMPS[0]!.name));
    await watched.look();
    assert.equal(watched.set.dumps.length, 1);
  });

  it('takes the time at which a dump was seen where it tells none', async () => {
    const log = path.join(folder, 'err');
    fs.writeFileSync(log, 'started\n');
    const watched = new WatchedDumps([log]);
    await watched.look();
    for (let i = 0; i < 2; i++) {
      fs.appendFileSync(log, `Thread 0x00007f0000000001 (most recent call first):\n  File "/srv/a.py", line ${i + 1} in f\n\nwent on\n`);
      await watched.look();
      await watched.look();
    }
    const times = watched.set.dumps.map(({ time, timeFrom }) => [timeFrom, Math.abs(time! - Date.now()) < 60_000]);
    assert.deepEqual(times, [
      ['file-time', true],
      ['file-time', true],
    ]);
  });

  it('is drawn into as many lines as the terminal has', async () => {
    for (const { name, text } of DUMPS) fs.writeFileSync(path.join(folder, name), text);
    const watched = new WatchedDumps([folder]);
    await watched.look();
    const screen = { colour: false, width: 80 };
    const view = (rows: number): string[] => watchScreen(watched.set, findStuck(watched.set), screen, rows, { watched: 'dumps\x1b[2J' });
    assert.match(view(40)[0]!, /^3 dumps, the last of 2026-11-23 09:31:00Z · Ctrl-C ends · watching dumps\\x1b\[2J/);
    assert.match(view(40).join('\n'), /^STUCK {2}1 thread: look at await_confirmation/m);
    assert.deepEqual([view(8).length, view(8).at(-1)], [7, '…']);
  });
});

describe('standstill watch', function () {
  this.timeout(60_000);

  it('says one line for each dump in a pipe, and the whole answer when it is ended', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-watch-'));
    const child = spawn(process.execPath, [CLI, 'watch', '--no-config', '--interval', '50ms', '--to', `junit=${folder}.xml`, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const shows = reader(child);
      for (const [i, { name, text }] of DUMPS.entries()) {
        fs.writeFileSync(path.join(folder, name), text);
        await shows(new RegExp(`^2026-11-23T09:3\\S+Z  [A-Z]+.*\\(dump ${i + 1}, .*${name}:1\\)$`, 'm'));
      }
      assert.match(
        await shows(/09:31:00/),
        /^2026-11-23T09:31:00\.000Z {2}STUCK: look at await_confirmation, \/srv\/app\/order_service\.py:32/m,
      );
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      assert.equal(await ended, 0);
      assert.match(await shows(/Timeline/), /\nSTUCK {2}1 thread: look at await_confirmation/);
      assert.match(fs.readFileSync(`${folder}.xml`, 'utf8'), /await_confirmation/);
    } finally {
      child.kill('SIGKILL');
      fs.rmSync(folder, { recursive: true });
      fs.rmSync(`${folder}.xml`, { force: true });
    }
  });
});

/** Waits until the output has a text; the test's own time limit is the only one. */
function reader(child: ChildProcess): (wanted: RegExp) => Promise<string> {
  let text = '';
  let wake: (() => void) | null = null;
  child.stdout!.on('data', (data: Buffer) => {
    text += data.toString('utf8');
    wake?.();
  });
  return async (wanted) => {
    while (!wanted.test(text)) await new Promise<void>((resolve) => (wake = resolve));
    return text;
  };
}
