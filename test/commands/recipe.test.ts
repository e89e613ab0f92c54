import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { recipes } from '../../src/commands/recipe-files.js';
import { COMMANDS } from '../../src/commands/index.js';

const CLI = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

describe('standstill recipe', () => {
  it('has a heading of one line, prose of at most 132 columns, and code, in every recipe', () => {
    assert.ok(recipes().length >= 15);
    for (const { name, title, text } of recipes()) {
      assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
      assert.ok(title.length > 10 && title.length < 90, name);
      assert.match(text, /^```(?:sh|python|ini|yaml|dockerfile)\n[^]+?\n```$/m, name);
      assert.equal((text.match(/^```/gm) ?? []).length % 2, 0, name);
      assert.deepEqual(
        text.split('\n').filter((line) => line.length > 132),
        [],
        name,
      );
    }
  });

  it('names commands and flags of standstill that there are', () => {
    const commands = new Map(
      Object.entries(COMMANDS).map(([id, command]) => [id, new Set(Object.keys((command.flags as object | undefined) ?? {}))]),
    );
    for (const { name, text } of recipes())
      for (const [, command, rest] of text.matchAll(/standstill (?!is |recipe )([a-z]+)((?: --?[a-z][^`\n]*?)?)(?= --(?: |$)|[`\n]|$)/gm)) {
        const flags = commands.get(command!);
        if (flags === undefined) continue;
        for (const [, flag] of rest!.matchAll(/--([a-z][a-z-]*)/g)) assert.ok(flags.has(flag!), `${name}: ${command!} --${flag!}`);
      }
  });

  it('lists them, shows one, and its code alone', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [CLI, 'recipe', ...args], { encoding: 'utf8' });
    const { stdout } = run();
    assert.equal(stdout.split('\n').length - 1, recipes().length);
    assert.match(stdout, /^systemd {10}systemd: a service/m);
    assert.equal(run('python').stdout, recipes().find(({ name }) => name === 'python')!.text);
    assert.match(run('systemd', '--code').stdout, /^\[Unit\]\n[^`]*multi-user\.target\n$/);
    const wrong = run('gunicron');
    assert.deepEqual(
      [wrong.status, wrong.stderr],
      [2, 'standstill: there is no recipe "gunicron"\ndid you mean "standstill recipe gunicorn"?\n'],
    );
    assert.ok(path.isAbsolute(CLI));
  });
});
