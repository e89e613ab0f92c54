import { VERDICTS, type SeriesFinding, type Verdict } from '../analysis/index.js';
import type { Frame } from './group-text.js';
import { spotText } from './group-text.js';
import { count, paint, wrap, type Style } from './terminal.js';

const LABELS: Readonly<Record<Verdict, string>> = { stuck: 'STUCK', suspect: 'SUSPECT', inconclusive: 'INCONCLUSIVE', clear: 'CLEAR' };
const STYLES: Readonly<Record<Verdict, Style>> = { stuck: 'alarm', suspect: 'warning', inconclusive: 'warning', clear: 'strong' };

/** Processes that several dumps show: one dump tells nothing of who is stuck. */
function judged({ overview }: Frame): { finding: SeriesFinding; series: number }[] {
  return overview.report.series.map((finding, series) => ({ finding, series })).filter(({ finding }) => finding.series.dumps.length > 1);
}

/** The answer: whether anything is stuck, and the line to open. Of many processes, a line for each verdict. */
export function* verdictText(frame: Frame): Generator<string> {
  const { screen, processes, nameProcesses } = frame;
  for (const verdict of VERDICTS) {
    const these = judged(frame).filter(({ finding }) => finding.verdict === verdict);
    if (these.length === 0) continue;
    const where = nameProcesses ? ` in ${processes.list(these.map(({ series }) => series))}` : '';
    const label = LABELS[verdict];
    const text = `${label}${where}: ${rest(
      frame,
      verdict,
      these.map(({ finding }) => finding),
    )}`;
    const [first = '', ...more] = wrap(text, screen.width - 2, '  ');
    yield `  ${paint(screen, STYLES[verdict], label)}${first.slice(label.length)}`;
    for (const line of more) yield `  ${line}`;
  }
}

function rest(frame: Frame, verdict: Verdict, findings: readonly SeriesFinding[]): string {
  if (verdict === 'clear') return 'by stacks alone nothing is suspicious; what did not move stands first';
  if (verdict === 'inconclusive') return 'the dumps cannot tell';
  const threads = findings.flatMap((finding) => finding.threads.filter((thread) => thread.verdict === verdict));
  const [worst] = [...threads].sort((a, b) => b.score - a.score);
  const look = worst?.frame == null ? '' : `look at ${spotText(frame, worst.frame)}`;
  if (verdict === 'suspect') return `nothing certain${look === '' ? '' : `; ${look}`}`;
  return `${count(threads.length, 'thread')}${look === '' ? '' : `; ${look}`}`;
}

/** What to collect next, where the dumps of a process cannot tell. */
export function* collectText(frame: Frame): Generator<string> {
  const advice = new Set(judged(frame).flatMap(({ finding }) => (finding.verdict === 'stuck' ? [] : finding.advice)));
  if (advice.size === 0) return;
  yield '';
  for (const line of advice) yield* wrap(line, frame.screen.width);
}
