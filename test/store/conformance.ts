import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  batchesOf,
  historyLines,
  historyParquet,
  hostsOf,
  importHistory,
  knownHangs,
  listHangs,
  newsSince,
  showHang,
  trendOf,
  type Batch,
  type HistoryStore,
  type Scope,
} from '../../src/store/index.js';
import { DAY, HOSTILE, T0, batchOf, dumpOf, fingerprintOf, nightlies, stackOf, type DumpShape } from './data.js';
import { NaiveStore } from './naive-store.js';

/** One store under test, empty. */
export interface Place {
  /** Another connection to the same store, as another process has it. */
  open(): Promise<HistoryStore>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** What every store has to do. Run in a `describe` of the store's own. */
export function conformance(make: () => Promise<Place>): void {
  let place: Place;
  let store: HistoryStore;
  const begin = async (): Promise<void> => {
    place = await make();
    store = await place.open();
  };
  const end = async (): Promise<void> => {
    await store.close();
    await place.remove();
  };

  describe('on sixty nightly builds', () => {
    const naive = new NaiveStore();
    const batches = nightlies();
    before(async () => {
      await begin();
      for (const batch of batches) assert.deepEqual(await store.add(batch), await naive.add(batch));
    });
    after(end);

    const scopes: Record<string, Scope> = {
      all: {},
      'one build': { builds: ['812'] },
      'some builds': { builds: ['803', '812', '812', '840', 'none'] },
      'one host': { hosts: [`o'brien`] },
      'a label': { labels: [`branch=it's`] },
      'two labels': { labels: [`branch=it's`, 'n=1'] },
      'a time': { since: T0 + 10 * DAY, until: T0 + 20 * DAY },
      'one verdict': { verdicts: ['stuck'] },
      'two verdicts, one host': { verdicts: ['suspect', 'inconclusive'], hosts: ['ci-1', 'ahead'] },
      nothing: { builds: ['none'] },
      'names that are code': { builds: [`'); DROP TABLE texts; --`, '\\'], hosts: [`' OR 1=1 --`], labels: [`x='`] },
    };
    for (const [name, scope] of Object.entries(scopes)) {
      it(`answers all questions as a list that is searched does: ${name}`, async () => {
        for (const limit of [3, 100]) assert.deepEqual(await listHangs(store, scope, limit), await listHangs(naive, scope, limit));
        assert.deepEqual(await trendOf(store, scope, 5), await trendOf(naive, scope, 5));
        assert.deepEqual(await hostsOf(store, scope), await hostsOf(naive, scope));
        const { hangs } = await listHangs(naive, scope, 100);
        for (const { fingerprint } of hangs.slice(0, 4))
          assert.deepEqual(await showHang(store, scope, fingerprint, 7), await showHang(naive, scope, fingerprint, 7));
      });
    }

    it('says what is new, gone and back since each build', async () => {
      const { builds } = await trendOf(naive, {}, 1);
      for (const { build } of builds.filter((_, i) => i % 8 === 0 || i === 1))
        assert.deepEqual(await newsSince(store, {}, build), await newsSince(naive, {}, build), build);
      await assert.rejects(newsSince(store, {}, '9999'), { code: 'no-build' });
    });

    it('knows hangs by their fingerprints', async () => {
      const asked = [fingerprintOf('fn_a'), fingerprintOf('fn_c'), 'ffffffffffffffff'];
      const known = await knownHangs(store, asked);
      assert.deepEqual([...known.keys()].sort(), asked.slice(0, 2).sort());
      assert.deepEqual(known, await knownHangs(naive, asked));
    });

    it('takes the beginning of a fingerprint that no other begins with, and says when there are several', async () => {
      const all = await store.fingerprintsLike('', 1000);
      assert.deepEqual(all, await naive.fingerprintsLike('', 1000));
      const [one] = all;
      assert.equal((await showHang(store, {}, one!.slice(0, 12).toUpperCase(), 1)).hang.fingerprint, one);
      await assert.rejects(showHang(store, {}, '', 1), { code: 'no-hang' });
      await assert.rejects(showHang(store, {}, 'ffffffffffffffff', 1), { code: 'no-hang' });
      await assert.rejects(showHang(store, {}, `' OR 1`, 1), { code: 'no-hang' });
      const shared = Array.from('0123456789abcdef').find((digit) => all.filter((print) => print.startsWith(digit)).length > 1);
      if (shared !== undefined) await assert.rejects(showHang(store, {}, shared, 1), { code: 'no-hang', message: /several/ });
    });

    it('changes nothing when the same is added again, in any order and by another connection', async () => {
      const before = await everything(store);
      const other = await place.open();
      for (const batch of [...batches].reverse()) {
        const added = await other.add(batch);
        assert.deepEqual([added.dumps, added.threads, added.known, added.more], [0, 0, batch.dumps.length, 0]);
      }
      assert.deepEqual(await everything(other), before);
      await other.close();
      assert.deepEqual(await listHangs(store, {}, 100), await listHangs(naive, {}, 100));
    });

    for (const [format, write] of [
      ['ndjson', historyLines],
      ['parquet', historyParquet],
    ] as const)
      it(`exports all of it, and another store that imports it gives the same answers: ${format}`, async () => {
        const copied = await make();
        const copy = await copied.open();
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-export-'));
        const file = path.join(folder, `history.${format}`);
        fs.writeFileSync(file, Buffer.concat((await pieces<string | Uint8Array>(write(store))).map((piece) => Buffer.from(piece))));
        const added = await importHistory(copy, file);
        assert.equal(
          added.dumps,
          batches.reduce((sum, { dumps }) => sum + dumps.length, 0),
        );
        assert.deepEqual(await everything(copy), await everything(store));
        assert.deepEqual(await listHangs(copy, {}, 100), await listHangs(naive, {}, 100));
        assert.equal((await importHistory(copy, file)).dumps, 0);
        fs.rmSync(folder, { recursive: true });
        await copy.close();
        await copied.remove();
      });

    it('forgets what it is told to, and nothing else', async () => {
      for (const what of [{ before: T0 + 10 * DAY }, { builds: ['830', '831'] }, { before: T0 + 50 * DAY, builds: ['845', '858'] }]) {
        const count = await naive.prune(what, true);
        assert.deepEqual(await store.prune(what, true), count);
        assert.deepEqual(await store.prune(what, false), await naive.prune(what, false));
        assert.deepEqual(await listHangs(store, {}, 100), await listHangs(naive, {}, 100));
        assert.deepEqual(await trendOf(store, {}, 100), await trendOf(naive, {}, 100));
        assert.deepEqual(await store.prune(what, true), { dumps: 0, threads: 0 });
        assert.deepEqual(await everything(store), await everything(naive));
      }
      const left = batches.at(-1)!;
      assert.equal((await store.add(left)).dumps, 0);
    });
  });

  describe('by itself', () => {
    beforeEach(begin);
    afterEach(end);
    const hung: DumpShape = { id: 'one', build: '1', threads: [{ verdict: 'stuck', at: 'acquire', name: 'worker' }] };

    it('is empty', async () => {
      assert.deepEqual(await listHangs(store, {}, 10), { extent: { builds: 0, dumps: 0, processes: 0 }, hangs: [], unlisted: 0 });
      assert.deepEqual(await hostsOf(store, {}), { extent: { builds: 0, dumps: 0, processes: 0 }, hosts: [] });
      assert.deepEqual(await store.prune({ before: T0 }, false), { dumps: 0, threads: 0 });
    });

    it('keeps every text as it is', async () => {
      const shapes = HOSTILE.map((text, i): DumpShape => ({
        id: `hostile ${i}`,
        build: text === '' ? null : text,
        host: text,
        labels: [`k=${text}`],
        source: text,
        threads: [{ verdict: 'stuck', at: `fn ${text}`, name: text }],
      }));
      const batch = batchOf(...shapes);
      await store.add(batch);
      const dumps = await kept(store);
      assert.deepEqual(dumps, sorted(batch.dumps));
      for (const text of HOSTILE) {
        const { hangs } = await listHangs(store, { hosts: [text], labels: [`k=${text}`] }, 10);
        assert.deepEqual(
          hangs.map(({ example }) => example.thread.function),
          [`fn ${text}`],
        );
        const { sightings, stack } = await showHang(store, {}, fingerprintOf(`fn ${text}`), 1);
        assert.deepEqual(
          sightings.map(({ host, source, labels }) => [host, source, labels]),
          [[text, text, [`k=${text}`]]],
        );
        assert.deepEqual(stack, stackOf(`fn ${text}`));
      }
    });

    it('says of a dump that was judged alone what is known when it is judged with others, whatever comes first', async () => {
      const alone = batchOf({ ...hung, threads: [{ verdict: 'unknown', at: 'acquire', name: 'worker' }] });
      const together = batchOf(hung, { ...hung, id: 'two', incident: 'one' });
      assert.equal((await store.add(alone)).dumps, 1);
      assert.deepEqual((await listHangs(store, {}, 10)).hangs, []);
      const { dumps, known, more } = await store.add(together);
      assert.deepEqual([dumps, known, more], [1, 1, 1]);
      const { known: knownNow, more: moreNow } = await store.add(alone);
      assert.deepEqual([knownNow, moreNow], [1, 0]);
      const [hang] = (await listHangs(store, {}, 10)).hangs;
      assert.deepEqual([hang!.times, hang!.dumps, hang!.verdict], [1, 2, 'stuck']);
      assert.deepEqual(await kept(store), sorted(together.dumps));
    });

    it('judges again where a thread hangs and what kept its dump, and not when that was', async () => {
      const first = batchOf({
        ...hung,
        at: T0,
        added: T0,
        threads: [
          { verdict: 'suspect', at: 'acquire' },
          { verdict: 'idle', at: 'take' },
        ],
      });
      const shape: DumpShape = {
        ...hung,
        threads: [
          { verdict: 'stuck', at: 'loop' },
          { verdict: 'suspect', at: 'take' },
        ],
      };
      const later = batchOf({ ...shape, incident: 'other', at: T0 + DAY, added: T0 + DAY, labels: ['later=1'], source: 'copy.log' });
      const better = batchOf({
        ...hung,
        threads: [
          { verdict: 'suspect', at: 'elsewhere' },
          { verdict: 'unknown', at: 'take' },
        ],
      });
      const naive = new NaiveStore();
      for (const batch of [first, later, first, better]) assert.deepEqual(await store.add(batch), await naive.add(batch));
      assert.deepEqual(await kept(store), await kept(naive));
      for (const scope of [{}, { builds: ['1'] }, { verdicts: ['suspect' as const] }]) {
        assert.deepEqual(await listHangs(store, scope, 10), await listHangs(naive, scope, 10));
        assert.deepEqual(await trendOf(store, scope, 10), await trendOf(naive, scope, 10));
        assert.deepEqual(await hostsOf(store, scope), await hostsOf(naive, scope));
      }
      const { rows } = await store.query('SELECT count(*) FROM threads', 1);
      assert.deepEqual(rows, [[2]]);
    });

    it('counts a build in which nothing hung, and one without a dump', async () => {
      await store.add(batchOf(hung));
      await store.add({ runs: [{ build: '2', host: null, labels: ['branch=main'], at: T0 }], stacks: [], dumps: [] });
      await store.add(batchOf({ id: 'fine', build: '3', threads: [{ verdict: 'idle', at: 'take' }] }));
      const { extent, hangs } = await listHangs(store, {}, 10);
      assert.deepEqual([extent, hangs[0]!.builds], [{ builds: 3, dumps: 2, processes: 2 }, 1]);
      assert.deepEqual(
        (await trendOf(store, {}, 10)).builds.map(({ build, times }) => [build, times]),
        [
          ['1', 1],
          ['2', 0],
          ['3', 0],
        ],
      );
    });

    it('counts a build without a dump for its labels', async () => {
      await store.add(batchOf({ ...hung, labels: ['branch=main'] }));
      for (const [build, label] of [
        ['2', 'branch=main'],
        ['3', 'branch=other'],
      ] as const)
        await store.add({ runs: [{ build, host: 'a', labels: [label], at: T0 }], stacks: [], dumps: [] });
      assert.equal((await listHangs(store, { labels: ['branch=main'] }, 10)).extent.builds, 2);
      assert.equal((await listHangs(store, {}, 10)).extent.builds, 3);
    });

    it('is not led astray by a clock that is ahead', async () => {
      const [now, ahead] = [T0 + DAY, T0 + 400 * DAY];
      await store.add(batchOf({ ...hung, host: 'ahead', at: now, time: ahead, added: now }));
      await store.add(batchOf({ ...hung, id: 'two', build: '2', host: 'right', at: now + 5, added: now + 10 }));
      const { hosts } = await hostsOf(store, {});
      assert.deepEqual(
        hosts.map(({ host, ahead: by }) => [host, by]),
        [
          ['ahead', ahead - now],
          ['right', 0],
        ],
      );
      assert.deepEqual(
        (await newsSince(store, {}, '2')).still.map(({ times, last }) => [times, last]),
        [[2, now + 5]],
      );
    });

    it('takes what several add at once, each once', async () => {
      const others = await Promise.all([1, 2, 3].map(() => place.open()));
      const batches = nightlies(7, 12);
      await Promise.all(
        others.map(async (other) => {
          for (const batch of batches) await other.add(batch);
        }),
      );
      const naive = new NaiveStore();
      for (const batch of batches) await naive.add(batch);
      assert.deepEqual(await listHangs(store, {}, 100), await listHangs(naive, {}, 100));
      assert.deepEqual(await kept(store), await kept(naive));
      await Promise.all(others.map((other) => other.close()));
    });

    it('takes a dump with very many threads, and one without any', async () => {
      const threads = Array.from({ length: 30_000 }, (_, i) => ({ verdict: 'idle' as const, at: `fn_${i % 100}`, name: `t${i}` }));
      const batch = batchOf({ id: 'many', build: '1', threads }, { id: 'none', build: '1', threads: [] }, { ...hung, id: 'after' });
      assert.deepEqual(await store.add(batch), { dumps: 3, threads: 30_001, known: 0, more: 0, kept: 0 });
      assert.deepEqual(
        (await kept(store)).map(({ threads: all }) => all.length).sort((a, b) => a - b),
        [0, 1, 30_000],
      );
    });

    it('answers in its own language, and cannot be written to in it', async () => {
      await store.add(batchOf(hung, { ...hung, id: 'two' }));
      const { columns, rows, cut } = await store.query('SELECT verdict, count(*) AS n FROM threads GROUP BY verdict', 10);
      assert.deepEqual([columns, rows, cut], [['verdict', 'n'], [['stuck', 2]], false]);
      assert.deepEqual(await store.query('SELECT function FROM threads', 1), { columns: ['function'], rows: [['acquire']], cut: true });
      for (const sql of ['DROP TABLE runs', 'nonsense', 'SELECT nothing FROM nowhere', `INSERT INTO runs VALUES ('x', 'y', 1)`, ''])
        await assert.rejects(store.query(sql, 10), { code: 'bad-query' }, sql);
      assert.equal((await listHangs(store, {}, 10)).hangs.length, 1);
    });

    it('imports up to a line that is damaged, and says where that is', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-import-'));
      const file = path.join(folder, 'history.ndjson');
      const whole = await exported(batchOf(hung, { ...hung, id: 'two' }));
      const lines = whole.trimEnd().split('\n');
      const wrong: [string[], RegExp][] = [
        [[...lines.slice(0, -1), lines.at(-1)!.slice(0, 50)], /history\.ndjson:5: no JSON/],
        [[...lines.slice(0, 3), '{"dump":{}}'], /:4: neither/],
        [[...lines.slice(0, -1), lines.at(-1)!.replace('"stuck"', '"hung"')], /:5: neither/],
        [['{"standstill":"history","version":99}'], /newer/],
        [['hello'], /:1: no JSON/],
        [['{}'], /:1: no export/],
        [[], /empty/],
      ];
      for (const [content, message] of wrong) {
        fs.writeFileSync(file, content.join('\n'));
        await assert.rejects(importHistory(store, file), { code: 'bad-import', message }, String(message));
      }
      for await (const batch of batchesOf(writeTo(file, whole))) assert.deepEqual(batch.dumps, batchOf(hung, { ...hung, id: 'two' }).dumps);
      fs.rmSync(folder, { recursive: true });
    });
  });
}

function writeTo(file: string, text: string): string {
  fs.writeFileSync(file, text);
  return file;
}

async function exported(batch: Batch): Promise<string> {
  const naive = new NaiveStore();
  await naive.add(batch);
  return (await pieces(historyLines(naive))).join('');
}

async function pieces<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** All that a store exports, in an order that is no store's. */
async function everything(store: HistoryStore): Promise<string[]> {
  return (await pieces(store.export())).map((item) => JSON.stringify(item)).sort();
}

async function kept(store: HistoryStore): Promise<ReturnType<typeof dumpOf>[]> {
  return sorted((await pieces(store.export())).flatMap((item) => ('dump' in item ? [item.dump] : [])));
}

const sorted = <T extends { readonly key: string }>(dumps: readonly T[]): T[] => [...dumps].sort((a, b) => (a.key < b.key ? -1 : 1));
