import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkProcess, checkValue } from '../fuzz/checks.js';
import { inputsOf } from '../fuzz/inputs.js';

describe('generated inputs', () => {
  it('are taken by every command as a process, 40 of them', function () {
    this.timeout(240_000);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-fuzz-'));
    for (const [number, bytes] of inputsOf(1003, 40).entries()) {
      if (number % 5 === 4) checkValue(bytes, Math.floor(number / 5), folder);
      else checkProcess(bytes, number, folder);
    }
    fs.rmSync(folder, { recursive: true });
  });
});
