import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { loadPythonParser, pythonParserFiles, readSourceFacts, readText, SourceTree, type DumpSet } from '../../src/index.js';
import { dataOf, pageText, sample } from '../page/page-of.js';
import { openBrowser } from './browser.js';
import { largeService } from './many-threads.js';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PROGRAMS = path.join(import.meta.dirname, '../../samples/programs');

/** Measure 2 of issue 6, on two cores. The rest of the machine's work is not the page's: the best of some openings counts. */
const MOST_MILLISECONDS = 1_500;
const MOST_BYTES = 15e6;
const OPENINGS = 5;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

describe('the HTML page in Chromium', function () {
  this.timeout(180_000);
  let browser: Browser | null = null;
  let folder = '';
  let large = '';

  before(async function () {
    browser = await openBrowser();
    if (browser === null) return this.skip();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-page-'));
    large = write('large.html', pageText(await readText(Buffer.from(largeService()))));
  });

  after(async () => {
    await browser?.close();
    if (folder !== '') fs.rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, text: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  async function withSource(set: DumpSet): Promise<string> {
    const source = readSourceFacts(set, await SourceTree.open([PROGRAMS]), await loadPythonParser(pythonParserFiles()));
    return pageText(set, { source, editor: 'vscode://file{file}:{line}' });
  }

  /** Opens a page without network; whatever it asks for, says on the console or throws is an error of the page. */
  async function open(
    file: string,
    { hash = '', scheme = 'light', width = 1280 }: { hash?: string; scheme?: 'light' | 'dark'; width?: number } = {},
  ): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
    const context = await browser!.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, offline: true });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error.stack)));
    page.on('console', (message) => problems.push(message.text()));
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== pathToFileURL(file).href) problems.push(request.url());
    });
    await page.goto(pathToFileURL(file).href + hash);
    await page.waitForSelector('html[data-ready]');
    return { page, problems, close: () => context.close() };
  }

  /** Brings every section into being, as scrolling does. */
  async function showAll(page: Page): Promise<void> {
    for (const id of ['groups', 'flame', 'diff', 'threads', 'inputs']) {
      await page.evaluate((name) => document.getElementById(name)?.scrollIntoView(), id);
      await page.waitForFunction(
        (name) => document.getElementById(name)!.hidden || document.getElementById(name)!.childElementCount > 1,
        id,
      );
    }
    await page.evaluate(() => scrollTo(0, 0));
  }

  async function violations(page: Page): Promise<string[]> {
    // the policy of the page keeps a script element from running; what the debugger evaluates is not the page's
    await page.evaluate(AXE);
    const found = await page.evaluate<{ violations: Violation[]; passes: unknown[] }>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
    );
    assert.ok(found.passes.length > 20, 'it has looked');
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 5).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
  }

  for (const scheme of ['light', 'dark'] as const) {
    for (const [name, width] of [
      ['classic-recipe', 1280],
      ['deadlock', 1280],
      ['shop', 400],
      ['node-pool-stuck', 1280],
    ] as const)
      it(`has no axe violation in ${scheme}: ${name}, ${width} wide`, async () => {
        const { page, problems, close } = await open(write(`${name}.html`, await withSource(await sample(name))), { scheme, width });
        await showAll(page);
        assert.deepEqual(await violations(page), []);
        await page.evaluate(() => (location.hash = 'thread=0'));
        await page.waitForSelector('dialog[open]');
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(problems, []);
        await close();
      });

    it(`has no axe violation in ${scheme}: 2,000 threads`, async () => {
      const { page, problems, close } = await open(large, { scheme });
      await showAll(page);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it(`is usable within ${MOST_MILLISECONDS} ms and below 15 MB with 2,000 threads in 60 dumps`, async () => {
    const bytes = fs.statSync(large).size;
    const times: number[] = [];
    for (let i = 0; i < OPENINGS; i++) {
      const { page, close } = await open(large);
      // from the start of the navigation to the end of the first frame in which everything answers
      times.push(
        await page.evaluate(
          () =>
            new Promise<number>((resolve) =>
              requestAnimationFrame(() => setTimeout(() => resolve(performance.getEntriesByName('usable')[0]!.startTime), 0)),
            ),
        ),
      );
      await close();
    }
    console.log(`      ${(bytes / 1e6).toFixed(1)} MB, usable after ${times.map((time) => Math.round(time)).join(', ')} ms`);
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
    assert.ok(Math.min(...times) < MOST_MILLISECONDS, times.join(', '));
  });

  it('says first which thread is stuck, where, why, and what to do next', async () => {
    const { page, close } = await open(write('answer.html', await withSource(await sample('classic-recipe'))));
    const text = (await page.textContent('#answer'))!;
    assert.match(text, /Stuck 1 thread in 3 dumps of one process\. Look at await_confirmation, order_service\.py:32/);
    assert.match(text, /stands here for60 s at least, 3 dumps/);
    assert.match(text, /return confirmations\.get\(\)/);
    assert.match(text, /What to do nextFind who should put the item/);
    assert.equal(await page.getAttribute('#answer .spot a.place', 'href'), `vscode://file${PROGRAMS}/order_service.py:32`);
    await close();
  });

  it('shows who stood still: a run of cells in one piece, and in words for those who hear the page', async () => {
    const { page, close } = await open(write('timeline.html', pageText(await sample('classic-recipe'))));
    const rows = await page.$$eval('#timeline tbody tr', (found) =>
      found.map((row) => [...row.querySelectorAll('td.cell')].map((cell) => cell.className.replace(/ run-.*/, '')).join(', ')),
    );
    assert.deepEqual(rows[0], 'cell still begin, cell still, cell still end');
    assert.ok(rows.includes('cell moving, cell moving, cell moving'), rows.join('\n'));
    assert.equal(
      await page.textContent('#timeline tbody tr td.cell:nth-of-type(2) .sr'),
      'same place, await_confirmation order_service.py:32',
    );
    await close();
  });

  it('draws the timeline of many threads, keeps few rows in the document, and is walked with the keyboard', async () => {
    const { page, problems, close } = await open(large);
    assert.ok((await page.$$('#timeline .row')).length < 60);
    assert.ok(Number(await page.getAttribute('#timeline [role=table]', 'aria-rowcount')) > 100);
    await page.focus('#timeline .row a, #timeline .row button');
    await page.keyboard.press('End');
    const last = await page.evaluate(() => document.activeElement!.closest('.row')!.getAttribute('aria-rowindex'));
    assert.equal(last, await page.getAttribute('#timeline [role=table]', 'aria-rowcount'));
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement!.closest('.row')!.getAttribute('aria-rowindex')), '2');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.match((await page.textContent('#live'))!, /^dump 59, 09:39:40: same place, charge payments\.py:70$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    assert.match((await page.textContent('dialog'))!, /Where it was60 dumps, 1 to 60 \(10 min\) charge payments\.py:70/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog:not([open])', { state: 'attached' });
    assert.deepEqual(problems, []);
    await close();
  });

  it('finds threads while one types, in all views, and the address keeps what was typed', async () => {
    const { page, close } = await open(large);
    await showAll(page);
    await page.keyboard.press('/');
    await page.keyboard.type('charge');
    await page.waitForFunction(() => document.getElementById('search-told')!.textContent === '1 of 2,000 threads');
    assert.equal((await page.$$('#threads tbody tr')).length, 1);
    assert.equal((await page.$$('#groups details.group')).length, 1);
    assert.match(page.url(), /#q=charge$/);
    await close();
    const again = await open(large, { hash: '#q=charge' });
    assert.equal(await again.page.textContent('#search-told'), '1 of 2,000 threads');
    await again.close();
  });

  it('compares any two dumps, and a link to the comparison opens it', async () => {
    const file = write('diff.html', pageText(await sample('classic-recipe')));
    const { page, close } = await open(file, { hash: '#diff=1,2' });
    assert.deepEqual([await page.inputValue('#diff-old'), await page.inputValue('#diff-new')], ['1', '2']);
    assert.match((await page.textContent('#diff'))!, /1 moved, 7 unchanged/);
    assert.match((await page.textContent('#diff ins'))!, /^store_rows/);
    await page.selectOption('#diff-old', '0');
    assert.match(page.url(), /#diff=0%2C2$|#diff=0,2$/);
    await close();
  });

  it('draws who waits for whom, and says it in words', async () => {
    const { page, close } = await open(write('waits.html', await withSource(await sample('deadlock'))));
    assert.ok((await page.$$('#waits svg a.node')).length >= 2);
    assert.ok((await page.$$('#waits svg path.edge')).length >= 2);
    await page.click('#waits summary');
    assert.match((await page.textContent('#waits li'))!, /waits? for 0x/);
    await page.click('#waits svg a.node');
    await page.waitForSelector('dialog[open]');
    await close();
  });

  it('draws all stacks, and the keyboard goes through the boxes', async () => {
    const { page, close } = await open(write('flame.html', pageText(await sample('classic-recipe'))), { hash: '#flame' });
    await page.focus('canvas.flame');
    const heard: string[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) {
      await page.keyboard.press(key);
      heard.push((await page.textContent('#live'))!);
    }
    assert.match(heard[0]!, /^_bootstrap threading\.py: 6 samples, 100\.0 %/);
    assert.match(heard[1]!, /^_bootstrap_inner/);
    assert.match(heard[2]!, /^_bootstrap /);
    await page.keyboard.press('Enter');
    assert.match((await page.textContent('#flame .told'))!, /^_bootstrap /);
    // something was drawn in the colours of the scheme
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.flame')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join())).size;
    });
    assert.ok(colours > 3, `${colours} colours`);
    await close();
  });

  it('runs nothing that a dump says', async () => {
    const names = [
      '</script><script>document.title="hit"</script>',
      '<img src=x onerror=document.title="hit">',
      '<!--<script>',
      'javascript:document.title="hit"',
    ];
    const text = names
      .map(
        (name, i) =>
          `Thread 0x000000000000000${i + 1} (most recent call first):\n  File "/srv/${name.replaceAll('"', "'")}.py", line 1 in ${name}\n`,
      )
      .join('\n');
    const { page, problems, close } = await open(write('hostile.html', pageText(await readText(Buffer.from(`${text}\n${text}`)))));
    await showAll(page);
    await page.evaluate(() => (location.hash = 'thread=0'));
    await page.waitForSelector('dialog[open]');
    assert.doesNotMatch(await page.title(), /^hit/);
    assert.equal(await page.evaluate(() => document.querySelectorAll('img').length), 0);
    assert.match((await page.textContent('#threads'))!, /<img src=x onerror=/);
    assert.deepEqual(problems, []);
    await close();
  });

  it('prints: all sections, light, without its controls', async () => {
    const { page, close } = await open(write('print.html', pageText(await sample('classic-recipe'))), { scheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 20_000);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.isVisible('#nav'), false);
    assert.equal(await page.isVisible('#answer .verdict'), true);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.card')!).color), 'rgb(27, 31, 36)');
    await close();
  });

  it('holds the newest dumps of more than a browser could open, and says so', async () => {
    const set = await readText(Buffer.from(largeService(2_000, 4)));
    // the same four dumps again and again
    const data = dataOf(pageText({ ...set, dumps: Array.from({ length: 78 }, () => set.dumps).flat() }));
    assert.equal(data.dumps.length, 300);
    assert.equal(data.left.dumps, 12);
  });
});
