import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findStuck, oddProcesses, overviewOf, readFiles, seriesOf, type DumpSet } from '../../src/index.js';
import { SourceTree } from '../../src/input/index.js';
import { readSet } from './source/program.js';
import { groupLines, seriesLines } from './told.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const JUDGEMENTS = fileURLToPath(new URL('judgements/', import.meta.url));

/** The dumps of a sample. The time of a file is the checkout's, so where it counts the order is that of the names. */
async function read(sample: string): Promise<DumpSet> {
  const folder = path.join(SAMPLES, sample);
  const names = fs.readdirSync(folder).filter((name) => name !== 'expected.json' && fs.statSync(path.join(folder, name)).isFile());
  const set = await readFiles(names.sort().map((name) => path.join(folder, name)));
  const ofCheckout = set.dumps.some(({ timeFrom }) => timeFrom === 'file-time');
  const dumps = ofCheckout
    ? [...set.dumps].sort((a, b) => (a.source === b.source ? a.line - b.line : a.source < b.source ? -1 : 1))
    : set.dumps;
  return {
    ...set,
    dumps: dumps.map((dump) => ({
      ...dump,
      source: path.basename(dump.source),
      ...(dump.timeFrom === 'file-time' ? { time: null, timeFrom: null } : {}),
    })),
  };
}

async function judgement(sample: string, withSource: boolean): Promise<string> {
  const set = await read(sample);
  const source = withSource ? (await readSet(set, await SourceTree.open([path.join(SAMPLES, 'programs')]))).source : null;
  const { verdict, series } = findStuck(set, source === null ? {} : { source });
  const lines = [verdict as string];
  for (const found of series) lines.push('', ...seriesLines(set, found));
  for (const { evidence } of oddProcesses(set, seriesOf(set))) lines.push('', `odd process: ${evidence}`);
  if (!withSource) lines.push('', 'in groups:', ...groupLines(set, overviewOf(set)));
  return `${lines.join('\n')}\n`.replaceAll(SAMPLES, 'samples/');
}

// Set STANDSTILL_SCREENS=write to write them anew; read the difference before committing it.
describe('what is said of every thread of every sample, and by what signals', () => {
  for (const sample of fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')))) {
    it(sample, async () => {
      const [alone, withSource] = [await judgement(sample, false), await judgement(sample, true)];
      const text = alone.startsWith(withSource) ? alone : `${alone}\n--- with the source of the programs ---\n\n${withSource}`;
      const file = path.join(JUDGEMENTS, `${sample}.txt`);
      if (process.env['STANDSTILL_SCREENS'] === 'write') {
        fs.mkdirSync(JUDGEMENTS, { recursive: true });
        fs.writeFileSync(file, text);
      }
      assert.equal(text, fs.readFileSync(file, 'utf8'));
    });
  }
});
