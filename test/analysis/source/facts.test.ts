import assert from 'node:assert/strict';
import { factsAt, pythonParser, read, type Files } from './program.js';
import { cpuTime } from '../../cpu-time.js';

const held = async (files: Files | string, frame: string): Promise<string[]> =>
  (await factsAt(files, frame)).holds.map((one) => `${one.object.text} (${one.by}, ${one.certainty})`);
const operations = async (files: Files | string, frame: string): Promise<string[]> =>
  (await factsAt(files, frame)).operations.map((one) =>
    [one.kind, one.object?.kind, one.limit.kind].filter((part) => part !== undefined).join(' '),
  );
const loop = async (source: string, frame: string): Promise<string> => {
  const found = (await factsAt(source, frame)).loops[0];
  return found ? `${found.kind}, exit ${found.exit}, ${found.first ? 'first' : 'later'}` : 'none';
};

describe('what a line of Python does', () => {
  it('takes a lock by `with`, made at the level of the module', async () => {
    const { operations: found, ...facts } = await factsAt(
      'import threading\nbook = threading.Lock()\ndef f():\n    with book:\n        pass\n',
      'f @ with book',
    );
    assert.deepEqual([facts.function, facts.functionLine, facts.text, facts.holds], ['f', 3, 'with book:', []]);
    assert.deepEqual(found[0]!.object, {
      text: 'book',
      keys: ['app.py:book'],
      kind: 'lock',
      instances: 'one',
      capacity: null,
      made: { file: 'app.py', line: 2 },
      certainty: 'read',
    });
  });

  it('is known through imports, attributes, classes and aliases', async () => {
    const files = {
      'app.py': [
        'from shop.stock import Stock',
        'stock = Stock()',
        'def by_instance():',
        '    stock.lock.acquire()',
        'def by_alias():',
        '    guard = stock.lock',
        '    guard.acquire(timeout=3)',
        'def by_name(thing):',
        '    thing.lock.acquire(False)',
      ].join('\n'),
      'shop/stock.py': 'from threading import RLock as L\nclass Stock:\n    def __init__(self):\n        self.lock = L()\n',
    };
    for (const [frame, limit] of [
      ['by_instance @ stock.lock.acquire', 'none'],
      ['by_alias @ guard.acquire', 'seconds'],
      ['by_name @ thing.lock.acquire', 'immediate'],
    ] as const) {
      const { operations: found } = await factsAt(files, frame);
      assert.deepEqual(
        [found[0]!.object?.keys, found[0]!.object?.kind, found[0]!.limit.kind],
        [['shop/stock.py:Stock.lock'], 'rlock', limit],
        frame,
      );
    }
  });

  it('tells waits on conditions, events, queues, threads, futures and children apart by what they were made as', async () => {
    const source = [
      'import queue, subprocess, threading, time',
      'from concurrent.futures import ThreadPoolExecutor',
      'class App:',
      '    def __init__(self):',
      '        self.ready = threading.Event()',
      '        self.jobs = queue.Queue(maxsize=4)',
      '        self.slots = threading.Semaphore(3)',
      '        self.pool = ThreadPoolExecutor(2)',
      '    def run(self, names):',
      '        self.ready.wait(5)',
      '        self.jobs.put(1)',
      '        self.jobs.get(block=True, timeout=None)',
      '        self.slots.acquire()',
      '        future = self.pool.submit(self.run, 1)',
      '        future.result()',
      '        worker = threading.Thread(target=self.run)',
      '        worker.join()',
      '        child = subprocess.Popen(["x"])',
      '        child.wait()',
      '        time.sleep(0.5)',
      '        ", ".join(names)',
      '        names.get("x")',
    ].join('\n');
    const expected: Record<string, string> = {
      'self.ready.wait(5)': 'event event seconds',
      'self.jobs.put(1)': 'queue-full queue none',
      'self.jobs.get(': 'queue queue none',
      'self.slots.acquire()': 'semaphore semaphore none',
      'future.result()': 'future future none',
      'worker.join()': 'join thread none',
      'child.wait()': 'subprocess subprocess none',
      'time.sleep(0.5)': 'sleep seconds',
      '", ".join(names)': 'call unknown none',
      'names.get("x")': 'call unknown none',
    };
    for (const [text, found] of Object.entries(expected)) assert.equal((await operations(source, `run @ ${text}`))[0], found, text);
    const [put] = (await factsAt(source, 'run @ self.jobs.put(1)')).operations;
    assert.equal(put!.object?.capacity, 4);
    const [result] = (await factsAt(source, 'run @ future.result()')).operations;
    assert.deepEqual(result!.runs, ['App.run']);
  });

  it('on a socket or file waits for its other end', async () => {
    const source = [
      'import socket',
      'sock = socket.create_connection(("x", 1))',
      'out = open("/run/fifo", "w")',
      'def f(it):',
      '    sock.send(b"")',
      '    sock.sendall(b"")',
      '    sock.recv(1)',
      '    sock.accept()',
      '    sock.connect(("x", 1))',
      '    out.write("")',
      '    out.flush()',
      '    out.read()',
      '    it.send(b"")',
      '    it.recv(1)',
      '    it.write("")',
      '    it.execute("SELECT 1")',
    ].join('\n');
    const kinds: Record<string, string> = {};
    for (const [call] of source.matchAll(/(?<= {4})(?:sock|out|it)\.\w+\(/g)) {
      const [operation] = (await factsAt(source, `f @ ${call}`)).operations;
      kinds[call] = `${operation!.kind} (${operation!.certainty})`;
    }
    assert.deepEqual(kinds, {
      'sock.send(': 'net-write (read)',
      'sock.sendall(': 'net-write (read)',
      'sock.recv(': 'net-read (read)',
      'sock.accept(': 'net-accept (read)',
      'sock.connect(': 'net-connect (read)',
      'out.write(': 'ipc-full (read)',
      'out.flush(': 'ipc-full (read)',
      'out.read(': 'file-io (read)',
      'it.send(': 'net-write (guessed)',
      'it.recv(': 'net-read (guessed)',
      'it.write(': 'call (guessed)',
      'it.execute(': 'db (guessed)',
    });
  });

  it('is found in statements over several lines, whichever line the interpreter names', async () => {
    const source =
      'import threading\nlock = threading.Lock()\ndef f():\n    ok = (\n        lock\n        .acquire(\n            timeout=1,\n        )\n    )\n';
    for (const line of ['lock\n', '.acquire(', 'timeout=1']) {
      const { operations: found } = await factsAt(
        source.replace('        lock\n', '        lock\n'),
        `f @ ${line.trim()}`.replace('@ lock', '@         lock'),
      );
      assert.equal(
        found.some(({ kind }) => kind === 'lock'),
        true,
        line,
      );
    }
  });

  it('keeps to what runs there: not to functions that are only defined', async () => {
    const source = 'import threading\nlock = threading.Lock()\ndef outer():\n    run(lambda: lock.acquire())\n';
    assert.deepEqual(
      (await factsAt(source, 'outer @ run(lambda')).operations.map(({ name }) => name),
      ['run'],
    );
    assert.deepEqual(
      (await factsAt(source, '<lambda> @ run(lambda')).operations.map(({ name }) => name),
      ['acquire'],
    );
  });
});

describe('what a thread holds where it stands', () => {
  const header = 'import threading\na = threading.Lock()\nb = threading.Lock()\n';

  it('is what the `with` statements around it entered, not what its own line is entering', async () => {
    const source = `${header}def f():\n    with a:\n        with b:\n            work()\n    with a, b:\n        more()\n    after()\n`;
    assert.deepEqual(await held(source, 'f @ work()'), ['b (with, read)', 'a (with, read)']);
    assert.deepEqual(await held(source, 'f @ with b'), ['a (with, read)']);
    assert.deepEqual(await held(source, 'f @ more()'), ['b (with, read)', 'a (with, read)']);
    assert.deepEqual(await held(source, 'f @ after()'), []);
  });

  it('is what was acquired before and not released', async () => {
    const source = [
      `${header}def f():`,
      '    a.acquire()',
      '    try:',
      '        inside()',
      '    finally:',
      '        a.release()',
      '    outside()',
      'def g():',
      '    if not a.acquire(timeout=3):',
      '        gave_up()',
      '        return',
      '    got_it()',
      '    if b.acquire(False):',
      '        both()',
      '    not_both()',
    ].join('\n');
    assert.deepEqual(await held(source, 'f @ inside()'), ['a (acquire, read)']);
    assert.deepEqual(await held(source, 'f @ outside()'), []);
    assert.deepEqual(await held(source, 'g @ gave_up()'), []);
    assert.deepEqual(await held(source, 'g @ got_it()'), ['a (acquire, inferred)']);
    assert.deepEqual((await held(source, 'g @ both()')).sort(), ['a (acquire, inferred)', 'b (acquire, read)']);
    assert.deepEqual(await held(source, 'g @ not_both()'), ['a (acquire, inferred)']);
  });

  it('is what a context manager of the program takes for it', async () => {
    const source = [
      'import threading',
      'from contextlib import ExitStack, contextmanager',
      'class Account:',
      '    def __init__(self):',
      '        self._lock = threading.Lock()',
      '    @contextmanager',
      '    def locked(self):',
      '        self._lock.acquire()',
      '        try:',
      '            yield self',
      '        finally:',
      '            self._lock.release()',
      'class Guard:',
      '    def __init__(self):',
      '        self.mutex = threading.Lock()',
      '    def __enter__(self):',
      '        self.mutex.acquire()',
      '    def __exit__(self, *exc):',
      '        self.mutex.release()',
      'guard = Guard()',
      'BOOK = {n: Account() for n in "ab"}',
      'def pay(name):',
      '    with BOOK[name].locked():',
      '        work()',
      'def guarded():',
      '    with guard:',
      '        inner()',
      'def many(*names):',
      '    with ExitStack() as stack:',
      '        for name in names:',
      '            stack.enter_context(BOOK[name].locked())',
      '        all_of_them()',
    ].join('\n');
    const keys = async (frame: string): Promise<string[]> =>
      (await factsAt(source, frame)).holds.flatMap(({ object, by, earlierRound }) => [...object.keys, by, String(earlierRound)]);
    assert.deepEqual(await keys('pay @ work()'), ['app.py:Account._lock', 'with', 'false']);
    assert.deepEqual(await keys('guarded @ inner()'), ['app.py:Guard.mutex', 'with', 'false']);
    assert.deepEqual(await held(source, 'guarded @ inner()'), ['self.mutex (with, inferred)']);
    assert.deepEqual(await keys('many @ all_of_them()'), ['app.py:Account._lock', 'exit-stack', 'false']);
    assert.deepEqual(await keys('many @ stack.enter_context'), ['app.py:Account._lock', 'exit-stack', 'true']);
  });

  it('counts the rounds of a loop over `*args`: the first round holds nothing', async () => {
    const files = {
      'app.py': [
        'import threading',
        'from contextlib import ExitStack',
        'LOCKS = [threading.Lock() for _ in range(4)]',
        'def take(*which):',
        '    with ExitStack() as stack:',
        '        for i in which:',
        '            stack.enter_context(LOCKS[i])',
        '        work()',
        'def one():',
        '    take(1)',
        'def two():',
        '    take(1, 2)',
      ].join('\n'),
    };
    const { standings } = await read(files, [
      ['take @ stack.enter_context', 'one @ take(1)'],
      ['take @ stack.enter_context', 'two @ take(1, 2)'],
    ]);
    assert.deepEqual(
      standings.map(({ holds }) => holds.length),
      [0, 1],
    );
  });

  it('is a connection of a pool too, and what is given back at last', async () => {
    const source = [
      'import sqlalchemy, psycopg2.pool',
      'engine = sqlalchemy.create_engine("sqlite://")',
      'pool = psycopg2.pool.ThreadedConnectionPool(1, 2)',
      'def f():',
      '    with engine.connect() as connection:',
      '        work(connection)',
      'def g():',
      '    connection = pool.getconn()',
      '    try:',
      '        other()',
      '    finally:',
      '        pool.putconn(connection)',
    ].join('\n');
    assert.deepEqual(await held(source, 'f @ work(connection)'), ['engine.connect() (with, inferred)']);
    assert.deepEqual(await held(source, 'g @ other()'), ['pool.getconn() (checkout, inferred)']);
  });
});

describe('the loop that a line stands in', () => {
  it('is endless, told to stop, until something is true, or bounded; and left by a marker or otherwise', async () => {
    const source = [
      'def worker(q):',
      '    while True:',
      '        item = q.get()',
      '        if item is None:',
      '            break',
      '        handle(item)',
      'def retry():',
      '    while True:',
      '        if attempt():',
      '            return',
      '        time.sleep(1)',
      'def told(self):',
      '    while not self.stopping.wait(2):',
      '        flush()',
      'def poll(path):',
      '    while not os.path.exists(path):',
      '        time.sleep(0.1)',
      'def each(names):',
      '    for name in names:',
      '        fetch(name)',
      'def feed(q):',
      '    for item in iter(q.get, None):',
      '        use(item)',
    ].join('\n');
    assert.equal(await loop(source, 'worker @ item = q.get()'), 'endless, exit sentinel, first');
    assert.equal(await loop(source, 'worker @ handle(item)'), 'endless, exit sentinel, later');
    const afterLock =
      'import threading\nlock = threading.Lock()\ndef worker(q):\n    while True:\n        with lock:\n            count()\n        item = q.get()\n';
    assert.equal(await loop(afterLock, 'worker @ item = q.get()'), 'endless, exit none, later');
    assert.equal(await loop(afterLock.replace('with lock', 'with page()'), 'worker @ item = q.get()'), 'endless, exit none, first');
    assert.equal(await loop(source, 'retry @ time.sleep(1)'), 'endless, exit some, first');
    assert.equal(await loop(source, 'told @ while not self.stopping'), 'until-told, exit none, first');
    assert.equal(await loop(source, 'poll @ time.sleep(0.1)'), 'until-true, exit none, first');
    assert.equal(await loop(source, 'each @ fetch(name)'), 'bounded, exit none, first');
    assert.equal(await loop(source, 'feed @ for item in iter'), 'endless, exit none, first');
  });

  it('is left by a marker only where that is all that the test does', async () => {
    const worker = (...lines: string[]): string =>
      `def worker(q):\n    while True:\n        item = q.get()\n${lines.map((line) => `        ${line}\n`).join('')}        handle(item)\n`;
    const exits: Record<string, string> = {};
    for (const [name, source] of Object.entries({
      'is None': worker('if item is None:', '    break'),
      'not item': worker('if not item: return'),
      'two markers': worker('if item is None: break', 'if item == STOP: return'),
      'a call': worker('if is_last(item):', '    break'),
      'more in the branch': worker('if item is None:', '    count(item)', '    break'),
      'another branch': worker('if item is None:', '    break', 'else:', '    count(item)'),
      'without a test': worker('return'),
      'in a function inside': worker('def later():', '    return item'),
      'of a loop inside': worker('for one in item:', '    break'),
    }))
      exits[name] = await loop(source, 'worker @ item = q.get()');
    assert.deepEqual(exits, {
      'is None': 'endless, exit sentinel, first',
      'not item': 'endless, exit sentinel, first',
      'two markers': 'endless, exit sentinel, first',
      'a call': 'endless, exit some, first',
      'more in the branch': 'endless, exit some, first',
      'another branch': 'endless, exit some, first',
      'without a test': 'endless, exit some, first',
      'in a function inside': 'endless, exit none, first',
      'of a loop inside': 'endless, exit none, first',
    });
  });

  it('gathers where the rest of it only keeps what was got, until nothing comes', async () => {
    const gathers = async (...lines: string[]): Promise<boolean> => {
      const body = ['chunk = sock.recv(10)', ...lines].map((line) => `        ${line}\n`).join('');
      return (await factsAt(`def read_all(sock, lock):\n    while True:\n${body}`, 'read_all @ chunk = sock.recv')).loops[0]!.gathers;
    };
    const leave = ['if not chunk:', '    return size'];
    assert.deepEqual(
      {
        append: await gathers(...leave, 'chunks.append(chunk)'),
        'count its length': await gathers(...leave, 'size += len(chunk)', 'total = size + len(chunk)'),
        yield: await gathers(...leave, 'yield chunk'),
        'nothing but the end': await gathers(...leave),
        'without an end': await gathers('chunks.append(chunk)'),
        'keep something else': await gathers(...leave, 'chunks.append(other)'),
        handle: await gathers(...leave, 'chunks.append(chunk)', 'handle(chunk)'),
        'handle within a block': await gathers(...leave, 'chunks.append(chunk)', 'with lock:', '    handle(chunk)'),
        'make something of it': await gathers(...leave, 'order = parse(chunk)'),
        'two ways': await gathers('if chunk:', '    handle(chunk)', 'else:', '    return', 'chunks.append(chunk)'),
      },
      {
        append: true,
        'count its length': true,
        yield: true,
        'nothing but the end': false,
        'without an end': true,
        'keep something else': false,
        handle: false,
        'handle within a block': false,
        'make something of it': false,
        'two ways': false,
      },
    );
  });

  it('says what was asked of whom before, in the same round', async () => {
    const source = [
      'def ask(sock, log):',
      '    sock.sendall(b"?")',
      '    log.write("asked")',
      '    return sock.recv(100)',
      'def serve(sock):',
      '    while True:',
      '        request = sock.recv(100)',
      '        sock.sendall(b"!")',
    ].join('\n');
    assert.equal((await factsAt(source, 'ask @ return sock.recv')).asked?.text, 'sock.sendall(b"?")');
    assert.equal((await factsAt(source, 'serve @ request = sock.recv')).asked, null);
  });
});

describe('a file that was made to be hard', () => {
  it('is given up or read in bounded time, and never ends the run', async () => {
    const parse = await pythonParser();
    for (const text of [
      '('.repeat(200_000),
      'x = ' + '['.repeat(30_000),
      'if x:\n'.repeat(2_000),
      `a${'.b'.repeat(50_000)}`,
      '"""'.repeat(9_999),
      '\0'.repeat(5_000),
    ]) {
      const start = cpuTime();
      parse(text);
      assert.ok(cpuTime() - start < 8_000, text.slice(0, 10));
    }
    assert.equal(parse('with a: pass\n')!.root.children[0]!.kind, 'with_statement');
  });

  it('with names that lead to themselves is read to the end', async () => {
    const source =
      'a = b\nb = a\nclass C(C):\n    x = C.x\ndef f(p=f):\n    p = p\n    with p.x.y:\n        g()\ndef g():\n    return g()\n';
    assert.deepEqual(
      (await factsAt(source, 'f @ with p.x.y')).operations.map(({ object }) => object?.kind),
      ['unknown'],
    );
  });
});
