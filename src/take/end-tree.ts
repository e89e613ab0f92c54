/** Ends all processes of a run. */
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { membersOf } from './members.js';
import { stillRuns, type ProcessInfo } from './process.js';

/** Time that programs have to end in order: as long as Docker gives them. */
const GRACE_MS = 10_000;
const LOOK_MS = 50;
/** A program that starts processes faster than they can be ended is not followed for ever. */
const MOST_ROUNDS = 20;

/**
 * Ends the processes of a run: SIGTERM to all, and after ten seconds SIGKILL to those that are left.
 *
 * @param root the command's pid
 * @param folder of the run
 */
export async function endTree(root: number, folder: string, grace = GRACE_MS): Promise<void> {
  const seen = new Map<string, ProcessInfo>();
  const look = (): ProcessInfo[] => {
    for (const info of membersOf(root, folder)) seen.set(`${info.pid} ${info.start}`, info);
    // one whose parent has ended is no longer found by it
    return [...seen.values()].filter(stillRuns);
  };
  for (const info of look()) {
    send(info, 'SIGTERM');
    // a stopped process does not take it
    if (info.state === 'T') send(info, 'SIGCONT');
  }
  const until = Date.now() + grace;
  while (look().length > 0 && Date.now() < until) await sleep(LOOK_MS);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const left = look();
    if (left.length === 0) return;
    for (const info of left) send(info, 'SIGKILL');
    await sleep(LOOK_MS);
  }
}

function send({ pid }: ProcessInfo, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended, or belongs to another user
  }
}
