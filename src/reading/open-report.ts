import { CONFIRM_BYTES, type JsonGrammar } from '../../grammars/index.js';
import type { LineNumber } from '../model/index.js';
import type { DumpSink, Surroundings } from './dump-sink.js';
import { JsonCollector } from './json-collector.js';
import { decode } from './decode.js';
import { CR, LF, type TextWindow } from './text-window.js';
import { latin1 } from './unwrap.js';

/** A JSON report: its bytes go to the collector, up to the closing brace. */
export class OpenReport {
  readonly #text: TextWindow;
  sink: DumpSink;
  #report: { collector: JsonCollector; grammar: JsonGrammar; line: LineNumber; around: Surroundings } | null = null;

  constructor(text: TextWindow, sink: DumpSink) {
    this.#text = text;
    this.sink = sink;
  }

  get isOpen(): boolean {
    return this.#report !== null;
  }

  open(grammar: JsonGrammar, start: number, hit: number, final: boolean): 'opened' | 'refused' | 'wait' {
    const bytes = this.#text.bytes;
    let brace = hit - 1;
    if (grammar.within === undefined) while (brace >= 0 && isSpace(bytes[brace]!)) brace--;
    else {
      const from = Math.max(this.#text.floor, hit - CONFIRM_BYTES);
      // one byte a sign, so that places in the text are places in the bytes
      const match = grammar.within.exec(latin1(bytes.subarray(from, hit)));
      brace = match === null ? -1 : from + match.index;
    }
    if (brace < this.#text.floor) return 'refused';
    const later = bytes[brace] === 0x2c;
    const opening = bytes[brace] === 0x7b || later ? '{' : bytes[brace] === 0x5b ? '[' : null;
    const confirm = later ? grammar.confirmLater : grammar.confirm;
    if (opening === null || confirm === undefined) return 'refused';
    if (this.#text.filled - hit < CONFIRM_BYTES && !final) return 'wait';
    if (!confirm.test(decode(bytes, hit, Math.min(hit + CONFIRM_BYTES, this.#text.filled)))) return 'refused';
    let line = this.#text.line;
    for (let i = brace; i < start; i++) if (bytes[i] === LF) line--;
    const lineStart = bytes.lastIndexOf(LF, brace) + 1;
    // before a later member stands the object itself
    const prefix = later ? '' : decode(bytes, Math.max(lineStart, this.#text.floor), brace);
    this.#report = {
      collector: new JsonCollector(opening, grammar.parts),
      grammar,
      line,
      around: { prefix, above: this.#text.above(lineStart), record: null },
    };
    this.#text.line = line;
    this.#text.at = brace + 1;
    return 'opened';
  }

  read(): void {
    const { collector } = this.#report!;
    const { bytes, kernel, at, filled } = this.#text;
    const end = collector.take(bytes, at, filled, kernel);
    const to = end < 0 ? filled : end;
    if (kernel !== null) this.#text.line += kernel.count(bytes.byteOffset + at, bytes.byteOffset + to, LF);
    else for (let feed = bytes.indexOf(LF, at); feed >= 0 && feed < to; feed = bytes.indexOf(LF, feed + 1)) this.#text.line++;
    this.#text.at = to;
    if (end < 0) return;
    this.#text.floor = end;
    this.close(true);
  }

  close(ended: boolean): void {
    const { collector, grammar, line, around } = this.#report!;
    this.#report = null;
    const json = collector.finish(ended);
    const read = json === undefined ? null : grammar.read(json.value, json.complete);
    if (read === null || json === undefined) return;
    if (json.overlong)
      this.sink.warn({ line, code: 'overlong-report', message: 'the report is longer than 64 MiB: only its beginning was read' });
    const lines = this.#text.line - line + 1;
    for (const [i, dump] of ('threads' in read ? [read] : read).entries())
      this.sink.report(grammar, dump, { line, lines: i === 0 ? lines : 0 }, around, () => [[line, line + lines - 1]]);
  }

  finish(): void {
    if (this.#report) this.close(false);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === CR || byte === 0x09;
}
