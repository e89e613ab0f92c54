import { FrameTable, StackTable, type DumpSet } from '../model/index.js';
import { readText } from '../reading/index.js';
import type { TakenDump } from './series.js';

/** Reads the dumps of a series; each is an input of its own, by its name. */
export async function readTaken(dumps: readonly TakenDump[]): Promise<DumpSet> {
  const tables = { frames: new FrameTable(), stacks: new StackTable() };
  const sets: DumpSet[] = [];
  for (const { text, name } of dumps) sets.push(await readText(text, { path: name, tables }));
  return {
    ...tables,
    sources: sets.flatMap(({ sources }) => sources),
    unlistedSources: 0,
    dumps: sets.flatMap((set) => set.dumps).sort((a, b) => (a.time ?? 0) - (b.time ?? 0)),
  };
}
