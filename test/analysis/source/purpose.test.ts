import assert from 'node:assert/strict';
import { purposeOf } from '../../../src/analysis/source/index.js';
import { read } from './program.js';

const purpose = async (source: string, frames: readonly string[]): Promise<string> => {
  const { standings } = await read({ 'app.py': source }, [frames]);
  const found = purposeOf(standings[0]!);
  return found ? `${found.purpose}${found.text ? `: ${found.text}` : ''}` : 'none';
};

describe('what a wait is for', () => {
  const header =
    'import queue, socket, threading, time\njobs, results = queue.Queue(), queue.Queue()\nready = threading.Event()\nsock = socket.socket()\n';

  it('is the next piece of work, when it comes first in a loop without end, however deep the loop calls', async () => {
    const source = `${header}def worker():\n    while True:\n        job = receive()\n        if job is None:\n            return\n        job()\ndef receive():\n    return jobs.get()\n`;
    assert.equal(await purpose(source, ['queue.py:get', 'receive @ return jobs.get()', 'worker @ job = receive()']), 'work: True');
  });

  it('is an answer, when another party was asked just before', async () => {
    const source = [
      `${header}def ask():`,
      '    while True:',
      '        sock.sendall(b"?")',
      '        reply = sock.recv(10)',
      'def build(names):',
      '    for name in names:',
      '        jobs.put(name)',
      '    return collect()',
      'def collect():',
      '    return results.get()',
      'def fetch():',
      '    sock.sendall(b"GET")',
      '    return read_all()',
      'def read_all():',
      '    chunks = []',
      '    while True:',
      '        chunk = sock.recv(4096)',
      '        if not chunk:',
      '            return chunks',
      '        chunks.append(chunk)',
      'def call(loop):',
      '    over = threading.Event()',
      '    loop.call_soon(over.set)',
      '    over.wait()',
    ].join('\n');
    assert.equal(await purpose(source, ['ask @ reply = sock.recv']), 'answer: sock.sendall(b"?")');
    assert.equal(await purpose(source, ['queue.py:get', 'collect @ results.get', 'build @ return collect()']), 'answer: jobs.put(name)');
    assert.equal(await purpose(source, ['read_all @ chunk = sock.recv', 'fetch @ return read_all()']), 'answer: sock.sendall(b"GET")');
    assert.equal(
      await purpose(source, ['threading.py:wait', 'threading.py:wait', 'call @ over.wait()']),
      'answer: loop.call_soon(over.set)',
    );
  });

  it('is an answer to what each kind of wait can be asked with', async () => {
    const after = async (call: string, wait: string): Promise<string> => {
      const frames = wait.startsWith('ready')
        ? ['threading.py:wait', 'threading.py:wait']
        : wait.startsWith('results')
          ? ['queue.py:get']
          : [];
      return purpose(`${header}def ask(client):\n    ${call}\n    ${wait}\n`, [...frames, `ask @ ${wait}`]);
    };
    for (const [call, wait] of [
      ['client.send_json(1)', 'ready.wait()'],
      ['sock.sendall(b"")', 'ready.wait()'],
      ['client.notify_all()', 'ready.wait()'],
      ['client.request("/")', 'ready.wait()'],
      ['jobs.put_nowait(1)', 'results.get()'],
      ['client.publish(1)', 'results.get()'],
      ['sock.sendto(b"")', 'sock.recv(10)'],
      ['client.write(b"")', 'sock.recv(10)'],
    ] as const)
      assert.equal(await after(call, wait), `answer: ${call}`, wait);
    // whoever starts a thread does not wait for its bytes
    assert.equal(await after('client.start()', 'sock.recv(10)'), 'once');
    assert.equal(await after('log.write("x")', 'sock.recv(10)'), 'once');
  });

  it('is no answer where the function that waits looks again and again, whatever its caller asked', async () => {
    const source = [
      `${header}def serve():`,
      '    while True:',
      '        sock.sendall(b"HELLO")',
      '        drain()',
      'def drain():',
      '    while not is_empty():',
      '        ready.wait(1)',
    ].join('\n');
    const stack = ['threading.py:wait', 'threading.py:wait', 'drain @ ready.wait(1)', 'serve @ drain()'];
    assert.equal(await purpose(source, stack), 'poll: not is_empty()');
  });

  it('is not an answer, when it serves what others ask', async () => {
    const source = `${header}def serve():\n    sock.sendall(b"HELLO")\n    while True:\n        request = sock.recv(10)\n        if not request:\n            return\n        sock.sendall(b"OK")\n`;
    assert.equal(await purpose(source, ['serve @ request = sock.recv']), 'work: True');
  });

  it('is an answer less surely, when the loop does nothing else than ask and wait', async () => {
    const tight = async (pause: string): Promise<boolean | undefined> => {
      const source = `${header}def ask():\n    while True:\n        sock.sendall(b"?")\n        reply = sock.recv(10)\n        ${pause}\n`;
      const { standings } = await read({ 'app.py': source }, [['ask @ reply = sock.recv']]);
      return purposeOf(standings[0]!)?.tight;
    };
    assert.deepEqual([await tight('count(reply)'), await tight('time.sleep(60)')], [true, false]);
  });

  it('is the next piece of work, when a coroutine awaits the function in such a loop', async () => {
    const source = `${header}import asyncio\ndef read():\n    return jobs.get()\nasync def consume():\n    while True:\n        handle(await asyncio.to_thread(read))\n`;
    assert.equal(await purpose(source, ['queue.py:get', 'read @ return jobs.get()']), 'work: True');
  });

  it('is not the next piece of work, when the thread holds a lock meanwhile', async () => {
    const source = `${header}lock = threading.Lock()\ndef loop():\n    while True:\n        with lock:\n            jobs.get()\n`;
    assert.equal(await purpose(source, ['queue.py:get', 'loop @ jobs.get()']), 'inside: True');
  });

  it('is the next piece of work in a scheduler that waits for its next date', async () => {
    const source = [
      `${header}class Scheduler:`,
      '    def __init__(self):',
      '        self.cv, self.heap, self.stopping = threading.Condition(), [], False',
      '    def next(self):',
      '        with self.cv:',
      '            while True:',
      '                if not self.heap:',
      '                    self.cv.wait()',
      '                    continue',
      '                if due():',
      '                    return self.heap.pop()',
      '                self.cv.wait(later())',
      '    def loop(self):',
      '        while not self.stopping:',
      '            job = self.next()',
    ].join('\n');
    assert.equal(
      await purpose(source, ['threading.py:wait', 'next @ self.cv.wait(later())', 'loop @ job = self.next()']),
      'work: not self.stopping',
    );
  });

  it('is the end of the program, by the name of the event or because nobody else has it', async () => {
    const source = `${header}shutdown = threading.Event()\ndef main():\n    shutdown.wait()\ndef park():\n    threading.Event().wait()\ndef start():\n    ready.wait()\n`;
    const wait = ['threading.py:wait', 'threading.py:wait'];
    assert.equal(await purpose(source, [...wait, 'main @ shutdown.wait()']), 'end');
    assert.equal(await purpose(source, [...wait, 'park @ threading.Event().wait()']), 'end');
    assert.equal(await purpose(source, [...wait, 'start @ ready.wait()']), 'once');
  });

  it('is an answer, where what was made for it is given to others: to a call, a function inside, a caller, another object', async () => {
    const given = async (...lines: string[]): Promise<string> => {
      const body = lines.map((line) => `    ${line}\n`).join('');
      const source = `${header}def call(self, loop, names):\n    over = threading.Event()\n${body}    over.wait()\n`;
      return purpose(source, ['threading.py:wait', 'threading.py:wait', 'call @ over.wait()']);
    };
    assert.deepEqual(
      {
        call: await given('loop.call_soon(over.set)'),
        'function inside': await given('def finish(reply):', '    keep(reply)', '    over.set()', 'loop.on_reply = finish'),
        'its default': await given('def finish(done=over):', '    done.set()'),
        lambda: await given('loop.on_reply = lambda reply: over.set()'),
        attribute: await given('self.pending = over'),
        caller: await given('if names:', '    return over'),
        'nobody: only used here': await given('over.clear()', 'over.name = names', 'is_set = over.is_set()'),
        'nobody: a parameter of that name': await given('def finish(over):', '    over.set()'),
        'nobody: told of a signal': await given('signal.signal(15, lambda *_: over.set())'),
      },
      {
        call: 'answer: loop.call_soon(over.set)',
        'function inside': 'answer: finish',
        'its default': 'answer: finish',
        lambda: 'answer: loop.on_reply = lambda reply: over.set()',
        attribute: 'answer: self.pending = over',
        caller: 'answer: return over',
        'nobody: only used here': 'end',
        'nobody: a parameter of that name': 'end',
        'nobody: told of a signal': 'end',
      },
    );
  });

  it('is no end where a round that was begun stands on what nobody else has', async () => {
    const source = `${header}def handle(request):\n    threading.Event().wait()\ndef serve():\n    while True:\n        job = jobs.get()\n        handle(job)\n`;
    const stack = ['threading.py:wait', 'threading.py:wait', 'handle @ threading.Event().wait()', 'serve @ handle(job)'];
    assert.equal(await purpose(source, stack), 'inside: True');
  });

  it('is the time between two rounds, or between two tries', async () => {
    const source = [
      `${header}def beat():`,
      '    while True:',
      '        time.sleep(30)',
      '        send()',
      'def connect():',
      '    while True:',
      '        if attempt():',
      '            return',
      '        time.sleep(1)',
      'def marker(path):',
      '    while not exists(path):',
      '        time.sleep(0.1)',
      'def inbox():',
      '    while True:',
      '        while not items:',
      '            time.sleep(0.2)',
      '        handle(items)',
      'def asking():',
      '    while True:',
      '        while not is_ready():',
      '            time.sleep(0.3)',
      '        handle(items)',
    ].join('\n');
    assert.equal(await purpose(source, ['beat @ time.sleep(30)']), 'period: True');
    assert.equal(await purpose(source, ['connect @ time.sleep(1)']), 'poll: True');
    assert.equal(await purpose(source, ['marker @ time.sleep(0.1)']), 'poll: not exists(path)');
    assert.equal(await purpose(source, ['inbox @ time.sleep(0.2)']), 'work: True');
    // what a call has to say is another party's
    assert.equal(await purpose(source, ['asking @ time.sleep(0.3)']), 'poll: not is_ready()');
  });

  it('is not known of what a `for` gets its items from: a download, or a subscription', async () => {
    const source = `${header}def lines(response):\n    for line in response.makefile().readlines():\n        print(line)\n`;
    assert.equal(await purpose(source, ['lines @ for line in']), 'none');
  });

  it('is part of work that was begun, in a round or over a collection', async () => {
    const source = `${header}def worker():\n    while True:\n        job = jobs.get()\n        ready.wait()\n        done(job)\ndef every(names):\n    for name in names:\n        ready.wait()  # each\n`;
    assert.equal(await purpose(source, ['worker @ ready.wait()']), 'inside: True');
    assert.equal(await purpose(source, ['every @ # each']), 'inside: names');
  });
});
