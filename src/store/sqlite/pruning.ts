import type { Pruned } from '../store.js';
import type { Engine } from './engine.js';
import { transaction } from './file.js';
import { scopeCondition } from './rows.js';

/** What nothing refers to any more after dumps were taken out. */
const LEFT_OVERS = [
  'DELETE FROM run_labels AS l WHERE NOT EXISTS (SELECT 1 FROM run_rows r WHERE r.build = l.build AND r.host = l.host)',
  'DELETE FROM spots WHERE id NOT IN (SELECT spot FROM thread_rows)',
  'DELETE FROM stack_rows WHERE id NOT IN (SELECT stack FROM spots)',
  'DELETE FROM prints WHERE id NOT IN (SELECT print FROM spots)',
  'DELETE FROM incidents WHERE id NOT IN (SELECT incident FROM dump_rows)',
  `DELETE FROM texts WHERE id NOT IN (SELECT build FROM dump_rows UNION SELECT host FROM dump_rows UNION SELECT source FROM dump_rows
    UNION SELECT format FROM dump_rows UNION SELECT origin FROM dump_rows UNION SELECT reason FROM dump_rows UNION SELECT label FROM dump_labels
    UNION SELECT name FROM thread_rows UNION SELECT function FROM spots UNION SELECT file FROM spots UNION SELECT wait FROM spots
    UNION SELECT wait_by FROM spots UNION SELECT label FROM run_labels UNION SELECT build FROM run_rows UNION SELECT host FROM run_rows)`,
];

/** Removes dumps and what nothing refers to any more; the file gives the pages back. */
export function prune(
  engine: Engine,
  { before, builds }: { readonly before?: number; readonly builds?: readonly string[] },
  dry: boolean,
): Pruned {
  const scope = { ...(builds && { builds }), ...(before !== undefined && { until: before - 1 }) };
  const { sql, values } = scopeCondition(scope, 'd', 'id', false);
  const count = (what: string): number =>
    (engine.prepare(`SELECT count(*) AS n FROM ${what} WHERE ${sql}`).all(...values) as { n: number }[])[0]!.n;
  const counted = (): Pruned => ({ dumps: count('dump_rows d'), threads: count('dump_rows d JOIN thread_rows t ON t.dump = d.id') });
  if (dry) return counted();
  const pruned = transaction(engine, () => {
    const sums = counted();
    for (const table of ['sightings', 'thread_rows', 'dump_labels'])
      engine.prepare(`DELETE FROM ${table} WHERE dump IN (SELECT d.id FROM dump_rows d WHERE ${sql})`).run(...values);
    engine.prepare(`DELETE FROM dump_rows AS d WHERE ${sql}`).run(...values);
    const runs = scopeCondition(builds ? { builds } : {}, 'r', 'build', false);
    engine
      .prepare(
        `DELETE FROM run_rows AS r WHERE ${runs.sql} AND r.at < ? AND NOT EXISTS (SELECT 1 FROM dump_rows d WHERE d.build = r.build AND d.host = r.host)`,
      )
      .run(...runs.values, before ?? Number.MAX_SAFE_INTEGER);
    for (const statement of LEFT_OVERS) engine.exec(statement);
    return sums;
  });
  engine.prepare('PRAGMA incremental_vacuum').all();
  return pruned;
}
