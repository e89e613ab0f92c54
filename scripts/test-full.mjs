// What `npm test` leaves out: the checks of the code and the package, and the tests in test/full/, which need other
// programs (several Pythons, xz, …). A check whose program is missing is skipped, said and counted; with CI set that is
// a failure.
//
//   node scripts/test-full.mjs [--added]      --added: not again what `npm test` has run already
//
// Ends with one line `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const ROOT = path.dirname(import.meta.dirname);
const added = process.argv.includes('--added');

/** @returns the program of an installed package, as arguments for node */
function tool(name, program = name) {
  const { bin } = JSON.parse(fs.readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return path.join(ROOT, 'node_modules', name, typeof bin === 'string' ? bin : bin[program]);
}

function testFiles(folder) {
  const full = path.join(ROOT, folder);
  if (!fs.existsSync(full)) return [];
  return fs
    .readdirSync(full, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

/** The arguments of mocha without the `ignore` that keeps test/full out of `npm test`. */
function mocha() {
  const config = JSON.parse(fs.readFileSync(path.join(ROOT, '.mocharc.json'), 'utf8'));
  const file = path.join(scratch, 'mocharc.json');
  const spec = testFiles(added ? 'test/full' : 'test');
  fs.writeFileSync(file, JSON.stringify({ ...config, ignore: [], spec }));
  return spec.length === 0 ? undefined : [tool('mocha'), '--config', file];
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-test-'));
const summary = path.join(scratch, 'summary');

const STEPS = [
  { name: 'types of the tests', args: () => [tool('typescript', 'tsc'), '-p', 'tsconfig.test.json'] },
  { name: 'lint', args: () => [tool('eslint'), '.', '--max-warnings', '0'] },
  { name: 'format', args: () => [tool('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'unused code', args: () => [tool('knip'), '--no-progress'] },
  { name: 'list of commands and flags', args: () => ['scripts/snapshot.mjs', '--check'] },
  { name: 'package', needs: ['npm'], args: () => [tool('publint'), '--strict'] },
  {
    name: 'types of the package',
    needs: ['npm'],
    args: () => [tool('@arethetypeswrong/cli', 'attw'), '--pack', '.', '--profile', 'esm-only', '--no-emoji'],
  },
  { name: added ? 'tests with other programs' : 'tests', args: mocha, counts: true },
];

const found = (program) => spawnSync(program, ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).error === undefined;

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, args, needs = [], counts = false } of STEPS) {
  const missing = needs.filter((program) => !found(program));
  if (missing.length > 0) {
    console.log(`\n== ${name}: SKIPPED, ${missing.join(', ')} not found${process.env.CI ? ' (a failure in CI)' : ''}`);
    total[process.env.CI ? 'failed' : 'skipped']++;
    continue;
  }
  const argv = args();
  if (!argv) {
    console.log(`\n== ${name}: none`);
    continue;
  }
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, argv, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(counts && { STANDSTILL_SUMMARY: summary }) },
  });
  const counted = counts && fs.existsSync(summary) ? JSON.parse(fs.readFileSync(summary, 'utf8')) : undefined;
  if (counted) {
    for (const key of Object.keys(total)) total[key] += counted[key];
    // Tests can all pass and the run still fail, as by an error outside of them.
    if (status !== 0 && counted.failed === 0) total.failed++;
  } else {
    total[status === 0 ? 'passed' : 'failed']++;
  }
  console.log(status === 0 ? `== ${name}: ok` : `== ${name}: FAILED`);
}
fs.rmSync(scratch, { recursive: true, force: true });

if (process.env.STANDSTILL_SUMMARY) fs.appendFileSync(process.env.STANDSTILL_SUMMARY, `${JSON.stringify(total)}\n`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
