// Runs the tests of test/in-process.mjs for mutation.mjs, in the sandbox it made.
//
//   node scripts/mutation-tests.mjs PLAN.json ANSWER.json
//
// Tells by message which test begins.
// The plan: `coverage` (run all and say what each reaches, and which fail), or `files` in this order and of them `only` these tests
// (null: all) but for those in `without`, until one fails. Where a test file reaches code outside of its tests, it is known by its own name and run as a whole.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import Mocha from 'mocha';
import { TEST_FILES } from '../test/test-files.mjs';

const [planFile, answerFile] = process.argv.slice(2);
const { coverage = false, files = TEST_FILES, only = null, without = [] } = JSON.parse(fs.readFileSync(planFile, 'utf8'));
const wanted = only === null ? null : new Set(only);

const stryker = (globalThis.__stryker__ ??= {});
const mocha = new Mocha({ ui: 'bdd', reporter: class {}, timeout: 120_000, bail: !coverage });
mocha.suite.emit('pre-require', globalThis, null, mocha);

// what runs when modules are loaded, whoever loads them, and is of no test
await import('../src/index.js');

const fileOf = new Map();
for (const file of files) {
  if (wanted !== null && ![...wanted].some((test) => test === file || test.startsWith(`${file} `))) continue;
  stryker.currentTestId = file;
  const before = new Set(mocha.suite.suites);
  await import(path.resolve('test', file.replace(/\.ts$/, '.js')));
  for (const suite of mocha.suite.suites) if (!before.has(suite)) fileOf.set(suite, file);
}
stryker.currentTestId = undefined;

function* testsIn(suite) {
  yield* suite.tests;
  for (const child of suite.suites) yield* testsIn(child);
}
const nameOf = new Map();
for (const [suite, file] of fileOf) for (const test of testsIn(suite)) nameOf.set(test, `${file} ${test.fullTitle()}`);

const isKept = (test, file) => !without.includes(test) && (wanted === null || wanted.has(file) || wanted.has(test));
const keep = (suite, file) => {
  suite.tests = suite.tests.filter((test) => isKept(nameOf.get(test), file));
  for (const child of suite.suites) keep(child, file);
};
for (const [suite, file] of fileOf) keep(suite, file);

const times = {};
const failing = [];
let [failed, count] = [null, 0];
const topOf = (suite) => (suite.parent?.root === false ? topOf(suite.parent) : suite);
const runner = mocha.run((failures) => {
  if (failures > 0) failed ??= 'a failure';
  const { perTest = {}, static: loaded = {} } = stryker.mutantCoverage ?? {};
  const reached = Object.fromEntries(Object.entries(perTest).map(([test, ids]) => [test, Object.keys(ids)]));
  fs.writeFileSync(answerFile, JSON.stringify({ failed, failing, count, files, times, reached, loaded: Object.keys(loaded) }));
  process.exit(0);
});
// hooks are of the file
runner.on('suite', (suite) => (stryker.currentTestId = fileOf.get(topOf(suite))));
runner.on('test', (test) => {
  stryker.currentTestId = nameOf.get(test);
  process.send?.(stryker.currentTestId);
});
runner.on('test end', (test) => {
  count++;
  times[nameOf.get(test)] = test.duration ?? 0;
  stryker.currentTestId = fileOf.get(topOf(test.parent));
});
runner.on('fail', (test, error) => {
  failing.push(nameOf.get(test) ?? test.fullTitle());
  failed ??= `${test.fullTitle()}: ${String(error.message).split('\n')[0].slice(0, 200)}`;
});
