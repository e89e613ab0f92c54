import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { historyParquet, importHistory, type DumpRecord, type Item } from '../../src/store/index.js';
import { batchOf, dumpOf, stackOf, type ThreadShape } from './data.js';
import { NaiveStore } from './naive-store.js';

describe('an export as Parquet', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-parquet-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function written(store: NaiveStore): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of historyParquet(store)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function kept(store: NaiveStore): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of store.export()) items.push(item);
    return items;
  }

  function write(name: string, content: Uint8Array): string {
    fs.writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  }

  it('keeps a dump that stands in two row groups, one without threads, and a build without a dump', async () => {
    const threads = (n: number): ThreadShape[] =>
      Array.from({ length: n }, (_, i) => ({ verdict: 'idle', at: i % 7 === 0 ? null : `fn_${i % 40}`, name: `thread ${i}` }));
    const store = new NaiveStore();
    await store.add(
      batchOf(
        { id: 'first', build: '1', threads: threads(26_000) },
        { id: 'across', build: '1', threads: threads(26_000) },
        { id: 'none', threads: [] },
        { id: 'timeless', time: null, labels: ['a=1', 'b=2'], threads: [{ verdict: 'stuck', at: 'acquire', wait: 'lock' }] },
      ),
    );
    await store.add({ runs: [{ build: '2', host: 'h', labels: ['a=1'], at: 5 }], stacks: [], dumps: [] });
    const copy = new NaiveStore();
    const added = await importHistory(copy, write('history.parquet', await written(store)));
    assert.deepEqual([added.dumps, added.threads], [4, 52_001]);
    const byText = (items: Item[]): string[] => items.map((item) => JSON.stringify(item)).sort();
    assert.deepEqual(byText(await kept(copy)), byText(await kept(store)));
  });

  it('is refused where it is none, was cut or was changed, with what is wrong', async () => {
    const store = new NaiveStore();
    await store.add(batchOf({ id: 'one', threads: [{ verdict: 'stuck', at: 'acquire' }] }));
    const whole = await written(store);
    const other = new ByteWriter();
    await parquetWrite({ writer: other, columnData: [{ name: 'a', data: [1, 2], type: 'INT32' }] });
    const changed = await written(new Changed({ ...dumpOf({ id: 'two', threads: [] }), key: 'no key' }));
    const wrong: [string, Uint8Array, RegExp][] = [
      ['cut', whole.subarray(0, whole.length - 20), /cut: no whole Parquet file/],
      ['short', whole.subarray(0, 4), /no whole Parquet file/],
      ['other', other.getBytes(), /other: a Parquet file, but no export of a history/],
      ['changed', changed, /changed: row 0 is of no dump/],
      ['garbled', Buffer.concat([whole.subarray(0, 4), Buffer.alloc(1500, 0xff), whole.subarray(1504)]), /garbled: /],
    ];
    for (const [name, content, message] of wrong) {
      const target = new NaiveStore();
      await assert.rejects(importHistory(target, write(name, content)), { code: 'bad-import', message }, name);
      assert.deepEqual(
        (await kept(target)).filter((item) => 'dump' in item),
        [],
      );
    }
  });
});

/** A store whose export is not what a store holds. */
class Changed extends NaiveStore {
  readonly #dump: DumpRecord;

  constructor(dump: DumpRecord) {
    super();
    const thread = dumpOf({ id: 'thread', threads: [{ verdict: 'stuck', at: 'acquire' }] }).threads;
    this.#dump = { ...dump, threads: thread };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is for stores that wait
  override async *export(): AsyncGenerator<Item> {
    yield { stack: stackOf('acquire') };
    yield { dump: this.#dump };
  }
}
