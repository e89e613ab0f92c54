// Takes this machine out of the dumps: paths, names and the day they were made on.
import fs from 'node:fs';
import os from 'node:os';

export const APP = '/srv/app';

const STAMP = /\b(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?!\d)/g;
const REPORT_NAME = /\breport\.(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d)\./g;
const REPORT_STAMP = /("dumpEventTimeStamp": ?")(\d+)(")/g;

function withRealPaths(pairs) {
  return pairs.flatMap(([from, to]) => {
    const real = fs.existsSync(from) ? fs.realpathSync(from) : from;
    return real === from
      ? [[from, to]]
      : [
          [from, to],
          [real, to],
        ];
  });
}

function pythonPaths(python) {
  const library = `/usr/local/lib/python${python.minor}`;
  const pairs = [
    ...python.packages.map((directory) => [directory, `${library}/site-packages`]),
    [python.library, library],
    [python.executable, '/usr/local/bin/python3'],
  ];
  // A prefix of `/usr` would also match what is neutral already.
  if (!['/usr', '/usr/local', '/'].includes(python.prefix)) pairs.push([python.prefix, '/usr/local']);
  return pairs;
}

/** @returns {(text: string) => string} */
export function pathNeutraliser(room, python) {
  const pairs = withRealPaths([[room, APP], ...(python ? pythonPaths(python) : []), [process.execPath, '/usr/local/bin/node']]);
  pairs.sort((a, b) => b[0].length - a[0].length);
  return (text) => pairs.reduce((done, [from, to]) => done.replaceAll(from, to), text);
}

const pad = (number) => String(number).padStart(2, '0');

function compactStamp(date) {
  const day = `${date.getUTCFullYear()}${pad(date.getUTCMonth() + 1)}${pad(date.getUTCDate())}`;
  return `${day}.${pad(date.getUTCHours())}${pad(date.getUTCMinutes())}${pad(date.getUTCSeconds())}`;
}

/** Every time in a text moved by the same whole number of seconds, so that the distances stay as they were. */
export function shiftTimes(text, seconds) {
  const move = (time) => new Date(time + seconds * 1000);
  return text
    .replace(STAMP, (_, day, between, time) => {
      const [newDay, newTime] = move(Date.parse(`${day}T${time}Z`))
        .toISOString()
        .split(/[T.]/);
      return `${newDay}${between}${newTime}`;
    })
    .replace(REPORT_NAME, (_, y, mo, d, h, mi, s) => `report.${compactStamp(move(Date.UTC(y, mo - 1, d, h, mi, s)))}.`)
    .replace(REPORT_STAMP, (_, before, stamp, after) => `${before}${move(Number(stamp)).getTime()}${after}`);
}

/** The first time in a text, in whole seconds, or null. */
export function firstTime(text) {
  const [, day, , time] = text.match(new RegExp(STAMP.source)) ?? [];
  return day ? Date.parse(`${day}T${time}Z`) / 1000 : null;
}

/** Throws if anything of this machine is left in a text. */
export function assertNeutral(name, text, room) {
  const told = [room, os.homedir(), os.tmpdir(), process.cwd(), os.hostname(), os.userInfo().username, process.env.PYENV_ROOT];
  for (const word of told) {
    // Very short names (`vm`) are part of other words: only on their own do they tell anything.
    const escaped = word?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (escaped && new RegExp(`(^|[^\\w-])${escaped}($|[^\\w-])`, 'm').test(text)) {
      throw new Error(`${name} still holds "${word}"`);
    }
  }
}
