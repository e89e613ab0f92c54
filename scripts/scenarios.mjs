// Recorded programs with a known fault, and how well findStuck judges them. A scenario is a folder with dumps/ and a
// truth.json that gives each thread its role (culprit, victim, idle, progressing, neutral).
import fs from 'node:fs';
import path from 'node:path';

import { findStuck, readFiles } from '../dist/src/index.js';

/** Reads all scenarios of a folder whose fault can be told from the dumps without the source. */
export async function readScenarios(folder) {
  const scenarios = [];
  for (const name of fs.readdirSync(folder).sort()) {
    const at = path.join(folder, name, 'truth.json');
    if (!fs.existsSync(at)) continue;
    const truth = JSON.parse(fs.readFileSync(at, 'utf8'));
    if (truth.detectable === false || truth.needs_source) continue;
    const dumps = path.join(folder, name, 'dumps');
    const files = fs.readdirSync(dumps).sort();
    scenarios.push({
      name,
      stuck: truth.verdict === 'stuck',
      roles: rolesOf(truth),
      set: await readFiles(files.map((file) => path.join(dumps, file))),
    });
  }
  return scenarios;
}

const plain = (id) => String(id).toLowerCase().replace(/^0x0*/, '0x');

/** The role that each thread has in the end. */
function rolesOf(truth) {
  const roles = new Map();
  for (const thread of truth.threads) {
    const last = Math.max(...(thread.seen_in ?? (thread.dumps ?? [1]).map((dump) => dump - 1)));
    const before = roles.get(plain(thread.id));
    if (!before || before.last <= last) roles.set(plain(thread.id), { role: thread.role, last });
  }
  return roles;
}

export function judge({ set, roles }, weights) {
  const threads = findStuck(set, { weights }).series.flatMap((series) => series.threads);
  return threads.map((thread) => ({
    ...thread,
    truth: thread.history.ids.map((id) => roles.get(plain(id))?.role).findLast(Boolean) ?? null,
  }));
}

/**
 * Shares of the scenarios: `hits`, the first is (at least half of it) a culprit and one is called stuck, or nobody is in a
 * program that is not; `alarms`, programs that are not stuck in which a thread is called so.
 */
export function score(scenarios, weights) {
  let hits = 0;
  let alarms = 0;
  let calm = 0;
  for (const scenario of scenarios) {
    const threads = judge(scenario, weights).filter(({ truth }) => truth !== 'neutral');
    const flagged = threads.filter(({ verdict }) => verdict === 'stuck');
    if (!scenario.stuck) {
      calm++;
      if (flagged.length > 0) alarms++;
      else hits++;
      continue;
    }
    const top = Math.max(...threads.map((thread) => thread.score));
    const first = threads.filter((thread) => thread.score === top);
    const right = first.filter(({ truth }) => truth === 'culprit').length / first.length;
    if (right >= 0.5 && flagged.some(({ truth }) => truth === 'culprit')) hits++;
  }
  return { hits: hits / scenarios.length, alarms: calm === 0 ? 0 : alarms / calm };
}
