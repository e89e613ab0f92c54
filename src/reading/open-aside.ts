import type { AsideGrammar } from '../../grammars/index.js';
import type { LineNumber } from '../model/index.js';
import type { DumpSink } from './dump-sink.js';
import { decode } from './decode.js';
import type { Meanings } from './meanings.js';
import { prefixOf, type Prefix } from './prefix.js';
import { trimEnd, type TextWindow } from './text-window.js';

const MOST_ASIDE_TEXT = 400;

/** Lines that look like a dump and are none, up to their end. */
export class OpenAside {
  readonly #text: TextWindow;
  readonly #meanings: Meanings;
  sink: DumpSink;
  #aside: { readonly grammar: AsideGrammar; readonly prefix: Prefix | null; readonly line: LineNumber; lines: number } | null = null;

  constructor(text: TextWindow, meanings: Meanings, sink: DumpSink) {
    this.#text = text;
    this.#meanings = meanings;
    this.sink = sink;
  }

  get isOpen(): boolean {
    return this.#aside !== null;
  }

  open(grammar: AsideGrammar, start: number, hit: number, end: number): boolean {
    const first = this.#text.content(start, end);
    const before = first.buffer === this.#text.bytes.buffer ? this.#text.bytes.subarray(start, hit) : first.subarray(0, 0);
    this.#aside = { grammar, prefix: prefixOf(before), line: this.#text.line, lines: 1 };
    return true;
  }

  read(final: boolean): void {
    const aside = this.#aside!;
    const cache = this.#meanings.asidesOf(aside.grammar);
    while (this.#text.at < this.#text.filled) {
      let end = this.#text.lineEnd(this.#text.at);
      if (end < 0) {
        if (!final) return;
        end = this.#text.filled;
      }
      const plain = this.#text.plain(this.#text.at, end);
      const bytes = plain ?? this.#text.bytes;
      const [start, to] = plain === null ? [this.#text.at, trimEnd(bytes, this.#text.at, end)] : [0, plain.length];
      const stripped = aside.prefix === null ? start : aside.prefix.strip(bytes, start, to);
      const from = Math.max(stripped, start);
      const what =
        plain === null ? cache.get(bytes, this.#text.view, from, to) : this.#meanings.ofAside(aside.grammar, bytes.subarray(from, to));
      if (what !== 'outside') {
        aside.lines++;
        this.#text.line++;
        this.#text.at = Math.min(end + 1, this.#text.filled);
      }
      if (what === 'inside') continue;
      this.#close(what === 'last' ? decode(bytes, from, to) : '');
      return;
    }
  }

  #close(text: string): void {
    if (this.#aside === null) return;
    const { grammar, line, lines } = this.#aside;
    this.#aside = null;
    // a head alone is a sentence about tracebacks
    if (lines > 1) this.sink.aside(grammar, { line, lines }, text.slice(0, MOST_ASIDE_TEXT));
  }

  finish(): void {
    this.#close('');
  }
}
