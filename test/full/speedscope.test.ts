import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.js';

const ROOT = path.join(import.meta.dirname, '../..');
const APP = path.dirname(createRequire(import.meta.url).resolve('speedscope/dist/release/index.html'));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What the real speedscope shows of a profile: it draws on canvases, but names what it shows in its head and in the page's title. */
describe('the profiles in speedscope', function () {
  this.timeout(120_000);
  let browser: Browser | null = null;
  let folder = '';
  let server: http.Server;

  before(async function () {
    browser = await openBrowser();
    if (browser === null) return this.skip();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-speedscope-'));
    server = http.createServer((request, response) => {
      const file = path.join(APP, path.basename(new URL(request.url ?? '/', 'http://localhost').pathname) || 'index.html');
      if (!fs.existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(fs.readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    await browser?.close();
    if (folder === '') return;
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true, force: true });
  });

  for (const [format, file, shown] of [
    ['speedscope', 'hang.speedscope.json', /all threads together/],
    ['collapsed', 'hang.folded', /hang\.folded/],
    ['pprof', 'hang.pb.gz', /hang\.pb\.gz/],
    ['chrome-trace', 'hang.trace.json', /hang\.trace\.json.*0x00007f4fdaffd6c0, stuck|stuck/],
  ] as const)
    it(`opens ${format}`, async () => {
      const place = path.join(folder, file);
      const { status, stderr } = spawnSync(
        process.execPath,
        [path.join(ROOT, 'bin/run.js'), 'report', path.join(ROOT, 'samples/classic-recipe'), '--to', `${format}=${place}`],
        { encoding: 'utf8' },
      );
      assert.deepEqual([status, stderr], [0, '']);
      const context = await browser!.newContext();
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('dialog', (dialog) => {
        problems.push(dialog.message());
        void dialog.dismiss();
      });
      const { port } = server.address() as AddressInfo;
      page.on('request', (request) => {
        const { protocol, port: asked } = new URL(request.url());
        if (protocol === 'http:' && asked !== String(port)) problems.push(request.url());
      });
      await page.goto(`http://127.0.0.1:${port}/index.html`);
      await page.setInputFiles('input[type=file]', place);
      await page.waitForFunction(() => document.title !== 'speedscope' && document.querySelector('canvas') !== null);
      const text = `${await page.title()} ${(await page.textContent('body'))!}`;
      assert.match(text, shown);
      assert.deepEqual(problems, []);
      await context.close();
    });
});
