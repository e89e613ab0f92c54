/**
 * Dumps whose line feeds were written as something else, so that the whole of a dump stands on one line: a string that was
 * logged, a cell of a table, a record of rsyslog. As data, tried in this order.
 */
interface Break {
  readonly sign: RegExp;
  /** Signs that a quoted string holds as two. */
  readonly quoted: boolean;
}

const BREAKS: readonly Break[] = [
  { sign: /\\\\r\\\\n|\\\\n/, quoted: true }, // a string in a string
  { sign: /\\r\\n|\\n/, quoted: true },
  { sign: /<br ?\/?>/i, quoted: false },
  { sign: /&#(?:10|x[aA]|13|x[dD]);(?:&#(?:10|x[aA]);)?/, quoted: false },
  { sign: /#012/, quoted: false },
  { sign: /[\u2424\u240a]/, quoted: false }, // ␤ and ␊, as viewers show line feeds
];

/** A longer line is no dump of a process: two hundred threads make 400 KB. */
const LONGEST = 1 << 20;

/**
 * What lines a line may stand for, likeliest first. Whether they are a dump is for the grammars to say.
 *
 * @param line from where the dump begins
 */
export function* splitOneLine(line: string): Generator<readonly string[]> {
  if (line.length > LONGEST) return;
  for (const { sign, quoted } of BREAKS) {
    if (!sign.test(line)) continue;
    const pieces = line.split(sign);
    const last = pieces.length - 1;
    pieces[last] = quoted ? withoutStringEnd(pieces[last]!) : pieces[last]!.replace(CELL_END, '');
    yield quoted ? pieces.map(unquote) : pieces;
  }
}

/** Leaves out the end of the string that the lines stood in, and what follows it: behind a function's name, where no quote belongs to the line. */
function withoutStringEnd(piece: string): string {
  let from = 0;
  for (const { 0: quotes, index } of piece.matchAll(/[\\"'`]+/g)) {
    const after = piece[index + quotes.length];
    const isEnd = !quotes.endsWith('\\') && (after === undefined || /[,;)\]}\s]/.test(after));
    if (isEnd && (from === 0 || piece.slice(from, index).includes(' in '))) return piece.slice(0, index);
    from = index + quotes.length;
  }
  return piece;
}

/** The end of the table's cell, of HTML or Markdown. */
const CELL_END = /(?:<\/[a-zA-Z]| \| ?).*$/s;

function unquote(piece: string): string {
  if (!piece.includes('\\')) return piece;
  return piece
    .replaceAll(/(?<!\\)\\+(["'/])/g, '$1')
    .replaceAll(/(?<!\\)\\+t/g, '\t')
    .replaceAll('\\\\', '\\');
}
