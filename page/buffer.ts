/**
 * What the intern tables use of Node's `Buffer`: a copy of a text, so that it does not keep the input alive that it was cut
 * out of. The page's texts come from its data, which stays anyway, so they need no copy.
 */
export const Buffer = {
  from: (text: string, _encoding: string) => ({ toString: (_asked: string): string => text }),
};

declare global {
  // the build puts the one above where the tables name it
  var Buffer: { from(text: string, encoding: string): { toString(encoding: string): string } };
}
