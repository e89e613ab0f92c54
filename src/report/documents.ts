import type { Origins } from '../analysis/index.js';
import type { DumpSet, FrameIndex } from '../model/index.js';

/** Version of the JSON documents. Grows when a field changes its meaning or goes; new fields do not change it. */
export const SCHEMA_VERSION = 1;

/** A time as the JSON documents write it. */
export function isoTime(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A frame as the JSON documents write it: as printed, whose code it is, and its place in the source where a source map told it. */
export function frameJson({ frames }: DumpSet, row: FrameIndex, origins: Origins): object {
  const original = frames.originalOf(row);
  return { ...frames.get(row), origin: origins.of(row), ...(original === null ? {} : { original }) };
}

/** An input of which nothing could be read, and why: the answer is about the others. */
export interface Unread {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Those of a set; also directories that could not be listed, whose path is empty and in the message. */
export function unreadOf({ sources }: DumpSet): Unread[] {
  return sources
    .filter(({ bytes, dumps }) => bytes === 0 && dumps === 0)
    .flatMap(({ path, warnings }) => warnings.map(({ code, message }) => ({ path, code, message })));
}
