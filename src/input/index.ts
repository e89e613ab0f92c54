/** Inputs: files, directories and standard input as blocks of UTF-8, whatever they are packed in. */
export { BLOCK_BYTES, STANDARD_INPUT, type Opened } from './bytes.js';
export { checkoutLocator } from './checkout.js';
export { InputError, type InputErrorCode } from './errors.js';
export { makeFolder } from './folders.js';
export { GrowingFile, type Growth, type GrowthReader } from './growing-file.js';
export { openLiveInput, type Arrival, type LiveInput } from './live-input.js';
export { findInputLists, findInputs, temporaryDumps, type FindOptions, type FoundInput } from './paths.js';
export { pythonParserFiles } from './parser-files.js';
export { SourceMaps, mapFrames, type SourceMapOptions } from './source-maps.js';
export { SourceTree, type SourceCandidate, type SourceTreeOptions } from './source-tree.js';
export { MOST_UNPACKED, isBinary, openSmallText, openText, type OpenTextOptions, type TextEnd } from './text-blocks.js';
export { Turns } from './blocks.js';
