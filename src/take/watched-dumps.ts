/** The dumps of directories and logs that are still being written. */
import { GrowingFile, findInputs, type FoundInput } from '../input/index.js';
import { FrameTable, StackTable, type Dump, type DumpSet, type EpochMilliseconds, type Source, type Tables } from '../model/index.js';
import { LiveReader, oldestFirst, type ZoneName } from '../reading/index.js';

export interface WatchOptions {
  /** Zone of times that stand without one. Default UTC. */
  readonly zone?: ZoneName;
  /** Inputs to look for. Default: the files that `paths` stand for, directories deeply. */
  readonly find?: () => AsyncIterable<FoundInput>;
}

/** Dumps that are kept, the newest: a directory may be written to for months. */
const MOST_DUMPS = 1000;
/** Files that are read on where they grow; of more, those that have not grown for long are read anew when they do. */
const MOST_OPEN = 64;

interface Watched {
  readonly file: GrowingFile;
  reader: LiveReader | null;
  /** The dumps so far, and what is open, as of the last look. */
  dumps: readonly Dump[];
  source: Source | null;
  /** When a dump without a time was seen first, by line. */
  readonly seen: Map<number, EpochMilliseconds>;
  grown: number;
}

/**
 * Looks again and again at what grows.
 *
 * @example
 * const watched = new WatchedDumps(['/tmp/dumps']);
 * while (true) if (await watched.look()) show(findStuck(watched.set));
 */
export class WatchedDumps {
  readonly #find: () => AsyncIterable<FoundInput>;
  readonly #zone: ZoneName;
  readonly #tables: Tables = { frames: new FrameTable(), stacks: new StackTable() };
  readonly #files = new Map<string, Watched>();
  #looks = 0;

  /** @param paths files and directories */
  constructor(paths: readonly string[], { zone = 'UTC', find = () => findInputs(paths) }: WatchOptions = {}) {
    this.#zone = zone;
    this.#find = find;
  }

  /** The dumps of the last look, oldest first. */
  get set(): DumpSet {
    const all = [...this.#files.values()];
    const dumps = oldestFirst(all.flatMap((one) => one.dumps));
    return {
      ...this.#tables,
      sources: all.flatMap(({ source }) => source ?? []),
      unlistedSources: 0,
      dumps: dumps.slice(Math.max(0, dumps.length - MOST_DUMPS)),
    };
  }

  /** Reads what was written since the last look. What is open at a file's end counts as it stands, once the file is quiet. */
  async look(): Promise<{ readonly changed: boolean }> {
    const first = this.#looks++ === 0;
    const there = new Set<string>();
    let changed = false;
    for await (const found of this.#find()) {
      if ('warning' in found) continue;
      there.add(found.path);
      let watched = this.#files.get(found.path);
      if (watched === undefined) {
        const file = new GrowingFile(found.path, found.named);
        this.#files.set(found.path, (watched = { file, reader: null, dumps: [], source: null, seen: new Map(), grown: 0 }));
      }
      if (await this.#lookAt(watched, first)) changed = true;
    }
    // the dumps of a file that was removed or moved away were seen
    this.#close();
    return { changed };
  }

  async #lookAt(watched: Watched, first: boolean): Promise<boolean> {
    const { file } = watched;
    const wasOpen = watched.reader?.open === true;
    const growth = await file.look({
      anew: () => {
        watched.reader = new LiveReader({ path: file.path, zone: this.#zone, tables: this.#tables });
        watched.seen.clear();
      },
      more: (block) => {
        watched.reader ??= new LiveReader({ path: file.path, zone: this.#zone, tables: this.#tables });
        watched.reader.push(block);
      },
    });
    if (growth === 'grown') watched.grown = this.#looks;
    // a dump that is being written is told when nothing more of it comes
    else if (!(growth === 'same' && wasOpen && watched.grown === this.#looks - 1)) return false;
    const { reader } = watched;
    if (reader === null) return false;
    const { dumps, sources } = reader.set;
    const open = growth === 'same' || first ? reader.look().map(({ dump }) => dump) : [];
    const before = watched.dumps.length;
    const all = [...dumps, ...open];
    watched.dumps = all.map((dump, i) => this.#timed(dump, watched, first && i < all.length - 1));
    watched.source = { ...sources[0]!, dumps: watched.dumps.length };
    return watched.dumps.length !== before || growth === 'same' || open.length > 0;
  }

  /** A dump that does not tell its time was written when it was seen first, unless it was there before. */
  #timed(dump: Dump, { file, seen }: Watched, old: boolean): Dump {
    if (dump.time !== null || old || file.modified === null) return dump;
    let time = seen.get(dump.line);
    if (time === undefined) seen.set(dump.line, (time = file.modified));
    return { ...dump, time, timeFrom: 'file-time', timeZone: 'given' };
  }

  /** Gives up readers of files that do not grow; what they found stays. */
  #close(): void {
    const open = [...this.#files.values()].filter(({ reader }) => reader !== null).sort((a, b) => b.grown - a.grown);
    for (const watched of open.slice(MOST_OPEN)) {
      if (watched.grown >= this.#looks - 1) continue;
      watched.reader = null;
      watched.file.forget();
    }
  }
}
