import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { shownFindings } from '../../src/analysis/index.js';
import { filterDumps, findStuck, parsePattern, parseTimeBound, readFiles, type DumpFilter, type DumpSet } from '../../src/index.js';
import { cpuTime } from '../cpu-time.js';

const sample = (name: string): string => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));

describe('filters', () => {
  let set: DumpSet;
  before(async () => {
    set = await readFiles(
      ['20261123093000.log', '20261123093030.log', '20261123093100.log'].map((name) => sample(`classic-recipe/${name}`)),
    );
  });
  /** The innermost application functions left in each dump, and what was hidden. */
  const left = (filter: DumpFilter): { dumps: string[][]; hidden: object } => {
    const { set: kept, hidden } = filterDumps(set, filter);
    return {
      dumps: kept.dumps.map((dump) =>
        dump.threads.map((thread) =>
          Array.from(kept.stacks.frames(thread.stack), (row) => kept.frames.get(row))
            .filter((frame) => frame.file?.startsWith('/srv/'))
            .map((frame) => frame.function ?? '')
            .join('<'),
        ),
      ),
      hidden,
    };
  };

  it('leave the findings of threads that are shown, judged among all', () => {
    const whole = findStuck(set);
    const shown = filterDumps(set, { filter: [parsePattern('heartbeat')] }).set;
    const found = shownFindings(whole, set, shown);
    assert.deepEqual(
      found.series.map(({ verdict, threads }) => [verdict, threads.map(({ history }) => history.ids)]),
      [['stuck', [['0x00007f4fdb7fe6c0']]]],
    );
    assert.equal(shownFindings(whole, set, set), whole);
  });

  it('keep threads with a frame of this function, file or place', () => {
    for (const source of [
      'await_confirmation',
      'AWAIT_conf',
      'order_service.py:32',
      '*/order_service.py:32',
      'order_service.py:3[0-2]',
      're:^await_',
      'await*',
    ])
      assert.deepEqual(
        left({ filter: [parsePattern(source)] }),
        {
          dumps: Array.from({ length: 3 }, () => ['await_confirmation<capture_payment<settle_orders']),
          hidden: { dumps: 0, threads: 21, by: ['filter'] },
        },
        source,
      );
  });

  it('keep threads by their id too, and of several patterns any will do', () => {
    const two = left({ filter: [parsePattern('0x00007f4fdaffd6c0'), parsePattern('heartbeat')] });
    assert.deepEqual(two.dumps[0]?.sort(), ['await_confirmation<capture_payment<settle_orders', 'heartbeat']);
  });

  it('hide what is excluded, also where it was asked for', () => {
    const { dumps, hidden } = left({ filter: [parsePattern('order_service.py')], exclude: [parsePattern('heartbeat')] });
    assert.ok(dumps.flat().every((frames) => !frames.includes('heartbeat')));
    assert.deepEqual(hidden, { dumps: 0, threads: 12, by: ['filter', 'exclude'] });
  });

  it('keep threads with application frames', () => {
    assert.deepEqual(left({ appOnly: true }).hidden, { dumps: 0, threads: 9, by: ['app-only'] });
    assert.deepEqual(left({ appOnly: true, roots: [{ path: '/srv/app/', origin: 'library' }] }).hidden, {
      dumps: 3,
      threads: 24,
      by: ['app-only'],
    });
  });

  it('keep dumps by time: a time, a time of the newest day, so long before the newest dump', () => {
    const cases: [DumpFilter, number][] = [
      [{ since: parseTimeBound('2026-11-23T09:30:30Z', 'UTC', false)! }, 2],
      [{ since: parseTimeBound('09:30:30', 'UTC', false)! }, 2],
      [{ since: parseTimeBound('10:30:30', '+01:00', false)! }, 2],
      [{ since: parseTimeBound('10:30:30', 'Europe/Berlin', false)! }, 2],
      [{ since: parseTimeBound('30s', 'UTC', false)! }, 2],
      [{ until: parseTimeBound('30s', 'UTC', true)! }, 2],
      [{ until: parseTimeBound('9:30', 'UTC', true)! }, 1],
      [{ until: parseTimeBound('2026-11-23', 'UTC', true)! }, 3],
      [{ since: parseTimeBound('2026-11-24', 'UTC', false)! }, 0],
    ];
    for (const [filter, dumps] of cases) assert.equal(filterDumps(set, filter).set.dumps.length, dumps, JSON.stringify(filter));
    assert.deepEqual(
      cases.slice(0, 1).map(([filter]) => filterDumps(set, filter).hidden),
      [{ dumps: 1, threads: 8, by: ['since'] }],
    );
    for (const text of ['tomorrow', '25:00', '10', '10 weeks', '']) assert.equal(parseTimeBound(text, 'UTC', false), null, text);
  });

  it('hide dumps without a time from both bounds, and those without a process id from --pid', () => {
    const timeless = { ...set, dumps: set.dumps.map((dump, i) => (i === 1 ? { ...dump, time: null } : dump)) };
    for (const filter of [{ since: () => 0 }, { until: () => Date.UTC(2100, 0) }])
      assert.equal(filterDumps(timeless, filter).set.dumps.length, 2);
    assert.equal(filterDumps(set, { pids: [1] }).set.dumps.length, 0);
  });

  it('keep dumps by process and format', async () => {
    const node = await readFiles([sample('node-log/billing.log'), sample('node-log/pool.log'), sample('crash/crash-3.11.log')]);
    const of = (filter: DumpFilter): number[] => filterDumps(node, filter).set.dumps.map((dump) => dump.pid ?? 0);
    assert.deepEqual(of({ pids: [28781] }), [28781, 28781, 28781]);
    assert.deepEqual(of({ formats: ['faulthandler'] }), [0]);
    assert.deepEqual(filterDumps(node, { formats: ['faulthandler'], pids: [28781] }).hidden.by, ['pid', 'format']);
  });

  it('leave no dump when they leave no thread, but keep a dump in which the wanted thread is not there', () => {
    assert.deepEqual(left({ filter: [parsePattern('nothing-is-called-so')] }), {
      dumps: [],
      hidden: { dumps: 3, threads: 24, by: ['filter'] },
    });
    assert.deepEqual(
      left({ filter: [parsePattern('price_rows')] }).dumps.map((threads) => threads.length),
      [0, 1, 0],
    );
  });

  it('hand back the very set when they hide nothing', () => {
    assert.equal(filterDumps(set, { filter: [parsePattern('*')] }).set, set);
  });
});

describe('patterns', () => {
  const matches = (source: string, name: string): boolean => parsePattern(source).matches(name);

  it('are globs when they hold a star, a question mark or a bracket, and then are all of the name', () => {
    assert.ok(matches('load_*', 'load_order') && !matches('load_*', 'reload_order') && matches('load_?', 'load_x'));
    assert.ok(
      matches('*/a.py', '/srv/a.py') && !matches('*/a.py', '/srv/aXpy') && matches('[!l]oad', 'road') && !matches('[!l]oad', 'load'),
    );
    assert.ok(matches('a[', 'a[') && matches('*<lambda>', 'f.<lambda>') && matches('[]', '[]'));
  });

  it('are taken as text where it is said', () => {
    assert.ok(
      matches('text:a*b', 'xa*by') && !matches('text:a*b', 'aab') && matches('text:re:x', 're:x') && matches('/srv/app/', '/srv/app/x.py'),
    );
  });

  it('say what is wrong with an expression', () => {
    assert.throws(() => parsePattern('re:(a'), /missing closing/);
    assert.throws(
      () => parsePattern(`re:${'a.{0,1000}'.repeat(12)}`),
      /^Error: the expression has 24\d{3} steps, of which 20000 are taken/,
    );
    assert.throws(() => parsePattern('re:(?=a)b'), /invalid/);
    assert.throws(() => parsePattern(''), /empty/);
  });

  it('cannot hang, whatever the expression and the name', () => {
    const started = cpuTime();
    for (const source of ['re:^(a+)+$', 're:(a*)*b', 're:(a|a|aa)+$', `${'*a'.repeat(40)}b`])
      assert.equal(matches(source, `${'a'.repeat(9_000)}!`), false);
    assert.throws(() => parsePattern('re:((a{1,1000}){1,1000}){1,1000}'), /large/);
    // nearly as large as is taken: alternatives that all go on at every place
    const many = Array.from({ length: 40 }, (_, i) => `[a${i % 10}].{0,${150 + i}}c$`).join('|');
    assert.equal(matches(`re:${many}`, `${'abc_'.repeat(2_500)}!`), false);
    assert.ok(cpuTime() - started < 6_000);
  });
});
