import { findStuck, shownFindings } from '../analysis/index.js';
import type { ReportInput } from '../report/index.js';
import type { Told } from './telling.js';

/** What reports are written of: the dumps that are told, judged. */
export function judged({ set, whole, hidden, interrupted, judging }: Told, version: string): ReportInput {
  const stuck = shownFindings(findStuck(whole, judging), whole, set);
  return { set, whole, hidden, interrupted, stuck, judging, tool: { name: 'standstill', version }, time: Date.now() };
}
