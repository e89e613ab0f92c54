import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { main } from '../../src/cli.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const validate = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/history.schema.json'), 'utf8')) as object,
);

interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process: to start another takes far longer than most questions. */
async function run(...args: readonly string[]): Promise<Run> {
  const said = { stdout: '', stderr: '' };
  const { stdout, stderr } = process;
  const writes = [stdout, stderr].map((stream) => stream.write.bind(stream));
  const take =
    (name: 'stdout' | 'stderr') =>
    (piece: string | Uint8Array, ...more: unknown[]): boolean => {
      said[name] += Buffer.from(piece as Uint8Array).toString();
      for (const callback of more) if (typeof callback === 'function') (callback as () => void)();
      return true;
    };
  Object.assign(stdout, { write: take('stdout') });
  Object.assign(stderr, { write: take('stderr') });
  try {
    await main(args[0] === 'report' ? [...args] : ['history', ...args]);
    return { status: Number(process.exitCode ?? 0), ...said };
  } finally {
    for (const [i, stream] of [stdout, stderr].entries()) Object.assign(stream, { write: writes[i] });
    process.exitCode = undefined;
  }
}

async function ok(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(...args);
  assert.deepEqual([stderr, status], ['', 0]);
  return stdout;
}

/** What the tests look at in the documents; the schema describes them whole. */
interface Answer {
  readonly dumps: number;
  readonly known: number;
  readonly hangs: readonly { readonly fingerprint: string; readonly times: number; readonly timesByBuild: readonly number[] }[];
  readonly builds: readonly { readonly build: string; readonly times: number }[];
  readonly gone: readonly unknown[];
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
}

interface Known {
  readonly verdict: string | null;
  readonly known_times: number | null;
  readonly known_builds: number | null;
  readonly known_hosts: number | null;
  readonly known_since_build: string | null;
}

async function document(...args: readonly string[]): Promise<Answer> {
  const value: unknown = JSON.parse(await ok(...args, '--json'));
  assert.ok(validate(value), JSON.stringify(validate.errors));
  return value as Answer;
}

const sample = path.join(ROOT, 'samples/classic-recipe');

describe('standstill history', () => {
  let folder = '';
  const at = (name: string): string => path.join(folder, name);
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-history-'));
    process.env['STANDSTILL_STORE'] = at('history.sqlite');
    fs.writeFileSync(at('fine.log'), 'all is well\n');
  });
  after(() => {
    delete process.env['STANDSTILL_STORE'];
    fs.rmSync(folder, { recursive: true });
  });

  it('says where to begin when there is no history yet', async () => {
    const { status, stderr } = await run('list');
    assert.equal(status, 2);
    assert.match(stderr, /^standstill: there is no history yet at .*history\.sqlite\nbegin one with: standstill history add PATH/);
  });

  it('adds dumps once, and counts builds that are fine', async () => {
    const add = ['add', sample, '--build', '812', '--host', 'ci-1', '--label', 'branch=main'];
    assert.match(await ok(...add), /^added 3 dumps of build 812 with 24 threads \(/);
    assert.match(await ok(...add), /^added 0 dumps of build 812 with 0 threads; 3 known already/);
    assert.match(
      await ok('add', '--allow-empty', '--build', '813', at('fine.log')),
      /^no dump: build 813 was looked at, and nothing hung \(/,
    );
    const { dumps, known } = await document('add', sample, '--build', '814', '--host', 'ci-2');
    assert.deepEqual([dumps, known], [3, 0]);
  });

  it('adds dumps without names if that is asked for, the same dumps as with names', async () => {
    const log = 'Timeout (0:05:00)!\nThread 0x1 (most recent call first):\n  File "/home/alice/shop/run.py", line 3 in wait_for_alice\n';
    fs.mkdirSync(at('home/alice'), { recursive: true });
    fs.writeFileSync(at('home/alice/run.log'), log);
    const store = ['--store', at('redacted.sqlite')];
    assert.equal((await document('add', at('home/alice/run.log'), '--redact', ...store)).dumps, 1);
    assert.doesNotMatch(await ok('export', ...store), /alice\//);
    assert.equal((await document('add', at('home/alice/run.log'), ...store)).known, 1);
  });

  it('lists, shows and compares, as text and as documents of one schema', async () => {
    const text = await ok('list');
    assert.match(text, /^1 hang in 3 builds, 6 dumps of 2 processes\n/);
    assert.match(text, /^ {2}\w{8} +2 +2 +2 +812 +814 +STUCK await_… order_service\.py:32$/m);
    const { fingerprint } = (await document('list')).hangs[0]!;
    assert.match(await ok('show', fingerprint.slice(0, 6)), /2 times in 2 of 3 builds on 2 hosts, since build 812, last in 814/);
    const { builds } = await document('show', fingerprint);
    assert.deepEqual(
      builds.map(({ build, times }) => [build, times]),
      [
        ['812', 1],
        ['813', 0],
        ['814', 1],
      ],
    );
    assert.match(await ok('trend'), /Builds 812 to 814, processes that hung: █·█/);
    assert.deepEqual((await document('trend')).hangs[0]!.timesByBuild, [1, 0, 1]);
    assert.match(await ok('new', '--since', '814'), /^since build 814: 0 new, 1 came back, 0 gone, 0 still there/);
    assert.equal((await document('new', '--since', '813')).gone.length, 0);
    assert.match(await ok('hosts'), /^2 hosts of 2 with a hang/);
    await document('hosts', '--host', 'ci-1');
    assert.equal((await document('list', '--label', 'branch=main', '--build', '814')).hangs.length, 0);
  });

  it('writes no page and no export over the history itself', async () => {
    const store = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-')), 'h.sqlite');
    await run('add', '--store', store, 'samples/classic-recipe');
    const before = await ok('list', '--store', store, '--json');
    for (const args of [
      ['list', '--html', store],
      ['export', '--output', store],
      ['export', '--to', 'parquet', '--output', store],
    ]) {
      const { status, stderr } = await run(...args, '--store', store);
      assert.equal(status, 2);
      assert.match(stderr, /h\.sqlite is an input of this command\n/);
    }
    assert.equal(await ok('list', '--store', store, '--json'), before);
    fs.rmSync(path.dirname(store), { recursive: true });
  });

  it('writes each answer as a page, too', async () => {
    const { fingerprint } = (await document('list')).hangs[0]!;
    for (const args of [['list'], ['show', fingerprint], ['trend'], ['new', '--since', '814'], ['hosts'], ['query', 'SELECT 1 AS one']]) {
      const file = at(`${args[0]!}.html`);
      assert.equal(await ok(...args, '--html', file), await ok(...args));
      assert.match(fs.readFileSync(file, 'utf8'), /<!DOCTYPE html>[^]*<\/html>\n$/);
    }
    assert.match(fs.readFileSync(at('list.html'), 'utf8'), /await_confirmation/);
  });

  it('marks the findings of a report with what is known', async () => {
    const report = (...more: string[]) => run('report', sample, '--history', '--to', 'markdown', ...more);
    assert.match((await report()).stdout, /\n- known since build 812, 2 times on 2 hosts\n/);
    const none = await report('--store', at('none.sqlite'));
    assert.match(none.stdout, /\n- new: the history does not know it\n/);
    assert.match(none.stderr, /^standstill: there is no history yet at /);
    assert.equal(none.status, 0);
    assert.doesNotMatch((await run('report', sample, '--to', 'markdown')).stdout, /known|new:/);
    const json = JSON.parse((await run('report', sample, '--history', '--to', 'json')).stdout) as {
      series: { threads: { verdict: string; known?: { times: number } }[] }[];
    };
    assert.deepEqual(
      json.series[0]!.threads.flatMap(({ verdict, known }) => (known ? [[verdict, known.times]] : [])),
      [['stuck', 2]],
    );
    const rows = (await run('report', sample, '--history', '--to', 'ndjson')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Known);
    assert.deepEqual(
      rows
        .filter(({ verdict }) => verdict === 'stuck')
        .map((row) => [row.known_times, row.known_builds, row.known_hosts, row.known_since_build]),
      [
        [2, 2, 2, '812'],
        [2, 2, 2, '812'],
        [2, 2, 2, '812'],
      ],
    );
    assert.ok(rows.every(({ verdict, known_times: times }) => verdict === 'stuck' || times === null));
    const cells = (await run('report', sample, '--history', '--to', 'csv', '--store', at('none.sqlite'))).stdout;
    assert.match(cells, /,known_times,known_builds,known_hosts,known_since_build,known_since\r\n/);
    assert.match(cells, /,\w{16},0,0,0,,\r\n/);
    await run('report', sample, '--history', '--to', `html=${at('report.html')}`);
    assert.match(fs.readFileSync(at('report.html'), 'utf8'), /known since build 812, 2 times on 2 hosts/);
  });

  it('ends with status 1 on new hangs if that is asked for', async () => {
    assert.equal((await run('new', '--since', '814', '--exit-code')).status, 1);
    assert.equal((await run('new', '--since', '814')).status, 0);
  });

  it('answers SQL that reads', async () => {
    const { columns, rows } = await document('query', 'SELECT verdict, count(*) AS n FROM threads GROUP BY 1 ORDER BY 2 DESC');
    assert.deepEqual(
      [columns, rows[0]],
      [
        ['verdict', 'n'],
        ['idle', 36],
      ],
    );
    const refused = await run('query', 'DELETE FROM dump_rows');
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /begins with SELECT/);
  });

  it('exports, imports and forgets', async () => {
    const [ndjson, parquet, copy] = [at('h.ndjson'), at('h.parquet'), at('copy.sqlite')];
    await ok('export', '--output', ndjson);
    assert.match(await ok('import', ndjson, '--store', copy), /^added 6 dumps with 48 threads; 0 known already/);
    assert.equal(await ok('export', '--store', copy), fs.readFileSync(ndjson, 'utf8'));
    await ok('export', '--to', 'parquet', '--output', parquet);
    assert.equal(fs.readFileSync(parquet).subarray(0, 4).toString(), 'PAR1');
    assert.match(await ok('import', parquet, '--store', at('again.sqlite')), /^added 6 dumps with 48 threads; 0 known already/);
    assert.equal(await ok('export', '--store', at('again.sqlite')), fs.readFileSync(ndjson, 'utf8'));
    assert.equal((await document('prune', '--build', '814', '--dry-run')).dumps, 3);
    assert.match(await ok('prune', '--build', '814', '--store', copy), /^forgot 3 dumps with 24 threads/);
    assert.match(await ok('list', '--store', copy), /^1 hang in 2 builds, 3 dumps/);
  });

  it('exports dumps whose time is that of a file, which counts in nanoseconds', async () => {
    const [log, store, ndjson, copy] = [at('untimed.log'), at('untimed.sqlite'), at('untimed.ndjson'), at('untimed-copy.sqlite')];
    fs.writeFileSync(log, 'Thread 0x0000000000000001 (most recent call first):\n  File "/app/a.py", line 1 in work\n');
    fs.utimesSync(log, 1_795_690_121.065_827_6, 1_795_690_121.065_827_6);
    await ok('add', log, '--build', '1', '--store', store);
    await ok('export', '--output', ndjson, '--store', store);
    assert.match(fs.readFileSync(ndjson, 'utf8'), /"time":1795690121065,"timeFrom":"file-time"/);
    assert.match(await ok('import', ndjson, '--store', copy), /^added 1 dump with 1 thread; 0 known already/);
    assert.equal(await ok('export', '--store', copy), fs.readFileSync(ndjson, 'utf8'));
  });

  it('says what is wrong with a call', async () => {
    const wrong: [readonly string[], RegExp][] = [
      [['show', 'ffff'], /no hang ffff/],
      [['new', '--since', '9'], /no build 9 .*\nthe newest builds are 814, 813, 812/],
      [['list', '--since', 'yesterday'], /--since yesterday: no time/],
      [['list', '--label', 'main'], /no value/],
      [['prune'], /nothing is named/],
      [['new'], /^standstill: Missing required flag since\n/],
      [['list', '--store', 'mongodb://x'], /no such store/],
      [['add', path.join(ROOT, 'package.json')], /no stack dump/],
      [['import', path.join(ROOT, 'package.json')], /no export of a history|no JSON/],
    ];
    for (const [args, message] of wrong) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });
});
