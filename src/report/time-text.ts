import type { Dump } from '../model/index.js';
import { isoTime } from './documents.js';

const TIME_FROM: Readonly<Record<string, string>> = {
  'file-name': ' by file name',
  'file-time': ' by file time',
  separator: '',
  log: ' by the log',
  dump: '',
};

/** A dump's time and where it is from: `2026-11-23 09:30:00Z by the log, zone assumed`. */
export function timeText(dump: Dump): string {
  const time = isoTime(dump.time);
  if (time === null || dump.timeFrom === null) return 'no time known';
  return `${time.replace('T', ' ').replace(/\.\d+Z$/, 'Z')}${TIME_FROM[dump.timeFrom] ?? ''}${dump.timeZone === 'assumed' ? ', zone assumed' : ''}`;
}

/** `2026-11-23 09:30:00Z`, or a dash. */
export function shortTime(dump: Dump): string {
  return (
    isoTime(dump.time)
      ?.replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z') ?? '–'
  );
}

/** A length of time for people: `45 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}
