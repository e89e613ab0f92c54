// Checks the weights of src/analysis/stuck/weights.ts on recorded programs with a known fault (see scenarios.mjs).
//
//   node scripts/weights.mjs FOLDER OTHER [--json]
//
// 1. The weights as they are, on each set.
// 2. Found on one set alone and scored on the other, each way: from their signs only (every weight +1 or -1), by logistic
//    regression of "is this thread stuck" on its signals, with a pull towards the start. It shows how much the figures
//    owe to the programs that they were set with.
// 3. Each weight moved by 40 % up and down: the most that one of them costs.
//
// Status 1 when weights found on one set have 8 points of hits less on the other than those as they are, or a moved weight
// costs more than 4.
import process from 'node:process';

import { STUCK_AT, WEIGHTS } from '../dist/src/analysis/stuck/weights.js';
import { judge, readScenarios, score } from './scenarios.mjs';

const [one, other] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
if (!other) {
  console.error('usage: node scripts/weights.mjs FOLDER OTHER [--json]');
  process.exit(2);
}
/** How hard a weight is pulled towards its start: one thread's worth of evidence moves it little. */
const PULL = 1;
/** A thread that is wrongly called stuck costs as much as so many that are overlooked. */
const ALARM_COSTS = 3;
const STEPS = 4000;
const RATE = 0.05;
/** Sum of weights from which on a thread is called stuck. */
const THRESHOLD = Math.log(STUCK_AT / (1 - STUCK_AT));
const MOST_LOST = { other: 0.08, moved: 0.04 };

const sets = { [one]: await readScenarios(one), [other]: await readScenarios(other) };
const all = Object.values(sets).flat();
const names = Object.keys(WEIGHTS);
const signs = Object.fromEntries(names.map((name) => [name, Math.sign(WEIGHTS[name])]));

/** Per thread of the set: how often each signal holds, and whether the thread is stuck. A scenario counts as much as another. */
function rows(scenarios) {
  return scenarios.flatMap((scenario) => {
    const threads = judge(scenario, WEIGHTS).filter(({ truth, signals }) => truth !== null && truth !== 'neutral' && signals.length > 0);
    const isStuck = ({ truth }) => truth === 'culprit' || truth === 'victim';
    return threads.map((thread) => ({
      stuck: isStuck(thread) ? 1 : 0,
      count: (isStuck(thread) ? 1 : ALARM_COSTS) / threads.filter((like) => isStuck(like) === isStuck(thread)).length,
      signals: thread.signals.map(({ name, weight }) => [name, weight / WEIGHTS[name]]),
    }));
  });
}

/** Weights that tell the set's stuck threads from the others, found by gradient descent. A weight keeps its sign. */
function fit(scenarios) {
  const data = rows(scenarios);
  const total = data.reduce((sum, { count }) => sum + count, 0);
  const weights = { ...signs };
  for (let step = 0; step < STEPS; step++) {
    const slope = Object.fromEntries(names.map((name) => [name, (PULL * (weights[name] - signs[name])) / names.length]));
    for (const { stuck, count, signals } of data) {
      const sum = signals.reduce((all, [name, times]) => all + weights[name] * times, -THRESHOLD);
      const error = ((1 / (1 + Math.exp(-sum)) - stuck) * count) / total;
      for (const [name, times] of signals) slope[name] += error * times;
    }
    for (const name of names) {
      const next = weights[name] - RATE * 10 * slope[name];
      weights[name] = Math.sign(next) === signs[name] ? next : 0;
    }
  }
  return weights;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const told = (found) => `hits ${percent(found.hits)}, false alarms ${percent(found.alarms)}`;
let failed = false;

const asTheyAre = Object.fromEntries(Object.entries(sets).map(([name, scenarios]) => [name, score(scenarios, WEIGHTS)]));
for (const [name, found] of Object.entries(asTheyAre)) console.log(`as they are, ${name} (${sets[name].length}): ${told(found)}`);

for (const [from, to] of [
  [one, other],
  [other, one],
]) {
  const weights = fit(sets[from]);
  const [own, foreign] = [score(sets[from], weights), score(sets[to], weights)];
  const lost = asTheyAre[to].hits - foreign.hits;
  failed ||= lost > MOST_LOST.other;
  console.log(`found on ${from}: there ${told(own)}; on ${to} ${told(foreign)}, ${(100 * lost).toFixed(1)} points of hits below`);
  if (process.argv.includes('--json')) console.log(JSON.stringify(weights));
}

const base = score(all, WEIGHTS).hits;
const moved = names.flatMap((name) =>
  [0.6, 1.4].map((times) => ({ name, times, lost: base - score(all, { ...WEIGHTS, [name]: WEIGHTS[name] * times }).hits })),
);
moved.sort((a, b) => b.lost - a.lost);
failed ||= moved[0].lost > MOST_LOST.moved;
console.log(`each moved by 40 %: at most ${(100 * moved[0].lost).toFixed(1)} points of hits lost`);
for (const { name, times, lost } of moved.slice(0, 6)) console.log(`  ${name} × ${times}: ${(100 * lost).toFixed(1)}`);
process.exitCode = failed ? 1 : 0;
