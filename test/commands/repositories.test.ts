import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** The lines of the `run: |` of the action, and of the `script:` of the component. */
function scriptOf(text: string, head: RegExp, item: RegExp): string {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => head.test(line)) + 1;
  const indent = /^ */.exec(lines[begin]!)![0].length;
  const end = lines.findIndex((line, i) => i > begin && line !== '' && /^ */.exec(line)![0].length < indent);
  return lines
    .slice(begin, end === -1 ? undefined : end)
    .map((line) => line.slice(indent).replace(item, ''))
    .join('\n');
}

/** Runs a script of a CI service with this checkout in the place of the package. */
function runScript(shell: string, script: string, folder: string, env: Readonly<Record<string, string>>) {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(
    path.join(bin, 'npx'),
    `#!/bin/sh\n[ "$1 $2" = "--yes standstill@latest" ] || exit 99\nshift 2\nexec "${process.execPath}" "${path.join(ROOT, 'bin/run.js')}" "$@"\n`,
    { mode: 0o755 },
  );
  return spawnSync(shell, ['-e', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, STANDSTILL_VERSION: 'latest', ...env },
  });
}

describe('in repositories', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-repository-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  describe('the action for GitHub', () => {
    const action = read('action.yml');
    const script = scriptOf(action, /^ {6}run: \|$/, /^/);
    const run = (env: Readonly<Record<string, string>>) =>
      runScript('bash', script, folder, {
        STANDSTILL_FAIL_ON: 'never',
        STANDSTILL_REPORTS: '',
        STANDSTILL_VERDICT: path.join(folder, 'verdict.json'),
        GITHUB_OUTPUT: path.join(folder, 'output'),
        GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
        ...env,
      });

    it('annotates, writes the summary and further reports, and tells the verdict', () => {
      const { status, stdout } = run({
        STANDSTILL_PATH: path.join(ROOT, 'samples/classic-recipe'),
        STANDSTILL_REPORTS: 'sarif=hang.sarif\njunit=hang.xml\n',
      });
      assert.equal(status, 0);
      assert.match(stdout, /^::error title=1 thread stuck in await_confirmation::/);
      assert.equal(fs.readFileSync(path.join(folder, 'output'), 'utf8'), 'verdict=stuck\n');
      assert.match(fs.readFileSync(path.join(folder, 'summary.md'), 'utf8'), /^### 1 thread stuck\n/);
      assert.match(fs.readFileSync(path.join(folder, 'hang.sarif'), 'utf8'), /^\{"\$schema"/);
      assert.ok(fs.existsSync(path.join(folder, 'hang.xml')));
    });

    it('fails as it is told to, after everything is written', () => {
      const { status } = run({ STANDSTILL_PATH: path.join(ROOT, 'samples/classic-recipe'), STANDSTILL_FAIL_ON: 'stuck' });
      assert.equal(status, 1);
      assert.equal(fs.readFileSync(path.join(folder, 'output'), 'utf8'), 'verdict=stuck\n');
    });

    it('passes where there is no dump, and takes a path for a path', () => {
      const file = '--fail-on $(touch pwned) `touch pwned`; touch pwned.log';
      fs.writeFileSync(path.join(folder, file), 'all is well\n');
      const { status, stdout } = run({ STANDSTILL_PATH: file });
      assert.deepEqual([status, stdout], [0, 'standstill: no stack dump was found\n']);
      assert.deepEqual(
        fs.readdirSync(folder).filter((name) => name === 'pwned'),
        [],
      );
      assert.equal(fs.readFileSync(path.join(folder, 'output'), 'utf8'), 'verdict=\n');
    });

    it('has no expression in the text of its script', () => {
      assert.doesNotMatch(script, /\$\{\{/);
      assert.match(action, /^ {2}using: composite$/m);
    });
  });

  describe('the component for GitLab', () => {
    const script = scriptOf(read('templates/standstill.yml'), /^ {2}script:$/, /^- /);

    it('writes the reports that its artifacts name, and a comment to the log', () => {
      const { status, stdout } = runScript('sh', script, folder, {
        STANDSTILL_PATH: path.join(ROOT, 'samples/classic-recipe'),
        STANDSTILL_FAIL_ON: 'stuck',
      });
      assert.equal(status, 1);
      assert.match(stdout, /^<!-- standstill -->\n### 1 thread stuck\n/);
      for (const [, name] of read('templates/standstill.yml').matchAll(/^ +(?:- |\w+: )(standstill[\w-]*\.(?:xml|json|html))$/gm))
        assert.ok(fs.statSync(path.join(folder, name!)).size > 0, name);
    });
  });

  it('the image is made of what is published, and does not run as root', () => {
    const docker = read('Dockerfile');
    assert.match(docker, /npm pack/);
    assert.match(docker, /^USER node$/m);
  });
});
