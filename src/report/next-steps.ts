import type { ThreadFinding, WaitKind } from '../analysis/index.js';

const NO_ANSWER =
  'See whether the other side is alive and has received the request; a timeout turns the hang into an error that can be handled.';
const NOT_SET = 'Find who should signal it: that thread may have ended, thrown an exception, or never have been started.';
const NO_SLOT = 'All slots are taken: look for who keeps one while it waits for another, or never gives it back after an error.';
const OTHER_PROCESS = 'Look at the other process: take a dump of it too.';
const NOT_ARRIVED = 'One party has not arrived: look at the thread or process that stands somewhere else.';

/** Where to look next, by what a thread waits for. Kinds that stand for waiting as it should be are not here. */
const BY_WAIT: Partial<Readonly<Record<WaitKind, string>>> = {
  lock: 'Find who holds this lock. If no thread does, it was never released: look for an acquire() outside of a with statement, an exception between acquire and release, or a fork while it was held.',
  'lock-file': 'Find the process that holds the file lock (lsof, /proc/locks on Linux); it may have died on another machine.',
  'lock-remote': 'Look up the holder of the lock where it is kept, and whether the lock expires when its holder dies.',
  'import-lock':
    'Two threads import modules in opposite order, or a thread that a module starts while it is imported imports it: import it before the threads are started.',
  condition: NOT_SET,
  event: NOT_SET,
  semaphore: NO_SLOT,
  'pool-exhausted': NO_SLOT,
  barrier: NOT_ARRIVED,
  collective: NOT_ARRIVED,
  queue: 'Find who should put the item: the producer may have ended or thrown an exception. A timeout turns the hang into an error.',
  'queue-full': 'Find who should take the items: the consumer may have ended or stand still itself.',
  'queue-join': 'A consumer has not called task_done() for an item: look for one that ended or threw an exception.',
  future: 'Find what should complete it: the job may wait for a free worker of the very pool that it was given to.',
  join: 'Look at the thread that it waits for: its stack says why it does not end.',
  'join-process': OTHER_PROCESS,
  subprocess: OTHER_PROCESS,
  ipc: OTHER_PROCESS,
  'ipc-full': 'The reader at the other end does not read: look at that process.',
  'net-connect': NO_ANSWER,
  'net-dns': 'The name server does not answer: see whether the name resolves on this machine.',
  'net-tls': NO_ANSWER,
  'net-read': NO_ANSWER,
  'net-write': 'The other side does not read what is sent: look at that process.',
  'net-rpc': NO_ANSWER,
  db: 'Ask the database for its running statements and locks (pg_stat_activity, SHOW PROCESSLIST): another session may hold a row.',
  'file-io': 'Look at the file system: a network mount that does not answer or a FIFO without a writer blocks for ever.',
  input: 'It waits for somebody to type: give the program its answers, or connect its standard input to /dev/null.',
  debugger: 'A debugger is attached or a breakpoint was left in the code.',
  'loop-blocked': 'A call that blocks runs on the event loop: have it run in a thread, or use its asynchronous form.',
  cpu: 'It computes: compare the loop conditions with the values (py-spy dump --locals), or profile it for some seconds.',
};

/** What to do next about a stuck or suspect thread, in words. */
export function nextStep({ wait, verdict, blockedBy }: ThreadFinding): string | null {
  if (verdict !== 'stuck' && verdict !== 'suspect') return null;
  const own = wait === null ? undefined : BY_WAIT[wait.kind];
  if (own !== undefined) return own;
  if (blockedBy.length > 0) return 'It waits for other threads: look at those first.';
  return 'Read the line: a lock, a read, a sleep and a long computation leave no frame. The source (--source DIR) tells them apart.';
}
