import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

describe('README', () => {
  it('shows what its sessions really print', () => {
    const sessions = [...fs.readFileSync(`${ROOT}/README.md`, 'utf8').matchAll(/^ {4}\$ standstill (.*)\n((?: {4}.*\n|\n)+)/gm)];
    assert.ok(sessions.length > 1, 'no sessions');
    for (const shown of sessions) {
      const run = spawnSync(process.execPath, ['bin/run.js', ...shown[1]!.split(' ')], {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      assert.equal(shown[2]!.replaceAll(/^ {4}/gm, '').trim(), run.stdout.trim());
    }
  });
});
