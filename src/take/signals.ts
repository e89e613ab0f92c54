/** Signals by name, and the one place from which this tool sends one to a process that it did not start. */
import os from 'node:os';
import process from 'node:process';
import { TakeError } from './errors.js';
import { lookAt, type ProcessInfo, type SignalSets } from './process.js';

/** @throws TakeError `bad-signal` for a name that this system does not have, or a signal that no process can catch */
export function parseSignal(text: string): NodeJS.Signals {
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  const byNumber = /^\d+$/.test(text) ? Object.entries(os.constants.signals).find(([, value]) => value === Number(text))?.[0] : undefined;
  const found = byNumber ?? name;
  if (!(found in os.constants.signals)) {
    throw new TakeError('bad-signal', `there is no signal ${text}`, 'name the one that the program dumps its stacks on, as SIGUSR1');
  }
  if (found === 'SIGKILL' || found === 'SIGSTOP') {
    throw new TakeError('bad-signal', `no process can catch ${found}`, 'name the one that the program dumps its stacks on, as SIGUSR1');
  }
  return found as NodeJS.Signals;
}

/** A signal by its name, or by its number where it has none (signal(7), "Real-time signals"). */
export type Signal = NodeJS.Signals | number;

/** The bit of a signal in a set. */
function signalBit(signal: Signal): bigint {
  return 1n << BigInt((typeof signal === 'number' ? signal : os.constants.signals[signal]) - 1);
}

/** The signals of a set by name, in the order of their numbers. */
export function signalNames(set: bigint): string[] {
  return Object.entries(os.constants.signals)
    .sort(([, a], [, b]) => a - b)
    .filter(
      ([name, value], i, all) => all.findIndex(([, other]) => other === value) === i && (set & signalBit(name as NodeJS.Signals)) !== 0n,
    )
    .map(([name]) => name);
}

/** What a signal would do to a process now: `caught` alone means that the program has a handler for it. */
export function fateOf(signals: SignalSets, signal: Signal): 'caught' | 'ignored' | 'default' {
  const bit = signalBit(signal);
  return (signals.caught & bit) !== 0n ? 'caught' : (signals.ignored & bit) !== 0n ? 'ignored' : 'default';
}

/**
 * Sends a signal to a process that was looked at, if it is still that process and still catches the signal: one that is not
 * caught ends most programs, and is never sent. Whether the handler dumps stacks is for the caller to know.
 *
 * @throws TakeError `process-ended`, `not-caught`, `not-permitted`
 */
export function sendCaught(target: Pick<ProcessInfo, 'pid' | 'start'>, signal: Signal): void {
  const now = lookAt(target.pid);
  if (now?.start !== target.start) {
    throw new TakeError('process-ended', `process ${target.pid} has ended`, 'look for the one that took its place');
  }
  const fate = fateOf(now.signals, signal);
  if (fate !== 'caught') {
    throw new TakeError(
      'not-caught',
      `process ${target.pid} does not catch ${signal}, ${fate === 'ignored' ? 'but ignores it' : 'which would have its default effect'}: it was not sent`,
      'start the program with a handler that dumps its stacks, as `standstill run` does',
    );
  }
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code === 'ESRCH') throw new TakeError('process-ended', `process ${target.pid} has ended`, 'look for the one that took its place');
    throw new TakeError('not-permitted', `${signal} may not be sent to process ${target.pid}`, 'run as the user that it runs as');
  }
}
