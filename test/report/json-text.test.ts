import assert from 'node:assert/strict';
import { successivePairs } from '../../src/index.js';
import { WRITERS, analyzeJson, diffJson, jsonText, stuckJson, type ReportInput, type ReportWriter } from '../../src/report/index.js';
import { HOSTILE, hostileInput, setOf } from './hostile.js';
import { inputOf, written } from './report-input.js';

/** What a terminal obeys or turns, and what CI services take for commands wherever it stands on a line (`::name` first on it). */
const ACTS =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9]|\udb40|##(?:vso|teamcity)?\[|^\s*::|^(?:---|\+\+\+|~~~|\^\^\^)/m;

describe('JSON that is printed', () => {
  it('is what JSON.stringify would write, to whoever reads it', () => {
    const value = { list: HOSTILE, ['##vso[key\x9b']: { deep: '\u202e##[##teamcity[#[' }, number: 1.5, none: null };
    assert.deepEqual(JSON.parse(jsonText(value)), value);
    assert.deepEqual(JSON.parse(jsonText(value, 1)), value);
    assert.equal(jsonText({ a: ['plain # text', '##vso'] }), '{"a":["plain # text","##vso"]}');
    assert.equal(jsonText({ a: '##[x\x9b\u202e' }), String.raw`{"a":"\u0023#[x\u009b\u202e"}`);
    assert.equal(jsonText({ a: 'x\u{e0041}\u206a👍' }), String.raw`{"a":"x\udb40\udc41\u206a👍"}`);
  });

  let inputs: ReportInput[] = [];
  before(async () => (inputs = [await hostileInput(), inputOf(setOf(HOSTILE, 3))]));

  const documents: [string, (input: ReportInput) => Iterable<string | Uint8Array>][] = [
    ['analyze', ({ set }) => analyzeJson(set)],
    ['stuck', ({ set, stuck }) => stuckJson(set, stuck)],
    ['diff', ({ set }) => diffJson(set, successivePairs(set))],
  ];
  for (const [name, document] of documents) {
    it(`acts on nobody: ${name}`, () => {
      for (const input of inputs) {
        const text = Buffer.concat(Array.from(document(input), (piece) => Buffer.from(piece))).toString('utf8');
        JSON.parse(text);
        assert.doesNotMatch(text, ACTS);
        assert.match(text, /\\u0023#vso\[task/);
      }
    });
  }

  /** Whose own lines are commands. */
  const own: ReadonlySet<ReportWriter['id']> = new Set(['github', 'azure', 'teamcity', 'buildkite', 'pprof']);
  for (const writer of WRITERS.filter(({ id }) => !own.has(id))) {
    it(`nor does a report in a log: ${writer.id}`, () => {
      for (const input of inputs) {
        // csv ends its lines as RFC 4180 has it; the page's own program is no text of a dump
        const text = written(writer, input)
          .replaceAll('\r\n', '\n')
          .replace(/<script>.*?<\/script>/s, '');
        assert.doesNotMatch(text, ACTS);
      }
    });
  }
});
