import type { Dump, DumpSet } from '../model/index.js';
import type { Series } from './series.js';

/** Which dumps of a set do not show all threads of their process, or not whole stacks. */
export class Completeness {
  readonly #set: DumpSet;
  readonly #torn: ReadonlySet<number>;

  constructor(set: DumpSet) {
    this.#set = set;
    this.#torn = tornDumps(set);
  }

  /** Whether lines of a dump (its place in the set) were lost or not understood: any of its stacks may lack frames. */
  isTorn(dump: number): boolean {
    return this.#torn.has(dump);
  }

  /** Per dump of a series: it does not show all threads (a list that was cut, a torn dump, an error's stack). */
  partial(series: Series): boolean[] {
    const dumps = series.dumps.map((index) => this.#set.dumps[index]!);
    const restarts = new Set(series.restarts);
    const pieceWithNext = dumps.map((dump, k) => k + 1 < dumps.length && !restarts.has(k + 1) && arePieces(dump, dumps[k + 1]!));
    const lacksMain = withoutMain(dumps, restarts);
    return dumps.map(
      (dump, k) =>
        this.isTorn(series.dumps[k]!) || isPartial(dump) || lacksMain[k]! || pieceWithNext[k]! || (pieceWithNext[k - 1] ?? false),
    );
  }
}

/** Dumps of the set in which the reader found lines that it did not understand, so threads and frames may be missing. */
function tornDumps(set: DumpSet): Set<number> {
  const torn = new Set<number>();
  const warned = set.sources.filter(({ warnings }) => warnings.some(({ line }) => line !== null));
  if (warned.length === 0) return torn;
  const bySource = new Map<string, number[]>(warned.map(({ path }) => [path, []]));
  for (const [index, { source }] of set.dumps.entries()) bySource.get(source)?.push(index);
  const lineOf = (index: number): number => set.dumps[index]!.line;
  for (const { path, warnings } of warned) {
    const dumps = bySource.get(path)!.sort((a, b) => lineOf(a) - lineOf(b));
    const lines = warnings.flatMap(({ line }) => line ?? []).sort((a, b) => a - b);
    // warnings beyond a limit were left out: any later dump may be torn too
    if (warnings.some(({ code }) => code === 'more-warnings')) lines.push(...dumps.map(lineOf).filter((line) => line > lines.at(-1)!));
    let at = 0;
    for (const line of lines) {
      while (at + 1 < dumps.length && lineOf(dumps[at + 1]!) <= line) at++;
      if (dumps.length > 0 && lineOf(dumps[at]!) <= line) torn.add(dumps[at]!);
    }
  }
  return torn;
}

/** Whether a dump is known to show some of the threads only. */
function isPartial(dump: Dump): boolean {
  if (dump.threadsCut || dump.kind === 'error') return true;
  // dump_traceback(all_threads=False) writes the stack of its own thread, without an id
  return dump.runtime === 'python' && dump.threads.length === 1 && dump.threads[0]!.id === null;
}

/** Per dump: it lacks the main thread that other dumps of its process show. That thread lives as long as its process, and stands last. */
function withoutMain(dumps: readonly Dump[], restarts: ReadonlySet<number>): boolean[] {
  let main: string | null = null;
  const mains = dumps.map((dump, k) => {
    if (restarts.has(k)) main = null;
    return (main = dump.threads.find((thread) => thread.main === true && thread.id !== null)?.id ?? main);
  });
  // what a later dump of the process shows holds for those before it
  for (let k = dumps.length - 2; k >= 0; k--) if (!restarts.has(k + 1)) mains[k] ??= mains[k + 1]!;
  return dumps.map(({ threads }, k) => mains[k] !== null && !threads.some((thread) => thread.id === mains[k]));
}

/** A dump that was torn apart reads as several without a thread in common; whole dumps of a process have at least its main thread in common. */
function arePieces(dump: Dump, next: Dump): boolean {
  if (dump.source !== next.source || dump.runtime !== 'python') return false;
  // nearly always one of them stands at the same place
  if (next.threads.some((thread, i) => thread.id !== null && thread.id === dump.threads[i]?.id)) return false;
  const ids = new Set(dump.threads.map((thread) => thread.id));
  return !ids.has(null) && next.threads.length > 0 && next.threads.every((thread) => thread.id !== null && !ids.has(thread.id));
}
