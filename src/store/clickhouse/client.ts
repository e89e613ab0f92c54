import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError, type Answer } from '../store.js';
import type { ClickHouseAddress } from './address.js';

/** Texts in statements, the one place where they are quoted. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}

export function quotedList(texts: readonly string[]): string {
  return `(${texts.map(quoted).join(', ')})`;
}

/** The store cannot be reached or cannot take anything now: what was to be added has to wait. */
export class Unreachable extends StoreError {
  constructor(place: string, why: string) {
    super('no-store', `${place} cannot be used now: ${why}`, 'see whether its servers run, and whether this machine reaches them');
  }
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Codes of errors that pass by themselves: too many queries or parts, time-outs, network, memory, a full or read-only disk, an
 * unavailable shard, no leader.
 */
const PASSING: ReadonlySet<number> = new Set([
  32, 74, 75, 159, 160, 173, 198, 201, 202, 203, 204, 209, 210, 225, 236, 241, 242, 243, 252, 279, 285, 319, 999,
]);
const SHARD_MISSING: ReadonlySet<number> = new Set([32, 102, 209, 210, 279, 519]);
/** Tries of an insert; then it waits on this machine for the next add. */
const TRIES = 3;
const PAUSE_MS = 250;

class ServerError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Speaks with ClickHouse over HTTP, in what servers of 2018 and of today have in common. */
export class Client {
  readonly #address: ClickHouseAddress;
  readonly #authorization: string;
  /** The server that answered last. */
  #current = 0;
  /** Shards that did not answer, by host and port. */
  readonly missing = new Set<string>();

  constructor(address: ClickHouseAddress, { user, password }: Credentials) {
    this.#address = address;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  }

  /**
   * Rows of a question. When a shard does not answer, those of the others, and {@link missing} says which.
   *
   * @throws Unreachable when no server answers, StoreError `store-error`
   */
  async rows<Row>(sql: string): Promise<Row[]> {
    const { columns, rows } = await this.answer(sql, {});
    return rows.map((row) => {
      const named: Record<string, unknown> = {};
      for (let i = 0; i < columns.length; i++) named[columns[i]!] = row[i];
      return named as Row;
    });
  }

  async answer(sql: string, settings: Readonly<Record<string, string>>): Promise<Omit<Answer, 'cut'>> {
    const all = {
      readonly: '2',
      default_format: 'JSONCompact',
      output_format_json_quote_64bit_integers: '0',
      wait_end_of_query: '1',
      ...settings,
    };
    const ask = (): Promise<string> => this.#anywhere(sql, this.missing.size === 0 ? all : { ...all, skip_unavailable_shards: '1' });
    let text: string;
    try {
      text = await ask();
    } catch (error) {
      if (!(error instanceof ServerError) || !SHARD_MISSING.has(error.code) || this.missing.size > 0) throw this.#told(error);
      this.missing.add(missingShard(error.message));
      try {
        text = await ask();
      } catch (again) {
        throw this.#told(again);
      }
    }
    try {
      const { meta, data } = JSON.parse(text) as { meta: { name: string }[]; data: Answer['rows'] };
      return { columns: meta.map(({ name }) => name), rows: data };
    } catch {
      throw new StoreError('bad-query', 'the answer is no table', 'leave FORMAT out');
    }
  }

  /**
   * Before anything is added or removed: what is there must be known of all shards.
   *
   * @throws Unreachable when one of them did not answer
   */
  requireAll(): void {
    const [missing] = this.missing;
    if (missing !== undefined) throw new Unreachable(this.#address.text, `${missing} does not answer`);
  }

  /** Inserts lines of JSON; when it resolves, every shard that they are for has them. A try that failed may have left rows: tables drop doubles. */
  async insert(table: string, lines: string): Promise<void> {
    const sql = `INSERT INTO ${table} FORMAT JSONEachRow`;
    // bytes, since fetch looks at each sign of a text twice
    const body = Buffer.from(lines, 'utf8');
    // a row that arrives on a shard is there when the request ends
    const settings = { query: sql, insert_distributed_sync: '1', max_insert_block_size: '1048576' };
    for (let tries = 1; ; tries++) {
      try {
        await this.#anywhere(body, settings);
        return;
      } catch (error) {
        const passing = !(error instanceof ServerError) || PASSING.has(error.code);
        if (!passing || tries === TRIES) throw this.#told(error);
        await sleep(PAUSE_MS * 2 ** tries * (0.5 + Math.random()));
      }
    }
  }

  /**
   * A statement on each server by itself: tables are made on all of them.
   *
   * @param done what a server says that has done it already
   */
  async everywhere(sql: string, done?: RegExp): Promise<void> {
    for (const server of this.#address.servers) {
      try {
        await this.#request(server, sql, {});
      } catch (error) {
        if (error instanceof ServerError && done?.test(error.message)) continue;
        throw this.#told(error);
      }
    }
  }

  /** Rows of each server by itself. */
  async each<Row>(sql: string): Promise<Row[][]> {
    const answers: Row[][] = [];
    for (const server of this.#address.servers) {
      try {
        const text = await this.#request(server, sql, {
          readonly: '2',
          default_format: 'JSON',
          output_format_json_quote_64bit_integers: '0',
        });
        answers.push((JSON.parse(text) as { data: Row[] }).data);
      } catch (error) {
        throw this.#told(error);
      }
    }
    return answers;
  }

  /** Asks the server that answered last, then the others. */
  async #anywhere(body: string | Buffer<ArrayBuffer>, settings: Readonly<Record<string, string>>): Promise<string> {
    const { servers } = this.#address;
    let last: unknown;
    for (let i = 0; i < servers.length; i++) {
      const at = (this.#current + i) % servers.length;
      try {
        const text = await this.#request(servers[at]!, body, { database: this.#address.database, ...settings });
        this.#current = at;
        return text;
      } catch (error) {
        if (error instanceof ServerError) throw error;
        last = error;
      }
    }
    throw last;
  }

  async #request(server: string, body: string | Buffer<ArrayBuffer>, settings: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(`${server}/?${new URLSearchParams(settings).toString()}`, {
      method: 'POST',
      body,
      headers: { authorization: this.#authorization, 'content-type': 'text/plain; charset=utf-8' },
      // who redirects is no server of ours, and would get the password
      redirect: 'error',
      signal: AbortSignal.timeout(this.#address.timeoutMs),
    });
    const text = await response.text();
    if (response.ok) return text;
    const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? (response.status >= 500 ? 999 : 0));
    throw new ServerError(code, text.slice(0, 4000));
  }

  #told(error: unknown): unknown {
    const { text, timeoutMs } = this.#address;
    if (error instanceof StoreError) return error;
    if (error instanceof ServerError) {
      const message = brief(error.message);
      if (PASSING.has(error.code)) return new Unreachable(text, message);
      if (error.code === 192 || error.code === 193 || error.code === 194 || error.code === 516)
        return new StoreError(
          'no-access',
          `${text}: the user or the password is wrong`,
          'set STANDSTILL_CLICKHOUSE_USER and STANDSTILL_CLICKHOUSE_PASSWORD',
        );
      return new StoreError('store-error', `${text}: ${message}`, 'see the log of the server');
    }
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined)?.code : undefined;
    const slow = error instanceof Error && error.name === 'TimeoutError';
    return new Unreachable(text, slow ? `no answer within ${timeoutMs / 1000} s` : (cause ?? 'no connection'));
  }
}

/** `Code: 62, e.displayText() = DB::Exception: Syntax error: …` as its words. */
function brief(message: string): string {
  return message
    .replace(/^Code: \d+(?:, e\.displayText\(\) =|\.) (?:DB::\w+: )?/, '')
    .replace(/, e\.what\(\) =[^]*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}

function missingShard(message: string): string {
  return /\(([\w.:[\]-]+:\d+)\)/.exec(message)?.[1] ?? 'a shard';
}
