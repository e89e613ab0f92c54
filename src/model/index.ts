/** The model: plain types and intern tables. Imports nothing from the rest of the project. */
export * from './copy.js';
export * from './dump.js';
export * from './frames.js';
export * from './signs.js';
export * from './stacks.js';
export * from './strings.js';
export * from './units.js';
