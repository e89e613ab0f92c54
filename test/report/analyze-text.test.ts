import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { analyzeJson, analyzeText, readFiles, readText, screenOf } from '../../src/index.js';
import type { DumpSet, Series } from '../../src/index.js';
import { ProcessNames } from '../../src/report/process-names.js';
import { columns, fit, fitEnd, visible } from '../../src/report/terminal.js';
import { idleThreads, threadsThat } from '../../src/report/words.js';

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

interface InputText {
  readonly path: string;
  readonly text: string;
}

/** What several files give, without the disk. */
async function screenOfFiles(files: readonly InputText[]): Promise<string[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-screen-'));
  const names = files.map((file) => path.join(folder, path.basename(file.path)));
  for (const [i, name] of names.entries()) fs.writeFileSync(name, files[i]!.text);
  const set = await readFiles(names);
  fs.rmSync(folder, { recursive: true });
  return [...analyzeText(set, { colour: false, width: 80 })];
}

describe('analyze, as text', () => {
  it('shows application stacks before idle pools, which are one line each', async () => {
    const lines = await screen([dump('1', ...IDLE), dump('2', ...IDLE), dump('3', ...STUCK)].join('\n\n'));
    assert.ok(
      lines.findIndex((line) => line.includes('reserve')) < lines.indexOf('2 idle workers of ThreadPoolExecutor'),
      lines.join('\n'),
    );
    assert.ok(!lines.some((line) => line.includes('_worker')));
  });

  it('shows the frames of the application also where a library waits for work by design', async () => {
    const lines = await screen([dump('1', ...IDLE.slice(0, 3), ['serve', '/srv/app/main.py']), dump('3', ...STUCK)].join('\n\n'));
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    assert.ok(at('reserve') < at('main.py'), lines.join('\n'));
    assert.match(lines[at('main.py') - 3]!, /idle \(worker of ThreadPoolExecutor\)/);
  });

  it('shows the libraries’ stacks whole where there is nothing else to look at', async () => {
    const lines = await screen(dump('1', ['read', '/usr/lib/python3.11/site-packages/acme/wire.py'], ...IDLE.slice(3)));
    assert.ok(
      lines.some((line) => /^ {4}read +.*acme\/wire\.py:1$/.test(line)),
      lines.join('\n'),
    );
  });

  it('says of a thread that moves where it was, with the callers that stayed', async () => {
    const at = (fn: string): string =>
      [
        dump('1', [fn, '/srv/app/import.py'], ['run_import', '/srv/app/import.py'], ...IDLE.slice(3)),
        dump('2', ...STUCK),
        dump('9', ['main', '/srv/app/m.py']),
      ].join('\n');
    const lines = await screen(`Timeout (0:00:01)!\n${['read', 'price', 'price', 'store'].map(at).join('\nTimeout (0:00:01)!\n')}\n`);
    const title = lines.findIndex((line) => line.startsWith('1 thread, moving: 0x'));
    assert.match(lines[title + 1]!, /^ {4}read \(import\.py:1\) → price \(import\.py:1\) → store \(import\.py:1\)$/);
    assert.match(lines[title + 2]!, /^ {4}run_import +\/srv\/app\/import\.py:2$/);
    assert.ok(lines.some((line) => line.startsWith('1 thread, unchanged in every dump: 0x0000000000000002')));
  });

  it('groups across processes and says which of them differs', async () => {
    const rank = (n: number): InputText => {
      const here: [string, string][] = n === 3 ? [['load_batch', '/srv/app/data.py']] : [['all_gather', '/srv/app/train.py']];
      const main = dump(String(90 + n), ...here, ['step', '/srv/app/train.py'], ['<module>', '/srv/app/train.py']).replace(
        'Thread',
        'Current thread',
      );
      return { path: `/logs/rank${n}.log`, text: `Timeout (0:05:00)!\n${main}\n` };
    };
    const lines = await screenOfFiles(Array.from({ length: 7 }, (_, n) => rank(n)));
    assert.equal(lines[0], '7 dumps of 7 Python processes');
    assert.ok(lines.includes('  ranks 0–2, 4–6 stand in all_gather (train.py:1); rank 3 in load_batch'), lines.join('\n'));
    assert.ok(
      lines.some((line) => line.startsWith('6 main threads in ranks 0–2, 4–6: ')),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => line.startsWith('1 thread (main) in rank 3: ')),
      lines.join('\n'),
    );
  });

  it('shows the C stack of a crash, also where there is no other', async () => {
    const native =
      'Current thread\'s C stack trace (most recent call first):\n  Binary file "/lib/libacme.so", at acme_boom+0x1f [0x7f0000000001]\n';
    const lines = await screen(
      `Fatal Python error: Segmentation fault\n\n${dump('4', ['boom', '/srv/app/native.py'], ['<module>', '/srv/app/main.py']).replace('Thread', 'Current thread')}\n\n${native}`,
    );
    assert.ok(lines.includes('    C  acme_boom in libacme.so'), lines.join('\n'));
    const alone = await screen(`Fatal Python error: Segmentation fault\n\n${native}`);
    assert.ok(
      alone.some((line) => line.startsWith('1 thread with a C stack only')),
      alone.join('\n'),
    );
    assert.ok(alone.includes('    C  acme_boom in libacme.so'));
  });

  it('shows a thread that waits for a lock before one that stands deeper, in a single dump', async () => {
    const locked: [string, string][] = [
      ['acquire', '/usr/lib/python3/site-packages/tqdm/std.py'],
      ['__enter__', '/usr/lib/python3/site-packages/tqdm/std.py'],
      ['show', '/srv/app/progress.py'],
    ];
    const lines = await screen([dump('3', ...STUCK), dump('5', ...locked, ...IDLE.slice(3))].join('\n\n'));
    assert.ok(
      lines.findIndex((line) => line.includes('progress.py')) < lines.findIndex((line) => line.includes('reserve')),
      lines.join('\n'),
    );
  });

  it('shows no more stacks than it was asked to, and counts the rest', async () => {
    const text = Array.from({ length: 5 }, (_, i) => dump(String(i + 1), [`f${i}`, '/srv/a.py'], ['<module>', '/srv/a.py'])).join('\n');
    const lines = [...analyzeText(await readText(text), { colour: false, width: 80 }, { limit: 2 })];
    assert.equal(lines.filter((line) => /^1 thread/.test(line)).length, 2);
    assert.ok(lines.includes('… and 3 more stacks of 3 threads (--verbose or --limit shows more)'), lines.join('\n'));
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

describe('words', () => {
  it('say of one thread and of several what they do', () => {
    assert.equal(threadsThat(1, 'waits for a future'), '1 thread waits for a future');
    assert.equal(threadsThat(3, 'waits for a future'), '3 threads wait for a future');
    assert.equal(threadsThat(2, 'matches a regular expression', 'task'), '2 tasks match a regular expression');
    assert.equal(threadsThat(2, 'stopped at a breakpoint'), '2 threads, stopped at a breakpoint');
    assert.equal(idleThreads(1, 'asyncio event loop'), '1 idle asyncio event loop');
    assert.equal(idleThreads(12, 'worker of ThreadPoolExecutor'), '12 idle workers of ThreadPoolExecutor');
    assert.equal(idleThreads(2, 'celery pool process'), '2 idle celery pool processes');
    assert.equal(idleThreads(2, 'waits for a signal'), '2 idle threads that wait for a signal');
    assert.equal(idleThreads(1, 'waits for a signal'), '1 idle thread that waits for a signal');
  });

  it('name processes, those that differ in a number together', () => {
    const names = (origins: readonly (string | null)[], pids: readonly (number | null)[] = []): ProcessNames => {
      const dumps = origins.map((origin, i) => ({ origin, pid: pids[i] ?? null, source: `/x/same.log` }));
      return new ProcessNames(
        { dumps } as unknown as DumpSet,
        dumps.map((_, i) => ({ id: `p${i + 1}`, dumps: [i] })) as unknown as Series[],
      );
    };
    const ranks = names(['rank0', 'rank1', 'rank2', 'rank10', 'other']);
    assert.equal(ranks.list([0, 1, 2]), 'ranks 0–2');
    assert.equal(ranks.list([3, 0, 1]), 'ranks 0, 1, 10');
    assert.equal(ranks.list([0, 4]), 'rank 0, other');
    assert.equal(ranks.list([0, 1, 2, 3, 4]), 'all 5 processes');
    assert.equal(names(['web-1', 'web-2', 'db']).list([0, 1]), 'web-1, 2');
    assert.equal(names(['py3.11', 'py3.12', 'x']).list([0, 1]), 'py3.11, py3.12');
    assert.equal(names(['a', 'a'], [17, 23]).list([0, 1]), 'pids 17, 23');
    assert.equal(names([null, null]).of(1), 'process 2');
    assert.equal(names(['a\x1b[31m', 'b']).of(0), 'a\\x1b[31m');
  });

  it('take as many columns as a terminal gives them', () => {
    assert.equal(columns('漢字 é e\u0301'), 8);
    assert.equal(fit('漢字漢字', 5), '漢字…');
    assert.equal(fitEnd('漢字漢字', 6), '…漢字');
    assert.equal(fit('abc', 2), 'a…');
  });
});

describe('what may be shown', () => {
  it('shows control and bidirectional characters as escapes and leaves the rest', () => {
    assert.equal(visible('a\x1b[31mb\u202e\ud800c é 漢 😀'), 'a\\x1b[31mb\\u202e\\ud800c é 漢 😀');
    // tags spell a text that nobody sees; a flag and a family are pictures
    assert.equal(visible('a\u{e0041}\u206a\xad\u3164b 🇨🇭 ❤️'), 'a\\u{e0041}\\u206a\\xad\\u3164b 🇨🇭 ❤️');
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
