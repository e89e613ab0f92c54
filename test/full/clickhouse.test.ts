import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '../../src/store/index.js';
import { conformance } from '../store/conformance.js';
import { Cluster, hasClickHouse } from './clickhouse-cluster.js';

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
});
