import { FINGERPRINT_VERSION } from '../analysis/index.js';
import { SCHEMA_VERSION } from './documents.js';
import { ProblemTexts } from './problems/problem-text.js';
import { problemsOf } from './problems/problems.js';
import type { ReportInput, WriteOptions } from './writers/writer.js';
import { jsonText } from './json-text.js';

/** The document of `standstill baseline` (its schema: `schemas/baseline.schema.json`): a line a place, in the order of fingerprints, so that changes read well. */
export function* baselineJson(input: ReportInput, options: WriteOptions): Generator<string> {
  const texts = new ProblemTexts(input, options);
  const places = new Map<string, object>();
  for (const problem of problemsOf(input).list) {
    const { fingerprint, verdict, frame } = problem;
    if (!places.has(fingerprint))
      places.set(fingerprint, { fingerprint, verdict, what: texts.title(problem), where: frame === null ? null : texts.spot(frame) });
  }
  yield `{"schemaVersion":${SCHEMA_VERSION},"fingerprintVersion":${FINGERPRINT_VERSION},"places":[`;
  const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [i, [, place]] of sorted.entries()) yield `${i ? ',' : ''}\n${jsonText(place)}`;
  yield '\n]}\n';
}

/** A file that is no baseline, or one whose fingerprints are of another version. */
export class BaselineError extends Error {}

/**
 * The fingerprints of a baseline.
 *
 * @param text the document that {@link baselineJson} writes
 * @throws BaselineError
 */
export function parseBaseline(text: string): Set<string> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new BaselineError('not JSON');
  }
  if (typeof document !== 'object' || document === null || !('places' in document) || !Array.isArray(document.places))
    throw new BaselineError('no document of standstill baseline');
  if (!('fingerprintVersion' in document) || document.fingerprintVersion !== FINGERPRINT_VERSION)
    throw new BaselineError(`its fingerprints are of another version of standstill: write it anew`);
  return new Set(
    document.places.map((place: unknown) => {
      if (typeof place === 'object' && place !== null && 'fingerprint' in place && typeof place.fingerprint === 'string')
        return place.fingerprint;
      throw new BaselineError('a place without a fingerprint');
    }),
  );
}
