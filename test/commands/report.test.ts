import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { WRITERS } from '../../src/report/index.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = (args: readonly string[], input?: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
const schema = (name: string) =>
  new Ajv({ strict: false, validateFormats: false }).compile(
    JSON.parse(fs.readFileSync(path.join(ROOT, `schemas/${name}.schema.json`), 'utf8')) as object,
  );

describe('standstill report', () => {
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-report-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  it('writes several reports of one reading, to files and one to standard output', () => {
    const [json, ndjson] = [path.join(folder, 'new/deep/hang.json'), path.join(folder, 'threads.ndjson')];
    const { stdout, stderr, status } = run(['report', 'samples/classic-recipe', '--to', `json=${json}`, '--to', 'ndjson']);
    assert.deepEqual([stderr, status], ['', 0]);
    assert.equal(fs.readFileSync(json, 'utf8'), run(['analyze', '--json', 'samples/classic-recipe']).stdout);
    assert.equal(stdout.trimEnd().split('\n').length, 24);
    run(['report', 'samples/classic-recipe', `--to=ndjson=${ndjson}`]);
    assert.equal(fs.readFileSync(ndjson, 'utf8'), stdout);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['new', 'threads.ndjson']);
  });

  it('fails as --fail-on says, after everything is written', () => {
    const { status, stdout } = run(['report', '--to=ndjson', '--fail-on=stuck', 'samples/classic-recipe']);
    assert.equal(status, 1);
    assert.equal(stdout.trimEnd().split('\n').length, 24);
    assert.equal(run(['report', '--to=ndjson', '--fail-on=suspect', 'samples/healthy-service']).status, 0);
  });

  for (const { id } of WRITERS) {
    it(`writes a valid empty report where no input holds a dump and that is allowed: ${id}`, () => {
      assert.equal(run(['report', `--to=${id}`, '-'], 'all is well\n').status, 2);
      const { status, stderr } = run(['report', `--to=${id}`, '--allow-empty', '-'], 'all is well\n');
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  it('answers a mistyped format, one that is not named, and two reports for one place', () => {
    const stderr = (...args: string[]) => {
      const result = run(['report', 'samples/classic-recipe', ...args]);
      assert.deepEqual([result.status, result.stdout], [2, '']);
      return result.stderr;
    };
    assert.match(stderr('--to=jsom=x'), /^standstill: --to jsom=x: there is no report "jsom"\ndid you mean "--to json"\?\n$/);
    assert.match(stderr('--to', 'prose'), /^standstill: --to prose: .*\nknown reports: html, markdown, junit, /);
    assert.match(stderr(), /^standstill: no report is named\n--to FORMAT/);
    assert.match(stderr('--to=json', '--to=ndjson=-'), /two reports for standard output/);
    assert.match(stderr('--to=json=a.json', '--to=ndjson=./a.json'), /two reports for one file/);
    assert.match(stderr('--to=json='), /no file is named/);
    assert.match(stderr('--to=json', '--root=no/such/folder'), /--root no\/such\/folder: there is no such folder/);
  });

  it('writes the other reports when one cannot be written', () => {
    const file = path.join(folder, 'other.ndjson');
    fs.writeFileSync(path.join(folder, 'file'), '');
    const { status, stderr } = run(['report', 'samples/crash', `--to=json=${folder}/file/x.json`, `--to=ndjson=${file}`]);
    assert.equal(status, 2);
    assert.match(stderr, /file\/x\.json: cannot be written \(ENOTDIR\)\n/);
    assert.ok(fs.readFileSync(file, 'utf8').length > 0);
  });

  it('overwrites no input', () => {
    const file = path.join(folder, 'dump.log');
    fs.copyFileSync(path.join(ROOT, 'samples/classic-recipe/20261123093000.log'), file);
    fs.symlinkSync(file, path.join(folder, 'link'));
    const { status, stderr } = run(['report', file, `--to=json=${folder}/link`]);
    assert.equal(status, 2);
    assert.match(stderr, /link is an input of this command/);
    assert.match(fs.readFileSync(file, 'utf8'), /^Thread 0x/);
    const baseline = run(['baseline', file, '--output', `${folder}/link`]);
    assert.equal(baseline.status, 2);
    assert.match(baseline.stderr, /link is an input of this command/);
    assert.match(fs.readFileSync(file, 'utf8'), /^Thread 0x/);
  });

  it('keeps the mode of a file and a symbolic link to it, and writes to what is no file', () => {
    const file = path.join(folder, 'kept.json');
    fs.writeFileSync(file, 'old', { mode: 0o600 });
    fs.symlinkSync(file, path.join(folder, 'latest.json'));
    assert.equal(run(['report', 'samples/crash', `--to=json=${folder}/latest.json`]).status, 0);
    assert.ok(fs.lstatSync(path.join(folder, 'latest.json')).isSymbolicLink());
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.match(fs.readFileSync(file, 'utf8'), /^\{"schemaVersion"/);
    const piped = spawnSync('sh', ['-c', 'node bin/run.js report samples/crash --to=json=/dev/stderr 2>&1 | cat'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.match(piped.stdout, /^\{"schemaVersion"/);
  });
});

describe('report --to ndjson', () => {
  const validate = schema('ndjson');

  it('has a line for each thread of each dump, with what is said of it', () => {
    const rows = run(['report', 'samples/classic-recipe', '--to', 'ndjson'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const row of rows) assert.ok(validate(row), JSON.stringify(validate.errors));
    const stuck = rows.filter((row) => row['verdict'] === 'stuck');
    assert.deepEqual(
      stuck.map((row) => [
        row['dump'],
        row['thread_id'],
        row['role'],
        row['wait'],
        row['top_function'],
        row['own_function'],
        row['own_line'],
      ]),
      [0, 1, 2].map((dump) => [dump, '0x00007f4fdaffd6c0', 'culprit', 'queue', 'wait', 'await_confirmation', 32]),
    );
  });

  it('writes the threads that a filter left with the findings of the whole', () => {
    const rows = run(['report', 'samples/classic-recipe', '--to=ndjson', '--filter=order_service.py']).stdout.trimEnd().split('\n');
    assert.equal(rows.length, 15);
    for (const line of rows) {
      const row = JSON.parse(line) as Record<string, unknown>;
      assert.equal(row['verdict'] === 'stuck', row['own_function'] === 'await_confirmation');
    }
  });
});

describe('standstill baseline', () => {
  it('writes down what hangs, and report --baseline is silent on it, in every format and in the status', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-baseline-'));
    try {
      const file = path.join(folder, 'baseline.json');
      assert.equal(run(['baseline', 'samples/classic-recipe', '--output', file]).status, 0);
      const document = JSON.parse(fs.readFileSync(file, 'utf8')) as { places: { what: string }[] };
      const validate = schema('baseline');
      assert.ok(validate(document), JSON.stringify(validate.errors));
      assert.deepEqual(
        document.places.map(({ what }) => what),
        ['1 thread stuck in await_confirmation'],
      );
      const { status, stdout } = run(['report', 'samples/classic-recipe', '--baseline', file, '--to=github', '--fail-on=stuck']);
      assert.deepEqual([status, stdout], [0, 'standstill: nothing hangs, by these dumps\n']);
      fs.writeFileSync(file, '{"places":[]}');
      assert.match(
        run(['report', 'samples/crash', '--to=tap', '--baseline', file]).stderr,
        /baseline\.json: its fingerprints are of another version/,
      );
      assert.match(
        run(['report', 'samples/crash', '--to=tap', '--baseline=none']).stderr,
        /--baseline none: there is no such file\nwrite one/,
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('report --to github', () => {
  it('appends to the summary of the step where there is one', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-summary-'));
    try {
      const summary = path.join(folder, 'summary.md');
      fs.writeFileSync(summary, 'before\n');
      const args = [path.join(ROOT, 'bin/run.js'), 'report', 'samples/classic-recipe', '--to=github'];
      const { stdout } = spawnSync(process.execPath, args, {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, GITHUB_STEP_SUMMARY: summary },
      });
      assert.match(stdout, /^::error title=1 thread stuck in await_confirmation::/);
      assert.match(fs.readFileSync(summary, 'utf8'), /^before\n### 1 thread stuck\n/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
