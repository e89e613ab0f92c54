import type { PlainFrame } from '../../grammars/index.js';
import type { Bytes, FrameIndex, FrameTable } from '../model/index.js';

/**
 * Reads frames of the form that a grammar says nearly all have, from their bytes to the table's row, and no text is made of them: in
 * a log of which all lines differ each would be asked of the grammar for nothing but its names. The grammar is asked of the first
 * line of the form ({@link known}); where it does not say the same, the form is given up.
 */
export class PlainFrames {
  /** What the grammar said of the form; null: it was not asked yet. */
  known: boolean | null = null;
  readonly #frames: FrameTable;
  readonly #before: Uint8Array;
  readonly #beforeLine: Uint8Array;
  readonly #beforeFunction: Uint8Array;

  constructor(form: PlainFrame, frames: FrameTable) {
    this.#frames = frames;
    [this.#before, this.#beforeLine, this.#beforeFunction] = form.map((text) => Buffer.from(text, 'latin1')) as [Buffer, Buffer, Buffer];
  }

  /** The row of the frame that is the line `bytes[from, to)`; -1 where it is not of the form. `view` is a view on the same bytes. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number): FrameIndex {
    const file = from + this.#before.length;
    if (to - from > LONGEST || !standsAt(this.#before, bytes, from, to)) return -1;
    let at = file;
    while (at < to && SIGNS[bytes[at]!] === 1) at++;
    const fileEnd = at;
    if (fileEnd === file || !standsAt(this.#beforeLine, bytes, at, to)) return -1;
    at += this.#beforeLine.length;
    const digits = at;
    let line = 0;
    for (; at < to && (bytes[at]! ^ ZERO) < 10; at++) line = line * 10 + (bytes[at]! ^ ZERO);
    if (at === digits || at - digits > MOST_DIGITS || !standsAt(this.#beforeFunction, bytes, at, to)) return -1;
    const fn = at + this.#beforeFunction.length;
    for (at = fn; at < to && SIGNS[bytes[at]!] === 1; at++);
    if (at < to || fn === to) return -1;
    const { strings } = this.#frames;
    return this.#frames.internRow(strings.internAscii(bytes, view, fn, to), strings.internAscii(bytes, view, file, fileEnd), line);
  }
}

function standsAt(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (from + text.length > to) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}

/** 1: the sign may stand in the file and the function, see {@link PlainFrame}. */
const SIGNS = Uint8Array.from({ length: 256 }, (_, sign) =>
  sign > 0x20 && sign < 0x7f && !'"&?\\'.includes(String.fromCharCode(sign)) ? 1 : 0,
);

/** Where names are longer, it does not matter how they are read. */
const LONGEST: Bytes = 1024;
const ZERO = 0x30;
const MOST_DIGITS = 9;
