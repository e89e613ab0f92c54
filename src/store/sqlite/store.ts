import path from 'node:path';
import { makeFolder } from '../../input/index.js';
import type { Batch, DumpRecord, StackRecord } from '../records.js';
import { StoreError, type Added, type Answer, type HistoryStore, type Item, type Pruned } from '../store.js';
import { loadEngine, type Engine, type OpenEngine } from './engine.js';
import { exported } from './exporting.js';
import { PATIENCE_MS, checkFile, hasLog, isReadOnly, settle, told, transaction } from './file.js';
import { prune } from './pruning.js';
import { SqliteQuestions } from './questions.js';
import { isCurrent, migrate, versionOf } from './schema.js';
import { Writer } from './writer.js';

/** Threads written in one transaction: others get their turn in between. */
const TRANSACTION = 20_000;

export interface SqliteOptions {
  /** Make the file when it is not there; else its absence is an error. */
  readonly create: boolean;
  /** For tests: the size in pages beyond which the file cannot grow, like a full disk. */
  readonly mostPages?: number;
}

/**
 * A history in one SQLite file. Several processes may use it at once (write-ahead log): readers never wait, writers take turns. What
 * an add has acknowledged is on disk; a process that is killed leaves nothing behind that others would have to clear up.
 */
export class SqliteStore extends SqliteQuestions implements HistoryStore {
  readonly missing = [];
  readonly waiting = 0;
  #written = false;

  /** @throws StoreError `no-store`, `no-engine`, `not-a-store`, `newer-store`, `bad-store` */
  static async open(file: string, options: SqliteOptions): Promise<SqliteStore> {
    await told(file, () => checkFile(file, options.create));
    const load = await loadEngine();
    return told(file, async () => {
      if (options.create) makeFolder(path.dirname(path.resolve(file)), 0o700);
      try {
        return new SqliteStore(file, await opened(load, file, options));
      } catch (error) {
        if (options.create || !isReadOnly(error)) throw error;
        return new SqliteStore(file, openedToRead(load, file));
      }
    });
  }

  async add(batch: Batch): Promise<Added> {
    const stacks = new Map(batch.stacks.map((stack) => [stack.key, stack]));
    const sum = { dumps: 0, threads: 0, known: 0, more: 0, kept: 0 };
    const referred = new Set(batch.dumps.flatMap((dump) => dump.threads.flatMap(({ stack }) => stack ?? [])));
    for (const dumps of portions(batch.dumps)) {
      await this.#write((writer) => {
        if (dumps[0] === batch.dumps[0]) for (const run of batch.runs) writer.run(run);
        if (dumps[0] === batch.dumps[0]) for (const stack of batch.stacks) if (!referred.has(stack.key)) writer.stack(stack);
        for (const dump of dumps) {
          const what = writer.dump(dump);
          if (what === 'new') {
            sum.dumps++;
            sum.threads += dump.threads.length;
          } else {
            sum.known++;
            if (what === 'more') sum.more++;
          }
        }
      }, stacks);
    }
    return sum;
  }

  query(sql: string, most: number): Promise<Answer> {
    return this.told(() => {
      // `ATTACH` makes files, and is not kept from it by `query_only`
      if (!/^\s*(?:(?:--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)\s*)*(?:select|with|values|explain)\b/i.test(sql))
        throw new StoreError('bad-query', 'a query begins with SELECT, WITH, VALUES or EXPLAIN', 'tables: dumps, threads, stacks, runs');
      this.engine.exec('PRAGMA query_only = 1');
      try {
        return this.engine.query(sql, most);
      } catch (error) {
        throw new StoreError('bad-query', (error as Error).message, 'SQL of SQLite; tables: dumps, threads, stacks, runs');
      } finally {
        this.engine.exec('PRAGMA query_only = 0');
      }
    });
  }

  prune(what: { readonly before?: number; readonly builds?: readonly string[] }, dry: boolean): Promise<Pruned> {
    return this.told(() => prune(this.engine, what, dry));
  }

  export(): AsyncIterable<Item> {
    return exported(this.engine, this.place);
  }

  close(): Promise<void> {
    return this.told(() => {
      // libsql leaves the log behind; nothing is lost by that, but people copy the one file, and who may only read it needs it whole
      if (this.#written) {
        this.engine.exec('PRAGMA busy_timeout = 0');
        this.engine.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      }
      this.engine.close();
    });
  }

  async #write(write: (writer: Writer) => void, stacks: ReadonlyMap<string, StackRecord>): Promise<void> {
    await this.told(() => {
      transaction(this.engine, () => write(new Writer(this.engine, stacks)));
      this.#written = true;
    });
  }
}

async function opened(load: OpenEngine, file: string, { mostPages }: SqliteOptions): Promise<Engine> {
  const engine = load(file);
  try {
    engine.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
    versionOf(engine, file);
    await settle(engine);
    migrate(engine, file);
    if (mostPages !== undefined) engine.prepare(`PRAGMA max_page_count = ${mostPages}`).all();
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** A history of others, which may only be read here. */
function openedToRead(load: OpenEngine, file: string): Engine {
  const engine = load(file, !hasLog(file));
  if (isCurrent(engine, file)) return engine;
  engine.close();
  throw new StoreError(
    'cannot-open',
    `${file}: written by an older standstill, and it cannot be brought up to date here`,
    'let somebody ask it who may write to it',
  );
}

function* portions(dumps: readonly DumpRecord[]): Generator<readonly DumpRecord[]> {
  let [from, threads] = [0, 0];
  for (const [i, dump] of dumps.entries()) {
    threads += dump.threads.length;
    if (threads < TRANSACTION) continue;
    yield dumps.slice(from, i + 1);
    [from, threads] = [i + 1, 0];
  }
  if (from < dumps.length || dumps.length === 0) yield dumps.slice(from);
}
