import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readText, type DumpSet } from '../../src/index.js';
import { TEXT_ENVELOPES, RECORD_ENVELOPES } from '../../src/reading/envelopes.js';
import { readBlocksForTest } from './blocks.js';

const thread = (id: string, ...fns: string[]): string[] => [
  `Thread 0x${id.padStart(16, '0')} (most recent call first):`,
  ...fns.map((fn, i) => `  File "/srv/app/${fn}.py", line ${i + 1} in ${fn}`),
];
// names beyond ASCII: records are of UTF-8
const A = thread('a', 'wait_for_bank', 'zähle_Geld', '<module>');
const B = thread('b', 'flush', '_bootstrap');
const DUMP = [...B, '', ...A];
const NOISE = ['INFO listening on port 8080', 'INFO GET /health 200'];
const LOG = [...NOISE, 'Timeout (0:00:30)!', ...DUMP, ...NOISE, 'Timeout (0:00:30)!', ...DUMP, ...NOISE];

/** What a dump shows, without where it stands. */
const content = (set: DumpSet): unknown =>
  set.dumps.map((dump) => ({
    reason: dump.reason?.text,
    threads: dump.threads.map(({ id, stack }) => ({ id, frames: Array.from(set.stacks.frames(stack), (row) => set.frames.get(row)) })),
  }));

const stamp = (i: number): string =>
  `2024-05-17T09:30:${String(12 + Math.floor(i / 20)).padStart(2, '0')}.${String(123456 + i).padStart(6, '0')}`;
const FIRST = NOISE.length;
const firstTime = Date.parse('2024-05-17T09:30:12.123Z');

interface Case {
  readonly is: string;
  /** Id of the entry that reads it; null: learnt from the first line. */
  readonly id: string | null;
  readonly wrap: (line: string, i: number) => string;
  /** The same line of another source; null: the envelope names none. */
  readonly other: ((line: string, i: number) => string) | null;
  readonly time?: number;
  readonly pid?: number;
  readonly source?: string;
}

const record = (fields: (line: string, i: number) => object): ((line: string, i: number) => string) => {
  return (line, i) => JSON.stringify(fields(line, i));
};

const CASES: readonly Case[] = [
  { is: 'GitHub Actions, raw', id: null, wrap: (line, i) => `${stamp(i)}7Z ${line}`, other: null, time: firstTime },
  {
    is: 'gh run view --log',
    id: 'github-run-view',
    wrap: (line, i) => `test (3.12)\tRun pytest\t${stamp(i)}7Z ${line}`,
    other: (line, i) => `test (3.13)\tRun pytest\t${stamp(i)}7Z ${line}`,
    time: firstTime,
    source: 'test (3.12)',
  },
  {
    is: 'GitLab, time stamps',
    id: 'gitlab',
    wrap: (line, i) => `${stamp(i)}Z 01E ${line}`,
    other: (line, i) => `${stamp(i)}Z 00O ${line}`,
    time: firstTime,
  },
  {
    is: 'GitLab, records that go on',
    id: 'gitlab',
    wrap: (line, i) =>
      line.length < 20 ? `${stamp(i)}Z 01E ${line}` : `${stamp(i)}Z 01E ${line.slice(0, 11)}\n${stamp(i)}Z 01E+${line.slice(11)}`,
    other: null,
    time: firstTime,
  },
  { is: 'Jenkins, ISO', id: null, wrap: (line, i) => `[${stamp(i).slice(0, 23)}Z] ${line}`, other: null, time: firstTime },
  { is: 'Jenkins, clock', id: null, wrap: (line, i) => `09:30:${String(12 + i).padStart(2, '0')}  ${line}`, other: null },
  {
    is: 'docker compose 2',
    id: 'docker-compose',
    wrap: (line) => `shop-1    | ${line}`,
    other: (line) => `worker-1  | ${line}`,
    source: 'shop-1',
  },
  {
    is: 'docker compose 1',
    id: 'docker-compose',
    wrap: (line) => `shop_1    | ${line}`,
    other: (line) => `worker_1  | ${line}`,
    source: 'shop_1',
  },
  {
    is: 'docker compose 1, coloured',
    id: 'docker-compose',
    wrap: (line) => `\x1b[33mshop_1    |\x1b[0m ${line}`,
    other: (line) => `\x1b[36mworker_1  |\x1b[0m ${line}`,
    source: 'shop_1',
  },
  {
    is: 'docker compose -t',
    id: 'docker-compose',
    wrap: (line, i) => `shop-1  | ${stamp(i)}789Z ${line}`,
    other: (line, i) => `shop-2  | ${stamp(i)}789Z ${line}`,
    time: firstTime,
    source: 'shop-1',
  },
  {
    is: "docker's json-file",
    id: 'docker-json-file',
    wrap: record((line, i) => ({ log: `${line}\n`, stream: 'stderr', time: `${stamp(i)}789Z` })),
    other: record((line, i) => ({ log: `${line}\n`, stream: 'stdout', time: `${stamp(i)}789Z` })),
    time: firstTime,
  },
  {
    is: "docker's json-file in pieces",
    id: 'docker-json-file',
    wrap: (line, i) =>
      [line.slice(0, 30), ...(line.length > 30 ? [line.slice(30)] : [])]
        .map((piece, at, all) =>
          JSON.stringify({ log: piece + (at === all.length - 1 ? '\n' : ''), stream: 'stderr', time: `${stamp(i)}789Z` }),
        )
        .join('\n'),
    other: record((line, i) => ({ log: `${line}\n`, stream: 'stdout', time: `${stamp(i)}789Z` })),
    time: firstTime,
  },
  {
    is: 'CRI',
    id: 'cri',
    wrap: (line, i) => `${stamp(i)}789Z stderr F ${line}`,
    other: (line, i) => `${stamp(i)}789Z stdout F ${line}`,
    time: firstTime,
  },
  {
    is: 'CRI in pieces',
    id: 'cri',
    wrap: (line, i) =>
      line.length < 40
        ? `${stamp(i)}789Z stderr F ${line}`
        : `${stamp(i)}789Z stderr P ${line.slice(0, 35)}\n${stamp(i)}789Z stderr F ${line.slice(35)}`,
    other: (line, i) => `${stamp(i)}789Z stdout F ${line}`,
    time: firstTime,
  },
  {
    is: 'kubectl --prefix',
    id: 'kubectl',
    wrap: (line) => `[pod/shop-6f7d8b9c5-x2x4q/app] ${line}`,
    other: (line) => `[pod/shop-6f7d8b9c5-x2x5r/app] ${line}`,
    source: 'shop-6f7d8b9c5-x2x4q/app',
  },
  {
    is: 'kubectl --prefix --timestamps',
    id: 'kubectl',
    wrap: (line, i) => `[pod/shop-6f7d8b9c5-x2x4q/app] ${stamp(i)}789Z ${line}`,
    other: (line, i) => `[pod/shop-6f7d8b9c5-x2x5r/app] ${stamp(i)}789Z ${line}`,
    time: firstTime,
    source: 'shop-6f7d8b9c5-x2x4q/app',
  },
  { is: 'kubectl --timestamps', id: null, wrap: (line, i) => `${stamp(i)}789Z ${line}`, other: null, time: firstTime },
  {
    is: 'stern',
    id: 'stern',
    wrap: (line) => `shop-6f7d8b9c5-x2x4q app › ${line}`,
    other: (line) => `shop-6f7d8b9c5-x2x5r app › ${line}`,
  },
  {
    is: 'journalctl, which drops empty lines',
    id: 'syslog',
    wrap: (line, i) => (line === '' ? '' : `May 17 09:30:${String(12 + Math.floor(i / 8)).padStart(2, '0')} web-3 shop[1234]: ${line}`),
    other: (line, i) => `May 17 09:30:${String(12 + Math.floor(i / 8)).padStart(2, '0')} web-3 shop[1235]: ${line}`,
    pid: 1234,
    source: 'web-3 shop',
  },
  {
    is: 'journalctl -o short-iso',
    id: 'syslog-iso',
    wrap: (line, i) => `${stamp(i).slice(0, 19)}+0000 web-3 python3[1234]: ${line}`,
    other: (line, i) => `${stamp(i).slice(0, 19)}+0000 web-3 python3[99]: ${line}`,
    time: Date.parse('2024-05-17T09:30:12Z'),
    pid: 1234,
    source: 'web-3 python3',
  },
  {
    is: 'journalctl -o short-full',
    id: 'journald-full',
    wrap: (line, i) => `Fri ${stamp(i).slice(0, 19).replace('T', ' ')} UTC web-3 shop[1234]: ${line}`,
    other: (line, i) => `Fri ${stamp(i).slice(0, 19).replace('T', ' ')} UTC web-3 shop[1235]: ${line}`,
    time: Date.parse('2024-05-17T09:30:12Z'),
    pid: 1234,
  },
  {
    is: 'journalctl -o short-monotonic',
    id: 'journald-monotonic',
    wrap: (line, i) => `[ 1234.${String(567890 + i)}] web-3 shop[1234]: ${line}`,
    other: (line, i) => `[ 1234.${String(567890 + i)}] web-3 shop[1235]: ${line}`,
    pid: 1234,
  },
  {
    is: 'journalctl -o json',
    id: 'journald-json',
    wrap: record((line, i) => ({
      __REALTIME_TIMESTAMP: String((firstTime + i) * 1000),
      _HOSTNAME: 'web-3',
      _SYSTEMD_UNIT: 'shop.service',
      _PID: '1234',
      MESSAGE: i % 3 === 0 ? [...Buffer.from(line)] : line,
    })),
    other: record((line, i) => ({
      __REALTIME_TIMESTAMP: String((firstTime + i) * 1000),
      _HOSTNAME: 'web-3',
      _SYSTEMD_UNIT: 'shop.service',
      _PID: '77',
      MESSAGE: line,
    })),
    time: firstTime + FIRST,
    pid: 1234,
    source: 'web-3 shop.service',
  },
  {
    is: 'journalctl -o export',
    id: 'journald-export',
    wrap: (line, i) =>
      `__CURSOR=s=${i}\n__REALTIME_TIMESTAMP=${(firstTime + i) * 1000}\n_HOSTNAME=web-3\nMESSAGE=${line}\n_SYSTEMD_UNIT=shop.service\n_PID=1234\n`,
    other: (line, i) =>
      `__CURSOR=s=${i}\n__REALTIME_TIMESTAMP=${(firstTime + i) * 1000}\n_HOSTNAME=web-3\nMESSAGE=${line}\n_SYSTEMD_UNIT=shop.service\n_PID=77\n`,
    time: firstTime + FIRST,
    pid: 1234,
    source: 'web-3 shop.service',
  },
  {
    is: 'syslog, RFC 5424',
    id: 'syslog-5424',
    wrap: (line, i) => `<11>1 ${stamp(i)}Z web-3 shop 1234 - - ${line}`,
    other: (line, i) => `<11>1 ${stamp(i)}Z web-3 shop 1235 - [x@1 a="b"] ${line}`,
    time: firstTime,
    pid: 1234,
    source: 'web-3 shop',
  },
  {
    is: 'Heroku',
    id: 'heroku',
    wrap: (line, i) => `${stamp(i)}+00:00 app[web.1]: ${line}`,
    other: (line, i) => `${stamp(i)}+00:00 app[web.2]: ${line}`,
    time: firstTime,
    source: 'app[web.1]',
  },
  { is: 'pm2', id: 'pm2', wrap: (line) => `0|orders   | ${line}`, other: (line) => `1|orders   | ${line}`, source: '0|orders' },
  { is: 'concurrently', id: 'bracketed-name', wrap: (line) => `[api] ${line}`, other: (line) => `[web] ${line}`, source: 'api' },
  { is: 'pytest-xdist', id: 'bracketed-name', wrap: (line) => `[gw0] ${line}`, other: (line) => `[gw1] ${line}`, source: 'gw0' },
  { is: 'torchrun', id: 'rank', wrap: (line) => `[rank0]: ${line}`, other: (line) => `[rank1]: ${line}`, source: 'rank0' },
  {
    is: 'vLLM and Ray',
    id: 'worker-pid',
    wrap: (line) => `(Worker pid=4711) ${line}`,
    other: (line) => `(Worker pid=4712) ${line}`,
    pid: 4711,
    source: 'Worker',
  },
  {
    is: 'Python logging',
    id: null,
    wrap: (line, i) => `2024-05-17 09:30:12,${String(100 + i)} ERROR    shop.watchdog: ${line}`,
    other: null,
    time: Date.parse('2024-05-17T09:30:12.102Z'),
  },
  {
    is: 'JSON log records',
    id: 'json-record',
    wrap: record((line, i) => ({ level: 'error', ts: (firstTime + i) / 1000, service: 'shop', pid: 1234, msg: line })),
    other: record((line, i) => ({ level: 'error', ts: (firstTime + i) / 1000, service: 'shop', pid: 77, msg: line })),
    time: firstTime + FIRST,
    pid: 1234,
    source: 'shop',
  },
  {
    is: 'JSON log records with names beyond ASCII',
    id: 'json-record',
    wrap: record((line) => ({ größe: 'ü', müll: { 'Text ä': line } })),
    other: null,
  },
  {
    is: 'JSON log records of docker compose -t',
    id: 'json-record',
    wrap: (line, i) => `shop-1  | ${stamp(i)}789Z ${JSON.stringify({ severity: 'ERROR', event: line })}`,
    other: (line, i) => `shop-2  | ${stamp(i)}789Z ${JSON.stringify({ severity: 'ERROR', event: line })}`,
    time: firstTime,
    source: 'shop-1',
  },
  { is: 'a quotation', id: null, wrap: (line) => `> ${line}`, other: null },
  { is: 'a quotation of a quotation', id: null, wrap: (line) => `> > ${line}`, other: null },
  { is: 'comment marks', id: null, wrap: (line) => `# ${line}`, other: null },
  { is: 'line numbers', id: null, wrap: (line, i) => `${String(i + 1).padStart(4)}  ${line}`, other: null },
  { is: 'line numbers of grep -n', id: null, wrap: (line, i) => `${i + 1}:${line}`, other: null },
  { is: 'indentation', id: null, wrap: (line) => `\t    ${line}`, other: null },
  {
    is: 'HTML escapes',
    id: null,
    wrap: (line) => line.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    other: null,
  },
  { is: 'quotes with a backslash', id: null, wrap: (line) => line.replaceAll('"', '\\"'), other: null },
  { is: "Buildkite's marks", id: null, wrap: (line, i) => `\x1b_bk;t=${1715938212000 + i}\x07${line}`, other: null },
  { is: 'colours inside', id: null, wrap: (line) => line.replace(/in (\w+)$/, 'in \x1b[1;35m$1\x1b[0m'), other: null },
];

describe('envelopes of log collectors', () => {
  let plain: unknown;
  before(async () => {
    plain = content(await readText(LOG.join('\n')));
  });

  it('are all held by a case', () => {
    const tested = new Set(CASES.map(({ id }) => id));
    const needed = [...TEXT_ENVELOPES, ...RECORD_ENVELOPES].map(({ id }) => id).filter((id) => !id.startsWith('time'));
    assert.deepEqual(
      needed.filter((id) => !tested.has(id)),
      [],
    );
  });

  it('tell no digit from another', () => {
    const literal = (pattern: RegExp): string => pattern.source.replaceAll(/\\x[0-9a-f]{2}|\{[\d,]+\}|0-9/g, '');
    assert.deepEqual(
      TEXT_ENVELOPES.filter(({ pattern }) => /\d/.test(literal(pattern))).map(({ id }) => id),
      [],
    );
  });

  for (const { is, wrap, other, time, pid, source } of CASES) {
    it(`${is}: reads what it would read without it`, async () => {
      const set = await readText(LOG.map(wrap).join('\n'));
      assert.deepEqual(content(set), plain);
      if (time !== undefined) assert.equal(set.dumps[0]!.time, time);
      if (pid !== undefined) assert.equal(set.dumps[0]!.pid, pid);
      if (source !== undefined) assert.equal(set.dumps[0]!.origin, source);
      const physical = LOG.slice(0, FIRST).map(wrap).join('\n').split('\n').length + 1;
      assert.ok(
        set.dumps[0]!.line >= physical && set.dumps[0]!.line < physical + 4,
        `line ${set.dumps[0]!.line}, should be about ${physical}`,
      );
      assert.deepEqual(set.sources[0]!.warnings, []);
    });

    if (other === null) continue;
    it(`${is}: keeps two sources apart that write line by line`, async () => {
      const [mine, theirs] = [LOG, [...NOISE, ...LOG]];
      const lines = theirs.flatMap((line, i) => [...(mine[i] === undefined ? [] : [wrap(mine[i], i)]), other(line, i)]);
      const set = await readText(lines.join('\n'));
      assert.equal(set.dumps.length, 4);
      const whole = JSON.stringify((plain as unknown[])[0]);
      for (const dump of content(set) as unknown[]) assert.equal(JSON.stringify(dump), whole);
      if (source !== undefined && source !== 'shop' && pid === undefined)
        assert.equal(new Set(set.dumps.map((dump) => dump.origin)).size, 2);
      assert.deepEqual(set.sources[0]!.warnings, []);
    });
  }
});

describe('logs in envelopes', () => {
  const plainShape = (set: DumpSet): string => JSON.stringify([content(set), set.dumps.map(({ line }) => line)]);
  const texts = CASES.flatMap(({ wrap, other }) => [
    LOG.map(wrap).join('\n'),
    ...(other === null ? [] : [LOG.flatMap((line, i) => [wrap(line, i), other(line, i)]).join('\n')]),
  ]).map((text) => Buffer.from(text));

  it('give the same answer however the bytes are cut into blocks', () => {
    const whole = texts.map((text) => plainShape(readBlocksForTest(text, [text.length])));
    fc.assert(
      fc.property(fc.nat(texts.length - 1), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }), (which, sizes) => {
        assert.equal(plainShape(readBlocksForTest(texts[which]!, sizes)), whole[which]);
      }),
      { numRuns: 150 },
    );
  });

  it('that are cut, torn, shuffled or damaged give what they give, and never an error', () => {
    fc.assert(
      fc.property(
        fc.nat(texts.length - 1),
        fc.nat(texts.length - 1),
        fc.array(fc.tuple(fc.nat(200), fc.nat(200), fc.nat(255)), { maxLength: 40 }),
        (which, another, damages) => {
          const lines = [...texts[which]!.toString('latin1').split('\n'), ...texts[another]!.toString('latin1').split('\n')];
          for (const [line, at, byte] of damages) {
            const target = line % lines.length;
            const text = lines[target]!;
            const cut = at % (text.length + 1);
            if (byte < 64) lines[target] = text.slice(0, cut);
            else if (byte < 128) lines[target] = text.slice(cut);
            else if (byte < 192) lines.splice(target, 1);
            else lines[target] = text.slice(0, cut) + String.fromCharCode(byte) + text.slice(cut);
          }
          const bytes = Buffer.from(lines.join('\n'), 'latin1');
          const set = readBlocksForTest(bytes, [bytes.length]);
          for (const dump of set.dumps) assert.ok(dump.line >= 1 && dump.line <= bytes.toString('latin1').split('\n').length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what looks like an envelope and is none', () => {
  it('is left when it does not come again', async () => {
    const set = await readText([' 50%|#####     | Timeout (0:00:30)!', ...DUMP].join('\n'));
    assert.deepEqual(
      set.dumps.map((dump) => dump.threads.length),
      [2],
    );
  });

  it('is read as text when a record is broken', async () => {
    const lines = LOG.map((line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2024-05-17T09:30:12Z' }));
    lines[7] = lines[7]!.slice(0, 20);
    const set = await readText(lines.join('\n'));
    assert.equal(set.dumps.length, 2);
    assert.equal(set.dumps[1]!.threads.length, 2);
  });
});
