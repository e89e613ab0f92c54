import assert from 'node:assert/strict';
import { completed, findTime, findTimeInName } from '../../src/reading/times.js';

const told = (found: ReturnType<typeof findTime>): string | null =>
  found && `${new Date(found.time).toISOString()} ${found.zone}${found.lacks === undefined ? '' : `, lacks ${found.lacks}`}`;

describe('a time in a line', () => {
  it('is found in every form that logs have, and in nothing that only looks like one', () => {
    const expected: Record<string, string | null> = {
      '2024-05-17T09:30:15.123456789Z x': '2024-05-17T09:30:15.123Z given',
      '[2024-05-17 09:30:12,001] x': '2024-05-17T09:30:12.001Z assumed',
      '2026/11/23 03:35 x': '2026-11-23T03:35:00.000Z assumed',
      '2024-05-17 09:30:12 +0200 x': '2024-05-17T07:30:12.000Z given',
      '2024-05-17 09:30:12.5-05:30': '2024-05-17T15:00:12.500Z given',
      '10.0.0.1 - - [17/May/2024:09:30:12 +0000] "GET /"': '2024-05-17T09:30:12.000Z given',
      'Fri May 17 09:30:12 2024': '2024-05-17T09:30:12.000Z assumed',
      'Fri May  7 09:30:12 2024': '2024-05-07T09:30:12.000Z assumed',
      'Nov 23 03:41:30 host app[11]: x': '1972-11-23T03:41:30.000Z assumed, lacks year',
      'Nov  3 03:41:30.123456 host app': '1972-11-03T03:41:30.123Z assumed, lacks year',
      'Nov 23 03:41:30': '1972-11-23T03:41:30.000Z assumed, lacks year',
      '09:30:12 x': '1972-01-01T09:30:12.000Z assumed, lacks date',
      '[09:30:12.5] x': '1972-01-01T09:30:12.500Z assumed, lacks date',
      'I0517 09:30:12.123456 x': '1972-01-01T09:30:12.123Z assumed, lacks date',
      'x 09:30:12': null,
      'Nov 23 03:41:30:12 x': null,
      'Nov 23 03:41:305 x': null,
      'Foo 23 03:41:30 x': null,
      '2024-13-17 09:30:12': null,
      '2024-05-17 24:30:12': null,
      '12024-05-17 09:30:12': null,
      '09:30:12:13 x': null,
      'Fri May 17 09:30:1x 2024': null,
    };
    const found = Object.fromEntries(Object.keys(expected).map((line) => [line, told(findTime(line, 'UTC'))]));
    assert.deepEqual(found, expected);
  });

  it('without a zone is one of the zone that is said, summer and winter', () => {
    const at = (text: string, zone: string): string | null => told(findTime(text, zone));
    assert.deepEqual(
      [
        at('2024-05-17 09:30:12', 'Europe/Berlin'),
        at('2024-11-17 09:30:12', 'Europe/Berlin'),
        at('2024-05-17 09:30:12', '-05:30'),
        at('2024-05-17 09:30:12Z', '-05:30'),
      ],
      [
        '2024-05-17T07:30:12.000Z assumed',
        '2024-11-17T08:30:12.000Z assumed',
        '2024-05-17T15:00:12.000Z assumed',
        '2024-05-17T09:30:12.000Z given',
      ],
    );
  });

  it('that lacks its year or date is the last one of its kind before the log was written, give or take a clock', () => {
    const before = Date.parse('2026-03-02T00:30:00Z');
    const at = (text: string): string => new Date(completed(findTime(text, 'UTC')!, before)).toISOString();
    assert.deepEqual(
      [
        at('Nov 23 03:41:30 x'),
        at('Mar  2 00:29:00 x'),
        at('Mar  3 00:29:00 x'),
        at('Mar  4 03:41:30 x'),
        at('23:50:00 x'),
        at('00:10:00 x'),
        at('01:10:00 x'),
        at('01:40:00 x'),
        at('2024-05-17 09:30:12'),
      ],
      [
        '2025-11-23T03:41:30.000Z',
        '2026-03-02T00:29:00.000Z',
        '2026-03-03T00:29:00.000Z',
        '2025-03-04T03:41:30.000Z',
        '2026-03-01T23:50:00.000Z',
        '2026-03-02T00:10:00.000Z',
        '2026-03-02T01:10:00.000Z',
        '2026-03-01T01:40:00.000Z',
        '2024-05-17T09:30:12.000Z',
      ],
    );
  });

  it('in the name of a file needs no separators', () => {
    const expected: Record<string, string | null> = {
      '20141112093000.log': '2014-11-12T09:30:00.000Z assumed',
      '20241112_093000.txt': '2024-11-12T09:30:00.000Z assumed',
      'report.20261123.032401.28216.0.001.json': '2026-11-23T03:24:01.000Z assumed',
      'dump_2024-05-17T09:30:30Z.txt': '2024-05-17T09:30:30.000Z given',
      'dump_2024-05-17T09h30m30+0200.txt': '2024-05-17T07:30:30.000Z given',
      '120141112093000.log': null,
      'app.log': null,
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, told(findTimeInName(name, 'UTC'))])), expected);
  });
});
