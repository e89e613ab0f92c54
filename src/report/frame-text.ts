import type { Origins } from '../analysis/index.js';
import type { DumpSet, FrameIndex, StackIndex } from '../model/index.js';
import { count, fit, fitEnd, paint, visible, type Screen } from './terminal.js';

/** Frames shown of one stack before the middle is left out: a recursion of a hundred frames says no more than this. */
const MOST_SHOWN = 14;

/** A file as a module name: `/usr/lib/python3.11/concurrent/futures/thread.py` → `concurrent.futures.thread`. */
export function moduleOf(file: string | null): string {
  if (file === null) return '?';
  if (/^index \d+$/.test(file)) return 'Promise';
  const path = file.replaceAll('\\', '/');
  if (/^[<]|^node:/.test(path)) return path.replace(/^<frozen (.*)>$/, '$1');
  const inPackage =
    /(?:site-packages|dist-packages|node_modules|lib-python\/\d[\d.]*|lib_pypy|[Ll]ib(?:\d\d)?\/(?:python|pypy)[\d.]+t?|python\d+\.zip|\/Lib)\/(?!.*(?:site-packages|dist-packages|node_modules)\/)(.*)$/.exec(
      path,
    )?.[1] ?? path.slice(path.lastIndexOf('/') + 1);
  return inPackage
    .replace(/\/__init__\.py$/, '')
    .replace(/\.pyc?$/, '')
    .replaceAll(/\/(?=\w)/g, inPackage.endsWith('.py') ? '.' : '/');
}

/** `file:line` of a frame. */
export function placeOf(set: DumpSet, frame: FrameIndex): string {
  const [line, column] = [set.frames.lineOf(frame), set.frames.columnOf(frame)];
  return `${visible(set.frames.fileOf(frame) ?? '???')}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}`;
}

/** The function of a frame, with a word for one that has no name. */
export function functionOf(set: DumpSet, frame: FrameIndex): string {
  return visible(set.frames.functionOf(frame) ?? '(anonymous)') || "''";
}

/**
 * A stack as lines, most recent call first: application frames in full, runs of other frames folded into one line that
 * names their modules, but for the most recent frame, which tells what the thread is doing.
 */
export function stackLines(set: DumpSet, origins: Origins, stack: StackIndex, screen: Screen, indent: string): string[] {
  const parts: { text: string; application: boolean }[] = [];
  let folded: FrameIndex[] = [];
  const fold = (): void => {
    if (folded.length > 0) parts.push({ text: foldedText(set, folded), application: false });
    folded = [];
  };
  const width = screen.width - indent.length;
  const nameWidth = Math.min(28, Math.floor(width * 0.4));
  for (const [depth, frame] of Array.from(set.stacks.frames(stack)).entries()) {
    const application = origins.isApplication(frame);
    if (!application && depth > 0) {
      folded.push(frame);
      continue;
    }
    fold();
    const name = fit(functionOf(set, frame), nameWidth).padEnd(nameWidth);
    parts.push({ text: `${name} ${fitEnd(placeOf(set, frame), width - nameWidth - 1)}`, application });
  }
  fold();
  const shown =
    parts.length <= MOST_SHOWN
      ? parts
      : [
          ...parts.slice(0, MOST_SHOWN - 3),
          { text: `… ${parts.length - MOST_SHOWN + 1} more lines of this stack`, application: false },
          ...parts.slice(-2),
        ];
  return shown.map(({ text, application }) => indent + paint(screen, application ? 'strong' : 'dim', fit(text, width)));
}

function foldedText(set: DumpSet, frames: readonly FrameIndex[]): string {
  const modules = [...new Set(frames.map((frame) => moduleOf(set.frames.fileOf(frame))))];
  const named = modules.slice(0, 4).map(visible).join(', ');
  return `… ${count(frames.length, 'frame')} in ${named}${modules.length > 4 ? ` and ${modules.length - 4} more` : ''}`;
}
