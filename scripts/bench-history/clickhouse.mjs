// N thread rows, and a tenth of it, on two shards that are started for it: what an insert costs beside the bare client's, what each
// question reads by the servers' own counters, and how that grows.
import process from 'node:process';
import { dist, flag, questions, row, timed } from './common.mjs';
import { batches, templates } from './rows.mjs';

const { openStore } = await dist('index.js');

/** Of so many rows all are also sent by the bare client; of more, one batch in ten, which tells the ratio as well. */
const ALL_COMPARED = 1e6;

export async function clickhouse(scratch) {
  const { tsImport } = await import('tsx/esm/api');
  const { Cluster, hasClickHouse } = await tsImport('../../test/full/clickhouse-cluster.ts', import.meta.url);
  if (!hasClickHouse()) {
    console.log('clickhouse: SKIPPED, clickhouse-server is not here');
    return;
  }
  const rows = flag('rows', 1e7);
  const found = await templates();
  const cluster = await Cluster.start();
  try {
    const [small, large] = [await measured(cluster, found, rows / 10, scratch), await measured(cluster, found, rows, scratch)];
    console.log(`\ngrowth from ${rows / 10} to ${rows} rows: exponents (at most 1.1)`);
    row('question', 'rows read', 'bytes read', 'CPU');
    for (const [name, before] of small)
      row(name, ...['rows', 'bytes', 'cpu'].map((what) => Math.log10(large.get(name)[what] / before[what]).toFixed(2)));
  } finally {
    await cluster.stop();
  }
}

async function measured(cluster, found, size, scratch) {
  const database = `bench_${size}`;
  const open = (create) => openStore(cluster.address(database), { env: { XDG_DATA_HOME: scratch }, platform: 'linux', create });
  const store = await open(true);
  await store.add({ runs: [], stacks: [], dumps: [] });
  for (const engine of [
    '_local AS T ENGINE = MergeTree ORDER BY dump',
    ` AS T ENGINE = Distributed(two, ${database}, bare_local, cityHash64(incident))`,
  ])
    for (const shard of cluster.shards)
      await tell(shard, `CREATE TABLE ${database}.bare${engine.replace('T', `${database}.threads_local`)}`);
  const sum = { ours: 0, bare: 0, oursWall: 0, bareWall: 0, threads: 0, dumps: 0, compared: 0 };
  let number = 0;
  for (const batch of batches(found, size)) {
    const added = await timed(() => store.add(batch));
    if (added.value.kept > 0) throw new Error('the servers cannot take it');
    sum.threads += added.value.threads;
    sum.dumps += added.value.dumps;
    if (process.stderr.isTTY) process.stderr.write(`\r${sum.threads} threads `);
    if (size > ALL_COMPARED && number++ % 10 !== 0) continue;
    const plain = await timed(() => tell(cluster.shards[0], bareLines(batch), `INSERT INTO ${database}.bare FORMAT JSONEachRow`));
    sum.ours += added.cpu;
    sum.oursWall += added.wall;
    sum.bare += plain.cpu;
    sum.bareWall += plain.wall;
    sum.compared += added.value.threads;
  }
  console.log(`\nclickhouse, two shards: ${sum.threads} threads in ${sum.dumps} dumps`);
  row('', 'CPU s', 'wall s', 'rows/CPU s');
  row('store.add', sum.ours.toFixed(1), sum.oursWall.toFixed(1), Math.round(sum.compared / sum.ours));
  row('the bare client (fetch, JSON)', sum.bare.toFixed(1), sum.bareWall.toFixed(1), Math.round(sum.compared / sum.bare));
  console.log(`insert CPU ${(sum.ours / sum.bare).toFixed(2)} times the bare client's (at most 2)`);
  const sizes = await Promise.all(cluster.shards.map((shard) => sizesOf(shard, database)));
  const results = await asked(
    cluster,
    store,
    sum,
    sizes.reduce((all, { uncompressed }) => all + uncompressed, 0),
  );
  const onDisk = sizes.map(({ bytes }) => bytes);
  console.log(
    `${(onDisk.reduce((a, b) => a + b) / sum.threads).toFixed(1)} bytes a thread on disk, on the shards ${onDisk.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(' and ')}; ${sizes[0].tables}`,
  );
  await store.close();
  return results;
}

/** Each question, the second time that it is asked. */
async function asked(cluster, store, { threads, dumps }, bytes) {
  const results = new Map();
  const realFetch = globalThis.fetch;
  const read = { rows: 0, bytes: 0 };
  const servers = () => cluster.shards.reduce((sum, shard) => sum + shard.cpu(), 0);
  globalThis.fetch = async (...args) => {
    const response = await realFetch(...args);
    const text = await response.text();
    const statistics = /"rows_read":\s*(\d+),\s*"bytes_read":\s*(\d+)/.exec(text.slice(-400));
    read.rows += Number(statistics?.[1] ?? 0);
    read.bytes += Number(statistics?.[2] ?? 0);
    if (process.argv.includes('--statements'))
      console.log(`${String(statistics?.[1]).padStart(10)} ${String(args[1].body).replaceAll(/\s+/g, ' ').slice(0, 200)}`);
    return { ok: response.ok, status: response.status, text: () => Promise.resolve(text) };
  };
  try {
    row('question', 'CPU s', 'wall s', 'rows read', 'of the rows', 'MB read', 'of the bytes');
    for (const [name, ask] of Object.entries(await questions(store))) {
      await ask();
      Object.assign(read, { rows: 0, bytes: 0 });
      const before = servers();
      const { wall, cpu: own } = await timed(ask);
      const cpu = own + servers() - before;
      const share = (part, all) => `${((100 * part) / all).toFixed(2)} %`;
      row(
        name,
        cpu.toFixed(2),
        wall.toFixed(2),
        read.rows,
        share(read.rows, threads + dumps),
        (read.bytes / 1e6).toFixed(1),
        share(read.bytes, bytes),
      );
      results.set(name, { cpu, ...read });
    }
  } finally {
    globalThis.fetch = realFetch;
  }
  return results;
}

async function tell({ http }, body, query) {
  const settings = query === undefined ? '' : new URLSearchParams({ query, insert_distributed_sync: '1' }).toString();
  const response = await fetch(`http://127.0.0.1:${http}/?${settings}`, { method: 'POST', body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function sizesOf(shard, database) {
  const lines = await tell(
    shard,
    `SELECT table, sum(bytes_on_disk), sum(data_uncompressed_bytes), count() FROM system.parts WHERE active AND database = '${database}'
     AND table != 'bare_local' GROUP BY table ORDER BY table FORMAT TabSeparated`,
  );
  const tables = lines
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  const total = (column) => tables.reduce((sum, cells) => sum + Number(cells[column]), 0);
  const said = tables.map(([name, bytes, , parts]) => `${name.replace('_local', '')} ${(bytes / 1e6).toFixed(1)} MB in ${parts} parts`);
  return { bytes: total(1), uncompressed: total(2), tables: said.join(', ') };
}

/** What the bare client sends: the same threads, as they are. */
function bareLines({ dumps }) {
  const lines = [];
  for (const { key, build, host, labels, at, incident, threads } of dumps)
    for (const [place, t] of threads.entries())
      lines.push(
        JSON.stringify({
          dump: key,
          place,
          build,
          host,
          labels,
          at,
          incident,
          thread_id: t.id,
          name: t.name,
          kind: t.kind,
          verdict: t.verdict,
          role: t.role,
          score: t.score,
          wait: t.wait,
          wait_by: t.waitBy,
          fingerprint: t.fingerprint ?? '',
          function: t.function,
          file: t.file,
          line: t.line,
          stack: t.stack,
        }),
      );
  return lines.join('\n');
}
