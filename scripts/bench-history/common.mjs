import path from 'node:path';
import process from 'node:process';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const dist = (file) => import(path.join(ROOT, 'dist', 'src', file));
const { hostsOf, listHangs, newsSince, openStore, showHang, trendOf } = await dist('index.js');

/** A number of the command line. */
export const flag = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** What work takes, in seconds. */
export async function timed(work) {
  const [begun, used] = [performance.now(), cpu()];
  const value = await work();
  return { value, wall: (performance.now() - begun) / 1000, cpu: cpu() - used };
}

/** The store in a file, made where it is not. */
export const openFile = (file) => openStore(file, { env: process.env, platform: process.platform, create: true });

/** Each question of `standstill history`, of everything, of one hang, of a host and of a build. */
export async function questions(store) {
  const { hangs } = await listHangs(store, {}, 1000);
  const { builds } = await trendOf(store, {}, 1);
  const { build } = builds[Math.floor(builds.length / 2)];
  return {
    list: () => listHangs(store, {}, 20),
    'list of a host': () => listHangs(store, { hosts: ['host-7'] }, 20),
    'list of a build': () => listHangs(store, { builds: [build] }, 20),
    'show, of the most frequent': () => showHang(store, {}, hangs[0].fingerprint, 10),
    'show, of a rare one': () => showHang(store, {}, hangs.at(-1).fingerprint, 10),
    trend: () => trendOf(store, {}, 20),
    new: () => newsSince(store, {}, build),
    hosts: () => hostsOf(store, {}),
    'hosts of a build': () => hostsOf(store, { builds: [build] }),
  };
}

/** A line of a table. */
export const row = (...cells) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(14))).join(''));
