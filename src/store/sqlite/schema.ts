import { StoreError } from '../store.js';
import type { Engine } from './engine.js';
import { transaction } from './file.js';

/** Marks a file as ours in SQLite's header: `stnd`. */
const APPLICATION_ID = 0x73746e64;

/**
 * The steps from each version to the next; the place in the list is the version that a step starts from. A step that was released is
 * never changed: files made by it are out there (`test/store/fixtures`).
 *
 * Texts, stacks and whatever repeats is kept once and pointed to by number; 0 is "not said", so that it can be grouped by. What the
 * questions are about is in `sightings`, in the order in which it is asked for: they do not touch the other threads.
 */
const STEPS: readonly string[] = [
  `
  CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  CREATE TABLE prints (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);
  CREATE TABLE incidents (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
  CREATE TABLE stack_rows (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, depth INTEGER NOT NULL, frames TEXT NOT NULL);
  CREATE TABLE run_rows (build INTEGER NOT NULL, host INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (build, host)) WITHOUT ROWID;
  CREATE TABLE dump_rows (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, incident INTEGER NOT NULL, build INTEGER NOT NULL, host INTEGER NOT NULL,
    at INTEGER NOT NULL, time INTEGER, time_from TEXT, added INTEGER NOT NULL, source INTEGER NOT NULL, line INTEGER NOT NULL,
    format INTEGER NOT NULL, runtime TEXT NOT NULL, kind TEXT NOT NULL, pid INTEGER, origin INTEGER NOT NULL, reason INTEGER NOT NULL,
    verdict TEXT NOT NULL
  );
  CREATE TABLE dump_labels (label INTEGER NOT NULL, dump INTEGER NOT NULL, PRIMARY KEY (label, dump)) WITHOUT ROWID;
  CREATE TABLE spots (
    id INTEGER PRIMARY KEY, print INTEGER NOT NULL, function INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    wait INTEGER NOT NULL, wait_by INTEGER NOT NULL, stack INTEGER NOT NULL,
    UNIQUE (print, stack, function, file, line, wait, wait_by)
  );
  CREATE TABLE thread_rows (
    dump INTEGER NOT NULL, place INTEGER NOT NULL, thread_id TEXT, name INTEGER NOT NULL, kind TEXT NOT NULL, severity INTEGER NOT NULL,
    role TEXT, score REAL, spot INTEGER NOT NULL, PRIMARY KEY (dump, place)
  ) WITHOUT ROWID;
  CREATE TABLE sightings (
    print INTEGER NOT NULL, at INTEGER NOT NULL, dump INTEGER NOT NULL, place INTEGER NOT NULL, severity INTEGER NOT NULL,
    build INTEGER NOT NULL, host INTEGER NOT NULL, incident INTEGER NOT NULL, PRIMARY KEY (print, at, dump, place)
  ) WITHOUT ROWID;
  CREATE VIEW dumps AS
    SELECT d.key AS dump, i.key AS incident, b.text AS build, h.text AS host, d.at, d.time, d.time_from, d.added, s.text AS source, d.line,
      f.text AS format, d.runtime, d.kind, d.pid, o.text AS origin, r.text AS reason, d.verdict
    FROM dump_rows d JOIN incidents i ON i.id = d.incident LEFT JOIN texts b ON b.id = d.build LEFT JOIN texts h ON h.id = d.host
      LEFT JOIN texts s ON s.id = d.source LEFT JOIN texts f ON f.id = d.format LEFT JOIN texts o ON o.id = d.origin
      LEFT JOIN texts r ON r.id = d.reason;
  CREATE VIEW threads AS
    SELECT d.key AS dump, t.place, b.text AS build, h.text AS host, d.at, i.key AS incident, t.thread_id, n.text AS name, t.kind,
      CASE t.severity WHEN 0 THEN 'stuck' WHEN 1 THEN 'suspect' WHEN 2 THEN 'inconclusive' WHEN 3 THEN 'unknown' WHEN 4 THEN 'progressing'
        ELSE 'idle' END AS verdict,
      t.role, t.score, w.text AS wait, wb.text AS wait_by, p.fingerprint, fn.text AS function, fi.text AS file, nullif(sp.line, 0) AS line,
      st.key AS stack
    FROM thread_rows t JOIN dump_rows d ON d.id = t.dump JOIN incidents i ON i.id = d.incident JOIN spots sp ON sp.id = t.spot
      LEFT JOIN texts b ON b.id = d.build LEFT JOIN texts h ON h.id = d.host LEFT JOIN texts n ON n.id = t.name
      LEFT JOIN texts w ON w.id = sp.wait LEFT JOIN texts wb ON wb.id = sp.wait_by LEFT JOIN prints p ON p.id = sp.print
      LEFT JOIN texts fn ON fn.id = sp.function LEFT JOIN texts fi ON fi.id = sp.file LEFT JOIN stack_rows st ON st.id = sp.stack;
  CREATE VIEW stacks AS SELECT key AS stack, depth, frames FROM stack_rows;
  CREATE VIEW runs AS
    SELECT b.text AS build, h.text AS host, r.at FROM run_rows r LEFT JOIN texts b ON b.id = r.build LEFT JOIN texts h ON h.id = r.host;
  `,
  // builds in which nothing hung count for their labels, too; of the others these are known by their dumps. The labels of a dump were
  // searched for among all
  `
  CREATE INDEX dump_labels_by_dump ON dump_labels (dump, label);
  CREATE TABLE run_labels (build INTEGER NOT NULL, host INTEGER NOT NULL, label INTEGER NOT NULL, PRIMARY KEY (build, host, label)) WITHOUT ROWID;
  INSERT INTO run_labels SELECT DISTINCT d.build, d.host, l.label FROM dump_labels l JOIN dump_rows d ON d.id = l.dump;
  `,
];

/** The version that this standstill writes. */
const VERSION = STEPS.length;

/**
 * Brings a file to this version; a new one gets all tables. Several processes may do so at once: one does it, the others find it done.
 *
 * @param file its name, for messages
 * @throws StoreError `not-a-store`, `newer-store`
 */
export function migrate(engine: Engine, file: string): void {
  if (versionOf(engine, file) === VERSION) return;
  transaction(engine, () => {
    // another process may have been first
    for (let version = versionOf(engine, file); version < VERSION; version++) engine.exec(STEPS[version]!);
    engine.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    engine.exec(`PRAGMA user_version = ${VERSION}`);
  });
}

/** Whether it is of this version. @throws StoreError as {@link versionOf} */
export function isCurrent(engine: Engine, file: string): boolean {
  return versionOf(engine, file) === VERSION;
}

/**
 * The version of a file; 0 for an empty one.
 *
 * @throws StoreError `not-a-store`, `newer-store`
 */
export function versionOf(engine: Engine, file: string): number {
  const pragma = (name: string): number => Number(Object.values(engine.prepare(`PRAGMA ${name}`).all()[0] as object)[0]);
  const [id, version] = [pragma('application_id'), pragma('user_version')];
  if (id === 0 && version === 0 && engine.prepare('SELECT 1 AS one FROM sqlite_schema LIMIT 1').all().length === 0) return 0;
  if (id !== APPLICATION_ID)
    throw new StoreError('not-a-store', `${file}: an SQLite file, but no history of standstill`, 'name another file with --store');
  if (version > VERSION)
    throw new StoreError(
      'newer-store',
      `${file}: written by a newer standstill (version ${version} of the store; this one knows ${VERSION})`,
      'update standstill',
    );
  return version;
}
