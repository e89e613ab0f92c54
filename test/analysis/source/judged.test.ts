import assert from 'node:assert/strict';
import { findStuck, type SeriesFinding, type ThreadFinding } from '../../../src/index.js';
import { read, type Files } from './program.js';

const START = ['threading.py:run', 'threading.py:_bootstrap_inner', 'threading.py:_bootstrap'];

/** Three dumps of threads that stand still, judged with the program's source. */
async function judged(text: string, threads: readonly (readonly string[])[]): Promise<SeriesFinding> {
  const files: Files = { 'app.py': text };
  const { set, source } = await read(
    files,
    threads.map((frames) => [...frames, ...START]),
    3,
  );
  return findStuck(set, { source }).series[0]!;
}
const byId = ({ threads }: SeriesFinding, place: number): ThreadFinding =>
  threads.find(({ history }) => history.ids.includes(`0x7f000000000${place}`))!;
const told = ({ verdict, role, wait, evidence }: ThreadFinding) => ({ verdict, role, wait, evidence });

describe('threads judged with the source', () => {
  it('that wait for each other are stuck, whoever waits for them is their victim', async () => {
    const series = await judged(
      `import threading
class Account:
    def __init__(self):
        self.lock = threading.Lock()
def transfer(source, target):
    with source.lock:
        check(source)
        with target.lock:
            move(source, target)
def audit(account):
    with account.lock:
        print(account)
`,
      [['transfer @ with target.lock'], ['transfer @ with target.lock'], ['audit @ with account.lock']],
    );
    assert.equal(series.verdict, 'stuck');
    const evidence = [
      'it waits for a thread that waits for it, which holds source.lock since app.py:6, wanted at app.py:8 (inferred from the source)',
      'the source says that it waits: with target.lock',
      'by the source it holds source.lock (app.py:6) meanwhile',
      'by the source no loop leads here: it happens once',
      'same place in 3 of 3 dumps',
    ];
    const wait = { kind: 'lock', by: 'with target.lock' };
    for (const place of [0, 1]) assert.deepEqual(told(byId(series, place)), { verdict: 'stuck', role: 'culprit', wait, evidence });
    assert.deepEqual(told(byId(series, 2)), {
      verdict: 'stuck',
      role: 'victim',
      wait: { kind: 'lock', by: 'with account.lock' },
      evidence: [
        'the source says that it waits: with account.lock',
        'the thread that is past this line stands still',
        'by the source no loop leads here: it happens once',
        'same place in 3 of 3 dumps',
      ],
    });
    assert.deepEqual(
      byId(series, 2).blockedBy.map(({ ids }) => ids),
      [['0x7f0000000000'], ['0x7f0000000001']],
    );
  });

  it('are told who holds a slot, what they go over, and that a condition is not looked at again', async () => {
    const series = await judged(
      `import threading
slots = threading.BoundedSemaphore(2)
ready = threading.Condition()
def limited(n):
    slots.acquire()
    try:
        compute(n)
    finally:
        slots.release()
def compute(n):
    total = 0
    for i in range(n):
        total += i * i
    return total
def wait_ready():
    with ready:
        ready.wait()
`,
      [
        ['limited @ slots.acquire()'],
        ['compute @ total += i * i', 'limited @ compute(n)'],
        ['threading.py:wait', 'wait_ready @ ready.wait()'],
      ],
    );
    assert.equal(series.verdict, 'suspect');
    assert.deepEqual(told(byId(series, 1)), {
      verdict: 'suspect',
      role: 'culprit',
      wait: null,
      evidence: [
        '1 thread waits for what it holds or does: it holds slots since app.py:5, wanted at app.py:5 (read in the source)',
        '1 call inside its work',
        'the line itself waits or computes: a lock, a read and a call into C leave no frame',
        'same place in 3 of 3 dumps',
      ],
    });
    assert.deepEqual(byId(series, 0).wait, { kind: 'semaphore', by: 'slots.acquire()' });
    assert.ok(byId(series, 2).evidence.includes('by the source it does not look in a loop whether the condition is true already'));
  });

  it('wait for one that sleeps, which goes on, but not for one that tries again and again', async () => {
    const text = `import threading, time
lock = threading.Lock()
def nap():
    with lock:
        time.sleep(60)
def retry():
    with lock:
        while not is_ready():
            time.sleep(1)
def want():
    with lock: pass
def work():
    want()
`;
    const [nap, retry] = [
      await judged(text, [['nap @ time.sleep(60)'], ['want @ with lock: pass', 'work @     want()']]),
      await judged(text, [['retry @ time.sleep(1)'], ['want @ with lock: pass', 'work @     want()']]),
    ];
    const brief = (series: SeriesFinding): unknown =>
      [0, 1].map((place) => {
        const { verdict, role, signals } = byId(series, place);
        return [verdict, role, ...signals.map(({ name }) => name).filter((name) => name === 'holds' || name.startsWith('waitsFor'))];
      });
    assert.deepEqual(brief(nap), [
      ['idle', null, 'holds'],
      ['unknown', null, 'waitsForMoving'],
    ]);
    assert.deepEqual(brief(retry), [
      ['stuck', 'culprit', 'holds'],
      ['stuck', 'victim', 'waitsForStuck'],
    ]);
  });

  it('are not said to be left alone, where they wait for no answer and no slot', async () => {
    const series = await judged(
      `import threading
ready = threading.Event()
slots = threading.Semaphore(1)
def start():
    ready.wait()
    ready.set()
def take():
    slots.acquire()
    slots.acquire()
    slots.release()
`,
      [['threading.py:wait', 'threading.py:wait', 'start @ ready.wait()'], ['take @ slots.acquire()']],
    );
    const alone = (place: number): boolean => byId(series, place).signals.some(({ name }) => name === 'nobodyThere');
    assert.deepEqual([alone(0), alone(1)], [false, true]);
  });

  it('go over what ends, where nobody waits for them', async () => {
    const series = await judged('def compute(n):\n    total = 0\n    for i in range(n):\n        total += i * i\n    return total\n', [
      ['compute @ total += i * i'],
    ]);
    assert.ok(byId(series, 0).evidence.includes('by the source it goes over range(n), which ends'));
  });
});
