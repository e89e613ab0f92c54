// A pool of worker threads and a feed of jobs for them: `node pool.mjs healthy|poison [workers]`.
// The poisoned feed holds a mail address that a careless regular expression never gets done with, and an export that
// fails while it holds the lock which the next export waits for.
import { Worker } from 'node:worker_threads';

const [feed = 'healthy', size = '4'] = process.argv.slice(2);
const lock = new SharedArrayBuffer(4);
const poison = [
  { kind: 'mail', address: `${'jane.doe.'.repeat(6)}@` },
  { kind: 'export', rows: -1 },
  { kind: 'export', rows: 10 },
];
const everyday = ['invoice', 'search', 'mail', 'invoice'];
let served = 0;
let refused = 0;

function log(text) {
  console.log(`${new Date().toISOString()} INFO pool: ${text}`);
}

function nextJob() {
  if (feed === 'poison' && poison.length > 0) return poison.shift();
  return { kind: everyday[served % everyday.length], address: 'jane@example.org', seed: served };
}

function startWorker() {
  const worker = new Worker(new URL('pool-worker.mjs', import.meta.url), { workerData: { lock } });
  worker.busy = false;
  worker.on('message', (result) => {
    worker.busy = false;
    if (result.error) log(`job ${result.kind} failed: ${result.error}`);
  });
  return worker;
}

function handOut(workers) {
  const free = workers.find((worker) => !worker.busy);
  if (!free) {
    refused += 1;
    if (refused % 5 === 1) log(`all workers are busy, ${refused} jobs refused`);
    return;
  }
  free.busy = true;
  free.postMessage(nextJob());
  served += 1;
  if (served % 10 === 0) log(`${served} jobs handed out`);
}

const workers = Array.from({ length: Number(size) }, startWorker);
await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
setInterval(handOut, feed === 'healthy' ? 40 : 150, workers);
log(`pool ready, ${workers.length} workers`);
