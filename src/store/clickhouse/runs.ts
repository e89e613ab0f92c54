import type { RunRecord } from '../records.js';
import type { Client } from './client.js';
import { conditionOf } from './scope.js';

/** One for each build and host, with all labels that it was added with, and the keys of its rows. */
export async function runsOf(
  client: Client,
  where: { readonly builds?: readonly string[] | undefined; readonly hosts?: readonly string[] | undefined },
): Promise<readonly (RunRecord & { readonly keys: readonly string[] })[]> {
  const rows = await client.rows<{ build: string | null; host: string | null; said: string[]; earliest: number; keys: string[] }>(
    `SELECT build, host, groupUniqArrayArray(labels) AS said, min(at) AS earliest, groupUniqArray(key) AS keys FROM runs
     WHERE ${conditionOf(where)} GROUP BY build, host ORDER BY build, host`,
  );
  return rows.map(({ build, host, said, earliest, keys }) => ({ build, host, labels: said.sort(), at: earliest, keys }));
}
