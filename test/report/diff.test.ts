import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { diffJson, diffText, readFiles, readText, successivePairs, type DumpSet } from '../../src/index.js';
import { dumpText } from '../analysis/dump-text.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const schemaOf = (name: string): object =>
  JSON.parse(fs.readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object;

const text = (set: DumpSet, options: Parameters<typeof diffText>[3] = {}, width = 80): string[] => [
  ...diffText(set, successivePairs(set), { colour: false, width }, options),
];

const main = { id: 9, frames: ['wait:4', '<module>:5'], main: true };
const before = dumpText([{ id: 1, frames: ['get:9', 'work:20'] }, { id: 2, frames: ['get:9', 'work:20'] }, main]);
const after = dumpText([
  { id: 1, frames: ['lock:33', 'charge:31', 'work:20'] },
  { id: 2, frames: ['lock:33', 'charge:31', 'work:20'] },
  main,
]);

describe('diff, as text', () => {
  it('says first what changed most, then what threads that changed alike did, and folds the rest', async () => {
    assert.deepEqual(text(await readText(before + after)), [
      '2 threads moved from get (app.py:9) to lock (app.py:33); 1 unchanged',
      '',
      '--- -:1',
      '+++ -:18',
      '',
      '2 threads moved: 0x0000000000000001, 0x0000000000000002',
      '  - get                          /srv/app/app.py:9',
      '  + lock                         /srv/app/app.py:33',
      '  + charge                       /srv/app/app.py:31',
      '    work                         /srv/app/app.py:20',
      '    … 3 frames in threading',
      '',
      '1 thread unchanged: wait (app.py:4)',
    ]);
  });

  it('shows old and new beside each other', async () => {
    const lines = text(await readText(before + after), { layout: 'side-by-side' });
    assert.deepEqual(lines.slice(6, 10), [
      '  get            /srv/app/app.py:9      | lock           /srv/app/app.py:33',
      '                                        > charge         /srv/app/app.py:31',
      '  work           /srv/app/app.py:20       work           /srv/app/app.py:20',
      '  … 3 frames in threading                 … 3 frames in threading',
    ]);
    const wide = text(await readText(before + after), {}, 140);
    assert.ok(wide.some((line) => / get .* \| lock /.test(line)));
  });

  it('shows another line of one function as that', async () => {
    const set = await readText(before + before.replaceAll('line 9 in get', 'line 11 in get'));
    assert.ok(text(set).includes('  ~ get                          /srv/app/app.py:9 → 11'));
    assert.equal(text(set, { ignoreLines: true })[0], 'Nothing changed: 3 threads stand where they stood');
  });

  it('shows the statuses that are asked for', async () => {
    const gone = dumpText([{ id: 1, frames: ['get:9', 'work:20'] }, { id: 3, frames: ['send:2', 'mail:3'] }, main]);
    const set = await readText(before + gone);
    assert.match(text(set, { only: ['vanished'] })[0]!, /^1 thread vanished from get \(app\.py:9\)/);
    assert.match(text(set, { only: ['appeared'] }).join('\n'), /\+ send .*\n\s+\+ mail/);
    assert.equal(text(set, { only: ['moved'] })[0], 'Nothing moved: 2 threads stand where they stood');
    assert.match(text(set, { only: ['unchanged'] }).join('\n'), /1 thread unchanged: 0x0+9\n {4}wait/);
  });

  it('counts', async () => {
    assert.deepEqual(text(await readText(before + after + after), { stat: true }), [
      '2 moved, 0 appeared, 0 vanished, 4 unchanged, in 2 steps',
      '  dumps          moved  appeared  vanished  unchanged',
      '  #1 → #2  -:18      2         0         0          1',
      '  #2 → #3  -:37      0         0         0          3',
    ]);
  });

  it('says that there is nothing to compare with', async () => {
    assert.match(text(await readText(before)).join('\n'), /nothing to compare/);
  });

  it('keeps to the width, and to one line a line, whatever stands in a dump', async () => {
    const part = fc.stringMatching(/^[\x1b\u202e -~é]{0,40}$/).map((each) => each.replaceAll(/[":]/g, ''));
    const stack = fc.array(part, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(stack, stack, fc.constantFrom(60, 80, 116, 140), async (one, other, width) => {
        const set = await readText(dumpText([{ id: 1, frames: one }, main]) + dumpText([{ id: 1, frames: other }, main]), {
          path: `/tmp/${'long/'.repeat(40)}x.log`,
        });
        for (const options of [{}, { stat: true }, { verbose: true }] as const) {
          for (const line of text(set, options, width)) {
            assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
            assert.doesNotMatch(line, /[\x00-\x1f\u202e]/);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('diff, as JSON', () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).addSchema(schemaOf('analyze')).compile(schemaOf('diff'));

  it('is valid by its schema, of all samples, whole and cut', async () => {
    for (const name of fs.readdirSync(SAMPLES)) {
      const folder = path.join(SAMPLES, name);
      if (!fs.existsSync(path.join(folder, 'expected.json'))) continue;
      const files = fs.readdirSync(folder).filter((file) => file !== 'expected.json');
      const set = await readFiles(files.map((file) => path.join(folder, file)));
      const json: unknown = JSON.parse([...diffJson(set, successivePairs(set))].join(''));
      assert.ok(validate(json), `${name}: ${JSON.stringify(validate.errors)}`);
      assert.equal((json as { pairs: unknown[] }).pairs.length, set.dumps.length - 1, name);
    }
  });

  it('holds for each change the frames of both stacks', async () => {
    const set = await readText(before + after);
    const [pair] = (JSON.parse([...diffJson(set, successivePairs(set))].join('')) as { pairs: Pair[] }).pairs;
    assert.deepEqual([pair!.old, pair!.new, pair!.counts.moved], [0, 1, 2]);
    const [moved] = pair!.threads;
    assert.equal(moved!.status, 'moved');
    assert.deepEqual([moved!.old!.id, moved!.new!.id], ['0x0000000000000001', '0x0000000000000001']);
    assert.deepEqual(
      moved!.frames.map(({ op, frame }) => `${op} ${frame.function}`),
      ['removed get', 'added lock', 'added charge', 'same work', 'same run', 'same _bootstrap_inner', 'same _bootstrap'],
    );
    assert.deepEqual(pair!.threads[2], { status: 'unchanged', old: ref(2, 9), new: ref(2, 9), frames: [] });
    const lines = await readText(before + before.replaceAll('line 9 in get', 'line 11 in get'));
    const [step] = (JSON.parse([...diffJson(lines, successivePairs(lines))].join('')) as { pairs: Pair[] }).pairs[0]!.threads[0]!.frames;
    assert.deepEqual([step!.op, step!.frame.line, step!.oldLine], ['line', 11, 9]);
  });

  const ref = (thread: number, id: number): object => ({ thread, id: `0x${id.toString().padStart(16, '0')}`, name: null });

  it('can be made of samples cut anywhere', async () => {
    for (const name of ['deadlock/stacks.log', 'service-log/service.log', 'restart/service.log']) {
      const bytes = fs.readFileSync(path.join(SAMPLES, name));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), fc.integer({ min: 0, max: bytes.length }), async (a, b) => {
          const set = await readText(bytes.subarray(Math.min(a, b), Math.max(a, b)));
          assert.ok(validate(JSON.parse([...diffJson(set, successivePairs(set))].join(''))), JSON.stringify(validate.errors));
          for (const line of text(set)) assert.equal(line.includes('\n'), false);
        }),
        { numRuns: 30 },
      );
    }
  });
});

interface Pair {
  readonly old: number;
  readonly new: number;
  readonly counts: { readonly moved: number };
  readonly threads: readonly {
    readonly status: string;
    readonly old: { readonly id: string } | null;
    readonly new: { readonly id: string } | null;
    readonly frames: readonly {
      readonly op: string;
      readonly oldLine?: number;
      readonly frame: { readonly function: string; readonly line: number };
    }[];
  }[];
}
