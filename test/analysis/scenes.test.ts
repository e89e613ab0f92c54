import assert from 'node:assert/strict';
import fs from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findStuck, readText } from '../../src/index.js';
import { seriesLines } from './told.js';

const FILE = fileURLToPath(new URL('judgements/scenes.txt', import.meta.url));

const STANDARD =
  /^(?:threading|queue|selectors|socket|socketserver|subprocess|concurrent\/futures\/\w+|multiprocessing\/\w+|logging\/\w+)\.py$/;
const START = 'threading.py:982 run < threading.py:1045 _bootstrap_inner < threading.py:1002 _bootstrap';

function frame(text: string): string {
  const [, file = '', line, fn] = /^(.*):(\d+) (.*)$/.exec(text.trim()) ?? [];
  const place = file.startsWith('<')
    ? file
    : STANDARD.test(file)
      ? `/usr/lib/python3.11/${file}`
      : `${file.includes('/') ? '/usr/lib/python3/dist-packages' : '/srv/app'}/${file}`;
  return `  File "${place}", line ${line} in ${fn}\n`;
}

/** A thread whose frames are `file:line function`, most recent call first. */
const thread = (id: number, frames: string, start = START): string =>
  `Thread 0x${id.toString(16).padStart(16, '0')} (most recent call first):\n${`${frames} < ${start}`.split(' < ').map(frame).join('')}`;
const main = (frames: string): string =>
  `Current thread 0x00000000000000ff (most recent call first):\n${`${frames} < main.py:9 <module>`.split(' < ').map(frame).join('')}`;

/** The same dump several times. */
const still = (times: number, ...threads: string[]): string => moving(Array.from({ length: times }, () => threads));
const moving = (dumps: readonly (readonly string[])[]): string => dumps.map((threads) => `${threads.join('\n')}\n`).join('\n');

const GET = 'threading.py:327 wait < queue.py:171 get';
const JOIN = 'threading.py:1132 _wait_for_tstate_lock < threading.py:1112 join';
const RESULT = 'threading.py:327 wait < concurrent/futures/_base.py:451 result';
const POOL = 'concurrent/futures/thread.py:58 run < concurrent/futures/thread.py:83 _worker';
const BARRIER = 'threading.py:327 wait < threading.py:359 wait_for < threading.py:702 _wait < threading.py:688 wait';
const QUOTE = 'shop.py:40 quote < shop.py:50 worker';

/** What happens, and the dumps of it. */
const SCENES: Readonly<Record<string, string>> = {
  'two wait at a line that one is past, which reads': still(
    3,
    thread(1, `socket.py:706 readinto < rates.py:22 refresh < rates.py:18 rate < ${QUOTE}`),
    thread(2, `rates.py:16 rate < ${QUOTE}`),
    thread(3, `rates.py:16 rate < ${QUOTE}`),
  ),
  'one waits in a file whose own thread is at work in it, which may hold its lock': still(
    3,
    thread(1, 'cache.py:30 evict < cache.py:20 keeper'),
    thread(2, `cache.py:11 get < ${QUOTE}`),
  ),
  'the same, but that thread comes from another file': still(
    3,
    thread(1, 'cache.py:30 evict < ops.py:20 keeper'),
    thread(2, `cache.py:11 get < ${QUOTE}`),
  ),
  'the same, but a server stands idle in that file, which holds nothing': still(
    3,
    thread(1, 'selectors.py:415 select < socketserver.py:232 serve_forever < cache.py:30 serve < cache.py:20 keeper'),
    thread(2, `cache.py:11 get < ${QUOTE}`),
  ),
  'several wait, and one is further inside the same file': still(
    3,
    thread(1, 'cache.py:30 load < cache.py:25 fill < cache.py:20 warm < shop.py:60 warmer'),
    thread(2, `cache.py:11 get < ${QUOTE}`),
    thread(3, `cache.py:11 get < ${QUOTE}`),
  ),
  'one holds a logging handler whose pipe is full, the others want to log': still(
    3,
    thread(
      1,
      'logging/__init__.py:1113 emit < logging/__init__.py:978 handle < logging/__init__.py:1706 callHandlers < a.py:5 tell < a.py:9 work',
    ),
    thread(2, 'logging/__init__.py:978 handle < logging/__init__.py:1706 callHandlers < a.py:6 tell < a.py:9 work'),
  ),
  'one imports a module that another one imports already': still(
    3,
    thread(
      1,
      'plugin.py:3 <module> < <frozen importlib._bootstrap>:241 _call_with_frames_removed < <frozen importlib._bootstrap>:1147 _find_and_load_unlocked < load.py:8 load < load.py:4 run_plugin',
    ),
    thread(
      2,
      '<frozen importlib._bootstrap>:171 acquire < <frozen importlib._bootstrap>:187 _lock_unlock_module < load.py:8 load < load.py:4 run_plugin',
    ),
    thread(3, 'mine.py:3 <module> < <frozen importlib._bootstrap>:241 _call_with_frames_removed < load.py:8 load < load.py:4 run_plugin'),
    thread(
      4,
      '<frozen importlib._bootstrap>:171 acquire < <frozen importlib._bootstrap>:187 _lock_unlock_module < other.py:3 <module> < <frozen importlib._bootstrap>:241 _call_with_frames_removed < load.py:8 load < load.py:4 run_plugin',
    ),
  ),
  'two of three have come to a barrier': still(
    3,
    thread(1, `${BARRIER} < sim.py:30 step < sim.py:10 party`),
    thread(2, `${BARRIER} < sim.py:30 step < sim.py:10 party`),
    thread(3, 'sim.py:44 solve < sim.py:28 step < sim.py:10 party'),
  ),
  'two want a connection of a pool, one went on with it from the same line': still(
    3,
    thread(
      1,
      'threading.py:327 wait < sqlalchemy/util/queue.py:171 get < sqlalchemy/pool/impl.py:152 _do_get < db.py:7 query < web.py:3 handle',
    ),
    thread(
      2,
      'threading.py:327 wait < sqlalchemy/util/queue.py:171 get < sqlalchemy/pool/impl.py:152 _do_get < db.py:7 query < web.py:3 handle',
    ),
    thread(3, 'psycopg2/extras.py:9 execute < db.py:7 query < web.py:3 handle'),
  ),
  'one that has a connection of a pool wants another': still(
    3,
    thread(
      1,
      'threading.py:327 wait < sqlalchemy/util/queue.py:171 get < sqlalchemy/pool/impl.py:152 _do_get < db.py:7 query < web.py:3 handle',
    ),
    thread(
      2,
      'threading.py:327 wait < sqlalchemy/util/queue.py:171 get < sqlalchemy/pool/impl.py:152 _do_get < db.py:7 query < audit.py:5 audit < web.py:4 handle < web.py:1 serve',
    ),
  ),
  'main waits for a result of a pool, all of whose workers wait for results too': still(
    3,
    main(`${RESULT} < main.py:5 run`),
    thread(1, `${RESULT} < job.py:8 outer < ${POOL}`),
    thread(2, `${RESULT} < job.py:8 outer < ${POOL}`),
  ),
  'a pool is full, and those who wait for its results do not go on': still(
    3,
    main(`${RESULT} < main.py:5 run`),
    thread(1, `job.py:8 load < job.py:4 outer < ${POOL}`),
    thread(2, `job.py:9 load < job.py:4 outer < ${POOL}`),
  ),
  'a pool is full, and those who wait for its results have gone on once': moving(
    [5, 6, 6].map((line) => [
      main(`${RESULT} < main.py:${line} run`),
      thread(1, `job.py:8 load < job.py:4 outer < ${POOL}`),
      thread(2, `job.py:9 load < job.py:4 outer < ${POOL}`),
    ]),
  ),
  'a pool is full, and those who wait for its results come and go': moving(
    [5, 6, 5, 6, 6].map((line) => [
      main(`${RESULT} < main.py:${line} run`),
      thread(1, `job.py:8 load < job.py:4 outer < ${POOL}`),
      thread(2, `job.py:9 load < job.py:4 outer < ${POOL}`),
    ]),
  ),
  'main waits for the end of a worker that hangs': still(
    3,
    main(`${JOIN} < main.py:5 run`),
    thread(1, `${GET} < work.py:30 next_answer < work.py:20 ask < work.py:10 work`),
    thread(2, 'work.py:41 sleep_on < work.py:12 heartbeat'),
  ),
  'main waits for the end of threads that are idle': still(
    3,
    main(`${JOIN} < main.py:5 run`),
    thread(1, 'selectors.py:415 select < socketserver.py:232 serve_forever < web.py:30 serve'),
    thread(2, 'work.py:12 heartbeat'),
  ),
  'a queue is to be done, and its worker hangs': still(
    3,
    main('threading.py:327 wait < queue.py:90 join < main.py:5 run'),
    thread(1, 'net.py:8 fetch < work.py:20 ask < work.py:10 work'),
  ),
  'a finalizer interrupted code of the same thread': still(
    3,
    thread(1, 'pool.py:14 put_back < pool.py:30 __del__ < pool.py:11 take < web.py:4 handle < web.py:1 serve'),
  ),
  'a finalizer that was called as a function, and interrupted nothing': still(
    3,
    thread(1, 'pool.py:30 __del__ < web.py:4 close < web.py:1 serve'),
  ),
  'three workers stand at one line of theirs': still(4, ...[1, 2, 3].map((id) => thread(id, 'work.py:20 pull < work.py:10 work'))),
  'two workers stand at one line of theirs': still(4, ...[1, 2].map((id) => thread(id, 'work.py:20 pull < work.py:10 work'))),
  'one worker is in its work, its like wait for work': still(
    4,
    ...[1, 2, 3].map((id) => thread(id, `${GET} < work.py:11 work`)),
    thread(4, 'net.py:8 fetch < work.py:20 ask < work.py:12 work'),
  ),
  'more and more requests come to one line': moving(
    [1, 2, 4, 6].map((count) =>
      Array.from({ length: count }, (_, i) => thread(i + 1, 'db.py:8 lock < web.py:20 handle < web.py:12 serve')),
    ),
  ),
  'each request has a thread of its own': still(
    3,
    thread(1, 'web.py:20 handle < socketserver.py:691 process_request_thread'),
    thread(2, 'net.py:8 fetch < web.py:21 handle < socketserver.py:691 process_request_thread'),
  ),
  'one came another way to a line where others wait': still(
    3,
    ...[1, 2, 3].map((id) => thread(id, `${GET} < box.py:5 take < work.py:10 work`)),
    thread(4, `${GET} < box.py:5 take < report.py:22 collect < report.py:10 reporter`),
  ),
  'it tries again and again': moving(
    [11, 12, 11, 12, 11, 12].map((line) => [thread(1, `net.py:${line} connect_with_retry < net.py:5 start < net.py:2 client`)]),
  ),
  'two react to each other for ever': moving(
    [11, 12, 11, 12, 11, 12].map((line) =>
      [1, 2].map((id) => thread(id, `net.py:${line} step_aside < net.py:5 pass_by < net.py:2 walker`)),
    ),
  ),
  'two go round the same lines, each by itself': moving(
    [0, 1, 0, 1, 0, 1].map((k) => [
      thread(1, `net.py:${11 + k} step_aside < net.py:5 pass_by < net.py:2 walker`),
      thread(2, `net.py:${12 - k} step_aside < net.py:5 pass_by < net.py:2 walker`),
    ]),
  ),
  'one goes round past a line where others wait': moving(
    [18, 19, 18, 19, 18, 19].map((line) => [
      thread(1, `rates.py:${line} rate < ${QUOTE}`),
      thread(2, `rates.py:16 rate < ${QUOTE}`),
      thread(3, `rates.py:16 rate < ${QUOTE}`),
    ]),
  ),
  'a long job, for whose end the main thread waits': still(
    3,
    main(`${JOIN} < main.py:5 run`),
    thread(1, 'subprocess.py:1264 wait < job.py:20 convert < job.py:10 work'),
    thread(2, 'job.py:31 count < job.py:21 sum_up < job.py:10 work'),
  ),
  'a thread whose stack one dump has lost, with lines that are not understood': moving([
    [thread(1, 'a.py:7 read < a.py:3 work'), thread(2, 'b.py:2 idle')],
    [thread(1, 'a.py:7 read < a.py:3 work').split('\n')[0]! + '\n', thread(2, 'b.py:2 idle').replace('  File', 'INFO served\n  File')],
    [thread(1, 'a.py:7 read < a.py:3 work'), thread(2, 'b.py:2 idle')],
  ]),
  'a thread of which one dump shows no stack': moving([
    [thread(1, 'a.py:7 read < a.py:3 work'), thread(2, 'b.py:2 idle')],
    [thread(1, 'a.py:7 read < a.py:3 work').split('\n')[0]! + '\n', thread(2, 'b.py:2 idle')],
    [thread(1, 'a.py:7 read < a.py:3 work'), thread(2, 'b.py:2 idle')],
  ]),
};

async function judged(): Promise<string> {
  const told: string[] = [];
  for (const [title, text] of Object.entries(SCENES)) {
    const set = await readText(text);
    told.push(`# ${title}`, '');
    for (const series of findStuck(set).series) told.push(...seriesLines(set, series), '');
  }
  return told.join('\n');
}

// Set STANDSTILL_SCREENS=write to write them anew; read the difference before committing it.
describe('what is said of scenes that no sample shows', () => {
  it('stays as it was read and found right', async () => {
    const text = await judged();
    if (process.env['STANDSTILL_SCREENS'] === 'write') fs.writeFileSync(FILE, text);
    assert.equal(text, fs.readFileSync(FILE, 'utf8'));
  });
});
