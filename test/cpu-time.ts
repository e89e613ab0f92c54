import process from 'node:process';

/** Time of the processor that this process has had, in milliseconds: what a limit in a test is of, since other programs take of the clock's. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
