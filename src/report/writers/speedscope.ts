import type { FrameIndex, StackIndex } from '../../model/index.js';
import { functionOf } from '../frame-text.js';
import { profileOf, type ProfiledProcess, type ProfiledThread } from '../profile/samples.js';
import { visible } from '../terminal.js';
import type { ReportInput, ReportWriter } from './writer.js';
import { jsonText } from '../json-text.js';

/**
 * https://www.speedscope.app/file-format-schema.json: frames once, then profiles of samples, each the frames of a stack from
 * the outermost on. The first profile is all threads together, a sample for each distinct stack, the heaviest first; then a
 * profile for each thread over time, the most suspicious first. A dump that does not show a thread is an empty stack.
 */
export const speedscope: ReportWriter = {
  id: 'speedscope',
  title: 'flame graphs over time, for speedscope.app',
  extension: 'speedscope.json',
  *write(input) {
    const profile = profileOf(input.whole, input.stuck);
    const frames = new Frames(input);
    const many = profile.processes.length > 1;
    // the frames stand first in the file, so the stacks are looked at before
    for (const { threads } of profile.processes) for (const { samples } of threads) for (const { stack } of samples) frames.stack(stack);
    yield `{"$schema":"https://www.speedscope.app/file-format-schema.json",\n"exporter":${jsonText(`standstill ${input.tool.version}`)},\n`;
    yield `"name":${jsonText(`standstill: ${input.stuck.verdict}`)},\n"activeProfileIndex":0,\n"shared":{"frames":[`;
    yield* frames.json();
    yield `]},\n"profiles":[\n`;
    yield together(profile.processes, profile.unit, frames);
    for (const process of profile.processes)
      for (const thread of process.threads) yield `,\n${ofThread(process, thread, profile.unit, frames, many ? `${process.name}: ` : '')}`;
    yield ']}\n';
  },
};

function together(processes: readonly ProfiledProcess[], unit: string, frames: Frames): string {
  const weights = new Map<StackIndex, number>();
  for (const { threads, weights: ofDump } of processes) {
    for (const { samples } of threads)
      for (const { at, stack } of samples) if (stack !== 0) weights.set(stack, (weights.get(stack) ?? 0) + ofDump[at]!);
  }
  const sorted = [...weights].sort((a, b) => b[1] - a[1]);
  return sampled(
    'all threads together',
    unit,
    0,
    sorted.map(([stack]) => frames.stack(stack)),
    sorted.map(([, weight]) => weight),
  );
}

function ofThread(
  { times, weights }: ProfiledProcess,
  { name, samples }: ProfiledThread,
  unit: string,
  frames: Frames,
  prefix: string,
): string {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? -1];
  const stacks: string[] = [];
  const lengths: number[] = [];
  let next = 0;
  for (let at = first; at <= last; at++) {
    const shown = samples[next]?.at === at;
    stacks.push(shown ? frames.stack(samples[next++]!.stack) : '[]');
    lengths.push(weights[at]!);
  }
  return sampled(prefix + name, unit, times[first] ?? 0, stacks, lengths);
}

function sampled(name: string, unit: string, start: number, stacks: readonly string[], weights: readonly number[]): string {
  const short = weights.map(round);
  const end = round(start + short.reduce((sum, weight) => sum + weight, 0));
  return `{"type":"sampled","name":${jsonText(name)},"unit":"${unit}","startValue":${round(start)},"endValue":${end},"samples":[${stacks.join(',')}],"weights":[${short.join(',')}]}`;
}

const round = (seconds: number): number => Number(seconds.toFixed(6));

/** The frames that are used, and stacks as lists of their places. */
class Frames {
  readonly #input: ReportInput;
  readonly #places = new Map<FrameIndex, number>();
  readonly #stacks = new Map<StackIndex, string>();

  constructor(input: ReportInput) {
    this.#input = input;
  }

  stack(stack: StackIndex): string {
    let text = this.#stacks.get(stack);
    if (text === undefined) {
      const places = Array.from(this.#input.whole.stacks.frames(stack), (frame) => {
        let place = this.#places.get(frame);
        if (place === undefined) this.#places.set(frame, (place = this.#places.size));
        return place;
      });
      this.#stacks.set(stack, (text = `[${places.reverse().join(',')}]`));
    }
    return text;
  }

  *json(): Generator<string> {
    const { whole } = this.#input;
    for (const [frame, place] of this.#places) {
      const { file, line, column } = whole.frames.placeOf(frame);
      yield `${place === 0 ? '' : ',\n'}${jsonText({
        name: functionOf(whole, frame),
        ...(file !== null && { file: visible(file) }),
        ...(line !== null && { line }),
        ...(column !== null && { col: column }),
      })}`;
    }
  }
}
