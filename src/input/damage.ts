import type { Warning } from '../model/index.js';

/** The data of a compressed input ends early. */
export function cut(format: string): Warning {
  return { line: null, code: 'cut-compressed', message: `the ${format} data ends in the middle: the file was cut or is still being written; what came before was read` };
}

/** The data of a compressed input is not what its format allows. */
export function damaged(format: string, reason: string): Warning {
  return { line: null, code: 'damaged-compressed', message: `the ${format} data is damaged (${reason}): it was read up to there` };
}
