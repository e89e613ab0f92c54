/** Analysis: what the dumps mean. Pure functions on the model. */
export * from './entry.js';
export * from './filter.js';
export * from './groups.js';
export * from './matching.js';
export * from './odd-processes.js';
export * from './origin.js';
export * from './overview.js';
export * from './processes.js';
export * from './series.js';
export * from './time-bounds.js';
export * from './signatures/index.js';
export * from './shapes.js';
export * from './threads-over-time.js';
export * from './source/index.js';
export * from './stuck/index.js';
