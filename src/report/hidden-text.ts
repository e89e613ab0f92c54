import type { Hidden } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { count } from './terminal.js';

/** What filters hid, in one sentence; null when nothing. */
export function hiddenText(set: DumpSet, hidden: Hidden): string | null {
  if (hidden.by.length === 0) return null;
  const shown = set.dumps.reduce((sum, dump) => sum + dump.threads.length, 0);
  const parts = [
    ...(hidden.dumps === 0 ? [] : [`${hidden.dumps} of ${count(hidden.dumps + set.dumps.length, 'dump')}`]),
    ...(hidden.threads === 0 ? [] : [`${hidden.threads} of ${count(hidden.threads + shown, 'thread')}`]),
  ];
  return `hidden by ${flagsOf(hidden)}: ${parts.join(', ')}`;
}

/** The answer when filters left nothing. */
export function nothingLeft(hidden: Hidden): string {
  return `nothing left to show: ${flagsOf(hidden)} ${hidden.by.length === 1 ? 'hides' : 'hide'} all ${count(hidden.threads, 'thread')} of ${count(hidden.dumps, 'dump')}`;
}

const flagsOf = ({ by }: Hidden): string => by.map((name) => `--${name}`).join(', ');
