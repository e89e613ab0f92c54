'use strict';
// What `standstill run` starts in every Node of a command, through NODE_OPTIONS, before the program's own code.
//
// Node needs little: on SIGUSR1 a thread of its own opens the inspector, also while JavaScript is in a loop. This says so in
// DIR/PID.ready, of the run's folder DIR, has the inspector take any free port of this machine, so that several processes can be
// looked at, and takes the word back when the program wants the signal for itself. When the program ends it says that: once
// Node has put its own parts away, the signal would be an assertion that fails (StartIoThreadMain, src/inspector_agent.cc).
//
// The inspector cannot look into a call that never returns to JavaScript. The one that programs hang in is a child process that is
// waited for (execSync, spawnSync): where that is done is written into DIR/PID.waiting before it, which costs a hundredth of what
// it costs to start a process.
//
// Whatever fails here, the program must not notice. Runs on Node 12 and later, whose syntax it is.

/** Milliseconds after which the connection that asked for it has ended. */
const CLOSE_AFTER = 3000;

try {
  const path = require('path');
  const folder = path.dirname(__dirname);
  // of two runs, one within the other, the inner one has the process; worker threads, which may not change the working directory,
  // are looked at through the main thread (`isMainThread` would say so too, and take longer to load than all else here)
  if (process.env.STANDSTILL_RUN === folder && process.chdir.disabled !== true) start(require('fs'), path, folder);
} catch {
  // not dumpable, then
}

function start(fs, path, folder) {
  // programs that list what they have loaded do not find this
  delete require.cache[__filename];
  const own = path.join(folder, String(process.pid));
  // a port that somebody chose, or an inspector that is open, stays
  if (process.debugPort === 9229) process.debugPort = 0;
  // what they are at the end is the program's
  const [write, now] = [fs.writeFileSync, Date.now];
  const say = (more) => {
    const said = Object.assign({ signal: 'SIGUSR1', runtime: 'node', executable: process.execPath }, more);
    write(`${own}.ready`, `${JSON.stringify(said)}\n`, { mode: 0o600 });
  };
  say({});
  const end = () => {
    try {
      say({ ending: now() });
    } catch {
      // the folder is gone
    }
  };
  process.on('exit', end);
  const give = (signal) => {
    if (signal !== 'SIGUSR1') return;
    process.removeListener('newListener', give);
    process.removeListener('exit', end);
    try {
      fs.unlinkSync(`${own}.ready`);
    } catch {
      // it is gone
    }
  };
  process.on('newListener', give);
  // the program may put timers of its own in place of these, as tests do
  const { setTimeout } = require('timers');
  Object.defineProperty(process, Symbol.for('standstill.close'), {
    // an inspector that is closed while a connection to it ends takes the process with it (seen in Node 20 and 24)
    value: () => {
      setTimeout(() => process._debugEnd(), CLOSE_AFTER).unref();
    },
  });
  // what stands for an async function has no number that stays: V8 moves it
  let [ids, last] = [null, 0];
  Object.defineProperty(process, Symbol.for('standstill.id'), {
    value: (object) => {
      if (ids === null) ids = new WeakMap();
      if (!ids.has(object)) ids.set(object, ++last);
      return ids.get(object);
    },
  });
  noteWaiting(fs, `${own}.waiting`);
}

/** Writes down the stack of every call that waits for a child process. */
function noteWaiting(fs, file) {
  // the one function that all of child_process' synchronous calls end in; the deprecated way to it is the only one
  const binding = quietly(() => process.binding('spawn_sync'));
  if (!binding || typeof binding.spawn !== 'function') return;
  const { spawn } = binding;
  let handle = null;
  binding.spawn = function (...args) {
    try {
      if (handle === null) handle = fs.openSync(file, 'w', 0o600);
      const text = JSON.stringify({ time: Date.now(), program: args[0].file, frames: framesHere() });
      fs.ftruncateSync(handle);
      fs.writeSync(handle, text, 0);
    } catch {
      handle = null;
    }
    try {
      return Reflect.apply(spawn, this, args);
    } finally {
      try {
        if (handle !== null) fs.ftruncateSync(handle);
      } catch {
        handle = null;
      }
    }
  };
}

/** The stack of whoever calls the function above: name, file, line and column, innermost first. */
function framesHere() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const had = Object.prototype.hasOwnProperty.call(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = 60;
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack;
    return sites
      .slice(2)
      .map((site) => [site.getFunctionName() || '', site.getFileName() || '', site.getLineNumber() || 0, site.getColumnNumber() || 0]);
  } finally {
    if (had) Error.prepareStackTrace = prepareStackTrace;
    else delete Error.prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Without the warning that some options make of what is deprecated. */
function quietly(call) {
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  process.noDeprecation = true;
  try {
    return call();
  } finally {
    if (before) Object.defineProperty(process, 'noDeprecation', before);
    else delete process.noDeprecation;
  }
}
