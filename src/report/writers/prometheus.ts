import { ProblemTexts } from '../problems/problem-text.js';
import { problemsOf, verdictOf } from '../problems/problems.js';
import { VERDICTS } from '../../analysis/index.js';
import type { ReportWriter } from './writer.js';

/** Each label value is a series that a server keeps: what comes and goes with every run stays out of labels, and the rest is bounded. */
const MOST_PLACES = 50;

/** Gauges in the text format of Prometheus, for the textfile collector of node_exporter. */
export const prometheus: ReportWriter = {
  id: 'prometheus',
  title: 'gauges for the textfile collector of Prometheus',
  extension: 'prom',
  *write(input, options) {
    const texts = new ProblemTexts(input, options);
    const { list } = problemsOf(input);
    const verdict = verdictOf(input);
    yield* gauge('standstill_dumps', 'Stack dumps that were read.', [['', input.set.dumps.length]]);
    yield* gauge('standstill_processes', 'Processes that the dumps show.', [
      ['', input.set.dumps.length === 0 ? 0 : input.stuck.series.length],
    ]);
    yield* gauge(
      'standstill_verdict',
      'What the dumps say as a whole: 1 for the verdict that holds.',
      VERDICTS.map((name) => [labels({ verdict: name }), name === verdict && input.set.dumps.length > 0 ? 1 : 0]),
    );
    const threads = new Map<string, number>(['stuck', 'suspect', 'idle', 'progressing', 'unknown'].map((name) => [name, 0]));
    for (const { threads: findings } of input.stuck.series)
      for (const finding of findings) threads.set(finding.verdict, threads.get(finding.verdict)! + 1);
    yield* gauge(
      'standstill_threads',
      'Threads by verdict.',
      [...threads].map(([name, value]) => [labels({ verdict: name }), value]),
    );
    const times = input.set.dumps.flatMap(({ time }) => time ?? []);
    if (times.length > 0)
      yield* gauge('standstill_last_dump_timestamp_seconds', 'When the newest dump was made.', [['', Math.max(...times.slice(-1)) / 1000]]);
    const places = list.filter((problem) => problem.kind === 'threads').slice(0, MOST_PLACES);
    if (places.length > 0)
      yield* gauge(
        'standstill_place_threads',
        'Threads that hang at one place.',
        uniqueRows(
          places.map((problem) => {
            const place = problem.frame === null ? null : texts.place(problem.frame);
            const file = place?.path ?? place?.file ?? '';
            return [
              labels({
                fingerprint: problem.fingerprint,
                verdict: problem.verdict,
                role: problem.role,
                function: place?.function ?? '',
                file,
              }),
              problem.threads.length,
            ];
          }),
        ),
      );
  },
};

type Row = readonly [labels: string, value: number];

function* gauge(name: string, help: string, rows: readonly Row[]): Generator<string> {
  yield `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  for (const [label, value] of rows) yield `${name}${label} ${value}\n`;
}

function labels(pairs: Readonly<Record<string, string>>): string {
  const listed = Object.entries(pairs).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`,
  );
  return `{${listed.join(',')}}`;
}

/** A sample that comes twice makes the whole file invalid. */
function uniqueRows(rows: readonly Row[]): Row[] {
  const byLabel = new Map<string, number>();
  for (const [label, value] of rows) byLabel.set(label, (byLabel.get(label) ?? 0) + value);
  return [...byLabel];
}
