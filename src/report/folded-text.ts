import type { StackGroup, ThreadSummary } from '../analysis/index.js';
import { foldedText, functionOf, moduleOf, placeOf } from './frame-text.js';
import { namesOf, nativeText, tellsByNative, threadOf, type Frame } from './group-text.js';
import { columns, count, fit, fitEnd, paint, visible, wrap } from './terminal.js';
import { idleThreads } from './words.js';

const MOST_LINES = 6;

/** Pools that wait for work, a line for each kind: `12 idle workers of ThreadPoolExecutor`. */
export function* idleText({ screen, processes, nameProcesses }: Frame, groups: readonly StackGroup[]): Generator<string> {
  const byLabel = new Map<string, ThreadSummary[]>();
  for (const { meaning, threads } of groups) {
    const label = meaning!.rule.label;
    byLabel.set(label, [...(byLabel.get(label) ?? []), ...threads]);
  }
  if (byLabel.size === 0) return;
  yield '';
  for (const [label, threads] of [...byLabel].sort((a, b) => b[1].length - a[1].length)) {
    const where = nameProcesses ? ` in ${processes.list(threads.map(({ series }) => series))}` : '';
    yield paint(screen, 'dim', fit(`${idleThreads(threads.length, visible(label))}${where}`, screen.width));
  }
}

/** Other threads without application frames, a line for each place. */
export function* backgroundText(frame: Frame, groups: readonly StackGroup[], verbose: boolean): Generator<string> {
  const { set, screen } = frame;
  if (groups.length === 0) return;
  yield '';
  yield paint(screen, 'dim', 'Without application frames (library and runtime threads):');
  const most = verbose ? Infinity : MOST_LINES;
  for (const { stacks, threads, meaning } of groups.slice(0, most)) {
    const top = set.stacks.frameAt(stacks[0]!, 0);
    const head = `  ${String(threads.length).padStart(4)} × `;
    const what = meaning === null ? '' : ` (${visible(meaning.rule.label)})`;
    const name = `${moduleOf(set.frames.placeOf(top).file)}.${functionOf(set, top)}`;
    const width = screen.width - head.length;
    const place = ` ${placeOf(set, top)}`;
    const text = fit(visible(name) + what, width);
    const room = width - columns(text);
    yield paint(screen, 'dim', `${head}${text}${room > 20 ? fitEnd(place, room) : ''}`);
  }
  if (groups.length > most) {
    const rest = groups.slice(most).flatMap(({ stacks }) => Array.from(set.stacks.frames(stacks[0]!)));
    const threads = groups.slice(most).reduce((sum, group) => sum + group.threads.length, 0);
    yield paint(
      screen,
      'dim',
      fit(`  … and ${count(threads, 'more thread')} ${foldedText(set, rest).replace(/^… \d+ frames? /, '')}`, screen.width),
    );
  }
}

/** Threads that show no frame, and those that are gone. */
export function* framelessText(frame: Frame): Generator<string> {
  const { set, screen, overview } = frame;
  const threads = overview.frameless.map((thread) => threadOf(set, thread));
  const lines: string[] = [];
  const idle = threads.filter((thread) => thread.activity === 'idle');
  if (idle.length > 0) lines.push(fit(`${count(idle.length, 'worker')} idle in the event loop: ${namesOf(idle)}`, screen.width));
  const main = threads.filter((thread) => thread.activity === 'unknown' && thread.main === true);
  if (main.length > 0)
    lines.push(
      ...wrap(
        'The main thread shows no stack: Node writes a report from its event loop, so this does not mean that it was idle.',
        screen.width,
      ),
    );
  for (const thread of threads.filter(tellsByNative))
    lines.push(
      paint(screen, 'title', fit(`1 thread with a C stack only: ${visible(thread.name ?? thread.id ?? '?')}`, screen.width)),
      ...nativeText(frame, thread),
    );
  const rest = threads.filter((thread) => thread.activity !== 'idle' && !main.includes(thread) && !tellsByNative(thread));
  if (rest.length > 0) lines.push(fit(`${count(rest.length, 'thread')} without frames: ${namesOf(rest)}`, screen.width));
  const gone = overview.gone.map((thread) => threadOf(set, thread));
  if (gone.length > 0)
    lines.push(
      fit(`${count(gone.length, 'thread')} of earlier dumps ${gone.length === 1 ? 'is' : 'are'} gone: ${namesOf(gone)}`, screen.width),
    );
  if (lines.length > 0) yield '';
  yield* lines;
}
