import { count, fit, paint, visible, type Screen } from './terminal.js';

/** A process of which dumps were to be taken. */
export interface TakenRow {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: readonly string[];
  readonly dumps: number;
  /** Why there are none, as half a sentence. */
  readonly why: string | null;
}

/** Processes that are shown one by one. */
const MOST_ROWS = 30;
/** Levels of the tree that are indented. */
const MOST_LEVELS = 6;

/** The processes as a tree, and what was had of each. */
export function* takenText(processes: readonly TakenRow[], screen: Screen): Generator<string> {
  const levels = new Map<number, number>();
  const width = Math.max(0, ...processes.map(({ pid }) => String(pid).length));
  const rows = processes.map((row): TakenRow & { level: number } => {
    const level = levels.has(row.parent) ? levels.get(row.parent)! + 1 : 0;
    levels.set(row.pid, level);
    return { ...row, level };
  });
  // what says most first, when not all fit: those with dumps, and those that should have some
  const shown = rows.length <= MOST_ROWS ? rows : rows.filter(({ dumps }) => dumps > 0).slice(0, MOST_ROWS);
  for (const { pid, commandLine, level, dumps, why } of shown) {
    const what = dumps > 0 ? count(dumps, 'dump') : `no dump: ${why ?? 'it ended'}`;
    const indent = '  '.repeat(Math.min(level, MOST_LEVELS));
    const head = `  ${String(pid).padStart(width)}  ${indent}`;
    const room = Math.max(20, screen.width - head.length - what.length - 2);
    const command = commandLine.length === 0 ? '(no command line)' : commandLine.join(' ');
    yield paint(screen, dumps > 0 ? 'strong' : 'dim', head + fit(visible(command), room)) + paint(screen, 'dim', `  ${what}`);
  }
  if (shown.length < rows.length)
    yield paint(screen, 'dim', `  … and ${count(rows.length - shown.length, 'more process', 'more processes')}`);
}
