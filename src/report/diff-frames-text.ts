import type { FrameOp, Origins } from '../analysis/index.js';
import type { DumpSet, FrameIndex } from '../model/index.js';
import { foldedText, functionOf, nameColumns, placeOf } from './frame-text.js';
import { fit, fitEnd, pad, paint, visible, type Screen, type Style } from './terminal.js';

/** Rows shown of one thread before the middle is left out. */
const MOST_ROWS = 24;
const INDENT = '  ';

/** A step or a run of steps of library frames, as it is shown in one line. */
interface Row {
  readonly op: FrameOp['op'];
  readonly application: boolean;
  /** One step; null for a fold. */
  readonly step: FrameOp | null;
  readonly folded: readonly FrameIndex[];
}

export interface FrameStyle {
  readonly sideBySide: boolean;
  /** Show all frames. */
  readonly verbose: boolean;
  /** Show application frames only. */
  readonly appOnly: boolean;
}

/** The frames of a thread that moved, older and newer ones in one column, or each in one of its own. */
export function* frameDiffLines(
  set: DumpSet,
  origins: Origins,
  ops: readonly FrameOp[],
  screen: Screen,
  style: FrameStyle,
): Generator<string> {
  const rows = capped(rowsOf(origins, style.appOnly ? ops.filter((each) => origins.isApplication(each.frame)) : ops, style), style.verbose);
  if (style.sideBySide) yield* sideBySide(set, rows, screen);
  else for (const row of rows) yield unified(set, row, screen);
}

/** Frames that came, went or moved are shown if they are the application's or the most recent; others are folded by what became of them. */
function rowsOf(origins: Origins, ops: readonly FrameOp[], { verbose }: FrameStyle): Row[] {
  const rows: Row[] = [];
  let [oldTop, newTop] = [true, true];
  for (const step of ops) {
    const { op, frame } = step;
    const application = origins.isApplication(frame);
    const isTop = (op !== 'added' && oldTop) || (op !== 'removed' && newTop);
    if (op !== 'added') oldTop = false;
    if (op !== 'removed') newTop = false;
    const last = rows.at(-1);
    if (verbose || application || isTop || op === 'line') rows.push({ op, application, step, folded: [] });
    else if (last?.step === null && last.op === op) rows[rows.length - 1] = { ...last, folded: [...last.folded, frame] };
    else rows.push({ op, application, step: null, folded: [frame] });
  }
  return rows;
}

function capped(rows: readonly Row[], verbose: boolean): (Row | number)[] {
  if (verbose || rows.length <= MOST_ROWS) return [...rows];
  return [...rows.slice(0, MOST_ROWS - 3), rows.length - MOST_ROWS + 1, ...rows.slice(-2)];
}

const MARKS: Readonly<Record<FrameOp['op'], string>> = { same: ' ', added: '+', removed: '-', line: '~' };

function styleOf({ op, application }: Row): Style {
  if (op === 'added' || op === 'removed') return op;
  return op === 'line' ? 'warning' : application ? 'strong' : 'dim';
}

function unified(set: DumpSet, row: Row | number, screen: Screen): string {
  const width = screen.width - INDENT.length - 2;
  if (typeof row === 'number') return paint(screen, 'dim', `${INDENT}  ${leftOut(row)}`);
  const text = row.step === null ? foldedText(set, row.folded) : stepText(set, row.step, width, row.op === 'line' ? 'both' : 'new');
  return INDENT + paint(screen, styleOf(row), fit(`${MARKS[row.op]} ${text}`, width + 2));
}

/** The older stack at the left, the newer one at the right; what replaced something stands beside it. */
function* sideBySide(set: DumpSet, rows: readonly (Row | number)[], screen: Screen): Generator<string> {
  const width = Math.floor((screen.width - INDENT.length - 3) / 2);
  const cell = (row: Row | undefined, side: 'old' | 'new'): string => {
    if (row === undefined) return ' '.repeat(width);
    const text = row.step === null ? foldedText(set, row.folded) : stepText(set, row.step, width, side);
    return paint(screen, styleOf(row), pad(fit(text, width), width));
  };
  const line = (left: Row | undefined, mark: string, right: Row | undefined): string =>
    `${INDENT}${cell(left, 'old')} ${mark} ${cell(right, 'new')}`.trimEnd();
  let [removed, added]: [Row[], Row[]] = [[], []];
  const flush = function* (): Generator<string> {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [left, right] = [removed[i], added[i]];
      yield line(left, left === undefined ? '>' : right === undefined ? '<' : '|', right);
    }
    [removed, added] = [[], []];
  };
  for (const row of rows) {
    if (typeof row !== 'number' && row.op === 'removed') removed.push(row);
    else if (typeof row !== 'number' && row.op === 'added') added.push(row);
    else {
      yield* flush();
      if (typeof row === 'number') yield paint(screen, 'dim', `${INDENT}${leftOut(row)}`);
      else yield line(row, row.op === 'line' ? '~' : ' ', row);
    }
  }
  yield* flush();
}

const leftOut = (rows: number): string => `… ${rows} more lines of this stack (--verbose shows all)`;

/** `function   file:line`; of a frame at another line `file:12 → 15`. */
function stepText(set: DumpSet, { frame, old }: FrameOp, width: number, side: 'old' | 'new' | 'both'): string {
  const nameWidth = nameColumns(width);
  const shown = side === 'old' ? (old ?? frame) : frame;
  const name = pad(fit(functionOf(set, shown), nameWidth), nameWidth);
  const place = side === 'both' && old !== null ? `${placeOf(set, old)} → ${positionOf(set, frame)}` : placeOf(set, shown);
  return `${name} ${fitEnd(place, width - nameWidth - 1)}`;
}

function positionOf(set: DumpSet, frame: FrameIndex): string {
  const { line, column } = set.frames.placeOf(frame);
  return visible(`${line ?? '?'}${column === null ? '' : `:${column}`}`);
}
