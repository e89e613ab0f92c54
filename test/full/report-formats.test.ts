import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readText, type ReportInput } from '../../src/index.js';
import { WRITERS, problemsOf } from '../../src/report/index.js';
import { hostileInput } from '../report/hostile.js';
import { ROOT, SAMPLES, inputOf, sampleInput, written } from '../report/report-input.js';

/** Programs that read reports, each asked about every sample, about nothing and about hostile texts. */
const READERS: readonly { readonly id: string; readonly program: string; readonly args: (file: string) => string[] }[] = [
  { id: 'junit', program: 'xmllint', args: (file) => ['--noout', '--schema', path.join(ROOT, 'test/report/schemas/junit.xsd'), file] },
  {
    id: 'checkstyle',
    program: 'xmllint',
    args: (file) => ['--noout', '--schema', path.join(ROOT, 'test/report/schemas/checkstyle.xsd'), file],
  },
  { id: 'tap', program: 'prove', args: (file) => ['--exec', 'cat', file] },
];

describe('programs that read reports', () => {
  const inputs = new Map<string, ReportInput>();
  let folder = '';
  before(async function () {
    this.timeout(120_000);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-readers-'));
    for (const name of SAMPLES) inputs.set(name, await sampleInput(name));
    inputs.set('nothing', inputOf(await readText('all is well\n')));
    inputs.set('hostile texts', await hostileInput());
    inputs.set('a text of 10 MB', await hostileInput([`x${'<]]>`%|é'.repeat(10 << 17)}`]));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  for (const { id, program, args } of READERS) {
    it(`${program} takes every ${id}`, function () {
      this.timeout(120_000);
      if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined) {
        if (process.env['CI'] !== undefined) assert.fail(`${program} is not here`);
        this.skip();
      }
      const writer = WRITERS.find((known) => known.id === id)!;
      for (const [name, input] of inputs) {
        const file = path.join(folder, `${id}.${writer.extension}`);
        fs.writeFileSync(file, written(writer, input));
        const { status, stdout, stderr } = spawnSync(program, args(file), { encoding: 'utf8', input: '' });
        // prove's status says whether tests failed, too
        const fails = id === 'tap' && problemsOf(input).list.some(({ verdict }) => verdict === 'stuck');
        assert.equal(status === 0, !fails, `${name}: ${stderr}${stdout}`);
        assert.doesNotMatch(stdout + stderr, /parse error/i, name);
      }
    });
  }

  it('xmllint refuses what is no JUnit', function () {
    const file = path.join(folder, 'bad.xml');
    fs.writeFileSync(
      file,
      '<testsuites><testsuite name="x" tests="1" failures="0" errors="0"><testcase name="a" file="b"/></testsuite></testsuites>',
    );
    const { error, status } = spawnSync('xmllint', READERS[0]!.args(file), { encoding: 'utf8' });
    if (error !== undefined) this.skip();
    assert.notEqual(status, 0);
  });
});
