import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readFiles } from '../../src/index.js';
import { collect, type Batch, type Provenance } from '../../src/store/index.js';
import { dumpText } from '../analysis/dump-text.js';
import { inputOf, sampleInput } from '../report/report-input.js';

const ADDED = Date.UTC(2026, 10, 24);
const from = (more: Partial<Provenance> = {}): Provenance => ({ build: '812', host: 'ci-1', labels: [], added: ADDED, ...more });

describe('what a store is told of a reading', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-collect-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const read = async (files: readonly string[], more: Partial<Provenance> = {}): Promise<Batch> =>
    collect(inputOf(await readFiles(files)), from(more));
  const keys = ({ dumps }: Batch): string[] => dumps.map(({ key }) => key);

  const hung = dumpText([
    { id: 1, frames: ['acquire:25', 'handle:50', 'take:59'] },
    { id: 2, frames: ['main:9'], main: true },
  ]);

  it('is every dump with every thread, its verdict and where it stands', async () => {
    const { dumps, stacks, runs } = collect(await sampleInput('classic-recipe'), from({ labels: ['z=1', 'a=2'] }));
    assert.deepEqual(runs, [{ build: '812', host: 'ci-1', labels: ['a=2', 'z=1'], at: ADDED }]);
    assert.deepEqual(
      dumps.map(({ threads }) => threads.length),
      [8, 8, 8],
    );
    assert.equal(new Set(dumps.map(({ incident }) => incident)).size, 1);
    const [first] = dumps;
    assert.deepEqual(
      [first!.build, first!.host, first!.labels, first!.verdict, first!.at],
      ['812', 'ci-1', ['a=2', 'z=1'], 'stuck', first!.time],
    );
    const stuck = dumps.map(({ threads }) => threads.find(({ verdict }) => verdict === 'stuck')!);
    assert.equal(new Set(stuck.map(({ fingerprint }) => fingerprint)).size, 1);
    const { function: fn, file, line, wait, role, stack } = stuck[0]!;
    assert.deepEqual([fn, file, line, wait, role], ['await_confirmation', '/srv/app/order_service.py', 32, 'queue', 'culprit']);
    assert.equal(stacks.find(({ key }) => key === stack)!.frames[0]![0], 'wait');
    assert.equal(dumps[1]!.threads.filter(({ verdict }) => verdict === 'progressing').length, 1);
  });

  it('knows a dump by its content: under another name, in another folder, packed with others', async () => {
    const [a, b] = [write('20261123093000.log', hung), write('other.log', hung)];
    const log = write('all.log', `starting\n${hung}\nmore\n`);
    const [one] = keys(await read([b]));
    assert.deepEqual(keys(await read([log])), [one]);
    // a time in a file's name is part of what a dump says; the file's own time is not
    assert.notDeepEqual(keys(await read([a])), [one]);
    fs.utimesSync(b, 1, 1);
    assert.deepEqual(keys(await read([b])), [one]);
    for (const more of [{ build: '813' }, { build: null }, { host: 'ci-2' }]) assert.notDeepEqual(keys(await read([b], more)), [one]);
    for (const more of [{ labels: ['a=1'] }, { added: 5 }]) assert.deepEqual(keys(await read([b], more)), [one]);
    assert.notDeepEqual(keys(await read([write('line.log', hung.replace('line 25', 'line 26'))])), [one]);
    assert.notDeepEqual(keys(await read([write('id.log', hung.replace('0x0000000000000001', '0x0000000000000003'))])), [one]);
  });

  it('tells equal dumps of one log apart, since a process that hangs writes the same again', async () => {
    const log = write('repeat.log', `${hung}\n${hung}\n${hung}\n`);
    const three = keys(await read([log]));
    assert.equal(new Set(three).size, 3);
    assert.deepEqual(keys(await read([write('grown.log', `${hung}\n${hung}\n${hung}\n${hung}\n`)])).slice(0, 3), three);
  });

  it('says of one dump alone that it hangs only if it was made because of that', async () => {
    const verdicts = ({ dumps }: Batch): string[] => dumps.flatMap(({ threads }) => threads.map(({ verdict }) => verdict));
    assert.deepEqual(
      verdicts(await read([write('alone.log', hung)])).filter((verdict) => verdict === 'inconclusive'),
      [],
    );
    const timeout = await read([write('timeout.log', `Timeout (0:05:00)!\n${hung}`)]);
    assert.deepEqual(verdicts(timeout).filter((verdict) => verdict === 'inconclusive').length, 1);
    assert.match(timeout.dumps[0]!.reason!, /Timeout/);
  });

  it('says of a thread that got stuck that it moved before', async () => {
    const moving = dumpText([
      { id: 1, frames: ['work:99', 'take:59'] },
      { id: 2, frames: ['main:9'], main: true },
    ]);
    const text = [moving, hung, hung, hung].map((dump, i) => `2026-11-23 09:3${i}:00 dump\n${dump}`).join('\n');
    const { dumps } = await read([write('moving.log', text)]);
    const verdicts = dumps.map(({ threads }) => threads[0]!.verdict);
    assert.ok(['stuck', 'suspect'].includes(verdicts[3]!), verdicts.join());
    assert.deepEqual(verdicts, ['progressing', verdicts[3], verdicts[3], verdicts[3]]);
    assert.notEqual(dumps[0]!.threads[0]!.fingerprint, dumps[1]!.threads[0]!.fingerprint);
  });

  it('is a build that was looked at where there is no dump', async () => {
    const batch = await read([write('fine.log', 'all is well\n')]);
    assert.deepEqual(batch, { runs: [{ build: '812', host: 'ci-1', labels: [], at: ADDED }], stacks: [], dumps: [] });
  });

  it('bounds what a dump can bring, and keeps text that every store takes', async () => {
    const long = 'x'.repeat(50_000);
    const deep = dumpText([{ id: 1, frames: [`${long}:1`, ...Array.from({ length: 400 }, () => 'again:7')], main: true }]);
    const { dumps, stacks } = await read([write('long.log', deep)], { build: `\ud800\0${long}` });
    assert.ok(JSON.stringify({ dumps, stacks }).length < 30_000);
    assert.equal(stacks[0]!.depth, 401);
    assert.ok(dumps[0]!.build!.startsWith('\ufffd\ufffdx'));
  });
});
