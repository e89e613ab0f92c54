import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { analyzeText, filterDumps, readFiles, type DumpSet, type TextOptions } from '../../src/index.js';
import { columns } from '../../src/report/terminal.js';

const SCREENS = fileURLToPath(new URL('screens/', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const WIDTHS = [60, 80, 140];

/** Samples whose files give their dumps a time of their own: that of others is the checkout's. */
const SHOWN: Readonly<Record<string, { readonly sample: string; readonly options?: TextOptions }>> = {
  'classic-recipe': { sample: 'classic-recipe' },
  'classic-recipe, whole stacks': { sample: 'classic-recipe', options: { full: true } },
  'classic-recipe, tree': { sample: 'classic-recipe', options: { view: 'tree' } },
  'classic-recipe, threads': { sample: 'classic-recipe', options: { view: 'threads' } },
  'healthy-service': { sample: 'healthy-service' },
  'node-pool-stuck': { sample: 'node-pool-stuck' },
  'node-exception': { sample: 'node-exception' },
  'node-log': { sample: 'node-log', options: { verbose: true } },
};

/** The dumps of a sample, with paths as they are in any checkout. */
async function read(sample: string): Promise<DumpSet> {
  const folder = path.join(SAMPLES, sample);
  const names = fs.readdirSync(folder).filter((name) => name !== 'expected.json');
  const set = await readFiles(names.sort().map((name) => path.join(folder, name)));
  const short = (file: string): string => path.relative(path.dirname(SAMPLES), file).split(path.sep).join('/');
  return {
    ...set,
    sources: set.sources.map((source) => ({ ...source, path: short(source.path) })),
    dumps: set.dumps.map((dump) => ({ ...dump, source: short(dump.source) })),
  };
}

// Set STANDSTILL_SCREENS=write to write them anew; read the difference before committing it.
describe('screens', () => {
  for (const [name, { sample, options }] of Object.entries(SHOWN)) {
    for (const width of WIDTHS) {
      it(`${name} at ${width} columns`, async () => {
        const lines = [...analyzeText(await read(sample), { colour: false, width }, options)];
        for (const line of lines) {
          assert.ok(columns(line) <= width, line);
          assert.equal(line, line.trimEnd());
        }
        const file = path.join(SCREENS, `${name.replace(', ', '-').replaceAll(' ', '-')}-${width}.txt`);
        const text = `${lines.join('\n')}\n`;
        if (process.env['STANDSTILL_SCREENS'] === 'write') {
          fs.mkdirSync(SCREENS, { recursive: true });
          fs.writeFileSync(file, text);
        }
        assert.equal(text, fs.readFileSync(file, 'utf8'));
      });
    }
  }

  for (const sample of fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')))) {
    it(`${sample}: no view shows an application frame less than the dumps have, or is wider than the screen`, async () => {
      const set = await read(sample);
      const newest = new Set<string>();
      for (const dump of set.dumps.slice(-1))
        for (const thread of dump.threads)
          for (const row of set.stacks.frames(thread.stack)) {
            const { function: fn, file, line } = set.frames.get(row);
            if (file?.includes('/srv/app/')) newest.add(`${fn ?? ''} ${path.basename(file)}:${line ?? ''}`);
          }
      for (const [view, grouping] of [
        ['stacks', 'exact'],
        ['stacks', 'none'],
        ['threads', 'similar'],
        ['tree', 'similar'],
      ] as const) {
        const lines = [...analyzeText(set, { colour: false, width: 140 }, { view, grouping, verbose: true, full: view !== 'tree' })];
        for (const frame of newest) {
          const [fn, place] = frame.split(' ') as [string, string];
          const found = lines.some((line, i) => line.includes(fn.slice(0, 20)) && `${line} ${lines[i + 1] ?? ''}`.includes(place));
          assert.ok(found, `${view} ${grouping}: ${frame}`);
        }
        for (const width of WIDTHS)
          for (const line of analyzeText(set, { colour: false, width }, { view, grouping })) assert.ok(columns(line) <= width, line);
      }
    });
  }

  it('says what filters hid', async () => {
    const { set, hidden } = filterDumps(await read('classic-recipe'), { appOnly: true });
    const lines = [...analyzeText(set, { colour: false, width: 80 }, { hidden, appOnly: true })];
    assert.equal(lines[2], '  hidden by --app-only: 9 of 24 threads');
    assert.ok(!lines.some((line) => line.includes('threading')));
  });
});
