/**
 * Source maps (ECMA-426): where the code of a compiled JavaScript file was written. They are found as Node finds them, by the
 * `sourceMappingURL` at the end of the compiled file (a file beside it or a data URL), else as `FILE.map`; where the program is
 * not at hand at the paths of its dumps, in folders that the user named, by the end of the path.
 *
 * All of it is data from outside, and a dump may name any path: only regular files of bounded size are opened, nothing of
 * another host, and a map that cannot be read is a warning.
 */
import path from 'node:path';
import type { TraceMap } from '@jridgewell/trace-mapping';
import type { Bytes, FrameIndex, FrameTable, OriginalPlace } from '../model/index.js';
import { readRegularFile } from './regular-file.js';
import { SourceTree, commonEnd, components, isLocal } from './source-tree.js';

/** A bundled application has some 10 MB, its map with the text of all sources in it three times that. */
const MOST_BYTES: Bytes = 64 << 20;
/** Of all files that are read. */
const MOST_BYTES_IN_ALL: Bytes = 512 << 20;
/** Signs of a map's mappings: each line and segment becomes an object of some 40 bytes. The map of a 5 MB bundle has 3 million. */
const MOST_MAPPINGS = 8 << 20;
/** A path in a map that is longer is none. */
const LONGEST_PATH = 4096;
const MOST_WARNINGS = 20;

const COMPILED = /\.[cm]?jsx?$/;
const COMPILED_OR_MAP = /\.[cm]?jsx?(?:\.map)?$/;

export interface SourceMapOptions {
  /** Folders in which compiled files and maps are looked for by the end of their path. */
  readonly folders?: readonly string[];
  /** Whether maps at the very paths that a dump names are used. Default true. */
  readonly beside?: boolean;
}

/** The text of a map and where it lies, seen from its compiled file. */
interface Found {
  readonly text: string;
  readonly folder: string;
  /** For messages. */
  readonly name: string;
}

interface Place {
  readonly line: number;
  readonly column: number | null;
}

type Tracing = typeof import('@jridgewell/trace-mapping');

/** Finds and reads source maps. */
export class SourceMaps {
  readonly #tracing: Tracing;
  readonly #folders: readonly string[];
  readonly #beside: boolean;
  readonly #warnings: string[] = [];
  /** Of the folders; walked when it is first needed. */
  #tree: SourceTree | null = null;
  #bytes: Bytes = 0;

  private constructor(tracing: Tracing, { folders = [], beside = true }: SourceMapOptions) {
    this.#tracing = tracing;
    this.#folders = folders;
    this.#beside = beside;
  }

  static async open(options: SourceMapOptions = {}): Promise<SourceMaps> {
    return new SourceMaps(await import('@jridgewell/trace-mapping'), options);
  }

  /** Maps that were found and cannot be read. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /**
   * The places in the source of places in a compiled file; null for those that no map tells. Each call reads the map anew and
   * keeps nothing, so it is made once for all places of a file.
   *
   * @param printed path of the compiled file as the dump names it
   */
  async originals(printed: string, places: readonly Place[]): Promise<readonly (OriginalPlace | null)[]> {
    const compiled = withoutScheme(printed);
    if (!COMPILED.test(compiled)) return places.map(() => null);
    const found = (this.#beside && isLocal(compiled) ? this.#mapOf(compiled) : null) ?? (await this.#inFolders(compiled));
    const map = found === null ? null : this.#parse(found);
    if (found === null || map === null) return places.map(() => null);
    const sources = map.resolvedSources.map((source) => sourcePath(source, joined(folderOf(compiled), found.folder)));
    // the runtime has mapped it already, and what it names is a source: to map it again would be wrong
    if (sources.some((source) => source !== null && isSame(source, compiled))) return places.map(() => null);
    return places.map((place) => {
      const traced = this.#trace(map, place);
      const file = traced === null ? null : (sources[traced.source] ?? null);
      return traced === null || file === null ? null : { file, line: traced.line, column: traced.column };
    });
  }

  #trace(map: TraceMap, { line, column }: Place): { source: number; line: number; column: number | null } | null {
    try {
      if (column !== null) {
        const segment = this.#tracing.traceSegment(map, line - 1, column - 1);
        if (segment === null || segment.length === 1) return null;
        return { source: segment[1], line: segment[2] + 1, column: segment[3] + 1 };
      }
      // without a column it can be told where the whole compiled line comes from one line
      const segments = (this.#tracing.decodedMappings(map)[line - 1] ?? []).filter((segment) => segment.length > 1);
      const [first] = segments;
      if (first === undefined || first.length === 1) return null;
      return segments.every((segment) => segment[1] === first[1] && segment[2] === first[2])
        ? { source: first[1], line: first[2] + 1, column: null }
        : null;
    } catch {
      return null; // mappings that are no numbers
    }
  }

  /** The map of a compiled file that may be on this machine. */
  #mapOf(compiled: string): Found | null {
    const text = this.#read(compiled);
    const url = text === null ? null : mapUrlIn(text);
    if (url?.startsWith('data:') === true) {
      const inline = dataOf(url);
      return inline === null ? null : { text: inline, folder: '', name: compiled };
    }
    const relative = url === null ? null : relativePath(url);
    if (relative !== null) {
      const file = path.resolve(path.dirname(compiled), relative);
      const map = this.#read(file);
      if (map !== null) return { text: map, folder: folderOf(relative), name: file };
    }
    const map = this.#read(`${compiled}.map`);
    return map === null ? null : { text: map, folder: '', name: `${compiled}.map` };
  }

  /** The map of the one file in the user's folders whose path has most in common with the printed one; null when several have as much. */
  async #inFolders(compiled: string): Promise<Found | null> {
    if (this.#folders.length === 0) return null;
    this.#tree ??= await SourceTree.open(this.#folders, { pathItself: false, names: COMPILED_OR_MAP });
    const candidates = [
      ...this.#tree.candidates(compiled),
      ...this.#tree.candidates(`${compiled}.map`).map((map) => ({ ...map, path: map.path.slice(0, -'.map'.length) })),
    ];
    const most = Math.max(...candidates.map(({ matched }) => matched));
    const best = new Set(candidates.filter(({ matched }) => matched === most).map((candidate) => candidate.path));
    const [only] = best;
    return best.size === 1 ? this.#mapOf(only!) : null;
  }

  #read(file: string): string | null {
    if (this.#bytes > MOST_BYTES_IN_ALL) return null;
    const text = readRegularFile(file, MOST_BYTES);
    this.#bytes += text?.length ?? 0;
    return text;
  }

  #parse({ text, name }: Found): TraceMap | null {
    const refuse = (why: string): null => {
      if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(`${name}: ${why}`);
      return null;
    };
    try {
      // some servers put a line before JSON, so that no page can load it as a script
      const json = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as { version?: unknown; mappings?: unknown; sections?: unknown } | null;
      if (json?.version !== 3) return refuse('not a source map of version 3');
      const size = typeof json.mappings === 'string' ? json.mappings.length : text.length;
      if (size > MOST_MAPPINGS) return refuse('a source map too large to be read');
      return new this.#tracing.AnyMap(json as ConstructorParameters<Tracing['TraceMap']>[0]);
    } catch {
      return refuse('cannot be read as a source map');
    }
  }
}

/**
 * Tells rows of a frame table where their code was written.
 *
 * @param from the first row to look at; those before were mapped by an earlier reading
 * @param wanted which rows are worth it
 */
export async function mapFrames(
  frames: FrameTable,
  maps: SourceMaps,
  from: FrameIndex,
  wanted: (row: FrameIndex) => boolean,
): Promise<void> {
  const byFile = new Map<string, FrameIndex[]>();
  for (let row = from; row < frames.size; row++) {
    const file = frames.fileOf(row);
    if (file === null || frames.lineOf(row) === null || !COMPILED.test(file) || !wanted(row)) continue;
    const rows = byFile.get(file);
    if (rows) rows.push(row);
    else byFile.set(file, [row]);
  }
  for (const [file, rows] of byFile) {
    const found = await maps.originals(
      file,
      rows.map((row) => ({ line: frames.lineOf(row)!, column: frames.columnOf(row) })),
    );
    for (const [i, place] of found.entries()) if (place !== null) frames.setOriginal(rows[i]!, place);
  }
}

// --- names ------------------------------------------------------------------------------------------------------------

/** The last `//# sourceMappingURL=` of a compiled file. */
function mapUrlIn(compiled: string): string | null {
  const mark = 'sourceMappingURL=';
  const at = compiled.lastIndexOf(mark);
  if (at < 4 || !/(?:\/\/|\/\*)[#@]\s$/.test(compiled.slice(at - 4, at))) return null;
  const end = compiled.indexOf('\n', at);
  const url = compiled.slice(at + mark.length, end < 0 ? undefined : end).trim();
  return url.endsWith('*/') ? url.slice(0, -2).trimEnd() : url;
}

function dataOf(url: string): string | null {
  const comma = url.indexOf(',');
  const head = url.slice(0, comma);
  if (comma < 0 || !head.startsWith('data:application/json')) return null;
  const data = url.slice(comma + 1);
  return head.endsWith(';base64') ? Buffer.from(data, 'base64').toString('utf8') : decoded(data);
}

/** The path that a URL means beside the compiled file; null for those of other places. */
function relativePath(url: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^[\\/]/i.test(url) || url.length > LONGEST_PATH) return null;
  const name = decoded(url.replace(/[?#].*$/s, ''));
  return name !== null && name.endsWith('.map') && !name.includes('\0') ? name : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A module's frame names its file as a URL. */
function withoutScheme(printed: string): string {
  const file = printed.startsWith('file://') ? decoded(printed.slice('file://'.length)) : printed;
  // file:///C:/srv/a.mjs
  return (file ?? printed).replace(/^\/(?=[A-Za-z]:[\\/])/, '');
}

const isAbsolute = (file: string): boolean => /^(?:[\\/]|[A-Za-z]:[\\/])/.test(file);

/** A source of a map as a path: absolute ones and URLs (`webpack://app/./src/a.ts`) as they are, others from the map's folder on. */
function sourcePath(source: string | null, folder: string): string | null {
  if (source === null || source === '' || source.length > LONGEST_PATH) return null;
  const file = withoutScheme(source);
  return isAbsolute(file) || /^[a-z][a-z0-9+.-]+:/i.test(file) ? file : joined(folder, file);
}

/** The folder of a path of whatever system the dump is from, with `/` at its end; nothing when it has none. */
const folderOf = (file: string): string => /^.*[\\/]/s.exec(file)?.[0] ?? '';

/** A path that is relative to a folder of whatever system the dump is from. */
function joined(folder: string, relative: string): string {
  if (isAbsolute(relative)) return relative;
  const slash = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const normal = path.posix.normalize(`${folder.replaceAll('\\', '/')}${relative.replaceAll('\\', '/')}`);
  return slash === '\\' ? normal.replaceAll('/', '\\') : normal;
}

/** Whether a source of a map may be the compiled file itself: the last two components are the same. */
function isSame(source: string, compiled: string): boolean {
  const parts = components(compiled);
  return commonEnd(components(source), parts) >= Math.min(2, parts.length);
}
