import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { Profile } from 'pprof-format';
import { findStuck, readText, type DumpSet } from '../../src/index.js';
import { profileOf } from '../../src/report/profile/samples.js';
import { WRITERS } from '../../src/report/index.js';
import { dumpText } from '../analysis/dump-text.js';
import { sample, sampleNames } from '../page/page-of.js';
import { HOSTILE, setOf } from './hostile.js';
import { inputOf, optionsOf } from './report-input.js';

function written(id: string, set: DumpSet): Buffer {
  const writer = WRITERS.find((known) => known.id === id)!;
  return Buffer.concat(Array.from(writer.write(inputOf(set), optionsOf()), (piece) => Buffer.from(piece)));
}

/** Threads × dumps that show a stack, counted by the dumps alone. */
const samplesIn = (set: DumpSet): number =>
  set.dumps.reduce((sum, { threads }) => sum + threads.filter(({ stack }) => stack !== 0).length, 0);

/** All samples, one by one, and names that no reader should act on. */
const SETS: readonly (readonly [string, () => Promise<DumpSet> | DumpSet])[] = [
  ...sampleNames.map((name) => [name, () => sample(name)] as const),
  ['hostile names', () => setOf(HOSTILE, 3)],
  ['a name of 10 MB', () => setOf(['x'.repeat(10 << 20)], 2)],
  ['no dump', () => setOf(['x'], 0)],
];

interface Speedscope {
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string; readonly line?: number }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly startValue: number;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

describe('report --to speedscope', () => {
  const schema = JSON.parse(
    fs.readFileSync(createRequire(import.meta.url).resolve('speedscope/dist/release/file-format-schema.json'), 'utf8'),
  ) as Record<string, unknown>;
  // it names a draft by an address that ajv does not know
  delete schema['$schema'];
  const validate = new Ajv({ strict: false }).compile(schema);

  for (const [name, make] of SETS)
    it(`is valid by speedscope's own schema, and has every sample: ${name}`, async () => {
      const set = await make();
      const document = JSON.parse(written('speedscope', set).toString()) as Speedscope;
      assert.ok(validate(document), JSON.stringify(validate.errors));
      const [, ...threads] = document.profiles;
      assert.equal(
        threads.reduce((sum, { samples }) => sum + samples.filter((stack) => stack.length > 0).length, 0),
        samplesIn(set),
      );
      for (const { samples, weights, startValue, endValue } of document.profiles) {
        assert.equal(samples.length, weights.length);
        assert.ok(samples.flat().every((frame) => frame >= 0 && frame < document.shared.frames.length));
        assert.ok(weights.every((weight) => weight > 0));
        assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, startValue) - endValue) < 1e-5);
      }
    });

  it('begins with all threads together, then the most suspicious thread', async () => {
    const { profiles, shared } = JSON.parse(written('speedscope', await sample('classic-recipe')).toString()) as Speedscope;
    assert.deepEqual(
      [profiles[0]!.name, profiles[1]!.name, profiles[1]!.unit],
      ['all threads together', '0x00007f4fdaffd6c0, stuck', 'seconds'],
    );
    // outermost call first
    const names = profiles[1]!.samples[0]!.map((frame) => shared.frames[frame]!.name);
    assert.deepEqual([names[0], names.at(-1)], ['_bootstrap', 'wait']);
    assert.deepEqual(profiles[1]!.weights, [30, 30, 30]);
  });
});

describe('report --to collapsed', () => {
  for (const [name, make] of SETS)
    it(`is a line of calls and a number for each stack: ${name}`, async () => {
      const set = await make();
      const lines = written('collapsed', set).toString().split('\n').slice(0, -1);
      let sum = 0;
      for (const line of lines) {
        // no expression with groups: of a line of 10 MB it keeps each place to come back to
        const [calls, count] = [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)];
        assert.match(count, /^\d+$/);
        assert.ok(calls.length > 0 && calls.split(';').every((call) => call.length > 0), line.slice(0, 200));
        assert.doesNotMatch(calls, /[\x00-\x1f\u2028\u2029]/);
        sum += Number(count);
      }
      assert.equal(sum, samplesIn(set));
    });

  it('has the outermost call first, the heaviest stack first', async () => {
    const [first, ...rest] = written('collapsed', await sample('classic-recipe'))
      .toString()
      .split('\n');
    assert.equal(first!.split(';')[0], '_bootstrap (/usr/local/lib/python3.11/threading.py:1002)');
    assert.match(first!, /_worker \(.*\/thread\.py:81\) 9$/);
    assert.ok(rest.some((line) => line.includes(';await_confirmation (/srv/app/order_service.py:32);')));
  });
});

describe('report --to pprof', () => {
  for (const [name, make] of SETS)
    it(`is read by a pprof reader, with every sample: ${name}`, async () => {
      const set = await make();
      const profile = Profile.decode(gunzipSync(written('pprof', set)));
      const { strings } = profile.stringTable;
      const locations = new Map(profile.location.map((location) => [Number(location.id), location]));
      const functions = new Map(profile.function.map((fn) => [Number(fn.id), fn]));
      let sum = 0;
      for (const { locationId, value, label } of profile.sample) {
        assert.equal(value.length, profile.sampleType.length);
        sum += Number(value[0]);
        assert.ok(locationId.length > 0);
        for (const id of locationId) {
          const [line] = locations.get(Number(id))!.line;
          const fn = functions.get(Number(line!.functionId))!;
          assert.notEqual(strings[Number(fn.name)], '');
          assert.notEqual(fn.name, fn.systemName);
        }
        assert.ok(label.some(({ key }) => strings[Number(key)] === 'thread'));
      }
      assert.equal(sum, samplesIn(set));
      assert.equal(strings[0], '');
    });

  it('keeps what pprof would take for a template, and says for how long', async () => {
    const profile = Profile.decode(gunzipSync(written('pprof', await sample('classic-recipe'))));
    const { strings } = profile.stringTable;
    assert.deepEqual(
      profile.sampleType.map(({ type, unit }) => [strings[Number(type)], strings[Number(unit)]]),
      [
        ['samples', 'count'],
        ['wall', 'nanoseconds'],
      ],
    );
    const module = profile.function.find(({ name }) => strings[Number(name)] === '<module>')!;
    assert.match(strings[Number(module.systemName)]!, /order_service\.py:<module>$/);
    const stuck = profile.sample.find(({ label }) => label.some(({ str }) => strings[Number(str)] === 'stuck'))!;
    assert.deepEqual(stuck.value.map(Number), [3, 90e9]);
    assert.equal(Number(profile.timeNanos), Date.UTC(2026, 10, 23, 9, 30) * 1e6);
  });
});

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Record<string, unknown>;
}

describe('report --to chrome-trace', () => {
  const eventsOf = (set: DumpSet): TraceEvent[] =>
    (JSON.parse(written('chrome-trace', set).toString()) as { traceEvents: TraceEvent[] }).traceEvents;

  for (const [name, make] of SETS)
    it(`keeps the rules of the trace event format: ${name}`, async () => {
      const set = await make();
      const threads = new Map<string, TraceEvent[]>();
      const named = new Set<string>();
      for (const event of eventsOf(set)) {
        const { ph, pid, tid, args } = event;
        assert.ok(Number.isInteger(pid) && Number.isInteger(tid));
        const key = `${pid} ${tid}`;
        if (ph === 'M') {
          assert.ok(['process_name', 'thread_name', 'thread_sort_index'].includes(event.name));
          assert.ok(args['name'] !== undefined || args['sort_index'] !== undefined);
          if (event.name === 'thread_name') named.add(key);
        } else {
          assert.equal(ph, 'X');
          assert.ok(
            Number.isInteger(event.ts) && event.ts! >= 0 && Number.isInteger(event.dur) && event.dur! > 0,
            JSON.stringify(event).slice(0, 300),
          );
          threads.set(key, [...(threads.get(key) ?? []), event]);
        }
      }
      for (const [key, events] of threads) {
        assert.ok(named.has(key));
        // complete events of a thread lie within one another or side by side, callers first
        const open: number[] = [];
        let before = 0;
        for (const { ts, dur } of events) {
          assert.ok(ts! >= before);
          before = ts!;
          while (open.length > 0 && open.at(-1)! <= ts!) open.pop();
          assert.ok(open.length === 0 || ts! + dur! <= open.at(-1)!, 'an event that begins in another ends in it');
          open.push(ts! + dur!);
        }
      }
    });

  it('shows what stands still as one long call, and says why it is suspected', async () => {
    const events = eventsOf(await sample('classic-recipe'));
    const calls = events.filter(({ name }) => name === 'await_confirmation');
    assert.equal(calls.length, 1);
    assert.deepEqual([calls[0]!.ts, calls[0]!.dur], [0, 90e6]);
    assert.equal(calls[0]!.args['verdict'], 'stuck');
    assert.match(String(calls[0]!.args['evidence']), /60 s at least/);
    // what moves is a call for each place
    assert.equal(events.filter(({ name }) => name === 'busy_until').length, 3);
  });
});

describe('dumps as samples of a profile', () => {
  const at = async (...times: (string | null)[]): Promise<DumpSet> => {
    const text = dumpText([
      { id: 1, frames: ['main:1'], main: true },
      { id: 2, frames: ['work:1'] },
    ]);
    return readText(Buffer.from(times.map((time) => `${time ?? 'a line'}\n${text}\n`).join('')));
  };
  const weights = async (...times: (string | null)[]): Promise<readonly number[]> => {
    const set = await at(...times);
    return profileOf(set, findStuck(set)).processes[0]!.weights;
  };

  it('stand for the time until the next dump, the last for as long as dumps are usually apart', async () => {
    assert.deepEqual(
      await weights('2026-11-23T09:30:00Z', '2026-11-23T09:30:10Z', '2026-11-23T09:30:30Z', '2026-11-23T09:30:40Z'),
      [10, 20, 10, 10],
    );
  });

  it('do not stand for a pause in which nobody looked', async () => {
    assert.deepEqual(
      await weights('2026-11-22T09:30:00Z', '2026-11-23T09:30:00Z', '2026-11-23T09:30:10Z', '2026-11-23T09:30:20Z'),
      [10, 10, 10, 10],
    );
  });

  it('share the time up to the next one when they have one time', async () => {
    assert.deepEqual(await weights('2026-11-23T09:30:00Z', '2026-11-23T09:30:00Z', '2026-11-23T09:30:10Z'), [5, 5, 10]);
  });

  it('are counted where they have no times', async () => {
    const set = await at(null, null);
    const { unit, start, processes } = profileOf(set, findStuck(set));
    assert.deepEqual([unit, start, processes[0]!.weights, processes[0]!.times], ['none', null, [1, 1], [0, 1]]);
  });
});
