import { statSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { systemCode } from '../input/errors.js';
import { Turns, makeFolder } from '../input/index.js';
import { UserError } from './errors.js';

/** What is written. Those that come by and by are written as they come. */
type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Texts are put together up to this many UTF-16 units before they are written. */
const PIECE = 1 << 16;

/**
 * Writes pieces to standard output, each when the one before has been taken: a slow pager holds the writer, not the
 * memory, and a piece's buffer may be used again for the next.
 */
export async function writeAll(pieces: Pieces): Promise<void> {
  const turns = new Turns();
  for await (const piece of inPieces(pieces)) {
    // signals are noticed in a turn of the event loop, and writing to a pipe or a file is none
    if (turns.due) await turns.take();
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
  return writeAll(ended(lines));
}

/**
 * Writes pieces to a file, which is complete or as it was before: they go into a file beside it, which is then moved to its place.
 * Folders are made. What is no regular file (a FIFO, /dev/stderr) is written to directly.
 *
 * @throws UserError `cannot-write`
 */
export async function writeFile(file: string, pieces: Pieces): Promise<void> {
  await told(file, async () => {
    const there = await fs.stat(file).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (there !== null && !there.isFile()) {
      await into(file, 'w', pieces);
      return;
    }
    makeFolder(path.dirname(file));
    // a symbolic link stays one
    const place = there === null ? file : await fs.realpath(file);
    const beside = path.join(path.dirname(place), `.${path.basename(place).slice(0, 200)}.${process.pid}`);
    try {
      // a link that somebody put there is not followed
      await fs.rm(beside, { force: true });
      await into(beside, 'wx', pieces, there?.mode);
      await fs.rename(beside, place);
    } catch (error) {
      await fs.rm(beside, { force: true });
      throw error;
    }
  });
}

/**
 * Appends pieces to a file.
 *
 * @throws UserError `cannot-write`
 */
export async function appendFile(file: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  await told(file, () => into(file, 'a', pieces));
}

async function into(file: string, flags: 'w' | 'wx' | 'a', pieces: Pieces, mode?: number): Promise<void> {
  const handle = await fs.open(file, flags, mode);
  try {
    for await (const piece of inPieces(pieces)) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}

async function told(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = systemCode(error);
    // what has no code of the system's is a fault of a writer
    if (code === null || (error as { syscall?: unknown }).syscall === undefined) throw error;
    throw new UserError('cannot-write', `${file}: cannot be written (${code})`, 'name another file for the report');
  }
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

const inPieces = (pieces: Pieces): Pieces => (Symbol.asyncIterator in pieces ? pieces : joined(pieces));

/** Short texts as one; bytes as they come, since their writer uses them again. */
function* joined(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array> {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    } else {
      if (text !== '') yield text;
      text = '';
      yield piece;
    }
  }
  if (text !== '') yield text;
}

/**
 * Nothing is written over what was read.
 *
 * @throws UserError `would-overwrite` when one of the files is one of the inputs, by whatever name
 */
export function keepInputs(files: readonly string[], inputs: readonly string[]): void {
  const read = new Set(inputs.flatMap((input) => identityOf(input) ?? []));
  for (const file of files) {
    const identity = identityOf(file);
    if (identity !== null && read.has(identity))
      throw new UserError('would-overwrite', `${file} is an input of this command`, 'name another file to write to');
  }
}

function identityOf(file: string): string | null {
  try {
    const stat = statSync(file, { bigint: true });
    return stat.isFile() ? `${stat.dev}:${stat.ino}` : null;
  } catch {
    return null;
  }
}
