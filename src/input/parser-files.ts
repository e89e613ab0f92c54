import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The grammar of Python as the build leaves it in `dist/`, so that users need not install `tree-sitter-python` (7 MB, mostly native builds). */
const GRAMMAR = path.join('dist', 'tree-sitter-python.wasm');

/**
 * The WebAssembly files of the Python parser: the engine from `web-tree-sitter`, the grammar from this package.
 *
 * @throws Error when the package is not whole.
 */
export function pythonParserFiles(): { engine: Uint8Array; grammar: Uint8Array } {
  const here = import.meta.dirname;
  // the same from the bundle (dist/cli), the library (dist/src/input) and the source (src/input)
  for (let folder = here; ; folder = path.dirname(folder)) {
    const grammar = path.join(folder, GRAMMAR);
    if (fs.existsSync(grammar)) {
      const engine = createRequire(path.join(folder, 'package.json')).resolve('web-tree-sitter/web-tree-sitter.wasm');
      return { engine: fs.readFileSync(engine), grammar: fs.readFileSync(grammar) };
    }
    if (path.dirname(folder) === folder) throw new Error(`${GRAMMAR} is missing: the package is not whole`);
  }
}
