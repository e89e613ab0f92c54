/**
 * CPython 3.14 and newer runs a script that it is handed from outside (PEP 768, `sys.remote_exec`), at the next moment when its main
 * thread is between two steps of Python code. A main thread that waits in a lock or a read never gets there, so the ways that read
 * memory come first. The script is handed over by the very Python that the process runs, since both must be of one kind.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { TakeError } from '../errors.js';
import { memoryObstacle } from '../permission.js';
import { startUpFile } from '../start-up-files.js';
import { kernelStandingOf } from '../standing.js';
import { lookAt } from '../process.js';
import { waitFor } from '../wait-for.js';
import { throughRoot, type Target } from '../target.js';
import { complaintOf, runOn } from './program.js';
import { closed, type Taken, type Way } from './way.js';

const HAND_OVER_MS = 20_000;
const ANSWER_MS = 5000;
const LOOK_MS = 20;

const HAND_OVER = 'import sys; sys.remote_exec(int(sys.argv[1]), sys.argv[2])';

/**
 * The script. Its folder is gone when nobody waits for the dump any more: then it does nothing. It keeps nothing in the program's
 * `__main__`, in which it runs.
 *
 * @param folder in which the dump is to stand as `dump`
 */
export function remoteScript(folder: string): string {
  return `def _standstill():
    import faulthandler, os
    folder = ${pythonString(folder)}
    try:
        file = os.open(os.path.join(folder, "part"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return
    try:
        faulthandler.dump_traceback(file, all_threads=True)
        try:
            tasks = {"__name__": "standstill_tasks"}
            exec(${pythonString(startUpFile('asyncio_tasks.py'))}, tasks)
            tasks["tell"](file)
        except Exception:
            pass
    finally:
        os.close(file)
    os.rename(os.path.join(folder, "part"), os.path.join(folder, "dump"))
try:
    _standstill()
finally:
    del _standstill
`;
}

export function remoteExecWay(target: Target): Way {
  const { info, version, environment } = target;
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major !== 3 || minor < 14)
    return closed('remote-exec', `sys.remote_exec came with CPython 3.14${version === null ? '' : `; this is ${version}`}`);
  if (environment?.has('PYTHON_DISABLE_REMOTE_DEBUG') || info.commandLine.some((arg) => /disable[-_]remote[-_]debug/.test(arg))) {
    return closed('remote-exec', 'it was started with remote debugging disabled', 'start it without PYTHON_DISABLE_REMOTE_DEBUG');
  }
  const { executable } = info;
  if (executable === null || throughRoot(info, executable) !== executable || !/\/python[\d.]*[a-z]*$/.test(executable)) {
    return closed(
      'remote-exec',
      'the Python that it runs cannot be run from here',
      'run standstill where the process runs, as in its container',
    );
  }
  if (info.user !== process.geteuid?.()) return closed('remote-exec', 'it would run a program of another user', 'run as that user');
  const obstacle = memoryObstacle(info);
  if (obstacle !== null) return closed('remote-exec', obstacle.why, obstacle.instead);
  return {
    name: 'remote-exec',
    how: 'CPython 3.14 and newer runs a script from outside, which has faulthandler write the stacks of threads and asyncio tasks to a file; no signal is sent',
    open: true,
    take: async (abort) => dump(target, executable, abort),
  };
}

async function dump({ info }: Target, executable: string, abort: AbortSignal | undefined): Promise<Taken> {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'standstill-remote-'));
  const answer = path.join(folder, 'answer');
  const script = path.join(folder, 'script.py');
  let keep = false;
  try {
    fs.mkdirSync(answer);
    fs.writeFileSync(script, remoteScript(answer), { mode: 0o600 });
    const run = await runOn(info, executable, ['-I', '-S', '-c', HAND_OVER, String(info.pid), script], HAND_OVER_MS, abort);
    if (run.status !== 0) throw new TakeError('not-taken', `sys.remote_exec failed: ${complaintOf(run)}`, 'pip install py-spy');
    const file = path.join(answer, 'dump');
    const found = await waitFor(() => (fs.existsSync(file) ? fs.readFileSync(file) : null), ANSWER_MS, LOOK_MS, abort);
    if (found !== null) return { text: withoutScript(found), extension: 'txt', remarks: [] };
    // the process will still look for the script, and say on its standard error that it is not there
    keep = true;
    fs.rmSync(answer, { recursive: true });
    throw new TakeError(
      'not-taken',
      `its main thread did not come to the script within ${ANSWER_MS / 1000} s (${kernelStandingOf(lookAt(info.pid) ?? info).text}); when it does, it does nothing (${script})`,
      'pip install py-spy',
    );
  } finally {
    if (!keep) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The script's own two frames, on top of the thread that it ran in. Bytes are kept as they are: names may hold any. */
const OWN = /^(Current thread .*\n) {2}File "<string>", line \d+ in _standstill\n {2}File "<string>", line \d+ in <module>\n/m;

/** The dump as it would be if nobody had asked for it: what stands on top is what is stuck. */
function withoutScript(dump: Buffer): Buffer {
  return Buffer.from(dump.toString('latin1').replace(OWN, '$1'), 'latin1');
}

function pythonString(text: string): string {
  // JSON's escapes are Python's, for what can stand in a path or a program of ASCII
  return JSON.stringify(text);
}
