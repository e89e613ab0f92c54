// N processes that add to one file, each killed at a random point: nothing acknowledged is lost or doubled.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { flag, openFile, timed } from './common.mjs';
import { batches, hex, templates } from './rows.mjs';

/** Adds one batch after the other to a store, and says on standard output which were acknowledged; somebody kills it. */
export async function addUntilKilled(file, seed) {
  const found = (await templates()).slice(0, 6);
  const store = await openFile(file);
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

export async function kill(scratch) {
  const adds = flag('adds', 200);
  const file = path.join(scratch, 'killed.sqlite');
  const acknowledged = new Map();
  let slowest = 0;
  for (let round = 0; round < adds; round++) {
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [process.argv[1], 'child', file, String(round)], {
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
      const store = await openFile(file);
      await store.builds({});
      return store;
    });
    slowest = Math.max(slowest, opened.wall);
    await opened.value.close();
  }
  const store = await openFile(file);
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
