import { Flags } from '@oclif/core';
import type { Bytes } from '../model/index.js';
import { UserError } from './errors.js';

const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/** A size such as `4096`, `512K`, `1.5M`, `64G`, `64GiB`; null where it is none. */
export function parseSize(text: string): Bytes | null {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,6})?)\s?([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined) return null;
  return Math.round(Number(number) * 1024 ** UNITS[unit.toUpperCase()]!);
}

/** A flag whose value is a size; bytes for the command. */
export const sizeFlag = Flags.custom<Bytes>({
  helpValue: 'SIZE',
  parse: (text) => {
    const size = parseSize(text);
    if (size === null || size === 0) return Promise.reject(new UserError('bad-size', `${text}: no size`, 'give 512M, 64G or bytes'));
    return Promise.resolve(size);
  },
});
