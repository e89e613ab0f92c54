// Measures the stores of `standstill history`. Figures are CPU times of this process, and ratios to what the bare driver or client
// needs for the same rows in the same run, since wall times are those of the machine.
//
//   node scripts/bench-history.mjs [embedded] [clickhouse] [kill] [--rows N] [--adds N]
//
//   embedded    N thread rows (10^6) added to an SQLite file, beside the driver's own batched inserts; each question on them
//   clickhouse  N thread rows (10^6, and a tenth of it) on two shards that are started for it; what questions read, and how they grow
//   kill        N adds (200), each process killed at a random point: nothing acknowledged is lost or doubled
//
// Rows have the shapes of the dumps in samples/ (and of the scenarios in $STANDSTILL_SHARED, where these are), on many hosts and
// builds. Results are in docs/history.md.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(import.meta.dirname);
const dist = (file) => import(path.join(ROOT, 'dist', 'src', file));
const { collect, findStuck, hostsOf, listHangs, newsSince, openStore, readFiles, showHang, trendOf } = await dist('index.js');

const BATCH_THREADS = 20_000;
const HOSTS = 200;
const BUILDS = 300;
/** Places to hang in for each that a sample has: a large program has more than one. */
const VARIANTS = 20;

const flag = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-bench-'));

async function timed(work) {
  const [begun, used] = [performance.now(), cpu()];
  const value = await work();
  return { value, wall: (performance.now() - begun) / 1000, cpu: cpu() - used };
}

function dumpFolders() {
  const folders = [path.join(ROOT, 'samples'), path.join(process.env.STANDSTILL_SHARED ?? path.join(ROOT, '..', 'shared'), 'scenarios')];
  return folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) =>
      fs
        .readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() && entry.name !== 'large' ? [path.join(folder, entry.name)] : [])),
    );
}

/** What `history add` would send of each sample. */
async function templates() {
  const found = [];
  for (const folder of dumpFolders()) {
    const files = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:log|txt|json|dump)$/.test(entry.name) && !/^(?:expected|truth|scenario)/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
    if (files.length === 0 || files.length > 60) continue;
    const set = await readFiles(files);
    if (set.dumps.length === 0) continue;
    const input = {
      set,
      whole: set,
      hidden: { dumps: 0, threads: 0, by: [] },
      interrupted: false,
      stuck: findStuck(set),
      judging: {},
      tool: { name: 'standstill', version: '0' },
      time: 0,
    };
    found.push(collect(input, { build: null, host: null, labels: [], added: Date.UTC(2026, 10, 1) }));
  }
  // stacks of errors are no pictures of a process
  return found.filter(({ dumps }) => dumps.every(({ kind, threads }) => kind === 'snapshot' && threads.length > 0));
}

const hex = (n, digits) => n.toString(16).padStart(digits, '0');

/** Batches of about as many threads, until there are `rows`: the templates again and again, as other processes on other hosts and builds. */
function* batches(found, rows, size = BATCH_THREADS) {
  let [threads, process_, all] = [0, 0, 0];
  let batch = { runs: [], stacks: new Map(), dumps: [] };
  const done = () => ({ ...batch, stacks: [...batch.stacks.values()] });
  while (all < rows) {
    const template = found[process_ % found.length];
    const variant = hex(Math.floor(process_ / found.length) % VARIANTS, 2);
    const [build, host] = [String(1000 + (Math.floor(process_ / 20) % BUILDS)), `host-${(process_ * 7) % HOSTS}`];
    const at = Date.UTC(2026, 0, 1) + Number(build) * 86_400_000 + (process_ % 1000) * 60_000;
    const vary = (key) => (key === null ? null : variant + key.slice(2));
    for (const stack of template.stacks) batch.stacks.set(vary(stack.key), { ...stack, key: vary(stack.key) });
    for (const [i, dump] of template.dumps.entries()) {
      const key = `${hex(Math.imul(process_ + 1, 2654435761) >>> 0, 8)}${hex(process_, 12)}${hex(i, 12)}`;
      const where = { build, host, labels: ['branch=main'], at: at + i * 10_000, time: at + i * 10_000, added: at + 3_600_000 };
      const copies = dump.threads.map((thread) => ({
        ...thread,
        id: `0x${hex(process_ * 64 + 7, 12)}`,
        fingerprint: vary(thread.fingerprint),
        stack: vary(thread.stack),
      }));
      batch.dumps.push({ ...dump, ...where, key, incident: hex(process_, 16), threads: copies });
      threads += copies.length;
      all += copies.length;
    }
    batch.runs.push({ build, host, labels: ['branch=main'], at });
    process_++;
    if (threads < size) continue;
    yield done();
    [threads, batch] = [0, { runs: [], stacks: new Map(), dumps: [] }];
  }
  if (threads > 0) yield done();
}

async function questions(store) {
  const { hangs } = await listHangs(store, {}, 20);
  const { builds } = await trendOf(store, {}, 1);
  const since = builds[Math.floor(builds.length / 2)].build;
  return {
    list: () => listHangs(store, {}, 20),
    'list of a host': () => listHangs(store, { hosts: ['host-7'] }, 20),
    show: () => showHang(store, {}, hangs[0].fingerprint, 10),
    trend: () => trendOf(store, {}, 20),
    new: () => newsSince(store, {}, since),
    hosts: () => hostsOf(store, {}),
  };
}

const row = (...cells) => console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(14))).join(''));

async function embedded() {
  const rows = flag('rows', 1e6);
  const found = await templates();
  const { loadEngine } = await dist('store/sqlite/engine.js');
  const file = path.join(scratch, 'history.sqlite');
  const bare = (await loadEngine())(path.join(scratch, 'bare.sqlite'));
  bare.prepare('PRAGMA journal_mode = WAL').all();
  bare.exec('PRAGMA synchronous = FULL');
  bare.exec(`CREATE TABLE threads (dump TEXT, place INTEGER, build TEXT, host TEXT, at INTEGER, incident TEXT, thread_id TEXT, name TEXT, kind TEXT,
    verdict TEXT, role TEXT, score REAL, wait TEXT, wait_by TEXT, fingerprint TEXT, function TEXT, file TEXT, line INTEGER, stack TEXT, PRIMARY KEY (dump, place)) WITHOUT ROWID`);
  const insert = bare.prepare(`INSERT INTO threads VALUES (${Array.from({ length: 19 }, () => '?').join(', ')})`);
  const store = await openStore(file, { env: process.env, platform: process.platform, create: true });
  const sum = { ours: 0, oursWall: 0, bare: 0, bareWall: 0, threads: 0, dumps: 0 };
  for (const batch of batches(found, rows)) {
    const added = await timed(() => store.add(batch));
    const plain = await timed(() => {
      bare.exec('BEGIN IMMEDIATE');
      for (const { key, build, host, at, incident, threads } of batch.dumps)
        for (const [place, t] of threads.entries())
          insert.run(
            key,
            place,
            build,
            host,
            at,
            incident,
            t.id,
            t.name,
            t.kind,
            t.verdict,
            t.role,
            t.score,
            t.wait,
            t.waitBy,
            t.fingerprint,
            t.function,
            t.file,
            t.line,
            t.stack,
          );
      bare.exec('COMMIT');
    });
    sum.threads += added.value.threads;
    sum.dumps += added.value.dumps;
    sum.ours += added.cpu;
    sum.oursWall += added.wall;
    sum.bare += plain.cpu;
    sum.bareWall += plain.wall;
  }
  console.log(`\nembedded (${bare.name}): ${sum.threads} threads in ${sum.dumps} dumps, ${found.length} shapes`);
  row('', 'CPU s', 'wall s', 'rows/CPU s');
  row('store.add', sum.ours.toFixed(1), sum.oursWall.toFixed(1), Math.round(sum.threads / sum.ours));
  row('the driver, one flat table', sum.bare.toFixed(1), sum.bareWall.toFixed(1), Math.round(sum.threads / sum.bare));
  console.log(
    `rate of the driver's own: ${(sum.bare / sum.ours).toFixed(2)} by CPU, ${(sum.bareWall / sum.oursWall).toFixed(2)} by wall (at least 0.5)`,
  );
  row('question', 'CPU s', 'wall s');
  for (const [name, ask] of Object.entries(await questions(store))) {
    const { cpu: used, wall } = await timed(ask);
    row(name, used.toFixed(3), wall.toFixed(3));
  }
  await store.close();
  bare.close();
  const bytes = fs.statSync(file).size;
  console.log(
    `${(bytes / sum.threads).toFixed(1)} bytes a thread, ${Math.round(bytes / sum.dumps)} bytes a dump; flat table: ${(fs.statSync(path.join(scratch, 'bare.sqlite')).size / sum.threads).toFixed(1)} bytes a thread`,
  );
}

async function clickhouse() {
  const { tsImport } = await import('tsx/esm/api');
  const { Cluster, hasClickHouse } = await tsImport('../test/full/clickhouse-cluster.ts', import.meta.url);
  if (!hasClickHouse()) {
    console.log('clickhouse: SKIPPED, clickhouse-server is not here');
    return;
  }
  const rows = flag('rows', 1e6);
  const found = await templates();
  const read = { rows: 0, bytes: 0 };
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const response = await realFetch(...args);
    const text = await response.text();
    const statistics = /"rows_read":\s*(\d+),\s*"bytes_read":\s*(\d+)/.exec(text.slice(-400));
    read.rows += Number(statistics?.[1] ?? 0);
    read.bytes += Number(statistics?.[2] ?? 0);
    return { ok: response.ok, status: response.status, text: () => Promise.resolve(text) };
  };
  const cluster = await Cluster.start();
  const results = new Map();
  try {
    for (const size of [rows / 10, rows]) {
      const store = await openStore(cluster.address(`bench_${size}`), { env: { XDG_DATA_HOME: scratch }, platform: 'linux', create: true });
      const server = `http://127.0.0.1:${cluster.shards[0].http}`;
      const send = async (sql, body = '') => {
        const response = await realFetch(
          `${server}/?${new URLSearchParams(body === '' ? {} : { query: sql, insert_distributed_sync: '1' })}`,
          { method: 'POST', body: body === '' ? sql : body },
        );
        if (!response.ok) throw new Error(await response.text());
      };
      await store.add({ runs: [], stacks: [], dumps: [] });
      for (const { http } of cluster.shards) {
        await realFetch(`http://127.0.0.1:${http}/`, {
          method: 'POST',
          body: `CREATE TABLE bench_${size}.bare_local AS bench_${size}.threads_local ENGINE = MergeTree ORDER BY dump`,
        });
        await realFetch(`http://127.0.0.1:${http}/`, {
          method: 'POST',
          body: `CREATE TABLE bench_${size}.bare AS bench_${size}.threads_local ENGINE = Distributed(two, bench_${size}, bare_local, cityHash64(incident))`,
        });
      }
      const sum = { ours: 0, bare: 0, oursWall: 0, bareWall: 0, threads: 0, compared: 0 };
      for (const batch of batches(found, size)) {
        const added = await timed(() => store.add(batch));
        if (added.value.kept > 0) throw new Error('the servers cannot take it');
        sum.threads += added.value.threads;
        // a tenth tells the ratio as well as all
        if (sum.threads > 2e6 && sum.threads % 10 !== 0) continue;
        const plain = await timed(async () => {
          const lines = [];
          for (const { key, build, host, labels, at, incident, threads } of batch.dumps)
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
          await send(`INSERT INTO bench_${size}.bare FORMAT JSONEachRow`, lines.join('\n'));
        });
        sum.ours += added.cpu;
        sum.oursWall += added.wall;
        sum.bare += plain.cpu;
        sum.bareWall += plain.wall;
        sum.compared += added.value.threads;
      }
      console.log(`\nclickhouse, two shards: ${sum.threads} threads`);
      row('', 'CPU s', 'wall s', 'rows/CPU s');
      row('store.add', sum.ours.toFixed(1), sum.oursWall.toFixed(1), Math.round(sum.compared / sum.ours));
      row('the bare client (fetch, JSON)', sum.bare.toFixed(1), sum.bareWall.toFixed(1), Math.round(sum.compared / sum.bare));
      console.log(`insert CPU ${(sum.ours / sum.bare).toFixed(2)} times the bare client's (at most 2)`);
      row('question', 'wall s', 'rows read', 'of all', 'MB read');
      for (const [name, ask] of Object.entries(await questions(store))) {
        await ask();
        Object.assign(read, { rows: 0, bytes: 0 });
        const { wall } = await timed(ask);
        row(name, wall.toFixed(3), read.rows, `${((100 * read.rows) / sum.threads).toFixed(1)} %`, (read.bytes / 1e6).toFixed(1));
        results.set(name, [...(results.get(name) ?? []), { wall, ...read }]);
      }
      const parts = [];
      for (const { http } of cluster.shards) {
        const response = await realFetch(`http://127.0.0.1:${http}/`, {
          method: 'POST',
          body: `SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench_${size}' AND table != 'bare_local'`,
        });
        parts.push(Number(await response.text()));
      }
      console.log(
        `${((parts[0] + parts[1]) / sum.threads).toFixed(1)} bytes a thread on disk, on the shards ${parts.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(' and ')}`,
      );
      await store.close();
    }
    console.log(`\ngrowth from ${rows / 10} to ${rows} rows: exponents (at most 1.1)`);
    row('question', 'rows read', 'bytes read', 'wall');
    for (const [name, [small, large]] of results)
      row(name, ...['rows', 'bytes', 'wall'].map((what) => Math.log10(large[what] / small[what]).toFixed(2)));
  } finally {
    globalThis.fetch = realFetch;
    await cluster.stop();
  }
}

/** Adds one batch after the other to a store, and says on standard output which were acknowledged; somebody kills it. */
async function addUntilKilled(file, seed) {
  const found = (await templates()).slice(0, 6);
  const store = await openStore(file, { env: process.env, platform: process.platform, create: true });
  fs.writeSync(1, 'ready\n');
  let n = 0;
  for (const batch of batches(found, 1e9, 1)) {
    // one process at a time, so that there is much to be killed in
    for (const dump of batch.dumps) {
      const keyed = { ...dump, key: hex(seed, 8) + hex(n, 8) + dump.key.slice(16), incident: hex(seed * 1e6 + n, 16) };
      await store.add({ runs: [], stacks: batch.stacks, dumps: [keyed] });
      fs.writeSync(1, `${keyed.key} ${keyed.threads.length}\n`);
      n++;
    }
  }
}

async function kill() {
  const adds = flag('adds', 200);
  const file = path.join(scratch, 'killed.sqlite');
  const acknowledged = new Map();
  let slowest = 0;
  for (let round = 0; round < adds; round++) {
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child', file, String(round)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (data) => {
        if (said === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 150);
        said += data;
      });
      child.on('error', reject).on('close', () => {
        const lines = said.split('\n').slice(1, -1);
        for (const line of lines) acknowledged.set(...line.split(' '));
        resolve();
      });
    });
    const opened = await timed(async () => {
      const store = await openStore(file, { env: process.env, platform: process.platform, create: true });
      await store.builds({});
      return store;
    });
    slowest = Math.max(slowest, opened.wall);
    await opened.value.close();
  }
  const store = await openStore(file, { env: process.env, platform: process.platform, create: true });
  const kept = new Map();
  let doubled = 0;
  for await (const item of store.export()) {
    if (!('dump' in item)) continue;
    if (kept.has(item.dump.key)) doubled++;
    kept.set(item.dump.key, item.dump.threads.length);
  }
  const { rows } = await store.query(
    'SELECT count(*) FROM sightings WHERE dump NOT IN (SELECT id FROM dump_rows) UNION ALL SELECT count(*) FROM thread_rows WHERE dump NOT IN (SELECT id FROM dump_rows)',
    10,
  );
  const orphans = rows.reduce((sum, [n]) => sum + n, 0);
  await store.close();
  const lost = [...acknowledged].filter(([key, threads]) => kept.get(key) !== Number(threads));
  console.log(
    `\nkill: ${adds} processes killed; ${acknowledged.size} adds acknowledged, ${kept.size} dumps there, ${lost.length} lost or torn, ${doubled} doubled, ${orphans} rows without their dump; opened within ${slowest.toFixed(2)} s`,
  );
  if (lost.length + doubled + orphans > 0 || slowest > 5) process.exitCode = 1;
}

const measures = { embedded, clickhouse, kill };
try {
  if (process.argv[2] === 'child') await addUntilKilled(process.argv[3], Number(process.argv[4]));
  const asked = Object.keys(measures).filter((name) => process.argv.includes(name));
  for (const name of asked.length > 0 ? asked : Object.keys(measures)) await measures[name]();
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
