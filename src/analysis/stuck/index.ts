export * from './find.js';
export { WEIGHTS, type Weights } from './weights.js';
export type { Signal } from './signals.js';
