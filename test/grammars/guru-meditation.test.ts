import assert from 'node:assert/strict';
import fs from 'node:fs';
import { readText, type DumpSet } from '../../src/index.js';

const report = fs.readFileSync(new URL('../../samples/guru-meditation/report.txt', import.meta.url), 'utf8');
const GREEN = `------                        Green Thread                        ------

/usr/bin/nova-api:10 in <module>
    \`sys.exit(main())\`

/usr/lib/python3/dist-packages/eventlet/hubs/hub.py:294 in switch
    (source not found)

------                        Green Thread                        ------

No Traceback!

`;
const shown = (set: DumpSet, dump: number): string[] =>
  set.dumps[dump]!.threads.map(
    ({ id, kind, stack }) => `${kind} ${id}: ${Array.from(set.stacks.frames(stack), (row) => `${set.frames.functionOf(row)}:${set.frames.lineOf(row)}`).join(' ')}`, // prettier-ignore
  );

describe('Guru Meditation Report', () => {
  it('has the threads, the most recent call first, and why it was made', async () => {
    const set = await readText(report);
    assert.deepEqual(
      set.dumps.map(({ format, line, reason, threadsCut }) => [format, line, reason?.text, threadsCut]),
      [['guru-meditation', 2, 'Guru Meditation', false]],
    );
    assert.match(shown(set, 0)[1]!, /^thread \d+: wait:327 get:171 take_job:20 run:982 _bootstrap_inner:1045 _bootstrap:1002$/);
  });

  it('has green threads, with and without frames', async () => {
    const [before, after] = report.split(/(?<=Green Threads +====\n=+\n)/);
    const set = await readText(`starting\n${before}${GREEN}${after}done\n${report}`);
    assert.deepEqual(
      set.dumps.map(({ threads }) => threads.length),
      [5, 3],
    );
    assert.deepEqual(shown(set, 0).slice(3), ['greenlet null: switch:294 <module>:10', 'greenlet null: ']);
  });

  it('may be pasted without its head, and ends before the settings', async () => {
    const pasted = report.slice(report.indexOf('------ '));
    const set = await readText(
      `${pasted}====                         Configuration                          ====\n/etc/nova.conf:7 in default\n`,
    );
    assert.equal(set.dumps.length, 1);
    assert.deepEqual(shown(set, 0), shown(await readText(report), 0));
  });

  it('is no other text with such words', async () => {
    for (const text of ['Thread #12 is busy\nnova.py:3 in run\n', '==== Guru Meditation ====\n', 'Green Thread pool: a.py:1 in f\n'])
      assert.deepEqual((await readText(text)).dumps, [], text);
  });
});
