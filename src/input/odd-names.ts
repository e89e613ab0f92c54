import fs from 'node:fs';
import path from 'node:path';
import { InputError, systemCode } from './errors.js';

/** What Node puts where bytes of a name are no UTF-8: in arguments as in lists of directories. */
const REPLACEMENT = '\ufffd';

/**
 * What the file system is to be asked for: a name may be any bytes, and one that is no UTF-8 comes as text with marks in their places.
 * Of such a path that does not exist as it stands, the directory is asked which name it has that reads like this.
 *
 * @throws InputError `not-readable` when several names read like this, so that none of them can be told from the others
 */
export function placeOf(file: string): string | Buffer {
  if (!file.includes(REPLACEMENT) || exists(file)) return file;
  const { root } = path.parse(file);
  let place: Buffer = Buffer.from(root);
  for (const name of file.slice(root.length).split(/[/\\]+/)) {
    if (name === '') continue;
    const separator = place.length === 0 || place.at(-1) === 0x2f ? '' : '/';
    const plain = Buffer.concat([place, Buffer.from(separator + name)]);
    if (!name.includes(REPLACEMENT) || exists(plain)) place = plain;
    else {
      const like = namesLike(place.length === 0 ? Buffer.from('.') : place, name);
      if (like.length === 0) return file;
      if (like.length > 1)
        throw new InputError(
          'not-readable',
          file,
          `${file}: its name is no UTF-8, and ${like.length} names there read like this`,
          'Rename it.',
        );
      place = Buffer.concat([place, Buffer.from(separator), like[0]!]);
    }
  }
  return place;
}

function namesLike(directory: Buffer, name: string): Buffer[] {
  try {
    return fs.readdirSync(directory, { encoding: 'buffer' }).filter((bytes) => bytes.toString('utf8') === name);
  } catch (error) {
    if (systemCode(error) !== null) return [];
    throw error;
  }
}

function exists(file: string | Buffer): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
