/**
 * What the names of functions tell. Programmers name the function in which a thread waits for work after what it waits
 * for; a reader of a dump goes by that, and so do these rules. They weigh little alone (see `weights.ts`).
 */

/** Waits for whatever comes next: a consumer, a server's loop, a mailbox, a watcher. Verbs begin a name, nouns end it. */
const FOR_WORK_VERBS =
  /^_*(?:receive|recv|consume|subscribe|listen|watch|serve|accept|poll|idle|monitor|supervise|dispatch|park|pump|reap|tick|sleep|heartbeat|await_(?:message|event|command|request|work|termination|signal|shutdown)\w*|wait_for_(?:message|event|command|request|work|job|task|signal|shutdown)\w*|(?:next|get|take|read|pop|fetch)_(?:next_)?(?:message|event|command|request|job|task|item|order|work|packet|line|block)s?)(?:_|$)/;
const FOR_WORK_NOUNS =
  /(?:^|_)(?:consumer|subscriber|subscription|listener|watcher|server|acceptor|poller|dispatcher|receiver|heartbeat|monitor|supervisor|scheduler|cron|ticker|timer|loop|mailbox|inbox|messages|events|commands|forever|sweeper|cleaner|janitor|housekeeping|stopped|daemon)_*$/;

/** Tries again what failed, and waits in between. */
const RETRIES = /(?:^|_)(?:retry|retries|retrying|back_?off|backing_off|reconnect|attempts?|try_again)(?:_|$)/;

/** Waits for one certain thing, not for the next of many or for the end. */
const FOR_ONE =
  /^_*(?:await|wait|wait_for|wait_until)_(?!.*(?:shut_?down|stop|exit|signal|terminat|clos|event|message|command|request|work|job|task|interrupt|forever|all|next|idle|done|finish|end|child|thread|quit))\w/;

/** Writes dumps. */
const DUMPER =
  /(?:^|_)(?:signal|handler|handle_sig\w*|sig\w+|on_signal|dump|dumps|dumper|stack|stacks|traceback|tracebacks|faulthandler|diag|diagnose|debug|report|write_report)(?:_|$)/;

/** `nextJob` and `Worker.next_job` as `next_job`. */
function words(fn: string): string {
  const name = fn.slice(Math.max(fn.lastIndexOf('.'), fn.lastIndexOf(' ')) + 1);
  const lower = name.toLowerCase();
  return lower === name ? name : name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

const WORK = 1;
const RETRY = 2;
const ONE = 4;
const DUMPS = 8;

/** Names are few, and each is asked for many a stack. A number, not an object: where names are not few, each is told once. */
const KNOWN = new Map<string, number>();
const MOST_KNOWN = 1 << 14;
/** They outlive the dumps that they are of, in which a name may be a mebibyte long. */
const LONGEST_KNOWN = 200;

function meaningOf(fn: string): number {
  let known = KNOWN.get(fn);
  if (known === undefined) {
    const name = words(fn);
    known =
      (FOR_WORK_VERBS.test(name) || FOR_WORK_NOUNS.test(name) ? WORK : 0) |
      (RETRIES.test(name) ? RETRY : 0) |
      (FOR_ONE.test(name) ? ONE : 0) |
      (DUMPER.test(name) ? DUMPS : 0);
    if (KNOWN.size === MOST_KNOWN) KNOWN.clear();
    if (fn.length <= LONGEST_KNOWN) KNOWN.set(fn, known);
  }
  return known;
}

export const namesWaitForWork = (fn: string): boolean => (meaningOf(fn) & WORK) !== 0;
export const namesRetry = (fn: string): boolean => (meaningOf(fn) & RETRY) !== 0;
export const namesWaitForOne = (fn: string): boolean => (meaningOf(fn) & ONE) !== 0;
export const namesDumper = (fn: string): boolean => (meaningOf(fn) & DUMPS) !== 0;
