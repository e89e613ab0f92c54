import type { Seconds } from '../../model/index.js';
import type { WaitKind } from '../signatures/index.js';

/**
 * What the signals of one thread weigh, as logits: their sum, put through 1 / (1 + e^-x), is the score. A signal of +1 makes
 * "stuck" 2.7 times as likely as before, one of -1 as much less.
 *
 * The figures were set by reasoning from what each signal means, and by trial on some 130 recorded programs with a known
 * fault, or none. How much they owe to those programs is measured by `scripts/weights.mjs`: weights that are found anew
 * on one set of programs, from their signs alone, are scored on the other set, and each weight is moved by 40 %. Everything
 * that makes a thread of a healthy program look stuck counts more than what makes a stuck one look healthy.
 */
export const WEIGHTS = {
  /** A thread that stays is idle far more often than stuck: most threads of most services wait for work. */
  prior: -0.6,

  /** Stays in 2 dumps: may be chance. */
  still2: -0.8,
  /** Stays in 4 or more. */
  still4: 0.4,

  /** Stays for a time in which most work is done (see {@link LONG}). */
  long: 0.5,

  /** Stands in the function it was started with: that is where loops wait for work. */
  depth0: -1.8,
  depth1: 0.4,
  depth2: 1.1,
  /** Three or more calls deep in its work. */
  depth3: 1.4,
  /** A library called the application to do something: a request, a task, a test. What waits for work is not called. */
  inTask: 1.1,
  /** The main thread near its start: it waits until the program is told to end. */
  mainShallow: -1.2,

  /** The main thread deep in its work, where a service's main thread is not. */
  mainDeep: 0.6,
  /** The main thread joins its workers: a program that runs to its end may work long at one line. */
  batch: -0.9,

  /** What it waits for is rarely waited for by design (see {@link KIND_WEIGHTS}); times the kind's own weight. */
  kind: 1,
  /** The most recent frame is the application's, inside its work: a lock, a read or a computation that does not end. */
  opaque: 0.4,
  /** A library computes or waits in a way that no signature knows. */
  libraryTop: -0.4,
  /** The wait has no timeout. */
  forever: 0.3,
  /** The wait ends by itself, so it was begun again and again: a poll. */
  timed: -1.5,

  /** Runs on an event loop, where nothing may wait. */
  onLoop: 2.5,

  /** Threads started with the same function are idle elsewhere: this is not where they wait for work. */
  siblingsIdle: 1.6,
  /** Threads started with the same function move meanwhile. */
  siblingsMove: 0.5,
  /** All threads started with the same function stand at the same line, in a wait that may be for work. */
  siblingsAlike: -1.6,
  /** All workers of a pool are in their tasks, and none moves: nobody is left to take the next one. */
  poolFull: 0.6,
  /** More and more threads come to stand there. */
  growing: 2,

  /** A server that starts a thread for each request gives its id to the next one: it may not be the same thread. */
  perRequest: -0.7,
  /** Other threads passed this line while the dumps were taken. */
  passable: -5,
  /** Those who wait for this pool's results come and go. */
  served: -2.5,

  /** The only thread that is not where threads wait for work. */
  onlyOne: 0.8,
  /** Others wait for work at the same line, but this one came another way. */
  oddOne: 0.5,

  /** Restarted between the dumps, and in its work there again. */
  restarted: 0.5,
  /** Other processes of the same program have their threads of this kind elsewhere. */
  oddProcess: 1,

  /** Threads wait for what it holds. */
  holds: 1.8,
  /** Waits for a thread that waits for it. */
  cycle: 2.8,
  /** Waits at a line where another thread, which itself stands still, is past. */
  waitsForStuck: 2,
  /** Waits at a line that a thread is past which moves. */
  waitsForMoving: -2,

  /** The names of the innermost functions say that they wait for work. */
  wordsIdle: -1,
  /** They say that something is tried again. */
  wordsRetry: 1.2,

  /** They say that one certain thing is waited for: an answer, a marker. */
  wordsOne: 0.4,

  /** The source says that it waits for work, for the clock, or for the end of the program. */
  purposeRest: -3.5,
  /** It asked another party for something just before. */
  purposeAnswer: 2,
  /** It tries again and again until it succeeds. */
  purposePoll: 1.2,
  /** It is in the middle of a round of work. */
  purposeInside: 1,
  /** Only functions that no thread is in could let it go on: who was to do it has died, or will come later. */
  nobodyThere: 0.8,
  /** Waits on a condition without looking whether it is true already, so a notify before it is lost. */
  unchecked: 1,
  /** Holds a lock while it waits for something else, which nobody does who waits for work. */
  keeps: 0.8,
  /** A thread that moves goes round a loop that only its condition ends. */
  roundsOpen: 0.6,
  /** It goes over a collection or a range. */
  roundsEnd: -1,
  /** No loop leads there. */
  purposeOnce: 0.3,

  /** Interrupted by the collector or a finalizer. */
  finalizer: 1.2,

  /** A Node thread that used the CPU all the time while its loop did not turn. */
  spinning: 3.4,
  /** A Node thread whose event loop was idle between the dumps: it went back to it. */
  loopTurns: -4,
  /** A Node thread whose stack stays and that used no CPU, outside its loop. */
  loopNeverTurned: 0.4,

  /** The program did not come to its end in its time (`StuckOptions.hung`), and this is where its own code stands. */
  hung: 2,

  /** Moves, but within the same few frames for ever: a retry loop, or work that repeats. */
  loops: -0.4,
  /** The looping thread is the only one that is past a line where others wait. */
  loopHolds: 1.6,
  /** Several threads go round the same lines and none gets out. */
  loopTogether: 1,
  /** They are at the same place in every dump: each reacts to the other. */
  loopLockstep: 1.5,
} as const;

export type Weights = { readonly [K in keyof typeof WEIGHTS]: number };

/** A wait that weighs this much is not one for work, wherever it is. */
export const STRONG_KIND = 1.4;

/** Above: "stuck". */
export const STUCK_AT = 0.8;
/** Above: "suspect". */
export const SUSPECT_AT = 0.73;
/** A stay of less is what requests take; dumps closer together than this cannot tell. */
export const LEAST_STAY: Seconds = 1.5;
/** Below, a thread in a wait that may be for work is called idle. */
export const IDLE_BELOW = 0.4;
/** Dumps that a thread must stay in to be called stuck. */
export const LEAST_STILL = 2;
/** A stay of this many seconds is long for one step of a service's work. */
export const LONG: Seconds = 25;
/** Dumps of one thread that are looked at for loops. */
export const LOOP_WINDOW = 7;
/** Dumps in which a thread must be seen before its moving can be called a loop. */
export const LEAST_FOR_LOOP = 5;
/** Dumps that tell whether more and more threads stand at a line: two numbers are no growth yet. */
export const LEAST_FOR_GROWTH = 3;
/** CPU seconds a second of a Node thread that spins. A machine with fewer cores than threads gives each a part only. */
export const SPINS_AT = 0.25;

/**
 * How much a wait tells by what it is for. Positive: rarely waited for by design, so staying there is a sign. Negative:
 * what threads at rest wait for. From the reasons in the comments and from how often each kind was idle in dumps of
 * services at rest.
 */
export const KIND_WEIGHTS: Readonly<Partial<Record<WaitKind, number>>> = {
  // somebody inside this process must act
  lock: 2,
  'import-lock': 3,
  future: 1.7,
  'queue-full': 2.2,
  'queue-join': 0.8,
  barrier: 2.3,
  semaphore: 0.8,
  'pool-exhausted': 2.4,
  join: 0,
  condition: -0.8,
  event: -0.6,
  queue: -1.2,
  // somebody outside must act
  'net-connect': 2,
  'net-dns': 2,
  'net-tls': 2,
  'net-write': 2,
  'net-rpc': 1.6,
  'net-read': 0,
  'lock-file': 1.6,
  'lock-remote': 1.6,
  db: 1.4,
  subprocess: 0.5,
  'join-process': 0,
  ipc: 0,
  'ipc-full': 2.5,
  collective: 1.5,
  input: 1.5,
  debugger: 3,
  'file-io': 1,
  select: -1,
  'net-accept': -3,
  signal: -3,
  timer: -3,
  sleep: -1.5,
  'file-watch': -3,
  loop: -3,
  // it runs
  cpu: 0.6,
  import: 0.3,
};

/** Signatures that tell more than their kind. */
export const RULE_WEIGHTS: Readonly<Record<string, number>> = {
  // the request was sent, and the peer does not answer
  'py.http.client-response': 1.8,
  'py.httpcore': 1.8,
  // a body may come for hours: downloads, long polls
  'py.http.client-body': 0.2,
  'py.grpc.stream': -0.3,
  'py.redis.command': 1.6,
  'py.paramiko.wait': 1.6,
  // communicate() reads the child's output, so the child is alive and at work; wait() alone is how full pipes hang
  'py.subprocess.pipes': 0.2,
  'py.subprocess.wait': 0.8,
  // connections of clients that say nothing
  'py.socket.read': 0.4,
  'py.mp.pool-result': 1,
  // a joblib call or a cluster's answer takes as long as the work
  'py.joblib.wait': -1,
  'py.dask.client': -1,
  'py.mp.queue-get': -0.8,
  // ends, however long it takes
  'node.crypto.sync': -2.5,
  'node.zlib.sync': -2.5,
};

/** Threads named as those that one waits for. */
export const MOST_BLOCKERS = 10;
