export * from './find.js';
export type { Judged, Moment, ThreadFinding, ThreadVerdict } from './finding.js';
export { WEIGHTS, type Weights } from './weights.js';
export type { Signal } from './signals.js';
