import { parentPort, workerData } from 'node:worker_threads';

const lock = new Int32Array(workerData.lock);

function takeLock() {
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1);
}

function giveLock() {
  Atomics.store(lock, 0, 0);
  Atomics.notify(lock, 0, 1);
}

/** Work that takes about as long as the kind of job asks for. */
function compute(milliseconds, step) {
  const end = performance.now() + milliseconds;
  let value = 1;
  while (performance.now() < end) value = step(value);
  return value;
}

function addPosition(sum) {
  for (let i = 1; i < 2000; i += 1) sum = (sum * 31 + i) % 65521;
  return sum;
}

function scoreDocument(score) {
  let words = '';
  for (let i = 0; i < 300; i += 1) words += String.fromCharCode(97 + ((score + i) % 26));
  return words.split('e').length + score;
}

function makeInvoice() {
  return compute(60, addPosition);
}

function searchCatalogue() {
  return compute(90, scoreDocument);
}

function checkAddress(address) {
  // Nested repetition: exponential for an address that does not match.
  return /^([\w.]+)+@[a-z]+\.[a-z]+$/.test(address);
}

function exportLedger(rows) {
  takeLock();
  // Should be in try/finally.
  if (rows < 0) throw new RangeError(`cannot export ${rows} rows`);
  giveLock();
}

function run(job) {
  if (job.kind === 'invoice') return makeInvoice();
  if (job.kind === 'search') return searchCatalogue();
  if (job.kind === 'mail') return checkAddress(job.address);
  return exportLedger(job.rows);
}

parentPort.on('message', (job) => {
  try {
    run(job);
    parentPort.postMessage({ kind: job.kind });
  } catch (error) {
    parentPort.postMessage({ kind: job.kind, error: error.message });
  }
});
