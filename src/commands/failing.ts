import process from 'node:process';
import { Flags } from '@oclif/core';
import { VERDICTS, type Verdict } from '../analysis/index.js';
import { STATUS } from './errors.js';

/** `--fail-on`, of every command that judges dumps. */
export const FAIL_FLAGS = {
  'fail-on': Flags.option({
    options: ['stuck', 'suspect', 'inconclusive'] as const,
    description: 'end with status 1 when the verdict is this or worse',
    helpValue: 'VERDICT',
  })(),
};

/** Sets the exit status that the caller asked for; an interruption's stays. */
export function failOn(limit: Verdict | undefined, verdict: Verdict): void {
  if (limit === undefined || VERDICTS.indexOf(verdict) > VERDICTS.indexOf(limit)) return;
  process.exitCode ??= STATUS.failedOn;
}
