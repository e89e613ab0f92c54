import assert from 'node:assert/strict';
import { FrameTable, Origins } from '../../src/index.js';
import { namesDumper, namesRetry, namesWaitForOne, namesWaitForWork } from '../../src/analysis/stuck/words.js';

describe('what the name of a function tells', () => {
  it('is told by its last part, in whatever case it is written', () => {
    const says = (name: string): string =>
      [
        namesWaitForWork(name) ? 'work' : '',
        namesWaitForOne(name) ? 'one' : '',
        namesRetry(name) ? 'retry' : '',
        namesDumper(name) ? 'dumper' : '',
      ]
        .filter(Boolean)
        .join();
    const expected: Record<string, string> = {
      next_job: 'work',
      nextJob: 'work',
      'Worker.next_job': 'work',
      'async Worker.nextJob': 'work',
      'async receive': 'work',
      'Mailbox.Inner.take_message': 'work',
      wait_for_signal: 'work,dumper',
      heartbeat: 'work',
      event_loop: 'work',
      receiver: 'work',
      await_confirmation: 'one',
      'Bank.waitForAnswer': 'one',
      wait_until_idle: '',
      wait_for_all: '',
      connect_with_retry: 'retry',
      'Client.backOff': 'retry',
      on_signal: 'dumper',
      'Debug.dumpStacks': 'dumper',
      'receive.parse': '',
      'next_job of parse': '',
      total: '',
      processor: '',
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, says(name)])), expected);
  });
});

describe('whose code a file is', () => {
  it('is told by its path, whole or shortened', () => {
    const frames = new FrameTable();
    const origins = new Origins(frames);
    const of = (file: string): string => origins.of(frames.intern({ function: 'f', file, line: 1, column: null }));
    const expected: Record<string, string> = {
      '/usr/lib/python3.11/threading.py': 'standard',
      '/usr/local/lib/python3.13t/asyncio/base_events.py': 'standard',
      'C:\\Python311\\Lib\\threading.py': 'standard',
      'threading.py': 'standard',
      '.../threading.py': 'standard',
      '…/asyncio/base_events.py': 'standard',
      'Lib/concurrent/futures/thread.py': 'standard',
      'concurrent/futures/thread.py': 'standard',
      'logging/__init__.py': 'standard',
      'app/threading.py': 'application',
      'asyncio/deep/base_events.py': 'application',
      'mythreading.py': 'application',
      '/usr/lib/python3/dist-packages/redis/client.py': 'library',
      '/srv/app/node_modules/pg/lib/client.js': 'library',
      'node_modules/pg/client.js': 'library',
      'node:internal/timers': 'runtime',
      '<frozen importlib._bootstrap>': 'runtime',
      'webpack://shop/webpack/bootstrap': 'runtime',
      'webpack://shop/./src/cart.ts': 'application',
      '/srv/app/cart.py': 'application',
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((file) => [file, of(file)])), expected);
  });
});
