// Makes the samples anew, with real programs in real interpreters:
//
//   npm run samples                       all sets
//   npm run samples -- deadlock large     these sets
//
// Interpreters: Python from $STANDSTILL_PYTHON, PATH, pyenv or the directories of $PYTHONS; the Node that runs this file.
// What this machine lacks is named and left as it is in the repository.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { assertNeutral, firstTime, pathNeutraliser, shiftTimes } from './making/neutral.mjs';
import { getPython, Missing } from './making/pythons.mjs';
import { cleanReports, countReports } from './making/reports.mjs';
import { start } from './making/run.mjs';
import { SETS } from './making/sets.mjs';
import { countStacks } from './making/stacks.mjs';

const SAMPLES = import.meta.dirname;
/** The day and time all samples seem to be from; the distances between times stay true. */
const FIRST_TIME = Date.UTC(2026, 10, 23, 9, 32, 10) / 1000;

/** Addresses of the network are left out by Node itself where it can do that. */
const NODE_OPTIONS = ['--report-exclude-network'].filter((option) => process.allowedNodeEnvironmentFlags.has(option));

function skip(set, why) {
  console.log(`${set}: skipped, ${why}`);
}

/** What a set's `make` works with. */
class Kit {
  constructor(set) {
    this.set = set;
    this.room = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'standstill-samples-'));
    fs.cpSync(path.join(SAMPLES, 'programs'), this.room, { recursive: true });
    this.files = new Map();
    this.running = [];
    this.shift = null;
    this.complete = true;
  }

  python(minor) {
    this.lastPython = getPython(minor);
    return this.lastPython;
  }

  pythonOrSkip(minor) {
    try {
      return this.python(minor);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      this.complete = false;
      skip(`${this.set} (Python ${minor})`, error.message);
      return null;
    }
  }

  startPython(python, program, args = [], options = {}) {
    // An absolute path, as services are started: old Pythons print the path of the main file as it was given.
    const file = program.startsWith('-') ? program : path.join(this.room, program);
    return this.#start(python.executable, [file, ...args], options);
  }

  startNode(options, args) {
    return this.#start(process.execPath, [...NODE_OPTIONS, ...options, ...args], { argv0: 'node' });
  }

  /** Node's command-line debugger, which reads its commands from a pipe. */
  startDebugger(address) {
    return this.#start(process.execPath, ['inspect', address], { argv0: 'node', silentInput: true });
  }

  #start(command, args, options) {
    const running = start(this.room, command, args, options);
    this.running.push(running);
    return running;
  }

  #neutral(text) {
    const withoutPaths = pathNeutraliser(this.room, this.lastPython)(cleanReports(text));
    this.shift ??= FIRST_TIME - (firstTime(text) ?? FIRST_TIME);
    return shiftTimes(withoutPaths, this.shift);
  }

  /**
   * @param {{ dumps?: number, python?: object, pack?: (bytes: Buffer) => Buffer, count?: (text: string) => number[][] }} options
   *   dumps: how many were taken; count: how they are counted
   */
  save(name, rawText, { dumps, python, pack = (bytes) => bytes, count = (text) => [...countStacks(text), ...countReports(text)] } = {}) {
    const text = this.#neutral(rawText);
    const neutralName = shiftTimes(name, this.shift);
    assertNeutral(`${this.set}/${neutralName}`, text, this.room);
    const counts = count(text);
    if (counts.length === 0 || (dumps !== undefined && counts.length !== dumps)) {
      throw new Error(`${this.set}/${neutralName} has ${counts.length} dumps, ${dumps ?? 'some'} were taken:\n${text.slice(0, 2000)}`);
    }
    const interpreter = (python ?? this.lastPython)?.name ?? `Node.js ${process.version}`;
    this.files.set(neutralName, { bytes: pack(Buffer.from(text)), counts, interpreter });
  }

  /** A file that belongs to the dumps and holds none. */
  keep(name, text) {
    const neutral = this.#neutral(text);
    assertNeutral(`${this.set}/${name}`, neutral, this.room);
    this.files.set(name, { bytes: Buffer.from(neutral), counts: null });
  }

  /** The set has files that are not made: they stay. */
  keepOthers() {
    this.complete = false;
  }

  async close() {
    for (const running of this.running) await running.stop();
    fs.rmSync(this.room, { recursive: true, force: true });
  }
}

function describeFile({ counts, interpreter }) {
  return { interpreter, dumps: counts.length, threads: counts.map((frames) => frames.length), frames: counts };
}

/** A set of one interpreter names it once, for all files. */
function describe({ program, stuck }, described) {
  const interpreters = [...new Set(Object.values(described).map(({ interpreter }) => interpreter))];
  if (interpreters.length === 1) for (const file of Object.values(described)) delete file.interpreter;
  return { program, interpreter: interpreters.join(', '), files: described, stuck };
}

/** Indented by two, but a list of numbers on one line. */
function toJson(value) {
  return `${JSON.stringify(value, null, 2).replace(/\[[\s\d,]+\]/g, (list) => list.replace(/\s+/g, '').replaceAll(',', ', '))}\n`;
}

/** What the set has of interpreters that this machine lacks. */
function keptFiles(directory, complete) {
  const file = path.join(directory, 'expected.json');
  if (complete || !fs.existsSync(file)) return {};
  const { interpreter, files } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return Object.fromEntries(Object.entries(files).map(([name, entry]) => [name, { interpreter, ...entry }]));
}

function write(name, files, complete) {
  const directory = path.join(SAMPLES, name);
  const described = keptFiles(directory, complete);
  if (complete) fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  for (const [file, made] of files) {
    fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    fs.writeFileSync(path.join(directory, file), made.bytes);
    if (made.counts !== null) described[file] = describeFile(made);
  }
  fs.writeFileSync(path.join(directory, 'expected.json'), toJson(describe(SETS[name], described)));
}

async function makeSet(name) {
  const kit = new Kit(name);
  try {
    await SETS[name].make(kit);
    if (kit.files.size === 0) return;
    write(name, kit.files, kit.complete);
    console.log(`${name}: ${[...kit.files.keys()].join(' ')}`);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    skip(name, error.message);
  } finally {
    await kit.close();
  }
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(SETS, name));
if (unknown.length > 0) {
  console.error(`no such set: ${unknown.join(', ')}; there are ${Object.keys(SETS).join(', ')}`);
  process.exit(1);
}
if (process.platform === 'win32') {
  console.error('the samples are made with signals, which Windows does not have');
  process.exit(1);
}
for (const name of names.length > 0 ? names : Object.keys(SETS)) await makeSet(name);
