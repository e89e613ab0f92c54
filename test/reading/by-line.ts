import type { DumpSet } from '../../src/model/index.js';
import { readText } from '../../src/reading/index.js';
import { Kernel } from '../../src/reading/kernel/kernel.js';
import { RepeatedThreads } from '../../src/reading/repeated-threads.js';

/** All that a text gives, with the names of frames instead of their rows. */
export async function read(text: string): Promise<unknown[]> {
  const set = await readText(text);
  return [set.sources, dumpsOf(set)];
}

/** The dumps of a set, with the names of frames instead of their rows. */
export function dumpsOf(set: DumpSet): unknown[] {
  return set.dumps.map(({ threads, ...dump }) => ({
    ...dump,
    threads: threads.map(({ stack, ...rest }) => ({
      ...rest,
      frames: Array.from(set.stacks.frames(stack), (row) => set.frames.functionOf(row)),
    })),
  }));
}

/** What the same text gives when no thread is read as a whole, and none in WebAssembly. */
export async function readByLine(text: string): Promise<unknown[]> {
  return byLine(() => read(text));
}

/** Nothing is read in WebAssembly and no thread as a whole until what is read is there. */
export async function byLine<T>(reading: () => T | Promise<T>): Promise<T> {
  const undo = [replace(RepeatedThreads.prototype, 'take', () => () => 0), replace(Kernel, 'make', () => () => null)];
  try {
    return await reading();
  } finally {
    for (const each of undo) each();
  }
}

/** Puts another method in the place of one, and gives what undoes that. */
export function replace<T extends object, K extends keyof T>(owner: T, name: K, by: (before: T[K]) => T[K]): () => void {
  const before = owner[name];
  owner[name] = by(before);
  return () => {
    owner[name] = before;
  };
}
