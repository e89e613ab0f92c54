import { eastAsianWidth } from 'get-east-asian-width';
import { CI_COMMAND, UNSEEN } from '../model/index.js';

/** What the reader's screen can do. */
export interface Screen {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
}

/** Width of what is no terminal (pipes, files), and of terminals that do not tell. */
const DEFAULT_WIDTH = 80;
/** Narrower terminals get lines of this length. */
const LEAST_WIDTH = 60;
/** Longer lines are hard to follow with the eye. */
const MOST_WIDTH = 140;

export type ColourChoice = 'auto' | 'always' | 'never';

/** The screen behind a stream: `--color` first, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
export function screenOf(
  stream: { isTTY?: boolean | undefined; columns?: number | undefined },
  choice: ColourChoice,
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const terminal = stream.isTTY === true;
  const force = env['FORCE_COLOR'];
  const colour =
    choice !== 'auto'
      ? choice === 'always'
      : (env['NO_COLOR'] ?? '') !== ''
        ? false
        : force !== undefined
          ? force !== '0' && force !== 'false'
          : terminal && env['TERM'] !== 'dumb';
  // some pseudo-terminals say 0
  const columns = terminal && stream.columns ? stream.columns : DEFAULT_WIDTH;
  return { colour, width: Math.min(Math.max(columns, LEAST_WIDTH), MOST_WIDTH) };
}

const STYLES = {
  strong: [1, 22],
  dim: [2, 22],
  alarm: [31, 39],
  warning: [33, 39],
  title: [36, 39],
  removed: [31, 39],
  added: [32, 39],
} as const;
export type Style = keyof typeof STYLES;

/** Text in a style, or as it is where there is no colour. */
export function paint(screen: Screen, style: Style, text: string): string {
  if (!screen.colour || text === '') return text;
  const [on, off] = STYLES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/**
 * Text of a dump as it may be shown: control characters (terminal commands), bidirectional marks, signs that nobody sees and lone surrogates
 * become `\x1b`-like escapes, so that no dump acts on the reader's terminal or reorders what they read. So does the first sign of
 * what a CI service takes for a command where it stands in a log: `::error::` first on a line, `##vso[`, `##[`, `##teamcity[`.
 */
export function visible(text: string): string {
  return text.replaceAll(ACTING, (sign) => {
    const code = sign.codePointAt(0)!;
    if (code > 0xffff) return `\\u{${code.toString(16)}}`;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const ACTING = new RegExp(
  String.raw`[\x00-\x1f]|${UNSEEN}|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|${CI_COMMAND}|:(?=:)(?<=^\s*:)`,
  'g',
);

/** Text of which every UTF-16 unit takes one column. */
const PLAIN = /^[\x20-\x7e\xa1-\u02ff\u2010-\u2027\u2190-\u21ff]*$/;

/** Columns that a text takes on a terminal: ideographs and most pictures two, marks on the letter before none. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const sign of text) sum += widthOf(sign);
  return sum;
}

function widthOf(sign: string): number {
  return /^\p{M}$/u.test(sign) ? 0 : eastAsianWidth(sign.codePointAt(0)!);
}

/** Text of at most `width` columns, cut at its end. */
export function fit(text: string, width: number): string {
  if (columns(text) <= width) return text;
  const room = Math.max(0, width - 1);
  if (PLAIN.test(text)) return `${text.slice(0, room)}…`;
  let [kept, used] = ['', 0];
  for (const sign of text) {
    used += widthOf(sign);
    if (used > room) break;
    kept += sign;
  }
  return `${kept}…`;
}

/** Text of at most `width` columns, cut at its beginning: of a path the end tells most. */
export function fitEnd(text: string, width: number): string {
  if (columns(text) <= width) return text;
  const room = Math.max(0, width - 1);
  if (PLAIN.test(text)) return `…${text.slice(text.length - room)}`;
  let [kept, used] = ['', 0];
  for (const sign of Array.from(text).reverse()) {
    used += widthOf(sign);
    if (used > room) break;
    kept = sign + kept;
  }
  return `…${kept}`;
}

/** Text filled with blanks to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** `1 thread`, `2 threads`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A sentence as lines of at most `width` columns, broken at blanks; lines after the first are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = indent + word;
    } else line += (line === '' ? '' : ' ') + word;
  }
  return [...lines, line].map((full) => fit(full, width));
}
