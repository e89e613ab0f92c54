// Mutation testing of grammars, src/reading and src/analysis: changes the code in one place at a time and looks whether a test notices.
//
//   npm run mutation -- [--count 300] [--seed 7] [--survivors] [--least 80]
//
// The mutants are those of StrykerJS, of which only the instrumenter is used: its runner would try all, some 25,000, and does not
// know mocha 12. A sample of them is drawn by the seed. The code is written out once, with all of the sample in it behind
// switches, tests are run once to see which of them reach which mutant, and then each mutant has a process of its own
// that runs those tests until one fails. A mutant in code that runs when its module is loaded is given all tests
// of its subject but for the slowest.
//
// What was found is kept in .cache/mutation-SEED-COUNT.json as it is found; a run that was broken off goes on from there, as
// long as the drawn mutants are the same. `--survivors` tries those again that survived. Ends with status 1 when fewer
// than `--least` percent were noticed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { build } from 'esbuild';

const ROOT = path.dirname(import.meta.dirname);
const SANDBOX = path.join(ROOT, '.cache', 'mutation');
const SUBJECTS = ['grammars', 'src/reading', 'src/analysis'];
/** What the tests need of the checkout. */
const COPIED = ['src', 'grammars', 'page', 'test', 'samples', 'schemas', 'scripts', 'dist', 'package.json', 'tsconfig.json'];
/** Time beyond which a test is taken for one that never ends: this much, and this many times what it took without any mutant. */
const [PATIENCE_MS, PATIENCE] = [15_000, 5];

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '7' },
    least: { type: 'string', default: '80' },
    survivors: { type: 'boolean', default: false },
  },
});
const KEPT = path.join(ROOT, '.cache', `mutation-${values.seed}-${values.count}.json`);

const silent = () => undefined;
const instrumenter = new Instrumenter({ debug: silent, info: silent, warn: silent, isDebugEnabled: () => false });
const options = { plugins: null, excludedMutations: [], ignorers: [], noHeader: false };

const nameOf = ({ fileName, location: { start, end }, mutatorName, replacement }) =>
  `${path.relative(ROOT, fileName)}:${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1} ${mutatorName} ${replacement}`;

/** By a hash of their names: a change of one file leaves what is drawn of the others. */
function draw(mutants, count, seed) {
  const rank = (mutant) =>
    createHash('sha256')
      .update(`${seed} ${nameOf(mutant)}`)
      .digest('hex');
  const ranked = mutants.map((mutant) => ({ mutant, at: rank(mutant) })).sort((a, b) => (a.at < b.at ? -1 : 1));
  return ranked.slice(0, count).map(({ mutant }) => mutant);
}

const sources = SUBJECTS.flatMap((folder) =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => path.join(ROOT, folder, name)),
).map((name) => ({ name, content: fs.readFileSync(name, 'utf8') }));

/** Draws the sample and writes the code with it into the sandbox. Answers with the mutants: their names, and ids in that code. */
async function prepare() {
  const every = await instrumenter.instrument(
    sources.map((file) => ({ ...file, mutate: true })),
    options,
  );
  const sample = draw(every.mutants, Number(values.count), Number(values.seed));
  const wanted = new Map(sample.map((mutant) => [nameOf(mutant), mutant]));
  const touched = sources
    .map((file) => ({ ...file, mutate: sample.filter(({ fileName }) => fileName === file.name).map(({ location }) => location) }))
    .filter(({ mutate }) => mutate.length > 0);
  const { files, mutants } = await instrumenter.instrument(touched, options);
  fs.rmSync(SANDBOX, { recursive: true, force: true });
  for (const name of COPIED) fs.cpSync(path.join(ROOT, name), path.join(SANDBOX, name), { recursive: true });
  for (const { name, content } of files) fs.writeFileSync(path.join(SANDBOX, path.relative(ROOT, name)), content);
  await compile();
  const ids = new Map(mutants.map((mutant) => [nameOf(mutant), mutant]));
  // in the order of the draw: what was found when a run is broken off is of a sample, too
  const drawn = [...wanted.keys()].flatMap((name) => ids.get(name) ?? []);
  console.log(`${every.mutants.length} mutants, ${drawn.length} of them drawn with seed ${values.seed}`);
  return drawn;
}

/** JavaScript beside all TypeScript of the sandbox: hundreds of processes load it, and none has to compile. */
async function compile() {
  const entryPoints = ['src', 'grammars', 'page', 'test'].flatMap((folder) =>
    fs
      .readdirSync(path.join(SANDBOX, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => path.join(SANDBOX, folder, name)),
  );
  await build({ entryPoints, outbase: SANDBOX, outdir: SANDBOX, format: 'esm', target: 'node20', logLevel: 'warning' });
}

/** Runs tests in the sandbox; `plan` goes to mutation-tests.mjs. `usual`: what each of the tests takes without any mutant. */
async function tests(plan, usual = {}) {
  const [asked, answer] = ['plan.json', 'answer.json'].map((name) => path.join(SANDBOX, name));
  fs.writeFileSync(asked, JSON.stringify(plan));
  fs.rmSync(answer, { force: true });
  const begun = performance.now();
  const child = spawn(process.execPath, ['scripts/mutation-tests.mjs', asked, answer], {
    cwd: SANDBOX,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...(plan.mutant !== undefined && { __STRYKER_ACTIVE_MUTANT__: plan.mutant }) },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-10_000)));
  // it says which test begins: one that never ends is known by itself, however many there are
  let [patience, ended] = [undefined, true];
  const wait = (test) => {
    clearTimeout(patience);
    const kill = () => {
      ended = false;
      child.kill('SIGKILL');
    };
    patience = setTimeout(kill, plan.coverage ? 600_000 : PATIENCE_MS + PATIENCE * (usual[test] ?? 0));
  };
  wait();
  child.on('message', wait);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(patience);
  const took = performance.now() - begun;
  if (!ended) return { how: 'never ended', took };
  if (!fs.existsSync(answer)) return { how: 'broke', why: stderr.trim().split('\n').at(-1), took };
  return { ...JSON.parse(fs.readFileSync(answer, 'utf8')), took };
}

/** What all tests reach and how long they take: known already where neither they nor the code have changed since. */
async function coverage() {
  const hash = createHash('sha256');
  for (const name of fs.readdirSync(SANDBOX, { recursive: true, encoding: 'utf8' }).sort())
    if (name.endsWith('.js') || name.endsWith('.mjs')) hash.update(fs.readFileSync(path.join(SANDBOX, name)));
  const key = hash.digest('hex');
  const file = `${KEPT}.tests`;
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  if (before.key === key) return before;
  const found = { ...(await tests({ coverage: true })), key };
  if (found.failing !== undefined) fs.writeFileSync(file, JSON.stringify(found));
  return found;
}

const drawn = await prepare();
const whole = await coverage();
if (whole.failing === undefined) throw new Error(`the tests cannot be run: ${whole.why}`);
if (whole.failing.length > 0) console.log(`left out, since they fail without any mutant:\n  ${whole.failing.join('\n  ')}`);
console.log(`${whole.count} tests in ${(whole.took / 1000).toFixed(0)} s without any`);

const kept = fs.existsSync(KEPT) ? JSON.parse(fs.readFileSync(KEPT, 'utf8')) : {};
/** Whose tests are given a mutant of a folder that runs when its module is loaded, so that it is not known which reach it. */
const JUDGES = {
  grammars: ['grammars', 'reading', 'samples.test.ts'],
  'src/reading': ['reading', 'grammars', 'samples.test.ts'],
  'src/analysis': ['analysis', 'report'],
};
const subjectOf = (name) => SUBJECTS.find((folder) => name.startsWith(folder));
const judges = (name, file) => JUDGES[subjectOf(name)].includes(file.split('/')[0]);

/** The slowest tests, which make up half of the time. */
const slow = [];
const total = Object.values(whole.times).reduce((sum, time) => sum + time, 0);
for (const [test, time] of Object.entries(whole.times).sort(([, a], [, b]) => b - a)) {
  if (slow.reduce((sum, each) => sum + whole.times[each], time) > total / 2) break;
  slow.push(test);
}

/** The test files in the order of their nearness to a source: the likeliest to notice first. */
const nearest = (name) => {
  const words = name.split(/[/.:]/).filter((word) => !['src', 'ts', 'index'].includes(word));
  const near = (file) => words.filter((word) => file.includes(word)).length;
  return [...whole.files].sort((a, b) => near(b) - near(a));
};

for (const mutant of drawn) {
  const name = nameOf(mutant);
  if (kept[name] !== undefined && !(values.survivors && kept[name].how === 'survived')) continue;
  const everywhere = whole.loaded.includes(mutant.id);
  const reached = Object.entries(whole.reached).filter(([, ids]) => ids.includes(mutant.id));
  let result;
  if (!everywhere && reached.length === 0) result = { how: 'survived', why: 'no test reaches it' };
  else {
    const only = everywhere ? null : reached.map(([test]) => test);
    // a mutant in the middle of all is reached by all: the slow tests come last, and of other subjects not at all
    const late = everywhere || reached.length > 100 ? slow : [];
    const files = nearest(name).filter((file) => !everywhere || judges(name, file));
    const rounds = [{ only, without: [...whole.failing, ...late] }];
    const own = only?.filter((test) => late.includes(test) && test.startsWith(subjectOf(name).split('/').at(-1))) ?? [];
    if (own.length > 0) rounds.push({ only: own, without: whole.failing });
    result = { how: 'survived', why: `${only?.length ?? 'all'} tests` };
    for (const round of rounds) {
      const { how, why, failed } = await tests({ mutant: mutant.id, files, ...round }, whole.times);
      if (!how && failed === null) continue;
      result = how ? { how, why } : { how: 'noticed', why: failed };
      break;
    }
  }
  const { start, end } = mutant.location;
  const text = sources
    .find((file) => file.name === mutant.fileName)
    .content.split('\n')
    .slice(start.line, end.line + 1);
  text[text.length - 1] = text.at(-1).slice(0, end.column);
  text[0] = text[0].slice(start.column);
  kept[name] = { ...result, was: text.join('\n').slice(0, 200) };
  fs.writeFileSync(KEPT, JSON.stringify(kept, null, 1));
}

const results = drawn.map((mutant) => [nameOf(mutant), kept[nameOf(mutant)]]);
const survivors = results.filter(([, { how }]) => how === 'survived');
for (const [name, { was, why }] of survivors) console.log(`survived (${why}): ${name}\n    was: ${was.replaceAll('\n', '\n         ')}`);
const by = (how) => results.filter(([, result]) => result.how === how).length;
const share = 100 * (1 - survivors.length / results.length);
console.log(
  `${results.length} mutants: ${by('noticed')} noticed by a test, ${by('broke')} broke at loading, ${by('never ended')} never ended, ${survivors.length} survived: ${share.toFixed(1)} %`,
);
process.exitCode = share < Number(values.least) ? 1 : 0;
