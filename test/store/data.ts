import { createHash } from 'node:crypto';
import type { Batch, DumpRecord, KeptVerdict, StackRecord, ThreadRecord } from '../../src/store/index.js';

const hex = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** Numbers between 0 and 1, the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const T0 = Date.UTC(2026, 9, 1);
export const DAY = 86_400_000;

/** Names that have meant something to some database, shell or format. */
export const HOSTILE = [
  `o'brien`,
  `back\\slash'`,
  `'; DROP TABLE texts; --`,
  'new\nline\ttab\r',
  '{"json":[1]}',
  'a"b`c$d%e',
  '名前🧵',
  '\\N',
  '',
  '\u001b[31mred',
];

export interface ThreadShape {
  readonly verdict: KeptVerdict;
  /** Function that it stands in; null: no stack. */
  readonly at: string | null;
  readonly name?: string;
  readonly line?: number;
  readonly wait?: ThreadRecord['wait'];
}

export function stackOf(fn: string, line = 10): StackRecord {
  const frames = [
    ['wait', '/usr/lib/python3.11/threading.py', 327],
    [fn, '/srv/app/shop.py', line],
    [null, null, null],
  ] as const;
  return { key: hex(`stack ${fn} ${line}`, 16), depth: 3, frames };
}

export const fingerprintOf = (fn: string): string => hex(`print ${fn}`, 16);

function threadOf({ verdict, at, name, line = 10, wait = null }: ThreadShape): ThreadRecord {
  const hung = verdict === 'stuck' || verdict === 'suspect';
  return {
    id: name === undefined ? null : `0x${hex(name, 8)}`,
    name: name ?? null,
    kind: 'thread',
    verdict,
    role: hung ? 'culprit' : null,
    score: verdict === 'stuck' ? 0.85 : hung ? 0.5 : null,
    wait,
    waitBy: wait === null ? null : 'a.rule',
    fingerprint: at === null ? null : fingerprintOf(at),
    function: at,
    file: at === null ? null : '/srv/app/shop.py',
    line: at === null ? null : line,
    stack: at === null ? null : stackOf(at, line).key,
  };
}

export interface DumpShape {
  readonly id: string;
  readonly incident?: string;
  readonly build?: string | null;
  readonly host?: string | null;
  readonly labels?: readonly string[];
  readonly at?: number;
  readonly time?: number | null;
  readonly added?: number;
  readonly source?: string;
  readonly threads: readonly ThreadShape[];
}

export function dumpOf(shape: DumpShape): DumpRecord {
  const {
    id,
    incident = id,
    build = null,
    host = null,
    labels = [],
    at = T0,
    time = at,
    added = Math.max(at, T0 + DAY),
    source = 'dump.log',
  } = shape;
  const verdicts = shape.threads.map(({ verdict }) => verdict);
  return {
    key: hex(`dump ${id}`, 32),
    incident: hex(`incident ${incident}`, 16),
    build,
    host,
    labels,
    at,
    time,
    timeFrom: time === null ? null : 'log',
    added,
    source,
    line: 1,
    format: 'faulthandler',
    runtime: 'python',
    kind: 'snapshot',
    pid: 4711,
    origin: null,
    reason: null,
    verdict: verdicts.includes('stuck') ? 'stuck' : verdicts.includes('suspect') ? 'suspect' : 'inconclusive',
    threads: shape.threads.map(threadOf),
  };
}

export function batchOf(...shapes: readonly DumpShape[]): Batch {
  const dumps = shapes.map(dumpOf);
  const stacks = new Map<string, StackRecord>();
  for (const { threads } of shapes)
    for (const { at, line } of threads) if (at !== null) stacks.set(stackOf(at, line).key, stackOf(at, line));
  const runs = dumps.map(({ build, host, labels, added }) => ({ build, host, labels, at: added }));
  return { runs, stacks: [...stacks.values()], dumps };
}

/** Sixty nightly builds on five hosts, one with a clock that is ahead, with names that are hostile, and batches in which nothing hangs. */
export function nightlies(seed = 1, builds = 60): Batch[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const hosts = ['ci-1', 'ci-2', 'ahead', `o'brien`, null];
  const verdicts: readonly KeptVerdict[] = ['stuck', 'suspect', 'inconclusive', 'unknown', 'progressing', 'idle', 'idle', 'idle'];
  const batches: Batch[] = [];
  for (let build = 800; build < 800 + builds; build++) {
    const host = pick(hosts);
    const added = T0 + (build - 800) * DAY + 3_600_000;
    const name = build % 20 === 19 ? null : String(build);
    if (next() < 0.2) {
      batches.push({ runs: [{ build: name, host, labels: [], at: added }], stacks: [], dumps: [] });
      continue;
    }
    const shapes: DumpShape[] = [];
    for (let process = 0; process < 1 + Math.floor(next() * 2); process++) {
      for (let dump = 0; dump < 3; dump++) {
        const time = next() < 0.1 ? null : added - 600_000 + dump * 10_000 + (host === 'ahead' ? 7_200_000 : 0);
        shapes.push({
          id: `${build}.${process}.${dump}`,
          incident: `${build}.${process}`,
          build: name,
          host,
          labels: [`branch=${pick(['main', `it's`])}`, `n=${build % 3}`],
          time,
          at: time === null || time > added ? added : time,
          added,
          source: pick(HOSTILE) + '.log',
          threads: Array.from({ length: 1 + Math.floor(next() * 6) }, () => ({
            verdict: pick(verdicts),
            at: next() < 0.05 ? null : `fn_${pick(['a', 'b', 'c', 'd', `'e\\`, String(build % 7)])}`,
            name: pick(HOSTILE),
            line: 10 + Math.floor(next() * 2),
            wait: pick([null, 'lock', 'queue'] as const),
          })),
        });
      }
    }
    batches.push(batchOf(...shapes));
  }
  return batches;
}
