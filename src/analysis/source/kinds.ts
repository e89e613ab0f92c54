/**
 * What kind of thing an object is, as far as it matters to who waits for whom. `unknown`: its construction is not in
 * sight. `resource`: something that is entered by `with` and given back (a pooled connection, a file lock), not known
 * to be any of the others.
 */
export type ObjectKind =
  | 'lock'
  | 'rlock'
  | 'condition'
  | 'semaphore'
  | 'event'
  | 'barrier'
  | 'queue'
  | 'thread'
  | 'process'
  | 'executor'
  | 'pool'
  | 'future'
  | 'subprocess'
  | 'socket'
  | 'file'
  | 'file-lock'
  | 'connection'
  | 'exit-stack'
  | 'async'
  | 'resource'
  | 'unknown';

/** Kinds that a thread can hold, so that others wait for it. */
export const HELD_KINDS: ReadonlySet<ObjectKind> = new Set(['lock', 'rlock', 'condition', 'semaphore', 'file-lock', 'resource', 'unknown']);

/** What a call of one of these names (imports resolved) makes. */
const CONSTRUCTORS: readonly (readonly [RegExp, ObjectKind])[] = [
  [/^asyncio\.(?:locks\.|queues\.)?(?:Lock|Condition|Semaphore|BoundedSemaphore|Event|Barrier|(?:Lifo|Priority)?Queue)$/, 'async'],
  [/^(?:threading|multiprocessing|_thread|thread|gevent\.lock)\.(?:Lock|allocate_lock)$/, 'lock'],
  [/^(?:threading|multiprocessing|gevent\.lock)\.(?:_PyRLock|_?RLock)$/, 'rlock'],
  [/^(?:threading|multiprocessing|gevent\.\w+)\.Condition$/, 'condition'],
  [/^(?:threading|multiprocessing|gevent\.\w+)\.(?:Bounded)?Semaphore$/, 'semaphore'],
  [/^(?:threading|multiprocessing|gevent\.event)\.Event$/, 'event'],
  [/^(?:threading|multiprocessing)\.Barrier$/, 'barrier'],
  [/^(?:threading\.(?:Thread|Timer))$/, 'thread'],
  [/^multiprocessing\.(?:context\.)?(?:\w*Process)$/, 'process'],
  [/^multiprocessing\.(?:pool\.|dummy\.)?(?:Thread)?Pool$/, 'pool'],
  [/^(?:queue|Queue|multiprocessing|multiprocessing\.queues|gevent\.queue)\.(?:Lifo|Priority|Simple|Joinable)?Queue$/, 'queue'],
  [/^(?:concurrent\.futures\.(?:thread\.|process\.)?)(?:ThreadPool|ProcessPool)Executor$/, 'executor'],
  [/^(?:concurrent\.futures\.)(?:_base\.)?Future$/, 'future'],
  [/^asyncio\.run_coroutine_threadsafe$/, 'future'],
  [/^subprocess\.Popen$/, 'subprocess'],
  [/^socket\.(?:socket|create_connection|create_server|fromfd)$/, 'socket'],
  [/^(?:io\.)?open$|^os\.fdopen$/, 'file'],
  [/^(?:filelock\.\w*FileLock|fasteners\.InterProcessLock|portalocker\.\w*Lock|zc\.lockfile\.LockFile)$/, 'file-lock'],
  [/^(?:sqlite3|psycopg2?|pymysql|MySQLdb|mysql\.connector|oracledb|cx_Oracle|pyodbc)\.connect$/, 'connection'],
  [/^contextlib\.(?:Async)?ExitStack$/, 'exit-stack'],
];

/** @param dotted a full name, e.g. `threading.RLock` */
export function constructedKind(dotted: string): ObjectKind | null {
  return CONSTRUCTORS.find(([name]) => name.test(dotted))?.[1] ?? null;
}

/** What a thread can be waiting for in one call. The words are those of the JSON documents' `wait.kind`. */
export type WaitingFor =
  | 'lock'
  | 'lock-file'
  | 'lock-remote'
  | 'condition'
  | 'event'
  | 'semaphore'
  | 'barrier'
  | 'queue'
  | 'queue-full'
  | 'queue-join'
  | 'future'
  | 'join'
  | 'join-process'
  | 'pool-exhausted'
  | 'net-accept'
  | 'net-connect'
  | 'net-read'
  | 'net-write'
  | 'db'
  | 'subprocess'
  | 'file-io'
  | 'ipc-full'
  | 'input'
  | 'signal'
  | 'sleep'
  | 'select'
  | 'unknown';

/** Functions (imports resolved) that wait. */
const WAITING_FUNCTIONS: readonly (readonly [RegExp, WaitingFor])[] = [
  [/^(?:time|gevent|eventlet|trio)\.sleep$/, 'sleep'],
  [/^(?:select\.(?:select|poll|epoll)|selectors\.\w+)$/, 'select'],
  [/^subprocess\.(?:run|call|check_call|check_output|getoutput|getstatusoutput)$/, 'subprocess'],
  [/^os\.(?:wait|waitpid|wait3|wait4|waitid|system)$/, 'subprocess'],
  [/^(?:urllib\.request\.urlopen|urllib2\.urlopen|requests\.(?:get|post|put|delete|head|patch|options|request)|httpx\.\w+)$/, 'net-read'],
  [/^socket\.create_connection$/, 'net-connect'],
  [/^socket\.(?:getaddrinfo|gethostbyname|gethostbyaddr)$/, 'net-connect'],
  [/^concurrent\.futures\.(?:wait|as_completed)$/, 'future'],
  [/^fcntl\.(?:flock|lockf)$/, 'lock-file'],
  [/^(?:input|raw_input|getpass\.getpass|sys\.stdin\.(?:read|readline|readlines))$/, 'input'],
  [/^signal\.(?:pause|sigwait|sigwaitinfo|sigtimedwait)$/, 'signal'],
  [/^(?:io\.)?open$|^os\.(?:open|read|fsync)$/, 'file-io'],
  [/^(?:os\.write|print)$/, 'ipc-full'],
];

export function waitingFunction(dotted: string): WaitingFor | null {
  return WAITING_FUNCTIONS.find(([name]) => name.test(dotted))?.[1] ?? null;
}

/** What a method that waits waits for, by the kind of its object; `any` where the kind is not known and the name says enough. */
interface WaitingMethod {
  readonly kinds: Partial<Readonly<Record<ObjectKind, WaitingFor>>>;
  readonly any: WaitingFor | null;
}

const LOCKS: Partial<Record<ObjectKind, WaitingFor>> = {
  lock: 'lock',
  rlock: 'lock',
  condition: 'lock',
  semaphore: 'semaphore',
  'file-lock': 'lock-file',
};
const READS: Partial<Record<ObjectKind, WaitingFor>> = { socket: 'net-read', file: 'file-io', subprocess: 'subprocess' };

const WAITING_METHODS: Readonly<Record<string, WaitingMethod>> = {
  acquire: { kinds: LOCKS, any: 'lock' },
  __enter__: { kinds: LOCKS, any: 'lock' },
  wait: {
    kinds: { condition: 'condition', event: 'event', barrier: 'barrier', subprocess: 'subprocess', pool: 'unknown' },
    any: 'unknown',
  },
  wait_for: { kinds: { condition: 'condition' }, any: 'condition' },
  communicate: { kinds: { subprocess: 'subprocess' }, any: 'subprocess' },
  join: { kinds: { thread: 'join', process: 'join-process', queue: 'queue-join', pool: 'join-process' }, any: null },
  get: { kinds: { queue: 'queue', future: 'future' }, any: null },
  put: { kinds: { queue: 'queue-full' }, any: 'queue-full' },
  result: { kinds: { future: 'future' }, any: 'future' },
  shutdown: { kinds: { executor: 'join' }, any: null },
  map: { kinds: { pool: 'future' }, any: null },
  recv: { kinds: READS, any: 'net-read' },
  recvfrom: { kinds: READS, any: 'net-read' },
  recv_into: { kinds: READS, any: 'net-read' },
  recvmsg: { kinds: READS, any: 'net-read' },
  recv_bytes: { kinds: READS, any: 'net-read' },
  recv_multipart: { kinds: READS, any: 'net-read' },
  getresponse: { kinds: {}, any: 'net-read' },
  read: { kinds: READS, any: 'file-io' },
  readline: { kinds: READS, any: 'file-io' },
  readlines: { kinds: READS, any: 'file-io' },
  readinto: { kinds: READS, any: 'file-io' },
  accept: { kinds: { socket: 'net-accept' }, any: 'net-accept' },
  connect: { kinds: { socket: 'net-connect' }, any: null },
  send: { kinds: { socket: 'net-write' }, any: 'net-write' },
  sendall: { kinds: { socket: 'net-write' }, any: 'net-write' },
  sendto: { kinds: { socket: 'net-write' }, any: 'net-write' },
  // a write that does not end is one to a pipe that nobody reads
  write: { kinds: { file: 'ipc-full', socket: 'net-write' }, any: null },
  writelines: { kinds: { file: 'ipc-full' }, any: null },
  flush: { kinds: { file: 'ipc-full' }, any: null },
  select: { kinds: {}, any: 'select' },
  poll: { kinds: { subprocess: 'unknown' }, any: null },
  execute: { kinds: { connection: 'db' }, any: 'db' },
  executemany: { kinds: { connection: 'db' }, any: 'db' },
  executescript: { kinds: { connection: 'db' }, any: 'db' },
  commit: { kinds: { connection: 'db' }, any: 'db' },
  blpop: { kinds: {}, any: 'net-read' },
  brpop: { kinds: {}, any: 'net-read' },
};

/** Null: the method does not wait, as far as is known. */
export function waitingMethod(method: string, kind: ObjectKind): { readonly kind: WaitingFor; readonly sure: boolean } | null {
  const row = Object.hasOwn(WAITING_METHODS, method) ? WAITING_METHODS[method] : undefined;
  if (row === undefined) return null;
  const known = row.kinds[kind];
  if (known !== undefined) return { kind: known, sure: true };
  return row.any !== null && (kind === 'unknown' || kind === 'resource') ? { kind: row.any, sure: false } : null;
}

/** Methods by which a thread asks another party for something, so that what it waits for next is the answer. */
export const ASKING_METHODS: ReadonlySet<string> = new Set([
  'send',
  'sendall',
  'sendto',
  'send_bytes',
  'send_multipart',
  'send_string',
  'send_json',
  'send_pyobj',
  'sendmsg',
  'write',
  'put',
  'put_nowait',
  'submit',
  'apply_async',
  'map_async',
  'delay',
  'request',
  'publish',
  'start',
  'notify',
  'notify_all',
  'execute',
]);

/** Methods that let waiters go on, by what those wait for. */
export const RELEASING_METHODS: Readonly<Partial<Record<WaitingFor, readonly string[]>>> = {
  event: ['set'],
  condition: ['notify', 'notify_all', 'notifyAll'],
  queue: ['put', 'put_nowait'],
  'queue-full': ['get', 'get_nowait'],
  'queue-join': ['task_done'],
  semaphore: ['release'],
  lock: ['release'],
  barrier: ['wait'],
  future: ['set_result', 'set_exception'],
};
