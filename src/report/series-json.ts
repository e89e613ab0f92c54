import type { Fingerprints, Series, SeriesFinding, ThreadFinding } from '../analysis/index.js';
import type { DumpSet, FrameIndex } from '../model/index.js';

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
): Generator<string> {
  const head = JSON.stringify({ ...seriesJson(finding.series), verdict: finding.verdict, advice: finding.advice });
  yield `${index ? ',' : ''}\n${head.slice(0, -1)},"threads":[`;
  for (const [i, thread] of finding.threads.entries()) {
    const signals = explain?.(thread) ? { signals: thread.signals } : {};
    yield `${i ? ',' : ''}\n${JSON.stringify({ ...threadJson(set, thread), fingerprint: fingerprints.of(thread), ...signals })}`;
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

function frameJson(set: DumpSet, frame: FrameIndex): object {
  const { function: fn, file, line } = set.frames.get(frame);
  const original = set.frames.originalOf(frame);
  return { function: fn, file, line, ...(original === null ? {} : { original }) };
}
