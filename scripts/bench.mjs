// How much CPU and memory standstill takes, as ratios to something else in the same run: machines differ and are noisy,
// ratios of medians hold. Never a test: nothing fails here but a wrong answer.
//
//   npm run bench                                    a log made of our samples, 64 MiB
//   npm run bench -- --input big.log --truth big.json   any log; --truth: what a correct reader counts in it
//   npm run bench -- --size 256 --rounds 5
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = path.join(root, 'bin/run.js');
const options = { input: null, truth: null, size: 64, rounds: 5 };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, '');
  if (!(name in options)) throw new Error(`unknown option --${name}`);
  options[name] = typeof options[name] === 'number' ? Number(process.argv[i + 1]) : process.argv[i + 1];
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-bench-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

/** The obvious script: two regular expressions a line. What people write when they have no tool. */
const OBVIOUS = `
import collections, re, sys
head = re.compile(r'^(Current thread|Thread) (0x[0-9a-f]+).*\\(most recent call first\\):$')
frame = re.compile(r'^  File "([^"]*)", line (\\d+) in (.*)$')
heads = 0
frames = collections.Counter()
with open(sys.argv[1], errors='replace') as f:
    for line in f:
        m = head.SEARCH(line)
        if m:
            heads += 1
            continue
        m = frame.SEARCH(line)
        if m:
            frames[m.group(1), m.group(2), m.group(3)] += 1
print(heads, sum(frames.values()), len(frames))
`;

/** A log of about \`mib\` MiB: the dumps of our large sample, time after time, between ordinary log lines. */
function makeLog(mib) {
  const dumps = zlib.gunzipSync(fs.readFileSync(path.join(root, 'samples/large/large.log.gz')));
  const file = path.join(scratch, 'made.log');
  const out = fs.openSync(file, 'w');
  const noise = [];
  for (let i = 0; i < 4000; i++)
    noise.push(
      `2026-11-23 09:30:${String(i % 60).padStart(2, '0')},${String(i % 1000).padStart(3, '0')} INFO shop.api GET /orders/${i * 7919} 200 ${i % 97} ms`,
    );
  const lines = Buffer.from(`${noise.join('\n')}\n`);
  for (let bytes = 0; bytes < mib << 20; bytes += dumps.length + lines.length) {
    fs.writeSync(out, dumps);
    fs.writeSync(out, lines);
  }
  fs.closeSync(out);
  return file;
}

/** CPU seconds and peak memory (MiB) of one run of a command. */
function measure(argv) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env };
    delete env.NODE_EXTRA_CA_CERTS; // it makes every start of Node 20 slower, and ratios look better than they are
    const child = spawn('/usr/bin/env', ['python3', '-c', MEASURE, ...argv], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.on('close', (status) => {
      if (status !== 0) reject(new Error(`${argv.join(' ')}: status ${status}`));
      else {
        const [cpu, kib] = text.trim().split(' ').map(Number);
        resolve({ cpu, mib: kib / 1024 });
      }
    });
  });
}
const MEASURE = `
import resource, subprocess, sys
def used():
    u = resource.getrusage(resource.RUSAGE_CHILDREN)
    return u.ru_utime + u.ru_stime, u.ru_maxrss
before, _ = used()  # what wrappers of python3 itself have used
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
after, peak = used()
print(after - before, peak)
sys.exit(status)
`;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Runs the commands in turn, A B C A B C …, and prints their medians and their ratio to the first. */
async function compare(title, commands, rounds) {
  const results = commands.map(() => []);
  for (let round = 0; round < rounds; round++) for (const [i, [, argv]] of commands.entries()) results[i].push(await measure(argv));
  console.log(`\n${title} (${rounds} rounds, medians)`);
  const base = median(results[0].map((result) => result.cpu));
  for (const [i, [name]] of commands.entries()) {
    const cpu = median(results[i].map((result) => result.cpu));
    const mib = median(results[i].map((result) => result.mib));
    console.log(
      `  ${name.padEnd(34)} ${cpu.toFixed(3)} s CPU   ${(cpu / base).toFixed(2).padStart(6)} ×   ${mib.toFixed(0).padStart(5)} MiB`,
    );
  }
}

/** What analyze --json counts, against what the maker of the input says is there. */
function check(file, truthFile) {
  const truth = JSON.parse(fs.readFileSync(truthFile, 'utf8'));
  const counting = `
    let text = ''; let dumps = 0; let threads = 0; let frames = 0;
    const count = (s, what) => s.split(what).length - 1;
    process.stdin.setEncoding('latin1').on('data', (data) => {
      text += data;
      const end = text.lastIndexOf('\\n') + 1;
      const part = text.slice(0, end); text = text.slice(end);
      for (const line of part.split('\\n')) {
        if (line.startsWith('{"index":')) dumps++;
        else if (line.startsWith('{"id":') && line.includes('"current":')) { threads++; frames += count(line, '{"function":'); }
      }
    }).on('end', () => console.log(JSON.stringify({ dumps, threads, frames })));`;
  const result = spawnSync('/bin/sh', ['-c', '"$1" "$2" analyze --json "$3" | "$1" -e "$4"', 'sh', process.execPath, run, file, counting], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  console.log('found ', result.stdout.trim(), result.stderr.trim());
  console.log('truth ', JSON.stringify(truth).slice(0, 400));
}

const input = options.input ?? makeLog(options.size);
const small = path.join(scratch, 'small.log');
fs.writeFileSync(small, zlib.gunzipSync(fs.readFileSync(path.join(root, 'samples/large/large.log.gz'))).subarray(0, 20 << 10));
const script = path.join(scratch, 'obvious.py');
fs.writeFileSync(script, OBVIOUS.replaceAll('SEARCH', 'match'));

await compare(
  'start-up',
  [
    ['node -e 0', [process.execPath, '-e', '0']],
    ['standstill --version', [process.execPath, run, '--version']],
    ['standstill --help', [process.execPath, run, '--help']],
    ['analyze, a dump of 20 KiB', [process.execPath, run, 'analyze', small]],
    ['analyze --json, the same', [process.execPath, run, 'analyze', '--json', small]],
  ],
  Math.max(options.rounds, 9),
);
const mib = (fs.statSync(input).size / 2 ** 20).toFixed(0);
await compare(
  `a log of ${mib} MiB`,
  [
    ['obvious Python script', ['python3', script, input]],
    ['analyze --json', [process.execPath, run, 'analyze', '--json', input]],
    ['analyze', [process.execPath, run, 'analyze', input]],
  ],
  options.rounds,
);
if (options.truth) check(input, options.truth);
