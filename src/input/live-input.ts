import fs from 'node:fs';
import net from 'node:net';
import type { Bytes } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { BLOCK_BYTES } from './bytes.js';
import { openingError, systemCode } from './errors.js';

/** What came: a block, the end of the input, nothing for as long as was to be waited, or a {@link LiveInput.wake}. */
export type Arrival = Block | 'end' | 'silence' | 'woken';

/** Standard input as it comes, of a program that is still writing it. Nothing is read before it is asked for. */
export interface LiveInput {
  /**
   * The next block, valid until the next call.
   *
   * @param patience milliseconds after which `silence` is answered; null: waits for ever
   * @throws InputError `not-readable`
   */
  next(patience: number | null): Promise<Arrival>;
  /** A program writes it, which Ctrl-C told to end as well and may have some last words. */
  readonly written: boolean;
  /** Makes the call of {@link next} that waits, or the next one, answer `woken`. */
  wake(): void;
  /** Gives the input up: whoever writes it learns that nobody reads it any more. */
  close(): void;
}

export function openLiveInput(): LiveInput {
  return fs.fstatSync(0).isFile() ? new FileInput() : new StreamInput();
}

type Stream = NodeJS.ReadableStream & { destroy(): void };

/** A pipe, FIFO or socket, read into one piece of memory: a stream of Node's makes a new one for each block. */
class StreamInput implements LiveInput {
  readonly written = true;
  readonly #stream: Stream;
  readonly #memory = new Uint8Array(BLOCK_BYTES);
  #arrived: Block | 'end' | Error | null = null;
  #woken = false;
  /** Ends the wait of {@link next}. */
  #tell: (() => void) | null = null;

  constructor() {
    this.#stream = this.#open();
    this.#stream.pause();
    for (const end of ['end', 'close']) this.#stream.on(end, () => this.#arrive('end'));
    this.#stream.on('error', (error: Error) => this.#arrive(systemCode(error) === 'EOF' ? 'end' : error));
  }

  async next(patience: number | null): Promise<Arrival> {
    if (this.#arrived === null && !this.#woken) await this.#wait(patience);
    if (this.#woken) {
      this.#woken = false;
      return 'woken';
    }
    const arrived = this.#arrived;
    if (arrived === null) return 'silence';
    if (arrived === 'end') return 'end';
    this.#arrived = null;
    if (arrived instanceof Error) throw openingError('-', arrived);
    return arrived;
  }

  wake(): void {
    this.#woken = true;
    this.#tell?.();
  }

  close(): void {
    this.#stream.destroy();
  }

  #wait(patience: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = patience === null ? undefined : setTimeout(resolve, patience);
      this.#tell = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#stream.resume();
    });
  }

  #arrive(what: Block | 'end' | Error): void {
    // an end is told twice, and after an error
    if (what !== 'end' || this.#arrived === null) this.#arrived = what;
    this.#tell?.();
  }

  #open(): Stream {
    const onread = {
      buffer: this.#memory,
      callback: (length: Bytes): boolean => {
        this.#arrive(this.#memory.subarray(0, length));
        return false; // no more until it is asked for
      },
    };
    try {
      // the constructor takes `onread` as `connect` does (documented since Node 20.?; the types lack it)
      return new net.Socket({ fd: 0, readable: true, writable: false, onread } as net.SocketConstructorOpts);
    } catch {
      // neither pipe nor socket: a terminal, /dev/null
      process.stdin.on('data', (block: Buffer) => {
        process.stdin.pause();
        this.#arrive(new Uint8Array(block.buffer, block.byteOffset, block.length));
      });
      return process.stdin;
    }
  }
}

const FILE_BLOCK: Bytes = BLOCK_BYTES / 4;

/** `< file`. */
class FileInput implements LiveInput {
  readonly written = false;
  readonly #memory = new Uint8Array(FILE_BLOCK);
  #woken = false;
  readonly #turns = new Turns();

  async next(): Promise<Arrival> {
    if (this.#turns.due) await this.#turns.take();
    if (this.#woken) {
      this.#woken = false;
      return 'woken';
    }
    try {
      const length = fs.readSync(0, this.#memory, 0, this.#memory.length, null);
      return length === 0 ? 'end' : this.#memory.subarray(0, length);
    } catch (error) {
      throw openingError('-', error);
    }
  }

  wake(): void {
    this.#woken = true;
  }

  close(): void {
    // nobody writes it
  }
}
