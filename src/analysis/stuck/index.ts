export * from './find.js';
export { momentsSince, type Judged, type Moment, type ThreadFinding, type ThreadVerdict } from './finding.js';
export { WEIGHTS, type Weights } from './weights.js';
export type { Signal } from './signals.js';
