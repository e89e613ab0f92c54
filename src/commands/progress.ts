import type { Bytes } from '../model/index.js';

/** Reading that takes longer than this shows on a terminal how far it is. */
const PATIENCE_MS = 1000;
const EVERY_MS = 200;

/** One line on standard error that says how much has been read; only on a terminal, gone at the end. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #begun = Date.now();
  #shown = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  at(bytes: Bytes): void {
    if (!this.#stream.isTTY) return;
    const now = Date.now();
    if (now - this.#begun < PATIENCE_MS || now - this.#shown < EVERY_MS) return;
    this.#shown = now;
    this.#stream.write(`\r\x1b[Kreading … ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  }

  end(): void {
    if (this.#shown > 0) this.#stream.write('\r\x1b[K');
  }
}
