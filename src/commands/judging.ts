import { findStuck, shownFindings, type StuckOptions } from '../analysis/index.js';
import type { ReportInput } from '../report/index.js';
import type { Told } from './telling.js';

/**
 * What reports are written of: the dumps that are told, judged.
 *
 * @param circumstances what is known of dumps that were taken here
 */
export function judged(
  { set, whole, hidden, interrupted, judging: asked }: Told,
  version: string,
  circumstances: Pick<StuckOptions, 'hung' | 'handlers'> = {},
): ReportInput {
  const judging = { ...asked, ...circumstances };
  const stuck = shownFindings(findStuck(whole, judging), whole, set);
  return { set, whole, hidden, interrupted, stuck, judging, tool: { name: 'standstill', version }, time: Date.now() };
}
