import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { SourceMaps, mapFrames } from '../../src/input/index.js';
import { readFiles } from '../../src/index.js';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SAMPLES = path.join(ROOT, 'samples', 'compiled');

/** Places of a sample's application frames, in the source where it is known. */
async function placesOf(name: string, folders: readonly string[]): Promise<(string | null)[][]> {
  const set = await readFiles([path.join(SAMPLES, name)]);
  await mapFrames(set.frames, await SourceMaps.open({ folders }), 0, () => true);
  return set.dumps.map((dump) =>
    Array.from(set.stacks.frames(dump.threads[0]!.stack), (row) => {
      const { file, line, column } = set.frames.placeOf(row);
      return line === null ? null : `${file}:${line}:${column}`;
    }),
  );
}

describe('source maps of the samples', () => {
  it('tell the places that Node itself tells with --enable-source-maps', async () => {
    const mapped = await placesOf('mapped.log', []);
    assert.deepEqual(await placesOf('plain.log', [SAMPLES]), mapped);
    assert.equal(mapped[0]![0], '/srv/app/basket/prices.ts:19:31');
  });

  it('may stand inside the compiled file', async () => {
    assert.deepEqual(await placesOf('inline.log', [SAMPLES]), await placesOf('mapped.log', []));
  });

  it('map nothing twice', async () => {
    assert.deepEqual(await placesOf('mapped.log', [SAMPLES]), await placesOf('mapped.log', []));
  });
});

describe('source maps', () => {
  let root = '';
  const write = (name: string, content: string | object): string => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  /** A map of one line: column 0 is 1:0 of the first source, column 10 is 3:4 of it. */
  const map = (sources: (string | null)[] = ['../src/a.ts'], more: object = {}) => ({
    version: 3,
    sources,
    names: [],
    mappings: 'AAAA,UAEI',
    ...more,
  });
  const places = async (printed: string, wanted: [number, number | null][] = [[1, 11]], folders: string[] = []) => {
    const maps = await SourceMaps.open({ folders });
    const found = await maps.originals(
      printed,
      wanted.map(([line, column]) => ({ line, column })),
    );
    return { found: found.map((place) => place && `${place.file}:${place.line}:${place.column}`), warnings: maps.warnings };
  };
  const place = async (printed: string, folders: string[] = []) => (await places(printed, [[1, 11]], folders)).found[0];

  beforeEach(() => (root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-maps-')))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('are found by the URL at the end of the file, as FILE.map, and inside the file', async () => {
    const source = path.join(root, 'src/a.ts:3:5');
    const named = write('dist/a.js', 'x\n//# sourceMappingURL=maps/a.js.map?v=1\n');
    write('dist/maps/a.js.map', map(['../../src/a.ts']));
    assert.equal(await place(named), source);
    assert.equal(await place(`file://${named}`), source);
    const beside = write('dist/b.cjs', 'x');
    write('dist/b.cjs.map', map());
    assert.equal(await place(beside), source);
    fs.rmSync(beside); // only the map is at hand
    assert.equal(await place(beside), source);
    const data = Buffer.from(JSON.stringify(map())).toString('base64');
    assert.equal(
      await place(write('dist/c.mjs', `x\n/*# sourceMappingURL=data:application/json;charset=utf-8;base64,${data} */\n`)),
      source,
    );
    assert.equal(
      await place(write('dist/d.js', `x\n//@ sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map()))}`)),
      source,
    );
  });

  it('are found in folders by the end of the path, and by nothing else when two files are as near', async () => {
    write('one/dist/a.js', '');
    write('one/dist/a.js.map', map());
    assert.equal(await place('/gone/srv/dist/a.js', [root]), '/gone/srv/src/a.ts:3:5');
    assert.equal(await place('C:\\srv\\dist\\a.js', [root]), 'C:\\srv\\src\\a.ts:3:5');
    write('two/dist/a.js', '');
    write('two/dist/a.js.map', map());
    assert.equal(await place('/gone/srv/dist/a.js', [root]), null);
    assert.equal(await place('/gone/srv/two/dist/a.js', [root]), '/gone/srv/two/src/a.ts:3:5');
  });

  it('do not map what is a source already', async () => {
    write('dist/a.js', '');
    write('dist/a.js.map', map(['../src/a.js']));
    assert.equal(await place('/gone/srv/dist/a.js', [root]), '/gone/srv/src/a.js:3:5');
    assert.equal(await place('/gone/srv/src/a.js', [root]), null);
    assert.equal(await place(path.join(root, 'src/a.ts'), [root]), null);
  });

  it('tell a line without a column only where the whole line comes from one', async () => {
    const file = write('dist/a.js', '');
    // line 1: two lines of the source; line 2: one; line 3: nothing
    write('dist/a.js.map', map(['a.ts'], { mappings: 'AAAA,UAEI;AACA,QAAQ;' }));
    const { found } = await places(file, [[1, null], [2, null], [3, null], [9, null], [1, 11]]); // prettier-ignore
    const source = path.join(root, 'dist/a.ts');
    assert.deepEqual(found, [null, `${source}:4:null`, null, null, `${source}:3:5`]);
  });

  it('name sources by URLs, roots and absolute paths, in sections', async () => {
    const file = write('dist/a.js', '');
    const source = async (content: object): Promise<unknown> => {
      write('dist/a.js.map', content);
      return place(file);
    };
    assert.equal(await source(map(['webpack://shop/./src/a.ts'])), 'webpack://shop/src/a.ts:3:5');
    assert.equal(await source(map(['/abs/a.ts'])), '/abs/a.ts:3:5');
    assert.equal(await source(map(['file:///abs/a%20b.ts'])), '/abs/a b.ts:3:5');
    assert.equal(await source(map(['a.ts'], { sourceRoot: '../lib' })), path.join(root, 'lib/a.ts:3:5'));
    assert.equal(
      await source({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map: map(['s.ts']) }] }),
      path.join(root, 'dist/s.ts:3:5'),
    );
    assert.equal(await source(map([null])), null);
  });

  it('that are broken or hostile are a warning, never a fault', async () => {
    const file = write('dist/a.js', '//# sourceMappingURL=../../../../../../etc/passwd');
    const deep = `{"version":3,"sections":${'[{"map":{"version":3,"sections":'.repeat(5000)}1`;
    const cases: [string | object, RegExp | null][] = [
      ['{', /a\.js\.map: cannot be read as a source map/],
      ['7', /not a source map of version 3/],
      [{ version: 2 }, /not a source map of version 3/],
      [{ version: 3, sources: 7, mappings: 'AAAA' }, /cannot be read/],
      [deep, /cannot be read/],
      [map([], { mappings: ';'.repeat(9 << 20) }), /too large/],
      [map(['x'.repeat(5000)]), null],
      [map(['a.ts'], { mappings: 'AggggggggggggggggggggggA,////,!!!!' }), null],
      [map([], { mappings: 'AAAA,UAEI' }), null],
    ];
    for (const [content, warning] of cases) {
      write('dist/a.js.map', content);
      const { found, warnings } = await places(file);
      assert.equal(found.length, 1);
      if (warning === null) assert.deepEqual(warnings, []);
      else assert.match(warnings.join('\n'), warning);
    }
    fs.rmSync(path.join(root, 'dist/a.js.map'));
    if (spawnSync('mkfifo', [path.join(root, 'dist/a.js.map')]).status === 0) assert.equal(await place(file), null);
    for (const printed of ['//host/share/a.js', '\\\\host\\share\\a.js', 'node:internal/a.js', 'a.js', '/srv/\0.js', 'file://%zz/a.js'])
      assert.equal(await place(printed), null, printed);
  });
});

describe('source maps on the command line', () => {
  const run = (...args: string[]): string =>
    spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).stdout;
  const plain = path.join(SAMPLES, 'plain.log');

  it('show the source, the compiled place with --full, and nothing of it with --no-source-maps', () => {
    assert.match(run('analyze', plain, '--source', SAMPLES), /^ {4}r +\/srv\/app\/basket\/main\.ts:15:17$/m);
    assert.match(
      run('analyze', plain, '--source', SAMPLES, '--full'),
      /basket\/main\.ts:15:17 ← file:\/\/\/srv\/app\/dist\/basket\.mjs:1:307$/m,
    );
    assert.match(run('analyze', plain, '--source', SAMPLES, '--no-source-maps'), /^ {4}r +file:\/\/\/srv\/app\/dist\/basket\.mjs:1:307$/m);
    // by its source a stack is found, too; it leaves the other dump without a thread
    const filtered = run('analyze', plain, '--source', SAMPLES, '--filter', 'prices.ts:20');
    assert.match(filtered, /hidden by --filter: 1 of 2 threads\n\nTypeError: .*\n {4}o +\/srv\/app\/basket\/prices\.ts:20:29\n/);
    assert.match(run('diff', plain, '--source', SAMPLES), /prices\.ts:\d/);
  });

  it('keep both places in JSON, as the schema says', () => {
    const document = JSON.parse(run('analyze', plain, '--json', '--source', SAMPLES)) as {
      dumps: { threads: { frames: object[] }[] }[];
    };
    const schema = JSON.parse(fs.readFileSync(path.join(ROOT, 'schemas/analyze.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(validate(document), JSON.stringify(validate.errors));
    assert.deepEqual(document.dumps[0]!.threads[0]!.frames[4], {
      function: 'r',
      file: 'file:///srv/app/dist/basket.mjs',
      line: 1,
      column: 307,
      origin: 'application',
      original: { file: '/srv/app/basket/main.ts', line: 15, column: 17 },
    });
  });

  it('name a map that cannot be read', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-bad-map-'));
    try {
      fs.mkdirSync(path.join(folder, 'dist'));
      fs.writeFileSync(path.join(folder, 'dist/basket.mjs.map'), '{');
      const { stderr, stdout } = spawnSync(process.execPath, [path.join(ROOT, 'bin/run.js'), plain, '--source', folder], {
        encoding: 'utf8',
      });
      assert.match(stderr, /^standstill: .*basket\.mjs\.map: cannot be read as a source map\n$/);
      assert.match(stdout, /basket\.mjs:1:307/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
