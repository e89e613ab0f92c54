import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GRAMMARS, parseLine, type LineGrammar } from '../../grammars/index.js';
import { faulthandler } from '../../grammars/faulthandler.js';
import { FOREIGN, Meanings } from '../../src/reading/meanings.js';
import { FrameTable, StackTable } from '../../src/model/index.js';
import { SAMPLE_FILES } from '../sample-files.js';
import { read, replace } from './by-line.js';

const LINES: readonly LineGrammar[] = GRAMMARS.filter((grammar) => grammar.kind === 'lines');

describe('lines that are none of a format by their first sign', () => {
  const meanings = new Meanings({ frames: new FrameTable(), stacks: new StackTable() });

  it('are so to the grammar, whatever stands behind it', () => {
    const grammars = LINES.filter(({ firstSigns }) => firstSigns !== undefined);
    assert.ok(grammars.includes(faulthandler));
    const lines = SAMPLE_FILES.flatMap(({ bytes }) => bytes.toString('latin1').split(/\r?\n/)).filter((line) => line !== '');
    let told = 0;
    for (const grammar of grammars) {
      const foreign = meanings.foreignOf(grammar);
      for (const line of new Set(lines)) {
        if (foreign[line.charCodeAt(0)] !== 1) continue;
        told++;
        assert.deepEqual(meanings.ofText(grammar, line), FOREIGN, line);
      }
      // lines of the format, and parts of them, behind any sign
      const parts = lines.filter((line) => parseLine(grammar.line, line).is !== 'other').map((line) => line.trimStart());
      const [sign, part] = [fc.integer({ min: 0, max: 255 }), fc.constantFrom(...new Set(parts))];
      fc.assert(
        fc.property(sign, part, fc.nat(12), fc.boolean(), (first, text, from, escaped) => {
          if (foreign[first] !== 1) return;
          const rest = escaped ? text.replaceAll('"', '\\"').replaceAll('<', '&lt;') : text;
          assert.deepEqual(meanings.ofText(grammar, String.fromCharCode(first) + rest.slice(from)), FOREIGN);
        }),
        { numRuns: 3000, seed: 7 },
      );
    }
    assert.ok(told > 100, `${told} lines`);
  });

  it('are those that begin with another sign of ASCII, which says enough by itself', () => {
    const foreign = (firstSigns?: string): string => {
      const others = Object.fromEntries(Object.entries(faulthandler).filter(([key]) => key !== 'firstSigns')) as unknown as LineGrammar;
      const bytes = meanings.foreignOf(firstSigns === undefined ? others : { ...others, firstSigns });
      assert.equal(bytes.length, 256);
      return Array.from(bytes, (is, byte) => (is === 1 ? String.fromCharCode(byte) : '')).join('');
    };
    assert.equal(foreign(), '');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^`abcdefghijklmnopqrstuvwxyz{|}';
    assert.equal(foreign('<'), `!"$%'(),./0123456789:;>?@${letters}`);
    assert.equal(foreign('!aZ9'), `"$%'(),./012345678:;<>?@${letters.replace(/[aZ]/g, '')}`);
  });

  it('are not asked of the grammar, in a file and behind a prefix', async () => {
    const dump = 'Thread 0x00007f13d75d2700 (most recent call first):\n  File "/srv/app/a.py", line 7 in f\n';
    const log = Array.from({ length: 40 }, (_, i) => `2026-11-23 09:30:00 INFO request ${i} served\n`);
    const texts = [`${dump}\n${log.join('')}${dump}`, `${dump}${log.slice(0, 2).join('')}\n${dump.replace('27', '28')}${log.join('')}`];
    for (const text of texts)
      for (const before of ['', 'web-1 | ']) {
        const whole = text.replaceAll(/^/gm, before).slice(0, text.endsWith('\n') ? -before.length || undefined : undefined);
        const asked: string[] = [];
        const undo = replace(faulthandler.line as unknown as { _: (text: string, at: number) => unknown }, '_', (parse) => (line, at) => {
          asked.push(line);
          return parse(line, at);
        });
        try {
          const found = await read(whole);
          assert.deepEqual(
            asked.filter((line) => line.includes('INFO')),
            [],
          );
          const [, dumps] = found as [unknown, unknown[]];
          assert.equal(dumps.length, text === texts[0] ? 2 : 1);
        } finally {
          undo();
        }
      }
  });

  it('stand between two threads as others do', async () => {
    const head = (id: number): string => `Thread 0x00007f13d75d2${id}00 (most recent call first):\n  File "/srv/app/a.py", line 7 in f\n`;
    const between = fc.array(fc.constantFrom('INFO one\n', '2026 two\n', '\n', '=====\n', '[x] three\n', '  four\n'), { maxLength: 6 });
    let bridged = 0;
    await fc.assert(
      fc.asyncProperty(between, between, fc.constantFrom('', 'web-1 | '), async (first, second, before) => {
        const text = [head(1), ...first, '\n', head(2), ...second, head(3)].join('').replaceAll(/^(?=[^])/gm, before);
        const told = await read(text);
        const undo = replace(Meanings.prototype, 'foreignOf', () => () => new Uint8Array(256));
        try {
          assert.deepEqual(told, await read(text));
        } finally {
          undo();
        }
        bridged += JSON.stringify(told).includes('line-not-understood') ? 1 : 0;
      }),
      { numRuns: 300, seed: 7 },
    );
    assert.ok(bridged > 30, `${bridged} dumps went on`);
  });
});
