// Keeps the compiled code of the bundle in the user's cache, for Node 20: to compile it is a third of the start-up. (Node 22.8
// and later do so themselves, see run.js.) The code is kept after the first run of each command, so that it holds the
// functions that this command called, which V8 would otherwise compile one by one.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');

/**
 * Loads a CommonJS file, with the code that was kept of it if there is any.
 *
 * @param file absolute path of the bundle
 * @param name what the code is kept under: runs of one name call about the same functions
 * @returns its exports, and `keep`, to be called at the end of the run
 */
function loadCompiled(file, name) {
  const { size, mtimeMs } = fs.statSync(file);
  const folder = cacheFolder();
  const kept = folder && path.join(folder, `${name}-${process.version}-${process.arch}.bin`);
  // V8 itself checks its own version and flags, and of the source nothing but the length
  const stamp = Buffer.alloc(STAMP_BYTES);
  stamp.writeDoubleLE(size, 0);
  stamp.writeDoubleLE(mtimeMs, 8);
  const cachedData = kept && read(kept, stamp);
  // the bundle is ASCII (scripts/build.mjs)
  const source = `(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, { filename: file, cachedData });
  const module = { exports: {}, loadModule: (specifier) => import(specifier) };
  script.runInThisContext().call(module.exports, module.exports, require, module, file, path.dirname(file));
  const keep = () => {
    if (kept && (!cachedData || script.cachedDataRejected)) write(kept, Buffer.concat([stamp, script.createCachedData()]));
  };
  return { exports: module.exports, keep };
}

const STAMP_BYTES = 16;

/** The user's own; undefined where there is none, or nothing is to be kept. */
function cacheFolder() {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const given = process.env.XDG_CACHE_HOME;
  try {
    const base = given && path.isAbsolute(given) ? given : path.join(os.homedir(), '.cache');
    return path.join(base, 'standstill');
  } catch {
    return undefined;
  }
}

function read(kept, stamp) {
  try {
    const data = fs.readFileSync(kept);
    return data.subarray(0, STAMP_BYTES).equals(stamp) ? data.subarray(STAMP_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written (a home that is read-only or absent) costs time and is no error. */
function write(kept, data) {
  const unfinished = `${kept}.${process.pid}`;
  try {
    if (!fs.existsSync(os.homedir())) return;
    fs.mkdirSync(path.dirname(kept), { recursive: true, mode: 0o700 });
    fs.writeFileSync(unfinished, data, { mode: 0o600, flag: 'wx' });
    fs.renameSync(unfinished, kept);
  } catch {
    try {
      fs.rmSync(unfinished, { force: true });
    } catch {
      // it was never there
    }
  }
}

module.exports = { loadCompiled };
