import { CI_COMMAND, UNSEEN, type FrameIndex, type StackIndex, type Tables } from '../../model/index.js';
import { entryDepth } from '../entry.js';
import type { Origins } from '../origin.js';
import { libraryPath } from './matcher.js';

/**
 * What to write behind `stack` in a rule that is to explain a stack and those that differ in lines or further out only: the
 * frames from the top through the first package that is not the standard library (the application counts as one).
 * Null for a stack without frames.
 */
export function signatureFromStack(tables: Tables, origins: Origins, stack: StackIndex): string | null {
  const last = Math.max(entryDepth(tables, stack), 0);
  const frames = Array.from(tables.stacks.frames(stack)).slice(0, last + 1);
  if (frames.length === 0) return null;
  const first = frames.findIndex((frame) => !isRuntime(origins, frame));
  let end = first === -1 ? frames.length : first + 1;
  while (first !== -1 && end < frames.length && packageOf(tables, origins, frames[end]!) === packageOf(tables, origins, frames[first]!))
    end++;
  const pattern = frames.slice(0, end).map((frame) => patternOf(tables, origins, frame));
  return pattern.join(' < ');
}

function isRuntime(origins: Origins, frame: FrameIndex): boolean {
  const origin = origins.of(frame);
  return origin === 'standard' || origin === 'runtime';
}

function packageOf(tables: Tables, origins: Origins, frame: FrameIndex): string {
  const origin = origins.of(frame);
  return origin === 'library' ? libraryPath(tables.frames.fileOf(frame) ?? '').split('/', 1)[0]! : origin;
}

/** Of an application's file the last folder and the name: where it is installed differs. Signs of the rule language become `*`. */
function patternOf(tables: Tables, origins: Origins, frame: FrameIndex): string {
  const path = libraryPath(tables.frames.fileOf(frame) ?? '*');
  const file = origins.isApplication(frame) ? path.split('/').slice(-2).join('/') : path;
  const plain = (text: string): string => text.replaceAll(/[{},|\s]+/g, '*').replaceAll(ACTING, '*');
  return `${plain(file)}:${plain(tables.frames.functionOf(frame) ?? '*')}`;
}

const ACTING = new RegExp(String.raw`[\x00-\x1f]|${UNSEEN}|${CI_COMMAND}|::+`, 'g');
