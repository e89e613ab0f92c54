import { stripVTControlCharacters } from 'node:util';
import { CONFIRM_BYTES, type StackGrammar, type StackReader } from '../../grammars/index.js';
import type { LineNumber } from '../model/index.js';
import { rowsOf, type DumpSink, type Surroundings } from './dump-sink.js';
import { mayOpen } from './glance.js';
import { decode } from './decode.js';
import { Prefix } from './prefix.js';
import type { TextWindow } from './text-window.js';

/** A stack of a grammar with a reader of its own: each line, freed of its prefix, goes to that reader, until it refuses one. */
export class OpenStack {
  readonly #text: TextWindow;
  sink: DumpSink;
  #stack: {
    readonly grammar: StackGrammar;
    readonly reader: StackReader;
    readonly prefix: Prefix | null;
    around: Surroundings;
    /** Its last line so far, and the lines above that which are not its own. */
    last: LineNumber;
    readonly foreign: LineNumber[];
  } | null = null;

  constructor(text: TextWindow, sink: DumpSink) {
    this.#text = text;
    this.sink = sink;
  }

  get isOpen(): boolean {
    return this.#stack !== null;
  }

  open(grammar: StackGrammar, start: number, hit: number, end: number, next: number): boolean {
    if (!grammar.glance.test(decode(this.#text.bytes, hit, Math.min(hit + CONFIRM_BYTES, this.#text.filled)))) return false;
    const line = this.#text.content(start, end);
    const coloured = line.buffer !== this.#text.bytes.buffer;
    const opening = coloured ? Buffer.from(line).indexOf(this.#text.bytes.subarray(hit, Math.min(hit + 4, end))) : hit - start;
    const before = decode(line, 0, Math.max(opening, 0));
    const lead = grammar.lead?.exec(before)?.[0] ?? '';
    // a collector puts one blank before a line; all others are the line's own
    const foreign = before.slice(0, before.length - lead.length);
    const trimmed = foreign.trimEnd();
    const prefix = trimmed === '' ? null : new Prefix(Buffer.from(foreign.slice(0, trimmed.length + 1), 'utf8'));
    const around = { prefix: prefix?.text ?? '', above: this.#text.above(start), record: null };
    const reader = grammar.begin(around.above.map((text) => this.#withoutPrefix(Buffer.from(text, 'utf8'), prefix)));
    const fed = reader.feed(this.#withoutPrefix(line, prefix), this.#text.line);
    if (fed === 'ended') return false;
    this.#stack = { grammar, reader, prefix, around, last: this.#text.line, foreign: fed === 'taken' ? [] : [this.#text.line] };
    this.#text.at = next;
    this.#text.line++;
    if (fed === 'taken') this.#text.floor = next;
    return true;
  }

  #withoutPrefix(line: Uint8Array, prefix: Prefix | null): string {
    const from = prefix?.strip(line, 0, line.length) ?? 0;
    return stripVTControlCharacters(decode(line, Math.max(from, 0), line.length)).trimEnd();
  }

  read(final: boolean): void {
    const stack = this.#stack!;
    const { reader, prefix } = stack;
    while (this.#text.at < this.#text.filled) {
      let end = this.#text.lineEnd(this.#text.at);
      if (end < 0) {
        if (!final) return;
        end = this.#text.filled;
      }
      const line = this.#text.content(this.#text.at, end);
      const fed = reader.feed(this.#withoutPrefix(line, prefix), this.#text.line);
      if (fed === 'ended' || (fed === 'foreign' && mayOpen(this.#text, this.#text.at, end))) {
        this.finish();
        return;
      }
      if (fed === 'taken') stack.last = this.#text.line;
      else if (line.length > 0) stack.foreign.push(this.#text.line);
      this.#text.line++;
      this.#text.at = Math.min(end + 1, this.#text.filled);
      if (fed === 'taken') this.#text.floor = this.#text.at;
    }
  }

  finish(): void {
    const stack = this.#stack;
    if (stack === null) return;
    this.#stack = null;
    const found = stack.reader.finish();
    for (const [i, { dump, line, lines }] of found.entries())
      this.sink.report(stack.grammar, dump, { line, lines }, stack.around, () =>
        rowsOf(line, Math.max(line, (found[i + 1]?.line ?? stack.last + 1) - 1), stack.foreign),
      );
  }
}
