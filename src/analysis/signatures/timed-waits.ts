import type { StackIndex, Tables } from '../../model/index.js';

/** Lines of a Python version's library on which a wait has no end, and on which it ends after a while. */
interface WaitLines {
  readonly forever: readonly number[];
  readonly timed: readonly number[];
}

/**
 * From the sources of CPython (3.6.15, 3.7.16, 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1, 3.13.0, 3.14.10, 3.15.2; the
 * third line of 3.14 is from an early release). A line means nothing without its version: 359 is timed in 3.12 and endless
 * in 3.13. Patch releases move lines, so a line that is not here says nothing.
 */
const LINES: Readonly<Record<string, Readonly<Record<string, WaitLines>>>> = {
  'threading.py:wait': {
    '3.6': { forever: [295], timed: [299] },
    '3.7': { forever: [296], timed: [300] },
    '3.8': { forever: [302], timed: [306] },
    '3.9': { forever: [312], timed: [316] },
    '3.10': { forever: [320], timed: [324] },
    '3.11': { forever: [320, 327], timed: [324, 331] },
    '3.12': { forever: [355], timed: [359] },
    '3.13': { forever: [359], timed: [363] },
    '3.14': { forever: [369], timed: [373, 376] },
    '3.15': { forever: [363], timed: [370] },
  },
  'threading.py:join': {
    '3.6': { forever: [1056], timed: [1060] },
    '3.7': { forever: [1044], timed: [1048] },
    '3.8': { forever: [1011], timed: [1015] },
    '3.9': { forever: [1060], timed: [1064] },
    '3.10': { forever: [1096], timed: [1100] },
    '3.11': { forever: [1112, 1119], timed: [1116, 1123] },
    '3.12': { forever: [1147], timed: [1151] },
  },
  'queue.py:get': {
    '3.6': { forever: [164], timed: [173] },
    '3.7': { forever: [170], timed: [179] },
    '3.8': { forever: [170], timed: [179] },
    '3.9': { forever: [171], timed: [180] },
    '3.10': { forever: [171], timed: [180] },
    '3.11': { forever: [171], timed: [180] },
    '3.12': { forever: [171], timed: [180] },
    '3.13': { forever: [202], timed: [213] },
    '3.14': { forever: [199], timed: [210] },
    '3.15': { forever: [199], timed: [210] },
  },
  'queue.py:put': {
    '3.6': { forever: [133], timed: [] },
    '3.7': { forever: [139], timed: [] },
    '3.8': { forever: [139], timed: [] },
    '3.9': { forever: [140], timed: [] },
    '3.10': { forever: [140], timed: [] },
    '3.11': { forever: [140], timed: [] },
    '3.12': { forever: [140], timed: [] },
    '3.13': { forever: [162], timed: [] },
    '3.14': { forever: [159], timed: [] },
    '3.15': { forever: [159], timed: [] },
  },
};

/** Frames from the top that may tell it: `Condition.wait` below `Event.wait` below the caller, `queue.get` below both. */
const DEPTH = 4;

/**
 * Whether the wait at the top of a Python stack ends by itself: `timed`, it has a timeout; `forever`, it has none; null, the
 * library's lines do not tell.
 */
export function waitEnd(tables: Tables, stack: StackIndex): 'timed' | 'forever' | null {
  const depth = Math.min(DEPTH, tables.stacks.depth(stack));
  for (let i = 0; i < depth; i++) {
    const frame = tables.stacks.frameAt(stack, i);
    const [, version, file] = /\/python(3\.\d+)t?\/([a-z]+\.py)$/.exec(tables.frames.fileOf(frame) ?? '') ?? [];
    if (version === undefined) return null;
    const lines = LINES[`${file}:${tables.frames.functionOf(frame) ?? ''}`]?.[version];
    const line = tables.frames.lineOf(frame);
    if (!lines || line === null) continue;
    if (lines.forever.includes(line)) return 'forever';
    if (lines.timed.includes(line)) return 'timed';
  }
  return null;
}
