// Large inputs for the benchmark: dumps of a service that never was, in the shapes that decide how fast standstill is.
// The same arguments give the same bytes. What is in them is counted while they are made.
//
//   node scripts/workload.mjs KIND OUT [--size MIB] [--threads N] [--count N]
//
//   log      dumps of 200 threads every 30 s, between as many lines of an ordinary log
//   actions  the same, behind the prefix of GitHub Actions
//   unique   no thread, frame or line of the log comes twice
//   wide     one dump of --threads threads, most of them of one pool
//   files    --count files of one dump each, in the folder OUT
//   report   a Node diagnostic report with many workers
//   peers    dumps as in the log, and the same threads and frames as Go writes its goroutines, in OUT.go
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Numbers that look random and are not (xorshift32). */
function numbers(seed) {
  let x = seed || 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const AREAS = ['orders', 'billing', 'stock', 'mail', 'search', 'auth'];
const VERBS = ['load', 'store', 'settle', 'render', 'merge', 'check', 'send'];
/** What the runtime starts a thread with, outermost last. */
const START = [
  ['/usr/lib/python3.11/threading.py', 975, 'run'],
  ['/usr/lib/python3.11/threading.py', 1038, '_bootstrap_inner'],
  ['/usr/lib/python3.11/threading.py', 995, '_bootstrap'],
];
/** Lines of a program that frames are made of, each of which calls a few others. */
const PROGRAM_LINES = 4000;
const CALLED = 5;
/** Kinds of threads, and how many of a kind begin where all of the kind do. */
const KINDS = 8;
const ALIKE = { wide: 95, others: 60 };
/** Of a hundred threads: those that never move, and those that do from one dump to the next. One in twenty lines changes so. */
const NEVER_MOVE = 2;
const MOVE = 40;

class Maker {
  constructor(kind, { threads = 200, unique = false } = {}) {
    this.random = numbers(kind.length * 7919 + 1);
    this.threads = threads;
    this.unique = unique;
    this.serial = 0;
    this.counts = { dumps: 0, threads: 0, frames: 0 };
    const alike = ALIKE[kind] ?? ALIKE.others;
    const common = Array.from({ length: KINDS }, (_, i) => this.stack(i));
    /** Per thread: the frames above those that the runtime starts it with, as lines of the program, the most recent call last. */
    this.stacks = Array.from({ length: threads }, (_, i) => (this.random(100) < alike ? [...common[i % KINDS]] : this.stack(i % KINDS)));
    this.stays = Array.from({ length: threads }, () => this.random(100) < NEVER_MOVE);
  }

  stack(kind) {
    return this.grow([(kind * 97) % PROGRAM_LINES], 7 + this.random(21));
  }

  /** Calls on, mostly what is called most. */
  grow(stack, depth) {
    while (stack.length < depth) {
      if (this.unique) {
        stack.push(this.serial++);
        continue;
      }
      let nth = 0;
      while (nth < CALLED - 1 && this.random(2) === 0) nth++;
      stack.push((Math.imul(stack.at(-1) + 1, 2654435761) + nth * 1013904223) >>> 0);
      stack[stack.length - 1] %= PROGRAM_LINES;
    }
    return stack;
  }

  frame(number) {
    return [
      `/srv/shop/${AREAS[number % AREAS.length]}/part_${number % 97}.py`,
      10 + (number % 800),
      `${VERBS[number % VERBS.length]}_${number}`,
    ];
  }

  /** The threads of the next dump. */
  threadsOfNext() {
    const threads = this.stacks.map((_, t) => {
      if (this.counts.dumps > 0) this.move(t);
      const id = this.unique ? this.serial++ : t;
      const frames = [...this.stacks[t].map((number) => this.frame(number)).reverse(), ...START];
      this.counts.threads++;
      this.counts.frames += frames.length;
      return { id, frames };
    });
    this.counts.dumps++;
    return threads;
  }

  /** The next dump. */
  dump() {
    return linesOf(this.threadsOfNext());
  }

  /** It returns from one to four calls, and is in as many others. */
  move(t) {
    if (this.unique) this.stacks[t] = this.stack(t % KINDS);
    else if (!this.stays[t] && this.random(100) < MOVE) {
      const stack = this.stacks[t];
      const depth = stack.length;
      stack.length = Math.max(1, depth - 1 - this.random(4));
      this.grow(stack, depth);
    }
  }

  logLine(second) {
    const request = this.unique ? this.serial++ : this.random(1 << 20);
    const at = new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString().replace('T', ' ').replace('Z', '');
    return `${at} INFO shop.api[${request % 64}] "GET /orders/${request} HTTP/1.1" 200 ${request % 5000} bytes in ${request % 97} ms trace=${(request * 2654435761).toString(16).padStart(20, '0')}`;
  }
}

/** A dump as faulthandler writes it. */
function linesOf(threads) {
  const lines = ['Timeout (0:00:30)!'];
  for (const [i, { id, frames }] of threads.entries()) {
    if (i > 0) lines.push('');
    lines.push(`Thread 0x${(0x7f0000000000 + id * 0x1000).toString(16).padStart(16, '0')} (most recent call first):`);
    for (const [file, line, fn] of frames) lines.push(`  File "${file}", line ${line} in ${fn}`);
  }
  return lines;
}

/** A dump as Go writes it on SIGQUIT: a call with its arguments, and below it where it stands. */
function goLinesOf(threads) {
  const lines = ['SIGQUIT: quit', ''];
  for (const { id, frames } of threads) {
    lines.push(`goroutine ${id + 1} [${GO_STATES[id % GO_STATES.length]}]:`);
    for (const [file, line, fn] of frames)
      lines.push(
        `example.org/shop.${fn}(0xc000${(line * 4099).toString(16)}, 0x${line.toString(16)})`,
        `\t${file.replace('.py', '.go')}:${line} +0x${line.toString(16)}`,
      );
    lines.push('');
  }
  return lines;
}
const GO_STATES = ['chan receive', 'select', 'IO wait', 'semacquire'];

function makePeers(out, size) {
  const maker = new Maker('log');
  const [python, go] = [fs.openSync(out, 'w'), fs.openSync(`${out}.go`, 'w')];
  for (let bytes = 0; bytes < size * 2 ** 20;) {
    const threads = maker.threadsOfNext();
    bytes += fs.writeSync(python, `${linesOf(threads).join('\n')}\n`);
    fs.writeSync(go, `${goLinesOf(threads).join('\n')}\n`);
  }
  for (const file of [python, go]) fs.closeSync(file);
  return maker.counts;
}

/** Writes an input and returns what is in it. */
export function makeWorkload(kind, out, { size = 64, threads = kind === 'wide' ? 100_000 : 200, count = 10_000 } = {}) {
  if (kind === 'report') return makeReport(out, size);
  if (kind === 'peers') return makePeers(out, size);
  if (kind === 'files') {
    fs.mkdirSync(out, { recursive: true });
    const maker = new Maker(kind, { threads: 12 });
    for (let i = 0; i < count; i++) {
      // the line above tells the time: all files are written in the same moment
      const lines = [maker.logLine(30 * i), ...maker.dump()];
      while (lines.length < 300) lines.push(maker.logLine(30 * i));
      fs.writeFileSync(path.join(out, `dump-${String(i).padStart(6, '0')}.log`), `${lines.join('\n')}\n`);
    }
    return maker.counts;
  }
  const maker = new Maker(kind, { threads, unique: kind === 'unique' });
  const file = fs.openSync(out, 'w');
  let bytes = 0;
  let stamp = 0;
  const write = (lines) => {
    const prefixed =
      kind === 'actions' ? lines.map((line) => `2026-03-01T12:00:00.${String(stamp++ % 10_000_000).padStart(7, '0')}Z ${line}`) : lines;
    bytes += fs.writeSync(file, `${prefixed.join('\n')}\n`);
  };
  for (let second = 0; second === 0 || (kind !== 'wide' && bytes < size * 2 ** 20); second += 30) {
    const lines = maker.dump();
    write(lines);
    if (kind !== 'wide') write(Array.from({ length: lines.length }, (_, i) => maker.logLine(second + (30 * i) / lines.length)));
  }
  fs.closeSync(file);
  return maker.counts;
}

function makeReport(out, size) {
  const stack = Array.from({ length: 30 }, (_, i) => `at step${i} (/srv/shop/lib/steps.js:${i + 1}:7)`);
  const sub = (id) => ({
    header: {
      reportVersion: 3,
      event: 'Signal',
      trigger: 'Signal',
      threadId: id,
      nodejsVersion: 'v20.20.2',
      dumpEventTimeStamp: '1772366400000',
    },
    javascriptStack: { message: `Error: worker ${id}`, stack, errorProperties: {} },
    nativeStack: [],
    javascriptHeap: {
      totalMemory: 1,
      heapSpaces: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`space_${i}`, { memorySize: id, used: i }])),
    },
    libuv: Array.from({ length: 20 }, (_, i) => ({
      type: 'timer',
      is_active: true,
      is_referenced: true,
      address: `0x${(id * 64 + i).toString(16)}`,
      repeat: 0,
      firesInMsFromNow: i,
    })),
  });
  const each = JSON.stringify(sub(1)).length + 2;
  const workers = Array.from({ length: Math.floor((size * 2 ** 20) / each) }, (_, i) => sub(i + 1));
  fs.writeFileSync(out, JSON.stringify({ ...sub(0), workers }));
  return { dumps: 1, threads: workers.length + 1, frames: (workers.length + 1) * stack.length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, out, ...rest] = process.argv.slice(2);
  const options = {};
  for (let i = 0; i < rest.length; i += 2) options[rest[i].replace(/^--/, '')] = Number(rest[i + 1]);
  if (!out || !['log', 'actions', 'unique', 'wide', 'files', 'report', 'peers'].includes(kind)) {
    process.stderr.write(
      'usage: node scripts/workload.mjs log|actions|unique|wide|files|report|peers OUT [--size MIB] [--threads N] [--count N]\n',
    );
    process.exitCode = 2;
  } else console.log(JSON.stringify(makeWorkload(kind, out, options)));
}
