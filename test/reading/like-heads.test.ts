import assert from 'node:assert/strict';
import { GRAMMARS, parseLine, type LineToken } from '../../grammars/index.js';
import { faulthandler } from '../../grammars/faulthandler.js';
import { LikeHeads } from '../../src/reading/like-heads.js';
import { SAMPLE_FILES } from '../sample-files.js';
import { read, readByLine, replace } from './by-line.js';

const parse = (line: string): LineToken => parseLine(faulthandler.line, line);

/** What is said of a line after another one was parsed. */
function after(parsed: string, line: string): unknown {
  const heads = new LikeHeads();
  const [known, asked] = [parsed, line].map((text) => Buffer.from(`~${text}~`, 'latin1')) as [Buffer, Buffer];
  heads.learn(known, 1, known.length - 1, parse(parsed));
  return heads.of(asked, 1, asked.length - 1);
}

describe('heads of threads that differ in their id', () => {
  const HEAD = 'Thread 0x00007f13d75d2700 (most recent call first):';
  const like = (id: string): string => HEAD.replace('0x00007f13d75d2700', id);

  it('say the same but for the id, and the grammar would say so', () => {
    for (const parsed of [
      HEAD,
      `Current t${HEAD.slice(1)}`,
      `   ${HEAD}  `,
      HEAD.replace('Thread', 'Task'),
      'Thread 0x00007f13d75d2700:',
    ]) {
      const line = parsed.replace('0x00007f13d75d2700', '0x0123456789abcdef');
      assert.deepEqual(after(parsed, line), parse(line), parsed);
      assert.deepEqual(parse(line), { ...parse(parsed), id: '0x0123456789abcdef' });
    }
    for (const digit of '0123456789abcdef')
      assert.deepEqual(after(HEAD, like(`0x${digit.repeat(16)}`)), parse(like(`0x${digit.repeat(16)}`)));
  });

  it('are asked of the grammar where anything else differs', () => {
    const others = [
      like('0x00007f13d75d270'),
      like('0x00007f13d75d27000'),
      like('0x00007f13d75d270F'),
      like('0x00007f13d75d270:'),
      like('0x00007f13d75d270/'),
      like('0x00007f13d75d270`'),
      like('0x00007f13d75d270g'),
      like('0X00007f13d75d2700'),
      HEAD.replace('T', 't'),
      HEAD.replace('):', ');'),
      HEAD.replace('most', 'Most'),
      '',
    ];
    for (const line of others) assert.equal(after(HEAD, line), null, line);
  });

  it('are asked of the grammar where the one before is not told by its id alone', () => {
    const parsed = [
      'Thread 0x00007f13d75d2700 [worker-0] (most recent call first):',
      'Thread 0x00007F13D75D2700 (most recent call first, approximate line numbers):',
      'Thread 0x...d75d2700 (most recent call first):',
      'Stack (most recent call first):',
      '  File "/srv/app/0x00007f13d75d2700.py", line 7 in f',
      'INFO 0x00007f13d75d2700',
    ];
    for (const line of parsed) assert.equal(after(line, line), null, line);
    const heads = new LikeHeads();
    const line = Buffer.from(HEAD);
    assert.equal(heads.of(line, 0, line.length), null);
    assert.equal(heads.of(line, 0, 0), null);
    // the id stands in the line twice, or is none of its bytes
    const token: LineToken = { is: 'thread', id: '0x7f', name: null, current: false, alone: false };
    for (const text of ['Thread 0x7f of 0x7f', 'Thread &#48;x7f']) {
      const bytes = Buffer.from(text);
      heads.learn(bytes, 0, bytes.length, token);
      assert.equal(heads.of(bytes, 0, bytes.length), null, text);
    }
    // what was learnt stays when another line follows
    heads.learn(line, 0, line.length, parse(HEAD));
    heads.learn(Buffer.from('INFO'), 0, 4, parse('INFO'));
    assert.deepEqual(heads.of(line, 0, line.length), parse(HEAD));
  });

  it('say what the grammar says of them, in all samples of the formats that have it so', () => {
    const grammars = GRAMMARS.filter((grammar) => grammar.kind === 'lines').filter(({ idsAlike }) => idsAlike === true);
    assert.ok(grammars.includes(faulthandler));
    let heads = 0;
    for (const { bytes } of SAMPLE_FILES)
      for (const line of bytes.toString('latin1').split(/\r?\n/))
        for (const grammar of grammars) {
          const token = parseLine(grammar.line, line);
          if (token.is !== 'thread' || token.id === null || !/^0x[0-9a-f]+$/.test(token.id) || token.name !== null) continue;
          heads++;
          for (const digit of '0a9f') {
            const id: string = `0x${digit.repeat(token.id.length - 2)}`;
            assert.deepEqual(parseLine(grammar.line, line.replace(token.id, id)), { ...token, id }, line);
          }
        }
    assert.ok(heads > 100, `${heads} heads`);
  });

  it('are read as line by line where a dump has more of them than are kept', async () => {
    const id = (n: number): string => `0x${(0x7f0000000000 + n * 4096).toString(16).padStart(16, '0')}`;
    const dump = (first: number): string =>
      `Timeout (0:00:30)!\n${Array.from({ length: 17_000 }, (_, n) => `Thread ${id(first + n)} (most recent call first):\n  File "/srv/app/a.py", line ${n % 7} in f\n`).join('\n')}\n`;
    const text = `${dump(0)}INFO one\nINFO two\nINFO three\nINFO four\n${dump(1000)}${dump(1000)}`;
    let asked = 0;
    const line = faulthandler.line as unknown as { _: (text: string, at: number) => unknown };
    const undo = replace(line, '_', (before) => (line, at) => {
      asked++;
      return before(line, at);
    });
    try {
      const all = await read(text);
      assert.ok(asked < 200, `the grammar was asked ${asked} times`);
      assert.deepEqual(all, await readByLine(text));
    } finally {
      undo();
    }
  });
});
