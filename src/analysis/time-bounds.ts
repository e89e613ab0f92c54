import { findTime, zoneAhead, type ZoneName } from '../reading/index.js';
import type { EpochMilliseconds } from '../model/index.js';
import type { TimeBound } from './filter.js';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = 86_400_000;

/**
 * The bound that a text means; null when it means none:
 *
 *     2026-11-23 09:30, 2026-11-23T09:30:00Z    that time
 *     2026-11-23                                that day, from its beginning or to its end
 *     09:30, 09:30:15                           on the day of the newest dump
 *     30s, 10m, 2h, 1d                          so long before the newest dump: the files may be of last week
 *
 * @param zone of times that stand without one
 * @param end for the later bound: a day then means its end
 */
export function parseTimeBound(text: string, zone: ZoneName, end: boolean): TimeBound | null {
  const span = /^(\d{1,9}(?:\.\d{1,3})?) ?([smhd])$/.exec(text);
  if (span) return (newest) => (newest === null ? null : newest - Number(span[1]) * UNITS[span[2]!]!);
  const clock = /^([01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.exec(text);
  if (clock)
    return (newest) =>
      newest === null ? null : onDayOf(newest, text.padStart(text.length === 4 || text.length === 7 ? text.length + 1 : 0, '0'), zone);
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const found = findTime(day ? `${text} 00:00:00` : text, zone);
  if (found === null) return null;
  const time = day && end ? found.time + DAY - 1 : found.time;
  return () => time;
}

function onDayOf(newest: EpochMilliseconds, clock: string, zone: ZoneName): EpochMilliseconds | null {
  const wall = new Date(newest + zoneAhead(newest, zone));
  return Number.isNaN(wall.getTime()) ? null : (findTime(`${wall.toISOString().slice(0, 10)} ${clock}`, zone)?.time ?? null);
}
