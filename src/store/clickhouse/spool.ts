import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../input/index.js';
import { batchLines, batchesOf } from '../transfer/lines.js';
import { StoreError } from '../store.js';
import type { Batch } from '../records.js';

/** Batches that wait on this machine until their store can be reached: a file each, complete or not there. */
export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Dumps that wait. */
  get waiting(): number {
    return this.#files().reduce((sum, file) => sum + Number(/\.(\d+)\.ndjson$/.exec(file)?.[1] ?? 0), 0);
  }

  /** @throws StoreError `cannot-keep` */
  keep(batch: Batch): void {
    const name = `${Date.now()}-${process.pid}-${randomBytes(4).toString('hex')}.${batch.dumps.length}.ndjson`;
    const unfinished = path.join(this.#folder, `.${name}`);
    try {
      makeFolder(this.#folder, 0o700);
      const file = fs.openSync(unfinished, 'wx', 0o600);
      try {
        for (const line of batchLines(batch)) fs.writeSync(file, line);
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      fs.renameSync(unfinished, path.join(this.#folder, name));
    } catch (error) {
      try {
        fs.rmSync(unfinished, { force: true });
      } catch {
        // its folder is no folder
      }
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new StoreError(
        'cannot-keep',
        `${this.#folder}: cannot keep what the store cannot take now (${code})`,
        'make room, and add again',
      );
    }
  }

  /**
   * Hands over what waits, oldest first; a file that was taken is removed. One that is no such file, or that the store will not take,
   * stays and is passed over: what comes after it is not to fail for it.
   */
  async drain(take: (batch: Batch) => Promise<void>): Promise<void> {
    for (const name of this.#files()) {
      const file = path.join(this.#folder, name);
      try {
        for await (const batch of batchesOf(file)) await take(batch);
      } catch (error) {
        if (error instanceof StoreError && (error.code === 'bad-import' || error.code === 'store-error')) continue;
        // another process has sent it
        if (!fs.existsSync(file)) continue;
        throw error;
      }
      fs.rmSync(file, { force: true });
    }
  }

  #files(): string[] {
    try {
      return fs
        .readdirSync(this.#folder)
        .filter((name) => /^\d.*\.ndjson$/.test(name))
        .sort();
    } catch {
      return [];
    }
  }
}
