import type { Bytes, Warning } from '../model/index.js';
import { Turns, type Block } from './blocks.js';
import { Cut, Damage, warningOf } from './damage.js';
import { reasonOf } from './errors.js';

/** The functions of the WebAssembly module (XZ Embedded) inside xz-decompress. */
interface XzExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: Bytes): void;
  get_next_output(context: number): number;
}

/**
 * What xz-decompress 0.2.3 has inside. Its public stream is not enough: it drops what it unpacked before damage, and
 * holds a lock from its start to its end, so that an .xz in an .xz, or one that was given up half read, waits for ever.
 */
interface XzModule {
  readonly XzReadableStream: {
    _moduleInstance?: { readonly exports: XzExports };
    _getModuleInstance(): Promise<void>;
  };
}

/** `enum xz_ret` of XZ Embedded's xz.h. An unknown kind of checksum is only not checked. */
const XZ = {
  OK: 0,
  STREAM_END: 1,
  UNSUPPORTED_CHECK: 2,
  MEM_ERROR: 3,
  MEMLIMIT_ERROR: 4,
  FORMAT_ERROR: 5,
  OPTIONS_ERROR: 6,
  BUF_ERROR: 8,
} as const;

const REASONS: ReadonlyMap<number, string> = new Map([
  [XZ.MEM_ERROR, 'there is not enough memory for its dictionary'],
  [XZ.MEMLIMIT_ERROR, 'it needs too much memory; try: xz -dc FILE | standstill -'],
  [XZ.OPTIONS_ERROR, 'it uses options that are not supported; try: xz -dc FILE | standstill -'],
]);

/** xz, also of several joined streams and with padding or junk after the last. */
export async function* decodeXz(packed: AsyncIterable<Block>, warn: (warning: Warning) => void): AsyncGenerator<Block, void> {
  const turns = new Turns();
  let stream: XzStream | null = null;
  try {
    stream = new XzStream(await loadXz());
    for await (const block of packed) {
      for (let at = 0; at < block.length;) {
        at += stream.supply(block.subarray(at));
        for (let more = true; more;) {
          const { text, result, full } = stream.next();
          if (text.length > 0) yield text;
          if (turns.due) await turns.take();
          // The first stream's mark was seen before: this is junk after a whole stream.
          if (result === XZ.FORMAT_ERROR) return;
          if (result !== XZ.OK && result !== XZ.STREAM_END && result !== XZ.UNSUPPORTED_CHECK && result !== XZ.BUF_ERROR) {
            throw new Damage(REASONS.get(result) ?? 'its contents do not fit its checksums');
          }
          more = full || stream.unused > 0;
          if (more && result === XZ.BUF_ERROR) throw new Damage('it makes no progress');
        }
      }
    }
    // No input stands for the end of it; only then is the end of a stream the end of all.
    stream.supply(new Uint8Array(0));
    if (stream.next().result !== XZ.STREAM_END) throw new Cut();
  } catch (error) {
    warn(warningOf('xz', error));
  } finally {
    stream?.destroy();
  }
}

async function loadXz(): Promise<XzExports> {
  // The package is CommonJS; which of its names can be imported depends on who loads it.
  const loaded: unknown = await import('xz-decompress').catch((error: unknown) => {
    throw new Damage(`the decoder cannot be loaded: ${reasonOf(error)}; try: xz -dc FILE | standstill -`);
  });
  const module = (isXzModule(loaded) ? loaded : (loaded as { default: unknown }).default) as XzModule;
  const stream = module.XzReadableStream;
  if (stream._moduleInstance === undefined) await stream._getModuleInstance();
  if (stream._moduleInstance === undefined) throw new Damage('this version of xz-decompress is not known; try: xz -dc FILE | standstill -');
  return stream._moduleInstance.exports;
}

function isXzModule(loaded: unknown): loaded is XzModule {
  return typeof loaded === 'object' && loaded !== null && 'XzReadableStream' in loaded;
}

/**
 * An .xz file being unpacked. The context in the module's memory, as 32-bit words:
 *
 *     | buffer size | input address | input position | input size | output address | output position | …
 */
class XzStream {
  readonly #exports: XzExports;
  readonly #context: number;
  readonly #bufferBytes: Bytes;
  #text = new Uint8Array(0);

  constructor(exports: XzExports) {
    this.#exports = exports;
    this.#context = exports.create_context();
    this.#bufferBytes = this.#words[0]!;
  }

  /** Gives the beginning of `bytes`; returns how many. */
  supply(bytes: Block): Bytes {
    const given = bytes.subarray(0, this.#bufferBytes);
    new Uint8Array(this.#exports.memory.buffer).set(given, this.#words[1]);
    this.#exports.supply_input(this.#context, given.length);
    return given.length;
  }

  /** The next text, valid until the next call. `full`: there may be more without new input. */
  next(): { text: Block; result: number; full: boolean } {
    const result = this.#exports.get_next_output(this.#context);
    const words = this.#words;
    const length = words[5]!;
    if (this.#text.length < length) this.#text = new Uint8Array(this.#bufferBytes);
    this.#text.set(new Uint8Array(this.#exports.memory.buffer, words[4], length));
    words[5] = 0;
    return { text: this.#text.subarray(0, length), result, full: length === this.#bufferBytes };
  }

  /** Bytes that were supplied and not used. */
  get unused(): Bytes {
    return this.#words[3]! - this.#words[2]!;
  }

  destroy(): void {
    this.#exports.destroy_context(this.#context);
  }

  /** Made anew each time: the module's memory moves when it grows. */
  get #words(): Uint32Array {
    return new Uint32Array(this.#exports.memory.buffer, this.#context, 8);
  }
}
