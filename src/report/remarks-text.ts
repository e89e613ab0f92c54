import path from 'node:path';
import type { OddProcess } from '../analysis/index.js';
import type { DumpSet, Source } from '../model/index.js';
import { knownFormats } from '../reading/index.js';
import { spotText, type Frame } from './group-text.js';
import { count, fit, paint, visible, wrap, type Screen } from './terminal.js';

const MOST_WARNINGS = 6;
const MOST_ODD = 3;

/** Processes that stand where their like do not: `ranks 0–2, 4 stand in all_gather (train.py:88); rank 3 in load (data.py:20)`. */
export function* oddText(frame: Frame): Generator<string> {
  const { overview, processes, screen } = frame;
  for (const odd of overview.odd.slice(0, MOST_ODD)) {
    const others = odd.like.filter((series) => !overview.odd.some((each) => each.series === series));
    const usual = others.length === odd.usual.processes ? processes.list(others) : `${odd.usual.processes} of ${odd.like.length} processes`;
    const which = odd.ofThreads === 1 ? '' : ` with ${odd.threads} of ${odd.ofThreads} threads`;
    const text = `${usual} stand in ${spot(frame, odd.usual.thread)}; ${processes.of(odd.series)}${which} in ${spot(frame, odd.thread)}`;
    yield* wrap(text, screen.width - 2).map((line) => paint(screen, 'warning', `  ${line}`));
  }
  if (overview.odd.length > MOST_ODD)
    yield paint(screen, 'warning', `  … and ${count(overview.odd.length - MOST_ODD, 'more process', 'more processes')} that differ`);
}

function spot(frame: Frame, { dump, thread }: OddProcess['thread']): string {
  const { set, origins } = frame;
  const { stack, activity } = set.dumps[dump]!.threads[thread]!;
  if (stack === 0) return activity === 'idle' ? 'the event loop, idle' : 'no frame that the dump shows';
  const frames = Array.from(set.stacks.frames(stack));
  const row = frames.find((each) => origins.isApplication(each)) ?? frames[0]!;
  return spotText(frame, row);
}

export function* warningText({ sources }: DumpSet, screen: Screen, verbose: boolean): Generator<string> {
  const warnings = sources.flatMap((source) => source.warnings.map((warning) => ({ source, warning })));
  if (warnings.length === 0) return;
  yield '';
  const most = verbose ? Infinity : MOST_WARNINGS;
  for (const { source, warning } of warnings.slice(0, most)) {
    // what is wrong with something beside the inputs has none
    const where = source.path === '' ? '' : `${visible(path.basename(source.path))}${warning.line === null ? '' : `:${warning.line}`}: `;
    for (const line of wrap(`! ${where}${visible(warning.message)}`, screen.width, '  ')) yield paint(screen, 'warning', line);
  }
  if (warnings.length > most) yield paint(screen, 'warning', `! … and ${count(warnings.length - most, 'more warning')} (--verbose)`);
}

const MOST_ASIDES = 10;

/** What became of the lines of each input, and what in it looks like a dump and is none. */
export function* accountText({ sources }: DumpSet, screen: Screen): Generator<string> {
  const read = sources.filter((source) => source.bytes > 0);
  if (read.length === 0) return;
  yield '';
  yield paint(screen, 'dim', 'Inputs:');
  for (const source of read) {
    for (const line of wrap(accountOf(source), screen.width - 2, '  ')) yield paint(screen, 'dim', `  ${line}`);
    for (const { line, title, text } of source.asides.slice(0, MOST_ASIDES))
      yield paint(screen, 'dim', fit(`    :${line} ${visible(title)}${text === '' ? '' : `: ${visible(text)}`}`, screen.width));
    const listed = Math.min(MOST_ASIDES, source.asides.length);
    if (source.asideCount > listed) yield paint(screen, 'dim', `    … and ${source.asideCount - listed} more`);
  }
}

function accountOf({ path: file, dumps, lines, accounts, asideCount }: Source): string {
  const rest = lines - accounts.dumps - accounts.known;
  const parts = [
    ...(dumps === 0 ? ['no dump'] : [`${accounts.dumps} read as ${count(dumps, 'dump')}`]),
    ...(accounts.known === 0 ? [] : [`${accounts.known} known as something else (${count(asideCount, 'text')})`]),
    `${rest} left alone`,
  ];
  return `${visible(path.basename(file))}: ${count(lines, 'line')}: ${parts.join(', ')}`;
}

/** Formats that a runtime writes by itself. */
const RUNTIMES_OWN: ReadonlySet<string> = new Set(['faulthandler', 'node-report']);

/** How to get more dumps, where one does not tell. */
export function* adviceText({ dumps }: DumpSet, screen: Screen): Generator<string> {
  const [only] = dumps;
  if (dumps.length !== 1 || !only || only.kind === 'error' || only.reason?.kind === 'fatal') return;
  yield '';
  const pid = only.pid === null ? 'PID' : String(only.pid);
  // another tool's dumps: as it made this one
  const tool = RUNTIMES_OWN.has(only.format) ? undefined : knownFormats().find(({ id }) => id === only.format)?.how;
  const how =
    tool !== undefined
      ? visible(tool)
      : only.runtime === 'node'
        ? `kill -USR2 ${pid} (a process started with --report-on-signal)`
        : only.reason?.kind === 'timeout'
          ? 'faulthandler.dump_traceback_later(10, repeat=True)'
          : `kill -USR1 ${pid} (after faulthandler.register(signal.SIGUSR1))`;
  yield* wrap(
    'One dump shows where threads stand, not whether they move. Take two more, ten seconds apart, and give all three to standstill:',
    screen.width,
  );
  yield* wrap(how, screen.width - 4).map((line) => `    ${line}`);
}
