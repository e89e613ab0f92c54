// Measures the stores of `standstill history`. Figures are CPU times of this process, and ratios to what the bare driver or client
// needs for the same rows in the same run, since wall times are those of the machine.
//
//   node scripts/bench-history.mjs [embedded] [clickhouse] [kill] [--rows N] [--adds N]
//
//   embedded    N thread rows (10^6) added to an SQLite file, beside the driver's own batched inserts; each question on them
//   clickhouse  N thread rows (10^7, and a tenth of it) on two shards that are started for it; what questions read, and how they grow
//   kill        N adds (200), each process killed at a random point: nothing acknowledged is lost or doubled
//
// Rows have the shapes of the dumps in samples/ (and of the scenarios in $STANDSTILL_SHARED, where these are), on many hosts and
// builds. Results are in docs/history.md.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { clickhouse } from './bench-history/clickhouse.mjs';
import { embedded } from './bench-history/embedded.mjs';
import { addUntilKilled, kill } from './bench-history/kill.mjs';

// so that what was started ends, too
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const measures = { embedded, clickhouse, kill };
if (process.argv[2] === 'child') await addUntilKilled(process.argv[3], Number(process.argv[4]));
const asked = Object.keys(measures).filter((name) => process.argv.includes(name));
for (const name of asked.length > 0 ? asked : Object.keys(measures)) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-bench-'));
  try {
    await measures[name](scratch);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
