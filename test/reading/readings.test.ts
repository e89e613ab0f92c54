import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readFiles, type Dump, type DumpSet, type Thread } from '../../src/index.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const READINGS = fileURLToPath(new URL('readings/', import.meta.url));

/** What is known, without what is not: null, false and empty lists. */
const known = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join(', ');

/** A stack by its ends; a hash stands for all of its frames. */
function stackOf({ frames, stacks }: DumpSet, { stack }: Thread): string {
  const all = Array.from(stacks.frames(stack), (frame) => {
    const { file, line } = frames.placeOf(frame);
    return `${frames.functionOf(frame) ?? '?'} (${file ?? '?'}${line === null ? '' : `:${line}`})`;
  });
  const sum = createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 8);
  return all.length === 0 ? 'no frame' : all.length === 1 ? all[0]! : `${all[0]!} … ${all.at(-1)!}, ${all.length} frames ${sum}`;
}

function threadLine(set: DumpSet, thread: Thread): string {
  const { id, name, kind, current, main, truncated, activity, marks, notes, nativeFrames, locals, measures } = thread;
  const native = nativeFrames.map((frame) => `${frame.symbol ?? '?'} ${frame.address ?? ''} ${frame.module ?? ''}`.trim());
  const facts = known({
    name,
    main: main ?? 'unknown',
    current,
    truncated,
    activity,
    marks,
    notes,
    locals: locals.length === 0 ? null : createHash('sha256').update(JSON.stringify(locals)).digest('hex').slice(0, 8),
    measures: measures === null ? null : { ...measures, handles: measures.handles.length },
    native: native.length > 2 ? [native[0], `… ${native.length} in all …`, native.at(-1)] : native,
  });
  return `    ${kind} ${id ?? '-'}: ${stackOf(set, thread)}${facts === '' ? '' : `\n        ${facts}`}`;
}

function dumpLines(set: DumpSet, dump: Dump): string[] {
  const { source, line, format, runtime, kind, pid, runtimeVersion, origin, reason, threadsCut, notes } = dump;
  const time =
    dump.time === null || dump.timeFrom === 'file-time' ? null : `${new Date(dump.time).toISOString()} ${dump.timeFrom} ${dump.timeZone}`;
  const facts = known({ time, pid, version: runtimeVersion, origin, reason, threadsCut, notes });
  return [
    `  ${path.basename(source)}:${line} ${kind} of ${runtime}, ${format}${facts === '' ? '' : `: ${facts}`}`,
    ...dump.threads.map((thread) => threadLine(set, thread)),
  ];
}

async function reading(sample: string): Promise<string> {
  const folder = path.join(SAMPLES, sample);
  const names = fs.readdirSync(folder).filter((name) => name !== 'expected.json' && fs.statSync(path.join(folder, name)).isFile());
  const set = await readFiles(names.sort().map((name) => path.join(folder, name)));
  return [
    ...set.sources.flatMap(({ path: file, dumps, bytes, lines, accounts, asides, asideCount, warnings }) => [
      `${path.basename(file)}: ${dumps} dumps in ${bytes} bytes, ${lines} lines, of dumps ${accounts.dumps}, known ${accounts.known}, asides ${asideCount}`,
      ...asides.map((aside) => `    line ${aside.line}: ${aside.title}: ${aside.text}`),
      ...warnings.map((warning) => `    ${warning.line === null ? '' : `line ${warning.line}: `}${warning.code}: ${warning.message}`),
    ]),
    '',
    // by place: the time of a file is the checkout's
    ...[...set.dumps]
      .sort((a, b) => (a.source === b.source ? a.line - b.line : a.source < b.source ? -1 : 1))
      .flatMap((dump) => dumpLines(set, dump)),
    '',
  ].join('\n');
}

// Set STANDSTILL_SCREENS=write to write them anew; read the difference before committing it.
describe('what is read of every sample', () => {
  for (const sample of fs.readdirSync(SAMPLES).filter((name) => fs.existsSync(path.join(SAMPLES, name, 'expected.json')))) {
    it(sample, async () => {
      const text = await reading(sample);
      const file = path.join(READINGS, `${sample}.txt`);
      if (process.env['STANDSTILL_SCREENS'] === 'write') {
        fs.mkdirSync(READINGS, { recursive: true });
        fs.writeFileSync(file, text);
      }
      assert.equal(text, fs.readFileSync(file, 'utf8'));
    });
  }
});
