import assert from 'node:assert/strict';
import { readText } from '../../src/index.js';
import { addGrammars } from '../../src/reading/index.js';
import { reversedLines } from '../../src/reading/reversed.js';
import { isZone } from '../../src/reading/times.js';

const FRAME = '  File "/app/a.py", line 1 in work';
const HEAD = 'Thread 0x0000000000000001 (most recent call first):';

describe('logs that were written in odd ways', () => {
  it('of syslog: signs as numbers, and lines that are counted instead of written', async () => {
    const before = 'May 17 09:30:12 web-3 shop[1234]: ';
    const lines = [
      HEAD,
      '#011File "/app/a.py", line 1 in work',
      `message repeated 2 times: [ ${FRAME}]`,
      '  File "/app/a.py", line 9 in <module>',
    ];
    const set = await readText(lines.map((line) => `${before}${line}\n`).join(''));
    const [dump] = set.dumps;
    assert.equal(set.dumps.length, 1);
    assert.deepEqual(
      Array.from(set.stacks.frames(dump!.threads[0]!.stack), (row) => set.frames.functionOf(row)),
      ['work', 'work', 'work', '<module>'],
    );
    assert.equal(dump!.pid, 1234);
  });

  it('with a stack that is deeper than any', async () => {
    const deep = 100_000;
    const set = await readText(`${HEAD}\n${`${FRAME}\n`.repeat(deep)}`);
    assert.equal(set.stacks.depth(set.dumps[0]!.threads[0]!.stack), deep);
    const repeated = await readText(
      `Stack for <Task pending name='T'> (most recent call last):\n  File "/app/a.py", line 1, in f\n  [Previous line repeated 999999999 more times]\n`,
    );
    assert.ok(repeated.stacks.depth(repeated.dumps[0]!.threads[0]!.stack) < 20_000);
  });

  it('from their last line to their first, in blocks of some size, whatever the lines are', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- an input is a stream
    async function* blocks(text: string, size: number): AsyncGenerator<Uint8Array> {
      const bytes = Buffer.from(text);
      const memory = new Uint8Array(size);
      for (let at = 0; at < bytes.length; at += size) {
        const part = bytes.subarray(at, at + size);
        memory.set(part);
        yield memory.subarray(0, part.length);
      }
    }
    const turned = async (text: string, size: number): Promise<string> => {
      const pieces: Buffer[] = [];
      for await (const piece of reversedLines(blocks(text, size))) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces).toString();
    };
    assert.equal(await turned('a\nbb\nccc\n', 2), 'ccc\nbb\na\n');
    assert.equal(await turned('a\n\nb', 2), 'b\n\na\n');
    assert.equal(await turned('', 2), '\n');
    const [long, many] = ['x'.repeat(300_000), Array.from({ length: 60_000 }, (_, i) => `line ${i}`)];
    assert.equal(await turned(`a\n${long}\nb\n`, 65_536), `b\n${long}\na\n`);
    assert.equal(await turned(many.join('\n'), 65_536), `${many.toReversed().join('\n')}\n`);
  });
});

describe('zones', () => {
  it('are names and offsets that times can be read in', () => {
    assert.deepEqual(['UTC', '+02:00', '-0330', 'Europe/Berlin', 'Mars/Base', '+2', ''].map(isZone), [
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('formats that are added', () => {
  it('are asked before those that were known, and have names of their own', async () => {
    const grammar = {
      id: 'acme-stall',
      title: "ACME's stalls",
      runtime: 'node',
      kind: 'json',
      openings: ['"acmeStall"'],
      confirm: /"acmeStall"/,
      example: '{"acmeStall": 1}',
      how: 'acmectl stalls --json',
      read: (json: { acmeStall: unknown; stack?: string[] }) =>
        json.stack === undefined ? null : { threads: [{ frames: json.stack.map((fn) => ({ function: fn })) }] },
    };
    assert.throws(() => addGrammars([{ ...grammar, id: 'faulthandler' } as never], 'acme.mjs'), {
      message: 'acme.mjs: there is a format "faulthandler" already',
    });
    assert.throws(() => addGrammars([grammar, grammar] as never, 'acme.mjs'), {
      message: 'acme.mjs: there is a format "acme-stall" already',
    });
    const text = 'a line\n{"acmeStall": 1, "stack": ["settle", "main"]}\n{"acmeStall": 2}\n';
    assert.deepEqual((await readText(text)).dumps, []);
    addGrammars([grammar as never]);
    const set = await readText(text);
    assert.deepEqual(
      set.dumps.map(({ format, line, threads }) => [format, line, threads.length, set.stacks.depth(threads[0]!.stack)]),
      [['acme-stall', 2, 1, 2]],
    );
  });
});
