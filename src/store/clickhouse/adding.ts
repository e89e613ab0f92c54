import { VERDICTS } from '../../analysis/index.js';
import { dumpOfRow } from '../columns.js';
import { HANG_BELOW, SEVERITIES, type Batch, type DumpRecord } from '../records.js';
import type { Added } from '../store.js';
import type { ClickHouseAddress } from './address.js';
import { quotedList, type Client } from './client.js';
import { deleteRows } from './deleting.js';
import { DUMP, KEYS_AT_ONCE, dumpLine, portions, runLines, seenIn, stackLines, threadLines, type Row, type Seen } from './rows.js';

/** Characters of one insert: some ten thousand threads. */
const INSERT_LENGTH = 8 << 20;
/** Threads that are taken back in one statement. */
const TAKEN_BACK_AT_ONCE = 500;

/** What is known of a dump that is there. */
interface Known {
  readonly worse: number;
  readonly seen: readonly Seen[];
}

/** A dump that was there, as it is judged now. */
interface Again {
  readonly dump: DumpRecord;
  readonly worse: number;
  readonly seen: readonly Seen[];
  /** Threads with a worse verdict than was known. */
  readonly places: ReadonlySet<number>;
}

/**
 * Sends what is not there. Threads go first, then their stacks, then their dumps: a dump that is there is there as a whole, and a
 * stack that is there has its thread (`prune` looks for that).
 *
 * @throws Unreachable: not all of it may be there, and all may be sent again; StoreError
 */
export async function send(client: Client, address: ClickHouseAddress, { runs, stacks, dumps }: Batch): Promise<Added> {
  const known = await knownOf(client, dumps);
  client.requireAll();
  const fresh = dumps.filter(({ key }) => !known.has(key));
  const again = await judgedAgain(client, dumps, known);
  await insert(client, 'threads', threadLines(fresh));
  const places = new Map(again.map((one) => [one.dump.key, one.places]));
  await insert(
    client,
    'threads',
    threadLines(
      again.map(({ dump }) => dump),
      (dump, place) => places.get(dump.key)!.has(place),
    ),
  );
  await takeBack(client, address, again);
  await insert(client, 'stacks', stackLines(stacks));
  await insert(client, 'dumps', [
    ...fresh.map((dump) => dumpLine(dump)),
    ...again.map(({ dump, worse, seen }) => dumpLine(dump, worse, seen)),
  ]);
  await insert(client, 'runs', runLines(runs));
  return {
    dumps: fresh.length,
    threads: fresh.reduce((sum, { threads }) => sum + threads.length, 0),
    known: dumps.length - fresh.length,
    more: again.length,
    kept: 0,
  };
}

async function knownOf(client: Client, dumps: readonly DumpRecord[]): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  for (const some of portions(dumps, KEYS_AT_ONCE))
    for (const { dump, worse, places, severities, fingerprints } of await client.rows<{
      dump: string;
      worse: number;
      places: number[];
      severities: number[];
      fingerprints: string[];
    }>(
      `SELECT dump, worse, sightings.place AS places, sightings.severity AS severities, sightings.fingerprint AS fingerprints FROM dumps
       WHERE dump IN ${quotedList(some.map(({ key }) => key))} ORDER BY dump, worse DESC LIMIT 1 BY dump`,
    ))
      known.set(dump, { worse, seen: places.map((place, i) => ({ place, severity: severities[i]!, fingerprint: fingerprints[i]! })) });
  return known;
}

/** Of dumps that are there: those with a thread that has a worse verdict than is known, since they were judged with other dumps now. */
async function judgedAgain(client: Client, dumps: readonly DumpRecord[], known: ReadonlyMap<string, Known>): Promise<readonly Again[]> {
  const changed = dumps.flatMap((dump) => {
    const before = known.get(dump.key);
    if (before === undefined) return [];
    const seen = new Map(before.seen.map((one) => [one.place, one]));
    const worse = seenIn(dump.threads).filter(({ place, severity }) => severity < (seen.get(place)?.severity ?? HANG_BELOW));
    for (const one of worse) seen.set(one.place, one);
    return worse.length === 0
      ? []
      : [{ dump, worse: before.worse + 1, seen: [...seen.values()], places: new Set(worse.map(({ place }) => place)) }];
  });
  const kept = new Map<string, DumpRecord>();
  for (const some of portions(changed, KEYS_AT_ONCE))
    for (const row of await client.rows<Row>(
      `SELECT ${DUMP} FROM dumps WHERE dump IN ${quotedList(some.map(({ dump }) => dump.key))} ORDER BY dump, worse DESC LIMIT 1 BY dump`,
    ))
      kept.set(row['dump'] as string, dumpOfRow(row, []));
  client.requireAll();
  // all but the judgement stays as it was said first; so its rows go to the same shard and month
  return changed.map(({ dump, ...rest }) => {
    const before = kept.get(dump.key) ?? dump;
    const verdict = VERDICTS.indexOf(dump.verdict) < VERDICTS.indexOf(before.verdict) ? dump.verdict : before.verdict;
    return { ...rest, dump: { ...before, verdict, threads: dump.threads } };
  });
}

/** Takes back what was said of these threads before: it may be of another place to hang in. Seldom, so servers may work for it. */
async function takeBack(client: Client, address: ClickHouseAddress, again: readonly Again[]): Promise<void> {
  const threads = again.flatMap(({ dump, places }) => Array.from(places, (place) => ({ dump, place })));
  for (const some of portions(threads, TAKEN_BACK_AT_ONCE)) {
    const these = some.map(({ dump, place }) => {
      const severity = SEVERITIES.indexOf(dump.threads[place]!.verdict);
      return `(at = ${dump.at} AND dump = '${dump.key}' AND place = ${place} AND severity > ${severity})`;
    });
    await deleteRows(client, address, 'threads', these.join(' OR '));
  }
}

async function insert(client: Client, table: string, lines: Iterable<string>): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < INSERT_LENGTH) continue;
    await client.insert(table, text);
    text = '';
  }
  if (text !== '') await client.insert(table, text);
}
