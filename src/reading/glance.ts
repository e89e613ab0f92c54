import { CONFIRM_BYTES, parseLine } from '../../grammars/index.js';
import { decode } from './decode.js';
import { splitOneLine } from './one-line.js';
import { canBegin, isFaint, openingsAt, type Opening } from './openings.js';
import type { TextWindow } from './text-window.js';

/** Openings that are common in other texts, and a line that none of their formats begins with. */
export function isNothing(text: TextWindow, openings: readonly Opening[], start: number, hit: number, end: number): boolean {
  if (!openings.every(({ grammar, escaped }) => !escaped && grammar.kind === 'lines' && isFaint(grammar))) return false;
  // in a record or on one line it may be more than the line shows
  const line = decode(text.bytes, hit, end);
  if (text.bytes.subarray(start, hit).includes('{"') || !splitOneLine(line).next().done) return false;
  return openings.every(({ grammar }) => grammar.kind === 'lines' && !canBegin(grammar, parseLine(grammar.line, line)));
}

/** Whether an opening is worth a closer look: texts of {@link StackGrammar} are common in logs, and most are told by what follows. */
export function glance(text: TextWindow, openings: readonly Opening[], hit: number, final: boolean): 'go on' | 'refused' | 'wait' {
  if (openings.some(({ grammar }) => grammar.kind !== 'stacks')) return 'go on';
  if (text.filled - hit < CONFIRM_BYTES && !final) return 'wait';
  const line = decode(text.bytes, hit, Math.min(hit + CONFIRM_BYTES, text.filled));
  return openings.some(({ grammar, escaped }) => grammar.kind === 'stacks' && (escaped || grammar.glance.test(line))) ? 'go on' : 'refused';
}

/** A foreign line in which another dump may begin. */
export function mayOpen(text: TextWindow, start: number, end: number): boolean {
  for (let hit = text.search(start, end); hit >= 0; hit = text.search(hit + 1, end))
    if (glance(text, openingsAt(text.bytes, hit, end), hit, true) === 'go on') return true;
  return false;
}
