import type { Bytes, LineNumber } from '../model/index.js';

const LF = 0x0a;

/** A stretch of an input that is kept, by offsets and lines of the whole input. It grows at its end and is dropped from its beginning. */
export class HeldText {
  #memory = Buffer.alloc(1 << 13);
  /** Kept are the bytes [#begin, #end) of the memory; the first of them is that at `#from` of the input. */
  #begin = 0;
  #end = 0;
  #from: Bytes = 0;
  /** A line whose beginning is known. Searches go on from it, so that lines asked for in order are found in one pass. */
  #known: { readonly line: LineNumber; readonly at: Bytes } = { line: 1, at: 0 };

  get from(): Bytes {
    return this.#from;
  }

  get to(): Bytes {
    return this.#from + this.length;
  }

  get length(): Bytes {
    return this.#end - this.#begin;
  }

  /** Adds a block and keeps nothing of what stands before `from`. */
  add(block: Uint8Array, from: Bytes = this.#from): void {
    const at = this.to;
    if (from >= at) {
      this.#begin = 0;
      this.#end = 0;
      this.#from = from;
      this.#append(block.subarray(from - at));
    } else {
      this.#append(block);
      this.dropTo(from);
    }
  }

  dropTo(from: Bytes): void {
    if (from <= this.#from) return;
    if (this.#known.at < from) {
      const until = this.#place(from);
      let { line } = this.#known;
      for (let at = this.#memory.indexOf(LF, this.#place(this.#known.at)); at >= 0 && at < until; at = this.#memory.indexOf(LF, at + 1))
        line++;
      this.#known = { line, at: from };
    }
    this.#begin = Math.min(this.#begin + from - this.#from, this.#end);
    this.#from = from;
  }

  /** Tells where a line begins: lines are counted from there, so it must be within what is kept. */
  know(line: LineNumber, at: Bytes): void {
    this.#known = { line, at };
  }

  /** The text, until the next one is added. */
  bytes(from: Bytes = this.#from, to: Bytes = this.to): Uint8Array {
    return this.#memory.subarray(this.#place(from), this.#place(to));
  }

  /** Where a line begins; the beginning or end of what is kept when it begins before or after that. */
  startOf(line: LineNumber): Bytes {
    const text = this.#memory.subarray(0, this.#end);
    let number = this.#known.line;
    let at = this.#place(this.#known.at);
    for (; number < line; number++) {
      const end = text.indexOf(LF, at);
      if (end < 0) return this.to;
      at = end + 1;
    }
    for (; number > line; number--) {
      const end = at - this.#begin < 2 ? -1 : text.lastIndexOf(LF, at - 2);
      if (end < this.#begin) return this.#from;
      at = end + 1;
    }
    this.#known = { line: number, at: this.#from + at - this.#begin };
    return this.#known.at;
  }

  /** The line that the first byte is of. */
  get firstLine(): LineNumber {
    let line = this.#known.line;
    for (let at = this.#place(this.#known.at) - 1; at >= this.#begin; at--) if (this.#memory[at] === LF) line--;
    return line;
  }

  #place(offset: Bytes): number {
    return Math.min(Math.max(this.#begin + offset - this.#from, this.#begin), this.#end);
  }

  #append(block: Uint8Array): void {
    if (this.#end + block.length > this.#memory.length) {
      const kept = this.bytes();
      const needed = kept.length + block.length;
      const memory = needed > this.#memory.length ? Buffer.alloc(Math.max(needed, 2 * this.#memory.length)) : this.#memory;
      memory.set(kept);
      this.#memory = memory;
      this.#begin = 0;
      this.#end = kept.length;
    }
    this.#memory.set(block, this.#end);
    this.#end += block.length;
  }
}
