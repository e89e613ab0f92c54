import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonCollector } from '../../src/reading/json-collector.js';
import { Kernel } from '../../src/reading/kernel/kernel.js';
import { readText } from '../../src/index.js';
import { sampleFile } from '../sample-files.js';

const parts = { key: 'workers', reduce: (item: unknown) => ({ reduced: item }) };

interface Collected {
  readonly value: unknown;
  readonly complete: boolean;
  readonly taken: number;
}

/** What is collected of a text (behind its brace) that comes in blocks of a length; and how much of it was taken. */
function collect(text: string, length: number, given: typeof parts | null = parts, kernel: Kernel | null = null): Collected {
  const bytes = kernel === null ? Buffer.from(text) : inKernel(text);
  const collector = new JsonCollector('{', given ?? undefined);
  let end = -1;
  for (let at = 1; at < bytes.length && end === -1; at += length)
    end = collector.take(bytes, at, Math.min(at + length, bytes.length), kernel);
  const found = collector.finish(end !== -1);
  return { value: found?.value, complete: found?.complete ?? false, taken: end === -1 ? bytes.length : end };
}

const kernel = Kernel.make()!;
const room = kernel.allocate(1 << 12)!;
const inKernel = (text: string): Buffer => room.subarray(0, room.write(text));

describe('an object taken out of a stream', () => {
  const text =
    '{"a": "}]\\"\\\\", "b": {"workers": [1, {"c": 2}]}, "workers" : [ {"d": [{}, "]"], "workers": [{"e": 3}]}, {"f": "ü"} , 7, []], "z": null} and more';
  const end = text.indexOf(' and');

  it('has its parts reduced, whatever blocks it comes in', () => {
    const whole = {
      a: '}]"\\',
      b: { workers: [1, { c: 2 }] },
      z: null,
      workers: [{ reduced: { d: [{}, ']'], workers: [{ e: 3 }] } }, { reduced: { f: 'ü' } }],
    };
    for (let length = 1; length < text.length; length++) {
      const found = collect(text, length);
      // a number is no part; an empty array is read as one
      const { workers, ...rest } = found.value as typeof whole;
      assert.deepEqual({ ...rest, workers: workers.filter(({ reduced }) => !Array.isArray(reduced)) }, whole, `blocks of ${length}`);
      assert.deepEqual([found.complete, found.taken], [true, Buffer.byteLength(text.slice(0, end))]);
    }
  });

  it('is the same where a kernel looks for the ends of its parts, whatever blocks it comes in', () => {
    for (let length = 1; length < text.length; length++) {
      assert.deepEqual(collect(text, length, parts, kernel), collect(text, length), `blocks of ${length}`);
      assert.deepEqual(collect(text.slice(0, length), 5, parts, kernel), collect(text.slice(0, length), 5), `cut at ${length}`);
    }
    const signs = [
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '\n',
      '|',
      ',',
      ':',
      '\\"',
      '"{',
      '{}',
      '[{"a": "b"}]',
      'ü',
      'some words of more than sixteen bytes',
    ];
    const signsAfter = fc.array(fc.constantFrom(...signs), { maxLength: 60 }).map((given) => given.join(''));
    fc.assert(
      fc.property(signsAfter, fc.integer({ min: 1, max: 40 }), (given, length) => {
        for (const whole of [`{"workers": [{${given}`, `{"workers": [{"a": ${given}}, {"b": 1}], "z": 2} and more`])
          assert.deepEqual(collect(whole, length, parts, kernel), collect(whole, length));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same without parts, but for what is reduced', () => {
    assert.deepEqual(collect(text, 7, null).value, JSON.parse(text.slice(0, end)));
  });

  it('is read as far as it goes when it is cut, at any byte', () => {
    for (let cut = 2; cut < end; cut++) {
      const found = collect(text.slice(0, cut), 5);
      assert.equal(found.complete, false);
      assert.equal(typeof found.value, 'object', `cut at ${cut}`);
    }
    const within = collect(text.slice(0, text.indexOf(', {"f"') - 2), 9).value as { workers: unknown[] };
    assert.deepEqual(within.workers, [{ reduced: { d: [{}, ']'], workers: [{ e: 3 }] } }]);
  });

  it('says that it is not whole when a part is damaged', () => {
    const found = collect('{"workers": [{"a": 1}, {"b" 2}, {"c": 3}]}', 100);
    assert.equal(found.complete, false);
    assert.deepEqual((found.value as { workers: unknown[] }).workers.at(-1), { reduced: { c: 3 } });
  });

  it('has no other prototype because a key says so', () => {
    const found = collect('{"__proto__": {"x": 1}, "workers": [{"__proto__": {"y": 2}}]}', 3);
    assert.equal(Object.getPrototypeOf(found.value), Object.prototype);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });
});

describe('a report of a process with workers', () => {
  const text = sampleFile('node-pool-stuck/report.20261123.093213.27785.0.003.json').toString();

  it('gives the threads that it has when all of it is parsed at once', async () => {
    const set = await readText(text);
    const report = JSON.parse(text) as { workers: { header: { threadId: number } }[] };
    assert.deepEqual(
      set.dumps[0]!.threads.slice(1).map(({ id }) => id),
      report.workers.map(({ header }) => String(header.threadId)),
    );
    assert.deepEqual(set.sources[0]!.warnings, []);
  });

  it('that is cut in a worker has those before it, and says that it is cut', async () => {
    const cut = text.slice(0, text.lastIndexOf('"javascriptStack"'));
    const set = await readText(cut);
    const [dump] = set.dumps;
    const all = (await readText(text)).dumps[0]!.threads.length;
    assert.equal(dump!.threads.length, all);
    assert.deepEqual(
      set.sources[0]!.warnings.map(({ code }) => code),
      ['cut-report'],
    );
  });
});
