import type { Fingerprints, Series, SeriesFinding, ThreadFinding } from '../analysis/index.js';
import type { DumpSet, FrameIndex } from '../model/index.js';
import { isoTime } from './documents.js';
import type { KnownHang } from './writers/writer.js';
import { jsonText } from './json-text.js';

/** A series as the JSON documents write it. */
function seriesJson({ id, dumps, restarts, span, doubts }: Series): object {
  return { id, dumps, restarts, spanSeconds: span, doubts };
}

/** One series of the documents of `stuck --json` and `analyze --json`. */
export function* seriesFindingJson(
  set: DumpSet,
  finding: SeriesFinding,
  index: number,
  fingerprints: Fingerprints,
  explain?: (finding: ThreadFinding) => boolean,
  history?: ReadonlyMap<string, KnownHang>,
): Generator<string> {
  const head = jsonText({ ...seriesJson(finding.series), verdict: finding.verdict, advice: finding.advice });
  yield `${index ? ',' : ''}\n${head.slice(0, -1)},"threads":[`;
  for (const [i, thread] of finding.threads.entries()) {
    const signals = explain?.(thread) ? { signals: thread.signals } : {};
    const fingerprint = fingerprints.of(thread);
    const hangs = thread.verdict === 'stuck' || thread.verdict === 'suspect';
    const known = history === undefined || !hangs ? {} : { known: knownJson(history.get(fingerprint ?? '')) };
    yield `${i ? ',' : ''}\n${jsonText({ ...threadJson(set, thread), fingerprint, ...known, ...signals })}`;
  }
  yield ']}';
}

function threadJson(set: DumpSet, { history, verdict, role, score, wait, frame, blockedBy, evidence }: ThreadFinding): object {
  return {
    id: history.ids.at(-1) ?? null,
    name: history.name,
    ids: history.ids,
    verdict,
    role,
    score: Number(score.toFixed(4)),
    wait,
    frame: frame === null ? null : frameJson(set, frame),
    blockedBy: blockedBy.flatMap(({ ids }) => ids.at(-1) ?? []),
    evidence,
  };
}

function knownJson(known: KnownHang | undefined): object | null {
  if (known === undefined) return null;
  const { times, builds, hosts, firstBuild, first } = known;
  return { times, builds, hosts, firstBuild, first: isoTime(first) };
}

function frameJson(set: DumpSet, frame: FrameIndex): object {
  const { function: fn, file, line } = set.frames.get(frame);
  const original = set.frames.originalOf(frame);
  return { function: fn, file, line, ...(original === null ? {} : { original }) };
}
