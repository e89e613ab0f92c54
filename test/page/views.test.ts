import assert from 'node:assert/strict';
import { callTree, heaviest } from '../../page/call-tree.js';
import { PageDumpSet } from '../../page/dump-set.js';
import { Filter } from '../../page/filter.js';
import { editorAddress } from '../../page/links.js';
import { runsOf, runsText } from '../../page/runs.js';
import { MOMENT } from '../../src/report/html/page-data.js';
import { DumpDiffs, countStatuses, readText } from '../../src/index.js';
import { dumpText } from '../analysis/dump-text.js';
import { modelOf, sample } from './page-of.js';

describe('the views of the HTML page', () => {
  it('draw what stands still as one run, and tell it from what moves, is idle or is not there', () => {
    const { absent, idle, unknown, blank } = MOMENT;
    const shapes = (moments: number[]): string[] =>
      runsOf(moments).map(({ kind, from, to, now }) => `${kind} ${from}-${to}${now ? ' now' : ''}`);
    assert.deepEqual(shapes([0, 0, 0]), ['still 0-2 now']);
    assert.deepEqual(shapes([absent, 0, 1, 1]), ['absent 0-0', 'moving 1-1', 'still 2-3 now']);
    assert.deepEqual(shapes([0, 1, 0, idle, idle, unknown]), ['moving 0-0', 'moving 1-1', 'moving 2-2', 'idle 3-4 now', 'unknown 5-5']);
    assert.deepEqual(shapes([blank, blank]), ['blank 0-1 now']);
    // one look does not show whether it moves
    assert.deepEqual(shapes([absent, 0]), ['absent 0-0', 'once 1-1 now']);
    assert.deepEqual(shapes([absent]), ['absent 0-0']);
  });

  it('say the same in words', async () => {
    const model = modelOf(await sample('classic-recipe'));
    const texts = model.data.threads.map((thread, t) => `${thread.verdict}: ${runsText(model, t)}`);
    assert.equal(texts[0], 'stuck: same place in the newest 3 of 3 dumps');
    assert.ok(texts.includes('progressing: 3 places in 3 dumps'), texts.join('\n'));
    assert.ok(texts.includes('idle: idle in all 3 dumps'), texts.join('\n'));
  });

  it('have the stacks, names and verdicts of the dumps', async () => {
    const set = await sample('classic-recipe');
    const model = modelOf(set);
    for (const [t, thread] of model.data.threads.entries()) {
      const series = model.seriesOf(t);
      for (const [k, dump] of series.dumps.entries()) {
        const stack = model.stackAt(t, k);
        const there = set.dumps[dump]!.threads.find(({ id }) => id === thread.id)!;
        assert.deepEqual(
          model.framesOf(stack).map((frame) => [model.functionOf(frame), model.fileOf(frame), model.lineOf(frame)]),
          Array.from(set.stacks.frames(there.stack), (frame) => [
            set.frames.functionOf(frame),
            set.frames.fileOf(frame),
            set.frames.lineOf(frame),
          ]),
        );
      }
    }
    const [first] = model.data.threads;
    assert.deepEqual([first!.verdict, first!.role, model.functionOf(first!.frame!)], ['stuck', 'culprit', 'await_confirmation']);
    assert.match(first!.next!, /who should put the item/);
  });

  it('find threads by any frame they ever stood in, by name, and by verdict', async () => {
    const model = modelOf(await sample('classic-recipe'));
    const filter = new Filter(model);
    const found = (query: string, verdicts: ConstructorParameters<typeof Set<'stuck' | 'idle' | 'progressing'>>[0] = []): string[] => {
      filter.set(query, new Set(verdicts));
      return model.data.threads.flatMap((_, t) => (filter.has(t) ? model.functionOf(model.lookAt(t)) : []));
    };
    assert.deepEqual(found('await_confirmation'), ['await_confirmation']);
    // where it was in the first dump
    assert.deepEqual(found('read_rows'), ['busy_until']);
    assert.deepEqual(found('order_service.py capture'), ['await_confirmation']);
    assert.deepEqual(found('0x00007f4fdaffd6c0'), ['await_confirmation']);
    assert.deepEqual(found('nothing_is_called_so'), []);
    assert.equal(filter.shown, 0);
    assert.deepEqual(found('', ['stuck', 'progressing']).sort(), ['await_confirmation', 'busy_until']);
    assert.equal(found('').length, model.data.threads.length);
    assert.equal(filter.active, false);
  });

  it('add up all stacks to a tree in which every sample is counted once', async () => {
    const set = await sample('classic-recipe');
    const model = modelOf(set);
    const samples = new Float64Array(model.data.stacks.length);
    for (const dump of model.data.dumps) for (const stack of dump.stack) samples[stack]!++;
    for (const merged of [false, true]) {
      const tree = callTree(model, samples, merged);
      assert.equal(tree.total[0], 24);
      assert.equal(
        tree.self.reduce((sum, n) => sum + n, 0),
        24,
      );
      for (let row = 0; row < tree.total.length; row++) {
        const inner = Array.from(tree.children.subarray(tree.start[row], tree.start[row + 1]));
        assert.equal(
          inner.reduce((sum, child) => sum + tree.total[child]!, tree.self[row]!),
          tree.total[row],
        );
        assert.deepEqual(
          inner.map((child) => tree.total[child]!),
          inner.map((child) => tree.total[child]!).sort((a, b) => b - a),
        );
      }
      const heavy = heaviest(model, tree, 5).map(({ frame, self }) => `${model.functionOf(frame)} ${self}`);
      assert.equal(heavy[0], '_worker 9', heavy.join(', '));
    }
  });

  it('count a function once in a recursion', async () => {
    const text = dumpText([{ id: 1, frames: ['walk:3', 'walk:4', 'walk:4', 'begin:9'], main: true }]);
    const model = modelOf(await readText(Buffer.from(text)));
    const samples = new Float64Array(model.data.stacks.length);
    for (const stack of model.data.dumps[0]!.stack) samples[stack]!++;
    const walk = heaviest(model, callTree(model, samples, true), 9).find(({ frame }) => model.functionOf(frame) === 'walk')!;
    assert.deepEqual([walk.self, walk.total], [1, 1]);
  });

  for (const name of ['classic-recipe', 'shop', 'restart', 'service-log', 'node-pool-stuck', 'old-pythons'])
    it(`compare dumps as the command does (${name})`, async () => {
      const set = await sample(name);
      const dumps = new PageDumpSet(modelOf(set));
      const [here, there] = [new DumpDiffs(dumps.set, {}, dumps.series), new DumpDiffs(set)];
      for (let fresh = 1; fresh < set.dumps.length; fresh++) {
        for (const old of new Set([0, fresh - 1])) {
          const [mine, theirs] = [here.of({ old, new: fresh }), there.of({ old, new: fresh })];
          assert.deepEqual(countStatuses([mine]), countStatuses([theirs]), `${old} to ${fresh}`);
          assert.deepEqual(mine.threads, theirs.threads);
        }
      }
    });

  it('open files in the editor that was named, and nothing else', async () => {
    const set = await sample('classic-recipe');
    const at = (editor: string | null): string | null => {
      const model = modelOf(set, { editor });
      return editorAddress(model, model.data.threads[0]!.frame!);
    };
    assert.equal(at('vscode://file{file}:{line}:{column}'), 'vscode://file/srv/app/order_service.py:32:1');
    assert.equal(at(null), null);
    assert.equal(at('javascript:alert(1)//{file}'), null);
    const odd = await readText(
      Buffer.from('Thread 0x0000000000000001 (most recent call first):\n  File "/srv/a b&c#d?/ü.py", line 7 in f\n'),
    );
    const model = modelOf(odd, { editor: 'idea://open?file={file}&line={line}' });
    assert.equal(editorAddress(model, 0), 'idea://open?file=/srv/a%20b%26c%23d%3F/%C3%BC.py&line=7');
  });
});
