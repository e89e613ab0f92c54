import { setTimeout as sleep } from 'node:timers/promises';

type Milliseconds = number;

/** Looks again and again until there is something; null when there is nothing for so long, or the waiting is ended. */
export async function waitFor<T>(
  look: () => T | null | Promise<T | null>,
  within: Milliseconds,
  every: Milliseconds,
  abort?: AbortSignal,
): Promise<T | null> {
  const until = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found !== null || Date.now() >= until || abort?.aborted) return found;
    await sleep(every);
  }
}
