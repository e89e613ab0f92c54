import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { listHangs, openStore, trendOf, type HistoryStore } from '../../src/store/index.js';
import { conformance } from '../store/conformance.js';
import { nightlies } from '../store/data.js';
import { NaiveStore } from '../store/naive-store.js';
import { Cluster, hasClickHouse } from './clickhouse-cluster.js';
import { writeVersion1 } from './clickhouse-version-1.js';

describe('the store on ClickHouse, two shards', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let databases = 0;
  before(async function () {
    if (!hasClickHouse()) {
      if (process.env['CI']) throw new Error('clickhouse-server is not here');
      this.skip();
    }
    cluster = await Cluster.start();
  });
  after(() => (cluster as Cluster | undefined)?.stop());

  conformance(() => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-spool-'));
    const address = cluster.address(`conformance_${databases++}`);
    return Promise.resolve({
      open: async () => {
        const store = await openStore(address, { env: { XDG_DATA_HOME: folder }, platform: 'linux', create: true });
        await store.add({ runs: [], stacks: [], dumps: [] });
        return store;
      },
      remove: () => {
        fs.rmSync(folder, { recursive: true });
        return Promise.resolve();
      },
    });
  });

  it('keeps what version 1 wrote, and answers as if it had been written today', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-spool-'));
    const batches = nightlies(3, 10);
    await writeVersion1(cluster, 'version_1', batches);
    const open = (create: boolean): Promise<HistoryStore> =>
      openStore(cluster.address('version_1'), { env: { XDG_DATA_HOME: folder }, platform: 'linux', create });
    const naive = new NaiveStore();
    for (const batch of batches) await naive.add(batch);
    // a question is enough, and two at once do no harm
    const [store] = await Promise.all([open(false), open(true).then((other) => other.add({ runs: [], stacks: [], dumps: [] }))]);
    for (const scope of [{}, { builds: ['803', '807'] }, { hosts: ['ci-1', 'ahead'] }, { labels: ['n=1'] }]) {
      assert.deepEqual(await listHangs(store, scope, 100), await listHangs(naive, scope, 100));
      assert.deepEqual(await trendOf(store, scope, 100), await trendOf(naive, scope, 100));
    }
    for (const batch of batches) {
      const { dumps, more } = await store.add(batch);
      assert.deepEqual([dumps, more], [0, 0]);
    }
    assert.deepEqual(await listHangs(store, { builds: ['803'] }, 100), await listHangs(naive, { builds: ['803'] }, 100));
    fs.rmSync(folder, { recursive: true });
  });

  describe('when something is wrong', () => {
    let folder = '';
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-spool-'))));
    afterEach(() => fs.rmSync(folder, { recursive: true }));
    const open = (address: string): Promise<HistoryStore> =>
      openStore(address, { env: { XDG_DATA_HOME: folder }, platform: 'linux', create: true });
    const batches = nightlies(11, 20);

    it('answers from the shard that is left and names the other, loses nothing that is added meanwhile, and doubles nothing', async () => {
      const address = cluster.address('shard_down');
      const [naive, store] = [new NaiveStore(), await open(address)];
      for (const batch of batches.slice(0, 15)) {
        await naive.add(batch);
        await store.add(batch);
      }
      const whole = await listHangs(naive, {}, 100);
      assert.deepEqual(await listHangs(store, {}, 100), whole);
      for (const [i, shard] of cluster.shards.entries()) {
        await shard.stop();
        const asking = await open(address);
        const part = await listHangs(asking, {}, 100);
        assert.equal(asking.missing.length, 1, String(i));
        assert.match(asking.missing[0]!, /^shard 127\.0\.0\.1:\d+$/);
        assert.ok(part.extent.dumps > 0 && part.extent.dumps < whole.extent.dumps);
        const batch = batches[15 + i]!;
        const adding = await open(address);
        assert.equal((await adding.add(batch)).kept, batch.dumps.length);
        assert.equal(adding.waiting, batch.dumps.length);
        await shard.start();
        await naive.add(batch);
        const back = await open(address);
        await back.add(batch);
        assert.equal(back.waiting, 0);
        assert.deepEqual(await listHangs(back, {}, 100), await listHangs(naive, {}, 100));
        assert.deepEqual(await trendOf(back, {}, 100), await trendOf(naive, {}, 100));
      }
    });

    it('does not double what a server took and did not answer for', async () => {
      let silent = false;
      const target = cluster.shards[0].http;
      const proxy = http.createServer((request, response) => {
        const insert = decodeURIComponent(request.url ?? '').includes('INSERT');
        const onward = http.request(
          { port: target, host: '127.0.0.1', path: request.url, method: request.method, headers: request.headers },
          (answer) => {
            if (insert && silent) answer.resume();
            else answer.pipe(response.writeHead(answer.statusCode!, answer.headers));
          },
        );
        request.pipe(onward);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      try {
        const real = cluster.address('silent').replace('?', '?timeout=1&');
        const throughProxy = real
          .replace(`127.0.0.1:${target}`, `127.0.0.1:${(proxy.address() as AddressInfo).port}`)
          .replace(/,127\.0\.0\.1:\d+/, '');
        await (await open(real)).add({ runs: [], stacks: [], dumps: [] });
        const [naive, store] = [new NaiveStore(), await open(throughProxy)];
        const [first, second] = batches.filter(({ dumps }) => dumps.length > 0);
        silent = true;
        assert.equal((await store.add(first!)).kept, first!.dumps.length);
        silent = false;
        await store.add(second!);
        for (const batch of [first!, second!]) await naive.add(batch);
        assert.equal(store.waiting, 0);
        assert.deepEqual(await listHangs(await open(real), {}, 100), await listHangs(naive, {}, 100));
      } finally {
        proxy.closeAllConnections();
        proxy.close();
      }
    });
  });
});
