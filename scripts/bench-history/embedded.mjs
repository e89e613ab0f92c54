// N thread rows added to an SQLite file, beside the driver's own batched inserts; each question on them.
import fs from 'node:fs';
import path from 'node:path';
import { dist, flag, openFile, questions, row, timed } from './common.mjs';
import { batches, templates } from './rows.mjs';

export async function embedded(scratch) {
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
  const store = await openFile(file);
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
