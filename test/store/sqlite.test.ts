import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { listHangs, openStore, trendOf, type HistoryStore } from '../../src/store/index.js';
import { loadEngine } from '../../src/store/sqlite/engine.js';
import { SqliteStore } from '../../src/store/sqlite/store.js';
import { conformance } from './conformance.js';
import { batchOf, nightlies } from './data.js';
import { NaiveStore } from './naive-store.js';

describe('the embedded store', () => {
  conformance(() => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-store-'));
    const file = path.join(folder, 'history.sqlite');
    return Promise.resolve({
      open: () => SqliteStore.open(file, { create: true }),
      remove: () => {
        fs.rmSync(folder, { recursive: true });
        return Promise.resolve();
      },
    });
  });

  describe('as a file', () => {
    let folder = '';
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-store-'))));
    afterEach(() => fs.rmSync(folder, { recursive: true }));
    const at = (name: string): string => path.join(folder, name);

    it('keeps what version 1 wrote', async () => {
      const file = at('old.sqlite');
      fs.writeFileSync(file, zlib.gunzipSync(fs.readFileSync(path.join(import.meta.dirname, 'fixtures/version-1.sqlite.gz'))));
      const [store, naive] = [await SqliteStore.open(file, { create: false }), new NaiveStore()];
      const batches = nightlies(3, 10);
      for (const batch of batches) await naive.add(batch);
      for (const scope of [{}, { labels: ['n=1'] }]) assert.deepEqual(await trendOf(store, scope, 100), await trendOf(naive, scope, 100));
      for (const batch of batches) assert.equal((await store.add(batch)).dumps, 0);
      assert.deepEqual(await listHangs(store, {}, 100), await listHangs(naive, {}, 100));
      assert.deepEqual(await trendOf(store, {}, 100), await trendOf(naive, {}, 100));
      await store.close();
    });

    it('is in the data folder of the user, which is made, for nobody else to read', async () => {
      const home = at('home');
      const open = (env: Record<string, string>) => openStore(undefined, { env: { HOME: home, ...env }, platform: 'linux', create: true });
      for (const [env, file] of [
        [{}, 'home/.local/share/standstill/history.sqlite'],
        [{ XDG_DATA_HOME: 'relative' }, 'home/.local/share/standstill/history.sqlite'],
        [{ XDG_DATA_HOME: at('data') }, 'data/standstill/history.sqlite'],
      ] as const) {
        const store = await open(env);
        assert.equal(store.place, at(file));
        await store.close();
        assert.equal(fs.statSync(path.dirname(at(file))).mode & 0o77, 0);
      }
    });

    it('is not made by a question', async () => {
      await assert.rejects(SqliteStore.open(at('none.sqlite'), { create: false }), { code: 'no-store', message: /no history yet/ });
      assert.deepEqual(fs.readdirSync(folder), []);
    });

    it('is no other file, and leaves that as it is', async () => {
      const engine = await loadEngine();
      const other = engine(at('other.sqlite'));
      other.exec('CREATE TABLE mine (a)');
      other.close();
      fs.writeFileSync(at('text'), 'hello '.repeat(1000));
      fs.mkdirSync(at('folder'));
      if (process.platform !== 'win32') spawnSync('mkfifo', [at('fifo')]);
      const before = fs.readFileSync(at('other.sqlite'));
      await assert.rejects(SqliteStore.open(at('other.sqlite'), { create: true }), { code: 'not-a-store' });
      assert.deepEqual(fs.readFileSync(at('other.sqlite')), before);
      await assert.rejects(SqliteStore.open(at('text'), { create: true }), { code: 'bad-store' });
      assert.equal(fs.readFileSync(at('text'), 'utf8'), 'hello '.repeat(1000));
      await assert.rejects(SqliteStore.open(at('folder'), { create: true }), { code: 'not-a-store' });
      if (process.platform !== 'win32') await assert.rejects(SqliteStore.open(at('fifo'), { create: true }), { code: 'not-a-store' });
    });

    it('that is damaged is said to be, whatever is asked', async () => {
      const file = at('damaged.sqlite');
      const store = await SqliteStore.open(file, { create: true });
      for (const batch of nightlies(4, 30)) await store.add(batch);
      await store.close();
      const bytes = fs.readFileSync(file);
      fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 0xa5)]));
      const ask: ((damaged: HistoryStore) => Promise<unknown>)[] = [
        (damaged) => listHangs(damaged, {}, 10),
        (damaged) => trendOf(damaged, {}, 10),
        (damaged) => damaged.prune({ before: 1 }, false),
        (damaged) => damaged.export()[Symbol.asyncIterator]().next(),
        (damaged) => damaged.add(nightlies(4, 1)[0]!),
      ];
      for (const [i, one] of ask.entries()) {
        const asked = async (): Promise<unknown> => one(await SqliteStore.open(file, { create: false }));
        await assert.rejects(asked, { code: 'bad-store', message: /damaged/ }, String(i));
      }
    });

    it('can be asked, but not added to, by who may only read it', async function () {
      if (process.platform === 'win32') this.skip();
      const file = at('shared.sqlite');
      const store = await SqliteStore.open(file, { create: true });
      await store.add(batchOf({ id: 'one', build: '1', threads: [{ verdict: 'stuck', at: 'acquire' }] }));
      const hangs = await listHangs(store, {}, 10);
      await store.close();
      fs.chmodSync(file, 0o444);
      fs.chmodSync(folder, 0o555);
      // nothing is forbidden to root
      const root = process.geteuid!() === 0;
      if (root) process.seteuid!(65_534);
      try {
        const reader = await SqliteStore.open(file, { create: false });
        assert.deepEqual(await listHangs(reader, {}, 10), hangs);
        await assert.rejects(reader.prune({ builds: ['1'] }, false), { code: 'cannot-open' });
        await reader.close();
        await assert.rejects(SqliteStore.open(file, { create: true }), { code: 'cannot-open' });
        await assert.rejects(SqliteStore.open(at('other/new.sqlite'), { create: true }), { code: 'cannot-open' });
      } finally {
        if (root) process.seteuid!(0);
        fs.chmodSync(folder, 0o755);
      }
    });

    it('is not waited for where no folder can be made', async function () {
      if (process.platform !== 'linux') this.skip();
      await assert.rejects(SqliteStore.open('/proc/none/history.sqlite', { create: true }), { code: 'cannot-open' });
    });

    it('of a newer version is left alone', async () => {
      await (await SqliteStore.open(at('new.sqlite'), { create: true })).close();
      const engine = (await loadEngine())(at('new.sqlite'));
      engine.exec('PRAGMA user_version = 99');
      engine.close();
      await assert.rejects(SqliteStore.open(at('new.sqlite'), { create: true }), { code: 'newer-store', message: /version 99/ });
    });

    it('that cannot grow says so, keeps what it has and takes more when it can', async () => {
      const [small] = nightlies(5, 1).filter(({ dumps }) => dumps.length > 0);
      const large = batchOf({
        id: 'large',
        build: '9',
        threads: Array.from({ length: 5000 }, (_, i) => ({ verdict: 'stuck', at: `function_${i}`, name: `thread ${i}` })),
      });
      const store = await SqliteStore.open(at('full.sqlite'), { create: true, mostPages: 60 });
      await store.add(small!);
      const before = await listHangs(store, {}, 100);
      await assert.rejects(store.add(large), { code: 'disk-full' });
      assert.deepEqual(await listHangs(store, {}, 100), before);
      await store.close();
      const roomy = await SqliteStore.open(at('full.sqlite'), { create: true });
      assert.deepEqual(await listHangs(roomy, {}, 100), before);
      assert.equal((await roomy.add(large)).threads, 5000);
      await roomy.close();
    });

    it('waits for another writer, and readers do not', async () => {
      const store = await SqliteStore.open(at('busy.sqlite'), { create: true });
      await store.add(batchOf({ id: 'one', build: '1', threads: [{ verdict: 'stuck', at: 'acquire' }] }));
      const other = (await loadEngine())(at('busy.sqlite'));
      other.exec('BEGIN IMMEDIATE');
      other.exec('DELETE FROM dump_rows');
      assert.equal((await listHangs(store, {}, 10)).hangs.length, 1);
      other.exec('ROLLBACK');
      other.close();
      await store.close();
    });
  });
});
