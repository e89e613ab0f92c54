import fs from 'node:fs';
import type { Batch } from '../records.js';
import type { Added, HistoryStore } from '../store.js';
import { batchesOf } from './lines.js';
import { isParquet, parquetBatches } from './parquet.js';

/**
 * Adds what an export holds, in either format. What is there already stays as it is, so an import that failed is simply done again.
 *
 * @param file packed or not; `-` for standard input, which cannot be Parquet
 * @throws StoreError `bad-import` at the first thing that is none of an export; what is before it is added
 * @throws InputError
 */
export async function importHistory(store: HistoryStore, file: string): Promise<Added> {
  const sum = { dumps: 0, threads: 0, known: 0, more: 0, kept: 0 };
  const batches: AsyncIterable<Batch> = beginsAsParquet(file) ? parquetBatches(file) : batchesOf(file);
  for await (const batch of batches) {
    const added = await store.add(batch);
    for (const key of Object.keys(sum) as (keyof Added)[]) sum[key] += added[key];
  }
  return sum;
}

/** False for what is no regular file: that is told by who reads it. */
function beginsAsParquet(file: string): boolean {
  if (file === '-' || fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    const handle = fs.openSync(file, 'r');
    try {
      const begin = new Uint8Array(4);
      fs.readSync(handle, begin, 0, 4, 0);
      return isParquet(begin);
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return false;
  }
}
