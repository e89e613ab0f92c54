import process from 'node:process';

/**
 * Writes pieces to standard output, each when the one before has been taken: a slow pager holds the writer, not the
 * memory, and a piece's buffer may be used again for the next.
 */
export async function writeAll(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(piece, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

/** The same for lines. */
export function writeLines(lines: Iterable<string>): Promise<void> {
  return writeAll(joined(lines));
}

function* joined(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < 1 << 16) continue;
    yield text;
    text = '';
  }
  yield text;
}
