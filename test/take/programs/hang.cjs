// Hangs on purpose: `node hang.cjs WAY main|worker`. Says `ready` when its loop runs, then hangs half a second later.
// The matrix of ways is that of test/take/hangs.ts.
'use strict';
/* global WebAssembly */
const { execSync } = require('node:child_process');
const { pbkdf2Sync } = require('node:crypto');
const fs = require('node:fs');
const { Worker, isMainThread, workerData } = require('node:worker_threads');

// (func (export "run") (loop (br 0)))
const WASM = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11,
]);

const WAYS = {
  'js-loop'() {
    for (let i = 0; ; i++) if (i < 0) return i;
  },
  regex() {
    return /^(a+)+$/.test(`${'a'.repeat(60)}!`);
  },
  wasm() {
    new WebAssembly.Instance(new WebAssembly.Module(WASM)).exports.run();
  },
  'atomics-wait'() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  'next-tick'() {
    const again = () => void process.nextTick(again);
    again();
  },
  microtask() {
    const again = () => Promise.resolve().then(again);
    void again();
  },
  'exec-sync'() {
    execSync('exec sleep 1000');
  },
  'read-sync'() {
    fs.readSync(3, Buffer.alloc(16)); // a pipe of the test's that stays empty
  },
  pbkdf2() {
    pbkdf2Sync('password', 'salt', 200_000_000, 64, 'sha512');
  },
  // some seconds, and then it is idle
  'pbkdf2-returns'() {
    pbkdf2Sync('password', 'salt', 10_000_000, 64, 'sha512');
    setInterval(() => {}, 60_000);
  },
  idle() {
    setInterval(() => {}, 60_000);
  },
  immediates() {
    const again = () => void setImmediate(again);
    again();
  },
};

function hangHere(way) {
  return WAYS[way]();
}

const [way, place] = isMainThread ? process.argv.slice(2) : [workerData, 'here'];
if (place === 'worker') {
  new Worker(process.argv[1], { workerData: way, name: 'thumbs' });
  // so that a test can ask whether the main thread lives: it answers every line
  process.stdin.on('data', () => fs.writeSync(1, 'alive\n'));
} else {
  setTimeout(() => hangHere(way), isMainThread ? 300 : 0);
}
if (isMainThread) setTimeout(() => fs.writeSync(1, 'ready\n'), place === 'worker' ? 500 : 0);
