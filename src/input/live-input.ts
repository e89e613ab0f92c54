import fs from 'node:fs';
import net from 'node:net';
import type { Bytes } from '../model/index.js';
import type { Block } from './blocks.js';
import { BLOCK_BYTES } from './bytes.js';
import { openingError, systemCode } from './errors.js';

/** What came: a block, the end of the input, nothing for as long as was to be waited, or a {@link LiveInput.wake}. */
export type Arrival = Block | 'end' | 'silence' | 'woken';

/** Longest time that is read without a turn of the event loop. */
const TURN_BLOCKS = 16;

/** Standard input as it comes, block by block, of a program that is still writing it. Nothing is read before it is asked for. */
export interface LiveInput {
  /**
   * The next block, valid until the next call.
   *
   * @param patience milliseconds after which `silence` is answered; null: waits for ever
   * @throws InputError `not-readable`
   */
  next(patience: number | null): Promise<Arrival>;
  /** Makes the call of {@link next} that waits, or the next one, answer `woken`. */
  wake(): void;
  /** Gives the input up: whoever writes it is told so by its system. */
  close(): void;
}

export function openLiveInput(): LiveInput {
  return fs.fstatSync(0).isFile() ? new FileInput() : new StreamInput();
}

/** A pipe, FIFO or socket, read into one piece of memory: a stream of Node's makes a new one for each block. */
class StreamInput implements LiveInput {
  readonly #socket: NodeJS.ReadableStream & { destroy(): void };
  readonly #memory = new Uint8Array(BLOCK_BYTES);
  #arrived: Block | 'end' | Error | null = null;
  #woken = false;
  #tell: (() => void) | null = null;

  constructor() {
    this.#socket = this.#open();
    this.#socket.pause();
    this.#socket.on('end', () => this.#arrive('end'));
    this.#socket.on('close', () => this.#arrive('end'));
    this.#socket.on('error', (error: Error) => this.#arrive(systemCode(error) === 'EOF' ? 'end' : error));
  }

  async next(patience: number | null): Promise<Arrival> {
    if (this.#arrived === null && !this.#woken) await this.#waitFor(patience);
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
    this.#socket.destroy();
  }

  #waitFor(patience: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = patience === null ? undefined : setTimeout(done, patience);
      const socket = this.#socket;
      function done(this: void): void {
        clearTimeout(timer);
        resolve();
      }
      this.#tell = done;
      socket.resume();
    });
  }

  #arrive(what: Block | 'end' | Error): void {
    // what came last stays: an end comes once more when the socket is closed
    if (this.#arrived === null || what !== 'end') this.#arrived = what;
    this.#tell?.();
  }

  #open(): NodeJS.ReadableStream & { destroy(): void } {
    const onread = {
      buffer: this.#memory,
      callback: (length: Bytes): boolean => {
        this.#arrive(this.#memory.subarray(0, length));
        return false;
      },
    };
    try {
      // the constructor takes `onread` as `connect` does; its types do not know that
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

/** `< file`. */
class FileInput implements LiveInput {
  readonly #memory = new Uint8Array(BLOCK_BYTES);
  #woken = false;
  #blocks = 0;

  async next(): Promise<Arrival> {
    if (++this.#blocks % TURN_BLOCKS === 0) await new Promise(setImmediate);
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
    // nothing is told of it
  }
}
