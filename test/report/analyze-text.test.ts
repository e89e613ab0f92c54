import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Ajv } from 'ajv';
import { analyzeJson, analyzeText, readText, screenOf } from '../../src/index.js';
import { visible } from '../../src/report/terminal.js';

const dump = (id: string, ...frames: [string, string][]): string =>
  [
    `Thread 0x${id.padStart(16, '0')} (most recent call first):`,
    ...frames.map(([fn, file], i) => `  File "${file}", line ${i + 1} in ${fn}`),
  ].join('\n');
const IDLE: [string, string][] = [
  ['wait', '/usr/lib/python3.11/threading.py'],
  ['get', '/usr/lib/python3.11/queue.py'],
  ['_worker', '/usr/lib/python3.11/concurrent/futures/thread.py'],
  ['run', '/usr/lib/python3.11/threading.py'],
  ['_bootstrap_inner', '/usr/lib/python3.11/threading.py'],
  ['_bootstrap', '/usr/lib/python3.11/threading.py'],
];
const STUCK: [string, string][] = [['reserve', '/srv/app/orders.py'], ['commit', '/srv/app/orders.py'], ...IDLE.slice(3)];

async function screen(text: string, width = 80): Promise<string[]> {
  return [...analyzeText(await readText(text, { path: 'hang.log' }), { colour: false, width })];
}

describe('analyze, as text', () => {
  it('shows application stacks before idle pools, which are one line each', async () => {
    const lines = await screen([dump('1', ...IDLE), dump('2', ...IDLE), dump('3', ...STUCK)].join('\n\n'));
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    assert.ok(at('reserve') > 0 && at('reserve') < at('_worker'), lines.join('\n'));
    assert.equal(lines.filter((line) => line.includes('_worker')).length, 1);
    assert.match(lines[at('_worker')]!, /2 × _worker/);
  });

  it('folds library frames into the names of their modules', async () => {
    assert.ok((await screen(dump('3', ...STUCK))).some((line) => line.includes('… 3 frames in threading')));
  });

  it('puts the crashed thread first', async () => {
    const text = `Fatal Python error: Segmentation fault\n\n${dump('3', ...STUCK)}\n\n${dump('4', ['boom', '/srv/app/native.py'], ['<module>', '/srv/app/main.py']).replace('Thread', 'Current thread')}\n`;
    const lines = await screen(text);
    assert.ok(lines.findIndex((line) => line.includes('CRASHED')) < lines.findIndex((line) => line.includes('reserve')));
    assert.ok(!lines.some((line) => line.includes('Take two more')));
  });

  it('says of one dump of a living process how to get two more', async () => {
    assert.ok((await screen(dump('3', ...STUCK))).some((line) => line.startsWith('One dump shows')));
  });

  it('keeps to the width', async () => {
    const long = dump('1', ['f'.repeat(300), `/srv/${'deep/'.repeat(60)}a.py`], ['<module>', '/srv/a.py']);
    for (const width of [60, 80, 120])
      for (const line of await screen(`${long}\n${long}`, width)) assert.ok(line.length <= width, `${width}: ${line}`);
  });

  it('never lets a dump act on the terminal', async () => {
    const evil = 'x\x1b]0;owned\x07\x9b31m\u202e';
    const lines = await screen(dump('1', [evil, `/srv/${evil}.py`], ['<module>', '/srv/a.py']).replace(' (most', ` [${evil}] (most`));
    for (const line of lines) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('what may be shown', () => {
  it('shows control and bidirectional characters as escapes and leaves the rest', () => {
    assert.equal(visible('a\x1b[31mb\u202e\ud800c é 漢 😀'), 'a\\x1b[31mb\\u202e\\ud800c é 漢 😀');
  });

  it('colours as the flag, NO_COLOR, FORCE_COLOR and the terminal say, in this order', () => {
    assert.equal(screenOf({}, 'always', { NO_COLOR: '1' }).colour, true);
    assert.equal(screenOf({ isTTY: true }, 'auto', { NO_COLOR: '1' }).colour, false);
    assert.equal(screenOf({}, 'auto', { FORCE_COLOR: '1' }).colour, true);
    assert.equal(screenOf({ isTTY: true }, 'auto', {}).colour, true);
    assert.equal(screenOf({}, 'auto', {}).colour, false);
    assert.equal(screenOf({ isTTY: true, columns: 0 }, 'auto', {}).width, 80);
  });
});

describe('analyze, as JSON', () => {
  const schema = JSON.parse(fs.readFileSync(new URL('../../schemas/analyze.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

  it('is valid by its schema, dumps or none, whatever stands in them', async () => {
    for (const text of [
      '',
      dump('1', ...STUCK),
      `${dump('1', ['\x1b"\\\ud800', ''])}\n`.repeat(3),
      '{"header": {"event": "SIGUSR2", "nodejsVersion": "v20.0.0", "threadId": 0}, "libuv": [{"type": "timer"}]}',
    ]) {
      const json = JSON.parse(Buffer.concat([...analyzeJson(await readText(text))]).toString()) as unknown;
      assert.ok(validate(json), JSON.stringify(validate.errors));
    }
  });

  it('is written in chunks that hold all, however long a stack is', async () => {
    const deep = dump(
      '1',
      ...Array.from({ length: 60_000 }, (_, i): [string, string] => [`f${i % 700}`, `/srv/app/${'m'.repeat(60)}${i % 90}.py`]),
    );
    const set = await readText(`${deep}\n\n${dump('2', ...STUCK)}\n`);
    const json = JSON.parse(Buffer.concat([...analyzeJson(set)]).toString()) as { dumps: { threads: { frames: unknown[] }[] }[] };
    assert.deepEqual(
      json.dumps[0]!.threads.map((thread) => thread.frames.length),
      [60_000, STUCK.length],
    );
  });
});
