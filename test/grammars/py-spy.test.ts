import assert from 'node:assert/strict';
import fs from 'node:fs';
import { pySpy, type LineToken } from '../../grammars/index.js';
import { readText } from '../../src/index.js';

const meaning = (line: string): LineToken => pySpy.line.tryParse(line);
const sample = (name: string): string => fs.readFileSync(new URL(`../../samples/py-spy/${name}`, import.meta.url), 'utf8');

describe('py-spy: one line', () => {
  it('reads heads of every version: with and without id, with both ids, with and without name', () => {
    const heads: [string, string | null, string | null, readonly string[]][] = [
      ['Thread 41000 (idle): "MainThread"', '41000', 'MainThread', ['idle']],
      ['Thread 0x11A4C5DC0 (active)', '0x11A4C5DC0', null, ['active']],
      ['Thread 0x7FAB12/0xA028 (active+gil)', '0xA028', null, ['active', 'has-gil']],
      ['Thread (idle): "Thread-1 (_run)"', null, 'Thread-1 (_run)', ['idle']],
    ];
    for (const [line, id, name, marks] of heads) {
      const token = meaning(line);
      assert.ok(token.is === 'thread', line);
      assert.deepEqual([token.id, token.name, token.marks], [id, name, marks]);
    }
  });

  it('tells frames of Python from those of C, and splits at the last parenthesis', () => {
    const native = (symbol: string | null, address: string | null, module: string | null): LineToken => ({
      is: 'native',
      frame: { symbol, address, module },
    });
    assert.deepEqual(meaning('    wait (threading.py:327)'), {
      is: 'frame',
      frame: { function: 'wait', file: 'threading.py', line: 327, column: null },
    });
    assert.deepEqual(meaning('    take_gil (ceval_gil.c:331)'), native('take_gil', null, 'ceval_gil.c:331'));
    assert.deepEqual(meaning('    0x7f21aa0491c4 (?)'), native(null, '0x7f21aa0491c4', null));
    assert.deepEqual(meaning('    std::wait(int, char*) (libstdc++.so.6)'), native('std::wait(int, char*)', null, 'libstdc++.so.6'));
  });

  it('leaves sentences alone', () => {
    for (const line of ['see settle in (orders.py:12)', 'Process: idle', 'the thread is (idle)', 'Thread pool (idle)'])
      assert.equal(meaning(line).is, 'other', line);
  });
});

describe('py-spy: a dump', () => {
  it('has process, version, marks, locals and frames in C', async () => {
    const { dumps } = await readText(sample('orders.txt'));
    assert.deepEqual(
      dumps.map(({ pid, runtimeVersion, line, notes }) => [pid, runtimeVersion, line, notes.length]),
      [
        [7120, '3.12.4', 1, 1],
        [7140, '3.12.4', 27, 2],
      ],
    );
    const [main, waits, holds] = dumps[0]!.threads;
    assert.equal(main!.main, true);
    assert.deepEqual([waits!.marks, holds!.marks], [['active'], ['active', 'has-gil']]);
    assert.deepEqual(
      waits!.nativeFrames.map(({ symbol }) => symbol),
      ['pthread_cond_timedwait', null, 'take_gil'],
    );
    assert.deepEqual(waits!.locals, [
      {
        depth: 0,
        variables: [
          { name: 'order', value: '<Order 17>', argument: true },
          { name: 'boxes', value: "['a', 'b']", argument: true },
          { name: 'weight', value: '12.5', argument: false },
        ],
      },
    ]);
  });

  it('may be pasted without its process, several in a page', async () => {
    const page = ['# Rank 0', '```', 'Thread (idle): "MainThread"', '    wait (threading.py:355)', '```', '', 'Rank 1:', '', '```'];
    const { dumps } = await readText([...page, 'Thread (active+gil): "MainThread"', '    step (train.py:9)', '```', ''].join('\n'));
    assert.deepEqual(
      dumps.map((dump) => dump.threads.length),
      [1, 1],
    );
  });

  it('is found in a JSON string and under colours', async () => {
    const text = sample('orders.txt');
    const coloured = text.replaceAll(/(idle|active)(?=[+)])/g, '\x1b[33m$1\x1b[0m').replaceAll(/^( {4}\S+)/gm, '\x1b[32m$1\x1b[0m');
    for (const input of [JSON.stringify({ level: 'warn', message: text }), coloured]) {
      const { dumps } = await readText(`${input}\n`);
      assert.deepEqual(
        dumps.map((dump) => dump.threads.length),
        [3, 1],
      );
    }
  });
});

describe('py-spy dump --json', () => {
  it('is read as the text is: ids, names, marks, variables and frames of C', async () => {
    const [json, printed] = [await readText(sample('orders.json')), await readText(sample('orders.txt'))].map((set) => set.dumps[0]!);
    const threads = json!.threads.slice(0, 3);
    for (const [i, thread] of printed!.threads.entries()) {
      const { id, name, marks, main, locals } = threads[i]!;
      assert.deepEqual([id, name, marks, main, locals], [thread.id, thread.name, thread.marks, thread.main, thread.locals]);
    }
    assert.deepEqual(threads[1]!.nativeFrames, [
      { symbol: 'pthread_cond_timedwait', address: null, module: '/usr/lib/x86_64-linux-gnu/libc.so.6' },
      { symbol: null, address: '0x7f21aa0491c4', module: '?' },
      { symbol: 'take_gil', address: null, module: 'Python/ceval_gil.c:331' },
    ]);
    assert.deepEqual([json!.format, json!.pid, json!.line, json!.notes], ['py-spy-json', 7120, 1, ['python orders.py --queue eu']]);
  });

  it('is read when it is compact, in the middle of a log, and when its end is missing', async () => {
    const compact = JSON.stringify(JSON.parse(sample('orders.json')));
    const set = await readText(`starting\nstacks: ${compact} done\n${sample('orders.json').slice(0, -900)}`);
    assert.deepEqual(
      set.dumps.map(({ line, threads }) => [line, threads.length]),
      [
        [2, 4],
        [3, 3],
      ],
    );
    assert.deepEqual(
      set.sources[0]!.warnings.map(({ code }) => code),
      ['cut-report'],
    );
  });

  it('leaves other arrays alone', async () => {
    for (const text of ['[{"pid":1,"thread_id":2,"thread_name":"a","state":"x"}]', '[{"thread_name":"a","os_thread_id":1}]'])
      assert.deepEqual((await readText(text)).dumps, [], text);
  });
});
