import type { Warning } from '../model/index.js';
import { reasonOf, systemCode } from './errors.js';

/** The data of a compressed input ends early. */
export function cut(format: string): Warning {
  return { line: null, code: 'cut-compressed', message: `the ${format} data ends in the middle: the file was cut or is still being written; what came before was read` };
}

/** The data of a compressed input is not what its format allows. */
export function damaged(format: string, reason: string): Warning {
  return { line: null, code: 'damaged-compressed', message: `the ${format} data is damaged (${reason}): it was read up to there` };
}

/** The warning for what a decoder threw. */
export function damagedBy(format: string, error: unknown): Warning {
  if (systemCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return damaged(format, 'unpacking it does not come to an end');
  // seek-bzip adds the checksums, which help nobody.
  return damaged(format, reasonOf(error).replace(/ \(got .*\)$/, ''));
}
