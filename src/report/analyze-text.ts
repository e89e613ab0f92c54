import { NOTHING_HIDDEN, Origins, overviewOf, type Grouping, type Hidden, type StackGroup, type StuckOptions } from '../analysis/index.js';
import type { DumpSet } from '../model/index.js';
import { dumpTable, headline, originLine, reasonLines } from './dump-table.js';
import { errorStacks, foldedErrors, splitErrors } from './errors-text.js';
import { backgroundText, framelessText, idleText } from './folded-text.js';
import { groupText, type Frame } from './group-text.js';
import { hiddenText } from './hidden-text.js';
import { ProcessNames } from './process-names.js';
import { accountText, adviceText, oddText, warningText } from './remarks-text.js';
import { count, fit, paint, wrap, type Screen } from './terminal.js';
import { threadsText } from './threads-text.js';
import { treeText } from './tree-text.js';
import { collectText, verdictText } from './verdict-text.js';

export interface TextOptions extends StuckOptions {
  /** Everything: all stacks, dumps and warnings, and what became of the inputs' lines. */
  readonly verbose?: boolean;
  /** What filters hid of the set, and the threads that they left (default: all). */
  readonly hidden?: Hidden;
  readonly shown?: DumpSet;
  /** Whole stacks, every frame. */
  readonly full?: boolean;
  /** The application's frames only. */
  readonly appOnly?: boolean;
  readonly grouping?: Grouping;
  /** Instead of stacks, those worth a look first: the threads in the order of the dumps, or all stacks as one tree. */
  readonly view?: 'stacks' | 'threads' | 'tree';
  /** Stacks (threads, lines of the tree) shown; the rest is counted. */
  readonly limit?: number | undefined;
}

const MOST_GROUPS = 12;

/**
 * The answer of `analyze` for people: what the dumps are, then the stacks, those worth a look first. Error stacks are one line
 * beside pictures of a process; alone they are grouped and counted.
 */
export function* analyzeText(set: DumpSet, screen: Screen, options: TextOptions = {}): Generator<string> {
  const { errors, pictures } = splitErrors(set);
  if (errors.dumps.length === 0 || set.dumps.length === 1) yield* picturesText(set, null, screen, options);
  else if (pictures.dumps.length === 0) yield* errorsText(set, screen, options);
  else {
    const shown = options.shown === undefined ? {} : { shown: splitErrors(options.shown).pictures };
    yield* picturesText(pictures, splitErrors(options.shown ?? set).errors, screen, { ...options, ...shown });
  }
}

function* errorsText(set: DumpSet, screen: Screen, options: TextOptions): Generator<string> {
  const shown = options.shown ?? set;
  const verbose = options.verbose ?? false;
  yield paint(screen, 'strong', `${count(set.dumps.length, 'error stack')}, and no picture of a process`);
  yield originLine(set, screen);
  const hidden = hiddenText(shown, options.hidden ?? NOTHING_HIDDEN);
  if (hidden !== null) yield* wrap(hidden, screen.width - 2).map((line) => paint(screen, 'warning', `  ${line}`));
  yield* errorStacks(shown, new Origins(set.frames, options.roots), screen, {
    grouping: options.grouping,
    limit: options.limit ?? (verbose ? Infinity : MOST_GROUPS),
    everyLine: verbose,
    style: { full: options.full ?? false, appOnly: options.appOnly ?? false },
  });
  yield* warningText(set, screen, verbose);
  yield '';
  yield* dumpTable(set, screen, verbose);
  if (verbose) yield* accountText(set, screen);
  yield '';
  yield* wrap('Errors show where something was thrown, not what stands still: for that, take dumps of the running process.', screen.width);
}

function* picturesText(set: DumpSet, errors: DumpSet | null, screen: Screen, options: TextOptions): Generator<string> {
  const overview = overviewOf(set, options);
  const frame: Frame = {
    set,
    overview,
    origins: new Origins(set.frames, options.roots),
    processes: new ProcessNames(set, overview.series),
    nameProcesses: overview.series.length > 1,
    screen,
    verbose: options.verbose ?? false,
    style: { full: options.full ?? false, appOnly: options.appOnly ?? false },
  };
  const verbose = options.verbose ?? false;
  yield paint(screen, 'strong', fit(headline(set, overview.series), screen.width));
  yield originLine(set, screen);
  yield* reasonLines(set, screen);
  const hidden = hiddenText(options.shown ?? set, options.hidden ?? NOTHING_HIDDEN);
  if (hidden !== null) yield* wrap(hidden, screen.width - 2).map((line) => paint(screen, 'warning', `  ${line}`));
  yield* verdictText(frame);
  yield* oddText(frame);
  const limit = options.limit ?? (verbose ? Infinity : MOST_GROUPS);
  if (options.view === 'threads') yield* threadsText(frame, options.limit ?? Infinity);
  else if (options.view === 'tree') yield* treeText(frame, options.limit ?? Infinity);
  else yield* stacksText(frame, limit, verbose);
  if (errors !== null && errors.dumps.length > 0) {
    yield '';
    yield foldedErrors(errors, screen);
  }
  yield* warningText(set, screen, verbose);
  if (set.dumps.length > 1) {
    yield '';
    yield* dumpTable(set, screen, verbose);
  }
  if (verbose) yield* accountText(set, screen);
  yield* collectText(frame);
  yield* adviceText(set, screen);
}

function* stacksText(frame: Frame, limit: number, verbose: boolean): Generator<string> {
  const { overview, screen } = frame;
  const of = (...kinds: StackGroup['kind'][]): StackGroup[] => overview.groups.filter(({ kind }) => kinds.includes(kind));
  let [shown, background] = [of('crashed', 'application', 'waiting-for-work'), of('background')];
  // where no frame is the application's, the libraries' are all there is to look at
  if (of('crashed', 'application').length === 0) [shown, background] = [[...background, ...shown], []];
  for (const group of shown.slice(0, limit)) {
    yield '';
    yield* groupText(frame, group);
  }
  if (shown.length > limit) {
    const threads = shown.slice(limit).reduce((sum, group) => sum + group.threads.length, 0);
    yield '';
    yield paint(
      screen,
      'dim',
      fit(
        `… and ${count(shown.length - limit, 'more stack')} of ${count(threads, 'thread')} (--verbose or --limit shows more)`,
        screen.width,
      ),
    );
  }
  yield* idleText(frame, of('idle'));
  yield* backgroundText(frame, background, verbose);
  yield* framelessText(frame);
}
