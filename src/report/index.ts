/** Reports: what is found, as text and as documents. */
export * from './analyze-text.js';
export * from './baseline.js';
export * from './documents.js';
export * from './diff-json.js';
export * from './diff-text.js';
export * from './formats.js';
export * from './hidden-text.js';
export * from './json.js';
export * from './signatures-text.js';
export * from './stuck-json.js';
export * from './stuck-text.js';
export * from './problems/problem-text.js';
export * from './problems/problems.js';
export * from './terminal.js';
export * from './thread-rows.js';
export * from './writers/index.js';
export * from './html/index.js';
