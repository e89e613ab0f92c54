import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { parseAddress } from './clickhouse/address.js';
import { Spool } from './clickhouse/spool.js';
import { ClickHouseStore } from './clickhouse/store.js';
import { SqliteStore } from './sqlite/store.js';
import { StoreError, type HistoryStore } from './store.js';

/** The folder for what users keep, as their system has it. */
function dataFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? os.homedir();
  const named = env['XDG_DATA_HOME'];
  // the specification: a relative path is to be ignored
  if (named !== undefined && path.isAbsolute(named)) return path.join(named, 'standstill');
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'standstill');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'standstill');
  return path.join(home, '.local', 'share', 'standstill');
}

export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Make the store when it is not there. */
  readonly create: boolean;
}

/**
 * The store that an address means: a file, or `clickhouse://…`; without one the user's own.
 *
 * @throws StoreError
 */
export async function openStore(address: string | undefined, { env, platform, create }: OpenOptions): Promise<HistoryStore> {
  if (address !== undefined && /^clickhouses?:/i.test(address)) {
    const place = parseAddress(address);
    const spool = new Spool(
      path.join(dataFolder(env, platform), 'spool', createHash('sha256').update(place.text).digest('hex').slice(0, 16)),
    );
    const credentials = { user: env['STANDSTILL_CLICKHOUSE_USER'] ?? 'default', password: env['STANDSTILL_CLICKHOUSE_PASSWORD'] ?? '' };
    return ClickHouseStore.open(place, { credentials, spool, create });
  }
  const scheme = address === undefined ? null : (/^([a-z][a-z0-9+.-]+):\/\//i.exec(address)?.[1]?.toLowerCase() ?? null);
  if (scheme !== null)
    throw new StoreError('bad-store', `--store ${scheme}://…: there is no such store`, 'give a file, or clickhouse://HOST:PORT/DATABASE');
  return SqliteStore.open(address ?? path.join(dataFolder(env, platform), 'history.sqlite'), { create });
}
