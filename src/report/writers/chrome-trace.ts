import { Origins } from '../../analysis/index.js';
import type { FrameIndex } from '../../model/index.js';
import { functionOf, placeOf } from '../frame-text.js';
import { profileOf, type ProfiledProcess, type ProfiledThread } from '../profile/samples.js';
import { isoTime } from '../documents.js';
import { visible } from '../terminal.js';
import type { ReportInput, ReportWriter } from './writer.js';
import { jsonText } from '../json-text.js';

/**
 * Chrome's trace events (the "Trace Event Format" of the Chromium project), for Perfetto and about:tracing: a complete event
 * (`ph: X`) for each call of a thread, from the dump in which it is seen first to the end of the last one that shows it on the
 * same callers, so what stands still is one long bar. Microseconds from the first dump; without times a dump is a second.
 */
export const chromeTrace: ReportWriter = {
  id: 'chrome-trace',
  title: 'calls over time, for Perfetto and about:tracing',
  extension: 'trace.json',
  *write(input) {
    const profile = profileOf(input.whole, input.stuck);
    const pids = pidsOf(profile.processes);
    const origins = new Origins(input.whole.frames, input.judging.roots);
    const other = {
      tool: `standstill ${input.tool.version}`,
      verdict: input.stuck.verdict,
      unit: profile.unit,
      start: isoTime(profile.start),
    };
    yield `{"displayTimeUnit":"ms",\n"otherData":${jsonText(other)},\n"traceEvents":[`;
    let first = true;
    for (const [p, process] of profile.processes.entries()) {
      for (const events of eventsOf(input, process, pids[p]!, origins)) {
        for (const event of events) {
          yield `${first ? '\n' : ',\n'}${jsonText(event)}`;
          first = false;
        }
      }
    }
    yield ']}\n';
  },
};

/** The process ids of the dumps where each process has one of its own; else numbers from 1. */
function pidsOf(processes: readonly ProfiledProcess[]): number[] {
  const pids = processes.map(({ pid }) => pid);
  const own = pids.filter((pid) => pid !== null);
  return own.length === pids.length && new Set(own).size === own.length ? own : pids.map((_, i) => i + 1);
}

function* eventsOf(input: ReportInput, process: ProfiledProcess, pid: number, origins: Origins): Generator<object[]> {
  yield [{ name: 'process_name', ph: 'M', pid, tid: 0, args: { name: process.name } }];
  for (const [i, thread] of process.threads.entries()) {
    const tid = i + 1;
    yield [
      { name: 'thread_name', ph: 'M', pid, tid, args: { name: thread.name } },
      { name: 'thread_sort_index', ph: 'M', pid, tid, args: { sort_index: tid } },
    ];
    yield callsOf(input, process, thread).map(({ frame, from, to }) => ({
      name: functionOf(input.whole, frame),
      cat: origins.of(frame),
      ph: 'X',
      ts: from,
      dur: to - from,
      pid,
      tid,
      args: { place: placeOf(input.whole, frame), ...evidence(thread, frame) },
    }));
  }
}

/** At the frame to look at: what is said of the thread. */
function evidence({ finding }: ProfiledThread, frame: FrameIndex): object {
  if (finding.frame !== frame || (finding.verdict !== 'stuck' && finding.verdict !== 'suspect')) return {};
  return { verdict: finding.verdict, evidence: finding.evidence.map(visible).join('; ') };
}

interface Call {
  readonly frame: FrameIndex;
  readonly depth: number;
  /** Microseconds. */
  readonly from: number;
  to: number;
}

/** The calls of a thread, callers before what they call. */
function callsOf({ whole }: ReportInput, { times, weights }: ProfiledProcess, { samples }: ProfiledThread): Call[] {
  const calls: Call[] = [];
  let open: Call[] = [];
  let end = -1;
  for (const { at, stack } of samples) {
    const from = Math.round(times[at]! * 1e6);
    const to = Math.max(from + 1, Math.round((times[at]! + weights[at]!) * 1e6));
    const frames = Array.from(whole.stacks.frames(stack)).reverse();
    let same = 0;
    // after a pause in which nobody looked, or a dump that does not show it, calls begin anew
    if (from === end) while (same < frames.length && open[same]?.frame === frames[same]) same++;
    open = open.slice(0, same);
    for (const call of open) call.to = to;
    for (let depth = same; depth < frames.length; depth++) {
      const call = { frame: frames[depth]!, depth, from, to };
      open.push(call);
      calls.push(call);
    }
    end = to;
  }
  return calls.sort((a, b) => a.from - b.from || a.depth - b.depth);
}
