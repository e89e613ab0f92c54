import type { Warning } from '../model/index.js';
import { reasonOf, systemCode } from './errors.js';

/** Thrown inside a decoder where its data ends early. */
export class Cut extends Error {}

/** Thrown inside a decoder where its data is not what its format allows; the message says what. */
export class Damage extends Error {}

/** What a decoder says of what it, or the library under it, threw. */
export function warningOf(format: string, error: unknown): Warning {
  if (error instanceof Cut) {
    const message = `the ${format} data ends in the middle: the file was cut or is still being written; what came before was read`;
    return { line: null, code: 'cut-compressed', message };
  }
  // seek-bzip adds the checksums, which help nobody.
  const reason =
    systemCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
      ? 'unpacking it does not come to an end'
      : reasonOf(error).replace(/ \(got .*$/s, '');
  return { line: null, code: 'damaged-compressed', message: `the ${format} data is damaged (${reason}): it was read up to there` };
}
