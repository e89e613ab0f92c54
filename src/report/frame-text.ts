import type { Origins } from '../analysis/index.js';
import type { DumpSet, Frame, FrameIndex, StackIndex } from '../model/index.js';
import { columns, count, fit, fitEnd, pad, paint, visible, type Screen } from './terminal.js';

/** Frames shown of one stack before the middle is left out: a recursion of a hundred frames says no more than this. */
const MOST_SHOWN = 14;

/** How stacks are shown. */
export interface StackStyle {
  /** Every frame, nothing left out or cut. */
  readonly full?: boolean;
  /** The application's frames only. */
  readonly appOnly?: boolean;
}

/** Lines to stand below frames, by the frame's place in the stack. */
export type Below = ReadonlyMap<number, readonly string[]>;

const NOTHING_BELOW: Below = new Map();

/** A file as a module name: `/usr/lib/python3.11/concurrent/futures/thread.py` → `concurrent.futures.thread`. */
export function moduleOf(file: string | null): string {
  if (file === null) return '?';
  if (/^index \d+$/.test(file)) return 'Promise';
  const path = file.replaceAll('\\', '/');
  if (/^[<]|^node:/.test(path)) return path.replace(/^<frozen (.*)>$/, '$1');
  const installed = Math.max(
    ...['site-packages/', 'dist-packages/', 'node_modules/'].map((folder) => {
      const at = path.lastIndexOf(folder);
      return at < 0 ? -1 : at + folder.length;
    }),
  );
  const inPackage =
    installed >= 0
      ? path.slice(installed)
      : (/(?:lib-python\/\d[\d.]*|lib_pypy|[Ll]ib(?:\d\d)?\/(?:python|pypy)[\d.]+t?|python\d+\.zip|\/Lib)\/(.*)$/s.exec(path)?.[1] ??
        path.slice(path.lastIndexOf('/') + 1));
  return inPackage
    .replace(/\/__init__\.py$/, '')
    .replace(/\.pyc?$/, '')
    .replaceAll(/\/(?=\w)/g, inPackage.endsWith('.py') ? '.' : '/');
}

/** `file:line` of a frame: of its source, where a source map told it. */
export function placeOf(set: DumpSet, frame: FrameIndex): string {
  return placeText(set.frames.placeOf(frame));
}

/** Where a frame is in compiled code, when `placeOf` tells the place in its source. */
function compiledPlaceOf({ frames }: DumpSet, frame: FrameIndex): string | null {
  return frames.originalOf(frame) === null ? null : placeText(frames.get(frame));
}

function placeText({ file, line, column }: Pick<Frame, 'file' | 'line' | 'column'>): string {
  return `${visible(file ?? '???')}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}`;
}

/** The same with the file's name only. */
export function shortPlaceOf(set: DumpSet, frame: FrameIndex): string {
  return placeOf(set, frame).replace(/^.*[/\\]/, '');
}

/** The function of a frame, with a word for one that has no name. */
export function functionOf(set: DumpSet, frame: FrameIndex): string {
  return visible(set.frames.functionOf(frame) ?? '(anonymous)') || "''";
}

/**
 * A stack as lines, most recent call first: application frames in full, runs of other frames folded into one line that
 * names their modules, but for the most recent frame, which tells what the thread is doing.
 */
export function stackLines(
  set: DumpSet,
  origins: Origins,
  stack: StackIndex,
  screen: Screen,
  indent: string,
  { full = false, appOnly = false }: StackStyle = {},
  below: Below = NOTHING_BELOW,
): string[] {
  const parts: { lines: readonly string[]; application: boolean; below?: readonly string[] | undefined }[] = [];
  let folded: FrameIndex[] = [];
  const width = screen.width - indent.length;
  const fold = (): void => {
    if (folded.length > 0 && !appOnly) parts.push({ lines: [foldedText(set, folded)], application: false });
    folded = [];
  };
  for (const [depth, frame] of Array.from(set.stacks.frames(stack)).entries()) {
    const application = origins.isApplication(frame);
    if (!application && (appOnly || (depth > 0 && !full))) {
      folded.push(frame);
      continue;
    }
    fold();
    parts.push({ lines: full ? wholeFrame(set, frame, width) : [frameText(set, frame, width)], application, below: below.get(depth) });
  }
  fold();
  const shown =
    full || parts.length <= MOST_SHOWN
      ? parts
      : [
          ...parts.slice(0, MOST_SHOWN - 3),
          { lines: [`… ${parts.length - MOST_SHOWN + 1} more lines of this stack`], application: false },
          ...parts.slice(-2),
        ];
  return shown.flatMap(({ lines, application, below: under = [] }) => [
    ...lines.map((line) => indent + paint(screen, application ? 'strong' : 'dim', fit(line, width))),
    ...under.map((line) => `${indent}${BELOW}${paint(screen, 'dim', line)}`),
  ]);
}

/** Indent of what stands below a frame. */
export const BELOW = '    ';

/** Function and place of a frame side by side, cut to the width. */
export function frameText(set: DumpSet, frame: FrameIndex, width: number): string {
  const nameWidth = nameColumns(width);
  return `${pad(fit(functionOf(set, frame), nameWidth), nameWidth)} ${fitEnd(placeOf(set, frame), width - nameWidth - 1)}`;
}

/** Columns of a function's name beside its place. */
export const nameColumns = (width: number): number => Math.min(28, Math.floor(width * 0.4));

/** Function and place of a frame, on as many lines as they need. */
function wholeFrame(set: DumpSet, frame: FrameIndex, width: number): string[] {
  const nameWidth = nameColumns(width);
  const compiled = compiledPlaceOf(set, frame);
  const name = functionOf(set, frame);
  const place = compiled === null ? placeOf(set, frame) : `${placeOf(set, frame)} ← ${compiled}`;
  if (columns(name) <= nameWidth && columns(place) <= width - nameWidth - 1) return [`${pad(name, nameWidth)} ${place}`];
  const nameLines = inPieces(name, width);
  return [...nameLines, ...inPieces(place, width - 4).map((piece) => `    ${piece}`)];
}

function inPieces(text: string, width: number): string[] {
  const pieces: string[] = [];
  let [from, at, used] = [0, 0, 0];
  for (const sign of text) {
    const wide = columns(sign);
    if (used + wide > width) {
      pieces.push(text.slice(from, at));
      [from, used] = [at, 0];
    }
    at += sign.length;
    used += wide;
  }
  return [...pieces, text.slice(from)];
}

/** Frames of libraries in one line: how many, and of which modules. */
export function foldedText(set: DumpSet, frames: readonly FrameIndex[]): string {
  const modules = [...new Set(frames.map((frame) => moduleOf(set.frames.placeOf(frame).file)))];
  const named = modules.slice(0, 4).map(visible).join(', ');
  return `… ${count(frames.length, 'frame')} in ${named}${modules.length > 4 ? ` and ${modules.length - 4} more` : ''}`;
}
