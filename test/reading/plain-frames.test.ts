import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GRAMMARS, parseLine, type LineGrammar, type LineToken, type PlainFrame } from '../../grammars/index.js';
import { FrameTable, StackTable, type Frame } from '../../src/model/index.js';
import { Meanings } from '../../src/reading/meanings.js';
import { PlainFrames } from '../../src/reading/plain-frames.js';

const promising = GRAMMARS.filter((grammar): grammar is LineGrammar & { plainFrame: PlainFrame } => {
  return grammar.kind === 'lines' && grammar.plainFrame !== undefined;
});

const viewOn = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** A line's frame without its grammar, between other bytes. */
function readPlainly(form: PlainFrame, line: string): Frame | null {
  const frames = new FrameTable();
  const bytes = Buffer.from(`12${line}34`, 'utf8');
  const row = new PlainFrames(form, frames).read(bytes, viewOn(bytes), 2, bytes.length - 2);
  return row < 0 ? null : frames.get(row);
}

const SIGNS = Array.from({ length: 0x7f - 0x21 }, (_, i) => String.fromCharCode(0x21 + i)).filter((sign) => !'"&?\\'.includes(sign));
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(...SIGNS), minLength: 1, maxLength: 300 }),
  fc.constantFrom('<module>', '<lambda>', 'A.b.<locals>.c', 'in', 'line', '1', 'File', '__proto__', ':1', "'", ',line', '...', '/a.py'),
);
const number = fc.oneof(fc.nat(999_999_999).map(String), fc.constantFrom('0', '007', '000000000', '999999999'));

describe('frames of the form that a grammar promises', () => {
  it('are promised by faulthandler', () => {
    assert.deepEqual(
      promising.map(({ id }) => id),
      ['faulthandler'],
    );
  });

  for (const { id, plainFrame, line: grammar } of promising) {
    const [beforeFile, beforeLine, beforeFunction] = plainFrame;

    it(`${id}: are read, and are to the grammar what they are read as`, () => {
      fc.assert(
        fc.property(name, number, name, (file, line, fn) => {
          const read = readPlainly(plainFrame, `${beforeFile}${file}${beforeLine}${line}${beforeFunction}${fn}`);
          assert.deepEqual(read, { function: fn, file, line: Number(line), column: null });
          const expected: LineToken = { is: 'frame', frame: read };
          assert.deepEqual(parseLine(grammar, `${beforeFile}${file}${beforeLine}${line}${beforeFunction}${fn}`), expected);
        }),
        { numRuns: 2000 },
      );
    });

    it(`${id}: lines that are nearly so are left to the grammar, or read as it reads them`, () => {
      const piece = fc.oneof(
        fc.constantFrom(
          ...plainFrame,
          ' ',
          '"',
          '&',
          '?',
          '\\',
          '\r',
          '\t',
          '\x1b',
          '\x7f',
          'é',
          '語',
          '???',
          '1234567890',
          '',
          ', line 3',
          ' in ',
        ),
        name,
        number,
      );
      let both = 0;
      const whole = fc.tuple(fc.constant(beforeFile), name, fc.constant(beforeLine), number, fc.constant(beforeFunction), name);
      const damaged = fc
        .tuple(whole, fc.nat(6), fc.nat(2), fc.array(piece, { maxLength: 2 }))
        .map(([parts, at, leave, put]) => parts.toSpliced(at, leave, ...put).join(''));
      fc.assert(
        fc.property(damaged, (line) => {
          const read = readPlainly(plainFrame, line);
          if (read === null) return;
          both++;
          assert.deepEqual(parseLine(grammar, line), { is: 'frame', frame: read });
        }),
        { numRuns: 5000 },
      );
      assert.ok(both > 100);
    });
  }

  it('are given up where the grammar does not say the same of the first', () => {
    const [{ plainFrame, ...faulthandler }] = promising as [(typeof promising)[0]];
    const wrong: PlainFrame = [plainFrame[0], plainFrame[1], `${plainFrame[2]}a`];
    for (const form of [plainFrame, wrong]) {
      const tables = { frames: new FrameTable(), stacks: new StackTable() };
      const meanings = new Meanings(tables);
      const grammar: LineGrammar = { ...faulthandler, plainFrame: form };
      const names = ['ab', 'ac', 'ad'].map((fn) => {
        const bytes = Buffer.from(`  File "/a.py", line 1 in ${fn}`);
        const { frame } = meanings.ofLine(grammar, bytes, viewOn(bytes), 0, bytes.length);
        return tables.frames.functionOf(frame);
      });
      assert.deepEqual(names, ['ab', 'ac', 'ad']);
    }
  });
});
