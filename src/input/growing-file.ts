import fs from 'node:fs';
import type { Bytes, EpochMilliseconds } from '../model/index.js';
import type { Block } from './blocks.js';
import { BLOCK_BYTES, modifiedOf, OPEN_FLAGS } from './bytes.js';
import { InputError } from './errors.js';
import { openText } from './text-blocks.js';

/** Who is told what a file holds. */
export interface GrowthReader {
  /** All that was told before holds no more: it is another file now, was shortened, or is packed and was read once more. */
  anew(): void;
  /** The block may be used again afterwards. */
  more(block: Block): void;
}

/** What a look found: nothing new, something new, no such file (any more), or no text in it. */
export type Growth = 'same' | 'grown' | 'gone' | 'no-text';

/**
 * A file that is written while it is read: each look tells what came since the last one. Only regular files are opened. A file that
 * is replaced (log rotation) or shortened is read from its beginning.
 */
export class GrowingFile {
  readonly path: string;
  /** Last change, as of the last look. */
  modified: EpochMilliseconds | null = null;
  readonly #named: boolean;
  #identity = '';
  #size: Bytes = 0;
  /** Up to where it was read; null where its bytes are not its text. */
  #at: Bytes | null = 0;
  #changed: EpochMilliseconds = 0;

  /** @param named the user gave it: then it is read also where it does not look like text */
  constructor(path: string, named: boolean) {
    this.path = path;
    this.#named = named;
  }

  /** Its reader is given up: should it grow, it is read from its beginning. */
  forget(): void {
    this.#at = null;
  }

  async look(reader: GrowthReader): Promise<Growth> {
    const stat = fs.statSync(this.path, { throwIfNoEntry: false, bigint: false });
    if (stat === undefined || !stat.isFile()) return 'gone';
    const identity = `${stat.dev}:${stat.ino}`;
    this.modified = modifiedOf(stat);
    const other = identity !== this.#identity || stat.size < this.#size;
    if (!other && stat.size === this.#size && stat.mtimeMs === this.#changed) return 'same';
    this.#identity = identity;
    this.#changed = stat.mtimeMs;
    if (other || this.#at === null) return this.#whole(reader, stat.size);
    const from = this.#at;
    this.#at = await this.#rest(reader, from);
    this.#size = this.#at;
    return this.#at > from ? 'grown' : 'same';
  }

  async #whole(reader: GrowthReader, size: Bytes): Promise<Growth> {
    reader.anew();
    this.#size = size;
    const blocks = openText(this.path, { skipBinary: !this.#named });
    try {
      for (let step = await blocks.next(); ; step = await blocks.next()) {
        if (step.done !== true) {
          reader.more(step.value);
          continue;
        }
        const { bytes, bytesRead, encoding, skipped } = step.value;
        this.#at = bytes === bytesRead && encoding === 'utf-8' && !skipped ? bytesRead : null;
        this.#size = Math.max(size, bytesRead);
        return skipped ? 'no-text' : 'grown';
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return 'gone';
    }
  }

  async #rest(reader: GrowthReader, from: Bytes): Promise<Bytes> {
    const memory = new Uint8Array(BLOCK_BYTES);
    let at = from;
    let handle: fs.promises.FileHandle | undefined;
    try {
      handle = await fs.promises.open(this.path, OPEN_FLAGS);
      if (!(await handle.stat()).isFile()) return at;
      for (;;) {
        const { bytesRead } = await handle.read(memory, 0, memory.length, at);
        if (bytesRead === 0) return at;
        at += bytesRead;
        reader.more(memory.subarray(0, bytesRead));
      }
    } catch {
      // what could be read counts; the next look tells whether it is gone
      return at;
    } finally {
      await handle?.close();
    }
  }
}
