import { StoreError } from '../store.js';

/** Where a history lies on ClickHouse. */
export interface ClickHouseAddress {
  /** `http://host:port`, each of them; the first that answers is asked. */
  readonly servers: readonly string[];
  readonly database: string;
  /** Name of the cluster in the servers' configuration, over which tables are spread; null: one server. */
  readonly cluster: string | null;
  /** How long a request may take. */
  readonly timeoutMs: number;
  /** For people; there are no credentials in it. */
  readonly text: string;
}

const DEFAULT_PORT = 8123;
const DEFAULT_TLS_PORT = 8443;
const DEFAULT_DATABASE = 'standstill';
/** A server under load answers late; a job of a CI service does not wait for ever. */
const DEFAULT_TIMEOUT_S = 30;

/**
 * `clickhouse://HOST[:PORT][,HOST[:PORT]…][/DATABASE][?cluster=NAME][&timeout=SECONDS]`; `clickhouses://` speaks TLS.
 *
 * @throws StoreError `bad-store`; the message never holds what could be a password
 */
export function parseAddress(text: string): ClickHouseAddress {
  const fail = (what: string, hint = 'clickhouse://HOST:PORT,HOST:PORT/DATABASE?cluster=NAME'): never => {
    throw new StoreError('bad-store', `--store clickhouse://…: ${what}`, hint);
  };
  const match = /^clickhouse(s?):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text);
  if (match === null) return fail('no such address');
  const [, tls = '', hosts = '', database = '', parameters = ''] = match;
  if (hosts.includes('@'))
    return fail(
      'an address holds no user and password: others see it',
      'set STANDSTILL_CLICKHOUSE_USER and STANDSTILL_CLICKHOUSE_PASSWORD',
    );
  const servers = hosts.split(',').map((host) => {
    const parts = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(host);
    const port = Number(parts?.[2] ?? (tls ? DEFAULT_TLS_PORT : DEFAULT_PORT));
    return parts === null || port > 65_535 ? fail('a host is not one') : `http${tls}://${parts[1]!}:${port}`;
  });
  const name = database === '' ? DEFAULT_DATABASE : database;
  if (!isName(name)) return fail('the database has letters, digits and _ in its name');
  let [cluster, timeoutMs]: [string | null, number] = [null, DEFAULT_TIMEOUT_S * 1000];
  for (const [key, value] of new URLSearchParams(parameters)) {
    if (key === 'cluster' && isName(value)) cluster = value;
    else if (key === 'timeout' && /^\d{1,4}(?:\.\d{1,3})?$/.test(value) && Number(value) > 0) timeoutMs = Number(value) * 1000;
    else return fail('a parameter is neither cluster=NAME nor timeout=SECONDS');
  }
  const said = cluster === null ? '' : `?cluster=${cluster}`;
  return { servers, database: name, cluster, timeoutMs, text: `clickhouse${tls}://${hosts}/${name}${said}` };
}

/** Names stand in statements without quotes. */
const isName = (name: string): boolean => /^[a-z_]\w{0,99}$/i.test(name);
