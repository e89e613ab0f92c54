/** What the intern tables use of Node's `Buffer`: bytes of ASCII that texts are made of, and copies of texts, which a page has no need of. */
class AsciiBytes extends Uint8Array {
  override toString(_encoding?: string, from = 0, to = this.length): string {
    return String.fromCharCode(...this.subarray(from, to));
  }
}

export const Buffer = {
  alloc: (length: number): AsciiBytes => new AsciiBytes(length),
  from: (text: string, _encoding: string) => ({ toString: (_asked: string): string => text }),
};

declare global {
  // the build puts the one above where the tables name it
  type Buffer = AsciiBytes;
  var Buffer: { alloc(length: number): AsciiBytes; from(text: string, encoding: string): { toString(encoding: string): string } };
}
