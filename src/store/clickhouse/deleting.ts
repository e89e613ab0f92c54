import { StoreError, type Pruned } from '../store.js';
import type { StackRecord } from '../records.js';
import type { ClickHouseAddress } from './address.js';
import { quotedList, type Client } from './client.js';
import { KEYS_AT_ONCE, portions, stackLines, stackOf, type StackRow } from './rows.js';
import { runsOf } from './runs.js';
import { localTable } from './schema.js';
import { conditionOf } from './scope.js';

/** How long the removal of rows is waited for. */
const DELETE_MS = 300_000;

/** Removes rows on every server. Servers delete in their own time; this returns when they have. @throws StoreError `store-busy` */
export async function deleteRows(
  client: Client,
  address: ClickHouseAddress,
  table: 'threads' | 'dumps' | 'dumps_by' | 'runs' | 'stacks',
  condition: string,
): Promise<void> {
  await client.everywhere(`ALTER TABLE ${localTable(address, table)} DELETE WHERE ${condition}`);
  const [database, local] = localTable(address, table).split('.') as [string, string];
  for (const begun = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const undone = await client.each<{ n: number }>(
      `SELECT count() AS n FROM system.mutations WHERE database = '${database}' AND table = '${local}' AND is_done = 0`,
    );
    if (undone.every(([row]) => row!.n === 0)) return;
    if (Date.now() - begun > DELETE_MS)
      throw new StoreError('store-busy', `${address.text}: still deleting after ${DELETE_MS / 1000} s`, 'it goes on by itself');
  }
}

/** Removes dumps, their threads, and the runs and stacks that nothing refers to any more. */
export async function prune(
  client: Client,
  address: ClickHouseAddress,
  { before, builds }: { readonly before?: number; readonly builds?: readonly string[] },
  dry: boolean,
): Promise<Pruned> {
  const condition = conditionOf({ builds, until: before === undefined ? undefined : before - 1 });
  const [[dumps], [threads]] = [
    await client.rows<{ n: number }>(`SELECT uniqExact(dump) AS n FROM dumps WHERE ${condition}`),
    await client.rows<{ n: number }>(`SELECT uniqExact(dump, place) AS n FROM threads WHERE ${condition}`),
  ];
  const pruned = { dumps: dumps?.n ?? 0, threads: threads?.n ?? 0 };
  if (dry) return pruned;
  client.requireAll();
  const stacks = await client.rows<{ stack: string }>(`SELECT DISTINCT stack FROM threads WHERE stack IS NOT NULL AND ${condition}`);
  for (const table of ['threads', 'dumps', 'dumps_by'] as const) await deleteRows(client, address, table, condition);
  const left = await client.rows<{ build: string | null; host: string | null }>('SELECT DISTINCT build, host FROM dumps');
  const kept = new Set(left.map(({ build, host }) => JSON.stringify([build, host])));
  const gone = (await runsOf(client, { builds })).filter(
    ({ build, host, at }) => !kept.has(JSON.stringify([build, host])) && (before === undefined || at < before),
  );
  client.requireAll();
  for (const some of portions(gone, KEYS_AT_ONCE))
    await deleteRows(client, address, 'runs', `key IN ${quotedList(some.flatMap(({ keys }) => keys))}`);
  for (const some of portions(stacks, KEYS_AT_ONCE))
    await pruneStacks(
      client,
      address,
      some.map(({ stack }) => stack),
    );
  return pruned;
}

/** Another process may add a thread with such a stack at this moment: it sends the thread first, so that it is seen afterwards. */
async function pruneStacks(client: Client, address: ClickHouseAddress, stacks: readonly string[]): Promise<void> {
  const referred = async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
    const rows = await client.rows<{ stack: string }>(`SELECT DISTINCT stack FROM threads WHERE stack IN ${quotedList(keys)}`);
    return new Set(rows.map(({ stack }) => stack));
  };
  const before = await referred(stacks);
  const gone = stacks.filter((stack) => !before.has(stack));
  client.requireAll();
  if (gone.length === 0) return;
  const records: StackRecord[] = (
    await client.rows<StackRow>(`SELECT stack, depth, frames FROM stacks WHERE stack IN ${quotedList(gone)} LIMIT 1 BY stack`)
  ).map(stackOf);
  await deleteRows(client, address, 'stacks', `stack IN ${quotedList(gone)}`);
  const after = await referred(gone);
  const back = records.filter(({ key }) => after.has(key));
  if (back.length > 0) await client.insert('stacks', [...stackLines(back)].join('\n'));
}
