import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PassThrough, readText, type PassThroughOptions } from '../../src/index.js';
import { TextStyle } from '../../src/report/pipe/text-style.js';
import { SAMPLE_FILES, sampleFile } from '../sample-files.js';

const summary: PassThroughOptions['summary'] = ({ dump }, { number, again }) =>
  `@@${number}${again ? ' again' : ''}: ${dump.threads.length} threads@@\n`;
/** What is added, at the beginning of a line. */
const ADDED = /^(?:\x1b\[0m)?(?:@@.*@@\n)+(?:\x1b\[[\d;]*m)?/gm;
const all = (...pieces: Iterable<Uint8Array>[]): string =>
  Buffer.concat(pieces.flatMap((each) => [...each].map((piece) => Buffer.from(piece)))).toString('latin1');
const passed = (bytes: Buffer, sizes: readonly number[], options: Partial<PassThroughOptions> = {}): string => {
  const pass = new PassThrough({ summary, ...options });
  let text = '';
  for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!)
    text += all(pass.push(bytes.subarray(at, at + sizes[i % sizes.length]!)));
  return text + all(pass.end());
};
const told = (text: string): string[] => [...text.matchAll(/@@(.*)@@/g)].map((match) => match[1]!);

const DUMP = sampleFile('classic-recipe/20261123093000.log').toString('latin1');
const from = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('text that passes', () => {
  for (const { name, bytes } of SAMPLE_FILES.filter((file) => file.bytes.length < 60_000)) {
    it(`is what it was, with a summary of each dump between two lines: ${name}`, () => {
      for (const size of [1999, 65536]) {
        const text = passed(bytes, [size]);
        const without = text.replaceAll(ADDED, '');
        assert.ok(!without.includes('@@'), 'every summary begins a line');
        // a text that ends without a line's end gets one before what is said at the end
        assert.ok(without === bytes.toString('latin1') || without === `${bytes.toString('latin1')}\n`);
      }
    });
  }

  it('has one summary for each dump that is no error', async () => {
    for (const { name, bytes } of SAMPLE_FILES.filter((file) => file.bytes.length < 60_000)) {
      const { dumps } = await readText(bytes);
      assert.equal(told(passed(bytes, [1000])).length, dumps.filter(({ kind }) => kind === 'snapshot').length, name);
    }
    assert.deepEqual(told(passed(sampleFile('node-errors/checkout.log'), [1000])), []);
  });

  it('passes whatever bytes there are, in whatever pieces', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 80 }),
            fc.constantFrom(...[DUMP, '\x1b[31m', '\x1b', '\n', '\xff\xfe', 'Thread 0x', 'Timeout (0:00:30)!\n'].map(from)),
          ),
          { maxLength: 12 },
        ),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        (parts, sizes) => {
          const pass = new PassThrough({ summary });
          const bytes = Buffer.concat(parts);
          let text = '';
          for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
            const block = Uint8Array.from(bytes.subarray(at, at + sizes[i % sizes.length]!));
            text += all([...pass.push(block)].filter((piece) => piece.buffer === block.buffer));
          }
          assert.equal(text, bytes.toString('latin1'));
          assert.equal(all(pass.end()).replaceAll(ADDED, '').trim(), '');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is given out in the blocks that came, without a copy', () => {
    const pass = new PassThrough({ summary });
    const block = from('INFO one\nINFO two\nINFO thr');
    const [piece, ...more] = [...pass.push(block)];
    assert.deepEqual([piece!.buffer, piece!.byteOffset, piece!.length], [block.buffer, block.byteOffset, block.length]);
    assert.deepEqual(more, []);
  });

  it('has a summary right behind its dump when both come in one block', () => {
    const text = passed(from(`one\n${DUMP}two\nthree\nfour\nfive\nsix\n`), [65536]);
    assert.match(text, /^one\n[^@]*\n@@1: 8 threads@@\ntwo\n/);
  });

  it('never has one within a line: it waits for the end of one that was begun', () => {
    const pass = new PassThrough({ summary });
    assert.deepEqual(told(all(pass.push(from(DUMP)), pass.push(from('progress  10 %')), pass.look(true))), []);
    assert.equal(all(pass.push(from(' 20 %'))), ' 20 %');
    assert.equal(all(pass.push(from(' done\nnext'))), ' done\n@@1: 8 threads@@\nnext');
    assert.equal(all(pass.end()), '');
  });

  it('tells of a dump when the input falls silent, and again only when the dump goes on', () => {
    const pass = new PassThrough({ summary });
    const half = DUMP.indexOf('\nThread', DUMP.length / 2) + 1;
    assert.equal(all(pass.push(from(DUMP.slice(0, half)))), DUMP.slice(0, half));
    assert.equal(pass.worthALook, true);
    assert.match(all(pass.look(true)), /^@@1: [3-6] threads@@\n$/);
    assert.equal(pass.worthALook, false);
    assert.equal(all(pass.push(from(DUMP.slice(half)))), DUMP.slice(half));
    assert.equal(all(pass.look(true)), '@@1 again: 8 threads@@\n');
    assert.equal(all(pass.push(from('a\nb\nc\nd\ne\n'))), 'a\nb\nc\nd\ne\n');
    assert.equal(all(pass.push(from(DUMP)), pass.end()), `${DUMP}@@2: 8 threads@@\n`);
  });

  it('tells of a dump to which nothing is added while others go on', () => {
    const pass = new PassThrough({ summary });
    const compose = (service: string, text: string): string => text.replaceAll(/^(?=.)/gm, `${service}  | `);
    all(pass.push(from(compose('shop-1', DUMP))));
    assert.equal(all(pass.look(false)), '');
    all(pass.push(from(compose('web-1', 'GET /\nGET /\n'))));
    assert.equal(all(pass.look(false)), '@@1: 8 threads@@\n');
    all(pass.push(from(compose('web-1', 'GET /\nGET /\n'))));
    assert.equal(all(pass.look(false)), '');
  });

  it('has a line of its own for what is said at the end of a line that never ended', () => {
    assert.equal(passed(from(`${DUMP}collecting ...`), [65536]), `${DUMP}collecting ...\n@@1: 8 threads@@\n`);
    const pass = new PassThrough({ summary });
    all(pass.push(from(`${DUMP}one\ntwo ...`)));
    all(pass.look(true));
    assert.equal(all(pass.end()), '\n@@1: 8 threads@@\n');
    assert.equal(Buffer.from(pass.closing('THE END\n')).toString(), 'THE END\n');
  });

  it('leaves the style that the program has on before a summary, and puts it back', () => {
    const text = passed(from(`\x1b[1;38;5;208mstarting\n${DUMP}one\x1b[0m\ntwo\nthree\nfour\n`), [65536]);
    assert.ok(text.includes('\n\x1b[0m@@1: 8 threads@@\n\x1b[1;38;5;208mone\x1b[0m\ntwo\n'));
  });
});

describe('text that passes without its dumps', () => {
  const quiet = (text: string, sizes: readonly number[]): string => passed(from(text), sizes, { quiet: true });

  it('has the summaries in their place', () => {
    for (const sizes of [[65536], [700], [31, 64]])
      assert.equal(quiet(`one\n${DUMP}two\nthree\n${DUMP}`, sizes), 'one\n@@1: 8 threads@@\ntwo\nthree\n@@2: 8 threads@@\n');
  });

  it('keeps the lines of others that stand in them, and what was begun before them', () => {
    const lines = DUMP.split('\n');
    const at = lines.findLastIndex((line) => line.startsWith('Thread'));
    const torn = [...lines.slice(0, at), 'INFO of another thread', ...lines.slice(at)].join('\n');
    for (const sizes of [[65536], [500]])
      assert.equal(
        quiet(`tests/a.py ...${torn}. [100 %]\n`, sizes),
        'tests/a.py ...\nINFO of another thread\n@@1: 8 threads@@\n. [100 %]\n',
      );
  });

  it('holds nothing back but what may be a dump', () => {
    const pass = new PassThrough({ summary, quiet: true });
    assert.equal(all(pass.push(from('tests/a.py ..'))), 'tests/a.py ..');
    assert.equal(all(pass.push(from('.Thread 0'))), '.');
    assert.equal(all(pass.push(from('815 is well\n'))), 'Thread 0815 is well\n');
    assert.equal(all(pass.push(from('Timeout ('))), '');
    assert.equal(all(pass.look(true)), 'Timeout (', 'a second is enough');
  });

  it('gives back what turned out to be none', () => {
    const text = `Timeout (0:00:30)!\nno stack follows\n${'INFO\n'.repeat(40)}`;
    for (const size of [65536, 20]) assert.equal(quiet(text, [size]), text);
    const error = sampleFile('node-errors/checkout.log').toString('latin1');
    assert.equal(quiet(error, [300]), error);
  });

  it('has the lines of the other services of a log, and not those of the dump', () => {
    const dump = DUMP.trimEnd().split('\n');
    const log = dump.flatMap((line, i) => [`shop-1  | ${line}`, ...(i % 5 === 4 ? [`web-1   | GET /${i} 200`] : [])]);
    const text = quiet(`${log.join('\n')}\nshop-1  | one\nshop-1  | two\nshop-1  | three\nshop-1  | four\nshop-1  | five\n`, [300]);
    assert.equal(
      text.replace(/@@.*@@\n/, '').replaceAll(/^web-1 {3}\| GET .*\n/gm, ''),
      'shop-1  | one\nshop-1  | two\nshop-1  | three\nshop-1  | four\nshop-1  | five\n',
    );
    assert.equal(text.match(/^web-1/gm)?.length, log.length - dump.length);
  });
});

describe('the style of passing text', () => {
  const restored = (...pieces: string[]): string => {
    const style = new TextStyle();
    for (const piece of pieces) style.pass(from(piece));
    return style.around.restore.replaceAll('\x1b', '');
  };
  const cases: [string, string[], string][] = [
    ['none', ['plain text'], ''],
    ['a colour', ['a\x1b[31mb'], '[31m'],
    ['a colour that was reset', ['\x1b[31mb\x1b[0mc'], ''],
    ['by the short form', ['\x1b[31mb\x1b[mc'], ''],
    ['a colour that was ended', ['\x1b[31;1mb\x1b[39mc'], '[1m'],
    ['a sequence in two pieces', ['\x1b[3', '2mb'], '[32m'],
    ['an escape at the end of a piece', ['a\x1b', '[32mb'], '[32m'],
    ['of 24 bits', ['\x1b[38;2;1;2;3;48;5;9m'], '[38;2;1;2;3;48;5;9m'],
    ['with colons', ['\x1b[38:2::1:2:3m'], '[38:2::1:2:3m'],
    ['a reset within a sequence', ['\x1b[31m\x1b[0;4m'], '[4m'],
    ['bold and dim', ['\x1b[1m\x1b[2m'], '[1;2m'],
    ['other sequences', ['\x1b[2K\x1b]0;title\x07\x1b[31m\x1b[10A'], '[31m'],
    ['what follows a reset far back', [`\x1b[0m${'\x1b[31mx\x1b[39m'.repeat(200)}\x1b[4m`], '[4m'],
  ];
  for (const [is, pieces, should] of cases) it(`is known: ${is}`, () => assert.equal(restored(...pieces), should));
});
