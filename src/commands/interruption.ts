import process from 'node:process';
import { STATUS } from './errors.js';

let signals = 0;

/**
 * Ctrl-C when all was read. Reading may have taken minutes and the answer takes seconds at most, so it is finished; a second
 * Ctrl-C ends the program. Neither can be noticed while the answer is worked out, only before a piece of it is written.
 */
function notice(): void {
  process.exitCode = STATUS.interrupted;
  if (++signals > 1) process.exit();
  process.stderr.write('standstill: interrupted: all was read, so the answer is finished (Ctrl-C again ends it)\n');
}

/** The answer is worked out and written from now on. */
export function answering(): void {
  process.off('SIGINT', notice);
  process.on('SIGINT', notice);
}

/** Inputs are read again. */
export function notAnswering(): void {
  process.off('SIGINT', notice);
}
