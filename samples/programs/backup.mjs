// A service whose nightly backup runs in a worker thread by execSync, which nothing can interrupt.
import http from 'node:http';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

const CLIENTS = 6;

function connectClients(port) {
  for (let i = 0; i < CLIENTS; i += 1) net.connect(port, '127.0.0.1').on('error', () => {});
}

const server = http.createServer((request, response) => response.end('ok\n'));
server.listen(0, '127.0.0.1', () => {
  connectClients(server.address().port);
  const worker = new Worker(new URL('backup-worker.mjs', import.meta.url));
  worker.on('online', () => console.log('backup started'));
});
