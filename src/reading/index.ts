/** Reading: finds the dumps in inputs, feeds the grammars, recovers from damage and builds the model. */
export { LiveReader, type ByteRange, type LiveDump, type LiveOptions } from './live-reader.js';
export { oldestFirst } from './source-sink.js';
export { readFiles, readText, type InputFile, type ReadOptions } from './read.js';
export { findTime, isZone, zoneAhead, type FoundTime, type ZoneName } from './times.js';
export { addGrammars, begunOpening, knownFormats } from './openings.js';
export { GrammarError } from './own-grammar.js';
