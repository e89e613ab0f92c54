import type { Judged } from './finding.js';
import { LEAST_STILL, MOST_BLOCKERS } from './weights.js';

/** Threads that wait for others to end or to answer are victims, once a culprit is known. */
export function withVictims(found: readonly Judged[]): Judged[] {
  const culprits = found.filter((finding) => finding.verdict === 'stuck' && finding.role === 'culprit');
  if (culprits.length === 0) return [...found];
  const least = culprits.reduce((score, culprit) => Math.min(score, culprit.score), 1);
  const histories = new Set(culprits.map(({ history }) => history));
  const movers = culprits.filter((culprit) => !isWaiter(culprit));
  return found.map((finding) => {
    if (finding.still < LEAST_STILL || finding.signals.some(({ name }) => name === 'cycle' || name === 'onLoop')) return finding;
    const kind = finding.wait?.kind;
    const waitsForEnd = kind === 'join' || kind === 'future' || kind === 'queue-join';
    if (finding.role === 'culprit' && finding.verdict === 'stuck' && !waitsForEnd) return finding;
    const blocked = finding.blockedBy.some((history) => history !== finding.history && histories.has(history));
    const others = waitsForEnd ? movers.filter((culprit) => culprit !== finding) : [];
    if (!blocked && others.length === 0)
      return finding.role === 'victim' ? { ...finding, score: Math.min(finding.score, least - 0.01) } : finding;
    const word = kind === 'join' ? 'waits for threads to end' : kind === 'future' ? 'waits for a result' : 'waits until a queue is done';
    const told = `${word}, and ${others.length === 1 ? 'one thread does' : `${others.length} threads do`} not move`;
    return {
      ...finding,
      verdict: 'stuck',
      role: 'victim',
      score: Math.max(0.5, Math.min(finding.score, least - 0.02)),
      blockedBy: finding.blockedBy.length > 0 ? finding.blockedBy : others.slice(0, MOST_BLOCKERS).map((culprit) => culprit.history),
      evidence: others.length === 0 ? finding.evidence : [told, ...finding.evidence.slice(-1)],
    };
  });
}

function isWaiter(finding: Judged): boolean {
  return finding.wait?.kind === 'join' || finding.wait?.kind === 'queue-join';
}
