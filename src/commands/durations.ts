import { Flags } from '@oclif/core';
import { UserError } from './errors.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A time such as `90`, `90s`, `1.5m`, `1m30s`, `500ms`.
 *
 * @returns milliseconds, or null where it is none
 */
export function parseDuration(text: string): number | null {
  const number = String.raw`\d{1,9}(?:\.\d{1,6})?`;
  if (new RegExp(`^${number}$`).test(text)) return Math.round(Number(text) * 1000);
  if (!new RegExp(`^(?:${number}(?:ms|[smh]))+$`).test(text)) return null;
  const parts = text.matchAll(new RegExp(`(${number})(ms|[smh])`, 'g'));
  return Math.round([...parts].reduce((sum, [, value, unit]) => sum + Number(value) * UNITS[unit!]!, 0));
}

/** A flag whose value is a time; milliseconds for the command. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: (text) => {
    const time = parseDuration(text);
    if (time === null || time === 0) return Promise.reject(new UserError('bad-time', `${text}: no time`, 'give 90s, 5m, 1h30m or seconds'));
    return Promise.resolve(time);
  },
});
