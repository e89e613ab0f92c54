import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceTree } from '../../../src/input/index.js';
import { readFiles } from '../../../src/reading/index.js';
import { read, readSet, type Read } from './program.js';
import { cpuTime } from '../../cpu-time.js';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', '..', 'samples');
const edges = ({ relations }: Pick<Read, 'relations'>): string[] =>
  relations.edges.map(
    ({ waiter, holder, because, object, certainty }) => `${waiter} ${because} ${holder}: ${object?.text ?? '?'} (${certainty})`,
  );

async function ofSample(name: string): Promise<Omit<Read, 'set'> & { threads: number }> {
  const folder = path.join(SAMPLES, name);
  const files = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .sort();
  const set = await readFiles(files.map((file) => path.join(folder, file)));
  return { ...(await readSet(set, await SourceTree.open([path.join(SAMPLES, 'programs')]))), threads: set.dumps.at(-1)!.threads.length };
}

describe('who waits for whom, by the source', () => {
  it('two transfers that lock two accounts in opposite order are a cycle, and guessed since nobody sees which accounts (samples/deadlock)', async () => {
    const { relations, standings } = await ofSample('deadlock');
    const stuck = standings.flatMap(({ facts }, i) => (facts.some((frame) => frame?.function === 'transfer') ? [i] : []));
    assert.equal(stuck.length, 2);
    assert.deepEqual(
      relations.cycles.map(({ threads, certainty }) => ({ threads, certainty })),
      [{ threads: stuck, certainty: 'guessed' }],
    );
    const readers = standings.flatMap(({ facts }, i) => (facts.some((frame) => frame?.function === 'read_balance') ? [i] : []));
    for (const reader of readers) assert.deepEqual(relations.rootsOf(reader), stuck);
  });

  it('a thread that waits on a queue holds the lock of its function meanwhile (samples/classic-recipe)', async () => {
    const { standings, relations } = await ofSample('classic-recipe');
    const at = standings.findIndex(({ waits }) => waits?.facts.function === 'await_confirmation');
    assert.deepEqual(
      standings[at]!.holds.map(({ object }) => object.text),
      ['ledger_lock'],
    );
    assert.equal(relations.waiting.get(at)?.kind, 'queue');
    assert.deepEqual(relations.cycles, []);
  });

  const TWO_LOCKS = [
    'import threading',
    'arm = threading.Lock()',
    'camera = threading.Lock()',
    'def pick():',
    '    with arm:',
    '        with camera:',
    '            pass',
    'def inspect():',
    '    with camera:',
    '        grab()',
    'def grab():',
    '    arm.acquire()',
    'def third():',
    '    with arm: pass',
  ].join('\n');

  it('a cycle over two locks is read where there is one of each', async () => {
    const found = await read({ 'app.py': TWO_LOCKS }, [
      ['pick @ with camera'],
      ['grab @ arm.acquire', 'inspect @ grab()'],
      ['third @ with arm: pass'],
    ]);
    assert.deepEqual(edges(found), ['0 holds 1: camera (read)', '1 holds 0: arm (read)', '2 holds 0: arm (read)']);
    assert.deepEqual(
      found.relations.cycles.map(({ threads, edges: round, certainty }) => [
        threads,
        round.map(({ wantedAt, heldAt }) => [wantedAt.line, heldAt.line]),
        certainty,
      ]),
      [
        [
          [0, 1],
          [
            [6, 9],
            [12, 5],
          ],
          'read',
        ],
      ],
    );
    assert.deepEqual(found.relations.rootsOf(2), [0, 1]);
  });

  it('a chain leads to the thread that holds the lock and waits for something else', async () => {
    const source = [
      'import threading, urllib.request',
      'lock = threading.Lock()',
      'def refresh():',
      '    with lock:',
      '        urllib.request.urlopen("http://x")',
      'def rate():',
      '    with lock:',
      '        return 1',
      'def late():',
      '    with lock: pass',
    ].join('\n');
    const found = await read({ 'app.py': source }, [
      ['late @ with lock: pass'],
      ['socket.py:readinto', 'refresh @ urllib.request.urlopen'],
    ]);
    assert.deepEqual(edges(found), ['0 holds 1: lock (read)']);
    assert.deepEqual(found.relations.cycles, []);
    assert.equal(found.standings[1]!.waits?.operation.kind, 'net-read');
    assert.deepEqual(
      found.standings[1]!.holds.map(({ object }) => object.keys),
      [['app.py:lock']],
    );
  });

  it('a lock taken twice by one thread is a cycle of one, unless it may be taken again', async () => {
    const source = (kind: string): string =>
      [
        'import threading',
        'class Flags:',
        '    def __init__(self):',
        `        self._lock = threading.${kind}()`,
        '    def get(self):',
        '        with self._lock: return 1',
        '    def set(self):',
        '        with self._lock:',
        '            self.get()',
        'flags = Flags()',
      ].join('\n');
    const stack = ['get @ with self._lock: return', 'set @ self.get()'];
    assert.deepEqual(
      (await read({ 'app.py': source('Lock') }, [stack])).relations.cycles.map(({ threads }) => threads),
      [[0]],
    );
    for (const kind of ['RLock', 'Condition'])
      assert.deepEqual((await read({ 'app.py': source(kind) }, [stack])).relations.cycles, [], kind);
  });

  it('a lock taken twice is a cycle of one under whatever names, where there is one such lock', async () => {
    const files = {
      'app.py':
        'import locks\nfrom locks import book as mine\ndef f():\n    with mine:\n        g()\ndef g():\n    with locks.book: pass\n',
      'locks.py': 'import threading\nbook = threading.Lock()\n',
    };
    assert.deepEqual(
      (await read(files, [['g @ with locks.book', 'f @ g()']])).relations.cycles.map(({ threads, certainty }) => [threads, certainty]),
      [[[0], 'read']],
    );
    // two objects of a class may be two locks
    const ofClass =
      'import threading\nclass A:\n    def __init__(self):\n        self.lock = threading.Lock()\ndef f(a, b):\n    with a.lock:\n        with b.lock: pass\na = A()\nb = A()\n';
    assert.deepEqual((await read({ 'app.py': ofClass }, [['f @ with b.lock']])).relations.cycles, []);
  });

  it('to wait on a condition is to give back its lock', async () => {
    const source = 'import threading\nc = threading.Condition()\ndef f():\n    with c:\n        c.wait()\ndef g():\n    with c: pass\n';
    const found = await read({ 'app.py': source }, [['threading.py:wait', 'f @ c.wait()'], ['g @ with c: pass']]);
    assert.deepEqual(edges(found), []);
    assert.deepEqual(found.standings[0]!.holds, []);
  });

  it('who holds a connection and wants another of the same pool is told apart from who wants a first', async () => {
    const source = [
      'import sqlalchemy',
      'engine = sqlalchemy.create_engine("x")',
      'def audited():',
      '    with engine.connect() as second:',
      '        pass',
      'def request():',
      '    with engine.connect() as first:',
      '        audited()',
    ].join('\n');
    const library = ['queue.py:get', 'base.py:connect'];
    const found = await read({ 'app.py': source }, [
      [...library, 'audited @ as second', 'request @         audited()'],
      [...library, 'request @ as first'],
    ]);
    assert.deepEqual(
      [...found.relations.waiting.values()].map(({ holdsOne, holders }) => [holdsOne, holders]),
      [
        [true, []],
        [false, [0]],
      ],
    );
  });

  it('who has taken an item out of a pool that a context manager keeps in a queue holds it', async () => {
    const source = [
      'import contextlib, queue',
      'class Pool:',
      '    def __init__(self):',
      '        self._free = queue.Queue()',
      '    @contextlib.contextmanager',
      '    def connection(self):',
      '        c = self._free.get()',
      '        try:',
      '            yield c',
      '        finally:',
      '            self._free.put(c)',
      'pool = Pool()',
      'def handle():',
      '    with pool.connection() as c:',
      '        audit()',
      'def audit():',
      '    with pool.connection() as second:',
      '        pass',
    ].join('\n');
    const wait = ['queue.py:get', 'connection @ self._free.get()', 'contextlib.py:__enter__'];
    const found = await read({ 'app.py': source }, [
      [...wait, 'audit @ as second', 'handle @         audit()'],
      [...wait, 'handle @ as c'],
    ]);
    assert.deepEqual(
      [...found.relations.waiting.values()].map(({ holdsOne, holders }) => [holdsOne, holders]),
      [
        [true, []],
        [false, [0]],
      ],
    );
  });

  it('who has begun a transaction holds up the statements of others on the same database, as a guess', async () => {
    const source = [
      'import sqlite3',
      'DB = "/tmp/x.db"',
      'def connect():',
      '    return sqlite3.connect(DB)',
      'def archive():',
      '    con = connect()',
      '    con.execute("BEGIN IMMEDIATE")',
      '    ask()',
      '    con.execute("COMMIT")',
      '    after()',
      'def write():',
      '    con = connect()',
      '    con.execute("INSERT INTO t VALUES (1)")',
    ].join('\n');
    const threads = [['archive @ ask()'], ['write @ INSERT'], ['write @ INSERT']];
    assert.deepEqual(edges(await read({ 'app.py': source }, threads)), ['1 holds 0: con (guessed)', '2 holds 0: con (guessed)']);
    assert.deepEqual(edges(await read({ 'app.py': source }, [['archive @ after()'], ['write @ INSERT']])), []);
  });

  it('a thread waits for the threads that run what it joins', async () => {
    const source = [
      'import threading',
      'def work():',
      '    open("fifo")',
      'def main():',
      '    worker = threading.Thread(target=work)',
      '    worker.start()',
      '    worker.join()',
    ].join('\n');
    const found = await read({ 'app.py': source }, [['threading.py:join', 'main @ worker.join()'], ['work @ open("fifo")']]);
    assert.deepEqual(edges(found), ['0 runs 1: worker (inferred)']);
  });

  it('says who could let a waiter go on, and whether a thread is there', async () => {
    const source = [
      'import threading, queue',
      'ready = threading.Event()',
      'jobs = queue.Queue()',
      'def start():',
      '    connect()',
      '    ready.set()',
      'def wait():',
      '    ready.wait()',
      'def produce():',
      '    jobs.put(compute())',
      'def consume():',
      '    jobs.get()',
    ].join('\n');
    const found = await read({ 'app.py': source }, [
      ['threading.py:wait', 'threading.py:wait', 'wait @ ready.wait()'],
      ['queue.py:get', 'consume @ jobs.get()'],
      ['produce @ jobs.put(compute'],
    ]);
    const releasers = [...found.relations.waiting.values()].map(({ releasers: known }) =>
      known?.map(({ function: fn, threads }) => `${fn} ${threads.join()}`),
    );
    assert.deepEqual(releasers, [['start '], ['produce 2'], ['consume 1']]);
    assert.deepEqual(
      [...found.relations.waiting.values()].map(({ nobody }) => nobody),
      [true, false, false],
    );
  });

  it('stays quick with hundreds of threads that hold and want locks of one class', async () => {
    const source =
      'import threading\nclass A:\n    def __init__(self):\n        self.lock = threading.Lock()\nx, y = A(), A()\ndef f(a, b):\n    with a.lock:\n        with b.lock: pass\n';
    const start = cpuTime();
    const found = await read(
      { 'app.py': source },
      Array.from({ length: 1_000 }, () => ['f @ with b.lock']),
    );
    assert.equal(found.relations.cycles.length, 1);
    assert.ok(cpuTime() - start < 5_000);
  });
});

describe('the source of a dump', () => {
  const ran = 'def f():\n    g()\n\n\ndef g():\n    h()\n';

  it('is not used when its functions do not stand at the lines of the frames', async () => {
    const files = { 'app.py': ran };
    const { set } = await read(files, [['g @ h()', 'f @ g()']]);
    const states = async (now: Record<string, string>): Promise<string[]> => {
      const { lookupIn } = await import('./program.js');
      return (await readSet(set, lookupIn(now))).source.files.map(({ state, path: at }) => `${state} ${at}`);
    };
    assert.deepEqual(await states(files), ['used app.py']);
    assert.deepEqual(await states({ 'app.py': `import os\nimport sys\nimport re\n\n${ran}` }), ['not-fitting app.py']);
    assert.deepEqual(await states({}), ['not-found null']);
    // where the line has nothing in it, or a comment
    assert.deepEqual(await states({ 'app.py': ran.replace('    g()\n\n', '\n    g()\n') }), ['not-fitting app.py']);
    assert.deepEqual(await states({ 'app.py': ran.replace('    g()\n\n', '    # now\n    g()\n') }), ['not-fitting app.py']);
    // of two files that end alike the one that fits is taken, whichever comes first
    assert.deepEqual(await states({ 'a/app.py': `\n\n\n${ran}`, 'b/app.py': ran }), ['used b/app.py']);
  });

  it('says when several files fit and are not the same', async () => {
    const { set } = await read({ 'app.py': ran }, [['g @ h()', 'f @ g()']]);
    const { lookupIn } = await import('./program.js');
    const { source } = await readSet(set, lookupIn({ 'a/app.py': ran, 'b/app.py': `${ran}# other\n`, 'c/app.py': ran }));
    assert.deepEqual(
      source.files.map(({ path: at, alternatives }) => [at, alternatives]),
      [['a/app.py', ['b/app.py']]],
    );
  });
});
