#!/usr/bin/env node
// The command's entry. CommonJS (see package.json beside it): Node's loader of ES modules alone costs half as much
// as all else here. Not oclif's `execute`: that ends the process with output still unwritten (65 KB of an 18 MB
// report through a pipe), and fails after 10 s when the reader of the pipe is slow.
'use strict';

const path = require('node:path');

const argv = process.argv.slice(2);
process.stdout.on('error', readerLeft);
process.stderr.on('error', readerLeft);
// `-v FILE` is another thing: the commands' `--verbose`.
if (argv[0] === '--version' || (argv.length === 1 && /^-[vV]$/.test(argv[0]))) {
  const { name, version } = require('../package.json');
  // not by console.log, which hides that a disk is full
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  void start();
}

async function start() {
  const cli = load();
  if (!cli) return;
  await cli.exports.main(argv);
  await Promise.all([written(process.stdout), written(process.stderr)]);
  if (isCommand(cli.exports, nameOf(argv[0]))) cli.keep?.();
  // An input that is still open (standard input after an error) would keep the process alive.
  process.exit();
}

/** The bundle, or undefined, with a word on standard error, in a checkout that was never built. */
function load() {
  const bundle = path.join(__dirname, '../dist/cli/standstill.cjs');
  try {
    // Node 22.8 and later keep the compiled code themselves
    if (process.version.startsWith('v20.')) {
      // first, since Node has compiled what it loads of its own for other flags than are set then
      const { loadCompiled } = require('./compiled.js');
      require('./engine.js');
      return loadCompiled(bundle, nameOf(argv[0]));
    }
    require('node:module').enableCompileCache?.();
    return { exports: require(bundle) };
  } catch (error) {
    if (!['MODULE_NOT_FOUND', 'ENOENT'].includes(error.code) || !error.message.includes(bundle)) throw error;
    process.stderr.write('standstill: this checkout is not built yet: run `npm start` (or `node scripts/ensure.mjs`) in it first\n');
    process.exitCode = 70;
    return undefined;
  }
}

/** The command's name, where it looks like one. */
function nameOf(word) {
  return /^[a-z]{1,20}$/.test(word ?? '') ? word : 'help';
}

/** A word that is no command's name keeps no code under it. */
function isCommand({ COMMANDS }, name) {
  return name === 'help' || Object.keys(COMMANDS).some((id) => id.split(':')[0] === name);
}

/**
 * `| head` closes the pipe when it has seen enough: no error, unless the command had found one before. A full disk is one, and no
 * fault of standstill's.
 */
function readerLeft(error) {
  if (error.code === 'EPIPE') process.exit();
  if (error.syscall !== 'write') throw error;
  process.stderr.write(`standstill: standard output cannot be written (${error.code})\nsee the disk, or the reader of the pipe\n`);
  process.exit(2);
}

/** Resolves when all that was written to the stream has left the process. */
function written(stream) {
  return stream.destroyed ? undefined : new Promise((resolve) => stream.write('', resolve));
}
