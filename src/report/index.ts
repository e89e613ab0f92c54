/** Reports: what is found, as text and as documents. */
export * from './analyze-text.js';
export * from './hidden-text.js';
export * from './json.js';
export * from './terminal.js';
