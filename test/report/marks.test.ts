import assert from 'node:assert/strict';
import { analyzeText, readFiles, readText } from '../../src/index.js';

const sample = (name: string): string => new URL(`../../samples/${name}`, import.meta.url).pathname;
const shown = async (name: string, options: object): Promise<string> =>
  [...analyzeText(await readFiles([sample(name)]), { colour: false, width: 80 }, options)].join('\n');

describe('the advice to take more dumps', () => {
  it('names the tool that made the one at hand', async () => {
    assert.match(await shown('pystack/remote.txt', {}), /give all three to standstill:\n {4}pystack remote PID/);
    assert.match(await shown('py-spy/orders.json', {}), /\n {4}py-spy dump --json --pid PID/);
    assert.match(await shown('old-pythons/python-3.9.log', {}), /\n {4}kill -USR1 PID \(after faulthandler\.register/);
  });
});

describe('what a dumper says beside the stacks', () => {
  it('is who holds the GIL, and its other words as its own', async () => {
    const text = await shown('pystack/remote.txt', {});
    assert.match(text, /prices\.py:14\n.*\n {4}\(holds the GIL\)\n/);
    assert.match(text, /shopd\.py:9\n {4}\(the dumper says: waits for the GIL; collects garbage\)\n/);
    assert.match(await shown('sampling-dump/all.txt', {}), /\(holds the GIL\)/);
  });

  it('calls active and idle what they are, and only when everything is asked for', async () => {
    assert.doesNotMatch(await shown('py-spy/orders.txt', {}), /idle by|active by/);
    for (const options of [{ full: true }, { verbose: true }])
      assert.match(
        await shown('py-spy/orders.txt', options),
        /label.*\n(?:.*\n){1,3} {4}\(holds the GIL\)\n {4}\(called active by the dumper: a guess, and often wrong\)/,
      );
  });

  it('names the threads of one place that it is true of', async () => {
    const head = (id: number, mark: string): string =>
      `Thread ${id} (${mark}): "w-${id}"\n    work (/srv/app/w.py:3)\n    main (/srv/app/w.py:9)\n`;
    const out = async (...marks: string[]): Promise<string> =>
      [...analyzeText(await readText(`Process 9: python w.py\n${marks.map((mark, i) => head(i + 1, mark)).join('')}`), { colour: false, width: 80 }, { full: true })].join('\n'); // prettier-ignore
    assert.match(await out('active', 'active+gil', 'idle'), /\(w-2 holds the GIL\)\n {4}\(called 2 active, 1 idle by the dumper/);
  });

  it('is the variables of frames, with --full', async () => {
    assert.match(
      await shown('py-spy/orders.txt', { full: true }),
      /shipping\.py:41\n {8}order = <Order 17>\n {8}boxes = \['a', 'b'\]\n {8}weight = 12\.5\n/,
    );
    assert.match(await shown('pystack/remote.txt', { full: true }), /prices\.py:14\n {8}cart = \['tea', 'milk'\]\n {8}rate = 0\.19\n/);
    assert.doesNotMatch(await shown('py-spy/orders.txt', {}), /boxes/);
  });

  it('cannot act on the terminal, and is bounded', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `            v${i}: 'x'`).join('\n');
    const text = `Thread 1 (idle): "a"\n    run (/srv/app/a.py:1)\n        Locals:\n            evil: '\u009b31m\u202e${'x'.repeat(200_000)}'\n${many}\n    main (/srv/app/a.py:9)\n`;
    const lines = [...analyzeText(await readText(text), { colour: false, width: 60 }, { full: true })];
    for (const line of lines) assert.ok(line.length <= 60 && !/[\u0080-\u009f\u202e]/.test(line), line);
    assert.ok(lines.includes('        … 39 more variables (--json has all)'), lines.join('\n'));
    assert.ok(lines.some((line) => line.startsWith(String.raw`        evil = '\x9b31m\u202exxx`)));
  });
});
