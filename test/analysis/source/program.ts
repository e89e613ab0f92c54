import { pythonParserFiles } from '../../../src/input/index.js';
import {
  loadPythonParser,
  readSourceFacts,
  relationsOf,
  standingOf,
  type FrameFacts,
  type Parse,
  type Relations,
  type SourceFacts,
  type SourceLookup,
  type Standing,
} from '../../../src/analysis/source/index.js';
import type { DumpSet } from '../../../src/model/index.js';
import { readText } from '../../../src/reading/index.js';

let parser: Promise<Parse> | undefined;
export const pythonParser = (): Promise<Parse> => (parser ??= loadPythonParser(pythonParserFiles()));

/** Files of a program that is nowhere on disk. */
export type Files = Readonly<Record<string, string>>;

/** A frame as `function @ text of its line`, in `app.py`, or `file.py: function @ text`; or a frame line of a library, `threading.py:wait`. */
type FrameText = string;

/** Finds files by the end of their path, as `SourceTree` does. */
export function lookupIn(files: Files): SourceLookup {
  return {
    candidates: (printed) => {
      const wanted = printed.split('/').filter((part) => part !== '');
      return Object.keys(files)
        .map((path) => {
          const parts = path.split('/');
          let matched = 0;
          while (matched < Math.min(parts.length, wanted.length) && parts.at(-1 - matched) === wanted.at(-1 - matched)) matched++;
          return { path, matched };
        })
        .filter(({ matched }) => matched > 0)
        .sort((a, b) => b.matched - a.matched);
    },
    read: (path) => files[path] ?? null,
  };
}

function frameLine(files: Files, frame: FrameText): string {
  const standard = /^(\w+\.py):(\w+)$/.exec(frame);
  if (standard) return `  File "/usr/lib/python3.11/${standard[1]}", line 1 in ${standard[2]}`;
  const [, file = 'app.py', fn, text] = /^(?:([\w/]+\.py): )?(\S+) @ (.*)$/s.exec(frame) ?? [];
  const line = (files[file] ?? '').split('\n').findIndex((one) => one.includes(text!)) + 1;
  if (line === 0) throw new Error(`no line with ${text} in ${file}`);
  return `  File "/srv/app/${file}", line ${line} in ${fn}`;
}

/** A dump, some times, of threads that stand at lines of a program, most recent call first, read like any other dump. */
async function dumpOf(files: Files, threads: readonly (readonly FrameText[])[], times: number): Promise<DumpSet> {
  const text = threads.map(
    (frames, i) =>
      `Thread 0x${(0x7f0000000000 + i).toString(16)} (most recent call first):\n${frames.map((one) => frameLine(files, one)).join('\n')}\n`,
  );
  return readText(`${text.join('\n')}\n`.repeat(times));
}

export interface Read {
  readonly set: DumpSet;
  readonly source: SourceFacts;
  readonly standings: readonly Standing[];
  readonly relations: Relations;
}

export async function read(files: Files, threads: readonly (readonly FrameText[])[], times = 1): Promise<Read> {
  const set = await dumpOf(files, threads, times);
  return { set, ...(await readSet(set, lookupIn(files))) };
}

export async function readSet(set: DumpSet, lookup: SourceLookup): Promise<Omit<Read, 'set'>> {
  const source = readSourceFacts(set, lookup, await pythonParser());
  const standings = set.dumps.at(-1)!.threads.map(({ stack }) => standingOf(set, stack, source));
  return { source, standings, relations: relationsOf(standings, source) };
}

/** The facts of one frame of a program. */
export async function factsAt(files: Files | string, frame: FrameText): Promise<FrameFacts> {
  const { standings } = await read(typeof files === 'string' ? { 'app.py': files } : files, [[frame]]);
  return standings[0]!.facts[0]!;
}
