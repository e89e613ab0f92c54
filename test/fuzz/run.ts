// Gives generated inputs to the reader, to analysis and a report writer, and to processes of every command.
//
//   npm run fuzz -- [--read N] [--report N] [--process N] [--seed S]
//
// Each input is known by its seed and place, which are said with what went wrong. Ends with status 1 when something did.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checkProcess, checkReading, checkReport, checkValue } from './checks.js';
import { inputsOf } from './inputs.js';

/** Inputs that are made at once. */
const BATCH = 500;
/** Faults after which there is no use in more. */
const MOST_FAULTS = 20;

const { values } = parseArgs({
  options: {
    read: { type: 'string', default: '2000' },
    report: { type: 'string', default: '500' },
    process: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-fuzz-'));
const faults: string[] = [];

async function run(name: string, count: number, check: (bytes: Buffer, number: number) => unknown): Promise<void> {
  const begun = performance.now();
  let [done, bytes, slowest] = [0, 0, 0];
  for (let seed = Number(values.seed); done < count && faults.length < MOST_FAULTS; seed++) {
    for (const [i, input] of inputsOf(seed, Math.min(BATCH, count - done)).entries()) {
      const at = performance.now();
      try {
        await check(input, done);
      } catch (error) {
        const kept = path.join(os.tmpdir(), `standstill-fuzz-${name}-${seed}-${i}.bin`);
        fs.writeFileSync(kept, input);
        faults.push(`${name}, seed ${seed}, input ${i} (${kept}): ${(error as Error).stack ?? String(error)}`);
      }
      slowest = Math.max(slowest, performance.now() - at);
      bytes += input.length;
      done++;
    }
  }
  const seconds = (performance.now() - begun) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${name}: ${done} inputs, ${(bytes / 2 ** 20).toFixed(1)} MiB in ${seconds.toFixed(1)} s, slowest ${slowest.toFixed(0)} ms, peak ${peak.toFixed(0)} MiB`,
  );
}

await run('read', Number(values.read), checkReading);
await run('report', Number(values.report), checkReport);
await run('process', Number(values.process), (bytes, number) =>
  number % 5 === 4 ? checkValue(bytes, Math.floor(number / 5), folder) : checkProcess(bytes, number, folder),
);
fs.rmSync(folder, { recursive: true });
for (const fault of faults) console.error(fault);
console.log(`${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
