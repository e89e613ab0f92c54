// A worker thread, a forked child with a channel, a child that is waited for, and a server.
const { execFileSync, fork, spawnSync } = require('node:child_process');
const http = require('node:http');
const { Worker, isMainThread, parentPort, threadId } = require('node:worker_threads');

if (!isMainThread) {
  let sum = 0;
  for (let i = 0; i < 2e8; i++) sum = (sum + i) % 1000;
  parentPort.postMessage({ threadId, sum });
} else if (process.argv[2] === 'child') {
  process.send({ execArgv: process.execArgv, debugging: process.features.inspector });
} else {
  console.log(String(execFileSync(process.execPath, ['-p', '6 * 7'])).trim(), spawnSync('false').status);
  new Worker(__filename).once('message', (message) => {
    console.log(message);
    fork(__filename, ['child']).once('message', (told) => {
      console.log(told);
      const server = http.createServer((_, response) => response.end('well')).listen(0, '127.0.0.1', () => {
        http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
          response.on('data', (data) => console.log(String(data))).on('end', () => server.close());
        });
      });
    });
  });
}
