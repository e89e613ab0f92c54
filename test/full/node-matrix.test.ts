// What each way gets of a Node process that hangs, by what it hangs in and where: the stack, or a reason why not. After it the
// process is as it was.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { readFiles } from '../../src/index.js';
import { TakeError, planCapture, takeCapture, type PlanOptions } from '../../src/take/index.js';
import { hangingNode, withTarget, type Hang } from '../take/hanging.js';
import { nodeVersions } from './node-versions.js';

/** What is expected: a function on the stack; `idle`, a report without a stack of that thread; or words of the reason why there is none. */
type Expected = { readonly stack: RegExp } | 'idle' | { readonly why: RegExp };

const stack = (pattern: RegExp): Expected => ({ stack: pattern });
const why = (pattern: RegExp): Expected => ({ why: pattern });

const NATIVE = why(/within a call of native code, which cannot be interrupted/);
const UNANSWERED = why(/SIGUSR2 was sent, but within \d+ s no dump came/);

interface Column {
  readonly title: string;
  readonly place: 'main' | 'worker';
  readonly options: readonly string[];
  readonly plan: PlanOptions;
  readonly cells: Readonly<Partial<Record<Hang, Expected>>>;
}

const REPORT = ['--report-on-signal'];
const INSPECT = ['--inspect=127.0.0.1:0'];
const BY_REPORT: PlanOptions = { signal: 'SIGUSR2', way: 'signal', patience: 3000 };
const RUNS = {
  'js-loop': stack(/^js-loop$/),
  regex: stack(/^regex$/),
  wasm: stack(/^(?:\$?run|wasm)$/),
  'atomics-wait': stack(/^atomics-wait$/),
} as const;

const COLUMNS: readonly Column[] = [
  {
    title: 'a report on SIGUSR2, the main thread hangs',
    place: 'main',
    options: REPORT,
    plan: BY_REPORT,
    cells: {
      'js-loop': UNANSWERED,
      regex: UNANSWERED,
      wasm: UNANSWERED,
      'atomics-wait': UNANSWERED,
      'next-tick': UNANSWERED,
      microtask: UNANSWERED,
      'exec-sync': UNANSWERED,
      'read-sync': UNANSWERED,
      pbkdf2: UNANSWERED,
      idle: 'idle',
      immediates: 'idle',
    },
  },
  {
    title: 'a report on SIGUSR2, a worker hangs',
    place: 'worker',
    options: REPORT,
    plan: BY_REPORT,
    cells: {
      ...RUNS,
      'exec-sync': why(/not sent: thread \d+ has started a program/),
      'read-sync': why(/not sent: thread \d+ is in a blocked read/),
      // to be told from JavaScript that runs by nothing before it is sent: the main thread waits in the report, and goes on with the call's end
      'pbkdf2-returns': why(/its report stays unfinished: a worker is within a call of native code/),
      idle: 'idle',
    },
  },
  {
    title: 'a report that nobody named the signal of, a worker hangs',
    place: 'worker',
    options: REPORT,
    plan: { way: 'signal', patience: 3000 },
    cells: {
      'js-loop': why(/not sent: thread \d+ computes/),
      pbkdf2: why(/not sent: thread \d+ computes/),
      'atomics-wait': RUNS['atomics-wait'],
      idle: 'idle',
    },
  },
  {
    title: 'the inspector, the main thread hangs',
    place: 'main',
    options: INSPECT,
    plan: { way: 'inspector' },
    cells: {
      ...RUNS,
      'next-tick': stack(/^(?:again|processTicksAndRejections)$/),
      microtask: stack(/^(?:again|runMicrotasks|processTicksAndRejections)$/),
      'exec-sync': NATIVE,
      'read-sync': NATIVE,
      pbkdf2: NATIVE,
      idle: 'idle',
      immediates: stack(/^(?:again|processImmediate)$/),
    },
  },
  {
    title: 'the inspector, a worker hangs',
    place: 'worker',
    options: INSPECT,
    plan: { way: 'inspector' },
    cells: {
      ...RUNS,
      'exec-sync': why(/worker 1.* within a call of native code, .*none was asked for/),
      'read-sync': why(/worker 1.* within a call of native code, .*none was asked for/),
      pbkdf2: why(/worker 1.* within a call of native code, .*none was asked for/),
      idle: 'idle',
    },
  },
  {
    title: 'SIGUSR1, which opens the inspector, the main thread hangs',
    place: 'main',
    options: ['--inspect-port=127.0.0.1:0'],
    plan: { signal: 'SIGUSR1', way: 'signal' },
    cells: {
      ...RUNS,
      'next-tick': stack(/^(?:again|processTicksAndRejections)$/),
      microtask: stack(/^(?:again|runMicrotasks|processTicksAndRejections)$/),
      'exec-sync': why(/inspector did not open/),
      'read-sync': why(/a signal makes a read fail, and the program may die of it/),
      pbkdf2: why(/inspector did not open/),
      idle: 'idle',
      immediates: stack(/^(?:again|processImmediate)$/),
    },
  },
];

/** What a way gets of a process: the functions of the thread that hangs, or why there are none. */
async function outcome(pid: number, column: Column, folder: string): Promise<{ functions: string[] } | { why: string }> {
  try {
    const plan = await planCapture(pid, column.plan);
    const { dumps } = await takeCapture(plan, { count: 1, interval: 0, folder });
    const set = await readFiles(dumps.map(({ file }) => file));
    const wanted = column.place === 'main' ? '0' : '1';
    const thread = set.dumps.at(-1)?.threads.find(({ id }) => id === wanted);
    assert.ok(thread !== undefined, 'the dump has the thread');
    return { functions: [...set.stacks.frames(thread.stack)].map((row) => set.frames.get(row).function ?? '') };
  } catch (error) {
    if (error instanceof TakeError) return { why: error.message };
    throw error;
  }
}

async function check(hang: Hang, expected: Expected, column: Column, node: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-matrix-'));
  try {
    const target = await hangingNode(hang, { node, options: column.options, place: column.place, cwd: folder });
    await withTarget(target, async () => {
      const state = target.info.state;
      const got = await outcome(target.pid, column, path.join(folder, 'dumps'));
      const said = `${hang}: ${JSON.stringify(got)}`;
      if (expected === 'idle') assert.ok('functions' in got && got.functions.length === 0, said);
      else if ('stack' in expected) assert.ok('functions' in got && got.functions.some((name) => expected.stack.test(name)), said);
      else assert.ok('why' in got && expected.why.test(got.why), said);
      // as it was before
      if (column.place === 'worker') {
        target.child.stdin?.write('?\n');
        await target.says('alive', 60_000);
      } else await target.becomes(state);
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Processes at a time: on a machine with too many, answers come too late. */
const AT_ONCE = 3;

describe('dumps of hanging Node processes', function () {
  this.timeout(300_000);

  for (const { major, node } of nodeVersions()) {
    for (const column of COLUMNS) {
      it(`Node ${major}: ${column.title}`, async () => {
        const cells = Object.entries(column.cells) as [Hang, Expected][];
        const problems: unknown[] = [];
        const work = async (): Promise<void> => {
          for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
            const [hang, expected] = cell;
            await check(hang, expected, column, node).catch((error: unknown) => problems.push(error));
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, work));
        if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'));
      });
    }
  }
});
