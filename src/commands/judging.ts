import { findStuck, shownFindings } from '../analysis/index.js';
import type { ReportInput } from '../report/index.js';
import { rootsOf, signaturesOf, type ReadResult, type ReadingFlags } from './reading.js';
import { sourceOf } from './source.js';

/** What reports are written of: the dumps that were read, judged as the flags say. */
export async function judged(
  { set, whole, hidden, interrupted }: ReadResult,
  flags: ReadingFlags & { readonly source?: readonly string[] | undefined },
  version: string,
): Promise<ReportInput> {
  const roots = rootsOf(flags);
  const source = await sourceOf(whole, flags.source, roots);
  const judging = { roots, signatures: signaturesOf(flags), ...(source && { source }) };
  const stuck = shownFindings(findStuck(whole, judging), whole, set);
  return { set, whole, hidden, interrupted, stuck, judging, tool: { name: 'standstill', version }, time: Date.now() };
}
