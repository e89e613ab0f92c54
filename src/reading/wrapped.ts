import type { LineToken } from '../../grammars/index.js';

/** Pieces that a console breaks a line into: paths of a few hundred characters at 60 columns. */
const MOST_PIECES = 8;
const NAME = /^[\w<>.$]+$/;
/** Narrower than any console; a shorter line was not broken by one. */
const LEAST_WIDTH = 40;

export interface Joined {
  readonly text: string;
  /** Lines after the first that belong to it. */
  readonly more: number;
}

/**
 * A line that a console (or a copy out of one) broke at its width, put together again: only when the pieces give a line of
 * the format, and none of them is one alone.
 *
 * @param line the line, and its meaning alone
 * @param width the width at which a line of this dump was broken before; null: none was yet
 * @param lineAfter the n-th line after it; null: there is none
 * @returns null when it was not broken, as far as can be told
 */
export function joinWrapped(
  line: { readonly text: string; readonly token: LineToken },
  width: number | null,
  lineAfter: (n: number) => string | null,
  tokenOf: (text: string) => LineToken,
): Joined | null {
  if (line.text.length < LEAST_WIDTH) return null;
  if (line.token.is === 'frame') {
    // a function's name, or the rest of a long one, which is known by the width alone
    const nameless = line.token.frame.function === '';
    const rest = nameless || line.text.length === width ? lineAfter(1) : null;
    if (rest === null || !NAME.test(rest) || tokenOf(rest).is !== 'other') return null;
    return { text: nameless ? `${line.text.trimEnd()} ${rest}` : line.text + rest, more: 1 };
  }
  if (line.token.is !== 'other') return null;
  let text = line.text;
  for (let more = 1; more < MOST_PIECES; more++) {
    const piece = lineAfter(more);
    if (piece === null || tokenOf(piece).is !== 'other') return null;
    // a blank at the end of a line is lost in copies
    for (const joined of [text + piece, `${text} ${piece}`]) {
      const token = tokenOf(joined);
      if (token.is === 'thread') return { text: joined, more };
      if (token.is !== 'frame' || token.frame.function === '') continue;
      // a piece as wide as the first one goes on where a name follows
      const rest = piece.length === line.text.length ? lineAfter(more + 1) : null;
      const goesOn = rest !== null && NAME.test(rest) && tokenOf(rest).is === 'other';
      return goesOn ? { text: joined + rest, more: more + 1 } : { text: joined, more };
    }
    text += piece;
  }
  return null;
}
