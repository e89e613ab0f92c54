/**
 * What the intern tables use of Node's `Buffer`: a copy of a text, so that it does not keep the input alive that it was cut
 * out of. The page's texts come from its data, which stays anyway, so they need no copy.
 */
class Uncopied {
  readonly length: number;
  #text = '';

  constructor(length: number) {
    this.length = length;
  }

  write(text: string, _encoding: string): number {
    this.#text = text;
    return text.length;
  }

  toString(_encoding: string, _from: number, _to: number): string {
    return this.#text;
  }
}

export const Buffer = {
  alloc: (length: number): Uncopied => new Uncopied(length),
  from: (text: string, _encoding: string) => ({ toString: (_asked: string): string => text }),
};

declare global {
  // the build puts the one above where the tables name it
  var Buffer: { alloc(length: number): Uncopied; from(text: string, encoding: string): { toString(encoding: string): string } };
}
