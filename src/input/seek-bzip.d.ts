/** The parts of seek-bzip 2.0.0 that are used; the package has no types. */
declare module 'seek-bzip' {
  export interface Input {
    /** The next byte, 0 to 255. */
    readByte(): number;
    read(buffer: Uint8Array, offset: number, length: number): number;
  }

  export interface Output {
    writeByte(byte: number): void;
  }

  export default class Bunzip {
    /** Reads the header `BZh1` … `BZh9`. */
    constructor(input: Input, output: Output);
    readonly reader: { read(bits: number): number };
    /** Checksum of the blocks so far. */
    readonly streamCRC: number;
    /** Reads a block; false at the mark of the stream's end. */
    _init_block(): boolean;
    /** Writes the block that was read. */
    _read_bunzip(): number;
    /** Reads the header of a further stream. */
    _start_bunzip(input: Input, output: Output): void;
  }
}
