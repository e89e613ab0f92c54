import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findStuck, oddProcesses, readFiles, seriesOf, type DumpSet, type ThreadFinding } from '../../src/index.js';
import { SourceTree } from '../../src/input/index.js';
import { readSet } from './source/program.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const JUDGEMENTS = fileURLToPath(new URL('judgements/', import.meta.url));

/** The dumps of a sample; the time of a file is the checkout's, and no time of a dump. */
async function read(sample: string): Promise<DumpSet> {
  const folder = path.join(SAMPLES, sample);
  const names = fs.readdirSync(folder).filter((name) => name !== 'expected.json');
  const set = await readFiles(names.sort().map((name) => path.join(folder, name)));
  return {
    ...set,
    dumps: set.dumps.map((dump) => ({
      ...dump,
      source: path.basename(dump.source),
      ...(dump.timeFrom === 'file-time' ? { time: null, timeFrom: null } : {}),
    })),
  };
}

/** A thread with all that was found for and against it. */
function told({ frames }: DumpSet, finding: ThreadFinding): string[] {
  const { history, verdict, role, score, wait, frame, blockedBy, evidence, signals, moments } = finding;
  const place = frame === null ? '-' : `${frames.functionOf(frame) ?? '?'}:${frames.placeOf(frame).line ?? '?'}`;
  const weights = signals.map(({ name, weight }) => `${name} ${weight > 0 ? '+' : ''}${Number(weight.toFixed(2))}`);
  return [
    `  ${role === null ? verdict : `${verdict}, ${role}`} ${score.toFixed(2)}: ${history.ids.join('>') || '-'} at ${place}` +
      `${wait === null ? '' : `, waits: ${wait.kind} by ${wait.by}`}, ${moments.join(' ')}`,
    ...evidence.map((text) => `      ${text}`),
    ...(weights.length > 0 ? [`      = ${weights.join(', ')}`] : []),
    ...(blockedBy.length > 0 ? [`      blocked by ${blockedBy.map(({ ids }) => ids.join('>')).join(', ')}`] : []),
  ];
}

/** Threads of which the very same is said are told once. */
function counted(threads: readonly (readonly string[])[]): string[] {
  const alike = new Map<string, string[][]>();
  for (const [first, ...rest] of threads) {
    const key = [first!.replace(/: \S+ at /, ' at '), ...rest].join('\n');
    alike.set(key, [...(alike.get(key) ?? []), [first!, ...rest]]);
  }
  return [...alike.values()].flatMap((same) => [...same[0]!, ...(same.length > 1 ? [`      and ${same.length - 1} more like it`] : [])]);
}

async function judgement(sample: string, withSource: boolean): Promise<string> {
  const set = await read(sample);
  const source = withSource ? (await readSet(set, await SourceTree.open([path.join(SAMPLES, 'programs')]))).source : null;
  const { verdict, series } = findStuck(set, source === null ? {} : { source });
  const lines = [`${verdict}`];
  for (const { series: one, verdict: of, threads, advice } of series) {
    lines.push(
      '',
      `${of}: ${one.dumps.length} dumps${one.span === null ? '' : ` over ${one.span} s`}${one.restarts.length > 0 ? `, restarted before ${one.restarts.join()}` : ''}`,
      ...one.doubts.map((doubt) => `  doubt: ${doubt}`),
      ...advice.map((text) => `  advice: ${text}`),
      ...counted(threads.map((finding) => told(set, finding))),
    );
  }
  for (const { evidence } of oddProcesses(set, seriesOf(set))) lines.push('', `odd process: ${evidence}`);
  return `${lines.join('\n')}\n`.replaceAll(SAMPLES, 'samples/');
}

// Set STANDSTILL_SCREENS=write to write them anew; read the difference before committing it.
describe('what is said of every thread of every sample, and by what signals', () => {
  for (const sample of fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')))) {
    it(sample, async () => {
      const [alone, withSource] = [await judgement(sample, false), await judgement(sample, true)];
      const text = withSource === alone ? alone : `${alone}\n--- with the source of the programs ---\n\n${withSource}`;
      const file = path.join(JUDGEMENTS, `${sample}.txt`);
      if (process.env['STANDSTILL_SCREENS'] === 'write') {
        fs.mkdirSync(JUDGEMENTS, { recursive: true });
        fs.writeFileSync(file, text);
      }
      assert.equal(text, fs.readFileSync(file, 'utf8'));
    });
  }
});
