import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { completionScript, type CommandSpec } from '../../src/commands/completion-scripts.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const BIN = path.join(ROOT, 'bin', 'run.js');

/** What bash would offer for the last of the words. */
function bash(script: string, ...words: string[]): string[] {
  const ask = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _standstill; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('standstill completion', () => {
  const written = spawnSync(process.execPath, [BIN, 'completion', 'bash'], { encoding: 'utf8' }).stdout;

  it('completes commands, flags and their values in bash', () => {
    assert.deepEqual(bash(written, 'standstill', 'an'), ['analyze']);
    assert.deepEqual(bash(written, 'standstill', 'analyze', '--col'), ['--color']);
    assert.deepEqual(bash(written, 'standstill', '--col'), ['--color']);
    assert.deepEqual(bash(written, 'standstill', 'analyze', '--color', 'a'), ['auto', 'always']);
    assert.deepEqual(bash(written, 'standstill', 'analyze', '--color', '=', 'n'), ['never']);
    assert.deepEqual(bash(written, 'standstill', 'analyze', '--tz', ''), []);
    assert.deepEqual(bash(written, 'standstill', 'completion', ''), ['bash', 'zsh', 'fish']);
  });

  it('knows every flag of every command in every shell', () => {
    const { commands } = JSON.parse(fs.readFileSync(path.join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
      commands: Record<string, { flags: object }>;
    };
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = spawnSync(process.execPath, [BIN, 'completion', shell], { encoding: 'utf8' });
      for (const [id, { flags }] of Object.entries(commands)) {
        assert.ok(stdout.includes(id.split(':')[0]!), `${shell} ${id}`);
        for (const flag of Object.keys(flags))
          assert.ok(stdout.includes(shell === 'fish' ? `-l ${flag}` : `--${flag}`), `${shell} ${flag}`);
      }
    }
  });

  it('takes no text for a command of the shell, and knows commands of two words', () => {
    const evil = `'; touch /tmp/x; $(touch /tmp/y) \`touch /tmp/z\` [a]:b\\`;
    const commands: CommandSpec[] = [
      {
        name: 'history add',
        summary: evil,
        flags: [{ name: 'to', char: 't', description: evil, value: 'FILE', options: [], multiple: true }],
        values: null,
      },
      {
        name: 'history list',
        summary: 'x',
        flags: [{ name: 'all', char: null, description: 'x', value: null, options: [], multiple: false }],
        values: [],
      },
    ];
    const script = completionScript('bash', commands, 'history list');
    assert.deepEqual(bash(script, 'standstill', 'history', 'add', '--'), ['--to', '--help']);
    assert.deepEqual(bash(script, 'standstill', '--'), ['--all', '--help']);
    // both others quote all texts in the same way: no quote stands alone
    for (const shell of ['zsh', 'fish'] as const) {
      const outside = completionScript(shell, commands, 'history list').replaceAll(/\\'|'[^']*'/g, '');
      assert.ok(!outside.includes('touch'), outside);
    }
  });

  it('asks which shell when it cannot tell', () => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'completion'], {
      encoding: 'utf8',
      env: { ...process.env, SHELL: '/bin/sh' },
    });
    assert.equal(status, 2);
    assert.match(stderr, /^standstill: which shell\?\nname one: /);
    assert.match(spawnSync(process.execPath, [BIN, 'completion', 'bsh'], { encoding: 'utf8' }).stderr, /did you mean "bash"\?/);
  });
});

describe('the manual page', () => {
  it('is as new as the commands, and tells of every flag', async () => {
    const { manPage } = (await import(path.join(ROOT, 'scripts', 'man.mjs'))) as { manPage: (manifest: object, pjson: object) => string };
    const read = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8'));
    const manifest = read('oclif.manifest.json') as { commands: Record<string, { flags: object }> };
    const pjson = read('package.json') as { man: string };
    const page = fs.readFileSync(path.join(ROOT, pjson.man), 'utf8');
    assert.equal(page, manPage(manifest, pjson));
    for (const [id, { flags }] of Object.entries(manifest.commands)) {
      assert.ok(page.includes(`.SS standstill ${id.replaceAll(':', ' ')}\n`), id);
      for (const flag of Object.keys(flags)) assert.ok(page.includes(`\\-\\-${flag.replaceAll('-', '\\-')}\\fR`), flag);
    }
  });
});
