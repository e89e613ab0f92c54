import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkReading, checkReport } from './checks.js';
import { inputsOf } from './inputs.js';

// `npm run fuzz` gives it more, and to processes as well; each run of these is the same
describe('generated inputs', function () {
  this.timeout(120_000);

  const run = async (seed: number, count: number, check: (bytes: Buffer, number: number) => Promise<unknown>): Promise<void> => {
    for (const [i, bytes] of inputsOf(seed, count).entries()) {
      try {
        await check(bytes, i);
      } catch (error) {
        const kept = path.join(os.tmpdir(), `standstill-fuzz-${seed}-${i}.bin`);
        fs.writeFileSync(kept, bytes);
        throw new Error(`seed ${seed}, input ${i} (kept as ${kept})`, { cause: error });
      }
    }
  };

  it('are read, 2,000 of them', () => run(1001, 2000, checkReading));
  it('are judged, and reported in one format each, 500 of them', () => run(1002, 500, checkReport));
});
