// Finds Python interpreters. Nothing here knows a machine: PATH, pyenv and two environment variables are asked.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A set cannot be made here; the message names what is missing. */
export class Missing extends Error {}

const PROBE = `
import json, platform, sys, sysconfig
paths = sysconfig.get_paths()
print(json.dumps({
    'executable': sys.executable,
    'implementation': platform.python_implementation(),
    'version': platform.python_version(),
    'prefix': sys.prefix,
    'library': paths['stdlib'],
    'packages': [paths['purelib'], paths['platlib']],
}))
`;

function commandOutput(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout.trim() : '';
}

/** What an interpreter says of itself, or null. pyenv's shims are on PATH and fail for versions that are not active. */
function probe(executable) {
  const answer = commandOutput(executable, ['-c', PROBE]);
  if (!answer) return null;
  const python = JSON.parse(answer);
  python.minor = python.version.split('.').slice(0, 2).join('.');
  python.name = `${python.implementation} ${python.version}`;
  return python;
}

function pyenvCandidates(minor) {
  return commandOutput('pyenv', ['versions', '--bare'])
    .split('\n')
    .map((line) => line.trim())
    .filter((version) => version.startsWith(`${minor}.`))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((version) => commandOutput('pyenv', ['prefix', version]))
    .filter(Boolean)
    .map((prefix) => path.join(prefix, 'bin', 'python3'));
}

/** PYTHONS lists directories, either with the executables in them or with a `bin` that has them. */
function listedCandidates(minor) {
  return (process.env.PYTHONS ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .flatMap((directory) => [directory, path.join(directory, 'bin')])
    .flatMap((directory) => [path.join(directory, `python${minor}`), path.join(directory, 'python3')])
    .filter((file) => fs.existsSync(file));
}

function candidates(minor) {
  const preferred = process.env.STANDSTILL_PYTHON ? [process.env.STANDSTILL_PYTHON] : [];
  if (!minor) return [() => [...preferred, 'python3']];
  return [() => preferred, () => [`python${minor}`], () => pyenvCandidates(minor), () => listedCandidates(minor)];
}

const found = new Map();

function findPython(minor) {
  for (const group of candidates(minor)) {
    for (const executable of group()) {
      const python = probe(executable);
      if (python?.implementation === 'CPython' && (!minor || python.minor === minor)) return python;
    }
  }
  return null;
}

/** @param {string | undefined} minor such as `3.8`; none: $STANDSTILL_PYTHON or the `python3` on PATH */
export function getPython(minor) {
  if (!found.has(minor)) found.set(minor, findPython(minor));
  const python = found.get(minor);
  if (!python) throw new Missing(minor ? `no CPython ${minor} (PATH, pyenv, PYTHONS)` : 'no CPython (STANDSTILL_PYTHON, python3 on PATH)');
  return python;
}

/** Versions before 9 cannot end a run at the time-out. */
export function requirePytest(python) {
  const version = commandOutput(python.executable, ['-c', 'import pytest; print(pytest.__version__)']);
  if (!(Number.parseInt(version, 10) >= 9))
    throw new Missing(`${python.name} has ${version ? `pytest ${version}` : 'no pytest'}, 9 is needed`);
}
