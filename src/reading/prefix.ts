import type { Bytes } from '../model/index.js';

/**
 * What a log collector (or a person: `> `, `# `, indentation) puts before every line of a dump.
 *
 * It is learnt from the dump's first line: all that stands before the opening. A following line has the same prefix when
 * it agrees byte by byte, digits standing for any digit (time stamps and counters move); runs of digits may also change
 * their length, with the blanks before them. A line without it is read as it is: what stood before the opening was then unfinished output of the program
 * (`tests/test_x.py .Timeout (0:00:01)!`), which simply never comes again.
 */
export class Prefix {
  /** The text that was learnt from. */
  readonly text: string;
  /** Per byte: the byte itself, or {@link ANY_DIGIT}. */
  readonly #template: Uint16Array;
  /** Offsets of the bytes that are no digits. */
  readonly #fixed: Uint32Array;
  /** Length without the blanks at its end: collectors and editors drop those of empty lines. */
  readonly #trimmed: number;
  readonly #loose: RegExp;

  /** The prefix that a text shows. The next dump of a log has the same one but for its digits, and need not learn it again. */
  static of(bytes: Uint8Array): Prefix {
    const before = Prefix.#latest;
    if (before !== null && before.#template.length === bytes.length && before.strip(bytes, 0, bytes.length) === bytes.length)
      return new Prefix(bytes, before);
    return (Prefix.#latest = new Prefix(bytes));
  }
  static #latest: Prefix | null = null;

  constructor(bytes: Uint8Array, alike: Prefix | null = null) {
    this.text = Buffer.from(bytes).toString('latin1');
    if (alike !== null) {
      this.#template = alike.#template;
      this.#fixed = alike.#fixed;
      this.#trimmed = alike.#trimmed;
      this.#loose = alike.#loose;
      return;
    }
    this.#template = Uint16Array.from(bytes, (byte) => (isDigit(byte) ? ANY_DIGIT : byte));
    this.#fixed = Uint32Array.from([...bytes.keys()].filter((at) => !isDigit(bytes[at]!)));
    this.#trimmed = this.text.trimEnd().length;
    const loose = this.text
      .trimEnd()
      .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll(/\d+/g, String.raw`\d+(?!\d)`)
      // numbers that are aligned to the right: "   9  text", "  10  text"
      .replaceAll(/(?<! ) +(?=\\d)/g, ' *');
    const blanks = this.text.length - this.#trimmed;
    this.#loose = new RegExp(`${loose}(?: {${blanks}}|\\s*$)`, 'y');
  }

  /** Per byte: itself, or more than 255 where any digit may stand. */
  get template(): Uint16Array {
    return this.#template;
  }

  get width(): number {
    return this.#template.length;
  }

  /**
   * Offset of what follows the prefix in a line that begins at `from`, when it has the prefix but for its digits, which are
   * not looked at; else -1. For lines whose content is then found to be the expected one.
   */
  stripAtOnce(bytes: Uint8Array, from: number, end: number): number {
    const fixed = this.#fixed;
    const template = this.#template;
    if (from + template.length > end) return -1;
    for (let i = 0; i < fixed.length; i++) {
      const at = fixed[i]!;
      if (bytes[from + at] !== template[at]) return -1;
    }
    return from + template.length;
  }

  /** Offset of what follows the prefix in the line `bytes[from, to)`, or -1 when the line does not have it. */
  strip(bytes: Uint8Array, from: number, to: number): number {
    const template = this.#template;
    const length = template.length;
    let i = 0;
    for (const most = Math.min(length, to - from); i < most; i++) {
      const byte = bytes[from + i]!;
      const should = template[i]!;
      if (byte !== should && !(should === ANY_DIGIT && isDigit(byte))) break;
    }
    if (i === length) return from + length;
    if (from + i === to && i >= this.#trimmed) return to;
    return this.#stripLoosely(bytes, from, to);
  }

  #stripLoosely(bytes: Uint8Array, from: number, to: number): number {
    const most = Math.min(to, from + this.#template.length + DIGITS_MORE);
    const start = Buffer.from(bytes.buffer, bytes.byteOffset + from, most - from).toString('latin1');
    this.#loose.lastIndex = 0;
    return this.#loose.test(start) ? from + this.#loose.lastIndex : -1;
  }
}

const ANY_DIGIT = 0x100;
/** How much longer a prefix may get by longer numbers. */
const DIGITS_MORE = 16;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** A longer text before an opening is unfinished output (a progress bar, dots of a test run) and no collector's. */
const LONGEST_PREFIX: Bytes = 1024;

/** What stands before an opening, as a prefix to be taken off; none when it is blank, or too long to come again. */
export function prefixOf(before: Uint8Array): Prefix | null {
  if (before.length === 0 || before.length > LONGEST_PREFIX) return null;
  return /[^\0\s]/.test(Buffer.from(before).toString('latin1')) ? Prefix.of(before) : null;
}
