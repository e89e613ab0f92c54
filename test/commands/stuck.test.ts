import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = (args: readonly string[], input?: string): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
const validate = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/stuck.schema.json'), 'utf8')) as object,
);

interface Answer {
  verdict: string;
  series: { threads: { id: string; verdict: string; score: number; signals?: unknown[] }[] }[];
}

describe('standstill stuck', () => {
  it('has the answer in its first line', () => {
    const { stdout, status } = run(['stuck', 'samples/classic-recipe']);
    assert.match(stdout, /^STUCK {2}1 thread: look at await_confirmation, \/srv\/app\/order_service\.py:32\n/);
    assert.match(stdout, /^ {2}AAA {2}stuck .*await_confirmation/m);
    assert.match(stdout, /^ {2}--- {2}idle +3 threads +worker of ThreadPoolExecutor$/m);
    assert.equal(status, 0);
  });

  it('says which inputs could not be read, on standard error or in its document', () => {
    const text = run(['stuck', 'samples/classic-recipe', 'none.log']);
    assert.equal(text.stderr, 'standstill: none.log: no such file\n');
    assert.match(text.stdout, /^STUCK/);
    const json = run(['stuck', '--json', 'samples/classic-recipe', 'none.log', '/dev/null/x']);
    assert.equal(json.stderr, '');
    const answer = JSON.parse(json.stdout) as Answer & { unread: { path: string; code: string; message: string }[] };
    assert.ok(validate(answer), JSON.stringify(validate.errors));
    assert.deepEqual(
      answer.unread.map(({ path: file, code }) => [file, code]),
      [
        ['none.log', 'not-found'],
        ['/dev/null/x', answer.unread[1]!.code],
      ],
    );
    assert.equal('unread' in (JSON.parse(run(['stuck', '--json', 'samples/classic-recipe']).stdout) as object), false);
  });

  for (const sample of fs.readdirSync(path.join(ROOT, 'samples'), { withFileTypes: true })) {
    if (!fs.existsSync(path.join(ROOT, 'samples', sample.name, 'expected.json')) || sample.name === 'large') continue;
    it(`writes a document that its schema describes: ${sample.name}`, () => {
      const { stdout } = run(['stuck', '--json', path.join('samples', sample.name)]);
      const answer = JSON.parse(stdout) as Answer;
      assert.ok(validate(answer), JSON.stringify(validate.errors));
      for (const { threads } of answer.series) {
        const scores = threads.map(({ score }) => score);
        assert.deepEqual(
          scores,
          [...scores].sort((a, b) => b - a),
        );
      }
    });
  }

  it('ends with status 1 for what the caller wants to fail on, or worse', () => {
    assert.equal(run(['stuck', '--fail-on', 'stuck', 'samples/classic-recipe']).status, 1);
    assert.equal(run(['stuck', '--fail-on', 'inconclusive', 'samples/classic-recipe']).status, 1);
    assert.equal(run(['stuck', '--fail-on', 'suspect', 'samples/healthy-service']).status, 0);
    assert.equal(run(['stuck', '--fail-on', 'inconclusive', 'samples/pytest-run']).status, 1);
    assert.equal(run(['analyze', '--fail-on', 'stuck', 'samples/classic-recipe']).status, 1);
    assert.equal(run(['analyze', '--fail-on', 'stuck', 'samples/healthy-service']).status, 0);
  });

  it('explains a verdict by every signal and its weight', () => {
    const { stdout } = run(['stuck', '--explain', '0x7f4fdaffd6c0', 'samples/classic-recipe']);
    assert.match(stdout, /Why 0x00007f4fdaffd6c0 is stuck[^]*−\d\.\d\d {2}prior[^]*1 \/ \(1 \+ e\^-x\)/);
    const json = JSON.parse(run(['stuck', '--json', '--explain', '0x7f4fdaffd6c0', 'samples/classic-recipe']).stdout) as Answer;
    assert.equal(json.series[0]!.threads.filter(({ signals }) => signals !== undefined).length, 1);
    const nobody = run(['stuck', '--explain', 'nobody', 'samples/classic-recipe']);
    assert.equal(nobody.status, 2);
    assert.match(nobody.stderr, /no dump shows such a thread/);
  });

  it('judges a thread by those around it, also when a filter hides them', () => {
    const all = JSON.parse(run(['stuck', '--json', 'samples/classic-recipe']).stdout) as Answer;
    const one = JSON.parse(run(['stuck', '--json', '--filter', 'heartbeat', 'samples/classic-recipe']).stdout) as Answer;
    assert.ok(validate(one), JSON.stringify(validate.errors));
    assert.equal(one.series[0]!.threads.length, 1);
    assert.deepEqual(
      one.series[0]!.threads[0],
      all.series[0]!.threads.find(({ id }) => id === one.series[0]!.threads[0]!.id),
    );
    assert.equal(one.verdict, 'stuck');
  });

  it('says that the stacks of a deadlock alone cannot tell, and that the source can', () => {
    const { stdout } = run(['stuck', 'samples/deadlock']);
    assert.match(stdout, /^INCONCLUSIVE/);
    assert.match(stdout.replaceAll(/\s+/g, ' '), /3 threads stay inside a call that leaves no frame: .* \(--source DIR\)/);
  });

  it('sees a deadlock in the source that the stacks do not show, and says who holds what', () => {
    const { stdout } = run(['stuck', '--source', 'samples/programs', 'samples/deadlock']);
    assert.match(stdout, /^STUCK {2}6 threads: look at transfer, \/srv\/app\/transfers\.py:21\n/);
    const text = stdout.replaceAll(/\s+/g, ' ');
    assert.match(text, /waits: lock, in with target\.lock/);
    assert.match(
      text,
      /it waits for a thread that waits for it, which holds source\.lock since \S+transfers\.py:19, wanted at \S+transfers\.py:21 \(guessed from the source\)/,
    );
    const json = JSON.parse(run(['stuck', '--json', '--source', 'samples/programs', 'samples/deadlock']).stdout) as Answer;
    assert.ok(validate(json), JSON.stringify(validate.errors));
  });

  it('warns of a source folder that is not there, and goes on', () => {
    const { stderr, status } = run(['stuck', '--source', 'no/such/folder', 'samples/deadlock']);
    assert.match(stderr, /--source: no\/such\/folder: no such folder/);
    assert.equal(status, 0);
  });

  it('gives analyze its series', () => {
    const { series } = JSON.parse(run(['analyze', '--json', 'samples/classic-recipe']).stdout) as Answer;
    assert.deepEqual(series, (JSON.parse(run(['stuck', '--json', 'samples/classic-recipe']).stdout) as Answer).series);
  });
});

describe('standstill signatures', () => {
  it('lists the rules, of one library too', () => {
    assert.match(run(['signatures', '--library', 'redis']).stdout, /py\.redis\.consumer {2}idle-blocking-read, net-read: redis consumer/);
    assert.equal(run(['signatures', '--library', 'nothing']).status, 2);
  });

  it('makes a rule of a pasted stack, which --signatures then takes', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
    try {
      const dump = fs.readFileSync(path.join(ROOT, 'samples/classic-recipe/20261123093000.log'), 'utf8');
      const pasted = /Thread [^\n]*\n(?: {2}File [^\n]*\n)*? {2}File [^\n]*await_confirmation\n(?: {2}File [^\n]*\n)*/.exec(dump)![0];
      const rule = run(['signatures', '--id', 'acme.confirmations', '--wait', 'queue', '--label', 'confirmations', '-'], pasted);
      assert.equal(
        rule.stdout,
        'acme.confirmations | queue | idle | confirmations\n' +
          '    stack  threading.py:wait < queue.py:get < app/order_service.py:await_confirmation < app/order_service.py:capture_payment < app/order_service.py:settle_orders\n',
      );
      const file = path.join(folder, 'acme.signatures');
      fs.writeFileSync(file, rule.stdout);
      const answer = run(['stuck', '--signatures', file, 'samples/classic-recipe']);
      assert.match(answer.stdout, /^CLEAR/);
      assert.match(answer.stdout, /idle .*await_confirmation/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
