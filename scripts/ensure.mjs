// Sets the checkout up, and does nothing when it is set up already: installs the dependencies when they are missing or
// older than the lock file, and builds when a source changed. `npm start` and `npm test` run it first.
//
//   node scripts/ensure.mjs
//
// Node's built-ins only (it runs before anything is installed). All output goes to standard error, so that
// `npm start -- analyze --json` stays clean. Runs at the same time wait for each other.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(ROOT, ...parts);

const LOCK_FILE = at('package-lock.json');
const INSTALL_STAMP = at('node_modules', '.standstill-lock');
/** npm's own record of what it installed, written by every install. */
const NPM_RECORD = at('node_modules', '.package-lock.json');
const BUILD_STAMP = at('dist', '.stamp');
const BUILD_INPUTS = ['src', 'grammars', 'page', 'tsconfig.json', 'scripts/build.mjs', 'scripts/man.mjs', 'package.json'];
const BUILD_OUTPUTS = [
  'dist/cli/standstill.cjs',
  'dist/src/index.js',
  'dist/tree-sitter-python.wasm',
  'dist/page/page.js',
  'dist/page/page.css',
  'oclif.manifest.json',
  'man/standstill.1',
];

/** Where a run that works tells the others to wait. Not in node_modules: `npm ci` removes that. */
const GUARD = at('.cache', 'setup.lock');
const HEARTBEAT_MS = 2_000;
/** A guard without a heartbeat for so long belongs to a run that was killed (or to a machine that slept). */
const STALE_MS = 30_000;

const say = (text) => process.stderr.write(`standstill: ${text}\n`);

function mtime(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const lockHash = () => createHash('sha256').update(fs.readFileSync(LOCK_FILE)).digest('hex');

/** Whether node_modules is what the lock file says. An install by hand counts when it is not older than the lock file. */
function installed() {
  const hash = lockHash();
  if (read(INSTALL_STAMP) === hash) return true;
  // npm writes both files at the end of an install, in no promised order.
  if (mtime(NPM_RECORD) + 2_000 < mtime(LOCK_FILE)) return false;
  fs.writeFileSync(INSTALL_STAMP, hash);
  return true;
}

/** One hash over the names and contents of all that the build reads: a checkout that only touches times builds nothing. */
function inputsHash() {
  const hash = createHash('sha256');
  const add = (name) => {
    const stat = fs.statSync(at(name), { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const entry of fs.readdirSync(at(name)).sort()) add(`${name}/${entry}`);
    } else if (stat?.isFile()) {
      hash.update(`${name}\0${stat.size}\0`).update(fs.readFileSync(at(name)));
    }
  };
  BUILD_INPUTS.forEach(add);
  // A new compiler is a changed input too.
  return hash.update(lockHash()).digest('hex');
}

const built = () => BUILD_OUTPUTS.every((name) => fs.existsSync(at(name))) && read(BUILD_STAMP) === inputsHash();

/** Runs a command with everything it prints on standard error; resolves to its exit status. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' && command === 'npm' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

async function install() {
  say('installing dependencies (npm ci)');
  // Inside `npm start` this is the same npm; by hand it is the one on the PATH.
  const cli = process.env.npm_execpath;
  const npm = cli && path.basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
  // --include=dev: NODE_ENV=production would leave the compiler out.
  const status = await run(npm[0], [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (status !== 0) throw new Error(`npm ci failed with status ${status}`);
  fs.writeFileSync(INSTALL_STAMP, lockHash());
}

async function build() {
  say('building');
  // Taken before the build: a source that changes meanwhile is built by the next run.
  const hash = inputsHash();
  const status = await run(process.execPath, [at('scripts', 'build.mjs')]);
  if (status !== 0) throw new Error('the build failed');
  fs.writeFileSync(BUILD_STAMP, hash);
}

/** Whether the guard's owner is gone: its process on this machine has ended, or its heart stopped beating. */
function stale() {
  const beat = mtime(GUARD);
  if (beat === -Infinity) return false; // released just now
  if (Date.now() - beat > STALE_MS) return true;
  const [host, pid] = (read(path.join(GUARD, 'owner')) ?? '').split(' ');
  if (host !== os.hostname() || !pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Does `work` while no other run does. */
async function guarded(work) {
  fs.mkdirSync(path.dirname(GUARD), { recursive: true });
  for (let waited = false; ;) {
    try {
      fs.mkdirSync(GUARD);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (stale()) {
      // Renamed first: of several that find it stale only one succeeds, and none removes a new owner's guard half-way.
      const grave = `${GUARD}.${process.pid}`;
      try {
        fs.renameSync(GUARD, grave);
        fs.rmSync(grave, { recursive: true, force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (!waited) say('waiting for another run that installs or builds');
    waited = true;
    await sleep(200);
  }
  const release = () => fs.rmSync(GUARD, { recursive: true, force: true });
  const interrupted = (signal) => {
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  fs.writeFileSync(path.join(GUARD, 'owner'), `${os.hostname()} ${process.pid}`);
  const heart = setInterval(() => fs.utimesSync(GUARD, new Date(), new Date()), HEARTBEAT_MS);
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await work();
  } finally {
    clearInterval(heart);
    release();
  }
}

try {
  if (!installed() || !built()) {
    await guarded(async () => {
      if (!installed()) await install();
      if (!built()) await build();
    });
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
