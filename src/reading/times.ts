import type { EpochMilliseconds } from '../model/index.js';

/** A point in time found in a text. `assumed`: it stood there without a zone. */
export interface FoundTime {
  readonly time: EpochMilliseconds;
  readonly zone: 'given' | 'assumed';
  /** What the text leaves out; {@link completed} puts it in. */
  readonly lacks?: 'year' | 'date';
}

/** Zone in which a time without one is read: an IANA name or an offset such as `+02:00`. */
export type ZoneName = string;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ZONE = String.raw`(Z|UTC|GMT|[+-]\d\d:?\d\d)?`;

/** A form of a time: a pattern, and what its groups mean. */
interface Form {
  readonly pattern: RegExp;
  readonly groups: readonly Field[];
}

/** Forms of a time in running text, in the order they are tried. */
const FORMS: readonly Form[] = [
  // 2024-05-17T09:30:15.123456789Z, 2024-05-17 09:30:12,001, 2026/11/23 03:35:50
  {
    pattern: new RegExp(
      String.raw`(?<!\d)((?:19|20)\d\d)[-/](\d\d)[-/](\d\d)[T _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?${ZONE}(?![\d:])`,
    ),
    groups: ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'zone'],
  },
  // access logs: 17/May/2024:09:30:12 +0000
  {
    pattern: new RegExp(String.raw`(?<!\d)(\d\d)/([A-Z][a-z]{2})/((?:19|20)\d\d):(\d\d):(\d\d):(\d\d) ?${ZONE}`),
    groups: ['day', 'monthName', 'year', 'hour', 'minute', 'second', 'zone'],
  },
  // ctime: Fri May 17 09:30:12 2024
  {
    pattern: /\b([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) ((?:19|20)\d\d)\b/,
    groups: ['monthName', 'day', 'hour', 'minute', 'second', 'year'],
  },
  // syslog (RFC 3164), journalctl: May 17 09:30:12
  {
    pattern: /\b([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?![\d:])/,
    groups: ['monthName', 'day', 'hour', 'minute', 'second', 'fraction'],
  },
  // the clock alone, at the beginning of a line: 09:30:12 (Jenkins), [09:30:12], I0517 09:30:12.123456 (glog)
  {
    pattern: /^(?:\[|\(|[IWEF]\d{4} )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?![\d:])/,
    groups: ['hour', 'minute', 'second', 'fraction'],
  },
];

/** Clocks of a log's writer and of the machine that keeps the file may differ by this much. */
const CLOCK_SKEW = 60 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;
/** A leap year, so that 29 February is a day of it. */
const SOME_YEAR = 1972;

/**
 * A time that lacks its year or date, as the last one of its kind before a point in time: logs are read after they were
 * written.
 *
 * @param before when the log was last written, or now
 */
export function completed(found: FoundTime, before: EpochMilliseconds): EpochMilliseconds {
  if (found.lacks === undefined) return found.time;
  const latest = before + CLOCK_SKEW;
  if (found.lacks === 'date') {
    const today = Math.floor(before / DAY) * DAY + (((found.time % DAY) + DAY) % DAY);
    return today > latest ? today - DAY : today;
  }
  const date = new Date(found.time);
  date.setUTCFullYear(new Date(before).getUTCFullYear());
  if (date.getTime() > latest + DAY) date.setUTCFullYear(date.getUTCFullYear() - 1);
  return date.getTime();
}

/** Times in file names also lack separators: 20141112093000, 20241112_093000, report.20261123.032401. */
const NAME_FORM: Form = {
  pattern:
    /(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_.T ]?(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)(?!\d)(?:[.,](\d{3,6})(?=Z))?(Z|[+-]\d\d:?\d\d)?/,
  groups: ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'zone'],
};

type Field = 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'zone';

/** The first time that stands in a text, or null. */
export function findTime(text: string, zone: ZoneName): FoundTime | null {
  if (text.length < SHORTEST) return null;
  for (const form of FORMS) {
    const found = timeOf(form, text, zone);
    if (found) return found;
  }
  return null;
}

/** The clock alone. */
const SHORTEST = '09:30:12'.length;

/** The time in a file's name (`20141112093000.log`, `dump_2024-05-17T09:30:30Z.txt`), or null. */
export function findTimeInName(name: string, zone: ZoneName): FoundTime | null {
  return timeOf(NAME_FORM, name, zone);
}

function timeOf({ pattern, groups }: Form, text: string, zone: ZoneName): FoundTime | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const numbers = { year: SOME_YEAR, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: 0 };
  let given: string | undefined;
  for (let i = 0; i < groups.length; i++) {
    const field = groups[i]!;
    const value = match[i + 1];
    if (value === undefined) continue;
    if (field === 'zone') given = value;
    else if (field === 'monthName') numbers.month = MONTHS.indexOf(value.toLowerCase()) + 1;
    else numbers[field] = Number(field === 'fraction' ? value.padEnd(3, '0').slice(0, 3) : value);
  }
  const { year, month, day, hour, minute, second, fraction: milliseconds } = numbers;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const lacks = !groups.includes('day') ? 'date' : !groups.includes('year') ? 'year' : undefined;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const found: FoundTime =
    given === undefined ? { time: wall - zoneOffset(wall, zone), zone: 'assumed' } : { time: wall - fixedOffset(given), zone: 'given' };
  return lacks === undefined ? found : { ...found, lacks };
}

/** Milliseconds that a zone written as an offset is ahead of UTC. */
function fixedOffset(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

/** Milliseconds that a zone is ahead of UTC when its clocks show `wall`. */
function zoneOffset(wall: EpochMilliseconds, zone: ZoneName): number {
  if (zone === 'UTC') return 0;
  if (/^[+-]\d\d:?\d\d$/.test(zone)) return fixedOffset(zone);
  const guess = wall - offsetAt(wall, zone);
  return offsetAt(guess, zone);
}

function offsetAt(time: EpochMilliseconds, zone: ZoneName): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(time / 1000) * 1000;
}

/** Whether a zone name or offset is one that times can be read in. */
export function isZone(zone: ZoneName): boolean {
  if (zone === 'UTC' || /^[+-](?:[01]\d|2[0-3]):?[0-5]\d$/.test(zone)) return true; // loading the zones of Intl costs a tenth of a start
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that a zone is ahead of UTC at a point in time. */
export function zoneAhead(time: EpochMilliseconds, zone: ZoneName): number {
  if (zone === 'UTC') return 0;
  return /^[+-]\d\d:?\d\d$/.test(zone) ? fixedOffset(zone) : offsetAt(time, zone);
}
