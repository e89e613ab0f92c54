import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** The record of each build: what the stand-in for scripts/build.mjs appends to. */
const LOG = 'builds.log';
const BUILD = `
import fs from 'node:fs';
import path from 'node:path';
fs.appendFileSync('${LOG}', 'start\\n');
await new Promise((done) => setTimeout(done, 300));
if (fs.existsSync('src/broken.ts')) { console.error('src/broken.ts(1,1): error'); process.exit(1); }
for (const name of ['dist/cli/standstill.cjs', 'dist/src/index.js', 'dist/tree-sitter-python.wasm', 'dist/page/page.js', 'dist/page/page.css', 'oclif.manifest.json', 'man/standstill.1']) {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, '');
}
fs.appendFileSync('${LOG}', 'end\\n');
`;

describe('scripts/ensure.mjs', () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), text);
  };
  const builds = () => (fs.existsSync(at(LOG)) ? fs.readFileSync(at(LOG), 'utf8').trim().split('\n') : []);

  function ensure(): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [at('scripts/ensure.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    return new Promise((done) => child.on('close', (status) => done({ status, stdout, stderr })));
  }

  // A checkout with its dependencies installed, and with a build that only says so.
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-set-up-'));
    write('package.json', '{ "type": "module" }');
    write('package-lock.json', '{}');
    write('node_modules/.package-lock.json', '{}');
    write('src/index.ts', 'export {};\n');
    write('scripts/build.mjs', BUILD);
    fs.copyFileSync(path.join(ROOT, 'scripts', 'ensure.mjs'), at('scripts/ensure.mjs'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('builds once, then does nothing and says nothing', async () => {
    assert.deepEqual(await ensure(), { status: 0, stdout: '', stderr: 'standstill: building\n' });
    assert.deepEqual(await ensure(), { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(builds(), ['start', 'end']);
  });

  it('builds again when a source is changed, added or removed, or an output is gone', async () => {
    await ensure();
    const changes = [
      () => write('src/index.ts', 'export const x = 1;\n'),
      () => write('grammars/new.ts', 'export {};\n'),
      () => fs.rmSync(at('grammars/new.ts')),
      () => fs.rmSync(at('dist/cli/standstill.cjs')),
    ];
    for (const change of changes) {
      change();
      assert.equal((await ensure()).stderr, 'standstill: building\n');
    }
  });

  it('does not build again when a source has but a new time', async () => {
    await ensure();
    fs.utimesSync(at('src/index.ts'), new Date(), new Date());
    assert.equal((await ensure()).stderr, '');
  });

  it('passes on what the compiler says, and tries again next time', async () => {
    write('src/broken.ts', '');
    for (let i = 0; i < 2; i++) {
      const { status, stdout, stderr } = await ensure();
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^src\/broken\.ts\(1,1\): error$/m);
    }
    fs.rmSync(at('src/broken.ts'));
    assert.equal((await ensure()).status, 0);
  });

  it('builds once when several run at the same time', async () => {
    const results = await Promise.all([ensure(), ensure(), ensure()]);
    assert.deepEqual(
      results.map(({ status }) => status),
      [0, 0, 0],
    );
    assert.deepEqual(builds(), ['start', 'end']);
  });

  it('takes over from a run that was killed', async () => {
    write('.cache/setup.lock/owner', `${os.hostname()} 999999999`);
    assert.equal((await ensure()).status, 0);
    write('.cache/setup.lock/owner', `another-host 1`);
    const old = new Date(Date.now() - 60_000);
    fs.utimesSync(at('.cache/setup.lock'), old, old);
    write('src/index.ts', 'export const x = 2;\n');
    assert.equal((await ensure()).status, 0);
    assert.equal(fs.existsSync(at('.cache/setup.lock')), false);
  });
});
