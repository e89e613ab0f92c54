// The sets: which program runs in what, how its dumps are taken, and what is wrong with it.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

import * as esbuild from 'esbuild';

import { requirePytest } from './pythons.mjs';
import { delay, waitForGrowth, waitUntil } from './run.mjs';
import { countAborts, countErrors, countInspected } from './script-stacks.mjs';
import { countPrinted, countUnder } from './stacks.mjs';

/** The recipe: a signal makes the program write a file named after the time. The files get times of one every 30 s. */
async function takeByRecipe(kit, program, ready, times) {
  const running = kit.startPython(kit.python(), program, [kit.room]);
  const dumpFiles = () => fs.readdirSync(kit.room).filter((name) => /^\d{14}\.log$/.test(name));
  await running.says(ready);
  await delay(1000);
  for (let taken = 1; taken <= 3; taken += 1) {
    running.signal('SIGQUIT');
    await waitUntil('the dump', () => dumpFiles().length === taken);
    await delay(2000);
  }
  await running.stop();
  for (const [index, name] of dumpFiles().sort().entries()) {
    kit.save(`20261123${times[index]}.log`, fs.readFileSync(path.join(kit.room, name), 'utf8'), { dumps: 1 });
  }
}

/** A program that had `faulthandler.register(SIGUSR1)` with the file it got as its argument: dumps back to back. */
async function takeRegistered(kit, python, program, { ready, count, step = 700 }) {
  const file = path.join(kit.room, `stacks-${python.minor}.log`);
  const running = kit.startPython(python, program, [file]);
  await running.says(ready);
  await delay(500);
  for (let taken = 0; taken < count; taken += 1) {
    const before = fs.statSync(file).size;
    running.signal('SIGUSR1');
    await waitForGrowth(file, before);
    await delay(step);
  }
  await running.stop();
  return fs.readFileSync(file, 'utf8');
}

/** Compiles the basket into `dist/` of the room: one small file with its map beside it, and a file each with the map inside. */
async function compileBasket(kit) {
  const common = { absWorkingDir: kit.room, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning', write: true };
  await esbuild.build({ ...common, entryPoints: ['basket/main.ts'], outfile: 'dist/basket.mjs', bundle: true, minify: true, sourcemap: 'linked' });
  for (const name of ['main', 'prices'])
    await esbuild.build({ ...common, entryPoints: [`basket/${name}.ts`], outfile: `dist/inline/${name}.ts.mjs`, sourcemap: 'inline' });
  const main = path.join(kit.room, 'dist/inline/main.ts.mjs');
  fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace('./prices.ts', './prices.ts.mjs'));
  for (const name of fs.readdirSync(path.join(kit.room, 'dist'), { recursive: true }))
    if (/\.mjs(?:\.map)?$/.test(name)) kit.keep(`dist/${name}`, fs.readFileSync(path.join(kit.room, 'dist', name), 'utf8'));
}

/** @param {string[]} args for the program, after `node` and its options */
async function takeReports(kit, options, args, { ready, count, step }) {
  const running = kit.startNode(['--report-on-signal', ...options], args);
  await running.says(ready);
  await delay(2500);
  const reports = () => fs.readdirSync(kit.room).filter((name) => name.startsWith('report.'));
  for (let taken = 1; taken <= count; taken += 1) {
    running.signal('SIGUSR2');
    await waitUntil('the report', () => running.output().split('Node.js report completed').length > taken);
    await delay(step);
  }
  await running.stop();
  return { reports: reports().sort(), output: running.output() };
}

async function takeReportFiles(kit, feed) {
  const { reports } = await takeReports(kit, [], ['pool.mjs', feed], { ready: 'pool ready', count: 3, step: 1500 });
  for (const name of reports) kit.save(name, fs.readFileSync(path.join(kit.room, name), 'utf8'), { dumps: 1 });
}

/** Runs a Python program that ends by itself, with whatever it prints. */
async function runToEnd(kit, python, program, args = [], options = {}) {
  const running = kit.startPython(python, program, args, options);
  await running.ended;
  return running.output();
}

/** One of the recipes of `stack_recipes.py`. */
async function takeRecipe(kit, recipe, name, count) {
  const text = await runToEnd(kit, kit.python(), 'stack_recipes.py', [recipe]);
  kit.save(name, text, { count });
}

/** For each version that this machine has; the others are named and left out. */
async function forEachPython(kit, minors, work) {
  for (const minor of minors) {
    const python = kit.pythonOrSkip(minor);
    if (python) await work(python);
  }
}

export const SETS = {
  'classic-recipe': {
    program: 'order_service.py',
    stuck: 'the thread in capture_payment/await_confirmation: it holds ledger_lock and waits for a queue that nobody fills',
    make: (kit) => takeByRecipe(kit, 'order_service.py', 'order service ready', ['093000', '093030', '093100']),
  },

  deadlock: {
    program: 'transfers.py',
    stuck:
      'the two threads in transfer: each holds one account lock and waits for the other one; behind them the three threads in handle_request/read_balance, and main in join',
    make: async (kit) => {
      const text = await takeRegistered(kit, kit.python(), 'transfers.py', { ready: 'transfers started', count: 3 });
      kit.save('stacks.log', text, { dumps: 3 });
    },
  },

  'service-log': {
    program: 'report_service.py',
    stuck: 'the thread in refresh_rates/fetch_rates: it reads an HTTP answer that never comes',
    make: async (kit) => {
      const running = kit.startPython(kit.python(), 'report_service.py');
      await running.says('service ready');
      await delay(4600);
      await running.stop();
      kit.save('service.log', running.output(), { dumps: 4 });
    },
  },

  restart: {
    program: 'report_service.py',
    stuck: 'the thread in refresh_rates/fetch_rates, in each of the two processes: it hangs again after the restart',
    make: async (kit) => {
      const python = kit.python();
      let log = '';
      for (let start = 1; start <= 2; start += 1) {
        const running = kit.startPython(python, 'report_service.py');
        await running.says('service ready');
        await delay(2600);
        await running.stop();
        log += running.output();
      }
      kit.save('service.log', log, { dumps: 4 });
    },
  },

  workers: {
    program: 'workers.py',
    stuck: 'the main thread of worker 3 in read_settings: its parent held settings_lock when it was forked, and nobody gives it back',
    make: async (kit) => {
      const running = kit.startPython(kit.python(), 'workers.py', [kit.room]);
      await running.says('workers ');
      const pids = /workers ([\d ]+)/.exec(running.output())[1].split(' ').map(Number);
      for (let taken = 0; taken < 3; taken += 1) {
        for (const pid of pids) process.kill(pid, 'SIGUSR1');
        await delay(700);
      }
      await running.stop();
      for (const number of pids.keys()) {
        const name = `worker-${number + 1}.log`;
        kit.save(name, fs.readFileSync(path.join(kit.room, name), 'utf8'), { dumps: 3 });
      }
    },
  },

  shop: {
    program: 'shop.py',
    stuck: 'hung: the three threads in query wait for the database, five in ConnectionPool.acquire for them; healthy: none',
    make: async (kit) => {
      const python = kit.python();
      for (const [way, day] of [
        ['healthy', '20261122'],
        ['hung', '20261123'],
      ]) {
        const file = path.join(kit.room, `${way}.log`);
        const running = kit.startPython(python, 'shop.py', [file, way]);
        await running.says('shop ready');
        running.signal('SIGUSR1');
        await waitForGrowth(file, 0);
        await running.stop();
        kit.save(`${way}-${day}093000.log`, fs.readFileSync(file, 'utf8'), { dumps: 1 });
      }
    },
  },

  'pytest-run': {
    program: 'tests/test_orders.py',
    stuck: 'the only thread, in test_checkout_of_unknown_item/checkout: it waits for a queue whose writer has ended',
    make: async (kit) => {
      const python = kit.python();
      requirePytest(python);
      // Plug-ins that happen to be installed would change the log.
      const options = ['-p', 'no:cacheprovider', '--disable-plugin-autoload', '--color=no'];
      kit.save('ci.log', await runToEnd(kit, python, '-m', ['pytest', ...options, 'tests']), { dumps: 1 });
    },
  },

  crash: {
    program: 'thumbnails.py',
    stuck: null,
    make: (kit) =>
      forEachPython(kit, ['3.11', '3.13'], async (python) => {
        kit.save(`crash-${python.minor}.log`, await runToEnd(kit, python, 'thumbnails.py'), { dumps: 1, python });
      }),
  },

  'fatal-error': {
    program: 'sensors.py',
    stuck: null,
    make: (kit) =>
      forEachPython(kit, ['3.8'], async (python) => {
        for (const way of ['call', 'c-thread', 'finalizing']) {
          const text = await runToEnd(kit, python, 'sensors.py', [way], { silentInput: way === 'finalizing' });
          kit.save(`${way}-${python.minor}.log`, text, { dumps: 1, python });
        }
      }),
  },

  'deep-recursion': {
    program: 'config_tree.py',
    stuck: 'the thread in resolve_reference: it takes registry_lock, which it holds itself since load_settings (cut off in the dump)',
    make: (kit) =>
      forEachPython(kit, ['3.11', '3.13'], async (python) => {
        const text = await takeRegistered(kit, python, 'config_tree.py', { ready: 'settings loading', count: 3 });
        kit.save(`deep-${python.minor}.log`, text, { dumps: 3, python });
      }),
  },

  'old-pythons': {
    program: 'old_service.py',
    stuck: 'the thread in send_all/send: it waits for smtp_lock, which main took and never gave back',
    make: (kit) =>
      forEachPython(kit, ['3.6', '3.7', '3.8', '3.9', '3.10', '3.12'], async (python) => {
        const text = await takeRegistered(kit, python, 'old_service.py', { ready: 'mail service ready', count: 1 });
        kit.save(`python-${python.minor}.log`, text, { dumps: 1, python });
      }),
  },

  'healthy-service': {
    program: 'healthy_service.py',
    stuck: null,
    make: (kit) => takeByRecipe(kit, 'healthy_service.py', 'web service ready', ['101500', '101530', '101600']),
  },

  large: {
    program: 'gateway.py',
    stuck:
      'the four threads in query/run_query: each holds a database connection and waits for an answer that never comes; the other handle_order and handle_customer threads wait in ConnectionPool.acquire',
    make: async (kit) => {
      const text = await takeRegistered(kit, kit.python(), 'gateway.py', { ready: 'gateway ready', count: 10, step: 400 });
      kit.save('large.log.gz', text, { dumps: 10, pack: (bytes) => zlib.gzipSync(bytes, { level: 9 }) });
    },
  },

  'node-pool-healthy': {
    program: 'pool.mjs',
    stuck: null,
    make: (kit) => takeReportFiles(kit, 'healthy'),
  },

  'node-pool-stuck': {
    program: 'pool.mjs',
    stuck:
      'worker 1 in checkAddress (an endless regular expression) and worker 2 in takeLock (Atomics.wait); worker 3 works, worker 4 is idle',
    make: (kit) => takeReportFiles(kit, 'poison'),
  },

  'node-cut-report': {
    program: 'backup.mjs',
    stuck: 'the worker in copyDatabase (execSync), which is not in the report: the report waits for it, and so does the main thread',
    make: async (kit) => {
      const running = kit.startNode(['--report-on-signal'], ['backup.mjs']);
      await running.says('backup started');
      await delay(1000);
      running.signal('SIGUSR2');
      await delay(2500);
      const [name] = fs.readdirSync(kit.room).filter((file) => file.startsWith('report.'));
      const text = fs.readFileSync(path.join(kit.room, name), 'utf8');
      await running.stop();
      kit.save(name, text, { dumps: 1 });
    },
  },

  'node-exception': {
    program: 'check-config.mjs',
    stuck: null,
    make: async (kit) => {
      await kit.startNode(['--report-uncaught-exception'], ['check-config.mjs']).ended;
      const [name] = fs.readdirSync(kit.room).filter((file) => file.startsWith('report.'));
      kit.save(name, fs.readFileSync(path.join(kit.room, name), 'utf8'), { dumps: 1 });
    },
  },

  'node-log': {
    program: 'billing.mjs, pool.mjs',
    stuck: 'billing.log: none (rateCustomers is only slow); pool.log: worker 1 in checkAddress, worker 2 in takeLock',
    make: async (kit) => {
      const options = ['--report-compact', '--report-filename=stdout'];
      const billing = await takeReports(kit, options, ['billing.mjs'], { ready: 'billing ready', count: 2, step: 900 });
      kit.save('billing.log', billing.output);
      const pool = await takeReports(kit, options, ['pool.mjs', 'poison', '2'], { ready: 'pool ready', count: 3, step: 1200 });
      kit.save('pool.log', pool.output, { dumps: 3 });
    },
  },

  'node-errors': {
    program: 'checkout.mjs',
    stuck: null,
    make: async (kit) => {
      const shop = kit.startNode(['--trace-warnings'], ['checkout.mjs']);
      await shop.ended;
      kit.save('checkout.log', shop.output(), { count: countErrors });
      const aborted = kit.startNode([], ['checkout.mjs', 'abort']);
      await aborted.ended;
      kit.save('abort.log', aborted.output(), { dumps: 1, count: countAborts });
    },
  },

  'compiled': {
    program: 'basket/main.ts, compiled by esbuild to dist/',
    stuck: null,
    make: async (kit) => {
      await compileBasket(kit);
      for (const [name, options, file] of [
        ['plain.log', [], 'dist/basket.mjs'],
        ['mapped.log', ['--enable-source-maps'], 'dist/basket.mjs'],
        ['inline.log', [], 'dist/inline/main.ts.mjs'],
      ]) {
        const shop = kit.startNode(options, [file]);
        await shop.ended;
        kit.save(name, shop.output(), { dumps: 2, count: countErrors });
      }
    },
  },

  'current-frames': {
    program: 'stack_recipes.py',
    stuck: null,
    make: async (kit) => {
      await takeRecipe(kit, 'hash', 'hash.txt', countUnder(/^# Thread: /));
      await takeRecipe(kit, 'manhole', 'manhole.txt', countUnder(/^#{9} ProcessID=/));
      await takeRecipe(kit, 'repr', 'repr.txt', countUnder(/^<_?(?:Main)?Thread\(/));
    },
  },

  'celery-cry': {
    program: "stack_recipes.py, which writes as Celery's cry() does",
    stuck: null,
    make: (kit) => takeRecipe(kit, 'cry', 'cry.txt', countUnder(/^(?:MainThread|[a-z]+-\d+)$/)),
  },

  'guru-meditation': {
    program: 'stack_recipes.py, which writes as oslo.reports does',
    stuck: null,
    make: (kit) => takeRecipe(kit, 'guru', 'report.txt', countUnder(/^-{6} +Thread #/, /^\S+:\d+ in /)),
  },

  'print-stack': {
    program: 'stack_recipes.py',
    stuck: null,
    make: (kit) => takeRecipe(kit, 'print', 'print.txt', countPrinted),
  },

  'asyncio-tasks': {
    program: 'tasks.txt: stack_recipes.py; graph.txt: by hand, from Lib/asyncio/graph.py',
    stuck: null,
    make: async (kit) => {
      await takeRecipe(kit, 'tasks', 'tasks.txt', countUnder(/^Stack for <Task /));
      kit.keepOthers();
    },
  },

  'node-inspect': {
    program: 'price-list.mjs',
    stuck: 'the main thread, in PriceList.find',
    make: async (kit) => {
      const running = kit.startNode(['--inspect=127.0.0.1:9339'], ['price-list.mjs']);
      await running.says('price list ready');
      await delay(800);
      const client = kit.startDebugger('127.0.0.1:9339');
      await client.says('debug>');
      for (const command of ['pause', 'bt', 'cont', 'pause', 'bt', 'cont', 'pause', 'bt', '.exit']) {
        client.child.stdin.write(`${command}\n`);
        await delay(700);
      }
      await client.stop();
      await running.stop();
      kit.save('transcript.txt', client.output(), { dumps: 3, count: countInspected });
    },
  },
};
