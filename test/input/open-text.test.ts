import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { BLOCK_BYTES, readBlocks } from '../../src/input/bytes.js';
import { InputError, openSmallText, openText } from '../../src/input/index.js';
import { asOrdinaryUser, collect, PACKED, TEXT } from './fixtures.js';

let folder: string;

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name);
  fs.writeFileSync(at, content);
  return at;
}

const refuses = (at: string, code: string): Promise<void> =>
  assert.rejects(collect(openText(at)), (error: unknown) => error instanceof InputError && error.code === code && error.message.length > 0);

describe('openText', function () {
  this.timeout(60_000);
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-input-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('reads a file, its size and its time', async () => {
    const at = file('a.log', TEXT);
    const { bytes, end } = await collect(openText(at, { blockBytes: 100 }));
    assert.deepEqual(bytes, TEXT);
    const modified = Math.trunc(fs.statSync(at).mtimeMs);
    assert.deepEqual(end, { bytes: TEXT.length, bytesRead: TEXT.length, modified, encoding: 'utf-8', skipped: false, warnings: [] });
  });

  it('reads small files side by side without mixing them', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => Buffer.from(`${i} `.repeat(1000 * (i + 1))));
    const read = await Promise.all(texts.map((text, i) => collect(openText(file(`${i}.log`, text)))));
    for (const [i, { bytes }] of read.entries()) assert.deepEqual(Buffer.from(bytes), texts[i]);
  });

  it('reads empty files and files of exactly one or two blocks', async () => {
    for (const size of [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES]) {
      const { bytes, end } = await collect(openText(file('a.log', Buffer.alloc(size, 'x'))));
      assert.deepEqual([bytes.length, end.bytes, end.warnings], [size, size, []]);
    }
  });

  it('gives plain arrays, whose slice is a copy', async () => {
    for (const content of [TEXT, PACKED.gzip]) {
      for await (const block of openText(file('a', content))) assert.equal(Object.getPrototypeOf(block), Uint8Array.prototype);
    }
  });

  it('unpacks, then converts', async () => {
    const { gzipSync } = await import('node:zlib');
    const at = file('a.gz', gzipSync(Buffer.from(`\ufeff${TEXT.toString()}`, 'utf16le')));
    const { bytes, end } = await collect(openText(at));
    assert.deepEqual([bytes, end.encoding, end.bytes], [TEXT, 'utf-16le', TEXT.length]);
  });

  it('keeps the time of a file that a decoder gave up', async () => {
    const { end } = await collect(openText(file('a.xz', Buffer.concat([PACKED.xz.subarray(0, 200), Buffer.alloc(500, 7)]))));
    assert.deepEqual(
      end.warnings.map((warning) => warning.code),
      ['damaged-compressed'],
    );
    assert.ok(end.modified !== null && end.bytesRead > 0);
  });

  it('refuses what does not exist', async () => {
    await refuses(path.join(folder, 'missing'), 'not-found');
    await refuses(path.join(file('a', 'x'), 'below-a-file'), 'not-found');
    await refuses('a\0b', 'not-found');
    await refuses('', 'not-found');
    await refuses('x'.repeat(10_000), 'not-found');
  });

  it('refuses directories, FIFOs, sockets and devices, and does not wait for them', async function () {
    await refuses(folder, 'not-a-regular-file');
    if (process.platform === 'win32') this.skip();
    await refuses('/dev/zero', 'not-a-regular-file');
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    await refuses(fifo, 'not-a-regular-file');
    fs.symlinkSync(fifo, path.join(folder, 'link'));
    await refuses(path.join(folder, 'link'), 'not-a-regular-file');
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(path.join(folder, 'socket'), resolve));
    await refuses(path.join(folder, 'socket'), 'not-a-regular-file');
    server.close();
  });

  it('leaves what took the place of a file that its directory listed', function () {
    if (process.platform === 'win32') this.skip();
    const taken = (name: string): string | null => {
      const small = openSmallText(path.join(folder, name), { listed: true });
      small?.giveBack();
      return small && Buffer.from(small.text).toString();
    };
    file('log', 'text');
    fs.symlinkSync('log', path.join(folder, 'link'));
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    assert.deepEqual(['log', 'link', 'fifo', 'gone', '.'].map(taken), ['text', null, null, null, null]);
  });

  it('refuses links that go in a circle, and files that may not be read', async function () {
    fs.symlinkSync('loop', path.join(folder, 'loop'));
    await refuses(path.join(folder, 'loop'), 'not-readable');
    if (process.getuid === undefined) this.skip();
    const at = file('secret', 'x');
    fs.chmodSync(at, 0);
    await asOrdinaryUser(folder, () => refuses(at, 'not-readable'));
  });

  it('reads files of /proc, which have no size', async function () {
    if (!fs.existsSync('/proc/self/status')) this.skip();
    const { bytes, end } = await collect(openText('/proc/self/status'));
    assert.ok(bytes.includes('Pid:'));
    assert.deepEqual(end.warnings, []);
  });

  it('reads no more than the beginning of a file of /proc that does not end', async function () {
    if (!fs.existsSync('/proc/self/pagemap')) this.skip();
    const { bytes, end } = await collect(openText('/proc/self/pagemap'));
    assert.equal(bytes.length, 64 << 20);
    assert.deepEqual(
      end.warnings.map(({ code }) => code),
      ['input-limit'],
    );
  });

  it('reads a growing file to the size that it had, and says when one shrinks', async () => {
    const at = file('a.log', Buffer.alloc(1000, 'x'));
    const growing = openText(at, { blockBytes: 100 });
    await growing.next();
    fs.appendFileSync(at, Buffer.alloc(5000, 'y'));
    assert.equal((await collect(growing)).end.bytes, 1000);
    // The look ahead takes 4 KiB.
    const shrinking = openText(file('b.log', Buffer.alloc(20_000, 'x')), { blockBytes: 100 });
    await shrinking.next();
    fs.truncateSync(path.join(folder, 'b.log'), 6000);
    const { end } = await collect(shrinking);
    assert.deepEqual([end.bytes, end.warnings.map((warning) => warning.code)], [6000, ['file-shrank']]);
  });

  it('reads on when the file is deleted meanwhile', async () => {
    const at = file('a.log', Buffer.alloc(20_000, 'x'));
    const reading = openText(at, { blockBytes: 100 });
    await reading.next();
    fs.rmSync(at);
    assert.equal((await collect(reading)).end.bytes, 20_000);
  });

  it('leaves a binary file that nobody named after its beginning, and reads one that was', async () => {
    const at = file('a.bin', Buffer.from(Array.from({ length: 50_000 }, (_, i) => i & 0xff)));
    const { bytes, end } = await collect(openText(at, { skipBinary: true, blockBytes: 1024 }));
    assert.deepEqual([bytes.length, end.skipped, end.bytesRead], [0, true, 8192]);
    assert.equal((await collect(openText(at))).bytes.length, 50_000);
    assert.deepEqual((await collect(openText(file('a.log', TEXT), { skipBinary: true }))).bytes, TEXT);
    assert.deepEqual((await collect(openText(file('a.gz', PACKED.gzip), { skipBinary: true }))).bytes, TEXT);
  });

  it('closes the file when its reader leaves', async function () {
    if (!fs.existsSync('/proc/self/fd')) this.skip();
    const open = (): string[] => fs.readdirSync('/proc/self/fd').filter((fd) => readLink(`/proc/self/fd/${fd}`).startsWith(folder));
    for (const content of [Buffer.alloc(1 << 20, 'x'), ...Object.values(PACKED)]) {
      for await (const block of openText(file('a', content))) {
        assert.ok(block.length > 0);
        break;
      }
      assert.deepEqual(open(), []);
    }
  });

  it('ends early when it is told to', async () => {
    const stop = new AbortController();
    const reading = openText(file('a.log', Buffer.alloc(50_000, 'x')), { blockBytes: 100, signal: stop.signal });
    await reading.next();
    stop.abort();
    assert.ok((await collect(reading)).end.bytes < 50_000);
  });

  it('gives the event loop its turn every 50 ms', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    for await (const block of readBlocks(file('a.log', Buffer.alloc(20_000, 'x')), { blockBytes: 1000 })) {
      const end = performance.now() + 30;
      while (performance.now() < end) assert.ok(block.length > 0);
    }
    clearInterval(timer);
    assert.ok(turns >= 5, `${turns} turns`);
  });
});

describe('standard input', function () {
  this.timeout(60_000);
  const input = new URL('../../src/input/index.ts', import.meta.url).href;
  const script = (body: string): string[] => [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `import { openText, InputError } from ${JSON.stringify(input)};\n${body}`,
  ];
  const COUNT = `
    const reading = openText('-');
    let step;
    while (!(step = await reading.next()).done);
    console.log(JSON.stringify([step.value.bytes, step.value.warnings.map((warning) => warning.code)]));`;

  it('is read from a pipe, unpacked too', () => {
    const { stdout } = spawnSync(
      process.execPath,
      script(COUNT + COUNT.replace('let step', '').replace('const reading', 'const again').replace('reading.next', 'again.next')),
      { input: PACKED.xz, encoding: 'utf8' },
    );
    assert.equal(stdout, `[${TEXT.length},[]]\n[0,["standard-input-twice"]]\n`);
  });

  it('is read from a file and from nothing', () => {
    const at = path.join(os.tmpdir(), `standstill-stdin-${process.pid}`);
    fs.writeFileSync(at, TEXT);
    const fd = fs.openSync(at, 'r');
    const fromFile = spawnSync(process.execPath, script(COUNT), { stdio: [fd, 'pipe', 'inherit'], encoding: 'utf8' });
    fs.closeSync(fd);
    fs.rmSync(at);
    assert.equal(fromFile.stdout, `[${TEXT.length},[]]\n`);
    assert.equal(spawnSync(process.execPath, script(COUNT), { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }).stdout, '[0,[]]\n');
  });

  it('that nobody closes does not keep the process from ending', async () => {
    const body = `setTimeout(() => process.exit(3), 300); for await (const block of openText('-')) console.log(block.length);`;
    const child = spawn(process.execPath, script(body), { stdio: ['pipe', 'ignore', 'inherit'] });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    child.stdin.destroy();
    assert.equal(code, 3);
  });

  it('ends when it is told to, while it waits', async () => {
    const body = `
      const reading = openText('-', { signal: AbortSignal.timeout(200) });
      const step = await reading.next();
      console.log(step.done);`;
    const child = spawn(process.execPath, script(body), { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.on('exit', resolve));
    child.stdin.destroy();
    assert.deepEqual([code, output], [0, 'true\n']);
  });
});

function readLink(at: string): string {
  try {
    return fs.readlinkSync(at);
  } catch {
    return '';
  }
}
