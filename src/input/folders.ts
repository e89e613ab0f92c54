import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder, with those above it that are missing. Node's own `recursive` never ends where a folder is there and takes no others
 * (`/proc`).
 *
 * @param mode of those that are made
 * @throws the system's error
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); !fs.existsSync(at); at = path.dirname(at)) missing.push(at);
  for (const one of missing.reverse()) {
    try {
      fs.mkdirSync(one, { mode });
    } catch (error) {
      // another process was first
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
