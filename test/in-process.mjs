// The tests of grammars, reading and analysis in one process, as `npm run coverage` has them.
//
// Imported and not named to mocha, which would have tsx load modules twice, as CommonJS and as ES modules: the two differ in
// where things stand, and coverage takes one for the other.
import { TEST_FILES } from './test-files.mjs';

for (const file of TEST_FILES) await import(`./${file}`);
