import fs from 'node:fs';
import path from 'node:path';

/** Where the build leaves the page's script and style. */
const PLACE = path.join('dist', 'page');

export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * The script and the style of the page, as the build made them of `page/`.
 *
 * @throws Error when the package is not whole.
 */
export function pageAssets(): PageAssets {
  const here = import.meta.dirname;
  // the same from the bundle (dist/cli), the library (dist/src/report/html) and the source (src/report/html)
  for (let folder = here; ; folder = path.dirname(folder)) {
    const place = path.join(folder, PLACE);
    if (fs.existsSync(path.join(place, 'page.js')))
      return { script: fs.readFileSync(path.join(place, 'page.js'), 'utf8'), style: fs.readFileSync(path.join(place, 'page.css'), 'utf8') };
    if (path.dirname(folder) === folder) throw new Error(`${PLACE} is missing: the package is not whole`);
  }
}
