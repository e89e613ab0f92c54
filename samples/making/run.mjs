// Runs the programs: each in a room of its own, a temporary directory with copies of them, and with a time limit.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 30_000;
const POLL_MS = 40;

/** The programs see nothing of the user's environment: reports would list it. UTC: file names hold local time. */
function cleanEnvironment() {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC', PYTHONDONTWRITEBYTECODE: '1' };
}

export async function waitUntil(what, test) {
  const end = Date.now() + LIMIT_MS;
  while (!test()) {
    if (Date.now() > end) throw new Error(`waited too long for ${what}`);
    await delay(POLL_MS);
  }
}

/** Dumps are written with many small writes and no end mark: they are done when the file has stopped growing. */
export async function waitForGrowth(file, before) {
  let size = before;
  await waitUntil(`${path.basename(file)} to grow`, () => {
    const last = size;
    size = fs.existsSync(file) ? fs.statSync(file).size : 0;
    return size > before && size === last;
  });
}

class Running {
  constructor(child, outputFile) {
    this.child = child;
    this.outputFile = outputFile;
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    this.limit = setTimeout(() => this.kill(), LIMIT_MS);
    this.ended.then(() => clearTimeout(this.limit));
  }

  get pid() {
    return this.child.pid;
  }

  output() {
    return fs.readFileSync(this.outputFile, 'utf8');
  }

  async says(text) {
    await waitUntil(`"${text}"`, () => this.output().includes(text) || this.child.exitCode !== null);
    if (!this.output().includes(text)) throw new Error(`the program ended before it said "${text}":\n${this.output()}`);
  }

  signal(name) {
    process.kill(this.pid, name);
  }

  /** The whole group: a program may have started others. */
  kill() {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // has ended
    }
  }

  async stop() {
    this.kill();
    await this.ended;
  }
}

/**
 * @param {string} room where the program runs
 * @param {{ silentInput?: boolean, argv0?: string }} options silentInput: the standard input is a pipe nobody writes to
 */
export function start(room, command, args, { silentInput = false, argv0 } = {}) {
  const outputFile = path.join(room, `output-${Date.now()}.txt`);
  const output = fs.openSync(outputFile, 'a');
  const child = spawn(command, args, {
    cwd: room,
    env: cleanEnvironment(),
    argv0,
    detached: true,
    stdio: [silentInput ? 'pipe' : 'ignore', output, output],
  });
  fs.closeSync(output);
  return new Running(child, outputFile);
}

export { delay };
