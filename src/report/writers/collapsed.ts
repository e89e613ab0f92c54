import type { DumpSet, StackIndex } from '../../model/index.js';
import { functionOf, placeOf } from '../frame-text.js';
import { profileOf } from '../profile/samples.js';
import type { ReportWriter } from './writer.js';

/**
 * Folded stacks, as Brendan Gregg's flamegraph.pl and speedscope read them: a line for each stack, the outermost call first,
 * calls separated by `;`, then a space and how many samples (threads × dumps) stand there. Of several processes, the first
 * part of a line is the process.
 */
export const collapsed: ReportWriter = {
  id: 'collapsed',
  title: 'folded stacks, for flamegraph.pl and its like',
  extension: 'folded',
  *write({ whole, stuck }) {
    const { processes } = profileOf(whole, stuck);
    const texts = new FrameTexts(whole);
    for (const { name, threads } of processes) {
      const counts = new Map<StackIndex, number>();
      for (const { samples } of threads) for (const { stack } of samples) counts.set(stack, (counts.get(stack) ?? 0) + 1);
      const head = processes.length > 1 ? `${part(name)};` : '';
      for (const [stack, count] of [...counts].sort((a, b) => b[1] - a[1])) if (stack !== 0) yield `${head}${texts.of(stack)} ${count}\n`;
    }
  },
};

/** `;` ends a part, so it cannot be in one. Line breaks are shown as what they are by `visible` already. */
const part = (text: string): string => text.replaceAll(';', ',');

class FrameTexts {
  readonly #set: DumpSet;
  readonly #known: (string | undefined)[] = [];

  constructor(set: DumpSet) {
    this.#set = set;
  }

  of(stack: StackIndex): string {
    const frames = this.#set.stacks.frames(stack);
    let text = '';
    for (let depth = frames.length - 1; depth >= 0; depth--) text += (text === '' ? '' : ';') + this.#frame(frames[depth]!);
    return text;
  }

  /** As py-spy writes it: `handle (/srv/app/shop.py:50)`. */
  #frame(frame: number): string {
    return (this.#known[frame] ??= part(`${functionOf(this.#set, frame)} (${placeOf(this.#set, frame)})`));
  }
}
