import process from 'node:process';

/** Milliseconds, on a clock that only goes forward. `performance.now` is the same, of a module that takes three milliseconds to load. */
export function milliseconds(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
