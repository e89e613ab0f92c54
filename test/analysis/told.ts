import type { DumpSet, Overview, SeriesFinding, ThreadFinding } from '../../src/index.js';

/** A thread with all that was found for and against it. */
function threadLines({ frames }: DumpSet, finding: ThreadFinding): string[] {
  const { history, verdict, role, score, wait, frame, blockedBy, evidence, signals, moments } = finding;
  const place = frame === null ? '-' : `${frames.functionOf(frame) ?? '?'}:${frames.placeOf(frame).line ?? '?'}`;
  const weights = signals.map(({ name, weight }) => `${name} ${weight > 0 ? '+' : ''}${Number(weight.toFixed(2))}`);
  return [
    `  ${role === null ? verdict : `${verdict}, ${role}`} ${score.toFixed(2)}: ${history.ids.join('>') || '-'} at ${place}` +
      `${wait === null ? '' : `, waits: ${wait.kind} by ${wait.by}`}, ${moments.join(' ')}`,
    ...evidence.map((text) => `      ${text}`),
    ...(weights.length > 0 ? [`      = ${weights.join(', ')}`] : []),
    ...(blockedBy.length > 0 ? [`      blocked by ${blockedBy.map(({ ids }) => ids.join('>')).join(', ')}`] : []),
  ];
}

/** Threads of which the very same is said are told once. */
function counted(threads: readonly (readonly string[])[]): string[] {
  const alike = new Map<string, string[][]>();
  for (const [first, ...rest] of threads) {
    const key = [first!.replace(/: \S+ at /, ' at '), ...rest].join('\n');
    alike.set(key, [...(alike.get(key) ?? []), [first!, ...rest]]);
  }
  return [...alike.values()].flatMap((same) => [...same[0]!, ...(same.length > 1 ? [`      and ${same.length - 1} more like it`] : [])]);
}

/** All that was found of one process, for people and for comparison. */
export function seriesLines(set: DumpSet, { series, verdict, threads, advice }: SeriesFinding): string[] {
  const restarts = series.restarts.length > 0 ? `, restarted before ${series.restarts.join()}` : '';
  return [
    `${verdict}: ${series.dumps.length} dumps${series.span === null ? '' : ` over ${series.span} s`}${restarts}`,
    ...series.doubts.map((doubt) => `  doubt: ${doubt}`),
    ...advice.map((text) => `  advice: ${text}`),
    ...counted(threads.map((finding) => threadLines(set, finding))),
  ];
}

/** The groups in which threads are shown, those worth a look first. */
export function groupLines({ frames, stacks }: DumpSet, { groups, frameless, gone }: Overview): string[] {
  const stackOf = (stack: number): string =>
    Array.from(stacks.frames(stack).slice(0, 3), (row) => `${frames.functionOf(row) ?? '?'}:${frames.lineOf(row) ?? '?'}`).join(' < ');
  return [
    ...groups.map(({ kind, stacks: own, threads, moves, meaning, dumper }) => {
      const movements = [...new Set(threads.map(({ movement, still, path }) => `${movement} ${still} of ${path.length}`))].sort();
      const more = own.length > 1 ? `, ${own.length} stacks` : '';
      return (
        `  ${kind}, ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'} at ${stackOf(own[0]!)}${more}` +
        `${meaning === null ? '' : `, ${meaning.rule.id}`}${moves ? ', moves' : ''}${dumper ? ', wrote the dump' : ''}: ${movements.join(', ')}`
      );
    }),
    ...(frameless.length > 0 ? [`  without frames: ${frameless.length}`] : []),
    ...(gone.length > 0 ? [`  gone: ${gone.length}`] : []),
  ];
}
