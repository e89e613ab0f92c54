import type { Dump, DumpSet } from '../../src/index.js';
import { FrameTable, StackTable } from '../../src/index.js';
import { Meanings } from '../../src/reading/meanings.js';
import { TextReader } from '../../src/reading/text-reader.js';

/** Reads bytes in blocks of the given sizes, taken in turn, without a file in between. */
export function readBlocksForTest(bytes: Uint8Array, sizes: readonly number[]): DumpSet {
  const tables = { frames: new FrameTable(), stacks: new StackTable() };
  const dumps: Dump[] = [];
  const nothing = { source: '-', timeFrom: null, timeZone: null, origin: null, threadsCut: false } as const;
  const reader = new TextReader(new Meanings(tables), {
    lines: (grammar, draft) =>
      dumps.push({
        ...nothing,
        ...draft,
        format: grammar.id,
        runtime: grammar.runtime,
        kind: 'snapshot',
        time: null,
        pid: null,
        runtimeVersion: null,
      }),
    report: (grammar, dump, { line }) =>
      dumps.push({
        ...nothing,
        ...dump,
        line,
        format: grammar.id,
        runtime: grammar.runtime,
        threads: dump.threads.map((thread) => ({
          ...thread,
          kind: 'thread',
          marks: [],
          locals: [],
          stack: tables.stacks.intern(thread.frames.map((frame) => tables.frames.intern(frame))),
        })),
      }),
    warn: () => undefined,
    aside: () => undefined,
    direction: () => undefined,
  });
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return { ...tables, sources: [], unlistedSources: 0, dumps };
}
