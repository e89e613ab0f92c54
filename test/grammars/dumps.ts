import { readFiles, readText, type DumpSet } from '../../src/index.js';

/** A dump with its frames in words, `function file:line:column`, for whole comparisons. */
export function inWords(set: DumpSet): readonly {
  readonly format: string;
  readonly kind: string;
  readonly line: number;
  readonly pid: number | null;
  readonly reason: string | null;
  readonly threads: readonly {
    readonly id: string | null;
    readonly name: string | null;
    readonly frames: readonly string[];
    readonly native: readonly string[];
  }[];
}[] {
  return set.dumps
    .map((dump) => ({
      format: dump.format,
      kind: dump.kind,
      line: dump.line,
      pid: dump.pid,
      reason: dump.reason === null ? null : `${dump.reason.kind}: ${dump.reason.text}`,
      threads: dump.threads.map(({ id, name, stack, nativeFrames }) => ({
        id,
        name,
        frames: Array.from(set.stacks.frames(stack), (row) => {
          const frame = set.frames.get(row);
          return [frame.function ?? '-', [frame.file ?? '-', frame.line, frame.column].filter((part) => part !== null).join(':')].join(' ');
        }),
        native: nativeFrames.map(({ symbol, module }) => [symbol ?? '-', module].filter((part) => part !== null).join(' ')),
      })),
    }))
    .sort((a, b) => a.line - b.line);
}

export const ofText = async (text: string): Promise<ReturnType<typeof inWords>> => inWords(await readText(text));
export const ofFile = async (file: string): Promise<ReturnType<typeof inWords>> => inWords(await readFiles([file]));
