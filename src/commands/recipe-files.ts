import fs from 'node:fs';
import path from 'node:path';

/** Where the build leaves the recipes, and where they are in the source. */
const PLACES = [path.join('dist', 'recipes'), path.join('src', 'commands', 'recipes')];

/** A way to make a program dumpable: Markdown, with a heading, and blocks of code to take over. */
export interface Recipe {
  readonly name: string;
  /** Its heading. */
  readonly title: string;
  readonly text: string;
}

/**
 * All recipes, in the order of their names. Each is a file of its own.
 *
 * @throws Error when the package is not whole
 */
export function recipes(): Recipe[] {
  const folder = recipeFolder();
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((file) => {
      const text = fs.readFileSync(path.join(folder, file), 'utf8');
      return { name: file.slice(0, -'.md'.length), title: /^# (.*)$/m.exec(text)?.[1] ?? '', text };
    });
}

function recipeFolder(): string {
  // the same from the bundle (dist/cli) and the source (src/commands)
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const found = PLACES.map((place) => path.join(folder, place)).find((place) => fs.existsSync(place));
    if (found !== undefined) return found;
    if (path.dirname(folder) === folder) throw new Error('the recipes are missing: the package is not whole');
  }
}
