/** Reading: finds the dumps in inputs, feeds the grammars, recovers from damage and builds the model. */
export { FORMATS, readFiles, readText, type InputFile, type ReadOptions } from './read.js';
export { findTime, isZone, zoneAhead, type FoundTime, type ZoneName } from './times.js';
export { addGrammars } from './openings.js';
