import type { Batch } from '../records.js';
import { StoreError, type Added, type Answer, type HistoryStore, type Item, type Pruned } from '../store.js';
import { send } from './adding.js';
import type { ClickHouseAddress } from './address.js';
import { Client, Unreachable, type Credentials } from './client.js';
import { prune } from './deleting.js';
import { exported } from './exporting.js';
import { ClickHouseQuestions } from './questions.js';
import { prepare, preparedVersion } from './schema.js';
import type { Spool } from './spool.js';

export interface ClickHouseOptions {
  readonly credentials: Credentials;
  /** Where batches wait that the store cannot take now. */
  readonly spool: Spool;
  readonly create: boolean;
}

/**
 * A history on ClickHouse, spread over the shards of a cluster. Rows are only added; what comes twice is one row in every sum, so a
 * batch may be sent again whenever it is not known whether it arrived. What cannot be sent waits on this machine for the next add.
 */
export class ClickHouseStore extends ClickHouseQuestions implements HistoryStore {
  readonly #address: ClickHouseAddress;
  readonly #spool: Spool;
  #ready = false;

  private constructor(address: ClickHouseAddress, { credentials, spool }: ClickHouseOptions) {
    super(new Client(address, credentials));
    this.#address = address;
    this.#spool = spool;
  }

  /** @throws StoreError `no-store` for a question to a store that is not there; one of an older version is brought up to date */
  static async open(address: ClickHouseAddress, options: ClickHouseOptions): Promise<ClickHouseStore> {
    const store = new ClickHouseStore(address, options);
    if (!options.create) await store.#look();
    return store;
  }

  get place(): string {
    return this.#address.text;
  }

  get missing(): readonly string[] {
    return [...this.client.missing].map((part) => (part === 'a shard' ? part : `shard ${part}`));
  }

  get waiting(): number {
    return this.#spool.waiting;
  }

  async add(batch: Batch): Promise<Added> {
    try {
      await this.#prepare();
      await this.#spool.drain(async (waiting) => {
        await send(this.client, this.#address, waiting);
      });
      return await send(this.client, this.#address, batch);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#spool.keep(batch);
      return { dumps: 0, threads: 0, known: 0, more: 0, kept: batch.dumps.length };
    }
  }

  async query(sql: string, most: number): Promise<Answer> {
    try {
      const { columns, rows } = await this.client.answer(sql, { max_result_rows: String(most + 1), result_overflow_mode: 'break' });
      return { columns, rows: rows.slice(0, most).map((row) => row.map(plainValue)), cut: rows.length > most };
    } catch (error) {
      if (error instanceof Unreachable || !(error instanceof StoreError)) throw error;
      throw new StoreError('bad-query', error.message, 'SQL of ClickHouse; tables: dumps, threads, stacks, runs');
    }
  }

  prune(what: { readonly before?: number; readonly builds?: readonly string[] }, dry: boolean): Promise<Pruned> {
    return prune(this.client, this.#address, what, dry);
  }

  export(): AsyncIterable<Item> {
    return exported(this.client);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Before a question. */
  async #look(): Promise<void> {
    const { version, current } = await preparedVersion(this.client, this.#address);
    if (version === 0)
      throw new StoreError(
        'no-store',
        `there is no history yet at ${this.place}`,
        'begin one with: standstill history add PATH… --build ID',
      );
    if (!current) await prepare(this.client, this.#address, version);
  }

  /** Before an add. */
  async #prepare(): Promise<void> {
    if (this.#ready) return;
    const { version, current } = await preparedVersion(this.client, this.#address).catch(noDatabase);
    if (!current) await prepare(this.client, this.#address, version);
    this.#ready = true;
  }
}

/** The database is made with the tables. */
function noDatabase(error: unknown): { readonly version: number; readonly current: boolean } {
  if (error instanceof StoreError && error.code === 'store-error' && /doesn't exist|does not exist/i.test(error.message))
    return { version: 0, current: false };
  throw error;
}

function plainValue(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null ? value : JSON.stringify(value);
}
