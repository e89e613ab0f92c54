import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store.js';
import type { Engine } from './engine.js';

/** How long a writer waits for others. A hundred jobs of a CI service end at once, each with less than a second of work. */
export const PATIENCE_MS = 60_000;

/** A FIFO would be waited for, a device read. */
export function checkFile(file: string, create: boolean): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (create) return;
    throw new StoreError('no-store', `there is no history yet at ${file}`, 'begin one with: standstill history add PATH… --build ID');
  }
  if (!stat.isFile()) throw new StoreError('not-a-store', `${file}: not a regular file`, 'name a file with --store');
}

/** Whether SQLite could not write, nor make the files that it needs beside. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof Error && /readonly database|unable to open/i.test(error.message);
}

/** Whether something stands in the log beside a file that is not in the file yet. */
export function hasLog(file: string): boolean {
  return (fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * How the file is written: with a write-ahead log, whose content is on disk before an add is acknowledged. Going over to the log is
 * the one thing that SQLite does not wait for.
 */
export async function settle(engine: Engine): Promise<void> {
  engine.exec('PRAGMA auto_vacuum = INCREMENTAL');
  for (let tries = 0; ; tries++) {
    try {
      engine.prepare('PRAGMA journal_mode = WAL').all();
      break;
    } catch (error) {
      if (!/locked|busy/i.test((error as Error).message) || tries === 200) throw error;
      await sleep(20 + Math.random() * 30);
    }
  }
  engine.exec('PRAGMA synchronous = FULL');
}

/** Does all of it or nothing; writers take turns. */
export function transaction<T>(engine: Engine, work: () => T): T {
  engine.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    engine.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      engine.exec('ROLLBACK');
    } catch {
      // a full disk has rolled it back already
    }
    throw error;
  }
}

/** What SQLite says, as something that can be done about it. */
export async function told<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError || !(error instanceof Error)) throw error;
    const { message } = error;
    const fail = (code: string, said: string, hint: string): never => {
      throw new StoreError(code, `${file}: ${said}`, hint);
    };
    if (/database or disk is full|SQLITE_FULL|ENOSPC/i.test(message))
      fail('disk-full', 'the disk is full; nothing was added', 'make room, or prune the history');
    if (/locked|busy/i.test(message)) fail('store-busy', `others have been writing for ${PATIENCE_MS / 1000} s`, 'try again');
    if (/not a database/i.test(message))
      fail('bad-store', 'no history: not an SQLite file, or one whose beginning is damaged', 'name another file with --store');
    if (/malformed|corrupt/i.test(message))
      fail(
        'bad-store',
        'this history is damaged',
        'put a copy in its place, or name another file with --store; standstill history add begins a new one',
      );
    if (/readonly|read-only|EROFS|EACCES|EPERM|unable to open|ENOENT|ENOTDIR|EISDIR|ELOOP|ENAMETOOLONG|disk i\/o/i.test(message))
      fail('cannot-open', `cannot be opened or written (${message.slice(0, 200)})`, 'name another file with --store');
    throw error;
  }
}
