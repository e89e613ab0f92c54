import type { SeriesFinding, ThreadFinding } from '../stuck/index.js';

/** The same finding with its reasons in other words: what they quote of source is not of the dumps. */
export function retoldFinding(found: SeriesFinding, tell: (text: string) => string): SeriesFinding {
  return { ...found, threads: found.threads.map((thread) => retoldThread(thread, tell)), advice: found.advice.map(tell) };
}

function retoldThread(thread: ThreadFinding, tell: (text: string) => string): ThreadFinding {
  const { history, verdict, role, score, wait, stack, frame, blockedBy, evidence, signals, still } = thread;
  return {
    history,
    verdict,
    role,
    score,
    wait: wait && { ...wait, by: tell(wait.by) },
    stack,
    frame,
    blockedBy,
    evidence: evidence.map(tell),
    signals: signals.map((signal) => (signal.text === null ? signal : { ...signal, text: tell(signal.text) })),
    still,
    // worked out when they are asked for
    get moments() {
      return thread.moments;
    },
  };
}
