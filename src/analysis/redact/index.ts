export { Redactor } from './redactor.js';
export type { KnownNames } from './texts.js';
