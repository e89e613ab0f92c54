import fs from 'node:fs';
import path from 'node:path';

/** Where the build leaves what `run` starts in programs, and where it is in the source. */
const PLACES = [path.join('dist', 'start-up'), path.join('src', 'take', 'start-up')];

/**
 * A file that a program is started with, as text.
 *
 * @throws Error when the package is not whole
 */
export function startUpFile(name: 'sitecustomize.py' | 'asyncio_tasks.py' | 'preload.cjs'): string {
  // the same from the bundle (dist/cli), the library (dist/src/take) and the source (src/take)
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    for (const place of PLACES) {
      const file = path.join(folder, place, name);
      if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8');
    }
    if (path.dirname(folder) === folder) throw new Error(`${name} is missing: the package is not whole`);
  }
}
