/** Stores of what was found: hangs over builds and hosts. */
export * from './builds.js';
export * from './collect.js';
export * from './open.js';
export * from './questions.js';
export * from './records.js';
export * from './store.js';
export * from './answers/json.js';
export * from './answers/page.js';
export * from './answers/text.js';
export * from './answers/words.js';
export * from './transfer/import.js';
export * from './transfer/lines.js';
export * from './transfer/parquet.js';
