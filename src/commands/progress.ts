import fs from 'node:fs';
import type { Bytes } from '../model/index.js';

/** Reading that takes longer than this shows on a terminal how far it is. */
const PATIENCE_MS = 1000;
const EVERY_MS = 200;

/** One line on standard error that says how much has been read, how fast, and how long it will take; only on a terminal, gone at the end. */
export class Progress {
  readonly #stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  readonly #total: Bytes | null;
  readonly #begun = Date.now();
  #shown = 0;

  /** @param total bytes that are to be read; null: not known */
  constructor(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>, total: Bytes | null = null) {
    this.#stream = stream;
    this.#total = total;
  }

  at(bytes: Bytes): void {
    if (!this.#stream.isTTY) return;
    const now = Date.now();
    if (now - this.#begun < PATIENCE_MS || now - this.#shown < EVERY_MS) return;
    this.#shown = now;
    this.#stream.write(`\r\x1b[K${progressText(bytes, this.#total, (now - this.#begun) / 1000)}`);
  }

  end(): void {
    if (this.#shown > 0) this.#stream.write('\r\x1b[K');
  }
}

/** `reading … 120 of 1024 MiB, 85 MiB/s, 11 s left (Ctrl-C: the answer so far)`. */
export function progressText(bytes: Bytes, total: Bytes | null, seconds: number): string {
  const rate = bytes / seconds;
  const left = total === null || rate === 0 || total < bytes ? null : Math.ceil((total - bytes) / rate);
  const of = total === null || total < bytes ? '' : ` of ${mebibytes(total)}`;
  return `reading … ${mebibytes(bytes)}${of} MiB, ${mebibytes(rate)} MiB/s${left === null ? '' : `, ${left} s left`} (Ctrl-C: the answer so far)`;
}

const mebibytes = (bytes: Bytes): string => (bytes / 2 ** 20).toFixed(0);

/** Bytes of all inputs together; null where a folder, a pipe or packed data does not tell. */
export function totalOf(paths: readonly string[]): Bytes | null {
  let sum = 0;
  for (const file of paths) {
    const stat = file === '-' || /\.(?:gz|zst|xz|bz2)$/i.test(file) ? undefined : fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return null;
    sum += stat.size;
  }
  return sum === 0 ? null : sum;
}
