import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import fc from 'fast-check';
import {
  DumpDiffs,
  FrameDiffs,
  FrameTable,
  StackTable,
  ThreadMatcher,
  countStatuses,
  oddProcesses,
  readFiles,
  readText,
  seriesOf,
  successivePairs,
  threadsOverTime,
  type DumpPair,
  type DumpSet,
  type FrameOp,
  type Thread,
} from '../../src/index.js';
import { dumpText } from './dump-text.js';

const sample = (...names: string[]): Promise<DumpSet> =>
  readFiles(names.map((name) => fileURLToPath(new URL(path.join('../../samples', name), import.meta.url))));

/** The pair of two inputs of one dump each; without times in the text, the files' own order them. */
function pairOf(set: DumpSet, old: string, fresh: string): DumpPair {
  const at = (name: string): number => set.dumps.findIndex(({ source }) => source.endsWith(name));
  return { old: at(old), new: at(fresh) };
}

/** `+ acquire`, `~ run 56`, … */
function steps(set: DumpSet, ops: readonly FrameOp[]): string[] {
  return ops.map(({ op, frame, old }) => {
    const name = set.frames.functionOf(frame)!;
    if (op === 'line') return `~ ${name} ${set.frames.lineOf(old!)!}→${set.frames.lineOf(frame)!}`;
    return `${op === 'added' ? '+' : op === 'removed' ? '-' : ' '} ${name}`;
  });
}

/** Each change with the functions of its threads, as `moved take_requests→query`. */
function changes(set: DumpSet, pair: DumpPair, options: { ignoreLines?: boolean } = {}): Record<string, number> {
  const diff = new DumpDiffs(set, options).of(pair);
  const found: Record<string, number> = {};
  for (const change of diff.threads) {
    const name = (dump: number, thread: number | null): string => {
      if (thread === null) return '';
      const own = Array.from(set.stacks.frames(set.dumps[dump]!.threads[thread]!.stack)).find((frame) =>
        set.frames.fileOf(frame)!.startsWith('/srv/'),
      );
      return own === undefined ? '?' : set.frames.functionOf(own)!;
    };
    const [before, after] = [name(diff.old, change.old), name(diff.new, change.new)];
    const key = `${change.status} ${before === after ? after : `${before}→${after}`}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}

describe('the diff of two dumps', () => {
  it('of a healthy run and a hung one: threads are matched by what their stacks have in common', async () => {
    const set = await sample('shop/healthy-20261122093000.log', 'shop/hung-20261123093000.log');
    assert.deepEqual(changes(set, pairOf(set, '/healthy-20261122093000.log', '/hung-20261123093000.log')), {
      'moved take_requests→acquire': 5,
      'moved take_requests→query': 3,
      'unchanged write_access_log': 1,
      'unchanged main': 1,
      'vanished answer→': 3,
    });
  });

  it('of one process: threads are matched by id, also where they moved far', async () => {
    const set = await sample('classic-recipe/20261123093000.log', 'classic-recipe/20261123093030.log');
    const diffs = new DumpDiffs(set);
    const diff = diffs.of({ old: 0, new: 1 });
    assert.equal(diff.sameProcess, true);
    const [moved, ...others] = diff.threads.filter(({ status }) => status !== 'unchanged');
    assert.deepEqual(others, []);
    assert.deepEqual(steps(set, diffs.framesOf(diff, moved!)), [
      '  busy_until',
      '- read_rows',
      '+ price_rows',
      '  import_catalogue',
      '  run',
      '  _bootstrap_inner',
      '  _bootstrap',
    ]);
  });

  it('over a restart: threads are matched by their stacks', async () => {
    const set = await sample('restart/service.log');
    const diff = new DumpDiffs(set).of({ old: 1, new: 2 });
    assert.equal(diff.sameProcess, false);
    assert.deepEqual(countStatuses([diff]).vanished, 0);
    assert.deepEqual(countStatuses([diff]).appeared, 0);
  });

  it('over versions of Python: frames of a file in another folder are the same, and other lines can be ignored', async () => {
    const set = await sample('old-pythons/python-3.9.log', 'old-pythons/python-3.10.log');
    const pair = pairOf(set, '3.9.log', '3.10.log');
    const diff = new DumpDiffs(set).of(pair);
    assert.equal(diff.movedFiles.get('/usr/local/lib/python3.9/threading.py'), '/usr/local/lib/python3.10/threading.py');
    assert.equal(countStatuses([diff]).unchanged, 1);
    assert.deepEqual(changes(set, pair, { ignoreLines: true }), {
      'unchanged send': 1,
      'unchanged spooler': 1,
      'unchanged main': 1,
      'unchanged ?': 2,
    });
  });

  it('of samples with itself has no changes', async () => {
    for (const name of ['classic-recipe/20261123093000.log', 'large/large.log.gz', 'deadlock/stacks.log', 'node-log/pool.log']) {
      const set = await sample(name);
      const counts = countStatuses([new DumpDiffs(set).of({ old: 0, new: 0 })]);
      assert.deepEqual(counts, { moved: 0, appeared: 0, vanished: 0, unchanged: set.dumps[0]!.threads.length, unseen: 0 }, name);
    }
  });

  it('of two processes: workers of which nothing is shown are as many as they are', async () => {
    const report = (pid: number, threadId: number, stack: string[], workers: object[] = []): object => ({
      header: { event: 'SIGUSR2', dumpEventTimeStamp: String(1795404241123 + pid), processId: pid, threadId, nodejsVersion: 'v20.20.2' },
      javascriptStack: { message: 'Signal', stack },
      workers,
    });
    const text = (pid: number, ids: number[]): string =>
      JSON.stringify(
        report(
          pid,
          0,
          ['at f (/a.js:1:1)'],
          ids.map((id) => report(pid, id, ['Unavailable.'])),
        ),
      );
    const set = await readText(`${text(1, [1, 2])}\n${text(2, [7, 8, 9])}\n`);
    assert.deepEqual(countStatuses([new DumpDiffs(set).of({ old: 0, new: 1 })]), {
      moved: 0,
      appeared: 1,
      vanished: 0,
      unchanged: 3,
      unseen: 0,
    });
  });

  it('does not say of threads that a cut list hides that they vanished or appeared', async () => {
    const thread = (id: number): { id: number; frames: string[] } => ({ id, frames: ['fetch:7', 'work:20'] });
    const main = { id: 9, frames: ['<module>:5'], main: true };
    const set = await readText(dumpText([thread(1), thread(2), main]) + dumpText([thread(3), thread(2)], { cut: true }));
    const diff = new DumpDiffs(set).of({ old: 0, new: 1 });
    assert.deepEqual(countStatuses([diff]), { moved: 0, appeared: 1, vanished: 0, unchanged: 1, unseen: 2 });
  });

  it('does not say of a stack that it moved, of which a torn dump lost a line', async () => {
    const lost = '  File "/srv/app/app.py", line 9 in fetch\n';
    const whole = dumpText([
      { id: 1, frames: ['read:7', 'fetch:9', 'work:20'] },
      { id: 2, frames: ['wait:3', 'work:20'] },
      { id: 9, frames: ['<module>:5'], main: true },
    ]);
    const statuses = async (text: string): Promise<string[]> =>
      new DumpDiffs(await readText(`${whole}\n${text}`)).of({ old: 0, new: 1 }).threads.map(({ status }) => status);
    const torn = '  File "/sr INFO served\n';
    assert.deepEqual(await statuses(whole.replace(lost, torn)), ['unchanged', 'unchanged', 'unchanged']);
    assert.deepEqual(await statuses(whole.replace(lost, '')), ['moved', 'unchanged', 'unchanged']);
    // the line on top was not lost but is another
    assert.deepEqual(await statuses(whole.replace(lost, torn).replace('line 3 in wait', 'line 4 in wait')), [
      'unchanged',
      'moved',
      'unchanged',
    ]);
  });

  it('does not say of a stack that a dump cut that it moved', async () => {
    const whole = dumpText([
      { id: 1, frames: ['fetch:7', 'step:8', 'work:20'] },
      { id: 9, frames: ['<module>:5'], main: true },
    ]);
    const lines = whole.split('\n');
    const cut = [...lines.slice(0, 3), '  ...', ...lines.slice(lines.indexOf(''))].join('\n');
    const set = await readText(whole + cut);
    assert.equal(set.dumps[1]!.threads[0]!.truncated, 'marked');
    assert.deepEqual(countStatuses([new DumpDiffs(set).of({ old: 0, new: 1 })]).unchanged, 2);
    // of what it shows, other functions are a move, other lines only where they count
    const statuses = async (text: string, ignoreLines: boolean): Promise<string | undefined> =>
      new DumpDiffs(await readText(whole + text), { ignoreLines }).of({ old: 0, new: 1 }).threads.find((change) => change.new === 0)
        ?.status;
    const [line, name] = [cut.replace('line 7 in fetch', 'line 9 in fetch'), cut.replace('line 7 in fetch', 'line 7 in send')];
    assert.deepEqual(
      [await statuses(line, false), await statuses(line, true), await statuses(name, false), await statuses(name, true)],
      ['moved', 'unchanged', 'moved', 'moved'],
    );
  });

  it('takes workers of Node with one number for one, when it is idle in one of two runs', async () => {
    const set = await sample(
      'node-pool-healthy/report.20261123.093210.26117.0.001.json',
      'node-pool-stuck/report.20261123.093210.27785.0.001.json',
    );
    const counts = countStatuses([new DumpDiffs(set).of({ old: 0, new: 1 })]);
    assert.deepEqual([counts.appeared, counts.vanished], [0, 0]);
  });

  it('compares a first dump of a process with the last one of its program', async () => {
    const other = dumpText([{ id: 0x901, frames: ['serve:2'], main: true }]).replaceAll('/srv/app/app.py', '/srv/other.py');
    const program = (id: number): string => dumpText([{ id, frames: ['wait:4', '<module>:5'], main: true }]);
    assert.deepEqual(successivePairs(await readText(program(0x100) + other + program(0x200))), [
      { old: 0, new: 1 },
      { old: 0, new: 2 },
    ]);
  });

  it('compares each dump with the one before it of its process: n dumps, n - 1 pairs', async () => {
    const workers = await sample(...[1, 2, 3, 4, 5].map((n) => `workers/worker-${n}.log`));
    const pairs = successivePairs(workers);
    assert.equal(pairs.length, workers.dumps.length - 1);
    for (const pair of pairs) {
      const sameSource = workers.dumps[pair.old]!.source === workers.dumps[pair.new]!.source;
      assert.equal(sameSource, new DumpDiffs(workers).of(pair).sameProcess);
    }
  });
});

describe('the frames of a thread that moved', () => {
  const frames = new FrameTable();
  const stacks = new StackTable();
  const stack = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 3 })), { maxLength: 200 })
    .map((rows) => stacks.intern(rows.map(([fn, line]) => frames.intern({ function: `f${fn}`, file: 'a.py', line, column: null }))));
  const diffs = new FrameDiffs({ frames, stacks });
  const rows = (stackRow: number): number[] => Array.from(stacks.frames(stackRow));

  it('give the newer stack when applied to the older one, whatever the stacks', () => {
    fc.assert(
      fc.property(stack, stack, (old, fresh) => {
        const ops = diffs.of(old, fresh);
        assert.deepEqual(
          ops.filter(({ op }) => op !== 'removed').map(({ frame }) => frame),
          rows(fresh),
        );
        assert.deepEqual(
          ops.filter(({ op }) => op !== 'added').map((step) => step.old),
          rows(old),
        );
        for (const { op, frame, old: before } of ops) {
          if (op === 'same') assert.equal(frame, before);
          if (op === 'line') assert.equal(frames.withoutPosition(frame), frames.withoutPosition(before!));
        }
      }),
    );
  });

  it('are all the same of a stack and itself', () => {
    fc.assert(fc.property(stack, (row) => assert.ok(diffs.of(row, row).every(({ op }) => op === 'same'))));
  });

  it('do not take long for long stacks that have nothing in common', () => {
    const long = (name: string): number =>
      stacks.intern(
        Array.from({ length: 20_000 }, (_, i) => frames.intern({ function: `${name}${i}`, file: null, line: i, column: null })),
      );
    const [old, fresh] = [long('a'), long('b')];
    const begun = process.cpuUsage();
    const ops = diffs.of(old, fresh);
    assert.equal(ops.length, 40_000);
    assert.ok(process.cpuUsage(begun).user < 2_000_000);
  });
});

describe('matching threads of two runs', () => {
  const frames = new FrameTable();
  const stacks = new StackTable();
  const entry = frames.intern({ function: 'work', file: '/srv/app/w.py', line: 3, column: null });
  const thread = (path: readonly number[], name: string | null = null): Thread => ({
    id: null,
    name,
    kind: 'thread',
    current: false,
    truncated: false,
    stack: stacks.intern([
      ...path.map((fn) => frames.intern({ function: `f${fn}`, file: '/srv/app/a.py', line: 1, column: null })).reverse(),
      entry,
    ]),
    nativeFrames: [],
    main: false,
    activity: null,
    marks: [],
    locals: [],
    measures: null,
    notes: [],
  });
  const paths = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 4 }), { maxLength: 7 });

  /** Frames in common from the outermost on, in sum: for each way to match, tried one by one. */
  function bestTotal(olds: readonly (readonly number[])[], news: readonly (readonly number[])[]): number {
    const [first, ...rest] = olds;
    if (first === undefined) return 0;
    let best = bestTotal(rest, news);
    for (const [j, other] of news.entries()) best = Math.max(best, common(first, other) + bestTotal(rest, news.toSpliced(j, 1)));
    return best;
  }
  function common(one: readonly number[], other: readonly number[]): number {
    let i = 0;
    while (i < one.length && i < other.length && one[i] === other[i]) i++;
    return i + 1;
  }

  it('finds the best total: as many common callers as any matching has', () => {
    fc.assert(
      fc.property(paths, paths, (olds, news) => {
        const matching = new ThreadMatcher({ frames, stacks }).ofTwoProcesses(
          olds.map((each) => thread(each)),
          news.map((each) => thread(each)),
        );
        let total = 0;
        for (const [i, j] of matching.newOf.entries()) {
          if (j === -1) continue;
          assert.equal(matching.oldOf[j], i);
          total += common(olds[i]!, news[j]!);
        }
        assert.equal(total, bestTotal(olds, news));
      }),
      { numRuns: 300 },
    );
  });

  it('takes threads of one distinct name for one, wherever they stand', () => {
    const [olds, news] = [
      [thread([1, 2], 'writer'), thread([1], 'reader')],
      [thread([1, 2], 'reader'), thread([0], 'writer')],
    ];
    assert.deepEqual([...new ThreadMatcher({ frames, stacks }).ofTwoProcesses(olds, news).newOf], [1, 0]);
  });

  it('does not pair threads that were started with other functions', () => {
    const other = frames.intern({ function: 'deliver', file: '/srv/app/w.py', line: 9, column: null });
    const stranger = { ...thread([]), stack: stacks.intern([other]) };
    assert.deepEqual([...new ThreadMatcher({ frames, stacks }).ofTwoProcesses([thread([1])], [stranger]).newOf], [-1]);
  });

  it('stays fast for ten thousand threads', () => {
    const many = (seed: number): Thread[] =>
      Array.from({ length: 10_000 }, (_, i) => thread([i % 7, (i * seed) % 11, (i * seed) % 1009, i % 13].map((n) => n + 10)));
    const [olds, news] = [many(3), many(5)];
    const begun = process.cpuUsage();
    const { newOf } = new ThreadMatcher({ frames, stacks }).ofTwoProcesses(olds, news);
    assert.equal(newOf.includes(-1), false);
    assert.ok(process.cpuUsage(begun).user < 3_000_000);
  });
});

describe('samples of several processes', () => {
  it('restart: one series of two processes, whose threads go on', async () => {
    const set = await sample('restart/service.log');
    const [series, ...others] = seriesOf(set);
    assert.equal(others.length, 0);
    assert.deepEqual([series!.dumps, series!.restarts], [[0, 1, 2, 3], [2]]);
    const { histories } = threadsOverTime(set, series!);
    assert.deepEqual(
      histories.map((history) => [set.frames.functionOf(history.entry!), history.ids.length, history.first, history.seen.length]),
      [
        ['refresh_rates', 2, 0, 4],
        ['render_reports', 2, 0, 4],
        ['<module>', 2, 0, 4],
      ],
    );
  });

  it('workers: five series though they have the same thread ids, and the third is the odd one', async () => {
    const set = await sample(...[1, 2, 3, 4, 5].map((n) => `workers/worker-${n}.log`));
    const series = seriesOf(set);
    assert.deepEqual(
      series.map(({ dumps }) => dumps.length),
      [3, 3, 3, 3, 3],
    );
    const [odd, ...others] = oddProcesses(set, series);
    assert.equal(others.length, 0);
    assert.match(
      odd!.evidence,
      /^4 of 5 processes stand in take_job \(workers\.py:\d+\); .*worker-3\.log stands in read_settings \(workers\.py:\d+\)$/,
    );
  });
});
