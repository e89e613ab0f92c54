import assert from 'node:assert/strict';
import { constructedKind } from '../../../src/analysis/source/kinds.js';
import type { ObjectFact } from '../../../src/analysis/source/facts.js';
import { factsAt, read, type Files } from './program.js';

const objectAt = async (files: Files | string, frame: string): Promise<ObjectFact | null> =>
  (await factsAt(files, frame)).operations[0]!.object;

describe('what a name of the program stands for', () => {
  it('is what its constructor makes, by the full name of it and no other', async () => {
    const made: Record<string, string> = {
      'threading.Lock()': 'lock',
      'threading.RLock()': 'rlock',
      'threading.Condition()': 'condition',
      'threading.BoundedSemaphore(2)': 'semaphore',
      'threading.Event()': 'event',
      'threading.Barrier(2)': 'barrier',
      'threading.Timer(1, f)': 'thread',
      'multiprocessing.Process()': 'process',
      'multiprocessing.pool.ThreadPool()': 'pool',
      'queue.SimpleQueue()': 'queue',
      'multiprocessing.JoinableQueue()': 'queue',
      'concurrent.futures.ThreadPoolExecutor()': 'executor',
      'concurrent.futures.Future()': 'future',
      'asyncio.run_coroutine_threadsafe(c, loop)': 'future',
      'asyncio.Queue()': 'async',
      'subprocess.Popen("x")': 'subprocess',
      'socket.create_connection(a)': 'socket',
      'open("x")': 'file',
      'filelock.FileLock("x")': 'file-lock',
      'contextlib.ExitStack()': 'exit-stack',
      'contextlib.AsyncExitStack()': 'exit-stack',
      'sqlite3.connect("x")': 'connection',
      'oracledb.connect(d)': 'connection',
      'oracledb.connect_async(d)': 'unknown',
      'threading.Locker()': 'unknown',
      'mine.threading.Lock()': 'unknown',
    };
    const modules =
      'asyncio concurrent.futures contextlib filelock mine multiprocessing multiprocessing.pool oracledb queue socket sqlite3';
    const lines = Object.keys(made).map((call, i) => `    thing${i} = ${call}\n    thing${i}.use()`);
    const source = `import subprocess, threading, ${modules.replaceAll(' ', ', ')}\ndef f():\n${lines.join('\n')}\n`;
    const found: Record<string, string | undefined> = {};
    for (const [i, call] of Object.keys(made).entries()) found[call] = (await objectAt(source, `f @ thing${i}.use()`))?.kind;
    assert.deepEqual(found, made);
    for (const call of Object.keys(made)) {
      const name = call.slice(0, call.indexOf('('));
      const kind = constructedKind(name);
      assert.equal(kind ?? 'unknown', made[call]);
      for (const other of [`x${name}`, `${name}x`, `x.${name}`, `${name}.x`]) assert.equal(constructedKind(other), null, other);
    }
  });

  it('is what the calls of its function give for a parameter, by place or by name', async () => {
    const source = (call: string): string =>
      `import threading\nlock = threading.Lock()\nclass A:\n    def take(self, n, which):\n        which.acquire()\na = A()\n${call}\n`;
    for (const call of [
      'a.take(1, lock)',
      'a.take(1, which=lock)',
      'threading.Thread(target=a.take, args=(1, lock))',
      'go.submit(a.take, 1, lock)',
    ])
      assert.deepEqual(await objectAt(source(call), 'take @ which.acquire()'), {
        text: 'which',
        keys: ['app.py:lock'],
        kind: 'lock',
        instances: 'one',
        capacity: null,
        made: { file: 'app.py', line: 2 },
        certainty: 'inferred',
      });
    // behind `*args` nobody can count
    assert.deepEqual((await objectAt(source('a.take(*some, lock)'), 'take @ which.acquire()'))?.keys, ['app.py:A.take.which']);
  });

  it('is a future, of what gives one', async () => {
    for (const call of ['pool.submit(work)', 'pool.apply_async(work)', 'pool.map_async(work, [1])']) {
      const { operations } = await factsAt(`def work():\n    pass\ndef f(pool):\n    job = ${call}\n    job.get()\n`, 'f @ job.get()');
      assert.deepEqual([operations[0]!.kind, operations[0]!.object?.kind, operations[0]!.runs], ['future', 'future', ['work']], call);
    }
  });

  it('is what a container was filled with, however it is written', async () => {
    const lock = 'threading.Lock()';
    for (const container of [
      `[${lock}]`,
      `(${lock}, ${lock})`,
      `{1: ${lock}}`,
      `[${lock} for n in names]`,
      `{n: ${lock} for n in names}`,
      'defaultdict(threading.Lock)',
    ]) {
      const source = `import threading\nfrom collections import defaultdict\nlocks = ${container}\ndef f(n):\n    locks[n].acquire()\n`;
      const { keys, kind, instances } = (await objectAt(source, 'f @ locks[n].acquire'))!;
      assert.deepEqual({ keys, kind, instances }, { keys: ['app.py:locks[]'], kind: 'lock', instances: 'several' }, container);
    }
    const filled = `import threading\nlocks = {}\ndef add(n):\n    locks[n] = ${lock}\ndef f(n):\n    locks[n].acquire()\n`;
    assert.deepEqual((await objectAt(filled, 'f @ locks[n].acquire'))?.kind, 'lock');
    const inModule = {
      'app.py': 'import kept\ndef f(n):\n    kept.locks[n].acquire()\n',
      'kept.py': `import threading\nlocks = [${lock}]\n`,
    };
    assert.deepEqual((await objectAt(inModule, 'f @ kept.locks[n].acquire'))?.keys, ['kept.py:locks[]']);
  });

  it('is an attribute of a class, or of what the class derives from in the program', async () => {
    const files = {
      'app.py': [
        'import base',
        'class Middle(base.Base): pass',
        'class Account(Unknown, Middle):',
        '    def pay(self):',
        '        self.lock.acquire()',
        '        self.stray.acquire()',
        'account = Account()',
        'def refund():',
        '    account.lock.acquire()',
      ].join('\n'),
      'base.py': 'import threading\nclass Base:\n    def __init__(self):\n        self.lock = threading.Lock()\n',
    };
    assert.deepEqual((await objectAt(files, 'pay @ self.lock.acquire'))?.keys, ['base.py:Base.lock']);
    assert.deepEqual((await objectAt(files, 'pay @ self.stray.acquire'))?.kind, 'unknown');
    assert.deepEqual((await objectAt(files, 'refund @ account.lock.acquire'))?.keys, ['base.py:Base.lock']);
  });

  it('is of the nearest of several modules of a name', async () => {
    const app = 'import config\ndef f():\n    config.guard.acquire()\n';
    const config = (kind: string): string => `import threading\nguard = threading.${kind}()\n`;
    const files = {
      'srv/pay/app.py': app,
      'srv/pay/config.py': config('Lock'),
      'srv/shop/app.py': app,
      'srv/shop/config.py': config('RLock'),
      'srv/ship/app.py': app,
      'srv/ship/config.py': config('Semaphore'),
    };
    const services = ['pay', 'shop', 'ship'];
    const { standings } = await read(
      files,
      services.map((service) => [`srv/${service}/app.py: f @ config.guard.acquire`]),
    );
    assert.deepEqual(
      standings.map(({ waits }) => [waits?.operation.object?.keys, waits?.operation.object?.kind]),
      [
        [['srv/pay/config.py:guard'], 'lock'],
        [['srv/shop/config.py:guard'], 'rlock'],
        [['srv/ship/config.py:guard'], 'semaphore'],
      ],
    );
  });

  it('is one object where a module makes it once, several in a loop, and not known where a function or lambda makes it', async () => {
    const source = (made: string): string =>
      `import threading\nclass Account:\n    def __init__(self):\n        self.lock = threading.Lock()\n    def pay(self):\n        self.lock.acquire()\n${made}\n`;
    const instances = async (made: string): Promise<string | undefined> =>
      (await objectAt(source(made), 'pay @ self.lock.acquire'))?.instances;
    assert.deepEqual(
      [
        await instances('account = Account()'),
        await instances('accounts = [Account() for n in names]'),
        await instances('for n in names: accounts.add(Account())'),
        await instances('a, b = Account(), Account()'),
        await instances('def make():\n    return Account()'),
        await instances('make = lambda: Account()'),
        await instances('makers = [lambda: Account() for n in names]'),
        await instances(''),
      ],
      ['one', 'several', 'several', 'several', 'unknown', 'unknown', 'unknown', 'unknown'],
    );
  });
});

describe('what is called like a lock', () => {
  it('is taken for one where nobody sees what it is, by the last part of its name', async () => {
    const expected: Record<string, string> = {
      lock: 'lock (guessed)',
      'self.lock': 'lock (guessed)',
      'self.db.write_lock': 'lock (guessed)',
      'self.dbLock': 'lock (guessed)',
      _mutex: 'lock (guessed)',
      rlock2: 'lock (guessed)',
      'lock.owner': 'unknown (guessed)',
      'self.lock.owner': 'unknown (guessed)',
      blocker: 'unknown (guessed)',
      clock: 'unknown (guessed)',
    };
    const found: Record<string, string> = {};
    for (const name of Object.keys(expected)) {
      const object = (await objectAt(`def f(self):\n    ${name}.acquire()\n`, `f @ ${name}.acquire`))!;
      found[name] = `${object.kind} (${object.certainty})`;
    }
    assert.deepEqual(found, expected);
  });
});

describe('how long a call waits at most', () => {
  it('is said by its flag and its limit, by place and by name', async () => {
    const limits: Record<string, unknown> = {
      'lock.acquire()': { kind: 'none' },
      'lock.acquire(True)': { kind: 'none' },
      'lock.acquire(1)': { kind: 'none' },
      'lock.acquire(0)': { kind: 'immediate' },
      'lock.acquire(False)': { kind: 'immediate' },
      'lock.acquire(blocking=False)': { kind: 'immediate' },
      'lock.acquire(True, 2.5)': { kind: 'seconds', seconds: 2.5 },
      'lock.acquire(timeout=-1)': { kind: 'none' },
      'lock.acquire(timeout=1_000)': { kind: 'seconds', seconds: 1000 },
      'lock.acquire(timeout=0)': { kind: 'immediate' },
      'lock.acquire(timeout=LIMIT)': { kind: 'given' },
      'jobs.put(x, False)': { kind: 'immediate' },
      'jobs.put(x, True, 3)': { kind: 'seconds', seconds: 3 },
      'jobs.get(block=False)': { kind: 'immediate' },
      'jobs.get(True, None)': { kind: 'none' },
      'select.select([], [], [], 3)': { kind: 'seconds', seconds: 3 },
      'select.select([], [], [])': { kind: 'none' },
      'urllib.request.urlopen(x, None, 5)': { kind: 'seconds', seconds: 5 },
      'urllib.request.urlopen(x)': { kind: 'none' },
      'socket.create_connection(x, 2)': { kind: 'seconds', seconds: 2 },
      'time.sleep(7)': { kind: 'seconds', seconds: 7 },
      'time.sleep(x)': { kind: 'given' },
      'job.result(4)': { kind: 'seconds', seconds: 4 },
    };
    const source = `import queue, select, socket, threading, time, urllib.request\nlock = threading.Lock()\njobs = queue.Queue()\ndef f(x):\n${Object.keys(
      limits,
    )
      .map((call) => `    ${call}`)
      .join('\n')}\n`;
    const found: Record<string, unknown> = {};
    for (const call of Object.keys(limits)) found[call] = (await factsAt(source, `f @ ${call}`)).operations[0]!.limit;
    assert.deepEqual(found, limits);
  });
});

describe('the calls that a line speaks of', () => {
  it('are those of its own statement where none stands on the line itself', async () => {
    const source = 'def f():\n    before()\n    total = (\n        1 +\n        inner()\n    )\n    after()\n';
    assert.deepEqual(
      (await factsAt(source, 'f @ total = (')).operations.map(({ name }) => name),
      ['inner'],
    );
  });

  it('are what a `for` on one line gets its next item from, too', async () => {
    const { operations } = await factsAt('def f(stream):\n    for line in stream.lines(): handle(line)\n', 'f @ for line');
    assert.deepEqual(
      operations.map(({ kind, name, text, limit, certainty }) => ({ kind, name, text, limit, certainty })),
      [
        { kind: 'unknown', name: '__next__', text: 'next of stream.lines()', limit: { kind: 'none' }, certainty: 'guessed' },
        { kind: 'call', name: 'handle', text: 'handle(line)', limit: { kind: 'none' }, certainty: 'read' },
      ],
    );
  });

  it('are the one whose name stands there, in a chain over several lines', async () => {
    const source =
      'def f(query):\n    rows = (\n        query.select()\n        .filter(a())\n        .all(\n            1,\n        )\n    )\n';
    const names = async (frame: string): Promise<string[]> => (await factsAt(source, `f @ ${frame}`)).operations.map(({ name }) => name);
    assert.deepEqual(await names('.filter(a())'), ['a', 'filter']);
    assert.deepEqual(await names('.all('), ['all']);
    // nothing begins there: the calls whose arguments it is among
    assert.deepEqual(await names('1,'), ['all']);
    // older versions of Python name the line where a chain begins
    assert.deepEqual(await names('query.select()'), ['select', 'filter', 'all']);
  });

  it('are those of all statements of a line', async () => {
    assert.deepEqual(
      (await factsAt('def f():\n    first(); second()\n    third()\n', 'f @ first(); second()')).operations.map(({ name }) => name),
      ['first', 'second'],
    );
  });
});
