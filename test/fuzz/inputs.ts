import fc from 'fast-check';
import { HOSTILE } from '../report/hostile.js';
import { SAMPLE_FILES } from '../sample-files.js';

/** Longest input: most faults need a few lines, and many short ones find more of them than few long ones. */
const LONGEST = 6000;

const SAMPLES = SAMPLE_FILES.map(({ bytes }) => bytes).filter((bytes) => bytes.length > 0);
/** Lines of all samples, as what may stand anywhere. */
const LINES = [...new Set(SAMPLES.flatMap((bytes) => bytes.subarray(0, 60_000).toString('latin1').split('\n')))].filter(
  (line) => line.length < 400,
);

const line = fc.nat(LINES.length - 1).map((i) => LINES[i]!);
const hostile = fc.constantFrom(...HOSTILE, '\r', '\u2028', '\0', '"'.repeat(50), '\\'.repeat(40), '('.repeat(60), ' '.repeat(200), '[]{}');
const id = fc.integer({ min: 0, max: 0xffffff }).map((n) => `0x${n.toString(16).padStart(16, '0')}`);
const name = fc.oneof(fc.constantFrom('work', '<module>', 'Repo.load [as x]', '???', ''), hostile, fc.string({ maxLength: 20 }));

const pythonFrame = fc
  .tuple(name, name, fc.integer({ min: -1, max: 1e9 }))
  .map(([file, fn, at]) => `  File "/srv/${file}.py", line ${at} in ${fn}`);
const tracebackFrame = fc
  .tuple(name, name, fc.nat(9999))
  .map(([file, fn, at]) => `  File "/srv/${file}.py", line ${at}, in ${fn}\n    ${fn}()`);
const pythonDump = fc
  .tuple(
    fc.constantFrom('', 'Timeout (0:00:30)!\n', 'Fatal Python error: Aborted\n\n', 'Process 7: python x\nPython v3.11.2 (/x)\n\n'),
    fc.array(
      fc.tuple(
        fc.constantFrom('Thread', 'Current thread'),
        id,
        fc.constantFrom('', ' [a b]', ' <x>'),
        fc.array(fc.oneof({ weight: 8, arbitrary: pythonFrame }, tracebackFrame, line), { maxLength: 8 }),
      ),
      { maxLength: 5 },
    ),
  )
  .map(
    ([cause, threads]) =>
      cause +
      threads.map(([word, who, called, frames]) => `${word} ${who}${called} (most recent call first):\n${frames.join('\n')}`).join('\n\n'),
  );

const v8Frame = fc
  .tuple(name, name, fc.nat(1e6), fc.nat(999))
  .map(([fn, file, at, column]) => `at ${fn} (/srv/${file}.js:${at}:${column})`);
const nodeError = fc
  .tuple(name, fc.array(v8Frame, { maxLength: 12 }))
  .map(([message, frames]) => [`Error: ${message}`, ...frames.map((frame) => `    ${frame}`)].join('\n'));

/** A value where a report has another one. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 1e308, '', [], {}, [[[]]], 'NaN', '0x'),
  hostile,
  fc.jsonValue({ maxDepth: 2 }),
);
const often = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> => fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: odd });
const header = fc.record(
  {
    reportVersion: often(fc.integer({ min: 1, max: 5 })),
    event: often(name),
    trigger: often(fc.constantFrom('Signal', 'API', 'Exception', 'FatalError')),
    dumpEventTime: often(fc.constant('2026-11-23T03:24:01Z')),
    dumpEventTimeStamp: often(fc.integer({ min: 0, max: 2e12 }).map(String)),
    processId: often(fc.nat(70_000)),
    threadId: often(fc.nat(20)),
    nodejsVersion: often(fc.constantFrom('v12.22.1', 'v20.20.2', 'x')),
  },
  { requiredKeys: ['event'] },
);
const report = fc.letrec<{ report: unknown }>((tie) => ({
  report: fc.record(
    {
      header: often(header),
      javascriptStack: often(fc.record({ message: often(name), stack: often(fc.array(often(fc.oneof(v8Frame, name)), { maxLength: 6 })) })),
      nativeStack: often(fc.array(often(fc.record({ pc: often(id), symbol: often(name) })), { maxLength: 3 })),
      libuv: often(
        fc.array(
          often(
            fc.record({
              type: often(fc.constantFrom('tcp', 'loop', 'timer', 'pipe')),
              is_active: odd,
              remoteEndpoint: odd,
              firesInMsFromNow: odd,
            }),
          ),
          { maxLength: 3 },
        ),
      ),
      uvthreadResourceUsage: often(fc.record({ userCpuSeconds: often(fc.double()) })),
      workers: often(fc.oneof({ maxDepth: 2 }, fc.constant([]), fc.array(tie('report'), { maxLength: 2 }))),
    },
    { requiredKeys: ['header'] },
  ),
})).report;
const json = fc.tuple(report, fc.constantFrom(0, 2)).map(([value, indent]) => JSON.stringify(value, null, indent));

const prefix = fc.constantFrom(
  '',
  '',
  '',
  '2026-11-23T09:30:12.123456Z ',
  'web-1  | ',
  '[rank0]: ',
  'May 17 09:30:12 h x[7]: ',
  '1 2 3 4 ',
  '[gw0] ',
  'I ',
);
const piece = fc.oneof(
  { weight: 4, arbitrary: pythonDump },
  { weight: 2, arbitrary: json },
  { weight: 2, arbitrary: nodeError },
  { weight: 2, arbitrary: fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')) },
  fc.array(hostile, { maxLength: 4 }).map((texts) => texts.join('\n')),
);

/** A text that knows the formats: dumps and pieces of dumps one after the other, behind the prefix of a log. */
const written: fc.Arbitrary<Buffer> = fc
  .tuple(fc.array(fc.tuple(prefix, piece), { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\n', '\r\n', '\n\n'))
  .map(([pieces, end]) => pieces.map(([before, text]) => before + text.replaceAll('\n', end + before)).join(end + end))
  .map((text) => Buffer.from(text, 'utf8').subarray(0, LONGEST));

type Change = readonly [kind: number, at: number, length: number, from: number];

/** A part of a sample with some of its bytes turned, left out, doubled, or taken from another place or sample. */
const mutated: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.nat(SAMPLES.length - 1),
    fc.nat(),
    fc.integer({ min: 50, max: LONGEST }),
    fc.array(fc.tuple(fc.nat(6), fc.nat(), fc.nat(40), fc.nat()), { minLength: 1, maxLength: 6 }),
  )
  .map(([which, start, length, changes]) => {
    const sample = SAMPLES[which]!;
    const from = start % 3 === 0 ? start % sample.length : 0;
    return changes.reduce(change, sample.subarray(from, from + length));
  });

function change(bytes: Buffer, [kind, place, length, from]: Change): Buffer {
  if (bytes.length === 0) return bytes;
  const at = place % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const other = SAMPLES[from % SAMPLES.length]!;
  switch (kind) {
    case 0: {
      const turned = Buffer.from(bytes);
      turned[at]! ^= 1 << (from % 8);
      return turned;
    }
    case 1:
      return Buffer.concat([before, after.subarray(length)]);
    case 2:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 3:
      return Buffer.concat([before, other.subarray(from % other.length, (from % other.length) + length * 20), after]);
    case 4:
      return Buffer.concat([before, Buffer.from(HOSTILE[from % HOSTILE.length]!, 'utf8'), after]);
    case 5:
      return Buffer.concat([before, Buffer.alloc(length, from % 256), after]);
    default:
      return before;
  }
}

/** Inputs of one seed. The same seed gives the same inputs. */
export function inputsOf(seed: number, count: number): Buffer[] {
  return fc.sample(fc.oneof(written, mutated, mutated), { seed, numRuns: count });
}
