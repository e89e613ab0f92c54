import { count } from './terminal.js';

/** Words that a label of a signature begins with when it says what a thread does, and what several threads do. */
const VERBS: Readonly<Record<string, string>> = {
  waits: 'wait',
  runs: 'run',
  computes: 'compute',
  compresses: 'compress',
  matches: 'match',
  polls: 'poll',
  connects: 'connect',
  reads: 'read',
  imports: 'import',
};

/** `3 threads wait for a future`, `1 thread, stopped at a breakpoint`; the label is that of a signature. */
export function threadsThat(n: number, label: string | null, one = 'thread'): string {
  const threads = count(n, one);
  if (label === null) return threads;
  const [verb = '', ...rest] = label.split(' ');
  const plural = VERBS[verb];
  if (plural === undefined) return `${threads}, ${label}`;
  return `${threads} ${[n === 1 ? verb : plural, ...rest].join(' ')}`;
}

/** `1 idle worker of ThreadPoolExecutor`, `12 idle workers of ThreadPoolExecutor`. */
export function idleThreads(n: number, label: string): string {
  if (VERBS[label.split(' ', 1)[0]!] !== undefined)
    return `${count(n, 'idle thread')} that ${n === 1 ? label : threadsThat(2, label).slice('2 threads '.length)}`;
  if (n === 1) return `1 idle ${label}`;
  const [, head = label, rest = ''] = /^(.*?)( (?:of|between|that|for|in|with) .*)?$/s.exec(label) ?? [];
  return `${n} idle ${/(?:s|x|ch|sh)$/.test(head) ? `${head}es` : `${head}s`}${rest}`;
}
