import fs from 'node:fs';
import process from 'node:process';
import type { Bytes, EpochMilliseconds, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { InputError, openingError, reasonOf, systemCode } from './errors.js';
import { placeOf } from './odd-names.js';

/** 64 KiB to 1 MiB cost the same (performance.md, section 3); 256 KiB is what zlib is given too. */
export const BLOCK_BYTES: Bytes = 1 << 20;

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-';

const STANDARD_INPUT_FD = 0;

/** What is read of a file that has no size and still content: such files of /proc may have a petabyte of zeros, and no dump is there. */
const MOST_UNSIZED: Bytes = 64 << 20;

/** Never waits for the writer of a FIFO that took the file's place after it was looked at. Windows has neither flag: `undefined` counts as 0. */
export const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

export interface ReadBlocksOptions {
  /** Size of a block. Default {@link BLOCK_BYTES}; of a pipe a block is what the pipe gives, 64 KiB at most. */
  readonly blockBytes?: Bytes;
  /** Where the next block of a file is to be put, so that nobody need copy it. Null: in memory of its own. */
  readonly memory?: () => Uint8Array | null;
  /** Ends reading as if the input ended there; also wakes a wait for standard input. */
  readonly signal?: AbortSignal;
  /** Called once, when the input is open. */
  readonly onOpen?: (opened: Opened) => void;
}

/** What is known of an input before it is read. */
export interface Opened {
  /** As it is on disk; null for a pipe. */
  readonly size: Bytes | null;
  /** The disk keeps less than its size: it has holes, as a file of a petabyte may be nothing but a hole. */
  readonly sparse: boolean;
  /** Last change of the file; null for standard input. */
  readonly modified: EpochMilliseconds | null;
}

/** What is known when the last block was read. */
export interface ReadEnd {
  readonly bytes: Bytes;
  readonly warnings: readonly Warning[];
}

/**
 * The bytes of a regular file, or of standard input for `-`, block by block.
 *
 * A file that is being written is read up to the size it had when it was opened, so that reading ends
 * also when the writer is faster.
 *
 * @returns warnings `read-failed` (the disk or the network failed in the middle), `file-shrank`
 *   (somebody cut the file meanwhile), `standard-input-twice`.
 * @throws InputError when nothing can be read: `not-found`, `not-readable`, `not-a-regular-file`
 *   (directories, FIFOs, sockets and devices are never opened).
 */
export async function* readBlocks(path: string, options: ReadBlocksOptions = {}): AsyncGenerator<Block, ReadEnd> {
  if (path !== STANDARD_INPUT) return yield* readFileBlocks(path, options);
  const stats = statStandardInput();
  if (stats?.isDirectory()) throw new InputError('not-a-regular-file', path, 'standard input is a directory');
  // `< file`: as fast as a file. A pipe or terminal is read by the event loop.
  return stats?.isFile() ? yield* readDescriptor(STANDARD_INPUT_FD, path, stats, options) : yield* readStandardInput(options);
}

async function* readFileBlocks(path: string, options: ReadBlocksOptions): AsyncGenerator<Block, ReadEnd> {
  let fd: number;
  try {
    const place = placeOf(path);
    refuseUnlessRegular(path, fs.statSync(place));
    fd = fs.openSync(place, OPEN_FLAGS);
  } catch (error) {
    throw error instanceof InputError ? error : openingError(path, error);
  }
  try {
    // Looked at again: between the two somebody may have put a FIFO in its place.
    const stats = fs.fstatSync(fd);
    refuseUnlessRegular(path, stats);
    return yield* readDescriptor(fd, path, stats, options);
  } finally {
    fs.closeSync(fd);
  }
}

function refuseUnlessRegular(path: string, stats: fs.Stats): void {
  if (stats.isFile()) return;
  const [kind, hint] = stats.isDirectory()
    ? ['a directory', null]
    : stats.isFIFO()
      ? ['a FIFO or pipe', `Reading it could wait for ever; redirect it instead: standstill - < ${path}`]
      : stats.isSocket()
        ? ['a socket', null]
        : ['a device', null];
  throw new InputError('not-a-regular-file', path, `${path}: is ${kind}, not a regular file`, hint);
}

/** When a file was changed last, in whole milliseconds as all times are: file systems count in nanoseconds. */
export function modifiedOf(stats: fs.Stats): EpochMilliseconds {
  return Math.trunc(stats.mtimeMs);
}

async function* readDescriptor(fd: number, path: string, stats: fs.Stats, options: ReadBlocksOptions): AsyncGenerator<Block, ReadEnd> {
  options.onOpen?.({ size: stats.size, sparse: isSparse(stats), modified: path === STANDARD_INPUT ? null : modifiedOf(stats) });
  // a page more than the file: that it has ended is seen by the same read
  const own = new Uint8Array(options.blockBytes ?? Math.min(BLOCK_BYTES, stats.size === 0 ? BLOCK_BYTES : stats.size + 4096));
  const warnings: Warning[] = [];
  const turns = new Turns();
  let bytes: Bytes = 0;
  // Files of /proc say 0 and have content. Standard input may stand in the middle of its file and end sooner.
  let limit = stats.size || Infinity;
  while (bytes < limit && options.signal?.aborted !== true) {
    if (turns.due) await turns.take();
    let count: number;
    const memory = options.memory?.() ?? own;
    try {
      count = fs.readSync(fd, memory, 0, Math.min(memory.length, limit - bytes), null);
    } catch (error) {
      if (bytes === 0) throw openingError(path, error);
      warnings.push({ line: null, code: 'read-failed', message: `reading failed after ${bytes} bytes: ${reasonOf(error)}` });
      break;
    }
    if (count === 0) break;
    bytes += count;
    // It was empty when it was opened and is being written now.
    if (limit === Infinity) limit = sizeNow(fd) || MOST_UNSIZED;
    yield memory.subarray(0, count);
  }
  if (bytes === MOST_UNSIZED && limit === MOST_UNSIZED) {
    warnings.push({ line: null, code: 'input-limit', message: 'it says that it is empty and does not end: its first 64 MiB were read' });
  }
  if (bytes < limit && limit !== Infinity && sizeNow(fd) < stats.size) {
    warnings.push({
      line: null,
      code: 'file-shrank',
      message: `the file was cut from ${stats.size} to ${sizeNow(fd)} bytes while it was read`,
    });
  }
  return { bytes, warnings };
}

/** A block of `stat` is 512 bytes on every system that counts them; Windows has none. */
function isSparse({ size, blocks }: fs.Stats): boolean {
  return process.platform !== 'win32' && blocks * 512 < size;
}

function sizeNow(fd: number): Bytes {
  try {
    return fs.fstatSync(fd).size;
  } catch {
    return 0;
  }
}

function statStandardInput(): fs.Stats | null {
  try {
    return fs.fstatSync(STANDARD_INPUT_FD);
  } catch {
    return null;
  }
}

let standardInputTaken = false;

/**
 * Standard input that is no file. `process.stdin` and not `fs.createReadStream` on descriptor 0: that waits in a
 * thread, and `process.exit` in a Ctrl-C handler then waits for the thread until the pipe's writer ends (seen on Node 20).
 */
async function* readStandardInput(options: ReadBlocksOptions): AsyncGenerator<Block, ReadEnd> {
  const warnings: Warning[] = [];
  let bytes: Bytes = 0;
  if (standardInputTaken) {
    warnings.push({ line: null, code: 'standard-input-twice', message: 'standard input was read before and has nothing left' });
    return { bytes, warnings };
  }
  standardInputTaken = true;
  options.onOpen?.({ size: null, sparse: false, modified: null });
  const turns = new Turns();
  // Not by a race of each chunk with a promise for the signal: that promise would keep all chunks.
  const stop = (): void => {
    process.stdin.destroy();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    if (options.signal?.aborted !== true) {
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
        if (turns.due) await turns.take();
      }
    }
  } catch (error) {
    if (!wasAborted(options.signal)) {
      if (bytes === 0 && systemCode(error) !== 'EOF') throw openingError(STANDARD_INPUT, error);
      warnings.push({ line: null, code: 'read-failed', message: `reading failed after ${bytes} bytes: ${reasonOf(error)}` });
    }
  } finally {
    options.signal?.removeEventListener('abort', stop);
    // Lets the process end although the pipe is open.
    process.stdin.destroy();
  }
  return { bytes, warnings };
}

function wasAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
