import type { SourceFacts } from '../../analysis/index.js';
import type { DumpSet, FrameIndex } from '../../model/index.js';
import { EXCERPT_AROUND, MOST_EXCERPTS } from './limits.js';
import type { PageExcerpt } from './page-data.js';
import type { PageStacks, PageTexts } from './tables.js';

/** The source around the first of these frames; lines that overlap stand in one excerpt. */
export function excerptsOf(
  set: DumpSet,
  source: SourceFacts | undefined,
  frames: Iterable<FrameIndex>,
  stacks: PageStacks,
  texts: PageTexts,
): PageExcerpt[] {
  if (source === undefined) return [];
  const files = new Map<string, { text: string; lines: Map<number, Set<FrameIndex>> }>();
  const seen = new Set<FrameIndex>();
  for (const frame of frames) {
    if (seen.has(frame)) continue;
    seen.add(frame);
    const place = source.placeOf(frame);
    if (place === null) continue;
    const { file, tree } = place.module;
    const known = files.get(file) ?? { text: tree.text, lines: new Map<number, Set<FrameIndex>>() };
    files.set(file, known);
    const line = set.frames.lineOf(frame) ?? place.line;
    known.lines.set(line, (known.lines.get(line) ?? new Set<FrameIndex>()).add(frame));
    if (seen.size >= MOST_EXCERPTS) break;
  }
  return [...files].flatMap(([path, { text, lines }]) => {
    const all = text.split('\n');
    const ranges: { from: number; to: number; frames: Set<FrameIndex> }[] = [];
    for (const [line, frames] of [...lines].sort(([a], [b]) => a - b)) {
      const [from, to] = [Math.max(1, line - EXCERPT_AROUND), Math.min(all.length, line + EXCERPT_AROUND)];
      const last = ranges.at(-1);
      if (last !== undefined && from <= last.to + 1) {
        last.to = Math.max(last.to, to);
        for (const frame of frames) last.frames.add(frame);
      } else ranges.push({ from, to, frames: new Set(frames) });
    }
    return ranges.map(({ from, to, frames }): PageExcerpt => ({
      frames: [...frames].map((frame) => stacks.frame(frame)),
      path: texts.safe(path),
      from,
      lines: all.slice(from - 1, to).map((line) => texts.safe(line.replace(/\r$/, '').replaceAll('\t', '    '))),
    }));
  });
}
