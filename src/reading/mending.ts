/**
 * What pages and log viewers do to the text of a line, undone. As data: when it can be told that it was done, and how it is
 * undone. A line is mended only when the grammar then understands it, so a name that holds `&lt;` by itself stays.
 */
interface Mending {
  readonly done: RegExp;
  readonly undo: (line: string) => string;
}

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&', apos: "'", nbsp: ' ' };
const ENTITY = /&(?:(quot|lt|gt|amp|apos|nbsp)|#(\d{1,5})|#x([0-9a-fA-F]{1,4}));/g;

const MENDINGS: readonly Mending[] = [
  // HTML: a dump in a web page's source, a mail or an issue export
  {
    done: /&(?:quot|lt|gt|amp|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});/,
    undo: (line) =>
      line.replaceAll(ENTITY, (_, name: string | undefined, decimal: string | undefined, hex: string | undefined) =>
        name !== undefined ? ENTITIES[name]! : String.fromCharCode(decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16)),
      ),
  },
  // quotes with a backslash: a line of a string that was logged in pieces
  { done: /\\"/, undo: (line) => line.replaceAll('\\"', '"').replaceAll('\\\\', '\\') },
];

/** Of nearly all lines. */
const NONE: readonly string[] = [];

/** The line as it may have been before, one text for each mending that applies. */
export function mendings(line: string): readonly string[] {
  if (!line.includes('&') && !line.includes('\\"')) return NONE;
  return MENDINGS.flatMap(({ done, undo }) => (done.test(line) ? [undo(line)] : []));
}
