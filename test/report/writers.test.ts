import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { readText, type ReportInput } from '../../src/index.js';
import { WRITERS, problemsOf, verdictOf, type ReportWriter } from '../../src/report/index.js';
import { HOSTILE, hostileInput } from './hostile.js';
import { ROOT, SAMPLES, inputOf, optionsOf, sampleInput, written } from './report-input.js';

const writer = (id: string): ReportWriter => WRITERS.find((known) => known.id === id)!;

function compile(file: string): ValidateFunction {
  const formats = {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => /^(?:[!#$&-;=?-[\]_a-z~]|%[0-9A-F]{2})*$/i.test(text),
  };
  return new Ajv({ strict: false, formats }).compile(JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')) as object);
}

function valid(validate: ValidateFunction, document: unknown): void {
  assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 3)));
}

const sarif = compile('test/report/schemas/sarif.schema.json');
const gitlab = compile('test/report/schemas/gitlab.schema.json');
const ndjson = compile('schemas/ndjson.schema.json');
const analyze = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/analyze.schema.json'), 'utf8')) as object,
);

/** No report holds a sign that acts on a terminal or on the direction of text, or that is no text at all. */
const ACTING =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2060-\u206f\u3164\ufff9]|\udb40|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** What the runner of GitHub makes of its commands (actions/runner, ActionCommand.TryParseV2), and its limits. */
function githubCommands(text: string): { level: string; properties: Record<string, string>; message: string }[] {
  const back = (escaped: string): string =>
    escaped.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('standstill: '))
    .map((line) => {
      const [, level, listed, message] = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line) ?? [];
      assert.ok(level !== undefined && listed !== undefined && message !== undefined, line);
      const properties = listed.split(',').map((pair) => {
        const [, name, value] = /^(file|line|col|title)=(.*)$/.exec(pair) ?? [];
        assert.ok(name !== undefined && value !== undefined, line);
        return [name, back(value)] as const;
      });
      return { level, properties: Object.fromEntries(properties), message: back(message) };
    });
}

/** Service messages as TeamCity reads them. */
function teamcityMessages(text: string): { name: string; attributes: Record<string, string> }[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, name, rest] = /^##teamcity\[(\w+)((?: \w+='(?:[^'|[\]]|\|['|[\]nr]|\|0x[0-9a-f]{4})*')+)\]$/.exec(line) ?? [];
      assert.ok(name !== undefined && rest !== undefined, line);
      const attributes = Array.from(rest.matchAll(/ (\w+)='((?:[^'|]|\|.)*)'/g), ([, key, value]) => [key!, value!] as const);
      return { name, attributes: Object.fromEntries(attributes) };
    });
}

/** Rows of RFC 4180. */
function csvRows(text: string): string[][] {
  assert.ok(text.endsWith('\r\n'));
  const rows: string[][] = [[]];
  const cells = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  for (let found = cells.exec(text); found; found = cells.exec(text)) {
    rows.at(-1)!.push(found[1]!.startsWith('"') ? found[1]!.slice(1, -1).replaceAll('""', '"') : found[1]!);
    if (found[2] === '\r\n') rows.push([]);
    if (cells.lastIndex === text.length) break;
  }
  assert.deepEqual(rows.pop(), []);
  return rows;
}

/** What holds each format, by what its readers take. Formats without an entry are held by programs in test/full. */
const CHECKS: Readonly<Record<string, (text: string, input: ReportInput) => void>> = {
  json: (text) => valid(analyze, JSON.parse(text)),
  ndjson(text, input) {
    const rows = text.split('\n').slice(0, -1);
    assert.equal(
      rows.length,
      input.set.dumps.reduce((sum, dump) => sum + dump.threads.length, 0),
    );
    for (const row of rows) valid(ndjson, JSON.parse(row));
  },
  csv(text, input) {
    const [head, ...rows] = csvRows(text);
    assert.equal(
      rows.length,
      input.set.dumps.reduce((sum, dump) => sum + dump.threads.length, 0),
    );
    for (const row of rows) {
      assert.equal(row.length, head!.length);
      for (const cell of row) assert.doesNotMatch(cell, /^\s*[=+@|%]|^-(?!\d)/);
    }
  },
  sarif(text, input) {
    const document = JSON.parse(text) as {
      runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number }[] }];
    };
    valid(sarif, document);
    const [{ tool, results }] = document.runs;
    assert.equal(results.length, problemsOf(input).list.length);
    for (const result of results) assert.equal(tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
    assert.ok(text.length < 30e6);
  },
  gitlab(text, input) {
    const entries = JSON.parse(text) as { fingerprint: string }[];
    valid(gitlab, entries);
    assert.equal(new Set(entries.map(({ fingerprint }) => fingerprint)).size, problemsOf(input).list.length);
  },
  github(text) {
    const commands = githubCommands(text);
    for (const level of ['error', 'warning', 'notice']) assert.ok(commands.filter((command) => command.level === level).length <= 10);
    for (const { message } of commands) assert.ok(message.length <= 4096);
  },
  azure(text) {
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('standstill: ')) continue;
      const [, message] =
        /^##vso\[task\.logissue type=(?:error|warning);(?:sourcepath=[^;\]]*;linenumber=\d+;columnnumber=\d+;)?code=[\w-]+;\](.*)$/.exec(
          line,
        ) ?? [];
      assert.ok(message !== undefined, line);
    }
  },
  teamcity: (text) => void teamcityMessages(text),
  tap(text, input) {
    const [version, plan, ...rest] = text.split('\n');
    assert.deepEqual([version, plan], ['TAP version 13', `1..${Math.max(1, problemsOf(input).list.length)}`]);
    const tests = rest.filter((line) => !line.startsWith('  ') && line !== '');
    for (const [i, line] of tests.entries())
      assert.match(line, new RegExp(String.raw`^(?:not )?ok ${i + 1} - (?:[^\\#]|\\[\\#])*(?: # SKIP \w+)?$`));
    for (const line of rest.filter((text) => /^ {4}- |^ {2}\w+: /.test(text))) {
      // prove's reader takes `"word:` at the beginning of an item for a key
      assert.doesNotMatch(line, /^ {4}- \S*:/);
      // YAML has an escape of two digits, JSON has not
      JSON.parse(line.replace(/^ {4}- |^ {2}\w+: /, '').replaceAll(String.raw`\x3a`, String.raw`\u003a`));
    }
  },
  prometheus(text) {
    const seen = new Set<string>();
    let family = '';
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('# HELP ')) continue;
      const type = /^# TYPE (standstill_\w+) gauge$/.exec(line);
      if (type) family = type[1]!;
      else {
        const [, name, labels = '', value] = /^(\w+)(\{(?:\w+="(?:[^"\\]|\\[\\n"])*",?)+\})? (-?[\d.e+]+)$/.exec(line) ?? [];
        assert.equal(name, family, line);
        assert.ok(!seen.has(name + labels), 'a sample comes twice');
        seen.add(name + labels);
        assert.ok(Number.isFinite(Number(value)));
      }
    }
  },
  markdown(text) {
    assert.ok(text.length <= 65_536);
    assert.match(text, /^(?:<!-- standstill -->\n)?### /);
    // what is left when code is taken out: our own words
    const prose = text.replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, '').replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
    assert.doesNotMatch(prose, /@\w|https?:|www\.|\]\(|!\[|#\d|`/);
    for (const [tag] of prose.matchAll(/<[^>]*>/g)) assert.match(tag, /^<(?:!-- standstill --|\/?(?:details|summary|sub))>$/);
  },
};

describe('reports', () => {
  const inputs = new Map<string, ReportInput>();
  before(async function () {
    this.timeout(60_000);
    for (const name of SAMPLES) inputs.set(name, await sampleInput(name));
    inputs.set('nothing', inputOf(await readText('all is well\n')));
    inputs.set('hostile texts', await hostileInput());
    inputs.set('a text of 10 MB', await hostileInput([`x${'<]]>`%|é'.repeat(10 << 17)}`]));
  });

  // the page and the profiles have tests of their own
  for (const id of new Set(['junit', 'checkstyle', 'buildkite', ...Object.keys(CHECKS)])) {
    const check = CHECKS[id === 'buildkite' ? 'markdown' : id];
    it(`${id}: its readers take what is written of every sample, of nothing, and of hostile texts`, function () {
      this.timeout(60_000);
      for (const [name, input] of inputs) {
        // the whole of the input again, which is not to be shortened
        if (id === 'json' && name === 'a text of 10 MB') continue;
        const text = written(writer(id), input);
        try {
          check?.(text, input);
          if (id !== 'json') {
            if (id !== 'ndjson') assert.doesNotMatch(text, ACTING);
            assert.ok(name !== 'a text of 10 MB' || text.length < 500_000, `${text.length} characters`);
          }
          // nor does a report that is printed in a CI log give commands there, but for its own, first on a line
          if (id !== 'json') {
            assert.doesNotMatch(text, /.##(?:vso|teamcity)?\[/);
            assert.doesNotMatch(text, id === 'github' ? /^\s*::(?!error |warning |notice )/m : /^\s*::/m);
          }
        } catch (error) {
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  }

  it('tell of every hostile text, which stays text', () => {
    const input = inputs.get('hostile texts')!;
    assert.ok(problemsOf(input).list.length > HOSTILE.length / 2);
    const names = (
      JSON.parse(written(writer('sarif'), input)) as { runs: [{ results: { message: { text: string } }[] }] }
    ).runs[0].results.map(({ message }) => message.text);
    assert.ok(names.some((text) => text.includes(']]>')));
    assert.ok(names.some((text) => text.includes('\\x3a:error::pwned')));
    assert.ok(names.some((text) => text.includes('\\u202e')));
  });
});

describe('levels of reports', () => {
  const levels = (input: ReportInput, failOn: 'stuck' | 'suspect' | 'inconclusive'): string[] =>
    githubCommands(written(writer('github'), input, optionsOf({ failOn }))).map(({ level }) => level);

  it('make errors of what the caller fails on, and warnings of crashes and time-outs', async () => {
    assert.deepEqual(levels(await sampleInput('classic-recipe'), 'stuck'), ['error']);
    assert.deepEqual(levels(await sampleInput('pytest-run'), 'stuck'), ['warning']);
    assert.deepEqual(levels(await sampleInput('pytest-run'), 'inconclusive'), ['error']);
    assert.deepEqual(levels(await sampleInput('deadlock'), 'stuck'), ['notice']);
    assert.match(written(writer('github'), await sampleInput('healthy-service')), /^standstill: nothing hangs/);
  });

  it('are failures of JUnit only where they are errors', async () => {
    assert.match(written(writer('junit'), await sampleInput('classic-recipe')), /<testsuites [^>]*failures="1"/);
    const skipped = written(writer('junit'), await sampleInput('pytest-run'));
    assert.match(skipped, /failures="0" errors="0" skipped="1"/);
    assert.match(skipped, /<skipped message="Timeout \(0:00:02\)! in test_checkout_of_unknown_item: stood in checkout"\/>/);
  });
});

describe('files in reports', () => {
  const located = optionsOf({
    root: '/checkout',
    locate: (file) => (file === '/srv/app/order_service.py' ? 'app/order service.py' : null),
  });

  it('are relative to the checkout, and those of libraries stay as printed', async () => {
    const input = await sampleInput('classic-recipe');
    const [{ properties }] = githubCommands(written(writer('github'), input, located)) as [ReturnType<typeof githubCommands>[number]];
    assert.deepEqual([properties['file'], properties['line']], ['app/order service.py', '32']);
    assert.match(
      written(writer('sarif'), input, located),
      /"uri":"app\/order%20service\.py","uriBaseId":"SRCROOT"\},"region":\{"startLine":32\}/,
    );
    assert.match(written(writer('gitlab'), input, located), /"path":"app\/order service\.py","lines":\{"begin":32\}/);
    assert.match(written(writer('azure'), input, located), /sourcepath=\/checkout\/app\/order service\.py;linenumber=32;/);
    assert.match(written(writer('sarif'), input, located), /"uri":"file:\/\/\/usr\/local\/lib\/python3\.11\/threading\.py"/);
  });
});

describe('compiled code in reports', () => {
  it('stands where a source map says that it was written', async () => {
    const input = await sampleInput('node-log');
    const [problem] = problemsOf(input).list;
    input.set.frames.setOriginal(problem!.frame!, { file: '/srv/src/pool.ts', line: 7, column: 3 });
    assert.match(written(writer('junit'), input), /checkAddress \(\/srv\/src\/pool\.ts:7\)/);
  });
});

describe('a baseline', () => {
  it('takes what it knows out of every report and of the verdict', async () => {
    const { set, ...rest } = await sampleInput('classic-recipe');
    const [problem] = problemsOf({ set, ...rest }).list;
    const input = { set, ...rest, baseline: new Set([problem!.fingerprint]) };
    assert.deepEqual([problemsOf(input).list, problemsOf(input).known.length, verdictOf(input)], [[], 1, 'clear']);
    assert.match(written(writer('markdown'), input), /1 place that the baseline knows is not shown/);
    assert.match(written(writer('junit'), input), /failures="0"/);
  });
});
