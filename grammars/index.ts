/** All formats that are read. A new one is one line here. */
import { faulthandler } from './faulthandler.js';
import type { Grammar } from './grammar.js';
import { nodeReport } from './node-report.js';

export const GRAMMARS: readonly Grammar[] = [faulthandler, nodeReport];

export * from './grammar.js';
export { faulthandler, nodeReport };
