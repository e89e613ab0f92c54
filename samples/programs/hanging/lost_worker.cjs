// The main thread waits for a worker that has left.
const { Worker } = require('node:worker_threads');

function waitForTotal(shared) {
  const cell = new Int32Array(shared);
  new Worker('process.exit(1)', { eval: true, workerData: shared });
  Atomics.wait(cell, 0, 0); // hangs here
  return cell[0];
}

console.log('waiting');
console.log(waitForTotal(new SharedArrayBuffer(4)));
