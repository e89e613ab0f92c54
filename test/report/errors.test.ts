import assert from 'node:assert/strict';
import fs from 'node:fs';
import { analyzeText, readText } from '../../src/index.js';

const sample = (name: string): string => fs.readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8');
const screen = { colour: false, width: 80 };

describe('error stacks', () => {
  it('alone are grouped and counted, the most frequent first', async () => {
    const lines = [...analyzeText(await readText(sample('node-errors/checkout.log')), screen)];
    assert.equal(lines[0], '8 error stacks, and no picture of a process');
    assert.equal(lines[3], '2 × PaymentError: order 18 was not charged');
    assert.match(lines[4]!, /^ {4}charge +file:\/\/\/srv\/app\/checkout\.mjs:20:11$/);
    assert.ok(lines.every((line) => !/moving|STUCK|INCONCLUSIVE/.test(line)));
  });

  it('beside pictures of a process are one line, and change nothing else', async () => {
    const dump = sample('classic-recipe/20261123093000.log');
    const alone = [...analyzeText(await readText(dump), screen)];
    const beside = [...analyzeText(await readText(`${sample('node-errors/checkout.log')}\n${dump}`), screen)];
    const folded = beside.filter((line) => line.startsWith('8 error stacks beside them: 3 × PaymentError'));
    assert.equal(folded.length, 1);
    assert.deepEqual(
      beside.filter((line) => line.includes('order_service.py')),
      alone.filter((line) => line.includes('order_service.py')),
    );
  });

  it('of one place that are of several kinds are named by all of them', async () => {
    const stack = '    at f (/srv/a.js:1:2)\n    at g (/srv/a.js:3:4)\n';
    const out = [...analyzeText(await readText(`TypeError: x is no number\n${stack}RangeError: too large\n${stack}`), screen)];
    assert.ok(out.includes('2 × TypeError: x is no number (also RangeError)'), out.join('\n'));
  });

  it('are found by filters, and cannot act on the terminal', async () => {
    const text = `Error: \x1b[31mred\x1b[0m\x07\n    at f (/srv/a.js:1:2)\n    at g (/srv/a.js:3:4)\n`;
    const out = [...analyzeText(await readText(text + text), screen)].join('\n');
    assert.doesNotMatch(out, /[\x07\x1b]/);
    assert.match(out, /2 × Error/);
  });
});
