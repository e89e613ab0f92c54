import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  findStuck,
  momentsSince,
  parseSignatures,
  readFiles,
  readText,
  type DumpSet,
  type StuckReport,
  type ThreadFinding,
} from '../../src/index.js';
import { cpuTime } from '../cpu-time.js';

async function sample(name: string): Promise<{ set: DumpSet; report: StuckReport }> {
  const folder = path.join('samples', name);
  const set = await readFiles(
    fs
      .readdirSync(folder)
      .filter((file) => file !== 'expected.json')
      .sort()
      .map((file) => path.join(folder, file)),
  );
  return { set, report: findStuck(set) };
}

const at = (set: DumpSet, finding: ThreadFinding | undefined): string =>
  finding?.frame == null ? '' : `${set.frames.functionOf(finding.frame) ?? ''}:${set.frames.lineOf(finding.frame) ?? ''}`;

const thread = (id: number, ...frames: string[]): string =>
  `Thread 0x000000000000000${id} (most recent call first):\n${frames
    .map((frame) => {
      const [, file, line, fn] = /^(.*):(\d+) (.*)$/.exec(frame)!;
      return `  File "${/^(threading|queue)\.py$/.test(file!) ? '/usr/lib/python3.11/' : '/srv/app/'}${file!}", line ${line!} in ${fn!}\n`;
    })
    .join('')}  File "/usr/lib/python3.11/threading.py", line 982 in run
  File "/usr/lib/python3.11/threading.py", line 1045 in _bootstrap_inner
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap
`;

/** The same dump several times. */
const dumps = (times: number, ...threads: string[]): string => Array.from({ length: times }, () => `${threads.join('\n')}\n`).join('\n');

describe('what is stuck', () => {
  it('a payment that waits deep in its work, not the heartbeat, the acceptor or the idle pool beside it', async () => {
    const { set, report } = await sample('classic-recipe');
    assert.equal(report.verdict, 'stuck');
    const [series] = report.series;
    assert.equal(series!.threads.filter(({ verdict }) => verdict === 'stuck').length, 1);
    assert.equal(at(set, series!.threads[0]), 'await_confirmation:32');
    assert.equal(series!.threads[0]!.role, 'culprit');
    assert.deepEqual(series!.threads[0]!.wait, { kind: 'queue', by: 'queue.Queue.get' });
    assert.ok(series!.threads[0]!.evidence.some((text) => /same place in 3 of 3 dumps over 60 s/.test(text)));
  });

  it('the import that moves is progressing', async () => {
    const { set, report } = await sample('classic-recipe');
    const moving = report.series[0]!.threads.find((finding) => at(set, finding).startsWith('busy_until'));
    assert.equal(moving?.verdict, 'progressing');
  });

  it('nothing in a healthy service', async () => {
    const { report } = await sample('healthy-service');
    assert.equal(report.verdict, 'clear');
    assert.ok(report.series.every(({ threads }) => threads.every(({ verdict }) => verdict === 'idle' || verdict === 'progressing')));
  });

  it('a Node worker that backtracks in a regular expression, by its stack and its CPU time', async () => {
    const { set, report } = await sample('node-pool-stuck');
    assert.equal(report.verdict, 'stuck');
    assert.match(at(set, report.series[0]!.threads[0]), /^checkAddress/);
  });

  it('no busy Node worker whose event loop turned in between, though it stands in the same hot line', async () => {
    const { report } = await sample('node-pool-healthy');
    assert.notEqual(report.verdict, 'stuck');
  });

  it('of a program that did not end in its time: its own code, also where a service would be at rest', async () => {
    const set = await readText(dumps(3, thread(1, 'threading.py:355 wait', 'jobs.py:20 work'), thread(2, 'jobs.py:44 drain')));
    const [alone, hung] = [false, true].map((hung) => findStuck(set, { hung }).series[0]!.threads);
    const signals = (threads: readonly ThreadFinding[], id: string): string[] =>
      threads.find(({ history }) => history.ids[0]!.endsWith(id))!.signals.map(({ name }) => name);
    for (const id of ['1', '2']) {
      assert.ok(signals(alone!, id).includes('depth0') && !signals(alone!, id).includes('hung'));
      assert.ok(signals(hung!, id).includes('hung') && !signals(hung!, id).some((name) => /depth0|mainShallow|batch/.test(name)));
      const score = (threads: readonly ThreadFinding[]): number => threads.find(({ history }) => history.ids[0]!.endsWith(id))!.score;
      assert.ok(score(hung!) > score(alone!));
    }
  });

  it('cannot be told from one dump, and the advice says what to collect', async () => {
    const { report } = await sample('pytest-run');
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.series[0]!.advice.join(' '), /take two more/);
  });
});

describe('who waits for whom', () => {
  const holder = thread(1, 'rates.py:22 refresh', 'rates.py:18 rate', 'shop.py:40 quote', 'shop.py:50 worker');
  const waiter = (id: number): string => thread(id, 'rates.py:16 rate', 'shop.py:40 quote', 'shop.py:50 worker');

  it('the one past the line is the culprit, those at the line are its victims', async () => {
    const set = await readText(dumps(3, holder, waiter(2), waiter(3), waiter(4)));
    const [series] = findStuck(set).series;
    assert.deepEqual(
      series!.threads.map(({ history, verdict, role }) => [history.ids[0]!.at(-1), verdict, role]),
      [
        ['1', 'stuck', 'culprit'],
        ['2', 'stuck', 'victim'],
        ['3', 'stuck', 'victim'],
        ['4', 'stuck', 'victim'],
      ],
    );
    assert.deepEqual(series!.threads[1]!.blockedBy[0]!.ids, series!.threads[0]!.history.ids);
  });

  it('waiters on a holder that moves are slow, not stuck', async () => {
    const moving = (line: number): string =>
      thread(1, `rates.py:${line} convert`, 'rates.py:18 rate', 'shop.py:40 quote', 'shop.py:50 worker');
    const text = [30, 31, 32, 33].map((line) => dumps(1, moving(line), waiter(2), waiter(3))).join('\n');
    assert.equal(findStuck(await readText(text)).verdict, 'clear');
  });

  it('a line that others pass while the dumps are taken holds nobody', async () => {
    const station = (id: number, burning: boolean): string =>
      burning ? thread(id, 'p.py:19 burn', 'p.py:13 print_label', 'p.py:20 station') : thread(id, 'p.py:11 print_label', 'p.py:20 station');
    const text = [1, 2, 3, 1, 2].map((busy) => dumps(1, ...[1, 2, 3, 4].map((id) => station(id, id === busy)))).join('\n');
    assert.notEqual(findStuck(await readText(text)).verdict, 'stuck');
  });

  it('a cycle over files is a cycle, and all on it are culprits', async () => {
    const text = dumps(
      4,
      thread(1, 'stock.py:11 level', 'catalog.py:17 reindex', 'night.py:21 nightly'),
      thread(2, 'catalog.py:11 group', 'pricing.py:17 reprice', 'night.py:21 nightly'),
      thread(3, 'pricing.py:11 price', 'stock.py:17 revalue', 'night.py:21 nightly'),
      thread(4, 'stock.py:11 level', 'api.py:27 answer', 'api.py:30 api_worker'),
    );
    const [series] = findStuck(await readText(text)).series;
    assert.deepEqual(
      series!.threads.map(({ role }) => role),
      ['culprit', 'culprit', 'culprit', 'victim'],
    );
    assert.match(series!.threads[0]!.evidence.join('; '), /it waits for a thread that waits for it, which came through /);
  });

  it('a lock taken again through a listener is a thread that waits for itself', async () => {
    const text = dumps(4, thread(1, 'flags.py:14 get', 'shop.py:15 on_change', 'flags.py:21 set', 'shop.py:22 sync'));
    const [series] = findStuck(await readText(text)).series;
    assert.equal(series!.threads[0]!.verdict, 'stuck');
  });
});

describe('a line at which more and more threads stand', () => {
  const waiting = (id: number): string => thread(id, 'pool.py:8 acquire', 'shop.py:40 quote', 'shop.py:50 worker');
  const elsewhere = (id: number): string => thread(id, `job${id}.py:${id} run_${id}`, 'shop.py:50 worker');
  /** What is told of it where so many of eight threads stand there in each dump. */
  const told = async (counts: readonly number[], others: boolean): Promise<string[]> => {
    const text = counts.map((count) =>
      dumps(1, ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((id) => (id <= count ? [waiting(id)] : others ? [elsewhere(id)] : []))),
    );
    const [series] = findStuck(await readText(text.join('\n'))).series;
    assert.equal(series!.series.dumps.length, counts.length);
    return [...new Set(series!.threads.flatMap(({ signals }) => signals.map((signal) => signal.text ?? '')))].filter((words) =>
      words.startsWith('more and more'),
    );
  };

  for (const [others, name] of [
    [true, 'where they come from other lines'],
    [false, 'where they were not there'],
  ] as const)
    it(`is told by three dumps and more, not by one or two: ${name}`, async () => {
      assert.deepEqual(await told([1, 3, 7], others), ['more and more threads stand at this line: 1, 3, 7']);
      assert.deepEqual(await told([1, 2, 5, 7], others), ['more and more threads stand at this line: 1, 2, 5, 7']);
      assert.deepEqual(await told([1, 7], others), []);
      assert.deepEqual(await told([7], others), []);
      assert.deepEqual(await told([1, 7, 6], others), []);
    });
});

describe('threads without a frame of the application', () => {
  it('do not stand at a line to which more and more come, nor count for one', async () => {
    const start = `  File "/usr/lib/python3.11/threading.py", line 982 in run\n`;
    const library = (id: number): string =>
      `Thread 0x000000000000000${id} (most recent call first):\n  File "/usr/lib/python3.11/selectors.py", line 415 in select\n${start}`;
    const own = thread(9, 'pool.py:8 acquire', 'shop.py:40 quote', 'shop.py:50 worker');
    const text = [1, 3, 7].map((count) => dumps(1, ...[1, 2, 3, 4, 5, 6, 7].slice(0, count).map(library), own));
    const [series] = findStuck(await readText(text.join('\n'))).series;
    assert.deepEqual(
      series!.threads.map(({ frame, moments, signals }) => [
        frame === null,
        moments.at(-1),
        signals.some(({ name }) => name === 'growing'),
      ]),
      [[false, 0, false], ...Array.from({ length: 7 }, () => [true, 0, false])],
    );
  });
});

describe('how long a thread has stood in its place', () => {
  const here = thread(1, 'shop.py:12 ask', 'shop.py:30 serve', 'shop.py:50 worker');
  const elsewhere = thread(1, 'shop.py:12 ask', 'shop.py:33 serve', 'shop.py:50 worker');
  const main = thread(2, 'shop.py:90 main').replace('Thread', 'Current thread');
  const CUT = '\n...\n';
  const stood = async (...texts: readonly string[]): Promise<(number | readonly (string | number)[])[]> => {
    const [series] = findStuck(await readText(texts.join('\n'))).series;
    assert.equal(series!.series.dumps.length, texts.length);
    const found = series!.threads.find(({ history }) => history.ids[0]!.endsWith('1'))!;
    return [found.still, found.moments];
  };

  it('is told by the newest dump: frames that it lacks may be lost where it was cut, not where the one before was', async () => {
    const whole = dumps(1, here, main);
    assert.deepEqual(await stood(dumps(1, elsewhere, main), whole + CUT, whole), [2, [0, 1, 1]]);
    assert.deepEqual(await stood(dumps(1, elsewhere, main), whole, whole + CUT), [3, [0, 1, 1]]);
    assert.deepEqual(await stood(dumps(1, elsewhere, main), whole + CUT, whole + CUT), [3, [0, 1, 1]]);
    assert.deepEqual(await stood(dumps(1, elsewhere, main), whole + CUT), [2, [0, 1]]);
    assert.deepEqual(await stood(dumps(1, elsewhere, main), whole), [1, [0, 1]]);
    // the same of each dump before
    assert.deepEqual(await stood(dumps(1, elsewhere, main), dumps(1, elsewhere, main) + CUT, whole), [2, [0, 0, 1]]);
    assert.deepEqual(await stood(dumps(1, elsewhere, main) + CUT, dumps(1, elsewhere, main), whole), [1, [0, 0, 1]]);
  });

  it('and where, is the same whenever it is asked', async () => {
    const { report } = await sample('classic-recipe');
    for (const finding of report.series.flatMap(({ threads }) => threads)) {
      const first = finding.moments;
      assert.ok(Array.isArray(first) && first.length === 3);
      assert.equal(finding.moments, first);
    }
  });

  it('and since a dump, is told with places counted from there', async () => {
    const states = [
      here,
      elsewhere,
      thread(1, 'queue.py:171 get', 'shop.py:70 take'),
      null,
      thread(1, 'shop.py:40 other', 'shop.py:50 worker'),
    ];
    const seen = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { minLength: 2, maxLength: 9 }), async (order) => {
        const texts = order.map((n) =>
          dumps(1, ...(states[n] == null ? [] : [states[n]]), thread(3, 'shop.py:1 a', 'shop.py:50 worker'), main),
        );
        const [series] = findStuck(await readText(texts.join('\n'))).series;
        for (const finding of series!.threads)
          for (let from = 0; from <= order.length; from++) {
            const places: (number | string)[] = [];
            const plain = finding.moments.slice(from).map((moment) => {
              if (typeof moment === 'string') return moment;
              if (!places.includes(moment)) places.push(moment);
              return places.indexOf(moment);
            });
            // also of one that others have made of it
            const { moments } = finding;
            for (const one of [finding, { ...finding, moments }]) assert.deepEqual(momentsSince(one, from), plain);
            for (const moment of plain) seen.add(moment);
          }
      }),
      { numRuns: 150, seed: 7 },
    );
    assert.deepEqual([...seen].sort(), [0, 1, 2, 'absent']);
  });
});

describe('a pool of threads', () => {
  const lines = (id: number, ...frames: readonly (readonly [file: string, line: number, fn: string])[]): string =>
    `Thread 0x000000000000000${id} (most recent call first):\n${frames.map(([file, line, fn]) => `  File "${file}", line ${line} in ${fn}\n`).join('')}`;
  const python = '/usr/lib/python3.11';
  const start = [
    [`${python}/threading.py`, 982, 'run'],
    [`${python}/threading.py`, 1045, '_bootstrap_inner'],
    [`${python}/threading.py`, 1002, '_bootstrap'],
  ] as const;
  const asks = (id: number): string =>
    lines(
      id,
      [`${python}/threading.py`, 327, 'wait'],
      [`${python}/concurrent/futures/_base.py`, 451, 'result'],
      ['/srv/app/shop.py', 12, 'ask'],
      ['/srv/app/shop.py', 30, 'serve'],
      ...start,
    );
  const goes = (id: number): string => lines(id, ['/srv/app/shop.py', 60 + id, 'answer'], ['/srv/app/shop.py', 30, 'serve'], ...start);
  const works = (id: number): string =>
    lines(
      id,
      ['/srv/app/tax.py', 9, 'rate'],
      [`${python}/concurrent/futures/thread.py`, 58, 'run'],
      [`${python}/concurrent/futures/thread.py`, 83, '_worker'],
      ...start,
    );

  it('works where threads that wait for its results go on, which two dumps tell', async () => {
    const told = async (after: (id: number) => string): Promise<string[][]> => {
      const pool = [works(7), works(8)];
      const text = [dumps(1, ...[1, 2, 3].map(asks), ...pool), dumps(1, ...[1, 2, 3].map(after), ...pool)].join('\n');
      const [series] = findStuck(await readText(text)).series;
      return series!.threads
        .filter(({ history }) => /[78]$/.test(history.ids[0]!))
        .map(({ signals }) => signals.map(({ name }) => name).filter((name) => name === 'served' || name === 'poolFull'));
    };
    assert.deepEqual(await told(goes), [['served'], ['served']]);
    assert.deepEqual(await told(asks), [['poolFull'], ['poolFull']]);
  });
});

describe('what is not stuck', () => {
  it('consumers that wait in their own loop, all of them', async () => {
    const consumer = (id: number): string => thread(id, 'threading.py:327 wait', 'queue.py:171 get', 'shop.py:21 worker');
    assert.equal(findStuck(await readText(dumps(5, consumer(1), consumer(2), consumer(3)))).verdict, 'clear');
  });

  it("what the user's own rule calls idle", async () => {
    const text = dumps(4, thread(1, 'wire.py:4 read_exact', 'wire.py:12 read_frame', 'acme.py:30 ask_partner', 'acme.py:40 run'));
    const set = await readText(text);
    assert.notEqual(findStuck(set).verdict, 'clear');
    const signatures = parseSignatures(
      'acme | net-read | idle | partner feed\n  stack app/wire.py:read_exact < app/wire.py:read_frame < app/acme.py:ask_partner',
    );
    assert.equal(findStuck(set, { signatures }).verdict, 'clear');
  });

  it('short-lived threads that come and go with the same id', async () => {
    const text = dumps(1, thread(1, 'a.py:5 work', 'a.py:9 request'), thread(2, 'b.py:3 idle'));
    const gone = dumps(1, thread(2, 'b.py:3 idle'));
    assert.notEqual(findStuck(await readText(`${text}\n${gone}\n${text}\n${gone}\n${text}`)).verdict, 'stuck');
  });

  it('ten thousand threads are judged in a moment', async function () {
    this.timeout(20_000);
    const many = Array.from({ length: 10_000 }, (_, i) =>
      thread(1, `w.py:${i % 700} step_${i % 50}`, `w.py:${i} run`).replace(/0x0*1 /, `0x${(i + 16).toString(16).padStart(16, '0')} `),
    );
    const set = await readText(dumps(3, ...many));
    const begun = cpuTime();
    findStuck(set);
    assert.ok(cpuTime() - begun < 10_000);
  });
});
