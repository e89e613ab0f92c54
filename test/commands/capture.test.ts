import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';

import { hangingNode, withTarget } from '../take/hanging.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const schema = (name: string): object => JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as object;
const validate = new Ajv({ strict: false, validateFormats: false }).addSchema(schema('stuck')).compile(schema('capture'));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), 'capture', ...args], { cwd: ROOT, encoding: 'utf8' });

(process.platform === 'linux' ? describe : describe.skip)('standstill capture', function () {
  this.timeout(60_000);

  it('says how it takes the dumps, then what is stuck, and ends as stuck does', async () => {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
    try {
      await withTarget(await hangingNode('atomics-wait', { options: ['--inspect=127.0.0.1:0'] }), async ({ pid }) => {
        const text = run(String(pid), '--interval', '400ms', '--out', out, '--fail-on', 'inconclusive');
        assert.match(text.stderr, new RegExp(`^standstill: process ${pid} is Node [\\d.]+: .*\nstandstill: chosen inspector: `));
        assert.match(text.stderr, new RegExp(`^standstill: dump 3 of 3: ${out}/.*\\.pid-${pid}\\.jsonl$`, 'm'));
        assert.match(text.stdout, /^(?:STUCK|SUSPECT|INCONCLUSIVE) .*\n.*3 dumps over .* pid \d+/);
        assert.match(text.stdout, /atomics-wait/);
        assert.equal(text.status, 1);
        const json = run(String(pid), '--interval', '300ms', '--count', '2', '--out', out, '--json');
        const answer: unknown = JSON.parse(json.stdout);
        assert.ok(validate(answer), JSON.stringify(validate.errors));
        assert.equal(json.stderr, '');
        assert.equal(fs.readdirSync(out).length, 5);
        await Promise.resolve();
      });
    } finally {
      fs.rmSync(out, { recursive: true, force: true });
    }
  });

  it('shows its plan and takes nothing', async () => {
    await withTarget(await hangingNode('idle'), async (target) => {
      const { stdout, status } = run(String(target.pid), '--plan', '--json', '--signal', 'TERM');
      const answer = JSON.parse(stdout) as { capture: { ways: { name: string; open: boolean; why: string }[] } };
      assert.ok(validate(answer), JSON.stringify(validate.errors));
      assert.deepEqual(answer.capture.ways[0]?.open, false);
      assert.match(answer.capture.ways[0].why, /^SIGTERM is not sent: /);
      assert.equal(status, 0);
      assert.equal(target.info.state, 'S');
      await Promise.resolve();
    });
  });

  it('has one line on what is wrong and one on what to do', () => {
    const cases: [string[], RegExp][] = [
      [['abc'], /^standstill: abc: no number of a process\nps -ef lists them; standstill capture 4711\n$/],
      [['0'], /^standstill: 0: no number of a process\n/],
      [['4194305'], /^standstill: there is no process 4194305\nlook for its number with ps or pgrep\n$/],
      [[String(process.ppid), '--signal', 'DUMP'], /^standstill: there is no signal DUMP\n/],
      [[String(process.pid), '--interval', 'soon'], /no time/],
    ];
    for (const [args, said] of cases) {
      const { stderr, status } = run(...args);
      assert.match(stderr, said);
      assert.equal(status, 2);
    }
  });
});
