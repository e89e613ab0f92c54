import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { GRAMMARS } from '../../grammars/index.js';
import { formatText, formatsText } from '../../src/report/index.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const EXAMPLE = ['--grammar', 'examples/grammar/watchdog.mjs'];
const LOG = 'examples/grammar/watchdog.log';

function standstill(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CONFIG_HOME: os.devNull },
  });
  return { status, stdout, stderr };
}

describe('standstill formats', () => {
  it('lists each format with what it is, a line of it and how to make one', () => {
    const { stdout } = standstill('formats');
    for (const { id, how } of GRAMMARS) {
      assert.match(stdout, new RegExp(`^ {2}${id} {2}\\S.*\n {6}\\S.*\n {6}make one:`, 'm'));
      assert.ok(stdout.replaceAll(/\s+/g, ' ').includes(`make one: ${how}`), id);
    }
  });

  it('shows one whole', () => {
    const { stdout } = standstill('formats', 'celery-cry');
    assert.match(stdout, /^celery-cry: Celery's cry\n/);
    assert.match(stdout, /^ {4}MainThread\n {4}=+\n {6}File "\/app\/orders\.py", line 40, in poll\n/m);
    assert.match(stdout, /make one: kill -USR1 PID/);
  });

  it('keeps to the width of the screen', () => {
    for (const width of [60, 80, 140]) {
      const screen = { colour: false, width };
      const listed = GRAMMARS.map((grammar) => ({ grammar, module: '/home/somebody/'.repeat(20) }));
      for (const line of [...formatsText(listed, screen), ...listed.flatMap((format) => [...formatText(format, screen)])])
        assert.ok(line.length <= width, `${width}: ${line}`);
    }
  });

  it('answers a mistyped id with the one that was meant', () => {
    assert.match(standstill('formats', 'py-spi').stderr, /\ndid you mean "py-spy"\?\n$/);
  });

  it('writes a document that its schema describes', () => {
    const schema = JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/formats.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    const [all, own] = [standstill('formats', '--json'), standstill('formats', '--json', ...EXAMPLE, 'acme-watchdog')].map(
      ({ stdout }) => JSON.parse(stdout) as { formats: { id: string; module: string | null }[] },
    );
    for (const document of [all, own]) assert.ok(validate(document), JSON.stringify(validate.errors));
    assert.deepEqual(
      all!.formats.map(({ id, module }) => [id, module]),
      GRAMMARS.map(({ id }) => [id, null]),
    );
    assert.deepEqual(
      own!.formats.map(({ id, module }) => [id, module]),
      [['acme-watchdog', path.join(ROOT, 'examples/grammar/watchdog.mjs')]],
    );
  });
});

describe('--grammar', () => {
  it('reads the format of the worked example, on every command', () => {
    const { dumps } = JSON.parse(standstill('analyze', '--json', ...EXAMPLE, LOG).stdout) as {
      dumps: {
        format: string;
        line: number;
        pid: number;
        time: string;
        runtimeVersion: string;
        threads: { id: string; name: string; main: boolean; truncated: unknown; frames: { function: string; line: number }[] }[];
      }[];
    };
    assert.deepEqual(
      dumps.map(({ format, line, pid, time, runtimeVersion }) => [format, line, pid, time, runtimeVersion]),
      [
        ['acme-watchdog', 3, 4711, '2026-11-23T09:32:10.000Z', '3.11.9'],
        ['acme-watchdog', 19, 4711, '2026-11-23T09:32:41.000Z', '3.11.9'],
      ],
    );
    assert.deepEqual(
      dumps[0]!.threads.map(({ id, name, main, truncated, frames }) => [
        id,
        name,
        main,
        truncated,
        frames.map((frame) => `${frame.function}:${frame.line}`).join(' '),
      ]),
      [
        ['140012', 'MainThread', true, false, 'price:77 settle:41 <module>:12'],
        ['140377', 'rates', false, false, 'refresh:30 _bootstrap:1002'],
      ],
    );
    assert.match(standstill(...EXAMPLE, LOG).stdout, /settle +\/srv\/acme\/orders\.py:41/);
    assert.match(standstill('stuck', ...EXAMPLE, LOG).stdout, /2 dumps over 31 s/);
    assert.match(standstill('diff', ...EXAMPLE, LOG).stdout, /unchanged/);
    assert.match(standstill('formats', ...EXAMPLE).stdout, /^Of your modules\n {2}acme-watchdog {2}ACME's watchdog\n/m);
  });

  it('makes its format a value of --format', () => {
    assert.equal(standstill('analyze', ...EXAMPLE, '--format', 'acme-watchdog', LOG).status, 0);
    assert.match(standstill('analyze', ...EXAMPLE, '--format=acme-watchdok', LOG).stderr, /did you mean "--format acme-watchdog"/);
    assert.equal(standstill('analyze', '--format', 'acme-watchdog', LOG).status, 2);
  });

  describe('with a module that is wrong', () => {
    let folder = '';
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-modules-'))));
    after(() => fs.rmSync(folder, { recursive: true }));

    const good = `id: 'acme', title: 't', runtime: 'python', openings: ['WATCHDOG silent for '], example: 'e', how: 'h'`;
    const lines = `kind: 'lines', order: 'recent-last', outermost: []`;
    const cases: [string, string, RegExp][] = [
      ['is no module', 'export default {', /cannot be loaded: Unexpected/],
      ['fails when it is loaded', "throw new Error('first\\nsecond')", /cannot be loaded: first\n/],
      ['fails in its function', "export default () => { throw new Error('no kit'); }", /cannot be loaded: no kit/],
      ['exports nothing', 'export const grammar = 1;', /has no default export/],
      ['exports no grammar', 'export default 7;', /a grammar is an object, not a number/],
      ['has no id', 'export default {};', /"id" is a short word/],
      ['has an opening that is short', `export default { id: 'acme', openings: ['ab'] };`, /the opening "ab" is not 7 signs/],
      ['lacks its parser', `export default { ${good}, ${lines} };`, /acme: "line" is a parser of Parsimmon, not nothing/],
      [
        'has a shape of its own',
        `export default { ${good}, ${lines}, line: { parse() {} }, shape: { blank: 1 } };`,
        /no "blank" in a shape/,
      ],
      [
        'has the id of another',
        `export default { ...{ ${good} }, id: 'py-spy', kind: 'json', confirm: /x/, read() {} };`,
        /a format "py-spy" already/,
      ],
      ['fails while it reads', `export default { ${good}, ${lines}, line: { parse() { null.x; } } };`, /acme: "line" failed: Cannot read/],
      [
        'makes what is no token',
        `export default ({ P }) => ({ ${good}, ${lines}, line: P.all.result({ is: 'fram' }) });`,
        /acme: "line" failed: there is no token "fram"/,
      ],
      [
        'makes frames of other types',
        `export default ({ P }) => ({ ${good}, ${lines}, line: P.all.result({ is: 'frame', frame: { line: '7' } }) });`,
        /"line" is a whole number or null, not "7"/,
      ],
    ];
    for (const [what, text, message] of cases) {
      it(`says so in one line: one that ${what}`, () => {
        const file = path.join(folder, 'acme.mjs');
        fs.writeFileSync(file, text);
        const { status, stdout, stderr } = standstill('analyze', '--grammar', file, LOG);
        assert.deepEqual([status, stdout], [2, '']);
        assert.ok(stderr.startsWith(`standstill: ${file}: `), stderr);
        assert.match(stderr, message);
        assert.match(stderr, /^.*\nexamples\/grammar\/README\.md says .*\n$/);
      });
    }

    it('says so of a file that is none, and waits for no FIFO', () => {
      assert.match(standstill('analyze', '--grammar', path.join(folder, 'none.mjs'), LOG).stderr, /none\.mjs: there is no such file/);
      const fifo = path.join(folder, 'fifo.mjs');
      if (spawnSync('mkfifo', [fifo]).status === 0)
        assert.match(standstill('analyze', '--grammar', fifo, LOG).stderr, /fifo\.mjs: not a regular file/);
    });

    it('writes an error document under --json', () => {
      const { stdout } = standstill('analyze', '--json', '--grammar', path.join(folder, 'none.mjs'), LOG);
      assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'bad-grammar');
    });
  });

  it('reads JSON and stacks, too', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-kinds-'));
    try {
      const write = (name: string, text: string): string => {
        fs.writeFileSync(path.join(folder, name), text);
        return path.join(folder, name);
      };
      const module = write(
        'two.mjs',
        `export default async ({ P, fields, lineOf, readByModes, v8 }) => [
          { id: 'acme-json', title: 't', runtime: 'node', kind: 'json', openings: ['"acmeStacks"'], confirm: /^"acmeStacks"\\s*:/g,
            example: '{"acmeStacks":[]}', how: 'acme --json',
            read: ({ acmeStacks }) => ({ threads: acmeStacks.map(({ name, at }) => ({ name, frames: [v8.stackLine.tryParse(at)] })) }) },
          { id: 'acme-stack', title: 't', runtime: 'node', kind: 'stacks', openings: ['ACME stack of '], glance: /^ACME stack/,
            example: 'ACME stack of main', how: 'acme --stack',
            begin: readByModes({
              modes: { lines: lineOf(
                fields(/ACME stack of (.*)/).map(([name]) => ({ is: 'thread', id: null, name, current: false, part: 'head' })),
                v8.stackLine.map((frame) => ({ is: 'frame', frame }))) },
              bridged: 0, blanks: 0, conclude: () => ({ kind: 'snapshot' }) }) },
        ];`,
      );
      const log = write(
        'x.log',
        'x\n{"acmeStacks":[{"name":"w","at":"at spin (/srv/w.js:3:4)"}]}\nACME stack of main\nat wait (/srv/m.js:5:6)\n',
      );
      const { dumps } = JSON.parse(standstill('analyze', '--json', '--grammar', module, log).stdout) as {
        dumps: { format: string; line: number; threads: { name: string; frames: { function: string; line: number }[] }[] }[];
      };
      assert.deepEqual(
        dumps.map(({ format, line, threads: [thread] }) => [format, line, thread!.name, thread!.frames[0]!.function]),
        [
          ['acme-json', 2, 'w', 'spin'],
          ['acme-stack', 3, 'main', 'wait'],
        ],
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
