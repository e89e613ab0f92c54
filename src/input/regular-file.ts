import fs from 'node:fs';
import type { Bytes } from '../model/index.js';

/**
 * The text of a regular file without its byte order mark; null when it is none, too large, or cannot be read. Never waits for a FIFO, and opens
 * no device.
 */
export function readRegularFile(file: string, most: Bytes): string | null {
  let handle: number | undefined;
  try {
    // Looked at before it is opened, since to open a device can have effects; not blocking, should it have changed since.
    if (!fs.statSync(file).isFile()) return null;
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(handle);
    if (!stat.isFile() || stat.size > most) return null;
    const bytes = Buffer.alloc(stat.size);
    const length = fs.readSync(handle, bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, length).replace(/^\uFEFF/, '');
  } catch {
    return null;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}
