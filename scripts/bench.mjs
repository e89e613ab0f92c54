// How much CPU and memory standstill takes, as ratios to something else in the same run: machines differ and are noisy,
// ratios of medians hold. Never a test: nothing fails here but a wrong answer.
//
//   npm run bench                          everything, about a quarter of an hour; writes bench/RESULTS.md
//   npm run bench -- --only log,wide       some of it; writes nothing
//   npm run bench -- --share 0.1           smaller inputs
//   npm run bench -- --rounds 5
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

import { makeWorkload } from './workload.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = path.join(root, 'bin/run.js');
const options = { only: '', share: 1, rounds: 3 };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, '');
  if (!(name in options)) throw new Error(`unknown option --${name}`);
  options[name] = typeof options[name] === 'number' ? Number(process.argv[i + 1]) : process.argv[i + 1];
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-bench-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
const at = (name) => path.join(scratch, name);

/** Python itself: what is called python3 may be a script that looks for it, which takes longer than to start it. */
const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();

/** The obvious script, as people write it who have no tool: two regular expressions a line, and how often each stack comes. */
const OBVIOUS = `
import collections, os, re, sys
threads = 0
frames = 0
stacks = collections.Counter()
names = [sys.argv[1]] if os.path.isfile(sys.argv[1]) else sorted(entry.path for entry in os.scandir(sys.argv[1]))
for name in names:
    stack = []
    with open(name, errors='replace') as f:
        for line in f:
            m = re.SEARCH(r'^(?:Current thread|Thread) (0x[0-9a-f]+).*\\(most recent call first\\):', line)
            if m:
                if stack:
                    stacks[tuple(stack)] += 1
                stack = []
                threads += 1
                continue
            m = re.SEARCH(r'^  File "([^"]*)", line (\\d+) in (.*)$', line)
            if m:
                frames += 1
                stack.append(m.groups())
    if stack:
        stacks[tuple(stack)] += 1
print(threads, frames, len(stacks))
`;
/** One that does less, faster: patterns that are compiled once, and frames alone. */
const LEANER = `
import collections, os, re, sys
head = re.compile(r'^(Current thread|Thread) (0x[0-9a-f]+).*\\(most recent call first\\):$')
frame = re.compile(r'^  File "([^"]*)", line (\\d+) in (.*)$')
heads = 0
frames = collections.Counter()
names = [sys.argv[1]] if os.path.isfile(sys.argv[1]) else sorted(entry.path for entry in os.scandir(sys.argv[1]))
for name in names:
    with open(name, errors='replace') as f:
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
// behind a collector's prefix they have to search
for (const [name, script] of [
  ['obvious', OBVIOUS],
  ['leaner', LEANER],
]) {
  fs.writeFileSync(at(`${name}-match.py`), script.replaceAll('SEARCH', 'match'));
  fs.writeFileSync(at(`${name}-search.py`), script.replaceAll('SEARCH', 'search').replaceAll("r'^", "r'"));
}
/** Starts a command, and writes the CPU time that it and its children took to a file. */
fs.writeFileSync(
  at('used.py'),
  `import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], 'w').write(str(used.ru_utime + used.ru_stime))
`,
);
const FRAME = '^  File ".*", line [0-9]+ in ';

/** CPU seconds and peak memory (MiB) of one run of a command. */
function measure(argv) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env };
    delete env.NODE_EXTRA_CA_CERTS; // it makes every start of Node 20 slower, and ratios look better than they are
    const child = spawn(PYTHON, ['-c', MEASURE, ...argv], { env, stdio: ['ignore', 'pipe', 'inherit'] });
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
# into a pipe: grep looks at its output, and ends at the first line where that is /dev/null
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
while child.stdout.read(1 << 20): pass
status = child.wait()
cpu, peak = used()
print(cpu, peak)
sys.exit(status)
`;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
/** CPU time after which a program under `run` was measured often enough, and how often that is at most. */
const LEAST_SECONDS = 4;
const MOST_ROUNDS = 31;

const report = [];
const say = (line) => {
  report.push(line);
  console.log(line);
};

/**
 * Runs the commands in turn, A B C A B C …, and prints their medians and their ratio to the first.
 *
 * @param limits what the last command must keep, by name: `ratio` to the first, `mib`, `seconds`, `to` a named other one
 */
async function compare(title, commands, { limits = {}, rounds = options.rounds } = {}) {
  const results = commands.map(() => []);
  for (let round = 0; round < rounds; round++) for (const [i, [, argv]] of commands.entries()) results[i].push(await measure(argv));
  const rows = commands.map(([name, , limit], i) => ({
    name,
    limit,
    cpu: median(results[i].map((result) => result.cpu)),
    mib: median(results[i].map((result) => result.mib)),
  }));
  say(`\n## ${title}\n`);
  say(`| command | CPU s | ÷ ${rows[0].name} | peak MiB | must |`);
  say('| --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const ratio = row.cpu / rows[0].cpu;
    const must = [];
    const { limit = row === rows.at(-1) ? limits : {} } = row;
    const keep = (word, value, most) => must.push(`${word} ${value <= most ? 'kept' : '**not kept**'}`);
    if (limit.ratio) keep(`≤ ${limit.ratio.toFixed(2)} ×`, ratio, limit.ratio);
    for (const [name, most] of limit.to ?? []) keep(`≤ ${most} × ${name}`, row.cpu / rows.find((other) => other.name === name).cpu, most);
    if (limit.mib) keep(`≤ ${limit.mib.toFixed(0)} MiB`, row.mib, limit.mib);
    if (limit.memory) keep(`≤ ${limit.memory} × its memory`, row.mib / rows[0].mib, limit.memory);
    if (limit.seconds) keep(`≤ ${limit.seconds} s`, row.cpu, limit.seconds);
    say(`| ${row.name} | ${row.cpu.toFixed(3)} | ${ratio.toFixed(2)} | ${row.mib.toFixed(0)} | ${must.join('; ')} |`);
  }
  return rows;
}

/** Whether `analyze --json` counts what the maker of the input says is there. */
function check(file, truth) {
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
  const found = result.stdout.trim();
  if (found !== JSON.stringify(truth)) throw new Error(`${file}: found ${found} ${result.stderr}, there are ${JSON.stringify(truth)}`);
  say(`\nCounts checked: ${truth.dumps} dumps, ${truth.threads} threads, ${truth.frames} frames.`);
}

function make(kind, size) {
  const file = at(kind);
  const given =
    kind === 'files'
      ? { count: Math.round(10_000 * options.share) }
      : kind === 'wide'
        ? { threads: Math.round(100_000 * options.share) }
        : {};
  return { file, truth: makeWorkload(kind, file, { size: size * options.share, ...given }) };
}
const tool = (...args) => [process.execPath, run, ...args];
/** @param how `match` or `search` */
const scripts = (how, file) => [
  ['obvious Python script', [PYTHON, at(`obvious-${how}.py`), file]],
  ['a leaner one', [PYTHON, at(`leaner-${how}.py`), file]],
];

const PARTS = {
  async start() {
    const small = at('small.log');
    fs.writeFileSync(small, zlib.gunzipSync(fs.readFileSync(path.join(root, 'samples/large/large.log.gz'))).subarray(0, 20 << 10));
    await compare(
      'Start-up',
      [
        ['node -e 0', [process.execPath, '-e', '0'], {}],
        ['standstill --version', tool('--version'), { ratio: 4 }],
        ['standstill --help', tool('--help'), { ratio: 4.5 }],
        ['analyze, 20 KiB', tool('analyze', small), { ratio: 5 }],
      ],
      { rounds: Math.max(options.rounds, 9) },
    );
  },
  async log() {
    const { file, truth } = make('log', 1024);
    await compare(
      'A log of 1 GiB',
      [
        ...scripts('match', file),
        ['wc -l', ['wc', '-l', file]],
        ['grep -c', ['grep', '-c', 'most recent call first', file]],
        ['grep -cE', ['grep', '-cE', FRAME, file]],
        ['stuck', tool('stuck', file)],
      ],
      { limits: { ratio: 1 / 7, to: [['grep -cE', 1.5]], mib: 128 } },
    );
    check(file, truth);
  },
  async files() {
    const { file } = make('files');
    await compare('10,000 files of 20 KiB', [...scripts('match', file), ['stuck', tool('stuck', file)]], { limits: { ratio: 1 / 4 } });
  },
  async actions() {
    const { file, truth } = make('actions', 256);
    const commands = [
      ...scripts('search', file),
      ['analyze', tool('analyze', file), { ratio: 1 / 6, mib: 200 }],
      ['stuck', tool('stuck', file)],
    ];
    await compare('256 MiB behind the prefix of GitHub Actions', commands, { limits: { ratio: 1 / 8 } });
    check(file, truth);
  },
  async wide() {
    const { file, truth } = make('wide');
    await compare('One dump of 100,000 threads', [...scripts('match', file), ['stuck', tool('stuck', file)]], {
      limits: { ratio: 1 / 3, mib: 200 },
    });
    check(file, truth);
  },
  async unique() {
    const { file, truth } = make('unique', 256);
    await compare('256 MiB, all lines different', [...scripts('match', file), ['stuck', tool('stuck', file)]], {
      limits: { ratio: 1.6, memory: 1.5 },
    });
    check(file, truth);
  },
  async panicparse() {
    const { file, truth } = make('peers', 24);
    const parse = ['panicparse', '-parse=false', '-rebase=false', `${file}.go`];
    const { error, stdout = '' } = spawnSync(parse[0], parse.slice(1), { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (error) {
      say('\n## panicparse on the same threads and frames\n');
      say(`Not compared: panicparse is not installed (${error.code}). Debian has it as a package of that name.`);
      return;
    }
    // each group of goroutines begins with how many they are
    const found = [...stdout.matchAll(/^(\d+): /gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    if (found !== truth.threads) throw new Error(`panicparse found ${found} goroutines, there are ${truth.threads}`);
    await compare(
      `panicparse on the same threads and frames, ${truth.dumps} dumps`,
      [
        ['panicparse', parse],
        ['stuck', tool('stuck', file)],
      ],
      { limits: { ratio: 1 / 3 } },
    );
    check(file, truth);
  },
  async report() {
    const { file, truth } = make('report', 50);
    const parse = ['JSON.parse', [process.execPath, '-e', `JSON.parse(require('fs').readFileSync('${file}', 'utf8'))`]];
    await compare('A Node report of 50 MiB', [parse, ['stuck', tool('stuck', file)]], {
      limits: { ratio: 2, mib: (4 * fs.statSync(file).size) / 2 ** 20 },
    });
    check(file, truth);
  },
  async diff() {
    const pair = ['old', 'new'].map((name) => at(name));
    for (const file of pair) makeWorkload('wide', file, { threads: Math.round(10_000 * options.share) });
    await compare(
      'diff of two dumps of 10,000 threads',
      [
        ['node -e 0', [process.execPath, '-e', '0']],
        ['diff', tool('diff', ...pair)],
      ],
      {
        limits: { seconds: 1 },
      },
    );
  },
  async run() {
    say('\n## Programs under standstill run\n');
    say('| program | CPU s alone | CPU s under run, without run itself | ratio (must: ≤ 1.05) |');
    say('| --- | --- | --- | --- |');
    const folder = path.join(root, 'samples/programs/healthy');
    for (const name of fs.readdirSync(folder)) {
      const command = [name.endsWith('.py') ? PYTHON : process.execPath, path.join(folder, name)];
      // the inner process measures what the program takes; it is started under run as well, and its own start is not counted
      const inner = [PYTHON, '-I', at('used.py'), at('used'), ...command];
      const used = { alone: [], under: [] };
      const ways = [
        ['alone', inner],
        ['under', tool('run', '--no-config', '--', ...inner)],
      ];
      // a program of a tenth of a second is measured no better than by milliseconds at a time, so more often; each way goes first in turn
      for (let round = 0; round < Math.max(options.rounds, 5) || (round < MOST_ROUNDS && sumOf(used.alone) < LEAST_SECONDS); round++) {
        for (const [way, argv] of round % 2 === 0 ? ways : ways.toReversed()) {
          spawnSync(argv[0], argv.slice(1), { stdio: 'ignore' });
          used[way].push(Number(fs.readFileSync(at('used'), 'utf8')));
        }
      }
      const [alone, under] = [median(used.alone), median(used.under)];
      say(`| ${name} | ${alone.toFixed(3)} | ${under.toFixed(3)} | ${(under / alone).toFixed(3)} |`);
    }
  },
  async growth() {
    say('\n## Growth\n');
    say('| what grows fourfold | CPU s | CPU s | exponent (must: ≤ 1.1) |');
    say('| --- | --- | --- | --- |');
    const base = median([await measure([process.execPath, '-e', '0']), await measure([process.execPath, '-e', '0'])].map(({ cpu }) => cpu));
    for (const [what, kind, less, more] of [
      ['bytes of a log', 'log', { size: 128 }, { size: 512 }],
      ['threads of a dump', 'wide', { threads: 25_000 }, { threads: 100_000 }],
      ['files', 'files', { count: 2_500 }, { count: 10_000 }],
    ]) {
      const seconds = [];
      for (const [i, given] of [less, more].entries()) {
        const file = at(`growth-${kind}-${i}`);
        makeWorkload(kind, file, Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value * options.share])));
        const results = [];
        for (let round = 0; round < options.rounds; round++) results.push((await measure(tool('stuck', file))).cpu);
        seconds.push(median(results) - base);
      }
      say(
        `| ${what} | ${seconds[0].toFixed(2)} | ${seconds[1].toFixed(2)} | ${(Math.log(seconds[1] / seconds[0]) / Math.log(4)).toFixed(2)} |`,
      );
    }
  },
};

const wanted = options.only === '' ? Object.keys(PARTS) : options.only.split(',');
for (const name of wanted) if (!(name in PARTS)) throw new Error(`no part ${name}: ${Object.keys(PARTS).join(', ')}`);
say('# Results of the benchmark\n');
say(
  `Written by \`npm run bench\`: CPU (user + system) and peak memory of whole processes, medians of ${options.rounds} rounds, the commands of`,
);
say(
  `one table in turn in the same run. Only ratios are meant to be used. Node ${process.version}, ${os.cpus()[0]?.model ?? 'an unknown processor'}.`,
);
for (const name of wanted) {
  await PARTS[name]();
  for (const entry of fs.readdirSync(scratch)) if (!entry.endsWith('.py')) fs.rmSync(at(entry), { recursive: true });
}
if (options.only === '' && options.share === 1) {
  fs.mkdirSync(path.join(root, 'bench'), { recursive: true });
  fs.writeFileSync(path.join(root, 'bench/RESULTS.md'), `${report.join('\n')}\n`);
}
