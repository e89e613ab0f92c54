import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, Flags } from '@oclif/core';
import { Ajv } from 'ajv';
import { readConfiguration } from '../../src/commands/config-file.js';
import { NO_CONFIGURATION } from '../../src/commands/config-text.js';
import { configure } from '../../src/commands/defaults.js';
import type { UserError } from '../../src/commands/errors.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SAMPLE = path.join(ROOT, 'samples', 'classic-recipe');
/** A pattern that hides one thread of each dump of the sample, and what the answer says then. */
const HIDING = { exclude: ['settle_orders'] };
const HIDDEN = /hidden by --exclude: 3 of 24 threads/;

describe('the configuration file', () => {
  let folder = '';
  let home = '';
  const write = (name: string, content: object | string): string => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const run = (args: readonly string[] = [], cwd = path.join(folder, 'work', 'deep')) => {
    fs.mkdirSync(cwd, { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin', 'run.js'), 'analyze', SAMPLE, ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
      env: { ...process.env, XDG_CONFIG_HOME: home },
    });
    return { status, stdout, stderr };
  };
  /** The same in this process, for a command with flags of each kind. */
  const configured = async (): Promise<void> => {
    class Example extends Command {
      static override flags = {
        verbose: Flags.boolean(),
        exclude: Flags.string({ multiple: true }),
        color: Flags.option({ options: ['auto', 'always', 'never'] as const })(),
        tz: Flags.string(),
        pid: Flags.integer({ multiple: true }),
        config: Flags.string(),
        grammar: Flags.string({ multiple: true }),
      };
      override run(): Promise<void> {
        return Promise.resolve();
      }
    }
    const names = new Map([['analyze', Object.keys(Example.flags)]]);
    try {
      await configure('analyze', Example, readConfiguration({ cwd: path.join(folder, 'work'), userDirectory: home }, names));
    } finally {
      await configure('analyze', Example, NO_CONFIGURATION);
    }
  };
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-config-')));
    home = path.join(folder, 'home');
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('is found above the working directory, and gives flags their defaults', () => {
    assert.doesNotMatch(run().stdout, /hidden/);
    write('work/standstill.config.json', { flags: HIDING });
    assert.match(run().stdout, HIDDEN);
    assert.doesNotMatch(run(['--no-config']).stdout, /hidden/);
    assert.match(run(['--exclude', 'heartbeat']).stdout, HIDDEN); // one thread too: the flag goes before the file
    assert.match(run(['--exclude', 'heartbeat']).stdout, /await_confirmation/);
  });

  it('may be a key of package.json; other package.json files are nobody’s business', () => {
    write('work/package.json', { name: 'x', standstill: { flags: HIDING } });
    assert.match(run().stdout, HIDDEN);
    for (const other of ['{ not json "standstill"', { name: 'x', standstill: '1.0.0' }, { dependencies: { standstill: '1' } }]) {
      write('work/deep/package.json', other);
      assert.match(run().stdout, HIDDEN);
    }
    write('work/standstill.config.json', {});
    assert.doesNotMatch(run().stdout, /hidden/);
  });

  it('may be the user’s own, which holds where the project says nothing', () => {
    write('home/standstill/standstill.config.json', { flags: HIDING, libraryRoots: ['/srv/app/'] });
    assert.match(run().stdout, HIDDEN);
    write('work/standstill.config.json', { commands: { analyze: { exclude: 'heartbeat' } } });
    const { stdout } = run(['--json']);
    assert.ok(!stdout.includes('"heartbeat"') && stdout.includes('"settle_orders"') && stdout.includes('"library"'));
  });

  it('is the one that --config names, and then no other', () => {
    write('work/standstill.config.json', { flags: { tz: 'Mars/Base' } });
    assert.match(run(['--config', write('other.json', { flags: HIDING })]).stdout, HIDDEN);
    assert.match(run([`--config=${write('work/package.json', { standstill: { flags: HIDING } })}`]).stdout, HIDDEN);
    assert.match(run(['--config', 'nothing.json']).stderr, /nothing\.json: there is no such file/);
  });

  it('may hold comments, and names folders of application and library code', () => {
    write('work/standstill.config.json', '{\n  // vendored\n  "libraryRoots": ["/srv/app"], /* all */\n}\n');
    const { groups } = JSON.parse(run(['--json']).stdout) as { groups: { frames: { file: string; origin: string }[] }[] };
    assert.ok(groups.flatMap((group) => group.frames).every((frame) => frame.origin !== 'application'));
  });

  it('says the line and what was meant when it is wrong', async () => {
    const cases: [string, RegExp][] = [
      ['{\n "flgas": {} }', /config\.json:2: unknown key "flgas"\ndid you mean "flags"\?/],
      ['{ "flags": {\n"excldue": "x" } }', /config\.json:2: unknown flag "excldue"\ndid you mean "exclude"\?/],
      ['{ "commands": { "anlyze": {} } }', /unknown command "anlyze"\ndid you mean "analyze"\?/],
      ['{ "flags": { "color": "alway" } }', /"color" is one of auto, always, never, not "alway"\ndid you mean "always"\?/],
      ['{ "flags": { "verbose": "yes" } }', /"verbose" is true or false/],
      ['{ "flags": { "tz": true } }', /"tz" takes a value/],
      ['{ "flags": { "tz": ["UTC"] } }', /"tz" takes one value/],
      ['{ "flags": { "tz": {} } }', /"tz" takes true, false, a number, a text or a list/],
      ['{ "flags": { "pid": "seven" } }', /"pid": Expected an integer but received: seven/],
      ['{ "flags": { "config": "x" } }', /unknown flag "config"/],
      ['{ "flags": { "grammar": "x.mjs" } }', /unknown flag "grammar"/],
      ['{ "appRoots": "src" }', /"appRoots" is a list of texts/],
      ['{ "flags": 7 }', /flags are an object/],
      ['[]', /an object is expected/],
      ['', /not JSON/],
      ['{ "flags": { } ', /not JSON: close brace expected/],
    ];
    for (const [text, message] of cases) {
      write('work/standstill.config.json', text);
      await assert.rejects(configured(), (error: UserError) => {
        assert.match(`${error.message}\n${error.hint}`, message);
        return error.exitCode === 2 && error.code === 'bad-config';
      });
    }
    const { stderr, status } = run();
    assert.deepEqual([status, stderr.split('\n').length], [2, 3]);
    const { error } = JSON.parse(run(['--json']).stdout) as { error: { code: string } };
    assert.equal(error.code, 'bad-config');
  });

  it('never hangs or crashes the program: deep, huge, a directory, a FIFO', async () => {
    write('work/standstill.config.json', '['.repeat(500_000));
    await assert.rejects(configured(), /nested too deeply|not JSON/);
    write('work/standstill.config.json', ' '.repeat(2 << 20));
    await assert.rejects(configured(), /too large for a configuration/);
    fs.rmSync(path.join(folder, 'work/standstill.config.json'));
    fs.mkdirSync(path.join(folder, 'work/standstill.config.json'));
    await assert.rejects(configured(), /not a regular file/);
    fs.rmdirSync(path.join(folder, 'work/standstill.config.json'));
    if (spawnSync('mkfifo', [path.join(folder, 'work/standstill.config.json')]).status === 0)
      assert.match(run().stderr, /not a regular file/);
  });

  it('of somebody else, above the working directory, is not read', function () {
    if (process.getuid?.() !== 0) return this.skip(); // only root can give a file away
    fs.chownSync(write('work/standstill.config.json', { flags: HIDING }), 65_534, 65_534);
    assert.doesNotMatch(run().stdout, /hidden/);
    fs.chownSync(path.join(folder, 'work/deep'), 65_534, 65_534); // but the owner of the working directory may
    assert.match(run().stdout, HIDDEN);
  });

  it('is described by its schema', () => {
    const schema = JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/config.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    assert.ok(
      validate({ $schema: 'x', flags: { exclude: 'a', tz: 'UTC', pid: [1], verbose: true }, commands: { analyze: {} }, appRoots: ['a'] }),
    );
    for (const wrong of [
      { flgas: {} },
      { flags: { excldue: 'x' } },
      { flags: { color: 'alway' } },
      { appRoots: 'a' },
      { commands: { x: {} } },
    ])
      assert.ok(!validate(wrong), JSON.stringify(wrong));
  });
});

describe('grammars of the user', () => {
  const MODULE = `export default {
    id: 'acme', title: 'acme dumps', runtime: 'python', kind: 'json', openings: ['"acmeDump":'], confirm: /^"acmeDump":/,
    example: '{"acmeDump": 1}', how: 'acme --dump',
    read: (value) => ({ kind: 'snapshot', time: null, pid: value.pid ?? null, runtimeVersion: null, reason: null, notes: [], warnings: [],
      threads: [{ id: '1', name: 'acme', current: false, truncated: false, main: null, activity: null, nativeFrames: [], notes: [], measures: null,
        frames: [{ function: 'stand', file: '/srv/acme.py', line: 7, column: null }] }] }),
  };`;

  it('read more formats when the user chose the file, and are not run from a project’s', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-grammar-'));
    const write = (name: string, text: string): string => {
      fs.writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), 'analyze', 'acme.txt', ...args], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, XDG_CONFIG_HOME: folder },
      });
    try {
      write('acme.mjs', MODULE);
      write('acme.txt', 'x\n{"acmeDump": 1, "pid": 17}\n');
      const config = write('standstill.config.json', '{ "grammars": ["./acme.mjs"] }');
      const project = run();
      assert.equal(project.status, 2);
      assert.match(project.stderr, /:1: "grammars" loads code: taken only from/);
      const chosen = run('--config', config);
      assert.match(chosen.stdout, /acme\.txt:2 · acme · /);
      assert.match(chosen.stdout, /stand +\/srv\/acme\.py:7/);
      write('acme.mjs', 'export default { id: 7 };');
      assert.match(run('--config', config).stderr, /acme\.mjs: "id" is a short word/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('signatures of the user', () => {
  it('are named with a file and line when they are wrong', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-rules-'));
    const file = path.join(folder, 'rules');
    fs.writeFileSync(file, '# mine\nx | queue\n');
    const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), '--signatures', file, SAMPLE], {
      encoding: 'utf8',
    });
    fs.rmSync(folder, { recursive: true });
    assert.equal(status, 2);
    assert.match(stderr, /rules: line 2: a rule begins with/);
  });
});
