import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readText, type DumpSet } from '../../src/index.js';

type Order = (a: string, b: string) => number;

const byName: Order = (a, b) => (a < b ? -1 : 1);
/** That of PostgreSQL's jsonb. */
const byLength: Order = (a, b) => a.length - b.length || byName(a, b);

function ordered(value: unknown, order: Order): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, order));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => order(a, b))
      .map(([key, item]) => [key, ordered(item, order)]),
  );
}

const SAMPLE = 'samples/node-pool-healthy/report.20261123.093213.26117.0.003.json';
const report = JSON.parse(readFileSync(SAMPLE, 'utf8')) as Record<string, unknown>;
// as reports are that were made without --report-exclude-env, and of more than a block
const withEnvironment = {
  ...report,
  environmentVariables: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`NAME_${i}`, `{"value": [${i}, "\\"`.repeat(2)])),
};

const told = (set: DumpSet): unknown =>
  set.dumps.map(({ time, pid, runtimeVersion, reason, threads }) => [
    time,
    pid,
    runtimeVersion,
    reason,
    threads.map(({ id, name, kind, activity, stack }) => [
      id,
      name,
      kind,
      activity,
      Array.from(set.stacks.frames(stack), (row) => set.frames.functionOf(row)),
    ]),
  ]);

describe('Node reports whose keys were ordered on their way', () => {
  const orders: readonly [string, Order][] = [
    ['by name, as jq -S does', byName],
    ['by length, as PostgreSQL does', byLength],
  ];
  for (const [name, order] of orders)
    for (const [layout, indent, before] of [
      ['on many lines', 2, ''],
      ['on one', 0, ''],
      ['behind a prefix', 0, '2026-11-23T09:40:00Z app-1 | '],
    ] as const)
      it(`${name}: ${layout}`, async () => {
        const expected = told(await readText(JSON.stringify(report)));
        for (const given of [report, withEnvironment]) {
          const text = `${before}${JSON.stringify(ordered(given, order), null, indent)}\n`;
          const set = await readText(`${text}${text}`);
          assert.deepEqual(told(set), [...(expected as unknown[]), ...(expected as unknown[])]);
          assert.deepEqual(
            set.sources.flatMap(({ warnings }) => warnings),
            [],
          );
        }
      });

  it('takes other objects with a header for none, and goes on behind it', async () => {
    const others = [
      '{"level":"info","header":{"host":"example.org","arch":"x64"},"stack":"',
      '{"level":"info","header":{"cwd":"/srv","user":"ann"},"stack":"',
      '{"level":"info","header":{"event":"x","trigger":"y"},"stack":"',
      '{"level":"info","libuv":[{"type":"timer"',
      '"header": {"nodejsVersion": "v20.0.0"',
    ];
    const dump = 'Thread 0x0000000000000001 (most recent call first):\n  File "/app/a.py", line 1 in work\n';
    for (const other of others) {
      const set = await readText(`${other}\n${dump}`);
      assert.deepEqual([other, set.dumps.map(({ format }) => format)], [other, ['faulthandler']]);
    }
  });
});
