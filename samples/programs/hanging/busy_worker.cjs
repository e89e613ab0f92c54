// The main thread is idle; a worker thread never ends its work.
const { Worker, isMainThread } = require('node:worker_threads');

function settle(amount) {
  let rest = amount;
  while (rest !== 0) { // hangs here
    rest -= 0.1;
  }
  return rest;
}

if (isMainThread) {
  console.log('settling');
  new Worker(__filename).on('exit', () => console.log('done'));
} else settle(1);
