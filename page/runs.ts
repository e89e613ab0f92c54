import { MOMENT } from '../src/report/html/page-data.js';
import { colour } from './dom.js';
import type { Model } from './model.js';

/**
 * What a thread does over a run of dumps: `still`, in one place for two dumps or more; `moving`, in a place for this one
 * dump only; `once`, no other dump shows it, so nothing tells whether it moves; or what its moments say.
 */
export type RunKind = 'still' | 'moving' | 'once' | 'idle' | 'blank' | 'absent' | 'unknown';

export interface Run {
  readonly kind: RunKind;
  /** Places in the series' dumps, both in the run. */
  readonly from: number;
  readonly to: number;
  /** Number of the place, counted per thread; -1 where it is in none. */
  readonly place: number;
  /** It goes on to the newest dump that shows the thread: this is what its verdict is about. */
  readonly now: boolean;
}

const KINDS: ReadonlyMap<number, RunKind> = new Map([
  [MOMENT.idle, 'idle'],
  [MOMENT.blank, 'blank'],
  [MOMENT.absent, 'absent'],
  [MOMENT.unknown, 'unknown'],
]);

/** The runs of a thread's timeline, oldest first. */
export function runsOf(moments: readonly number[]): Run[] {
  const runs: { kind: RunKind; from: number; to: number; place: number; now: boolean }[] = [];
  for (const [k, moment] of moments.entries()) {
    const last = runs.at(-1);
    const kind = KINDS.get(moment) ?? 'moving';
    if (last && (kind === 'moving' ? last.place === moment : last.kind === kind)) {
      last.to = k;
      if (kind === 'moving') last.kind = 'still';
    } else runs.push({ kind, from: k, to: k, place: Math.max(-1, moment), now: false });
  }
  const shown = runs.filter(({ kind }) => kind !== 'absent' && kind !== 'unknown');
  const newest = shown.at(-1);
  if (newest) newest.now = true;
  if (newest?.kind === 'moving' && shown.length === 1) newest.kind = 'once';
  return runs;
}

/** A timeline in words. */
export function runsText(model: Model, thread: number): string {
  const { moments, verdict } = model.thread(thread);
  const shown = moments.filter((moment) => moment !== MOMENT.absent && moment !== MOMENT.unknown).length;
  const runs = runsOf(moments);
  const now = runs.find((run) => run.now);
  if (!now) return 'no dump shows it';
  const length = now.to - now.from + 1;
  if (now.kind === 'idle') return length === shown ? `idle in all ${shown} dumps` : `idle in the newest ${length} of ${shown} dumps`;
  if (now.kind === 'blank') return 'no stack';
  const gone = now.to < moments.length - 1 ? ', then gone or not shown' : '';
  if (now.kind === 'still')
    return `${verdict === 'progressing' ? 'same function' : 'same place'} in the newest ${length} of ${shown} dumps${gone}`;
  if (now.kind === 'once') return `in one dump${gone}`;
  const places = new Set(moments.filter((moment) => moment >= 0)).size;
  return `${places} place${places === 1 ? '' : 's'} in ${shown} dumps${gone}`;
}

/** The name of the colour of a run. */
export function colourOf(run: Run, verdict: string): string {
  if (run.kind === 'still') return run.now ? `still-${verdict}` : 'stay';
  if (run.kind === 'once') return verdict === 'stuck' || verdict === 'suspect' ? `still-${verdict}` : 'once';
  if (run.kind === 'moving')
    return run.now && (verdict === 'stuck' || verdict === 'suspect') ? `still-${verdict}` : run.place % 2 === 0 ? 'move-a' : 'move-b';
  return run.kind;
}

/** The colours of timelines, read once for each drawing. */
export class Palette {
  readonly #known = new Map<string, string>();

  of(name: string): string {
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, (known = colour(`run-${name}`)));
    return known;
  }
}

/** Draws a thread's timeline: what stands still is one solid bar, what moves is in pieces, what is idle is a thin line. */
export function drawRuns(
  context: CanvasRenderingContext2D,
  runs: readonly Run[],
  verdict: string,
  palette: Palette,
  { x, y, cell, height }: { readonly x: number; readonly y: number; readonly cell: number; readonly height: number },
): void {
  const gap = cell >= 5 ? 1 : cell >= 3 ? 0.5 : 0;
  for (const run of runs) {
    if (run.kind === 'absent') continue;
    const [left, width] = [x + run.from * cell, (run.to - run.from + 1) * cell];
    context.fillStyle = palette.of(colourOf(run, verdict));
    if (run.kind === 'idle' || run.kind === 'blank') context.fillRect(left, y + height / 2 - 1.5, width, 3);
    else if (run.kind === 'unknown') {
      for (let k = run.from; k <= run.to; k++) context.fillRect(x + (k + 0.5) * cell - 1, y + height / 2 - 1, 2, 2);
    } else if (run.kind === 'moving' || run.kind === 'once')
      context.fillRect(left + gap, y + height * 0.22, Math.max(width - 2 * gap, 0.5), height * 0.56);
    else context.fillRect(left + gap, y + 2, Math.max(width - 2 * gap, 0.5), height - 4);
  }
}
