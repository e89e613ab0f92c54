// Rows in the shapes of recorded hangs, as many as are wanted.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT, dist } from './common.mjs';

const { collect, findStuck, readFiles } = await dist('index.js');

const BATCH_THREADS = 20_000;
const HOSTS = 200;
const BUILDS = 300;
/** Places to hang in for each that a sample has: a large program has more than one. */
const VARIANTS = 20;

function dumpFolders() {
  const folders = [path.join(ROOT, 'samples'), path.join(process.env.STANDSTILL_SHARED ?? path.join(ROOT, '..', 'shared'), 'scenarios')];
  return folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) =>
      fs
        .readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() && entry.name !== 'large' ? [path.join(folder, entry.name)] : [])),
    );
}

/** What `history add` would send of each sample. */
export async function templates() {
  const found = [];
  for (const folder of dumpFolders()) {
    const files = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:log|txt|json|dump)$/.test(entry.name) && !/^(?:expected|truth|scenario)/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
    if (files.length === 0 || files.length > 60) continue;
    const set = await readFiles(files);
    if (set.dumps.length === 0) continue;
    const input = {
      set,
      whole: set,
      hidden: { dumps: 0, threads: 0, by: [] },
      interrupted: false,
      stuck: findStuck(set),
      judging: {},
      tool: { name: 'standstill', version: '0' },
      time: 0,
    };
    found.push(collect(input, { build: null, host: null, labels: [], added: Date.UTC(2026, 10, 1) }));
  }
  // stacks of errors are no pictures of a process
  return found.filter(({ dumps }) => dumps.every(({ kind, threads }) => kind === 'snapshot' && threads.length > 0));
}

export const hex = (n, digits) => n.toString(16).padStart(digits, '0');

/** Batches of about as many threads, until there are `rows`: the templates again and again, as other processes on other hosts and builds. */
export function* batches(found, rows, size = BATCH_THREADS) {
  let [threads, process_, all] = [0, 0, 0];
  let batch = { runs: [], stacks: new Map(), dumps: [] };
  const done = () => ({ ...batch, stacks: [...batch.stacks.values()] });
  while (all < rows) {
    const template = found[process_ % found.length];
    const variant = hex(Math.floor(process_ / found.length) % VARIANTS, 2);
    const [build, host] = [String(1000 + (Math.floor(process_ / 20) % BUILDS)), `host-${(process_ * 7) % HOSTS}`];
    const at = Date.UTC(2026, 0, 1) + Number(build) * 86_400_000 + (process_ % 1000) * 60_000;
    const vary = (key) => (key === null ? null : variant + key.slice(2));
    for (const stack of template.stacks) batch.stacks.set(vary(stack.key), { ...stack, key: vary(stack.key) });
    for (const [i, dump] of template.dumps.entries()) {
      const key = `${hex(Math.imul(process_ + 1, 2654435761) >>> 0, 8)}${hex(process_, 12)}${hex(i, 12)}`;
      const where = { build, host, labels: ['branch=main'], at: at + i * 10_000, time: at + i * 10_000, added: at + 3_600_000 };
      const copies = dump.threads.map((thread) => ({
        ...thread,
        id: `0x${hex(process_ * 64 + 7, 12)}`,
        fingerprint: vary(thread.fingerprint),
        stack: vary(thread.stack),
      }));
      batch.dumps.push({ ...dump, ...where, key, incident: hex(process_, 16), threads: copies });
      threads += copies.length;
      all += copies.length;
    }
    batch.runs.push({ build, host, labels: ['branch=main'], at });
    process_++;
    if (threads < size) continue;
    yield done();
    [threads, batch] = [0, { runs: [], stacks: new Map(), dumps: [] }];
  }
  if (threads > 0) yield done();
}
