import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openStore, type HistoryStore } from '../../src/store/index.js';
import { parseAddress } from '../../src/store/clickhouse/address.js';
import { quoted } from '../../src/store/clickhouse/client.js';
import { batchOf } from './data.js';

const hung = batchOf({ id: 'one', build: '1', threads: [{ verdict: 'stuck', at: 'acquire', name: 'worker' }] });

describe('an address of ClickHouse', () => {
  it('names servers, a database and a cluster', () => {
    assert.deepEqual(parseAddress('clickhouse://a,b:9123,[::1]:1/hangs?cluster=two&timeout=2.5'), {
      servers: ['http://a:8123', 'http://b:9123', 'http://[::1]:1'],
      database: 'hangs',
      cluster: 'two',
      timeoutMs: 2500,
      text: 'clickhouse://a,b:9123,[::1]:1/hangs?cluster=two',
    });
    assert.deepEqual(parseAddress('clickhouses://ch.example').servers, ['https://ch.example:8443']);
    assert.equal(parseAddress('clickhouse://a').database, 'standstill');
  });

  it('holds no password, and what it holds is not repeated', () => {
    for (const [address, message] of [
      ['clickhouse://me:hunter2@a/db', /holds no user and password/],
      ['clickhouse://a/db;DROP', /database/],
      ['clickhouse://a/db?cluster=x%27', /parameter/],
      ['clickhouse://a/db?password=hunter2', /parameter/],
      ['clickhouse://a:99999', /host/],
      ['clickhouse://', /host/],
    ] as const)
      assert.throws(
        () => parseAddress(address),
        (error: Error) => message.test(error.message) && !error.message.includes('hunter2'),
        address,
      );
  });

  it('is spoken to in texts that stay texts', () => {
    assert.equal(quoted(`a'b\\c`), `'a\\'b\\\\c'`);
    assert.equal(quoted(`\\`), `'\\\\'`);
  });
});

describe('ClickHouse that cannot be used', () => {
  let folder = '';
  let server: http.Server | undefined;
  const requests: http.IncomingHttpHeaders[] = [];
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-spool-'));
    requests.length = 0;
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    fs.rmSync(folder, { recursive: true });
  });
  const env = (): Record<string, string> => ({
    XDG_DATA_HOME: folder,
    STANDSTILL_CLICKHOUSE_USER: 'me',
    STANDSTILL_CLICKHOUSE_PASSWORD: 'hunter2',
  });
  const serve = async (answer: (response: http.ServerResponse, body: string) => void): Promise<string> => {
    server = http.createServer((request, response) => {
      requests.push(request.headers);
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString())).on('end', () => answer(response, body));
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `clickhouse://127.0.0.1:${(server.address() as AddressInfo).port}/db?timeout=0.3`;
  };
  const open = (address: string): Promise<HistoryStore> => openStore(address, { env: env(), platform: 'linux', create: true });
  const fail = (code: number) => (response: http.ServerResponse) => {
    response.writeHead(500).end(`Code: ${code}, e.displayText() = DB::Exception: it went wrong, e.what() = DB::Exception`);
  };

  for (const [name, answer] of [
    ['its disk is full', fail(243)],
    ['a shard is away', fail(279)],
    ['it is too slow', () => undefined],
    ['it hangs up', (response: http.ServerResponse) => response.destroy()],
  ] as const) {
    it(`keeps what is added on this machine, for nobody else to read, when ${name}`, async () => {
      const store = await open(await serve(answer));
      assert.deepEqual(await store.add(hung), { dumps: 0, threads: 0, known: 0, more: 0, kept: 1 });
      assert.deepEqual(await store.add(hung), { dumps: 0, threads: 0, known: 0, more: 0, kept: 1 });
      assert.equal(store.waiting, 2);
      const [spool] = fs.readdirSync(path.join(folder, 'standstill/spool'));
      const files = fs.readdirSync(path.join(folder, 'standstill/spool', spool!));
      for (const file of files) assert.equal(fs.statSync(path.join(folder, 'standstill/spool', spool!, file)).mode & 0o77, 0);
      await assert.rejects(store.hosts({}), { code: 'no-store' });
    });
  }

  it('does not fail a job that it is not reached from', async () => {
    const store = await open('clickhouse://127.0.0.1:1,127.0.0.1:2/db?cluster=two');
    assert.equal((await store.add(hung)).kept, 1);
    await assert.rejects(store.hosts({}), { code: 'no-store', message: /cannot be used now: ECONNREFUSED/ });
  });

  it('sends what is new though it will never take what waits', async () => {
    let [down, refuse] = [true, 0];
    const address = await serve((response, body) => {
      if (down) response.destroy();
      else if (body.includes('poison')) {
        refuse++;
        fail(27)(response);
      } else response.end('{"meta":[],"data":[]}');
    });
    await (await open(address)).add(batchOf({ id: 'bad', build: 'poison', threads: [{ verdict: 'stuck', at: 'acquire' }] }));
    down = false;
    const store = await open(address);
    assert.equal((await store.add(hung)).dumps, 1);
    assert.equal((await store.add(hung)).dumps, 1);
    assert.deepEqual([refuse, store.waiting], [2, 1]);
  });

  it('says when it cannot keep it either', async () => {
    fs.writeFileSync(path.join(folder, 'standstill'), '');
    await assert.rejects((await open('clickhouse://127.0.0.1:1/db')).add(hung), { code: 'cannot-keep' });
  });

  it('gets the password in a header, and nobody sees it', async () => {
    const store = await open(await serve(fail(516)));
    await assert.rejects(store.add(hung), (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, 'no-access');
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    assert.equal(store.waiting, 0);
    assert.equal(requests[0]!.authorization, `Basic ${Buffer.from('me:hunter2').toString('base64')}`);
  });

  it('cannot send the password elsewhere', async () => {
    const address = await serve((response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end());
    assert.equal((await (await open(address)).add(hung)).kept, 1);
  });
});
